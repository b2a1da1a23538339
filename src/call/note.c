/* call/note.c */
#include "call/note.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/tr.h"
#include "call/call_store.h"
#include "contact/live.h"
#include "contact/work.h"
#include "contact/work_store.h"
#include "db/db.h"
#include "people/phone.h"

struct note_job { struct arena *a; const struct note_in *in; const struct actor *by; int64_t now; struct contact_out out; };

/* Where it goes: what she ends or keeps herself is her unit's. */
static bool
place(struct db *tx, const struct note_job *j, struct contact_in *c, struct err *err)
{
	if (j->in->end == NOTE_HAND_OVER)
		return j->in->category_id != 0 ||
		    err_input(err, "category", N_("Choose the area, so that it comes to the right unit."));
	c->unit_id = j->by->unit_id;
	if (c->unit_id == 0)
		return err_input(err, "category", N_("You work in no unit. Hand it over to the unit that answers."));
	c->owner_id = j->by->account_id;
	return work_unit_of(tx, c->unit_id, &c->authority_id, err);
}

/* She talks to us now, so nobody needs to call her. */
static bool
end_callback(struct db *tx, const struct note_job *j, const char *number, int64_t authority_id, struct err *err)
{
	int64_t contact_id = 0;

	if (number == NULL)
		return true;
	return callback_of_number(tx, j->by, number, authority_id, &contact_id, err) &&
	    (contact_id == 0 || contact_spoken_to(tx, j->a, contact_id, j->now, j->now, err));
}

static bool
note_write(struct db *tx, void *arg, struct err *err)
{
	struct note_job *j = arg;
	const struct note_in *in = j->in;
	const char *number = phone_normal(j->a, in->number), *said = in->answer != NULL && in->answer[0] != '\0' ? in->answer : in->text;
	struct contact_in c = { .channel = "phone", .category_id = in->category_id, .taken_by = j->by->account_id,
		.sender_name = in->name, .text = in->text, .no_receipt = true,
		.promised_by = in->end == NOTE_DONE ? 0 : in->promised_by };
	struct contact made;
	struct object object;
	int64_t home;

	/* a number that she may not see is the call's all the same */
	if (number == NULL && in->call_id != 0 && !call_number_of(tx, j->a, in->call_id, &number, err))
		return false;
	c.sender_phone = number;
	c.reply_by = number != NULL ? "phone" : "none";
	c.anonymous = in->name == NULL && number == NULL;
	if (said != in->text && in->end != NOTE_DONE)	/* what she was told, for whoever goes on */
		c.text = arena_printf(j->a, "%s\n\n%s %s", in->text, tr("sv", N_("Said on the phone:")), said);
	if (!place(tx, j, &c, err) || !contact_receive(tx, j->a, &c, j->now, &j->out, err) ||
	    !contact_get(tx, j->a, j->out.id, &made, err))
		return false;
	object = contact_object(&made);
	if (in->end == NOTE_DONE && permitted(j->by, ACT_CONTACT_ANSWER, &object)) {
		if (!contact_answer(tx, j->a, &(struct answer_in){ .contact_id = made.id, .way = ANSWER_PHONE, .text = said,
		    .ending = "done" }, j->by, j->now, NULL, err))
			return false;
	} else if (c.owner_id != 0 && !permitted(j->by, ACT_CONTACT_READ, &object)) {
		/* not hers to have: back to the unit, with what was said beside it */
		if (!contact_assign(tx, made.id, 0, made.unit_id, 0, said != in->text ? said : NULL, j->by, j->now, err))
			return false;
	}
	if (in->call_id != 0 && !call_written_down(tx, in->call_id, made.id, err))
		return false;
	live_topic_after(tx, LIVE_CALLS);
	home = made.authority_id;
	if (j->by->unit_id != 0 && !work_unit_of(tx, j->by->unit_id, &home, err))
		return false;
	return end_callback(tx, j, number, home, err);
}

bool
call_note(struct db *db, struct arena *a, const struct note_in *in, const struct actor *by, int64_t now,
    struct contact_out *out, struct err *err)
{
	struct note_job j = { .a = a, .in = in, .by = by, .now = now };

	if (in->text == NULL || in->text[strspn(in->text, " \t\r\n")] == '\0')
		return err_input(err, "text", N_("Write what the call was about."));
	if (in->end != NOTE_DONE && in->promised_by <= now)
		return err_input(err, "promised_day", N_("Promise an instant to come."));
	if (!db_write(db, note_write, &j, err))
		return err_add(err, "a call's note");
	*out = j.out;
	return true;
}
