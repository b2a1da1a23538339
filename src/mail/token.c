/* mail/token.c: numbers in addresses, signed */
#include "mail/token.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/random.h"

enum { MAC_LETTERS = 10 };		/* of base 32: 50 bits */

static void
mac(const unsigned char key[32], const char *number, char out[MAC_LETTERS + 1])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	struct hash h = hash_keyed(key, number, strlen(number));

	for (int i = 0; i < MAC_LETTERS; i++)
		out[i] = letters[h.b[i] & 31];
	out[MAC_LETTERS] = '\0';
}

char *
mail_token_make(struct arena *a, const unsigned char key[32], const char *number)
{
	char code[MAC_LETTERS + 1];
	char *token;

	mac(key, number, code);
	token = arena_printf(a, "%s-%s", number, code);
	for (char *p = token; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return token;
}

char *
mail_token_open(struct arena *a, const unsigned char key[32], const char *token)
{
	const char *dash = token == NULL ? NULL : strrchr(token, '-');
	char code[MAC_LETTERS + 1], given[MAC_LETTERS + 1];
	char *number;

	if (dash == NULL || strlen(dash + 1) != MAC_LETTERS || dash == token)
		return NULL;
	number = arena_strndup(a, token, (size_t)(dash - token));
	for (char *p = number; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	for (int i = 0; i < MAC_LETTERS; i++)
		given[i] = (char)tolower((unsigned char)dash[1 + i]);
	given[MAC_LETTERS] = '\0';
	mac(key, number, code);
	return secret_equal(code, given, MAC_LETTERS) ? number : NULL;
}

char *
mail_token_of_address(struct arena *a, const char *address)
{
	const char *at = address == NULL ? NULL : strrchr(address, '@');
	const char *plus = at == NULL ? NULL : memchr(address, '+', (size_t)(at - address));

	return plus == NULL ? NULL : arena_strndup(a, plus + 1, (size_t)(at - plus - 1));
}
