/* people/phone.c: Swedish numbers to E.164 */
#include "people/phone.h"

#include <string.h>

#include "base/arena.h"

/* What people put between digits: also the hard space and the dashes that word processors make. Its length, or 0. */
static size_t
filler(const char *p)
{
	static const char *const wide[] = { "\u00a0", "\u202f", "\u2009", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212" };

	if (*p != '\0' && strchr(" -()/.\t\r\n", *p) != NULL)
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(wide); i++) {
		if (strncmp(p, wide[i], strlen(wide[i])) == 0)
			return strlen(wide[i]);
	}
	return 0;
}

/* "+460701234567": the zero is for calls within the country, and no Swedish number begins with one. */
static char *
international(struct arena *a, const char *digits)
{
	return strncmp(digits, "460", 3) == 0 ? arena_printf(a, "+46%s", digits + 3) : arena_printf(a, "+%s", digits);
}

char *
phone_normal(struct arena *a, const char *text)
{
	char *digits, *w;
	size_t n, skip;

	if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
		return NULL;
	text += strspn(text, " \t\r\n");
	w = digits = arena_alloc(a, strlen(text) + 4);
	for (const char *p = text; *p != '\0'; p += skip) {
		skip = filler(p);
		if (strncmp(p, "(0)", 3) == 0 && w > digits)	/* +46 (0)70 */
			skip = 3;
		else if ((*p >= '0' && *p <= '9') || (*p == '+' && w == digits))
			skip = (*w++ = *p, 1);
		else if (skip == 0)
			return arena_strdup(a, text);		/* letters: not a number */
	}
	*w = '\0';
	n = strlen(digits);
	if (digits[0] == '+')
		return n >= 8 && n <= 16 ? international(a, digits + 1) : arena_strdup(a, text);
	if (strncmp(digits, "00", 2) == 0 && n >= 9)
		return international(a, digits + 2);
	if (digits[0] == '0' && n >= 7)
		return arena_printf(a, "+46%s", digits + 1);
	if (strncmp(digits, "46", 2) == 0 && n >= 10 && n <= 13)	/* as exchanges send it: no national number begins so */
		return international(a, digits);
	return n == 0 ? arena_strdup(a, text) : digits;
}

bool
phone_can_be_called(const char *text)
{
	enum { DIGITS_LEAST = 5 };	/* the shortest of Sweden's open numbers, 113 13 */
	int n = 0;

	for (const char *p = text; *p != '\0'; p++)
		n += *p >= '0' && *p <= '9';
	return n >= DIGITS_LEAST;
}

bool
phone_takes_text(const char *number)
{
	if (number == NULL || number[0] != '+' || strlen(number) < 8)
		return false;
	return strncmp(number, "+46", 3) != 0 || (number[3] == '7' && strchr("02369", number[4]) != NULL && strlen(number) == 12);
}
