/* people/phone.c: Swedish numbers to E.164 */
#include "people/phone.h"

#include <string.h>

#include "base/arena.h"

char *
phone_normal(struct arena *a, const char *text)
{
	char *digits, *w;
	size_t n;

	if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
		return NULL;
	text += strspn(text, " \t\r\n");
	w = digits = arena_alloc(a, strlen(text) + 4);
	for (const char *p = text; *p != '\0'; p++) {
		if (strncmp(p, "(0)", 3) == 0 && w > digits) {	/* +46 (0)70 */
			p += 2;
			continue;
		}
		if ((*p >= '0' && *p <= '9') || (*p == '+' && w == digits))
			*w++ = *p;
		else if (strchr(" -()/.\t\r\n", *p) == NULL)
			return arena_strdup(a, text);		/* letters: not a number */
	}
	*w = '\0';
	n = strlen(digits);
	if (digits[0] == '+')
		return n >= 8 && n <= 16 ? digits : arena_strdup(a, text);
	if (strncmp(digits, "00", 2) == 0 && n >= 9)
		return arena_printf(a, "+%s", digits + 2);
	if (digits[0] == '0' && n >= 7)
		return arena_printf(a, "+46%s", digits + 1);
	return n == 0 ? arena_strdup(a, text) : digits;
}
