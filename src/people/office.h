/* people/office.h: how the municipality is organised, and what it has decided about contacts
 *
 * Authorities (nämnder, kommunstyrelse, fullmäktige) each have departments (förvaltningar) and units (enheter); a mailbox
 * and a category lead to a unit; a promise says in working days how soon we confirm and answer; local days are the
 * municipality's own half-days; standard answers are words to start from.
 *
 * Every save checks what it is given (ERR_INPUT names the field), writes an event in the same transaction, and with id 0
 * makes a new row. `seen` is row_mark() of the row as the person saw it, or NULL: another now is ERR_CONFLICT. Nothing
 * that others point at is removed: it is made inactive and keeps its history. */
#ifndef PEOPLE_OFFICE_H
#define PEOPLE_OFFICE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct date; struct db; struct err;

struct authority {
	int64_t id;
	const char *code;		/* "KS" */
	const char *name;
	const char *kind;		/* council, board, committee */
	const char *number_template;	/* law/number.h */
	const char *email;		/* NULL when none; so everywhere below */
	bool active;
};
struct unit {
	int64_t id, authority_id, parent_id;
	const char *kind;		/* department, unit */
	const char *name, *email, *phone;
	const char *visiting_address;	/* where one comes in; shown to all */
	bool active;
	const char *authority_code, *parent_name;	/* when read */
};
struct category {
	int64_t id, authority_id, unit_id;	/* the authority is the unit's */
	const char *name, *name_en;
	const char *keywords;		/* words that suggest it, space between */
	const char *open311;		/* no, take, place, words (schema/0009); NULL when saved: take */
	const char *about;		/* in a sentence, or NULL */
	bool active;
	const char *authority_code, *unit_name;
};
struct mailbox {
	int64_t id, authority_id, unit_id;
	const char *address, *name;
	bool active;
	const char *authority_code, *unit_name;
};
struct promise_row {
	int64_t id, authority_id, category_id;	/* 0: any */
	const char *channel;			/* NULL: any */
	int64_t confirm_days, answer_days;	/* working days */
	const char *authority_code, *category_name;
};
struct local_day {
	const char *date;		/* "2026-12-23" */
	const char *closes_at;		/* "12:00"; NULL: closed all day */
	const char *name;
};
struct standard_answer {
	int64_t id, authority_id, category_id;	/* 0: all */
	const char *title, *question, *text;
	bool shown_to_all;		/* may be shown while a resident writes */
	bool active;
	const char *authority_code, *category_name;
};

struct authority_list { struct authority *item; size_t n; };
struct unit_list { struct unit *item; size_t n; };
struct category_list { struct category *item; size_t n; };
struct mailbox_list { struct mailbox *item; size_t n; };
struct promise_list { struct promise_row *item; size_t n; };
struct local_day_list { struct local_day *item; size_t n; };
struct standard_answer_list { struct standard_answer *item; size_t n; };

/* Lists by name (Swedish order is made where it is shown), inactive ones last; everything lives in `a`. */
bool authority_list(struct db *db, struct arena *a, struct authority_list *out, struct err *err);
bool unit_list(struct db *db, struct arena *a, struct unit_list *out, struct err *err);	/* by authority, departments first */
bool category_list(struct db *db, struct arena *a, struct category_list *out, struct err *err);
bool mailbox_list(struct db *db, struct arena *a, struct mailbox_list *out, struct err *err);
bool promise_list(struct db *db, struct arena *a, struct promise_list *out, struct err *err);
/* From `from` on ("" for all), by date. */
bool local_day_list(struct db *db, struct arena *a, const char *from, struct local_day_list *out, struct err *err);
bool standard_answer_list(struct db *db, struct arena *a, struct standard_answer_list *out, struct err *err);

/* One; ERR_NOT_FOUND. */
bool authority_get(struct db *db, struct arena *a, int64_t id, struct authority *out, struct err *err);
bool authority_by_code(struct db *db, struct arena *a, const char *code, struct authority *out, struct err *err);
bool unit_get(struct db *db, struct arena *a, int64_t id, struct unit *out, struct err *err);
bool category_get(struct db *db, struct arena *a, int64_t id, struct category *out, struct err *err);
bool mailbox_get(struct db *db, struct arena *a, int64_t id, struct mailbox *out, struct err *err);
bool mailbox_by_address(struct db *db, struct arena *a, const char *address, struct mailbox *out, struct err *err);
bool promise_get(struct db *db, struct arena *a, int64_t id, struct promise_row *out, struct err *err);
bool standard_answer_get(struct db *db, struct arena *a, int64_t id, struct standard_answer *out, struct err *err);

struct change { int64_t account_id, now; const char *seen; };	/* who, when, and what she saw */

/* *id (may be NULL) gets the row's. */
bool authority_save(struct db *db, const struct change *by, const struct authority *in, int64_t *id, struct err *err);
bool unit_save(struct db *db, const struct change *by, const struct unit *in, int64_t *id, struct err *err);
bool category_save(struct db *db, const struct change *by, const struct category *in, int64_t *id, struct err *err);
bool mailbox_save(struct db *db, const struct change *by, const struct mailbox *in, int64_t *id, struct err *err);
bool promise_save(struct db *db, const struct change *by, const struct promise_row *in, int64_t *id, struct err *err);
bool promise_remove(struct db *db, const struct change *by, int64_t id, struct err *err);
bool local_day_save(struct db *db, const struct change *by, const struct local_day *in, struct err *err);
bool local_day_remove(struct db *db, const struct change *by, const char *date, struct err *err);
bool standard_answer_save(struct db *db, const struct change *by, const struct standard_answer *in, int64_t *id,
    struct err *err);

/* The unit's own, or of the units and department above it, up to the authority: who leads what. In promise order for
 * overdue levels: accounts with `role` whose grant names the unit, one of its parents, or the whole authority. */
bool leaders_of(struct db *db, struct arena *a, int64_t authority_id, int64_t unit_id, const char *role,
    struct date today, int64_t **account_id, size_t *n, struct err *err);

/* A mark of a row's contents, to see that it has changed since; in `a`. */
const char *authority_mark(struct arena *a, const struct authority *r);
const char *unit_mark(struct arena *a, const struct unit *r);
const char *category_mark(struct arena *a, const struct category *r);
const char *mailbox_mark(struct arena *a, const struct mailbox *r);
const char *promise_mark(struct arena *a, const struct promise_row *r);
const char *standard_answer_mark(struct arena *a, const struct standard_answer *r);

/* For rows of other rooms: the hash of the fields, each ended so that none runs into the next; and whether the row is still as
 * she saw it (ERR_CONFLICT, with a sentence). */
const char *row_mark(struct arena *a, const char *const *text, size_t n, const int64_t *number, size_t n_numbers);
bool row_unchanged(const struct change *by, const char *now_there, struct err *err);

extern const char *const office_channels[];	/* "phone", "email", ... NULL-ended; interfaces.md */
#endif
