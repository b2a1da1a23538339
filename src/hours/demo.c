/* hours/demo.c: hours as a small municipality has them */
#include "hours/demo.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "hours/opening.h"
#include "hours/place.h"
#include "people/site.h"

static const struct { const char *unit, *kind; enum weekday first, last; const char *opens, *closes; bool always; } hours[] = {
	{ "Kontaktcenter", "phone", MONDAY, THURSDAY, "08:00", "16:30", false },
	{ "Kontaktcenter", "phone", FRIDAY, FRIDAY, "08:00", "15:00", false },
	{ "Kontaktcenter", "visit", MONDAY, FRIDAY, "09:00", "12:00", false },
	{ "Kontaktcenter", "visit", MONDAY, THURSDAY, "13:00", "16:00", false },
	{ "Bygglov", "phone", TUESDAY, TUESDAY, "09:00", "11:00", false },
	{ "Bygglov", "phone", THURSDAY, THURSDAY, "13:00", "15:00", false },
	{ "Gata och park", "phone", MONDAY, FRIDAY, "08:00", "12:00", false },
	{ "Vatten och avlopp", "phone", MONDAY, SUNDAY, "00:00", "24:00", true },
	{ "Bibliotek och kultur", "visit", MONDAY, FRIDAY, "10:00", "18:00", false },
	{ "Bibliotek och kultur", "visit", SATURDAY, SATURDAY, "10:00", "14:00", false },
};

static const struct { const char *unit, *address; } addresses[] = {
	{ "Kontaktcenter", "Kommunhuset, Torget 1, Lillån" }, { "Bibliotek och kultur", "Biblioteket, Ågatan 4, Lillån" },
};

static struct unit *
unit_named(struct unit_list *units, const char *name)
{
	for (size_t i = 0; i < units->n; i++)
		if (strcmp(units->item[i].name, name) == 0)
			return &units->item[i];
	return NULL;
}

static bool
make(struct db *db, struct arena *a, const struct change *by, struct unit_list *units, struct err *err)
{
	struct date training = date_add(local_date(by->now), 14 + WEDNESDAY - (int)date_weekday(local_date(by->now)));
	const struct unit *centre = unit_named(units, "Kontaktcenter");

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		struct unit *u = unit_named(units, addresses[i].unit);

		if (u == NULL)
			continue;
		u->visiting_address = addresses[i].address;
		if (!unit_save(db, by, u, NULL, err))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(hours); i++) {
		const struct unit *u = unit_named(units, hours[i].unit);

		if (u != NULL && !opening_save(db, by, &(struct opening){ .unit_id = u->id, .kind = hours[i].kind,
		    .first_weekday = hours[i].first, .last_weekday = hours[i].last, .opens = hours[i].opens,
		    .closes = hours[i].closes, .valid_from = "2024-01-01", .always = hours[i].always }, NULL, err))
			return false;
	}
	return centre == NULL || (opening_exception_save(db, by, &(struct opening_exception){ .unit_id = centre->id,
	    .from_date = arena_strdup(a, date_text(training).s), .opens = "10:00", .closes = "16:30",
	    .reason = "utbildning på morgonen" }, NULL, err) &&
	    site_set(db, 0, HOURS_FIRST_UNIT, arena_printf(a, "%" PRId64, centre->id), by->now, err));
}

bool
demo_hours(struct db *db, int64_t now, struct err *err)
{
	struct change by = { 0, now, NULL };
	struct arena *a = arena_open();
	struct opening_list there;
	struct unit_list units;
	bool ok = opening_list(db, a, &there, err) && unit_list(db, a, &units, err) &&
	    (there.n > 0 || make(db, a, &by, &units, err));

	arena_close(a);
	return ok || err_add(err, "demo hours");
}
