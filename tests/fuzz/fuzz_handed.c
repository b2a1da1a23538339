/* tests/fuzz/fuzz_handed.c: wishes in a reply, mails inside mails, and words without their writer */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "representative/by_mail.h"
#include "representative/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct contact anna = { .sender_name = "Anna Exempel", .sender_email = "anna@example.org",
		.sender_phone = "+46701740605", .sender_address = "Storgatan 3" };
	struct arena *a = arena_open();
	const char *text = utf8_clean(a, arena_strndup(a, (const char *)data, size), size), *shown;
	struct mail_wish wish;
	struct forwarded f;

	if (mail_wish_parse(a, text, &wish))
		assert(wish.to != NULL && utf8_valid(wish.to) && wish.consent <= 7);
	if (forwarded_parse(a, text, &f))
		assert(strchr(f.address, '@') != NULL && utf8_valid(f.address) && (f.name == NULL || utf8_valid(f.name)));
	shown = redact_person(a, &anna, 0, text);
	assert(utf8_valid(shown));
	assert(strstr(shown, "anna@example.org") == NULL && strstr(shown, " Anna Exempel ") == NULL);
	arena_close(a);
	return 0;
}
