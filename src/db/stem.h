/* db/stem.h: Swedish word stems by Snowball
 *
 * libstemmer.so holds 60 stemmers, whose tables point into each other: the dynamic linker writes to ninety of its pages at every
 * start, a quarter of what `narkontakt mail` costs before it does anything. So only the Swedish one is linked in, from the
 * static library that the same package brings, by the functions that Snowball's compiler generates for it. */
#ifndef DB_STEM_H
#define DB_STEM_H

struct SN_env;		/* Snowball's name: a stemmer, for one thread at a time */

struct SN_env *stem_open(void);			/* NULL: no memory */
void stem_close(struct SN_env *z);		/* NULL does nothing */
/* The stem of `n` bytes of a word in small letters, UTF-8; its length. NULL: no memory. Valid until the next call. */
const char *stem_word(struct SN_env *z, const char *word, int n, int *length);
#endif
