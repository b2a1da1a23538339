/* db/search.c: words in, newest objects out */
#include "db/search.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "db/internal.h"
#include "db/stem.h"

enum { WORDS_MAX = 12, WORD_BYTES = 100, LONG_WORD = 4, MERGE_PAGES = 300 };

/* Letters and digits of any script make words; all else parts them. */
static bool
is_word(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= 0xc0 && c != 0xd7 && c != 0xf7 && (c < 0x2000 || c > 0x2bff) && c != 0xfffd && c < 0xff00);
}

struct word { const char *text; bool in_phrase, phrase_start, last, prefix; };

/* The words typed, lower case; *n at most WORDS_MAX. */
static struct word *
split(struct arena *a, const char *typed, size_t *n)
{
	struct word *w = arena_array(a, WORDS_MAX, sizeof(*w));
	const char *s = utf8_lower(a, typed);
	size_t length = strlen(s), count = 0;
	bool phrase = false, start = false;

	for (size_t i = 0; i < length && count < WORDS_MAX;) {
		uint32_t cp;
		size_t step = utf8_next(s + i, length - i, &cp), from = i;

		if (cp == '"') {
			phrase = start = !phrase;
			i += step;
			continue;
		}
		while (i < length && is_word(cp)) {
			i += step;
			step = i < length ? utf8_next(s + i, length - i, &cp) : 0;
		}
		if (i == from) {
			i += step;
			continue;
		}
		if (i - from <= WORD_BYTES) {
			w[count++] = (struct word){ .text = arena_strndup(a, s + from, i - from), .in_phrase = phrase,
				.phrase_start = start, .last = i == length };
			start = false;
		}
	}
	*n = count;
	return w;
}

static const char *
stem_of(struct arena *a, const char *word)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct SN_env *stemmer;		/* one for the process: a stem takes a microsecond */
	const char *stem = NULL;
	int length = 0;

	(void)pthread_mutex_lock(&lock);
	if (stemmer != NULL || (stemmer = stem_open()) != NULL)
		stem = stem_word(stemmer, word, (int)strlen(word), &length);
	if (stem != NULL)
		word = arena_strndup(a, stem, (size_t)length);
	(void)pthread_mutex_unlock(&lock);
	return word;
}

/* FTS5: "=stem" AND "word"* ; a phrase is "two words". Words hold letters and digits only, so quoting is complete. */
static void
fts5_word(struct sb *sb, struct arena *a, const struct word *w)
{
	if (w->prefix)
		sb_addf(sb, "(\"=%s\" OR \"%s\" *)", stem_of(a, w->text), w->text);
	else
		sb_addf(sb, "\"=%s\"", stem_of(a, w->text));
}

/* tsquery: the index holds words (simple) and stems (swedish, marked as in FTS5 by a leading '='). */
static void
tsquery_word(struct sb *sb, struct arena *a, const struct word *w)
{
	if (w->prefix)
		sb_addf(sb, "('=%s' | '%s':*)", stem_of(a, w->text), w->text);
	else
		sb_addf(sb, "'=%s'", stem_of(a, w->text));
}

/* `long_prefix`: also a last word of LONG_WORD letters and more may be the beginning of another. */
static const char *
query_of(struct arena *a, enum db_engine engine, const char *typed, bool long_prefix, bool *has_long)
{
	struct sb sb;
	size_t n;
	struct word *w = split(a, typed, &n);

	*has_long = false;
	if (n == 0)
		return NULL;
	sb_init(&sb, a, 8192);
	for (size_t i = 0; i < n; i++) {
		size_t length = w[i].last ? utf8_length(w[i].text) : 0;

		*has_long = *has_long || length >= LONG_WORD;
		w[i].prefix = length >= 2 && (length < LONG_WORD || long_prefix);
	}
	for (size_t i = 0; i < n; i++) {
		size_t to = i;

		while (w[i].in_phrase && to + 1 < n && w[to + 1].in_phrase && !w[to + 1].phrase_start)
			to++;
		if (i > 0)
			sb_add(&sb, engine == DB_SQLITE ? " AND " : " & ");
		if (to == i) {
			if (engine == DB_SQLITE)
				fts5_word(&sb, a, &w[i]);
			else
				tsquery_word(&sb, a, &w[i]);
			continue;
		}
		sb_add(&sb, engine == DB_SQLITE ? "\"" : "(");
		for (size_t j = i; j <= to; j++) {
			if (engine == DB_SQLITE)
				sb_addf(&sb, "%s%s", j == i ? "" : " ", w[j].text);
			else
				sb_addf(&sb, "%s'%s'", j == i ? "" : " <-> ", w[j].text);
		}
		sb_add(&sb, engine == DB_SQLITE ? "\"" : ")");
		i = to;
	}
	return sb_str(&sb);
}

const char *
search_query(struct arena *a, enum db_engine engine, const char *typed)
{
	bool has_long;

	return query_of(a, engine, typed, true, &has_long);
}

