/* base/html.c: typed printing for compiled templates */
#include "base/html.h"

#include <stdio.h>
#include <string.h>

#include "base/tr_date.h"

void
html_number(struct sb *sb, const char *lang, int64_t n)
{
	sb_add(sb, tr_number(lang, n).s);
}

void
html_double1(struct sb *sb, const char *lang, double x)
{
	sb_add(sb, tr_decimal(lang, x, 1).s);
}

void
html_json(struct sb *sb, const char *utf8)
{
	struct sb json;

	sb_init(&json, sb->arena, sb->max);
	sb_json(&json, utf8);
	sb_text(sb, sb_str(&json));
}

static void
html_time(struct sb *sb, const char *machine, const char *person)
{
	sb_add(sb, "<time datetime=\"");
	sb_add(sb, machine);
	sb_add(sb, "\">");
	sb_text(sb, person);
	sb_add(sb, "</time>");
}

void
html_date(struct sb *sb, const char *lang, struct date d)
{
	if (date_valid(d))
		html_time(sb, date_text(d).s, tr_date(lang, d).s);
}

void
html_short_date(struct sb *sb, const char *lang, struct date d)
{
	if (date_valid(d))
		html_time(sb, date_text(d).s, tr_date_short(lang, d).s);
}

void
html_instant(struct sb *sb, const char *lang, int64_t at)
{
	if (at != 0)
		html_time(sb, instant_text(at).s, tr_instant(lang, at).s);
}

void
html_short_instant(struct sb *sb, const char *lang, int64_t at)
{
	if (at != 0)
		html_time(sb, instant_text(at).s, tr_instant_short(lang, at).s);
}

static struct html_arg
own(struct tr_str text)
{
	struct html_arg arg = { .text = NULL };

	(void)snprintf(arg.own, sizeof(arg.own), "%s", text.s);
	return arg;
}

struct html_arg
html_arg_number(const char *lang, int64_t n)
{
	return own(tr_number(lang, n));
}

struct html_arg
html_arg_double1(const char *lang, double x)
{
	return own(tr_decimal(lang, x, 1));
}

struct html_arg
html_arg_date(const char *lang, struct date d)
{
	return own(tr_date(lang, d));
}

struct html_arg
html_arg_short_date(const char *lang, struct date d)
{
	return own(tr_date_short(lang, d));
}

struct html_arg
html_arg_instant(const char *lang, int64_t at)
{
	return own(tr_instant(lang, at));
}

struct html_arg
html_arg_short_instant(const char *lang, int64_t at)
{
	return own(tr_instant_short(lang, at));
}

static void
print_argument(struct sb *sb, const struct html_arg *arg)
{
	if (arg->text != NULL)
		sb_text(sb, arg->text);
	else if (arg->own[0] != '\0')
		sb_text(sb, arg->own);
	else
		sb_i64(sb, arg->n);
}

void
html_message(struct sb *sb, const char *message, const struct html_arg *arg, size_t n)
{
	size_t next = 0;

	for (const char *p = message; *p != '\0'; ) {
		size_t plain = strcspn(p, "%"), i = next;

		sb_text_n(sb, p, plain);
		p += plain;
		if (*p == '\0')
			break;
		p++;
		if (*p >= '1' && *p <= '9' && p[1] == '$') {
			i = (size_t)(*p - '1');
			p += 2;
		}
		if (*p == '%')
			sb_add_c(sb, '%');
		if (*p == 's' || *p == 'd') {
			if (i < n)
				print_argument(sb, &arg[i]);
			next = i + 1;
		}
		if (*p != '\0')
			p++;
	}
}
