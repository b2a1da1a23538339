/* tests/fuzz/fuzz_address.c: address fields; what comes out can be sent to, or is "" */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char key[32] = "a key that is known to everybody";
	struct arena *a = arena_open();
	struct mail_addresses got = mail_addresses_parse(a, (const char *)data, size);
	char *found = mail_address_find(a, (const char *)data, size);
	char *text = utf8_clean(a, (const char *)data, size), *token = mail_token_of_address(a, text);

	assert(got.n <= MAIL_ADDRESSES_MAX);
	for (size_t i = 0; i < got.n; i++) {
		assert(*got.item[i].address == '\0' || mail_address_valid(got.item[i].address));
		assert(utf8_valid(got.item[i].name) && strpbrk(got.item[i].name, "\r\n") == NULL);
	}
	assert(found == NULL || mail_address_valid(found));
	if (token != NULL && mail_token_open(a, key, token) != NULL)	/* then it is what we would have made */
		assert(strcasecmp(mail_token_make(a, key, mail_token_open(a, key, token)), token) == 0);
	arena_close(a);
	return 0;
}
