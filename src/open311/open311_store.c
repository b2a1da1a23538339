/* open311/open311_store.c
 *
 * What may be shown stands in one place, VISIBLE: an ordinary contact, nothing secret or protected, not set aside, in a category that
 * is shown; or one that the asking key itself has reported, of which it then sees no more than number, category, dates and status. */
#include "open311/open311_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "db/db.h"
#include "timeline/event.h"

#define VISIBLE "c.restricted = 0 AND c.kind = 'contact' AND c.state NOT IN ('quarantined', 'noted') AND ca.active = 1" \
	" AND (ca.open311 IN ('place', 'words') OR r.api_key_id = $1)"
#define COLUMNS "c.id, c.category_id, c.received_at, c.closed_at, c.answer_by, c.number, c.state, c.ending, c.channel, ca.name," \
	" ca.name_en, au.name, r.contact_id, c.place, r.address_id, r.lat, r.lon, r.attributes, w.text, ca.open311," \
	" c.confirmed_at, c.paused_at, c.merged_into_id, c.answered_at"
#define TABLES " FROM contact c JOIN category ca ON ca.id = c.category_id JOIN authority au ON au.id = c.authority_id" \
	" LEFT JOIN open311_request r ON r.contact_id = c.id LEFT JOIN public_words w ON w.contact_id = c.id"

/* ---- keys ---- */

bool
api_keys(struct db *db, struct arena *a, struct api_key_list *out, struct err *err)
{
	enum { MOST = 500 };
	struct stmt *st = db_stmt(db, "SELECT id, name, reach, per_minute, created_at, revoked_at, used_at FROM api_key"
	    " ORDER BY CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 500", err);
	struct api_key_list list = { .item = arena_array(a, MOST, sizeof(*list.item)) };
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < MOST)
		list.item[list.n++] = (struct api_key){ .id = col_i64(st, 0), .name = col_text(st, a, 1), .reach = col_text(st, a, 2),
			.per_minute = col_i64(st, 3), .created_at = col_i64(st, 4), .revoked_at = col_i64(st, 5), .used_at = col_i64(st, 6) };
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "keys");
	*out = list;
	return true;
}

struct key_job { const char *name, *reach, *hash; int64_t per_minute, account_id, now, id; bool allowed; };

static bool
key_new(struct db *tx, void *arg, struct err *err)
{
	struct key_job *j = arg;

	return db_id(tx, "INSERT INTO api_key (name, reach, hash, per_minute, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)"
	    " RETURNING id", &j->id, err, "tttiii", j->name, j->reach, j->hash, j->per_minute, j->now, j->account_id) &&
	    event_note(tx, j->now, j->account_id, "api_key.created", "api_key", j->id, 0, 0, 0, 0, NULL, err);
}

static const char *
hash_of(struct arena *a, const char *key)
{
	return arena_strdup(a, hash_hex(hash_bytes(key, strlen(key))).s);
}

bool
api_key_new(struct db *db, struct arena *a, const char *name, const char *reach, int64_t per_minute, int64_t account_id,
    int64_t now, const char **key, struct err *err)
{
	const char *made = random_token(a, 32);
	struct key_job j = { name, reach, hash_of(a, made), per_minute, account_id, now, 0, false };

	if (*name == '\0' || utf8_length(name) > 200)
		return err_input(err, "name", N_("Write whose key it is, in at most 200 characters."));
	if (per_minute < 1 || per_minute > 100000)
		return err_input(err, "per_minute", N_("The number is too small or too large."));
	if (!db_write(db, key_new, &j, err))
		return err_add(err, "new key");
	*key = made;
	return true;
}

static bool
key_revoke(struct db *tx, void *arg, struct err *err)
{
	struct key_job *j = arg;
	int64_t changed;

	return db_run(tx, "UPDATE api_key SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", &changed, err, "ii", j->now, j->id) &&
	    (changed == 0 || event_note(tx, j->now, j->account_id, "api_key.revoked", "api_key", j->id, 0, 0, 0, 0, NULL, err));
}

