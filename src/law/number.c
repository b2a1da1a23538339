/* law/number.c */
#include "law/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"

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

const char *
number_find_contact(struct arena *a, const char *text)
{
	for (const char *p = text; p != NULL && *p != '\0'; p++) {
		size_t n;

		if ((*p != 'K' && *p != 'k') || (p > text && isalnum((unsigned char)p[-1])) || p[1] != '-' ||
		    strspn(p + 2, "0123456789") != 4 || p[6] != '-')
			continue;
		n = strspn(p + 7, "0123456789");
		if (n >= 6 && n <= 9)
			return arena_printf(a, "K%.*s", (int)(6 + n), p + 1);
	}
	return NULL;
}
