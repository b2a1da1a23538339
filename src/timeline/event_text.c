/* timeline/event_text.c: what an event says to people */
#include "timeline/event.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct row { const char *action, *text; };

/* In the order in which people read it; a timeline looks by the second table, sorted at the first asking. */
static const struct row table[] = {
	{ "contact.received", N_("received") }, { "contact.assigned", N_("assigned") },
	{ "contact.answered", N_("answered") }, { "contact.planned", N_("a plan was given") },
	{ "contact.answer_undone", N_("the answer was taken back") }, { "contact.paused", N_("the clock was paused") },
	{ "contact.resumed", N_("the clock runs again") }, { "contact.noted", N_("a note was written") },
	{ "contact.asked", N_("a colleague was asked") }, { "contact.ask_answered", N_("a colleague answered") },
	{ "contact.merged", N_("merged into another") }, { "contact.merged_here", N_("another was merged into it") },
	{ "contact.split", N_("a part became a contact of its own") }, { "contact.released", N_("let in from quarantine") },
	{ "contact.rejected_as_spam", N_("judged to be spam") }, { "contact.reopened", N_("opened again") },
	{ "contact.words_added", N_("the resident wrote more") }, { "contact.satisfied", N_("the resident is satisfied") },
	{ "contact.dissatisfied", N_("the resident is not satisfied") },
	{ "contact.not_done_after_all", N_("the resident says that it was not done") },
	{ "escalation.asked", N_("the resident turned to somebody else") },
	{ "escalation.answered", N_("was answered by whom she turned to") },
	{ "escalation.planned", N_("was told when more will come") },
	{ "escalation.classified", N_("classified by the registrar") },
	{ "escalation.consent", N_("agreed to what may be shared") },
	{ "escalation.consent_withdrawn", N_("took back what may be shared") },
	{ "escalation.raised", N_("raised in a committee") },
	{ "escalation.passed_on", N_("went on to somebody else, as the mandate had ended") },
	{ "escalation.overdue", N_("whom she turned to is late") },
	{ "administration.asked", N_("a representative asked the administration") },
	{ "administration.answered", N_("the administration answered a representative") },
	{ "administration.reminded", N_("a representative reminded the administration") },
	{ "administration.thanked", N_("a representative thanked the administration") },
	{ "administration.overdue", N_("the administration is late with its answer to a representative") },
	{ "representative.mail_registered", N_("handed over by an elected representative") },
	{ "contact.called_again", N_("called again and was not answered") },
	{ "contact.spoken_to", N_("was talked to in a later call") },
	{ "contact.new_link", N_("the resident's links were stopped and a new one made") },
	{ "contact.reach_changed", N_("how to be reached was changed") }, { "contact.overdue", N_("the promise was broken") },
	{ "contact.unconfirmed", N_("nobody had taken it by the promised day") },
	{ "contact.unit_closed", N_("went to another unit: the one that had it is closed") },
	{ "contact.handed_back", N_("went back to the unit: who had it no longer works with it") },
	{ "contact.was_test", N_("was a question by which the municipality tested itself") },
	{ "contact.transferred", N_("transferred to another authority") },
	{ "contact.not_delivered", N_("the answer was not delivered") },
	{ "contact.receipt_withheld", N_("no receipt was sent: enough for today") },
	{ "mail.sent", N_("mail sent") },
	{ "mail.perhaps_sent", N_("mail was perhaps sent before; it is tried again") }, { "mail.retry", N_("mail will be tried again") },
	{ "sms.sent", N_("text message sent") }, { "sms.retry", N_("the text message will be tried again") },
	{ "contact.words_shown", N_("a description for all was approved") },
	{ "contact.words_hidden", N_("the description for all was taken away") },
	{ "sms.failed", N_("the text message could not be delivered") }, { "sms.delivered", N_("the text message is in the phone") },
	{ "sms.reply", N_("the resident answered by text message") },
	{ "mail.failed", N_("mail could not be delivered") }, { "mail.reply", N_("the resident answered by mail") },
	{ "mail.unread", N_("the mail could not be read by the program; the original is kept") },
	{ "mail.auto_reply", N_("an automatic reply came") }, { "mail.feedback", N_("an abuse report came") },
	{ "matter.opened", N_("a matter was opened") }, { "matter.contact_added", N_("became part of a matter") },
	{ "matter.state", N_("the matter's state was changed") }, { "matter.titled", N_("the titles were changed") },
	{ "matter.title_approved", N_("the public title was approved") },
	{ "matter.assigned", N_("unit or handler was changed") }, { "matter.classified", N_("the classification was changed") },
	{ "matter.void", N_("the matter was made void") }, { "matter.deadline", N_("a deadline was set") },
	{ "matter.deadline_passed", N_("a deadline passed") },
	{ "matter.deadline_done", N_("a deadline was met") }, { "matter.deadline_removed", N_("a deadline was taken away") },
	{ "matter.delay_requested", N_("the party asked for a decision (FL 12 §)") },
	{ "document.added", N_("a document was registered") }, { "document.drafted", N_("a draft was begun") },
	{ "document.redrafted", N_("a draft was changed") }, { "document.completed", N_("a draft became a document") },
	{ "document.discarded", N_("a draft was thrown away") }, { "document.replaced", N_("a new version was registered") },
	{ "document.masked", N_("a masked copy was made") },
	{ "document.mask_approved", N_("a masked copy was approved") },
	{ "document.released", N_("a masked copy was handed out") },
	{ "disclosure.opened", N_("is a request for documents") }, { "disclosure.found", N_("documents were found") },
	{ "disclosure.released", N_("documents were handed out") }, { "disclosure.withheld", N_("a document was not handed out") },
	{ "disclosure.demanded", N_("a formal decision was demanded") }, { "disclosure.refused", N_("the authority decided to refuse") },
	{ "disclosure.served", N_("the applicant got the decision") }, { "disclosure.appealed", N_("the decision was appealed") },
	{ "disclosure.forwarded", N_("the appeal went on to the court") },
	{ "disclosure.reported", N_("the decision was reported to the committee") },
	{ "secrecy.marked", N_("a secrecy mark was set") }, { "secrecy.lifted", N_("a secrecy mark was lifted") },
	{ "month_letter.made", N_("the monthly letter was made") },
	{ "month_letter.published", N_("the monthly letter was published") },
	{ "month_letter.withdrawn", N_("the monthly letter was withdrawn") },
	{ "person.protected", N_("protected identity was set") }, { "person.unprotected", N_("protected identity was lifted") },
};

static struct row sorted[ARRAY_LEN(table)];

static int
by_action(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->action, ((const struct row *)b)->action);
}

static void
sort(void)
{
	memcpy(sorted, table, sizeof(table));
	qsort(sorted, ARRAY_LEN(sorted), sizeof(*sorted), by_action);
}

const char *
event_text(const char *action)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const struct row *found;

	(void)pthread_once(&once, sort);
	found = bsearch(&(struct row){ .action = action }, sorted, ARRAY_LEN(sorted), sizeof(*sorted), by_action);
	return found != NULL ? found->text : action;
}