/* PostgreSQL's vector in its text form: 'word':1 '=stem':1 ... positions for phrases. */
const char *
search_vector(struct arena *a, const char *words)
{
	const char *s = utf8_lower(a, words);
	size_t length = strlen(s);
	struct sb sb;
	int position = 0;

	sb_init(&sb, a, 1000 * 1000);		/* a tsvector is at most 1 MB */
	for (size_t i = 0; i < length && position < 16000;) {
		uint32_t cp;
		size_t step = utf8_next(s + i, length - i, &cp), from = i;
		const char *word;

		while (i < length && is_word(cp)) {
			i += step;
			step = i < length ? utf8_next(s + i, length - i, &cp) : 0;
		}
		if (i == from) {
			i += step;
			continue;
		}
		if (i - from > WORD_BYTES)
			continue;
		word = arena_strndup(a, s + from, i - from);
		position++;
		sb_addf(&sb, "'%s':%d '=%s':%d ", word, position, stem_of(a, word), position);
	}
	return sb_str(&sb);
}

bool
search_put(struct db *tx, const char *kind, int64_t object_id, int64_t authority_id, int64_t unit_id, int restricted,
    int64_t at, const char *words, struct err *err)
{
	return search_remove(tx, kind, object_id, err) &&
	    search_put_new(tx, kind, object_id, authority_id, unit_id, restricted, at, words, err);
}

bool
search_put_new(struct db *tx, const char *kind, int64_t object_id, int64_t authority_id, int64_t unit_id, int restricted,
    int64_t at, const char *words, struct err *err)
{
	static const char insert_sqlite[] =
	    "INSERT INTO search_doc (kind, object_id, authority_id, unit_id, restricted, at)"
	    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
	static const char insert_postgresql[] =
	    "INSERT INTO search_doc (kind, object_id, authority_id, unit_id, restricted, at, words)"
	    " VALUES ($1, $2, $3, $4, $5, $6, CAST($7 AS tsvector)) RETURNING id";
	struct arena *a;
	int64_t id;
	bool ok;

	if (database_engine(db_database(tx)) == DB_SQLITE)
		return db_id(tx, insert_sqlite, &id, err, "tiiiii", kind, object_id, authority_id, unit_id,
		    (int64_t)restricted, at) &&
		    db_run(tx, "INSERT INTO search_words (rowid, words) VALUES ($1, $2)", NULL, err, "it", id, words);
	a = arena_open();
	ok = db_id(tx, insert_postgresql, &id, err, "tiiiiit", kind, object_id, authority_id, unit_id,
	    (int64_t)restricted, at, search_vector(a, words));
	arena_close(a);
	return ok;
}

bool
search_remove(struct db *tx, const char *kind, int64_t object_id, struct err *err)
{
	return db_run(tx, "DELETE FROM search_doc WHERE kind = $1 AND object_id = $2", NULL, err, "ti", kind, object_id) ||
	    err_add(err, "search");
}

struct tidy { int64_t before, after; };

static bool
tidy_write(struct db *tx, void *arg, struct err *err)
{
	struct tidy *t = arg;

	return db_id(tx, "SELECT total_changes()", &t->before, err, "") &&
	    db_run(tx, "INSERT INTO search_words (search_words, rank) VALUES ('merge', $1)", NULL, err, "i", (int64_t)MERGE_PAGES) &&
	    db_id(tx, "SELECT total_changes()", &t->after, err, "");
}

bool
search_tidy(struct db *db, bool *more, struct err *err)
{
	struct tidy t = { 0 };

	*more = false;
	if (database_engine(db_database(db)) != DB_SQLITE)
		return true;
	if (!db_write_repeatable(db, tidy_write, &t, err))
		return err_add(err, "the index of words");
	*more = t.after - t.before >= 2;	/* one is the INSERT itself (FTS5, section 6.6) */
	return true;
}

/* The plus signs: people/permit.h. */
#define ALLOWED " EXISTS (SELECT 1 FROM account_scope s WHERE s.account_id = $2" \
	" AND s.action = CASE d.kind WHEN 'contact' THEN $3 ELSE $4 END" \
	" AND (s.authority_id = 0 OR +s.authority_id = d.authority_id) AND (s.unit_id = 0 OR +s.unit_id = d.unit_id)" \
	" AND (s.own = 0 OR d.owner_id = $2) AND s.reach >= d.restricted)"

