/* tests/unit/test_redact.c: her words without her */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "contact/contact.h"
#include "representative/redact.h"

static void
test_the_person_goes_and_the_matter_stays(void **state)
{
	static const struct contact anna = { .sender_name = "Anna Åkerö-Exempel", .sender_email = "anna@example.org",
		.sender_phone = "+46701740605", .sender_address = "Storgatan 3, 123 45 Lillån" };
	static const struct { unsigned consent; const char *text, *want, *why; } row[] = {
		{ 0, "Vägen till skolan är inte plogad.", "Vägen till skolan är inte plogad.", "nothing of hers" },
		{ 0, "Hej, jag heter Anna Åkerö-Exempel.", "Hej, jag heter […].", "the whole name" },
		{ 0, "ANNA här. Annas väg, och ANNALENAS.", "[…] här. […] väg, och ANNALENAS.", "any case, genitive, no part of a word" },
		{ 0, "Fru ÅKERÖ", "Fru […]", "a part, with letters beyond ASCII" },
		{ 0, "Ring 070-174 06 05 eller +46 70 174 06 05!", "Ring […] eller […]!", "phone numbers" },
		{ 0, "Mitt personnummer är 19900101-1234.", "Mitt personnummer är […].", "personal identity number" },
		{ 0, "Skriv till Anna@Example.org tack", "Skriv till […] tack", "her mail" },
		{ 0, "och till granne.b@example.net.", "och till […].", "somebody else's mail too" },
		{ 0, "Den 2027-01-11 skrev jag K-2027-000118.", "Den 2027-01-11 skrev jag K-2027-000118.", "dates and our numbers stay" },
		{ 0, "Ärende TN 2027/00009, 5 ja 4 nej", "Ärende TN 2027/00009, 5 ja 4 nej", "matter numbers stay" },
		{ 0, "Jag bor på Storgatan 3 i Lillån", "Jag bor på […] i Lillån", "her address" },
		{ CONSENT_NAME, "Anna, 070-1740605", "Anna, […]", "name shared, phone not" },
		{ CONSENT_PHONE, "Anna, 070-1740605, 08-123 45 67", "[…], 070-1740605, […]", "her phone shared, others not" },
		{ CONSENT_NAME | CONSENT_PHONE | CONSENT_EMAIL, "Anna anna@example.org 070-174 06 05",
		    "Anna anna@example.org 070-174 06 05", "all shared" },
		{ 0, "İstanbul: Anna", "İstanbul: […]", "beside a letter whose small one has another length" },
		{ 0, "åanna@example.org", "[…]", "an address that begins beyond ASCII" },
		{ 0, "", "", "empty" },
	};
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *got = redact_person(a, &anna, row[i].consent, row[i].text);

		if (strcmp(got, row[i].want) != 0)
			fail_msg("%s: got \"%s\", expected \"%s\"", row[i].why, got, row[i].want);
	}
	assert_null(redact_person(a, &anna, 0, NULL));
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_the_person_goes_and_the_matter_stays) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
