/* base/gsm.c */
#include "base/gsm.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* 3GPP TS 23.038, 6.2.1 without what is ASCII at its own place, and 6.2.1.1. */
static const char basic[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà";
static const char extension[] = "\f^{}\\[~]|€";

static size_t
septets(const char *at, size_t n)
{
	char one[5] = { 0 };

	memcpy(one, at, n);
	if (strstr(basic, one) != NULL)
		return 1;
	return strstr(extension, one) != NULL ? 2 : 0;
}

/* Parts of at most `part` units when it is more than `whole`. */
struct parts { size_t whole, part, units, in_last, n; };

static void
add(struct parts *p, size_t units)
{
	p->units += units;
	if (p->n == 0 || p->in_last + units > p->part) {
		p->n++;
		p->in_last = 0;
	}
	p->in_last += units;
}

struct gsm_count
gsm_count(const char *utf8)
{
	struct parts gsm = { .whole = 160, .part = 153 }, ucs2 = { .whole = 70, .part = 67 }, *p = &gsm;
	size_t len = strlen(utf8), n;
	bool plain = true;

	for (size_t i = 0; i < len; i += n) {
		uint32_t cp;

		n = utf8_next(utf8 + i, len - i, &cp);
		if (cp == '\r')
			continue;
		plain = plain && septets(utf8 + i, n) > 0;
		add(&gsm, plain ? septets(utf8 + i, n) : 1);
		add(&ucs2, cp > 0xffff ? 2 : 1);
	}
	if (!plain)
		p = &ucs2;
	if (p->n == 0)
		return (struct gsm_count){ .left = p->whole };
	if (p->units <= p->whole)
		return (struct gsm_count){ !plain, p->units, 1, p->whole - p->units };
	return (struct gsm_count){ !plain, p->units, p->n, p->part - p->in_last };
}
