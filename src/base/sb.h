/* base/sb.h: text that grows in an arena up to a limit
 *
 * Appends never fail: past the limit, or on a text that is not UTF-8 where UTF-8 is promised, the builder
 * remembers, and sb_end tells. The escapers are named by the place they write to, so that a reviewer sees at
 * the call whether it is the right one. */
#ifndef BASE_SB_H
#define BASE_SB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/base.h"

struct arena; struct err;

struct sb {
	struct arena *arena;
	char *data;		/* NUL-terminated once sb_end or sb_str was called */
	size_t len, cap, max;
	bool full;		/* something did not fit */
};

void sb_add_long(struct sb *sb, const char *bytes, size_t n);	/* sb_add_n where there may be no room yet */

/* Here, since a page is a thousand of them, most of known length. */
static inline void
sb_add_n(struct sb *sb, const char *bytes, size_t n)
{
	if (n > 0 && sb->len + n < sb->cap && sb->cap <= sb->max && !sb->full) {
		memcpy(sb->data + sb->len, bytes, n);
		sb->len += n;
	} else {
		sb_add_long(sb, bytes, n);
	}
}

void sb_init(struct sb *sb, struct arena *a, size_t max);
void sb_clear(struct sb *sb);				/* empty again, same memory */
void sb_add(struct sb *sb, const char *utf8);		/* NULL adds nothing */
void sb_add_c(struct sb *sb, char c);
void sb_addf(struct sb *sb, const char *fmt, ...) PRINTF(2, 3);
void sb_i64(struct sb *sb, int64_t n);			/* decimal */
void sb_double(struct sb *sb, double x);		/* reads back exactly (17 digits at most); NaN and infinity are null */
void sb_text(struct sb *sb, const char *utf8);		/* escaped for HTML text and quoted attributes */
void sb_text_n(struct sb *sb, const char *utf8, size_t n);
void sb_url(struct sb *sb, const char *utf8);		/* percent-encoded: a path segment or a query value */
void sb_json(struct sb *sb, const char *utf8);		/* a JSON string with its quotes; NULL is null */
void sb_xml(struct sb *sb, const char *utf8);		/* as sb_text, and control characters XML forbids left out */
void sb_csv(struct sb *sb, const char *utf8);		/* one RFC 4180 field, quoted when it must be; formulas (=+-@) defused */

/* The text so far with a NUL, whether or not all fitted; owned by the builder. */
const char *sb_str(struct sb *sb);
/* All fitted: *out is the text. Otherwise ERR_INPUT. */
bool sb_end(struct sb *sb, const char **out, struct err *err);
#endif
