/* http/network.h: addresses and networks: "127.0.0.1", "10.0.0.0/8", "fd00::/8"
 *
 * An IPv4 address written as IPv6 ("::ffff:10.0.0.1") is the IPv4 address. */
#ifndef HTTP_NETWORK_H
#define HTTP_NETWORK_H
#include <stdbool.h>
#include "base/base.h"

struct network {
	unsigned char address[16];	/* IPv4 as ::ffff:a.b.c.d */
	int bits;			/* of the 128 that count */
};

/* False unless it is an address, or an address with a prefix length that leaves no bit beside the network set. */
bool network_parse(const char *text, struct network *out);
/* Is this address in it? What is no address is in none. */
bool network_has(const struct network *n, const char *address);
#endif