bool
api_key_revoke(struct db *db, int64_t id, int64_t account_id, int64_t now, struct err *err)
{
	struct key_job j = { .id = id, .account_id = account_id, .now = now };

	return db_write(db, key_revoke, &j, err) || err_add(err, "revoking a key");
}

/* One statement, so that many at once are counted as many. */
static bool
key_use(struct db *tx, void *arg, struct err *err)
{
	struct key_job *j = arg;
	struct stmt *st = db_stmt(tx, "UPDATE api_key SET used = CASE WHEN minute = $1 THEN used + 1 ELSE 1 END, minute = $1,"
	    " used_at = $2 WHERE hash = $3 AND revoked_at IS NULL RETURNING id, used, per_minute", err);
	enum db_step step;

	j->id = 0;
	j->allowed = true;
	bind_i64(st, 1, j->now / 60);
	bind_i64(st, 2, j->now);
	bind_text(st, 3, j->hash);
	if ((step = db_next(st, err)) == DB_ROW) {
		j->id = col_i64(st, 0);
		j->allowed = col_i64(st, 1) <= col_i64(st, 2);
	}
	db_done(st);
	return step != DB_FAIL;
}

bool
api_key_use(struct db *db, const char *key, int64_t now, int64_t *id, bool *allowed, struct err *err)
{
	struct arena *a = arena_open();
	struct key_job j = { .hash = hash_of(a, key), .now = now };
	bool ok = db_write(db, key_use, &j, err);

	arena_close(a);
	*id = j.id;
	*allowed = j.allowed;
	return ok || err_add(err, "key");
}

bool
api_key_id(struct db *db, const char *key, int64_t *id, struct err *err)
{
	struct arena *a = arena_open();
	struct stmt *st = db_stmt(db, "SELECT id FROM api_key WHERE hash = $1 AND revoked_at IS NULL", err);
	enum db_step step;

	*id = 0;
	bind_text(st, 1, hash_of(a, key));
	if ((step = db_next(st, err)) == DB_ROW)
		*id = col_i64(st, 0);
	db_done(st);
	arena_close(a);
	return step != DB_FAIL || err_add(err, "key");
}

/* ---- services ---- */

#define SERVICE "SELECT ca.id, ca.name, ca.name_en, ca.about, ca.keywords, u.name," \
	" EXISTS (SELECT 1 FROM service_attribute s WHERE s.category_id = ca.id AND s.active = 1)" \
	" FROM category ca JOIN unit u ON u.id = ca.unit_id WHERE ca.active = 1 AND ca.open311 <> 'no'"

static void
row_service(struct stmt *st, struct arena *a, struct service *s)
{
	*s = (struct service){ .id = col_i64(st, 0), .name = col_text(st, a, 1), .name_en = col_text(st, a, 2),
		.about = col_text(st, a, 3), .keywords = col_text(st, a, 4), .group = col_text(st, a, 5), .asks = col_i64(st, 6) != 0 };
}

bool
services(struct db *db, struct arena *a, struct service_list *out, struct err *err)
{
	enum { MOST = 2000 };
	struct stmt *st = db_stmt(db, SERVICE " ORDER BY ca.name LIMIT 2000", err);
	struct service_list list = { .item = arena_array(a, MOST, sizeof(*list.item)) };
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW && list.n < MOST)
		row_service(st, a, &list.item[list.n++]);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "services");
	*out = list;
	return true;
}

bool
service_by_code(struct db *db, struct arena *a, const char *code, struct service *out, struct err *err)
{
	struct stmt *st = db_stmt(db, SERVICE " AND CAST(ca.id AS TEXT) = $1", err);
	enum db_step step;

	*out = (struct service){ 0 };
	bind_text(st, 1, code);
	if ((step = db_next(st, err)) == DB_ROW)
		row_service(st, a, out);
	db_done(st);
	return step != DB_FAIL || err_add(err, "service");
}

