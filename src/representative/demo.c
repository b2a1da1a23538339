/* representative/demo.c: a list of representatives, brought in as any list is */
#include "representative/demo.h"

#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/sb.h"
#include "people/demo.h"
#include "representative/exchange.h"
#include "representative/representative.h"

static const struct { const char *id, *name, *party, *area, *committee, *role, *answers; } list[] = {
	{ "d1", "Demo Fanny Förtroendevald", "Exempelpartiet", "Norra Lillån", "TN", "member",
	    "Vägar, snö och gatubelysning. Jag svarar på kvällarna och ringer gärna upp." },
	{ "d2", "Demo Ossian Ordförande", "Provpartiet", "Centrum", "TN", "chair", "Allt som tekniska nämnden ansvarar för." },
	{ "d2", "Demo Ossian Ordförande", "Provpartiet", "Centrum", "KF", "member", "" },
	{ "d3", "Demo Vilma Vice", "Exempelpartiet", "Södra Lillån", "TN", "vice_chair", "Vatten, avlopp och avfall." },
	{ "d4", "Demo Karin Kommunalråd", "Exempelpartiet", "Centrum", "KS", "chair", "Kommunens ekonomi och hur vi svarar dig." },
	{ "d4", "Demo Karin Kommunalråd", "Exempelpartiet", "Centrum", "KF", "member", "" },
	{ "d5", "Demo Birger Bygg", "Provpartiet", "Norra Lillån", "BMN", "chair", "Bygglov och planer." },
	{ "d6", "Demo Sanna Skolpolitiker", "Prövningspartiet", "Södra Lillån", "BKN", "chair", "Förskola, skola och kultur." },
	{ "d7", "Demo Sixten Socialpolitiker", "Exempelpartiet", "Centrum", "SN", "chair", "Äldreomsorg och stöd." },
	{ "d8", "Demo Ella Ersättare", "Prövningspartiet", "Norra Lillån", "TN", "substitute", "" },
	{ "d9", "Demo Frida Fullmäktige", "Prövningspartiet", "Södra Lillån", "KF", "chair", "Fullmäktiges möten och medborgarförslag." },
};

static const struct { const char *id, *sign_in; } accounts[] = {
	{ "d1", "fanny.fortroendevald" DEMO_DOMAIN }, { "d2", "ossian.ordforande" DEMO_DOMAIN },
};

static bool
link_account(struct db *db, struct arena *a, const struct change *by, const char *id, const char *sign_in, struct err *err)
{
	struct representative r;

	if (!representative_by_external(db, a, id, &r, err))
		return false;
	r.sign_in = sign_in;
	r.version = 0;
	return representative_save(db, by, &r, NULL, err);
}

bool
demo_representatives(struct db *db, int64_t now, struct err *err)
{
	struct change by = { 0, now, NULL };
	struct date_str from = date_text(date_add(local_date(now), -300));
	struct arena *a = arena_open();
	struct exchange_result result;
	struct representative_list there;
	struct sb sb;
	bool ok = representative_list(db, a, &(struct representative_filter){ 0 }, &there, err);

	sb_init(&sb, a, 64 * 1024);
	sb_add(&sb, "id;name;party;area;committee;role;answers;email;from\n");
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		sb_addf(&sb, "%s;%s;%s;%s;%s;%s;%s;%s%s;%s\n", list[i].id, list[i].name, list[i].party, list[i].area,
		    list[i].committee, list[i].role, list[i].answers, list[i].id, DEMO_DOMAIN, from.s);
	if (ok && there.n == 0) {
		ok = exchange_read(db, a, NULL, &by, "sv", sb_str(&sb), strlen(sb_str(&sb)), &result, err);
		if (ok && result.n_faults > 0)
			ok = err_set(err, ERR_BUG, "demo line %zu", result.fault[0].line);
		for (size_t i = 0; ok && i < ARRAY_LEN(accounts); i++)
			ok = link_account(db, a, &by, accounts[i].id, accounts[i].sign_in, err);
	}
	arena_close(a);
	return ok || err_add(err, "demo representatives");
}
