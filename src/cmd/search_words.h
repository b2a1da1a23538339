/* cmd/search_words.h: the table of search_words_store.c, ended by a zero row */
#ifndef CMD_SEARCH_WORDS_H
#define CMD_SEARCH_WORDS_H
#include "db/transfer.h"

extern const struct search_source search_words[];
#endif