bool
service_attributes(struct db *db, struct arena *a, int64_t category_id, struct service_attribute_list *out, struct err *err)
{
	enum { MOST = 1000 };
	struct stmt *st = db_stmt(db, "SELECT id, category_id, position, code, datatype, description, hint, asks, required, active,"
	    " choices FROM service_attribute WHERE $1 = 0 OR category_id = $1 ORDER BY category_id, position, id LIMIT 1000", err);
	struct service_attribute_list list = { .item = arena_array(a, MOST, sizeof(*list.item)) };
	enum db_step step;

	bind_i64(st, 1, category_id);
	while ((step = db_next(st, err)) == DB_ROW && list.n < MOST) {
		struct service_attribute *s = &list.item[list.n++];
		struct err ignored = { 0 };

		*s = (struct service_attribute){ .id = col_i64(st, 0), .category_id = col_i64(st, 1), .position = col_i64(st, 2),
			.code = col_text(st, a, 3), .datatype = col_text(st, a, 4), .description = col_text(st, a, 5),
			.hint = col_text(st, a, 6), .asks = col_i64(st, 7) != 0, .required = col_i64(st, 8) != 0,
			.active = col_i64(st, 9) != 0 };
		(void)service_choices_parse(a, col_text_or(st, a, 10, ""), &s->choice, &s->n_choices, &ignored);
	}
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "attributes");
	*out = list;
	return true;
}

struct attribute_job { const struct service_attribute *in; const char *choices; int64_t account_id, now, id; };

static bool
attribute_save(struct db *tx, void *arg, struct err *err)
{
	struct attribute_job *j = arg;
	const struct service_attribute *s = j->in;
	const char *choices = *j->choices == '\0' ? NULL : j->choices, *hint = s->hint == NULL || *s->hint == '\0' ? NULL : s->hint;
	int64_t other = 0;

	if (db_id(tx, "SELECT id FROM service_attribute WHERE category_id = $1 AND code = $2 AND id <> $3", &other, err, "iti",
	    s->category_id, s->code, s->id))
		return err_input(err, "code", N_("The category has a question with this code already."));
	if (err->code != ERR_NOT_FOUND)
		return false;
	*err = (struct err){ 0 };
	j->id = s->id;
	if (!(s->id == 0 ? db_id(tx, "INSERT INTO service_attribute (category_id, code, position, asks, datatype, required, description,"
	    " hint, choices, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id", &j->id, err, "itiitittti",
	    s->category_id, s->code, s->position, (int64_t)s->asks, s->datatype, (int64_t)s->required, s->description, hint, choices,
	    (int64_t)s->active) :
	    db_run(tx, "UPDATE service_attribute SET category_id = $1, code = $2, position = $3, asks = $4, datatype = $5, required = $6,"
	    " description = $7, hint = $8, choices = $9, active = $10 WHERE id = $11", NULL, err, "itiititttii", s->category_id, s->code,
	    s->position, (int64_t)s->asks, s->datatype, (int64_t)s->required, s->description, hint, choices, (int64_t)s->active, s->id)))
		return false;
	return event_note(tx, j->now, j->account_id, "service_attribute.changed", "service_attribute", j->id, 0, 0, 0, 0, NULL, err);
}

