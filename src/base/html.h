/* base/html.h: what compiled templates call
 *
 * One typed function for each word of {{ word expr }} (tools/template.c), so that a wrong type is a compile error at the
 * template's line. All but html_raw escape; NULL prints nothing. `lang` is "sv" or "en". */
#ifndef BASE_HTML_H
#define BASE_HTML_H
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"
#include "base/sb.h"

static inline void
html_text(struct sb *sb, const char *utf8)
{
	sb_text(sb, utf8);
}

static inline void
html_int(struct sb *sb, int64_t n)
{
	sb_i64(sb, n);
}

static inline void
html_url(struct sb *sb, const char *utf8)
{
	sb_url(sb, utf8);
}

static inline void
html_raw(struct sb *sb, const char *trusted_html)
{
	sb_add(sb, trusted_html);
}

/* A line break, unless the page ends in one. */
static inline void
html_break(struct sb *sb)
{
	if (sb->len > 0 && sb->data[sb->len - 1] != '\n')
		sb_add_c(sb, '\n');
}

void html_number(struct sb *sb, const char *lang, int64_t n);		/* 17 204 */
void html_double1(struct sb *sb, const char *lang, double x);		/* 12,5 */
void html_json(struct sb *sb, const char *utf8);			/* a JSON string inside a quoted attribute */
/* <time datetime="2027-01-11">måndag 11 januari 2027</time>. A date that is none (all zero) and instant 0 print nothing. */
void html_date(struct sb *sb, const char *lang, struct date d);
void html_short_date(struct sb *sb, const char *lang, struct date d);
void html_instant(struct sb *sb, const char *lang, int64_t at);
void html_short_instant(struct sb *sb, const char *lang, int64_t at);

/* The argument of a translated text. Dates are plain text here: a translated text may stand in an attribute. */
struct html_arg {
	const char *text;	/* NULL: the number in n, or the text in own */
	int64_t n;
	char own[72];
};
static inline struct html_arg
html_arg_text(const char *utf8)
{
	return (struct html_arg){ .text = utf8 == NULL ? "" : utf8 };
}

static inline struct html_arg
html_arg_int(int64_t n)
{
	return (struct html_arg){ .n = n };
}

struct html_arg html_arg_number(const char *lang, int64_t n);
struct html_arg html_arg_double1(const char *lang, double x);
struct html_arg html_arg_date(const char *lang, struct date d);
struct html_arg html_arg_short_date(const char *lang, struct date d);
struct html_arg html_arg_instant(const char *lang, int64_t at);
struct html_arg html_arg_short_instant(const char *lang, int64_t at);

/* `message` (already translated) with %s and %d replaced in order, or by number (%2$s) where a language turns them
 * around; %% is a percent sign. Everything is escaped. A directive without its argument prints nothing. */
void html_message(struct sb *sb, const char *message, const struct html_arg *arg, size_t n);
#endif
