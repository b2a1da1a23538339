/* disclosure/disclosure.h: somebody asks to see official documents, and gets them, masked copies of them, or a refusal
 *
 * Tryckfrihetsförordningen (TF) 2 kap.: anyone may ask, without saying who or why (18 §); what is not secret is handed out at
 * once or as soon as possible (15 §), promptly when it is copies (16 §); what is secret in part is released without that part
 * (15 §). Offentlighets- och sekretesslag (OSL) 6 kap. 3 §: who is refused is told that she may demand the authority's own
 * decision, which is written, has reasons and says how to appeal; 7-8 §§ and Förvaltningslag 43-44 §§: to the administrative
 * court of appeal (kammarrätten), handed in to the authority within three weeks from the day she got the decision.
 *
 * A request belongs to a matter and to the contact it came by; answers go out as answers to that contact, with its thread, its
 * timeline and its minute to take back. Words: item, one document asked for; rendition, its masked copy (registry/document_work.h).
 * Without a confirmed day of receipt the appeal's last day is not known, and neither is when the refusal is final. */
#ifndef DISCLOSURE_DISCLOSURE_H
#define DISCLOSURE_DISCLOSURE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"
#include "people/permit.h"

struct arena; struct db; struct err;

enum { DISCLOSURE_TARGET_DAYS = 1, DISCLOSURE_ALARM_DAYS = 3, APPEAL_WEEKS = 3, DISCLOSURE_ITEMS_MAX = 1000 };

struct disclosure_item {
	int64_t id, document_id, number;
	const char *title, *number_of_matter;	/* of the document's own matter */
	const char *outcome;			/* open, released, masked, withheld */
	const char *section;			/* withheld: on what ground */
	int64_t rendition_id;			/* the masked copy that went, or would go; 0: none */
	int restricted;
	int64_t done_at;
};

struct disclosure {
	int64_t id, version, matter_id, contact_id, authority_id;
	const char *matter_number, *contact_number, *authority_code;
	struct object object;			/* for permit(): the matter's */
	const char *recipient;			/* mail address of who asked; NULL: none, answers are handed over */
	const char *language;			/* of who asked */
	const char *requested, *target, *alarm;	/* "YYYY-MM-DD" */
	const char *demanded;
	int64_t decision_document_id;
	const char *decision_number, *decided, *decided_by_name, *rule;
	const char *served, *appealed, *forwarded, *reported;
	const struct disclosure_item *item;	/* by document; those above the reader's reach are counted, not named */
	size_t n_items;
	size_t n_open, n_released, n_masked, n_withheld;
};

/* When a refusal that reached her on `served` can last be appealed, and from when it is final. */
struct appeal_time { struct date last_day, final_from; };
struct appeal_time disclosure_appeal_time(struct date served);

/* The matter is a request for documents that came by one of its contacts. Its two dates are set as deadlines of the matter.
 * ERR_CONFLICT: it is one already. ERR_INPUT (contact): that contact is not in the matter. */
bool disclosure_open(struct db *db, int64_t matter_id, int64_t contact_id, const struct actor *by, int64_t now, int64_t *id,
    struct err *err);
bool disclosure_of_matter(struct db *db, struct arena *a, int64_t matter_id, int reach, struct disclosure *out, struct err *err);

/* Every document of a matter or a contact, by its number, joins what is asked for; drafts and masked copies do not. *n: new ones.
 * ERR_INPUT (source): no such number, or nothing there that she may read. */
bool disclosure_add(struct db *db, int64_t id, const char *source, const struct actor *by, int64_t now, int64_t *n,
    struct err *err);

struct disclosure_release {
	int64_t id, version;
	const int64_t *item;			/* items, open ones */
	size_t n_items;
	const char *words;			/* to who asked, before what the program says; may be empty */
};
/* Hands the items out: those under no secrecy whole, the others as their approved masked copy. ERR_INPUT (item): nothing chosen,
 * or one is secret and has no such copy: the sentence says which. What is said of the withheld and masked parts, and that a formal
 * decision can be demanded, is put after the words. */
bool disclosure_release(struct db *db, const struct disclosure_release *in, const struct actor *by, int64_t now, struct err *err);
/* One is not handed out at all. ERR_INPUT: section. */
bool disclosure_withhold(struct db *db, int64_t id, int64_t version, int64_t item, const char *section, const struct actor *by,
    int64_t now, struct err *err);

/* The day she demanded a formal decision. ERR_INPUT (day): before the request, to come, or nothing has been withheld. */
bool disclosure_demand(struct db *db, int64_t id, int64_t version, const char *day, const struct actor *by, int64_t now,
    struct err *err);
struct disclosure_refusal {
	int64_t id, version;
	const char *rule;			/* of the delegation scheme, "2.4" */
	const char *reasons;			/* why, for each passage (FL 32 §) */
};
/* The formal refusal: numbered, drawn up as a document of the matter, with each section, the reasons and how to appeal, and sent.
 * ERR_INPUT: rule, reasons; ERR_CONFLICT: nobody demanded one, or it is decided. */
bool disclosure_refuse(struct db *db, const struct disclosure_refusal *in, const struct actor *by, int64_t now, struct err *err);

/* What happened to the decision, each once, in this order. ERR_INPUT (day): before what came before it, or to come. */
enum disclosure_step { STEP_SERVED, STEP_APPEALED, STEP_FORWARDED, STEP_REPORTED };
bool disclosure_step(struct db *db, int64_t id, int64_t version, enum disclosure_step step, const char *day,
    const struct actor *by, int64_t now, struct err *err);
#endif
