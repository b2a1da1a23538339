/* contact/verify_store.c: the invariants, each a question whose answer must be no rows
 *
 * A table of checks: a name, and a query that lists what breaks it as (object, detail). Numbers in brackets are those of
 * rule book 9. */
#include "contact/verify.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "contact/clock_store.h"
#include "db/db.h"
#include "people/account.h"
#include "registry/checks.h"
#include "timeline/event.h"

enum { FAULTS_MAX = 500, ALSO_MAX = 8 };

/* $1 is now. CAST makes one type of ids and texts on both databases. */
static const struct check checks[] = {
	{ "unanswered contact without owner, unit or future date",
	    "SELECT number, state FROM contact WHERE closed_at IS NULL AND state <> 'quarantined'"
	    " AND (unit_id IS NULL OR answer_by IS NULL OR (owner_id IS NULL AND state = 'assigned')) AND $1 = $1" },
	{ "contact of a unit that is closed",
	    "SELECT c.number, u.name FROM contact c JOIN unit u ON u.id = c.unit_id WHERE c.closed_at IS NULL AND u.active = 0"
	    " AND $1 = $1 AND EXISTS (SELECT 1 FROM unit x WHERE x.authority_id = u.authority_id AND x.active = 1)" },
	{ "waiting contact that is nobody's",
	    "SELECT number, state FROM contact WHERE state = 'waiting' AND (owner_id IS NULL OR pause_reason IS NULL)"
	    " AND $1 = $1" },
	{ "closed contact without an ending",
	    "SELECT number, state FROM contact WHERE closed_at IS NOT NULL AND state = 'answered' AND ending IS NULL"
	    " AND $1 = $1" },
	{ "answered without a substantive reply (18)",
	    "SELECT c.number, c.state FROM contact c WHERE c.answered_at IS NOT NULL AND $1 = $1 AND NOT EXISTS"
	    " (SELECT 1 FROM document d WHERE d.contact_id = c.id AND d.direction = 'out' AND d.registered_by IS NOT NULL"
	    "   AND d.kind IN ('answer', 'call_note', 'letter') AND d.state <> 'withdrawn' AND d.text <> '')"
	    /* a lost call whose caller was talked to later: the call is the answer */
	    " AND NOT EXISTS (SELECT 1 FROM event e WHERE e.contact_id = c.id AND e.action = 'contact.spoken_to')" },
	{ "not ours, but sent to nobody",
	    "SELECT number, state FROM contact WHERE ending = 'not_ours' AND ending_why IS NULL AND $1 = $1" },
	{ "received after it was registered (2)",
	    "SELECT number, received_date FROM contact WHERE arrived_at > registered_at + 300 AND $1 = $1" },
	{ "unit of another authority (1)",
	    "SELECT c.number, u.name FROM contact c JOIN unit u ON u.id = c.unit_id"
	    " WHERE u.authority_id <> c.authority_id AND $1 = $1" },
	{ "document of another authority than its matter (1)",
	    "SELECT m.number, CAST(d.id AS TEXT) FROM document d JOIN matter m ON m.id = d.matter_id"
	    " WHERE d.authority_id <> m.authority_id AND $1 = $1" },
	{ "contact number out of its series (3)",
	    "SELECT c.number, CAST(c.serial AS TEXT) FROM contact c JOIN number_series s ON s.authority_id = 0"
	    " AND s.series = 'contact' AND s.year = c.year WHERE c.serial >= s.next AND $1 = $1" },
	{ "matter number out of its series (3)",
	    "SELECT m.number, CAST(m.serial AS TEXT) FROM matter m JOIN number_series s ON s.authority_id = m.authority_id"
	    " AND s.series = 'matter' AND s.year = m.year WHERE m.serial >= s.next AND $1 = $1" },
	{ "gap in a series of contacts (3)",
	    "SELECT CAST(year AS TEXT), CAST(MAX(serial) - COUNT(*) AS TEXT) FROM contact WHERE $1 = $1"
	    " GROUP BY year HAVING MAX(serial) <> COUNT(*)" },
	{ "gap in a series of matters (3)",
	    "SELECT CAST(authority_id AS TEXT), CAST(MAX(serial) - COUNT(*) AS TEXT) FROM matter WHERE $1 = $1"
	    " GROUP BY authority_id, year HAVING MAX(serial) <> COUNT(*)" },
	{ "secrecy mark without section, date or authority (4)",
	    "SELECT object, CAST(object_id AS TEXT) FROM secrecy_mark WHERE (section = '' OR marked_date = '') AND $1 = $1" },
	{ "marked, but open (4)",
	    "SELECT c.number, s.section FROM secrecy_mark s JOIN contact c ON c.id = s.object_id"
	    " WHERE s.object = 'contact' AND s.lifted_at IS NULL AND c.restricted = 0 AND $1 = $1" },
	{ "public title that nobody approved (5)",
	    "SELECT number, state FROM matter WHERE title_public IS NOT NULL AND title_approved_at IS NOT NULL"
	    " AND title_approved_by IS NULL AND $1 = $1" },
	{ "document less restricted than its contact (5)",
	    "SELECT c.number, CAST(d.id AS TEXT) FROM document d JOIN contact c ON c.id = d.contact_id"
	    " WHERE d.restricted < c.restricted AND $1 = $1" },
	{ "contact of a protected person that is open (5)",
	    "SELECT c.number, c.state FROM contact c JOIN person p ON p.id = c.person_id"
	    " WHERE p.protected > 0 AND c.restricted < 2 AND $1 = $1" },
	{ "search entry less restricted than its contact",
	    "SELECT c.number, CAST(s.id AS TEXT) FROM search_doc s JOIN contact c ON c.id = s.object_id"
	    " WHERE s.kind = 'contact' AND s.restricted < c.restricted AND $1 = $1" },
	{ "FL 12 timer outside a merits matter of an individual (9)",
	    "SELECT m.number, d.kind FROM deadline d JOIN matter m ON m.id = d.matter_id WHERE d.kind LIKE 'fl1%'"
	    " AND (m.appeal_kind <> 'merits' OR m.initiator <> 'individual') AND $1 = $1" },
	{ "document number twice in a matter",
	    "SELECT m.number, CAST(d.number AS TEXT) FROM document d JOIN matter m ON m.id = d.matter_id WHERE $1 = $1"
	    " GROUP BY m.number, d.matter_id, d.number HAVING COUNT(*) > 1" },
	{ "contact without its first document",
	    "SELECT c.number, c.state FROM contact c WHERE c.kind = 'contact' AND $1 = $1 AND NOT EXISTS"
	    " (SELECT 1 FROM document d WHERE d.contact_id = c.id AND d.direction = 'in')" },
	{ "contact without an event",
	    "SELECT c.number, c.state FROM contact c WHERE $1 = $1 AND NOT EXISTS"
	    " (SELECT 1 FROM event e WHERE e.contact_id = c.id)" },
	{ "stored mail that was never read",
	    "SELECT CAST(id AS TEXT), COALESCE(error, '') FROM mail_in WHERE kind IS NULL AND arrived_at < $1 - 3600" },
	{ "outgoing message that waits and is never tried",
	    "SELECT CAST(id AS TEXT), state FROM outbox WHERE state = 'waiting' AND next_attempt_at IS NULL AND $1 = $1" },
};

