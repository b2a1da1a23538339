/* representative/redact.c: one walk over the text; at each place the longest thing that names her goes */
#include "representative/redact.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "people/phone.h"

enum { NEEDLES_MAX = 40, PART_LEAST = 2, PHONE_DIGITS = 7 };

struct needles { const char *item[NEEDLES_MAX]; size_t n; };

static void
needle(struct needles *list, const char *text)
{
	if (text != NULL && *text != '\0' && list->n < NEEDLES_MAX)
		list->item[list->n++] = text;
}

static bool
is_letter(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The name, then its parts: "Anna Exempel", "Exempel", "Anna". */
static void
name_needles(struct arena *a, struct needles *list, const char *name)
{
	needle(list, name);
	for (const char *p = name; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, " ,-");

		if (n >= PART_LEAST)
			needle(list, arena_strndup(a, p, n));
		p += n + (p[n] != '\0');
	}
}

static void
address_needles(struct arena *a, struct needles *list, const char *address)
{
	for (const char *p = address; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, ",\n");

		while (n > 0 && *p == ' ') {
			p++;
			n--;
		}
		if (n >= PART_LEAST)
			needle(list, arena_strndup(a, p, n));
		p += n + (p[n] != '\0');
	}
}

/* Bytes of the longest needle that stands at `p` as a word of its own. */
static size_t
named_at(const struct needles *list, const char *p, char before)
{
	size_t best = 0;

	if (is_letter(before))
		return 0;
	for (size_t i = 0; i < list->n; i++) {
		size_t n = strlen(list->item[i]);

		if (n > best && strncmp(p, list->item[i], n) == 0) {
			/* "Annas" is hers too */
			if (!is_letter(p[n]))
				best = n;
			else if (p[n] == 's' && !is_letter(p[n + 1]))
				best = n + 1;
		}
	}
	return best;
}

/* Bytes of a mail address at `p`, or 0. */
static size_t
address_at(const char *p, char before)
{
	size_t n = 0, m;

	while (is_letter(p[n]) || (p[n] != '\0' && strchr("._%+-", p[n]) != NULL))
		n++;
	if (n == 0 || p[n] != '@' || is_letter(before))
		return 0;
	m = strspn(p + n + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	while (m > 0 && p[n + m] == '.')
		m--;			/* the sentence's full stop */
	return m < 3 ? 0 : n + 1 + m;
}

static bool
is_date(const char *p, size_t n)
{
	for (size_t i = 0; i < 10 && i < n; i++) {
		if (i == 4 || i == 7 ? p[i] != '-' : !isdigit((unsigned char)p[i]))
			return false;
	}
	return n >= 10 && (n == 10 || !isdigit((unsigned char)p[10]));
}

/* Bytes of a run of digits that is long enough to be a phone or personal identity number, or 0. */
static size_t
number_at(const char *p, char before)
{
	size_t n = 0, last = 0, digits = 0;

	if ((*p != '+' && *p != '(' && !isdigit((unsigned char)*p)) || is_letter(before) || before == '-' || before == '/')
		return 0;
	for (; p[n] != '\0' && strchr("0123456789+-() ", p[n]) != NULL; n++) {
		if (isdigit((unsigned char)p[n])) {
			digits++;
			last = n + 1;
		}
	}
	if (digits < PHONE_DIGITS || is_date(p, last) || p[last] == '/')
		return 0;
	return last;
}

static bool
may_stay(struct arena *a, const struct contact *c, unsigned consent, const char *p, size_t n)
{
	const char *one = arena_strndup(a, p, n);

	if (strchr(one, '@') != NULL)
		return (consent & CONSENT_EMAIL) != 0 && c->sender_email != NULL &&
		    strcmp(utf8_lower(a, one), c->sender_email) == 0;
	return (consent & CONSENT_PHONE) != 0 && c->sender_phone != NULL &&
	    strcmp(phone_normal(a, one), c->sender_phone) == 0;
}

/* In lower case, letter by letter, each where it was: one that changes its length stays as it is. */
static const char *
lower_in_place(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text);

	for (size_t i = 0; out[i] != '\0';) {
		size_t n = 1;
		const char *one;

		while (((unsigned char)out[i + n] & 0xc0) == 0x80)
			n++;
		if (n == 1) {
			out[i] = out[i] >= 'A' && out[i] <= 'Z' ? (char)(out[i] - 'A' + 'a') : out[i];
		} else {
			one = utf8_lower(a, arena_strndup(a, out + i, n));
			if (strlen(one) == n)
				memcpy(out + i, one, n);
		}
		i += n;
	}
	return out;
}

const char *
redact_person(struct arena *a, const struct contact *c, unsigned consent, const char *text)
{
	struct needles list = { 0 };
	const char *lower;
	struct sb sb;

	if (text == NULL)
		return NULL;
	if ((consent & CONSENT_NAME) == 0 && c->sender_name != NULL)
		name_needles(a, &list, utf8_lower(a, c->sender_name));
	if (c->sender_address != NULL)
		address_needles(a, &list, utf8_lower(a, c->sender_address));
	lower = lower_in_place(a, text);
	sb_init(&sb, a, strlen(text) * 2 + 64);
	for (size_t i = 0; text[i] != '\0';) {
		char before = i == 0 ? ' ' : text[i - 1];
		size_t n = address_at(text + i, before);

		if (n == 0)
			n = number_at(text + i, before);
		if (n > 0 && may_stay(a, c, consent, text + i, n)) {
			sb_add_n(&sb, text + i, n);
			i += n;
			continue;
		}
		if (n == 0)
			n = named_at(&list, lower + i, before);
		if (n == 0)
			sb_add_c(&sb, text[i++]);
		else {
			sb_add(&sb, "[…]");
			i += n;
		}
	}
	return sb_str(&sb);
}
