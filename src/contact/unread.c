/* contact/unread.c: registered, though not read */
#include "contact/unread.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "contact/site_words.h"
#include "mail/address.h"
#include "mail/token.h"
#include "people/office.h"
#include "timeline/event.h"

enum { HEADER_MAX = 64 * 1024 };

const char *
unread_field(struct arena *a, const char *bytes, size_t n, const char *name)
{
	size_t name_n = strlen(name), from = 0, to;

	n = n < HEADER_MAX ? n : HEADER_MAX;
	while (from < n && bytes[from] != '\r' && bytes[from] != '\n') {
		for (to = from; to < n && (bytes[to] != '\n' || (to + 1 < n && (bytes[to + 1] == ' ' || bytes[to + 1] == '\t'))); to++)
			;
		if (to - from > name_n && strncasecmp(bytes + from, name, name_n) == 0) {
			size_t value_n = to - from - name_n;
			char *value = arena_alloc(a, value_n + 1);

			for (size_t i = 0; i < value_n; i++) {
				unsigned char c = (unsigned char)bytes[from + name_n + i];

				value[i] = c < ' ' ? ' ' : (char)tolower(c);
			}
			value[value_n] = '\0';
			return value;
		}
		from = to + 1;
	}
	return "";
}

static bool
ends_a_word(char c)
{
	return !isalnum((unsigned char)c) && strchr("._-", c) == NULL;
}

bool
unread_names(struct arena *a, const char *text, const char *address, const char **mark)
{
	const char *at = strrchr(address, '@');
	size_t local = at == NULL ? 0 : (size_t)(at - address);

	for (const char *p = text; local > 0 && (p = strchr(p, address[0])) != NULL; p++) {
		const char *rest = p + local;

		if ((p > text && !ends_a_word(p[-1])) || strncmp(p, address, local) != 0)
			continue;
		rest += *rest == '+' ? strcspn(rest, "@ ,;<>\"") : 0;
		if (strncmp(rest, at, strlen(at)) != 0 || (rest[strlen(at)] != '\0' && !ends_a_word(rest[strlen(at)])))
			continue;
		*mark = rest == p + local ? NULL : arena_strndup(a, p + local + 1, (size_t)(rest - p) - local - 1);
		return true;
	}
	return false;
}

/* The contact that an address of ours with a mark stands for. */
static bool
marked_contact(struct db *tx, struct arena *a, const char *mark, struct contact *c, struct err *err)
{
	unsigned char key[32];
	const char *number;

	c->id = 0;
	if (mark == NULL)
		return true;
	if (!site_mail_key(tx, key, err))
		return false;
	if ((number = mail_token_open(a, key, mark)) == NULL || contact_by_number(tx, a, number, c, err))
		return true;
	c->id = 0;
	if (err->code != ERR_NOT_FOUND)
		return false;
	*err = (struct err){ 0 };
	return true;
}

/* Whose it is, by where it was sent; *answers is the contact that it answers, as far as that can be seen (.id 0: none). */
static bool
addressed(struct db *tx, struct arena *a, const struct unread_mail *mail, struct contact_in *in, struct contact *answers,
    struct err *err)
{
	static const char *const names[] = { "delivered-to:", "x-original-to:", "to:", "cc:" };
	const char *texts[ARRAY_LEN(names) + 1], *mark = NULL, *ours = site_text(tx, a, "site.mail_from", NULL);
	struct mailbox_list boxes;

	texts[0] = mail->envelope_to == NULL ? "" : utf8_lower(a, mail->envelope_to);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		texts[i + 1] = unread_field(a, mail->bytes, mail->n, names[i]);
	if (!mailbox_list(tx, a, &boxes, err))
		return false;
	answers->id = 0;
	for (size_t t = 0; t < ARRAY_LEN(texts) && answers->id == 0 && ours != NULL; t++) {
		if (unread_names(a, texts[t], utf8_lower(a, ours), &mark) && !marked_contact(tx, a, mark, answers, err))
			return false;
	}
	if (answers->id != 0) {
		in->authority_id = answers->authority_id;
		in->unit_id = answers->unit_id;
		return true;
	}
	for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
		for (size_t i = 0; i < boxes.n; i++) {
			if (!boxes.item[i].active || !unread_names(a, texts[t], utf8_lower(a, boxes.item[i].address), &mark))
				continue;
			in->authority_id = boxes.item[i].authority_id;
			in->unit_id = boxes.item[i].unit_id;
			return true;
		}
	}
	return true;
}

/* In both languages: whoever opens it, in whichever, is to know at once what it is. */
static const char *
words(struct arena *a, const struct contact *answers)
{
	static const char *const lang[] = { "sv", "en" };
	const char *text = "";

	for (size_t i = 0; i < ARRAY_LEN(lang); i++) {
		text = arena_printf(a, "%s%s%s", text, i == 0 ? "" : "\n\n", tr(lang[i], N_("This mail could not be read by the program. "
		    "The original is kept: save it and open it in a mail program. No receipt has been sent.")));
		if (answers->id != 0)
			text = arena_printf(a, "%s %s %s.", text, tr(lang[i], N_("It was sent as an answer in")), answers->number);
	}
	return text;
}

bool
unread_file(struct db *tx, struct arena *a, const struct unread_mail *mail, int64_t *contact_id, struct err *err)
{
	struct contact_in in = { .channel = "email", .subject = tr("sv", N_("A mail that the program could not read")),
		.raw_sha256 = mail->raw_sha256, .no_receipt = true };
	const char *from = unread_field(a, mail->bytes, mail->n, "from:");
	char *sender = mail_address_find(a, from, strlen(from));
	struct contact_out out;
	struct contact answers, c;

	if (sender != NULL && mail_address_valid(sender) && utf8_valid(sender))
		in.sender_email = sender;
	if (!addressed(tx, a, mail, &in, &answers, err))
		return false;
	in.text = words(a, &answers);
	if (!contact_receive(tx, a, &in, mail->arrived_at, &out, err) || !contact_get(tx, a, out.id, &c, err) ||
	    !event_note(tx, mail->arrived_at, 0, "mail.unread", "contact", c.id, c.id, 0, c.authority_id, c.restricted, NULL, err))
		return err_add(err, "filing a mail unread");
	*contact_id = out.id;
	return true;
}
