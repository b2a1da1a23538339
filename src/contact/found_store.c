/* contact/found_store.c */
#include "contact/found.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/search.h"

/* FOUND_MOST ids; those that are not needed are 0, which is nobody's. */
#define IDS "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)"

static const struct { const char *kind, *sql; } kinds[] = {
	{ "contact",
	    "SELECT c.id, c.number, c.subject, c.text, c.state, u.name, c.received_at, c.authority_id, c.unit_id, c.owner_id,"
	    " c.restricted FROM contact c LEFT JOIN unit u ON u.id = c.unit_id WHERE c.id IN " IDS },
	{ "matter",
	    "SELECT m.id, m.number, m.title_internal, NULL, m.state, u.name, m.registered_at, m.authority_id, m.unit_id,"
	    " m.owner_id, m.restricted FROM matter m LEFT JOIN unit u ON u.id = m.unit_id WHERE m.id IN " IDS },
	/* whoever may read its matter, or its contact when it is in none */
	{ "document",
	    "SELECT d.id, NULL, d.title, d.text, d.direction, NULL, d.registered_at, d.authority_id,"
	    " CASE WHEN d.matter_id IS NULL THEN c.unit_id ELSE m.unit_id END,"
	    " CASE WHEN d.matter_id IS NULL THEN c.owner_id ELSE m.owner_id END, d.restricted"
	    " FROM document d LEFT JOIN matter m ON m.id = d.matter_id LEFT JOIN contact c ON c.id = d.contact_id"
	    " WHERE d.id IN " IDS },
};

static void
row_found(struct stmt *st, struct arena *a, struct found *f)
{
	*f = (struct found){
		.id = col_i64(st, 0), .number = col_text(st, a, 1), .title = col_text(st, a, 2), .text = col_text(st, a, 3),
		.word = col_text(st, a, 4), .unit_name = col_text(st, a, 5), .at = col_i64(st, 6),
		.object = { .authority_id = col_i64(st, 7), .unit_id = col_i64(st, 8), .owner_id = col_i64(st, 9),
		    .restricted = (enum reach)col_i64(st, 10) },
	};
}

/* Those of one kind, each put where its hit is. */
static bool
read_kind(struct db *db, struct arena *a, size_t kind, const struct search_hit *hit, size_t n, struct found *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, kinds[kind].sql, err);
	enum db_step step;
	struct found f;

	for (size_t i = 0; i < FOUND_MOST; i++)
		bind_i64(st, (int)i + 1, i < n && strcmp(hit[i].kind, kinds[kind].kind) == 0 ? hit[i].object_id : 0);
	while ((step = db_next(st, err)) == DB_ROW) {
		row_found(st, a, &f);
		for (size_t i = 0; i < n; i++) {
			if (hit[i].object_id == f.id && strcmp(hit[i].kind, kinds[kind].kind) == 0)
				out[i] = f;
		}
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "what was found, %s", kinds[kind].kind);
}

bool
found_read(struct db *db, struct arena *a, const struct search_hit *hit, size_t n, struct found *out, struct err *err)
{
	n = n < FOUND_MOST ? n : FOUND_MOST;
	for (size_t i = 0; i < n; i++)
		out[i] = (struct found){ 0 };
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		bool any = false;

		for (size_t i = 0; i < n; i++)
			any = any || strcmp(hit[i].kind, kinds[k].kind) == 0;
		if (any && !read_kind(db, a, k, hit, n, out, err))
			return false;
	}
	return true;
}
