/* tests/unit/test_mail_reply.c: what a person wrote, apart from what their program put around it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mail.h"
#include "mail/reply.h"

static struct arena *arena;

static int
open_arena(void **state)
{
	(void)state;
	arena = arena_open();
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(arena);
	return 0;
}

static void
test_lines_are_shared_out(void **state)
{
	static const struct { const char *text, *reply, *quoted, *signature, *why; } row[] = {
		{ "Tack!\n\nDen 3 mars 2026 skrev Kommunen <k@kommun.example>:\n> Hej\n> då\n", "Tack!",
		    "Den 3 mars 2026 skrev Kommunen <k@kommun.example>:\n> Hej\n> då", "", "Swedish, above" },
		{ "Den tis 3 mars 2026 kl 10:12 skrev Kommunen\n<k@kommun.example>:\n\n> Hej\n\nTack!\n", "Tack!",
		    "Den tis 3 mars 2026 kl 10:12 skrev Kommunen\n<k@kommun.example>:\n\n> Hej", "", "wrapped, below" },
		{ "On Tue, Mar 3, 2026 at 10:12 AM Kommunen <k@kommun.example> wrote:\n> A\nyes\n> B\nno\n", "yes\n\nno",
		    "On Tue, Mar 3, 2026 at 10:12 AM Kommunen <k@kommun.example> wrote:\n> A\n\n> B", "", "between" },
		{ "Ja\n\n3 mars 2026 kl. 10:12 skrev Kommunen <k@kommun.example>:\n\nHej\n", "Ja\n\n"
		    "3 mars 2026 kl. 10:12 skrev Kommunen <k@kommun.example>:\n\nHej", "", "", "unknown beginning: nothing is lost" },
		{ "Ja\n\nDen 3 mars 2026 kl. 10:12 skrev Kommunen <k@kommun.example>:\n\nHej\n", "Ja",
		    "Den 3 mars 2026 kl. 10:12 skrev Kommunen <k@kommun.example>:\n\nHej", "", "quotation without marks" },
		{ "Ja\n\n-----Ursprungligt meddelande-----\nFrån: K\nHej\n", "Ja", "-----Ursprungligt meddelande-----\nFrån: K\nHej", "",
		    "Outlook, Swedish" },
		{ "Ja\n-----Original Message-----\nx\n", "Ja", "-----Original Message-----\nx", "", "Outlook, English" },
		{ "Ja\n\n________________________________\nFrån: K <k@kommun.example>\nSkickat: den 3 mars 2026\nTill: E\nÄmne: Re: x\n\nHej",
		    "Ja", "________________________________\nFrån: K <k@kommun.example>\nSkickat: den 3 mars 2026\nTill: E\nÄmne: Re: x\n\nHej",
		    "", "a block of header lines" },
		{ "Ja\n\n*From:* K\n*Sent:* Tuesday\n*To:* E\n*Subject:* x\n\nHej", "Ja",
		    "*From:* K\n*Sent:* Tuesday\n*To:* E\n*Subject:* x\n\nHej", "", "the same in bold" },
		{ "Ja\n\nSkickat från min iPhone\n\n> 3 mars 2026 kl. 10:12 skrev K <k@kommun.example>:\n> \n> Hej\n", "Ja",
		    "> 3 mars 2026 kl. 10:12 skrev K <k@kommun.example>:\n> \n> Hej", "Skickat från min iPhone", "telephone" },
		{ "Ja\n-- \nEva Ek\n0521-000 00\n", "Ja", "", "-- \nEva Ek\n0521-000 00", "signature" },
		{ "Ja\n-- \nEva\n\nDen 3 mars 2026 skrev K:\n> Hej\n\nPS\n", "Ja\n\nPS", "Den 3 mars 2026 skrev K:\n> Hej", "-- \nEva",
		    "signature, quotation, more" },
		{ "Från: mig\nHej, jag undrar över parken.\n", "Från: mig\nHej, jag undrar över parken.", "", "", "one header word is none" },
		{ "Hon skrev följande om skolan 2026:\nDet är bra.\n", "Hon skrev följande om skolan 2026:\nDet är bra.", "", "",
		    "the writer's own sentence" },
		{ "On the matter of the park, he wrote:\n", "On the matter of the park, he wrote:", "", "", "no date, no address" },
		{ "> bara citat\n", "", "> bara citat", "", "nothing new" },
		{ "Sent a letter last week.\n", "Sent a letter last week.", "", "", "not a telephone" },
		{ "---\nTabell\n---\n", "---\nTabell\n---", "", "", "three dashes are not two" },
		{ "", "", "", "", "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct reply_parts got = reply_split(arena, row[i].text);

		if (strcmp(got.reply, row[i].reply) != 0 || strcmp(got.quoted, row[i].quoted) != 0 ||
		    strcmp(got.signature, row[i].signature) != 0)
			fail_msg("%s:\nreply [%s]\nquoted [%s]\nsignature [%s]", row[i].why, got.reply, got.quoted, got.signature);
	}
}

/* Real replies. `first` and `last` are how the reply begins and ends (its length in bytes checks the rest). */
static const struct { const char *file, *first; size_t reply, quoted_at_least; } real[] = {
	{ "crisp--fixtures--email_13.txt", "Fusce bibendum", 498, 400 },
	{ "crisp--fixtures--email_6.txt", "I get proper", 67, 300 },
	{ "crisp--fixtures--email_iphone.txt", "Here is another email", 21, 0 },
	{ "trimmer--emails--email_headers_4.txt", "test", 4, 900 },
	{ "trimmer--emails--embedded_email_swedish.txt", "Hi everyone!", 138, 300 },
	{ "trimmer--emails--spam_1.txt", "", 0, 4000 },
	{ "trimmer--emails--spam_2.txt", "Lorem ipsum", 1472, 6000 },
};

static void
check_real(const char *name, const char *bytes, size_t n, void *arg)
{
	struct mime_message m;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(real); i++) {
		if (strcmp(name, real[i].file) != 0)
			continue;
		*(size_t *)arg += 1;
		assert_true(mime_parse(arena, bytes, n, &m, &err));
		if (strncmp(m.reply_text, real[i].first, strlen(real[i].first)) != 0 || strlen(m.reply_text) != real[i].reply ||
		    strlen(m.quoted_text) < real[i].quoted_at_least)
			fail_msg("%s: reply of %zu bytes, quoted %zu", name, strlen(m.reply_text), strlen(m.quoted_text));
	}
}

static void
test_real_replies(void **state)
{
	size_t seen = 0;

	(void)state;
	if (real_mail_root() == NULL)
		skip();
	(void)real_mail_each("reply", check_real, &seen);
	assert_int_equal(seen, ARRAY_LEN(real));
}

static void
test_long_texts_take_little_time_and_memory(void **state)
{
	static const char *const lines[] = { "de:\n", "\n", "> x\n", "On 1 x\n", "Från: a\n", "-- \n", "a\n:\n" };
	size_t n = 2 * 1024 * 1024;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(lines); k++) {
		struct arena *a = arena_open();
		char *text = arena_alloc(a, n + 16);
		size_t len = strlen(lines[k]);

		for (size_t i = 0; i + len < n; i += len)
			memcpy(text + i, lines[k], len);
		(void)reply_split(a, text);
		assert_true(arena_size(a) < 100u * 1024 * 1024);
		arena_close(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_shared_out),
		cmocka_unit_test(test_real_replies),
		cmocka_unit_test(test_long_texts_take_little_time_and_memory),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
