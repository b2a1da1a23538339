/* mail/token.h: the address an answer comes back to
 *
 * reply+TOKEN@domain: TOKEN is the contact's number in letters and digits that survive lower-casing and a keyed hash of
 * 50 bits, so that nobody joins another's thread by guessing numbers. */
#ifndef MAIL_TOKEN_H
#define MAIL_TOKEN_H
#include <stdbool.h>
#include "base/base.h"

struct arena;

/* "k-2027-000118-abcdefghij" */
char *mail_token_make(struct arena *a, const unsigned char key[32], const char *number);
/* The number in a token; NULL when the hash is not ours. */
char *mail_token_open(struct arena *a, const unsigned char key[32], const char *token);
/* The token of an address "name+TOKEN@domain", or NULL. */
char *mail_token_of_address(struct arena *a, const char *address);
#endif
