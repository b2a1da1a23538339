/* cmd/search_words_store.c: from what each kind of search entry is made again (import)
 *
 * Beside each search_put() there is a line here with the same words; tests/service/test_transfer.sh finds a kind that
 * is missing. */
#include "cmd/search_words.h"

const struct search_source search_words[] = {
	{ "contact", "SELECT number || ' ' || subject || ' ' || COALESCE(sender_name, '') || ' ' || COALESCE(sender_email, '')"
	    " || ' ' || COALESCE(sender_phone, '') || ' ' || COALESCE(place, '') || ' ' || text FROM contact WHERE id = $1" },
	{ "matter", "SELECT number || ' ' || title_internal || ' ' || COALESCE(title_public, '') FROM matter WHERE id = $1" },
	{ "document", "SELECT title || ' ' || COALESCE(sender, '') || ' ' || COALESCE(recipient, '') || ' ' || text"
	    " FROM document WHERE id = $1" },
	{ 0 },
};
