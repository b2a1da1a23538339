/* db/tokenizer.c: unicode61 with Snowball's Swedish stemmer on top
 *
 * When text is indexed, a word whose stem differs is followed by its stem as a colocated token with a leading '=' (which
 * no word can have), and a word that is its own stem likewise, so that a query for a stem is a query for "=stem". A
 * query's words come as words (for prefixes) or, written with '=' by db/search.c, are never tokenised here: the stem is
 * made there. */
#include "db/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "db/late_sqlite.h"
#include "db/stem.h"

struct swedish {
	fts5_tokenizer inner;
	Fts5Tokenizer *instance;
	struct SN_env *stemmer;
};

struct pass {
	struct swedish *s;
	int flags;
	void *context;
	int (*token)(void *, int, const char *, int, int, int);
};

static int
create(void *context, const char **args, int n, Fts5Tokenizer **out)
{
	static const char *inner_args[] = { "remove_diacritics", "0", "categories", "L* N* Co" };
	fts5_api *api = context;
	struct swedish *s = calloc(1, sizeof(*s));
	void *inner_context = NULL;
	int rc;

	(void)args;
	(void)n;
	if (s == NULL)
		return SQLITE_NOMEM;
	rc = api->xFindTokenizer(api, "unicode61", &inner_context, &s->inner);
	if (rc == SQLITE_OK)
		rc = s->inner.xCreate(inner_context, inner_args, 4, &s->instance);
	if (rc == SQLITE_OK && (s->stemmer = stem_open()) == NULL)
		rc = SQLITE_NOMEM;
	if (rc != SQLITE_OK) {
		if (s->instance != NULL)
			s->inner.xDelete(s->instance);
		free(s);
		return rc;
	}
	*out = (Fts5Tokenizer *)s;
	return SQLITE_OK;
}

static void
destroy(Fts5Tokenizer *t)
{
	struct swedish *s = (struct swedish *)t;

	s->inner.xDelete(s->instance);
	stem_close(s->stemmer);
	free(s);
}

static int
one_token(void *arg, int flags, const char *word, int n, int from, int to)
{
	struct pass *p = arg;
	const char *stem;
	char marked[128];
	int rc = p->token(p->context, flags, word, n, from, to);
	int length = 0;

	if (rc != SQLITE_OK || n > 100)
		return rc;
	stem = stem_word(p->s->stemmer, word, n, &length);
	if (stem == NULL || length > 100)
		return rc;
	marked[0] = '=';
	memcpy(marked + 1, stem, (size_t)length);
	return p->token(p->context, FTS5_TOKEN_COLOCATED, marked, length + 1, from, to);
}

static int
tokenize(Fts5Tokenizer *t, void *context, int flags, const char *text, int n,
    int (*token)(void *, int, const char *, int, int, int))
{
	struct swedish *s = (struct swedish *)t;
	struct pass p = { s, flags, context, token };

	/* A query word with '=' is a stem already. */
	if ((flags & FTS5_TOKENIZE_QUERY) != 0 && n > 1 && text[0] == '=')
		return token(context, 0, text, n, 0, n);
	if ((flags & FTS5_TOKENIZE_QUERY) != 0)
		return s->inner.xTokenize(s->instance, context, flags, text, n, token);
	return s->inner.xTokenize(s->instance, &p, flags, text, n, one_token);
}

bool
tokenizer_register(struct sqlite3 *h, struct err *err)
{
	static fts5_tokenizer methods = { create, destroy, tokenize };
	sqlite3_stmt *st = NULL;
	fts5_api *api = NULL;
	int rc;

	if (!late_sqlite_load(err))
		return false;
	rc = sqlite3_prepare_v2(h, "SELECT fts5(?1)", -1, &st, NULL);
	if (rc == SQLITE_OK) {
		(void)sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
		(void)sqlite3_step(st);
	}
	(void)sqlite3_finalize(st);
	if (api == NULL)
		return err_set(err, ERR_BUG, "this SQLite has no FTS5");
	rc = api->xCreateTokenizer(api, "swedish", api, &methods, NULL);
	return rc == SQLITE_OK || err_set(err, ERR_BUG, "tokenizer: %d", rc);
}
