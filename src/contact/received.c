/* contact/received.c */
#include "contact/received.h"

#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/tr_date.h"
#include "law/calendar.h"

const struct arrival arrivals[] = {
	{ "phone", N_("Phone"), "phone", NULL }, { "visit", N_("Visit"), "visit", NULL },
	{ "letter", N_("Letter by post"), "letter", NULL },
	{ "letterbox", N_("In our letterbox, first emptying of the day"), "letter", "letterbox" },
	{ "letterbox_later", N_("In our letterbox, later the same day"), "letter", "letterbox_later" },
	{ "handed", N_("Letter handed over to us"), "letter", "handed" },
	{ "email", N_("E-mail"), "email", NULL }, { "social", N_("Social media"), "social", NULL },
	{ 0 },
};

const struct arrival *
arrival_of(const char *value)
{
	for (const struct arrival *one = arrivals; value != NULL && one->value != NULL; one++) {
		if (strcmp(one->value, value) == 0)
			return one;
	}
	return NULL;
}

const char *
received_words(struct arena *a, const char *lang, struct date arrived, struct date received, const char *rule)
{
	const char *channel, *words = rule, *between = "";
	struct sb sb;

	(void)law_received_rule(rule, &channel, &words);
	sb_init(&sb, a, 4096);
	sb_addf(&sb, tr(lang, N_("Counts as received %s.")), tr_date(lang, received).s);
	sb_addf(&sb, " %s", tr(lang, words));
	for (struct date d = date_add(received, 1); date_cmp(d, arrived) < 0; d = date_add(d, 1)) {
		const char *why = law_day_off(d);

		if (why == NULL || strcmp(why, "Saturday") == 0 || strcmp(why, "Sunday") == 0)
			continue;		/* a weekend needs no explanation */
		sb_addf(&sb, "%s%s (%s)", *between == '\0' ? arena_printf(a, " %s ", tr(lang, N_("Not working days in between:"))) :
		    between, tr_date_short(lang, d).s, tr(lang, why));
		between = ", ";
	}
	if (*between != '\0')
		sb_add_c(&sb, '.');
	return sb_str(&sb);
}
