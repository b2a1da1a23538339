/* mail/address.h: addresses, as header fields and people write them (RFC 5322 3.4, and worse) */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

struct arena;

struct mail_address {
	const char *address;	/* "name@domain", no spaces; domain in lower case; "" when none could be read */
	const char *name;	/* UTF-8, one line; "" when none */
};
struct mail_addresses { struct mail_address *item; size_t n; };
#define MAIL_ADDRESSES_MAX 200	/* more in one field are not read */
#define MAIL_ADDRESS_MAX 254	/* RFC 5321 4.5.3.1.3; longer is no address */

/* The addresses of a header field's raw value: groups are opened, encoded words decoded, 8-bit names guessed. Whatever
 * the text, the result is addresses that mail_address_valid() accepts or "". */
struct mail_addresses mail_addresses_parse(struct arena *a, const char *raw, size_t n);

/* Something we are willing to send to: one @, an atom or dotted local part, a domain of letters, digits, dots and
 * hyphens (an international domain is written in its xn-- form or as UTF-8 letters), no control characters or spaces. */
bool mail_address_valid(const char *address);

/* The first address in free text, or NULL. */
char *mail_address_find(struct arena *a, const char *text, size_t n);
#endif
