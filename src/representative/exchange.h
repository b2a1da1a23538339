/* representative/exchange.h: the directory as CSV and as Popolo JSON, in and out
 *
 * A line of CSV, and a membership of Popolo (https://www.popoloproject.com), is one mandate with its holder. Reading keeps
 * every good line, names every bad one with its number and what was expected, and takes nothing twice: the person is known
 * by her id (else name and party), the mandate by person, committee, role and first day. What is written reads back.
 *
 * CSV columns, in any order, English or Swedish: id, name/namn, party/parti, area/område, email/e-post, phone/telefon,
 * answers/svarar på, committee/nämnd (code or name), role/uppdrag, from/från, to/till, term/mandatperiod, replaces/ersätter
 * (the id of whom she took over after). Needed: name, committee, role, from. */
#ifndef REPRESENTATIVE_EXCHANGE_H
#define REPRESENTATIVE_EXCHANGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "people/office.h"

struct actor; struct arena; struct db; struct err; struct sb;

struct exchange_fault { size_t line; const char *sentence; };	/* ready, in the language asked for */
struct exchange_result {
	int64_t added, changed, same;	/* mandates */
	struct exchange_fault *fault;
	size_t n_faults;
};

/* CSV, or JSON when it begins with '{'. Only committees that `actor` may keep the list of (NULL: all). ERR_INPUT on "file":
 * nothing could be read at all. */
bool exchange_read(struct db *db, struct arena *a, const struct actor *actor, const struct change *by, const char *lang,
    const char *bytes, size_t n, struct exchange_result *out, struct err *err);

/* All mandates of those who are active. `base_url` makes the pictures' addresses. */
bool exchange_csv(struct db *db, struct arena *a, struct sb *sb, struct err *err);
bool exchange_popolo(struct db *db, struct arena *a, const char *base_url, struct sb *sb, struct err *err);
#endif
