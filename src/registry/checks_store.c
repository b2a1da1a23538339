/* registry/checks_store.c: the invariants of the register */
#include "registry/checks.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "db/db.h"
#include "registry/secrecy_sql.h"

const struct check registry_checks[] = {
	{ "matter of a unit of another authority (1)",
	    "SELECT m.number, u.name FROM matter m JOIN unit u ON u.id = m.unit_id WHERE u.authority_id <> m.authority_id"
	    " AND $1 = $1" },
	{ "contact in a matter of another authority (1)",
	    "SELECT c.number, m.number FROM contact c JOIN matter m ON m.id = c.matter_id"
	    " WHERE m.authority_id <> c.authority_id AND $1 = $1" },
	{ "document received after it was registered (2)",
	    "SELECT CAST(id AS TEXT), received_date FROM document WHERE arrived_at > registered_at + 300 AND $1 = $1" },
	{ "received document without its day or the rule (2)",
	    "SELECT CAST(id AS TEXT), state FROM document WHERE direction = 'in' AND matter_id IS NOT NULL"
	    " AND (received_date IS NULL OR received_rule IS NULL) AND arrived_at IS NOT NULL AND $1 = $1" },
	{ "matter numbers out of order (3)",
	    "SELECT number, CAST(earlier AS TEXT) FROM (SELECT number, registered_at, MAX(registered_at) OVER"
	    " (PARTITION BY authority_id, year ORDER BY serial ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier"
	    " FROM matter) x WHERE earlier > registered_at AND $1 = $1" },
	{ "document in a matter without a number (3)",
	    "SELECT m.number, CAST(d.id AS TEXT) FROM document d JOIN matter m ON m.id = d.matter_id"
	    " WHERE d.number IS NULL AND d.state NOT IN ('draft', 'withdrawn') AND $1 = $1" },
	{ "draft with a number (3)",
	    "SELECT CAST(id AS TEXT), CAST(number AS TEXT) FROM document WHERE state = 'draft' AND number IS NOT NULL AND $1 = $1" },
	{ "void matter without a reason (3)", "SELECT number, state FROM matter WHERE state = 'void'"
	    " AND (void_reason IS NULL OR void_reason = '') AND $1 = $1" },
	{ "matter more open than its marks and persons say (4, 5)",
	    "SELECT number, CAST(restricted AS TEXT) FROM matter WHERE restricted < " MATTER_LEVEL " AND $1 = $1" },
	{ "contact more open than its marks and persons say (4, 5)",
	    "SELECT number, CAST(restricted AS TEXT) FROM contact WHERE restricted < " CONTACT_LEVEL " AND $1 = $1" },
	{ "document more open than its marks and persons say (4, 5)",
	    "SELECT CAST(id AS TEXT), CAST(restricted AS TEXT) FROM document WHERE restricted < " DOCUMENT_LEVEL
	    " AND $1 = $1" },
	{ "restricted without a mark or a protected person (4)",
	    "SELECT number, CAST(restricted AS TEXT) FROM contact WHERE restricted > 0 AND restricted > " CONTACT_LEVEL " AND $1 = $1" },
	{ "search entry less restricted than its matter or document",
	    "SELECT s.kind, CAST(s.object_id AS TEXT) FROM search_doc s WHERE $1 = $1 AND ((s.kind = 'matter' AND s.restricted <"
	    " (SELECT restricted FROM matter WHERE id = s.object_id)) OR (s.kind = 'document' AND s.restricted <"
	    " (SELECT restricted FROM document WHERE id = s.object_id)))" },
	{ "search entry of a draft",
	    "SELECT s.kind, CAST(s.object_id AS TEXT) FROM search_doc s JOIN document d ON d.id = s.object_id"
	    " WHERE s.kind = 'document' AND d.state IN ('draft', 'withdrawn') AND $1 = $1" },
	{ "approved public title in a matter of a protected person (5)",
	    "SELECT number, title_public FROM matter WHERE title_approved_at IS NOT NULL AND restricted > 1 AND $1 = $1" },
	{ "approved public title that does not exist (5)",
	    "SELECT number, state FROM matter WHERE title_approved_at IS NOT NULL AND title_public IS NULL AND $1 = $1" },
	{ "merits matter of an individual without its six months (9)",
	    "SELECT m.number, m.appeal_kind FROM matter m WHERE m.appeal_kind = 'merits' AND m.initiator = 'individual'"
	    " AND $1 = $1 AND NOT EXISTS (SELECT 1 FROM deadline d WHERE d.matter_id = m.id AND d.kind = 'fl12_six_months')" },
	{ "request for a decision before six months (9)",
	    "SELECT m.number, d.date FROM deadline d JOIN matter m ON m.id = d.matter_id JOIN deadline six"
	    " ON six.matter_id = m.id AND six.kind = 'fl12_six_months' WHERE d.kind = 'fl12_decision' AND d.date < six.date"
	    " AND $1 = $1" },
	{ "deadline without what it rests on",
	    "SELECT m.number, d.date FROM deadline d JOIN matter m ON m.id = d.matter_id WHERE d.basis = '' AND $1 = $1" },
	{ "closed matter with an open deadline",
	    "SELECT m.number, m.state FROM matter m WHERE m.state IN ('closed', 'archived') AND $1 = $1 AND ("
	    " EXISTS (SELECT 1 FROM deadline d WHERE d.matter_id = m.id AND d.done_at IS NULL"
	    "  AND d.kind IN ('own', 'fl12_decision')))" },
	{ "masked copy without its masks",
	    "SELECT CAST(d.id AS TEXT), d.kind FROM document d WHERE d.masks_id IS NOT NULL AND $1 = $1 AND NOT EXISTS"
	    " (SELECT 1 FROM masking k WHERE k.rendition_id = d.id AND k.document_id = d.masks_id AND k.text = d.text)" },
	{ "new version that is not one more than the old one",
	    "SELECT CAST(d.id AS TEXT), CAST(d.version AS TEXT) FROM document d JOIN document o ON o.id = d.replaces_id"
	    " WHERE (d.version <> o.version + 1 OR d.matter_id <> o.matter_id) AND $1 = $1" },
	{ "matter without an event",
	    "SELECT m.number, m.state FROM matter m WHERE $1 = $1 AND NOT EXISTS"
	    " (SELECT 1 FROM event e WHERE e.object = 'matter' AND e.object_id = m.id AND e.action = 'matter.opened')" },
	{ NULL, NULL },
};

bool
registry_check_masks(struct db *db, struct arena *a,
    void (*bad)(void *arg, const char *what, const char *object, const char *detail), void *arg, struct err *err)
{
	static const char sql[] =
	    "SELECT CAST(d.id AS TEXT), d.text, k.original_sha256 FROM masking k JOIN document d ON d.id = k.document_id"
	    " WHERE k.original_sha256 IS NOT NULL ORDER BY k.id";
	struct stmt *st = db_stmt(db, sql, err);
	enum db_step step;

	while ((step = db_next(st, err)) == DB_ROW) {
		const char *text = col_text_or(st, a, 1, "");

		if (strcmp(hash_hex(hash_bytes(text, strlen(text))).s, col_text_or(st, a, 2, "")) != 0)
			bad(arg, "original of a masked copy was changed", col_text_or(st, a, 0, ""), "");
	}
	db_done(st);
	return step != DB_FAIL || err_add(err, "check of masks");
}
