/* contact/letter.c */
#include "contact/letter.h"

#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "db/db.h"
#include "doc/letter.h"
#include "people/office.h"
#include "people/site.h"

struct keep { const void *bytes; size_t n; char hash[65]; };

static bool
keep(struct db *tx, void *arg, struct err *err)
{
	struct keep *k = arg;

	return file_put_as(tx, k->bytes, k->n, "application/pdf", k->hash, err);
}

/* Name, unit, telephone, address, one line each; what is not known is left out. */
static const char *
reach_us(struct arena *a, const struct site *site, const struct unit *u)
{
	struct sb sb;

	sb_init(&sb, a, 4000);
	sb_add(&sb, site->name);
	if (u->name != NULL)
		sb_addf(&sb, ", %s", u->name);
	sb_add_c(&sb, '\n');
	if (u->phone != NULL)
		sb_addf(&sb, "%s\n", u->phone);
	if (u->email != NULL || site->mail_from != NULL)
		sb_add(&sb, u->email != NULL ? u->email : site->mail_from);
	return sb_str(&sb);
}

bool
letter_make(struct db *db, struct arena *a, const struct contact *c, const char *text, const struct actor *by,
    int64_t now, struct document_file *out, struct err *err)
{
	struct letter letter = { .lang = c->language, .at = now, .number = c->number, .title = c->subject, .text = text };
	const char *type;
	struct err no_logo = { 0 };
	struct unit unit = { 0 };
	struct site site;
	struct keep k;

	if (c->sender_name == NULL && c->sender_address == NULL)
		return err_input(err, "way", N_("There is no name and no postal address. Answer by phone, or ask for the address."));
	if (!site_load(db, a, &site, err) || (c->unit_id != 0 && !unit_get(db, a, c->unit_id, &unit, err)))
		return false;
	if (!site_logo(db, a, &type, &letter.logo, &letter.logo_bytes, &no_logo))
		letter.logo = NULL;
	letter.sender = site.name;
	letter.recipient = arena_printf(a, "%s%s%s", c->sender_name == NULL ? "" : c->sender_name, c->sender_name == NULL ? "" :
	    "\n", c->sender_address == NULL ? "" : c->sender_address);
	letter.date = arena_strdup(a, tr_date(letter.lang, local_date(now)).s);
	letter.number_label = tr(letter.lang, N_("Our reference"));
	letter.signature = arena_printf(a, "%s\n%s", by->name == NULL ? "" : by->name, unit.name == NULL ? site.name : unit.name);
	letter.footer = reach_us(a, &site, &unit);
	letter.page_label = tr(letter.lang, N_("Page %d of %d"));
	if (!letter_pdf(a, &letter, &k.bytes, &k.n, err) || !db_write(db, keep, &k, err))
		return err_add(err, "letter of %s", c->number);
	*out = (struct document_file){ .sha256 = arena_strdup(a, k.hash), .name = arena_printf(a, "brev-%s.pdf", c->number),
		.claimed_type = "application/pdf" };
	return true;
}
