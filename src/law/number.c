/* law/number.c */
#include "law/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"

enum { CONTACT_TEMPLATE_MAX = 30, SERIAL_DIGITS_MAX = 9 };

const char *
number_print(struct arena *a, const char *template, const char *code, int year, int64_t serial)
{
	bool has_year = false, has_serial = false;
	struct sb sb;

	sb_init(&sb, a, 60);
	for (const char *p = template; *p != '\0';) {
		size_t n = *p == '{' ? strcspn(p, "}") + 1 : 1;

		if (*p != '{') {
			if ((unsigned char)*p < 0x20 || *p == '}')
				return NULL;
			sb_add_c(&sb, *p);
		} else if (strncmp(p, "{code}", n) == 0) {
			sb_add(&sb, code);
		} else if (strncmp(p, "{yyyy}", n) == 0) {
			sb_addf(&sb, "%04d", year);
			has_year = true;
		} else if (strncmp(p, "{yy}", n) == 0) {
			sb_addf(&sb, "%02d", year % 100);
			has_year = true;
		} else if (strncmp(p, "{n}", n) == 0) {
			sb_i64(&sb, serial);
			has_serial = true;
		} else if (strncmp(p, "{n:0", 4) == 0 && n == 6 && p[4] >= '1' && p[4] <= '9') {
			sb_addf(&sb, "%0*" PRId64, p[4] - '0', serial);
			has_serial = true;
		} else {
			return NULL;
		}
		p += n;
	}
	return has_year && has_serial && !sb.full ? sb_str(&sb) : NULL;
}

bool
number_template_valid(const char *template)
{
	struct arena *a = arena_open();
	bool ok = number_print(a, template, "KS", 2026, 1) != NULL;

	arena_close(a);
	return ok;
}

bool
number_contact_template_valid(const char *template)
{
	bool year = false, serial = false, digits_before = false;

	if (template[0] < 'A' || template[0] > 'Z' || strlen(template) > CONTACT_TEMPLATE_MAX || !number_template_valid(template))
		return false;
	for (const char *p = template; *p != '\0';) {
		size_t n = *p == '{' ? strcspn(p, "}") + 1 : 1;
		bool digits = *p == '{' || isdigit((unsigned char)*p);

		if (*p == '{') {
			bool is_year = strncmp(p, "{yyyy}", n) == 0, is_serial = strncmp(p, "{n", 2) == 0;

			if ((!is_year && !is_serial) || (is_year && year) || (is_serial && serial) || digits_before ||
			    isdigit((unsigned char)p[n]))
				return false;
			year = year || is_year;
			serial = serial || is_serial;
		} else if (!isdigit((unsigned char)*p) && *p != '-' && (*p < 'A' || *p > 'Z')) {
			return false;
		}
		digits_before = digits;
		p += n;
	}
	return year && serial;
}

/* The length of what stands at `text` as the template says, 0 when it does not. */
static size_t
match(const char *template, const char *text)
{
	const char *at = text;

	for (const char *p = template; *p != '\0';) {
		size_t n = *p == '{' ? strcspn(p, "}") + 1 : 1, digits = strspn(at, "0123456789");

		if (*p != '{') {
			if (toupper((unsigned char)*at) != *p)
				return 0;
			at++;
		} else {
			size_t least = p[1] == 'y' ? 4 : p[2] == ':' ? (size_t)(p[4] - '0') : 1;

			if (digits < least || digits > (p[1] == 'y' ? 4 : SERIAL_DIGITS_MAX))
				return 0;
			at += digits;
		}
		p += n;
	}
	return isalnum((unsigned char)*at) ? 0 : (size_t)(at - text);
}

const char *
number_find_contact(struct arena *a, const char *template, const char *text)
{
	for (const char *p = text; p != NULL && *p != '\0'; p++) {
		size_t n = p > text && isalnum((unsigned char)p[-1]) ? 0 : match(template, p);
		char *found;

		if (n == 0)
			continue;
		found = arena_strndup(a, p, n);
		for (char *c = found; *c != '\0'; c++)
			*c = (char)toupper((unsigned char)*c);
		return found;
	}
	return NULL;
}
