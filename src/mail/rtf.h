/* mail/rtf.h: the body Outlook writes when it writes neither text nor HTML: compressed RTF, and the HTML or text inside it
 *
 * Read from the specifications alone: MS-OXRTFCP (compression, its CRC), MS-OXRTFEX (HTML and plain text carried in RTF), and
 * the RTF specification for the rest. Nothing is interpreted but words that make text: pictures, fonts, objects and all
 * destinations that are not text are passed over. */
#ifndef MAIL_RTF_H
#define MAIL_RTF_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

#define RTF_MAX (4u * 1024 * 1024)	/* unpacked; what claims to be more is not read */

/* Unpacks "LZFu" or "MELA". NULL: not such, cut off, longer than it says or than RTF_MAX, or its CRC is wrong. In `a`, with a
 * NUL after *out_n bytes. */
const char *rtf_unpack(struct arena *a, const char *bytes, size_t n, size_t *out_n);

/* The text in `rtf`, or the HTML it was made from (*html); valid UTF-8 in `a`, "" when there is none. */
const char *rtf_read(struct arena *a, const char *rtf, size_t n, bool *html);
#endif
