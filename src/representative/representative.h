/* representative/representative.h: the elected (förtroendevalda), their mandates (uppdrag) and terms of office (mandatperioder)
 *
 * A representative has a name, a party, an area, ways to reach her and a few words on what she answers. A mandate is her seat
 * in an authority from one day to another; one who takes over after somebody (replacement) has a mandate that names the one it
 * took over. Nothing is removed: a mandate ends on a day. With an account, each mandate carries the right that follows from it
 * (representative, chair) for its dates. All of this is public (names of elected may be published, rule book 1.11).
 *
 * Kommunallag (2017:725) 4 kap. 1 § says who is elected; 5 kap. 9 § and 6 kap. 18 § when terms begin. */
#ifndef REPRESENTATIVE_REPRESENTATIVE_H
#define REPRESENTATIVE_REPRESENTATIVE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/office.h"

struct arena; struct db; struct err;

enum { REPRESENTATIVE_WORDS_MAX = 4000, PICTURE_BYTES_MAX = 1 << 20 };

struct mandate {
	int64_t id, representative_id, authority_id, term_id, replaces_id;
	const char *role;		/* member, substitute, chair, vice_chair */
	const char *from_date, *to_date;	/* to_date NULL: until further notice */
	const char *authority_code, *authority_name, *authority_kind;	/* when read, as all below */
	const char *term, *replaces_name;
	const char *name, *party, *area;	/* the representative's */
	int64_t account_id;
};
struct mandate_list { struct mandate *item; size_t n; };

struct representative {
	int64_t id, version, account_id;
	const char *external_id;	/* as the lists know her; NULL when saved: made from name and party */
	const char *name, *party, *area, *email, *phone, *answers;
	const char *picture_sha256;	/* NULL when none */
	const char *sign_in;		/* her account's, when read */
	bool active;
	const struct mandate *mandate;	/* on the day asked about, or all; when read */
	size_t n_mandates;
};
struct representative_list { struct representative *item; size_t n; };

struct representative_filter {
	const char *match;		/* part of name or of what she answers; NULL: any */
	int64_t authority_id;		/* with a mandate there; 0: any */
	const char *party, *area;	/* NULL: any */
	const char *day;		/* mandates in force then, and who has one; NULL: everybody with all there were */
};
/* By name. */
bool representative_list(struct db *db, struct arena *a, const struct representative_filter *f,
    struct representative_list *out, struct err *err);
/* With all mandates, newest first. ERR_NOT_FOUND. */
bool representative_get(struct db *db, struct arena *a, int64_t id, struct representative *out, struct err *err);
bool representative_by_external(struct db *db, struct arena *a, const char *external_id, struct representative *out,
    struct err *err);
bool representative_by_account(struct db *db, struct arena *a, int64_t account_id, struct representative *out,
    struct err *err);

/* Makes (id 0) or changes one; version as seen, 0 asks nothing. ERR_INPUT: name, email, answers, external_id (taken),
 * sign_in (no such account). An account that is linked gets the rights of the mandates. */
bool representative_save(struct db *db, const struct change *by, const struct representative *in, int64_t *id,
    struct err *err);
/* Her own words and ways to be reached. */
bool representative_present(struct db *db, const struct change *by, int64_t id, const char *email, const char *phone,
    const char *area, const char *answers, struct err *err);
/* PNG or JPEG by its own bytes; n 0 removes it. ERR_INPUT: picture. */
bool representative_picture(struct db *db, const struct change *by, int64_t id, const void *bytes, size_t n,
    struct err *err);

/* ERR_INPUT: role, from_date, to_date, replaces_id, authority_id; ERR_CONFLICT: the same mandate is there already. */
bool mandate_save(struct db *db, const struct change *by, const struct mandate *in, int64_t *id, struct err *err);
/* Ends it with `last_day`; the right ends with it. */
bool mandate_end(struct db *db, const struct change *by, int64_t id, const char *last_day, struct err *err);
bool mandate_get(struct db *db, struct arena *a, int64_t id, struct mandate *out, struct err *err);
/* The mandate of this representative there with this role and first day; id 0 when none. */
bool mandate_find(struct db *db, int64_t representative_id, int64_t authority_id, const char *role, const char *from_date,
    int64_t *id, struct err *err);
/* Of an authority on a day: the chair first, then vice chairs, members, substitutes, by name. 0: every authority. */
bool mandate_of(struct db *db, struct arena *a, int64_t authority_id, const char *day, struct mandate_list *out,
    struct err *err);

struct term { int64_t id; const char *name, *from_date, *to_date; };
struct term_list { struct term *item; size_t n; };
bool term_list(struct db *db, struct arena *a, struct term_list *out, struct err *err);
/* By name; ERR_INPUT: name, from_date, to_date. */
bool term_save(struct db *db, const struct change *by, const struct term *in, int64_t *id, struct err *err);

/* What is there to choose from: parties and areas in use, by name; NULL-ended. */
bool representative_words(struct db *db, struct arena *a, const char *const **party, const char *const **area,
    struct err *err);

extern const char *const mandate_roles[];	/* NULL-ended */
const char *mandate_role_text(const char *role);	/* N_() */
#endif
