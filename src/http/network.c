/* http/network.c: all addresses as 128 bits, so that there is one comparison */
#include "http/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64, MAPPED_BITS = 96 };

static bool
address_of(const char *text, unsigned char out[16], bool *four)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	memcpy(out, mapped, sizeof(mapped));
	*four = inet_pton(AF_INET, text, out + sizeof(mapped)) == 1;
	return *four || inet_pton(AF_INET6, text, out) == 1;
}

bool
network_parse(const char *text, struct network *out)
{
	struct network n = { .bits = 128 };
	size_t length = strcspn(text, "/");
	char address[TEXT_MAX], *end;
	bool four;

	if (length >= sizeof(address))
		return false;
	(void)snprintf(address, sizeof(address), "%.*s", (int)length, text);
	if (!address_of(address, n.address, &four))
		return false;
	if (text[length] == '/') {
		const char *digits = text + length + 1;
		long bits = strtol(digits, &end, 10);

		if (digits[0] < '0' || digits[0] > '9' || *end != '\0' || bits > (four ? 32 : 128))
			return false;
		n.bits = (int)bits + (four ? MAPPED_BITS : 0);
	}
	/* "10.0.0.1/8" is a slip of somebody who meant something else. */
	for (int i = n.bits; i < 128; i++) {
		if ((n.address[i / 8] >> (7 - i % 8) & 1) != 0)
			return false;
	}
	*out = n;
	return true;
}

bool
network_has(const struct network *n, const char *address)
{
	unsigned char a[16];
	bool four;
	int whole = n->bits / 8, rest = n->bits % 8;

	if (!address_of(address, a, &four) || memcmp(a, n->address, (size_t)whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ n->address[whole]) >> (8 - rest) == 0;
}
