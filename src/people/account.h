/* people/account.h: accounts, their roles, and the ways in
 *
 * An account belongs to a person and is never removed: disabled, it keeps its history and lets nobody in. Its name for
 * signing in is an address in lower case. A password is set only through a link (welcome, reset: one use, short life)
 * or by the person herself; the administrator never knows it. Every change writes an event; none holds a secret.
 *
 * Signing in: throttled per account and per address before the password is even looked at (throttle.h); an unknown name takes
 * as long as a known one. With two steps, a code from the telephone or one of the recovery codes, each once. */
#ifndef PEOPLE_ACCOUNT_H
#define PEOPLE_ACCOUNT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/office.h"
#include "people/permit.h"

struct arena; struct date; struct db; struct err;

enum { LINK_WELCOME_S = 7 * 86400, LINK_RESET_S = 3600 };

struct account {
	int64_t id, person_id, unit_id;
	const char *sign_in, *name, *email, *phone, *title, *language, *unit_name;	/* NULL when none */
	int64_t created_at, disabled_at;
	bool has_password, two_step;
};
struct account_list { struct account *item; size_t n; };

struct role_row {
	int64_t id, account_id, authority_id, unit_id;	/* 0: the whole municipality, the whole authority */
	enum role role;
	const char *valid_from, *valid_to;		/* NULL: until further notice */
	const char *authority_code, *unit_name, *granted_by_name;
	int64_t granted_at;
};
struct role_list { struct role_row *item; size_t n; };

/* `match` "" for all, else part of name, address or title; active ones first. */
bool account_list(struct db *db, struct arena *a, const char *match, size_t limit, struct account_list *out,
    struct err *err);
bool account_get(struct db *db, struct arena *a, int64_t id, struct account *out, struct err *err);
bool account_by_sign_in(struct db *db, struct arena *a, const char *sign_in, struct account *out, struct err *err);
/* Those who may own contacts of this authority (0: any): active, with a role there; for lists to choose from. */
bool account_list_of(struct db *db, struct arena *a, int64_t authority_id, struct date today, struct account_list *out,
    struct err *err);
const char *account_mark(struct arena *a, const struct account *r);

/* Active authorities where nobody is named for protected identities today (ROLE_PROTECTED_HANDLER for that very authority, OSL
 * 8:1): a contact of a protected person there can be opened by nobody. */
struct unhandled { const char **name; size_t n; };
bool protected_unhandled(struct db *db, struct arena *a, struct date today, struct unhandled *out, struct err *err);

struct account_in { int64_t id; const char *sign_in, *name, *phone, *title, *language; int64_t unit_id; };
/* Makes (id 0) or changes one. ERR_INPUT: sign_in, name, phone, title, unit_id. */
bool account_save(struct db *db, const struct change *by, const struct account_in *in, int64_t *id, struct err *err);
/* Disabled: every session ends, no link works, rights are gone; enabled again they are back. */
bool account_disable(struct db *db, const struct change *by, int64_t id, bool disabled, struct err *err);
/* Her own choices; "" for what the browser says. */
bool account_choices(struct db *db, const struct change *by, int64_t id, const char *language, struct err *err);

bool role_list(struct db *db, struct arena *a, int64_t account_id, struct role_list *out, struct err *err);
/* ERR_INPUT: role, authority_id, unit_id, valid_from, valid_to. ERR_DENIED: nobody gives herself a role. */
bool role_give(struct db *db, const struct change *by, const struct role_row *in, int64_t *id, struct err *err);
/* Ends it with the day before; a grant is history and is not removed. */
bool role_end(struct db *db, const struct change *by, int64_t id, struct err *err);

/* Links. The path is "/valj-losenord/TOKEN"; only the token's hash is kept. */
enum link_purpose { PURPOSE_WELCOME, PURPOSE_RESET };
bool account_link_make(struct db *db, struct arena *a, const struct change *by, int64_t account_id,
    enum link_purpose purpose, const char **path, struct err *err);
/* Makes one and puts the mail in the outbox, in the account's language. */
bool account_link_send(struct db *db, const struct change *by, int64_t account_id, enum link_purpose purpose,
    const char *base_url, struct err *err);
/* Who it is for. ERR_NOT_FOUND: unknown, used, too old, or the account is disabled. */
bool account_link_open(struct db *db, struct arena *a, const char *token, int64_t now, struct account *out,
    struct err *err);
/* Uses it: sets the password (already hashed), ends all sessions and all other links. Once; ERR_NOT_FOUND after. */
bool account_link_use(struct db *db, const char *token, const char *password_hash, int64_t now, int64_t *account_id,
    struct err *err);
/* The person's own change, or the command line's; ends all sessions but `keep_session` (may be NULL). */
bool account_password(struct db *db, const struct change *by, int64_t account_id, const char *password_hash,
    const char *keep_session, struct err *err);

/* Signing in, in three parts, because the middle one is slow and must not touch the database. */
struct sign_in {
	int64_t account_id;		/* 0: nobody of that name */
	const char *hash;		/* to be tried with password_is(); NULL when there is none */
	bool two_step;
	int64_t blocked_until;		/* > now: not tried at all */
	const char *lang;
};
/* Counts the attempt and finds the account. ERR_BUSY never says whether the name exists. */
bool sign_in_begin(struct db *db, struct arena *a, const char *name, const char *address, int64_t now,
    struct sign_in *out, struct err *err);
/* The password was right and no second step is needed, or it was right too: forgets the account's failures. */
bool sign_in_done(struct db *db, const struct sign_in *s, const char *name, int64_t now, struct err *err);
/* Between the steps: a token that says the password was right, for five minutes. */
const char *sign_in_token(struct db *db, struct arena *a, int64_t account_id, int64_t now, struct err *err);
bool sign_in_token_open(struct db *db, struct arena *a, const char *token, int64_t now, int64_t *account_id,
    struct err *err);
/* A code of the telephone or a recovery code; throttled like passwords. ERR_INPUT on "code"; ERR_BUSY when blocked. */
bool sign_in_code(struct db *db, int64_t account_id, const char *code, int64_t now, struct err *err);
/* The account's hash, to try the present password before it is changed. */
bool account_hash(struct db *db, struct arena *a, int64_t account_id, const char **hash, struct err *err);

/* Two steps. Switching on needs a code made from `secret`; *codes gets RECOVERY_CODES texts, shown once. */
bool two_step_on(struct db *db, struct arena *a, const struct change *by, int64_t account_id, const char *secret,
    const char *code, const char **codes, struct err *err);
bool two_step_off(struct db *db, const struct change *by, int64_t account_id, struct err *err);
bool two_step_new_codes(struct db *db, struct arena *a, const struct change *by, int64_t account_id,
    const char **codes, struct err *err);
bool two_step_codes_left(struct db *db, int64_t account_id, int64_t *n, struct err *err);
#endif
