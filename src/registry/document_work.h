/* registry/document_work.h: documents that a person puts into a matter: received, sent, drawn up; drafts, versions, masks
 *
 * What came in has when it came (arrived_at) and the legal day of receipt with its rule (FL 22 §, law/calendar.h), counted
 * here. What went out is dispatched or still to be; what is internal is drawn up. A draft is out or internal, has no
 * number and is not official (TF 2:12): it is changed in place and becomes a document, with the next number, when it is
 * completed; until then it can be thrown away, and is kept aside without number. What is complete is never changed: a
 * new version is a document with a number of its own that names the one it replaces.
 *
 * A masked rendition (TF 2:15, OSL 6 kap.) is the text of a document with the passages that are secret taken out, each with
 * its section. It is a document of its own, without the files; the original and its hash stay as they are. A file is masked
 * outside, and the masked file is added as such a copy. Until somebody has approved it (document_mask_approve) a copy is as
 * secret as what it was made from, and cannot be noted as handed out.
 *
 * Each function is one transaction with its event. Rights are asked about by the caller (document_object). */
#ifndef REGISTRY_DOCUMENT_WORK_H
#define REGISTRY_DOCUMENT_WORK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "base/date.h"
#include "people/permit.h"
#include "registry/document.h"

struct arena; struct db; struct err;

enum { DOCUMENT_TITLE_MAX = 300, DOCUMENT_TEXT_MAX = 200000, MASK_PASSAGES_MAX = 200 };

struct document_in {
	const char *direction;		/* in, out, internal */
	const char *channel;		/* how it came or went; in: one of law_received_date's */
	int64_t arrived_at;		/* in: when it really came */
	const char *dated;		/* out: sent on this day, NULL not yet; internal: drawn up, NULL today */
	const char *sender, *recipient;	/* in, out; NULL: not known */
	const char *title, *text;
	const struct document_file *file;
	size_t n_files;
	bool draft;			/* out and internal only */
};

/* Into a matter; ERR_INPUT names the field: direction, channel, arrived, title, text, sender, recipient. */
bool document_register(struct db *db, int64_t matter_id, const struct document_in *in, const struct actor *by,
    int64_t now, int64_t *id, struct err *err);
/* A draft's words; `seen` is document_seen() as the person saw it, another now is ERR_CONFLICT. */
bool document_redraft(struct db *db, int64_t id, const char *seen, const char *title, const char *text,
    const char *recipient, const struct actor *by, int64_t now, struct err *err);
/* A draft becomes a document; `dated` as in document_in. */
bool document_complete(struct db *db, int64_t id, const char *dated, const struct actor *by, int64_t now,
    struct err *err);
bool document_discard(struct db *db, int64_t id, const struct actor *by, int64_t now, struct err *err);
/* A new version of what is complete; direction and channel are the old one's. */
bool document_replace(struct db *db, int64_t id, const struct document_in *in, const struct actor *by, int64_t now,
    int64_t *new_id, struct err *err);
const char *document_seen(struct arena *a, const struct document *d);

/* Passages as they stand in the text (white space counts as one space); every occurrence is masked. */
struct mask { const char *passage, *section; };
/* ERR_INPUT: passages (one that is not in the text, or none), section, title (says what it hides). The title is the copy's own. */
bool document_mask(struct db *db, int64_t id, const char *title, const struct mask *mask, size_t n,
    const struct actor *by, int64_t now, int64_t *rendition_id, struct err *err);
/* A copy whose passages were masked outside: `file` are its files, `section` what they were masked by. ERR_INPUT: copy_file (none,
 * or a file of the original itself), section, title. */
bool document_mask_file(struct db *db, int64_t id, const char *title, const char *section, const struct document_file *file,
    size_t n_files, const struct actor *by, int64_t now, int64_t *rendition_id, struct err *err);
/* It may be given out. With four eyes (the setting registry.four_eyes, on unless "0") another than its maker approves, or a
 * department head of the authority. ERR_DENIED: her own. ERR_CONFLICT: it is approved. ERR_NOT_FOUND: no masked copy. */
bool document_mask_approve(struct db *db, int64_t rendition_id, const struct actor *by, int64_t now, struct err *err);
/* It was handed out, to `recipient` ("" nobody asked: TF 2:18). ERR_CONFLICT: nobody has approved it. */
bool document_release(struct db *db, int64_t rendition_id, const char *recipient, const struct actor *by, int64_t now,
    struct err *err);
struct mask_state { int64_t made_by, made_at, approved_at; const char *made_by_name, *approved_by_name; bool may_approve; };
/* may_approve: the rule of four eyes lets `actor` (the right is another question). */
bool document_mask_state(struct db *db, struct arena *a, int64_t rendition_id, const struct actor *actor, struct mask_state *out,
    struct err *err);
/* The text with the passages taken out, as a pure function; ranges as JSON in code points of the original. */
bool mask_text(struct arena *a, const char *text, const struct mask *mask, size_t n, const char **masked,
    const char **ranges, struct err *err);

/* What is asked about for rights: the authority, unit and owner of its matter, else of its contact. */
bool document_object(struct db *db, const struct document *d, struct object *out, struct err *err);
/* The versions of a document, the first at the top, and its masked renditions, with restricted <= reach. */
struct document_ref { int64_t id, number, version; const char *title, *state; int64_t registered_at; };
bool document_versions(struct db *db, struct arena *a, int64_t id, int reach, struct document_ref **out, size_t *n,
    struct err *err);
bool document_renditions(struct db *db, struct arena *a, int64_t id, int reach, struct document_ref **out, size_t *n,
    struct err *err);
const char *document_direction_text(const char *direction);	/* N_() */
const char *document_state_text(const char *state);
#endif