static void
add_fault(struct arena *a, struct verify_result *out, const char *what, const char *object, const char *detail)
{
	if (out->broken == NULL)
		out->broken = arena_array(a, FAULTS_MAX, sizeof(*out->broken));
	if (out->n_broken < FAULTS_MAX)
		out->broken[out->n_broken++] = (struct verify_fault){ what, object, detail };
}

static bool
run_check(struct db *db, struct arena *a, const struct check *check, int64_t now, struct verify_result *out,
    struct err *err)
{
	struct stmt *st = db_stmt(db, check->sql, err);
	enum db_step step;

	bind_i64(st, 1, now);
	while ((step = db_next(st, err)) == DB_ROW) {
		out->unanswered_without_owner += check == &checks[0];
		add_fault(a, out, check->what, col_text_or(st, a, 0, ""), col_text_or(st, a, 1, ""));
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "check: %s", check->what);
}

static const struct check *also[ALSO_MAX];

void
verify_also(const struct check *table)
{
	for (size_t i = 0; i < ALSO_MAX; i++) {
		if (also[i] == NULL || also[i] == table) {
			also[i] = table;
			return;
		}
	}
}

struct faults { struct arena *a; struct verify_result *out; };

static void
bad_mask(void *arg, const char *what, const char *object, const char *detail)
{
	struct faults *f = arg;

	add_fault(f->a, f->out, what, object, detail);
}