bool
service_attribute_save(struct db *db, const struct service_attribute *in, const char *choices, int64_t account_id, int64_t now,
    int64_t *id, struct err *err)
{
	struct attribute_job j = { in, choices, account_id, now, 0 };
	const struct service_choice *list;
	struct arena *a;
	size_t n = 0, kind = 0;
	bool ok, is_list = strstr(in->datatype, "list") != NULL;

	while (service_datatypes[kind] != NULL && strcmp(service_datatypes[kind], in->datatype) != 0)
		kind++;
	if (in->category_id == 0)
		return err_input(err, "category_id", N_("Choose a category."));
	if (*in->code == '\0' || strlen(in->code) > 40 || strchr("0123456789_-", *in->code) != NULL || in->code[strspn(in->code,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] != '\0')
		return err_input(err, "code", N_("Write a code of letters A to Z and digits, beginning with a letter, at most 40."));
	if (service_datatypes[kind] == NULL)
		return err_input(err, "datatype", N_("Choose one of the alternatives."));
	if (*in->description == '\0' || utf8_length(in->description) > 500)
		return err_input(err, "description", N_("Write the question, in at most 500 characters."));
	if (strlen(choices) > 20000)
		return err_input(err, "choices", N_("The text is too long. Make it shorter, or put it in an attached file."));
	a = arena_open();
	ok = service_choices_parse(a, choices, &list, &n, err);
	arena_close(a);
	if (!ok)
		return false;
	if (is_list != (n > 0))
		return err_input(err, "choices", N_("A choice needs alternatives, one a line like blue=Blue; the other kinds have none."));
	if (!db_write(db, attribute_save, &j, err))
		return err_add(err, "attribute");
	if (id != NULL)
		*id = j.id;
	return true;
}

bool
services_changed(struct db *db, int64_t *at, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT MAX(at) FROM event WHERE object IN ('category', 'service_attribute')", err);
	enum db_step step;

	*at = 0;
	if ((step = db_next(st, err)) == DB_ROW)
		*at = col_i64(st, 0);
	db_done(st);
	return step != DB_FAIL || err_add(err, "changeset");
}

/* ---- requests ---- */

static int64_t
greatest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* What the category does not show is not even read into the row. */
static void
row_request(struct stmt *st, struct arena *a, struct request_row *r)
{
	const char *shows = col_text_or(st, a, 19, "take");
	bool place = (strcmp(shows, "place") == 0 || strcmp(shows, "words") == 0) && !col_is_null(st, 12);

	*r = (struct request_row){
		.id = col_i64(st, 0), .category_id = col_i64(st, 1), .received_at = col_i64(st, 2), .closed_at = col_i64(st, 3),
		.answer_by = col_i64(st, 4), .number = col_text(st, a, 5), .state = col_text(st, a, 6), .ending = col_text(st, a, 7),
		.channel = col_text(st, a, 8), .service_name = col_text(st, a, 9), .service_name_en = col_text(st, a, 10),
		.agency = col_text(st, a, 11), .transferred = col_i64(st, 22) != 0,
	};
	r->updated_at = r->closed_at != 0 ? r->closed_at : greatest(greatest(r->received_at, col_i64(st, 20)),
	    greatest(col_i64(st, 21), col_i64(st, 23)));
	if (place) {
		r->address = col_text(st, a, 13);
		r->address_id = col_text(st, a, 14);
		r->has_place = !col_is_null(st, 15);
		r->lat = col_double(st, 15);
		r->lon = col_double(st, 16);
		r->attributes = col_text(st, a, 17);
	}
	if (strcmp(shows, "words") == 0)
		r->words = col_text(st, a, 18);
}

bool
requests_list(struct db *db, struct arena *a, const struct asked *q, int64_t key_id, struct request_row_list *out, struct err *err)
{
	/* The plus keeps SQLite to the index of time, which is the order too: a page costs its own rows. */
	static const char sql[] = "SELECT " COLUMNS TABLES " WHERE " VISIBLE " AND c.received_at >= $2 AND c.received_at <= $3"
	    " AND (($4 = 1 AND c.closed_at IS NULL) OR ($5 = 1 AND c.closed_at IS NOT NULL))"
	    " AND ($6 = '' OR $6 LIKE '%,' || CAST(+c.category_id AS TEXT) || ',%')"
	    " ORDER BY c.received_at DESC, c.id DESC LIMIT $7 OFFSET $8";
	struct stmt *st = db_stmt(db, sql, err);
	struct request_row_list list = { .item = arena_array(a, (size_t)q->page_size, sizeof(*list.item)) };
	struct sb codes;
	enum db_step step;

	sb_init(&codes, a, 16000);
	for (const char *p = q->codes; *p != '\0'; p++) {		/* ",3,14," without spaces */
		if (codes.len == 0)
			sb_add_c(&codes, ',');
		if (*p != ' ' && *p != '%' && *p != '_')
			sb_add_c(&codes, *p);
	}
	if (codes.len > 0)
		sb_add_c(&codes, ',');
	bind_i64(st, 1, key_id);
	bind_i64(st, 2, q->from);
	bind_i64(st, 3, q->to);
	bind_i64(st, 4, q->open);
	bind_i64(st, 5, q->closed);
	bind_text(st, 6, sb_str(&codes));
	bind_i64(st, 7, q->page_size);
	bind_i64(st, 8, (q->page - 1) * q->page_size);
	while ((step = db_next(st, err)) == DB_ROW && list.n < (size_t)q->page_size)
		row_request(st, a, &list.item[list.n++]);
	db_done(st);
	if (step == DB_FAIL)
		return err_add(err, "requests");
	*out = list;
	return true;
}

bool
request_one(struct db *db, struct arena *a, const char *number, int64_t key_id, struct request_row *out, bool *found,
    struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT " COLUMNS TABLES " WHERE " VISIBLE " AND c.number = $2", err);
	enum db_step step;

	bind_i64(st, 1, key_id);
	bind_text(st, 2, number);
	if ((*found = (step = db_next(st, err)) == DB_ROW))
		row_request(st, a, out);
	db_done(st);
	return step != DB_FAIL || err_add(err, "request");
}

bool
request_put(struct db *tx, int64_t contact_id, const char *number, int64_t key_id, const struct posted *in, struct err *err)
{
	struct stmt *st = db_stmt(tx, "INSERT INTO open311_request (contact_id, api_key_id, token, lat, lon, address_id, account_id,"
	    " attributes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", err);
	enum db_step step;

	bind_i64(st, 1, contact_id);
	bind_i64(st, 2, key_id);
	bind_text(st, 3, number);
	if (in->has_place) {
		bind_double(st, 4, in->lat);
		bind_double(st, 5, in->lon);
	} else {
		bind_null(st, 4);
		bind_null(st, 5);
	}
	bind_text(st, 6, in->address_id[0] == '\0' ? NULL : in->address_id);
	bind_text(st, 7, in->account_id[0] == '\0' ? NULL : in->account_id);
	bind_text(st, 8, in->attributes);
	step = db_next(st, err);
	db_done(st);
	return step != DB_FAIL || err_add(err, "request");
}

/* ---- words for all ---- */

bool
public_words_of(struct db *db, struct arena *a, int64_t contact_id, struct public_words *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT w.text, p.name, w.approved_at FROM public_words w JOIN account ac ON ac.id = w.approved_by"
	    " JOIN person p ON p.id = ac.person_id WHERE w.contact_id = $1", err);
	enum db_step step;

	*out = (struct public_words){ 0 };
	bind_i64(st, 1, contact_id);
	if ((step = db_next(st, err)) == DB_ROW)
		*out = (struct public_words){ col_text(st, a, 0), col_text(st, a, 1), col_i64(st, 2) };
	db_done(st);
	return step != DB_FAIL || err_add(err, "public words");
}

