/* db/tokenizer.h: Swedish full-text tokens for SQLite
 *
 * FTS5's own unicode61 (keeping å ä ö apart from a o) finds the words; each is indexed as written and as its Snowball
 * Swedish stem, so that "vägarna" finds "väg" and a prefix finds what was typed. */
#ifndef DB_TOKENIZER_H
#define DB_TOKENIZER_H
#include <stdbool.h>
#include "base/base.h"

struct err; struct sqlite3;

bool tokenizer_register(struct sqlite3 *h, struct err *err);
#endif
