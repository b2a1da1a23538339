/* call/note.h: what a guide writes down while she talks: a contact, answered at once or handed over with a promise
 *
 * Förvaltningslag (2017:900) 27 §: what was said, by whom and when, is noted; the note is a document. Answered at once, the contact
 * is the guide's own unit's, whatever it was about (its area says that), and ended done. Handed over, it is a task of the unit the
 * area leads to, with the promised instant as its date. Kept by herself, it is hers with that date. Of a caller whose contacts she
 * may not open, what she wrote is kept and left to those who may: she is not told why. All in one transaction, with the call
 * marked as written down and the caller's call-back, if one was open, ended. */
#ifndef CALL_NOTE_H
#define CALL_NOTE_H
#include "contact/contact.h"

enum note_end { NOTE_DONE, NOTE_HAND_OVER, NOTE_MINE };
enum { NOTE_TEXT_MAX = 20000 };

struct note_in {
	enum note_end end;
	const char *number, *name;	/* as typed; NULL when not known */
	const char *text, *answer;	/* what she asked; what was said (may be empty) */
	int64_t category_id;		/* 0: not chosen */
	int64_t promised_by;		/* for HAND_OVER and MINE */
	int64_t call_id;		/* phone_call; 0: not from an exchange */
};
/* ERR_INPUT names the field: text, category, promised_day. */
bool call_note(struct db *db, struct arena *a, const struct note_in *in, const struct actor *by, int64_t now,
    struct contact_out *out, struct err *err);
#endif
