/* db/stem.c: what libstemmer's own sb_stemmer_stem() does, without its table of languages
 *
 * The declarations are those of the code that Snowball 2 generates; of the environment only its beginning is used.
 * tests/unit/test_db_stem.c has words that would not come out right were they ever to change. */
#include "db/stem.h"

#include <stddef.h>

struct SN_env { unsigned char *p; int c, l; };

struct SN_env *swedish_UTF_8_create_env(void);
void swedish_UTF_8_close_env(struct SN_env *z);
int swedish_UTF_8_stem(struct SN_env *z);
int SN_set_current(struct SN_env *z, int size, const unsigned char *s);

struct SN_env *
stem_open(void)
{
	return swedish_UTF_8_create_env();
}

void
stem_close(struct SN_env *z)
{
	if (z != NULL)
		swedish_UTF_8_close_env(z);
}

const char *
stem_word(struct SN_env *z, const char *word, int n, int *length)
{
	if (SN_set_current(z, n, (const unsigned char *)word) != 0 || swedish_UTF_8_stem(z) < 0)
		return NULL;
	*length = z->l;
	return (const char *)z->p;
}