struct words_job { int64_t contact_id, account_id, now; const char *text; };

static bool
words_set(struct db *tx, void *arg, struct err *err)
{
	struct words_job *j = arg;
	struct arena *a = arena_open();
	struct contact c;
	bool ok = contact_get(tx, a, j->contact_id, &c, err);

	if (ok && j->text != NULL && c.restricted > 0)
		ok = err_input(err, "text", N_("It is secret or protected: nothing of it can be shown to all."));
	ok = ok && (j->text == NULL ? db_run(tx, "DELETE FROM public_words WHERE contact_id = $1", NULL, err, "i", c.id) :
	    db_run(tx, "INSERT INTO public_words (contact_id, text, approved_by, approved_at) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (contact_id) DO UPDATE SET text = excluded.text, approved_by = excluded.approved_by,"
	    " approved_at = excluded.approved_at", NULL, err, "itii", c.id, j->text, j->account_id, j->now)) &&
	    event_note(tx, j->now, j->account_id, j->text == NULL ? "contact.words_hidden" : "contact.words_shown", "contact", c.id, c.id,
	    c.matter_id, c.authority_id, c.restricted, NULL, err);
	arena_close(a);
	return ok;
}

bool
public_words_set(struct db *db, int64_t contact_id, const char *text, int64_t account_id, int64_t now, struct err *err)
{
	struct words_job j = { contact_id, account_id, now, text };

	return db_write(db, words_set, &j, err) || err_add(err, "public words");
}