/* Restricted to the named few, of whom there is none: nobody can open it, so it is lost though it is kept (rule book 1.7). */
static bool
handlers(struct db *db, struct arena *a, int64_t now, struct verify_result *out, struct err *err)
{
	struct stmt *st = db_stmt(db, "SELECT au.code, (SELECT COUNT(*) FROM contact c WHERE c.authority_id = au.id AND c.restricted = 2),"
	    " (SELECT COUNT(*) FROM matter m WHERE m.authority_id = au.id AND m.restricted = 2) FROM authority au"
	    " WHERE NOT EXISTS (SELECT 1 FROM role_grant g JOIN account ac ON ac.id = g.account_id"
	    "  WHERE g.role = 'protected_handler' AND g.authority_id = au.id AND ac.disabled_at IS NULL"
	    "  AND g.valid_from <= $1 AND (g.valid_to IS NULL OR g.valid_to >= $1)) ORDER BY au.code", err);
	struct date_str today = date_text(local_date(now));
	enum db_step step;

	bind_text(st, 1, today.s);
	while ((step = db_next(st, err)) == DB_ROW) {
		int64_t contacts = col_i64(st, 1), matters = col_i64(st, 2);

		if (contacts + matters > 0)
			add_fault(a, out, "protected_without_handler", col_text(st, a, 0), arena_printf(a, "%" PRId64 " contacts and %" PRId64
			    " matters that nobody can open: name somebody for protected identities there", contacts, matters));
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "check: protected_without_handler");
}

/* A task of somebody who can no longer open it is nobody's. The clock hands such contacts back within its minute; an hour is let go. */
static bool
owners(struct db *db, struct arena *a, int64_t now, struct verify_result *out, struct err *err)
{
	enum { PAGE = 500, LET_GO_S = 3600 };
	struct date_str today = date_text(local_date(now));
	struct due_list list;
	int64_t after_id = 0;

	do {
		if (!clock_left_behind(db, a, today.s, now - LET_GO_S, after_id, PAGE, &list, err))
			return err_add(err, "check: owners");
		for (size_t i = 0; i < list.n; i++) {
			struct account owner;

			if (!account_get(db, a, list.item[i].owner_id, &owner, err))
				return err_add(err, "check: owners");
			out->unanswered_without_owner++;
			add_fault(a, out, "contact of somebody who no longer works with it", list.item[i].number, owner.sign_in);
			after_id = list.item[i].id;
		}
	} while (list.n == PAGE);
	return true;
}

bool
verify_all(struct db *db, struct arena *a, int64_t now, struct verify_result *out, struct err *err)
{
	int64_t broken;
	const char *why;
	bool ok;

	*out = (struct verify_result){ 0 };
	if (!db_read_begin(db, err))
		return err_add(err, "verify");
	ok = event_verify(db, &out->events, &broken, &why, err) &&
	    db_id(db, "SELECT COUNT(*) FROM contact", &out->contacts, err, "");
	if (ok && broken != 0)
		add_fault(a, out, "the chain of events is broken", arena_printf(a, "event %" PRId64, broken), why);
	for (size_t i = 0; ok && i < ARRAY_LEN(checks); i++)
		ok = run_check(db, a, &checks[i], now, out, err);
	for (const struct check *c = registry_checks; ok && c->what != NULL; c++)
		ok = run_check(db, a, c, now, out, err);
	for (size_t i = 0; i < ALSO_MAX && also[i] != NULL; i++) {
		for (const struct check *c = also[i]; ok && c->what != NULL; c++)
			ok = run_check(db, a, c, now, out, err);
	}
	ok = ok && handlers(db, a, now, out, err) && owners(db, a, now, out, err);
	ok = ok && registry_check_masks(db, a, bad_mask, &(struct faults){ a, out }, err);
	db_read_end(db);
	return ok || err_add(err, "verify");
}
