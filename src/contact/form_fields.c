/* contact/form_fields.c */
#include "contact/form_fields.h"

#include <string.h>

#include "base/err.h"
#include "contact/text_message.h"
#include "people/office.h"
#include "people/phone.h"

bool
form_fields_read(struct request *rq, struct contact_in *in, struct err *err)
{
	return form_text(rq, "subject", 0, CONTACT_SUBJECT_MAX, &in->subject, err) &&
	    form_text(rq, "place", 0, 300, &in->place, err) && form_text(rq, "name", 0, 200, &in->sender_name, err) &&
	    form_fields_email(rq, &in->sender_email, err) &&
	    form_text(rq, "phone", 0, 60, &in->sender_phone, err) &&
	    form_text(rq, "address", 0, 500, &in->sender_address, err);
}

static bool
looks_like_address(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at > text && strchr(at + 1, '@') == NULL && strchr(at, '.') != NULL && at[1] != '.' &&
	    strpbrk(text, " \t\r\n<>,;\"") == NULL && strlen(text) < 255;
}

bool
form_fields_email(struct request *rq, const char **out, struct err *err)
{
	if (!form_text(rq, "email", 0, 254, out, err))
		return false;
	return **out == '\0' || looks_like_address(*out) ||
	    err_input(err, "email", N_("Enter an e-mail address such as name@example.org."));
}

bool
form_fields_phone_good(const char *reply_by, const char *phone, struct err *err)
{
	return phone == NULL || strcmp(reply_by, "phone") != 0 || phone_can_be_called(phone) ||
	    err_input(err, "phone", N_("Enter a phone number that we can call, such as 070-123 45 67."));
}

bool
form_fields_category(struct request *rq, int64_t *category_id, struct err *err)
{
	const char *category = form_raw(rq, "category");

	struct category found;

	if (category == NULL || *category == '\0')
		return true;
	if (!form_id(rq, "category", category_id, err))
		return false;
	return category_get(rq->db, rq->arena, *category_id, &found, err) ||
	    (err->code == ERR_NOT_FOUND && err_input(err, "category", N_("Choose one of the alternatives.")));
}

static const char *
or_null(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

void
form_fields_settle(struct contact_in *in)
{
	in->subject = or_null(in->subject);
	in->place = or_null(in->place);
	in->sender_name = or_null(in->sender_name);
	in->sender_email = or_null(in->sender_email);
	in->sender_phone = or_null(in->sender_phone);
	in->sender_address = or_null(in->sender_address);
	in->anonymous = in->sender_name == NULL && in->sender_email == NULL && in->sender_phone == NULL;
}

size_t
form_fields_reply(struct request *rq, const char *chosen, struct choice out[REPLY_WAYS])
{
	static const struct choice ways[REPLY_WAYS] = {
		{ "email", N_("E-mail"), NULL, false }, { "phone", N_("Phone"), NULL, false },
		{ "sms", N_("Text message"), NULL, false }, { "letter", N_("Letter"), NULL, false }, { "none", N_("I do not need an answer"), NULL, false },
	};

	bool text = text_messages_on(rq->db, rq->arena);
	size_t n = 0;

	for (size_t i = 0; i < REPLY_WAYS; i++) {
		if (!text && strcmp(ways[i].value, "sms") == 0)
			continue;
		out[n] = ways[i];
		out[n].chosen = chosen != NULL && strcmp(chosen, ways[i].value) == 0;
		n++;
	}
	return n;
}