static bool
find(struct db *db, struct arena *a, const char *query, int64_t account_id, int64_t contact_action, int64_t other_action, int64_t before,
    size_t limit, struct search_hits *out, struct err *err)
{
	static const char sqlite[] =
	    "SELECT d.id, d.kind, d.object_id, d.authority_id, d.at, d.restricted"
	    "  FROM search_words w JOIN search_doc d ON d.id = w.rowid"
	    " WHERE search_words MATCH $1 AND w.rowid < $5 AND" ALLOWED " ORDER BY w.rowid DESC LIMIT $6";
	static const char postgresql[] = SQL_PLAN_ANEW
	    "SELECT d.id, d.kind, d.object_id, d.authority_id, d.at, d.restricted FROM search_doc d"
	    " WHERE d.words @@ CAST($1 AS tsquery) AND d.id < $5 AND" ALLOWED " ORDER BY d.id DESC LIMIT $6";
	struct search_hits list = { .item = arena_array(a, limit, sizeof(*list.item)) };
	struct stmt *st = db_stmt(db, database_engine(db_database(db)) == DB_SQLITE ? sqlite : postgresql, err);
	enum db_step step;

	bind_text(st, 1, query);
	bind_i64(st, 2, account_id);
	bind_i64(st, 3, contact_action);
	bind_i64(st, 4, other_action);
	bind_i64(st, 5, before == 0 ? INT64_MAX : before);
	bind_i64(st, 6, (int64_t)limit);
	while ((step = db_next(st, err)) == DB_ROW && list.n < limit) {
		list.item[list.n++] = (struct search_hit){
			.doc_id = col_i64(st, 0), .kind = col_text(st, a, 1), .object_id = col_i64(st, 2),
			.authority_id = col_i64(st, 3), .at = col_i64(st, 4), .restricted = (int)col_i64(st, 5),
		};
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "search");
	*out = list;
	return true;
}

/* A long beginning of a common word is dear: FTS5 puts together all that begins so before it gives the first. A long word is
 * therefore first taken as it stands, with its inflections; only when that does not fill the page may it be a beginning. */
bool
search_find(struct db *db, struct arena *a, const char *typed, int64_t account_id, int64_t contact_action,
    int64_t other_action, int64_t before, size_t limit, struct search_hits *out, struct err *err)
{
	enum db_engine engine = database_engine(db_database(db));
	bool has_long;
	const char *query = query_of(a, engine, typed, false, &has_long);

	*out = (struct search_hits){ 0 };
	if (query == NULL)
		return true;
	if (!find(db, a, query, account_id, contact_action, other_action, before, limit, out, err))
		return false;
	if (!has_long || out->n >= limit)
		return true;
	return find(db, a, query_of(a, engine, typed, true, &has_long), account_id, contact_action, other_action, before, limit, out, err);
}

/* Stemming leaves the beginning of a word alone, so most words of a text need no stem. */
static bool
may_begin(char c, const struct word *w, size_t n)
{
	bool may = ((unsigned char)c & 0x80) != 0;

	for (size_t k = 0; k < n && !may; k++)
		may = ((unsigned char)w[k].text[0] & 0x80) != 0 || (c | 0x20) == (w[k].text[0] | 0x20);
	return may;
}

const char *
search_snippet(struct arena *a, const char *typed, const char *text, size_t max)
{
	size_t n, length = strlen(text), from = 0, found = SIZE_MAX, found_to = 0;
	struct word *w = split(a, typed, &n);
	const char **wanted = arena_array(a, n + 1, sizeof(*wanted));
	struct sb sb;

	for (size_t k = 0; k < n; k++)
		wanted[k] = stem_of(a, w[k].text);
	for (size_t i = 0; i < length && found == SIZE_MAX;) {
		uint32_t cp;
		size_t step = utf8_next(text + i, length - i, &cp), start = i;
		const char *word, *stem;

		while (i < length && is_word(cp)) {
			i += step;
			step = i < length ? utf8_next(text + i, length - i, &cp) : 0;
		}
		if (i == start) {
			i += step;
			continue;
		}
		if (i - start > WORD_BYTES || !may_begin(text[start], w, n))
			continue;
		word = utf8_lower(a, arena_strndup(a, text + start, i - start));
		stem = stem_of(a, word);
		for (size_t k = 0; k < n; k++) {
			if (strcmp(stem, wanted[k]) == 0 ||
			    (w[k].last && strncmp(word, w[k].text, strlen(w[k].text)) == 0)) {
				found = start;
				found_to = i;
				break;
			}
		}
	}
	sb_init(&sb, a, max + 64);
	if (found == SIZE_MAX) {
		found = found_to = 0;
	} else if (found > max / 3) {
		from = found - max / 3;
		while (from < found && ((unsigned char)text[from] & 0xc0) == 0x80)
			from++;
		while (from < found && text[from] != ' ' && text[from] != '\n')
			from++;
		sb_add(&sb, "…");
	}
	sb_add_n(&sb, text + from, found - from);
	if (found_to > found) {
		sb_add(&sb, "\1");
		sb_add_n(&sb, text + found, found_to - found);
		sb_add(&sb, "\2");
	}
	if (length > found_to) {
		size_t rest = length - found_to, room = max > found_to - from ? max - (found_to - from) : 0;
		size_t take = rest < room ? rest : room;

		while (take < rest && take > 0 && ((unsigned char)text[found_to + take] & 0xc0) == 0x80)
			take--;
		sb_add_n(&sb, text + found_to, take);
		if (take < rest)
			sb_add(&sb, "…");
	}
	return sb_str(&sb);
}
