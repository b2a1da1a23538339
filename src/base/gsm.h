/* base/gsm.h: how many text messages a text is
 *
 * A text message is 140 bytes. Letters of the GSM 7-bit alphabet (3GPP TS 23.038, with its extension table) pack to 160; a text with any
 * other letter is sent as UCS-2, 70 to a message. What is longer is sent in parts of 153 or 67, which the phone puts together;
 * a letter of two units is never cut in half. å, ä, ö and é are in the alphabet; ’ “ – and emoji are not. */
#ifndef BASE_GSM_H
#define BASE_GSM_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct gsm_count {
	bool ucs2;			/* some letter is not in the alphabet */
	size_t units;			/* septets, or UTF-16 units */
	size_t segments;		/* messages; 0 for an empty text */
	size_t left;			/* units still free in the last of them */
};
/* `utf8` is valid; CR is not counted. */
struct gsm_count gsm_count(const char *utf8);
#endif
