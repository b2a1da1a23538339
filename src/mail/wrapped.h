/* mail/wrapped.h: files wrapped in ways that are not MIME: uuencode, TNEF, CMS
 *
 * Each takes bytes of any kind and gives what could be read of them; nothing here fails. */
#ifndef MAIL_WRAPPED_H
#define MAIL_WRAPPED_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena;

struct wrapped_file { const char *name; const char *bytes; size_t n; };	/* name is not cleaned; may be NULL */
struct wrapped_files { struct wrapped_file *item; size_t n; };
#define WRAPPED_FILES_MAX 50

/* Takes "begin 644 name" ... "end" blocks (POSIX uuencode) out of `text`; *rest is the text without them. */
struct wrapped_files uuencode_take(struct arena *a, const char *text, const char **rest);

/* Outlook's winmail.dat (MS-OXTNEF): attachments, and the body: plain text, else HTML, else what mail/rtf.h finds in RTF
 * (bytes NULL: there is none). */
struct tnef_body { const char *bytes; size_t n; bool html, utf8; };	/* not utf8: in whatever character set it says or shows */
bool tnef_is(const char *bytes, size_t n);
struct wrapped_files tnef_read(struct arena *a, const char *bytes, size_t n, struct tnef_body *body);

/* CMS (RFC 5652), the .p7m of S/MIME. What is signed can be read without checking the signature: its content. */
enum cms_kind { CMS_NONE, CMS_SIGNED, CMS_ENCRYPTED };
enum cms_kind cms_read(struct arena *a, const char *bytes, size_t n, const char **content, size_t *content_n);
#endif
