/* tests/unit/test_mail_compose.c: what we write is what is read, and nobody else writes in it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "mail/classify.h"
#include "mail/compose.h"
#include "mail/message.h"
#include "mail/token.h"

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

static struct mail_outgoing
example(void)
{
	return (struct mail_outgoing){
		.from = "info@kommun.example", .from_name = "Lillåns kommun, kontaktcenter",
		.reply_to = "reply+k-2027-000118-abcdefghij@kommun.example", .to = "asa@example.org", .to_name = "Åsa \"Ö\" Ek",
		.subject = "Svar på din fråga om hålet i vägen vid Storgatan 7, som du skrev om den 3 mars 2026 [K-2027-000118]",
		.text = "Hej!\n\nVägen lagas på torsdag.\n\n> förr\nFrom here\n-- \nEva\n", .message_id = "m1@kommun.example",
		.in_reply_to = "q1@example.org", .references = "q0@example.org q1@example.org", .date = 1799651520,
	};
}

static const char *
composed(const struct mail_outgoing *in, struct mime_message *m)
{
	const char *bytes = NULL;
	size_t n = 0;
	struct err err = { 0 };

	if (!mail_compose(arena, in, &bytes, &n, &err))
		fail_msg("%s", err.log);
	assert_int_equal(strlen(bytes), n);
	for (size_t i = 0, line = 0; i < n; i++) {	/* RFC 5321: 7-bit, CRLF, 998 octets */
		line = bytes[i] == '\n' ? 0 : line + 1;
		assert_true((unsigned char)bytes[i] < 0x80 && line <= 998);
		assert_true(bytes[i] != '\n' || (i > 0 && bytes[i - 1] == '\r'));
		assert_true(bytes[i] != '\r' || bytes[i + 1] == '\n');
	}
	assert_true(mime_parse(arena, bytes, n, m, &err));
	return bytes;
}

static void
test_an_answer_reads_back(void **state)
{
	struct mail_outgoing in = example();
	struct mime_message m;
	const char *bytes = composed(&in, &m);

	(void)state;
	assert_string_equal(m.from.address, in.from);
	assert_string_equal(m.from.name, in.from_name);
	assert_string_equal(m.to.item[0].name, in.to_name);
	assert_string_equal(m.reply_to.item[0].address, in.reply_to);
	assert_string_equal(m.subject, in.subject);
	assert_string_equal(m.message_id, "m1@kommun.example");
	assert_string_equal(m.in_reply_to, "q1@example.org");
	assert_int_equal(m.n_references, 2);
	assert_int_equal(m.date, in.date);
	assert_string_equal(m.text, in.text);
	assert_string_equal(mime_header(&m, "MIME-Version"), "1.0");
	assert_null(mime_header(&m, "Auto-Submitted"));
	assert_non_null(strstr(bytes, "format=flowed"));
}

static void
test_long_paragraphs_flow(void **state)
{
	struct mail_outgoing in = example();
	struct mime_message m;
	char *text = arena_alloc(arena, 20001);

	(void)state;
	for (size_t i = 0; i + 8 < 5000; i += 8)
		memcpy(text + i, "gåta nu ", 9);
	text[strlen(text) - 1] = '\n';
	memset(text + strlen(text), 'x', 3000);		/* a word without end */
	memcpy(text + strlen(text), "\n", 2);
	in.text = text;
	(void)composed(&in, &m);
	assert_string_equal(m.text, text);
}

static void
test_files_go_along(void **state)
{
	static const char zero[3] = { 0, 1, 2 };
	struct mail_file file[] = {
		{ "Räven & hönan, del 1.pdf", "application/pdf", "%PDF-1.4\n", 9 }, { "x\r\nBcc: a@b", "a/b\r\nX: y", zero, 3 },
		{ NULL, NULL, "", 0 },
	};
	struct mail_outgoing in = example();
	struct mime_message m;

	(void)state;
	in.file = file;
	in.n_files = ARRAY_LEN(file);
	(void)composed(&in, &m);
	assert_int_equal(m.n_attachments, 3);
	assert_string_equal(m.attachment[0].name, file[0].name);
	assert_string_equal(m.attachment[0].claimed_type, "application/pdf");
	assert_memory_equal(m.attachment[1].bytes, zero, 3);
	assert_string_equal(m.attachment[1].claimed_type, "application/octet-stream");
	assert_null(mime_header(&m, "X"));
	assert_null(mime_header(&m, "Bcc"));
	assert_string_equal(m.text, in.text);
}

static void
test_automatic_mail_says_so_and_no_machine_answers_it(void **state)
{
	static const struct { enum mail_automation automation; const char *says; } row[] = {
		{ MAIL_AUTO_REPLIED, "auto-replied" }, { MAIL_AUTO_GENERATED, "auto-generated" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct mail_outgoing in = example();
		struct mime_message m;
		struct mail_verdict v;

		in.automation = row[i].automation;
		(void)composed(&in, &m);
		assert_string_equal(mime_header(&m, "Auto-Submitted"), row[i].says);
		assert_string_equal(mime_header(&m, "X-Auto-Response-Suppress"), "OOF, AutoReply");
		assert_string_equal(mime_header(&m, "Precedence"), "bulk");
		mail_classify(arena, &m, NULL, 0, &v);
		assert_false(v.may_be_answered);	/* also when it comes back to ourselves */
	}
}

static void
test_nobody_puts_a_header_into_our_mail(void **state)
{
	static const char evil[] = "x\r\nBcc: victim@example.org\r\n\r\nbody";
	struct mail_outgoing in = example();
	struct mime_message m;
	const char *bytes;
	size_t n;
	struct err err = { 0 };

	(void)state;
	in.subject = in.from_name = in.to_name = evil;
	in.message_id = in.in_reply_to = in.references = "a> \r\nBcc:<v@example.org";
	(void)composed(&in, &m);
	for (size_t i = 0; i < m.n_headers; i++)
		assert_true(strcasecmp(m.header[i].name, "Bcc") != 0);
	assert_string_equal(m.subject, "x Bcc: victim@example.org body");
	assert_int_equal(m.to.n, 1);

	for (int k = 0; k < 3; k++) {
		in = example();
		*(k == 0 ? &in.from : k == 1 ? &in.to : &in.reply_to) = "a@example.org\r\nBcc: v@example.org";
		assert_false(mail_compose(arena, &in, &bytes, &n, &err));
		assert_int_equal(err.code, ERR_INPUT);
	}
}

static void
test_tokens(void **state)
{
	static const unsigned char key[32] = "0123456789abcdef0123456789abcdef", other[32] = { 1 };
	char *token = mail_token_make(arena, key, "K-2027-000118"), *upper = arena_strdup(arena, token);

	(void)state;
	assert_string_equal(mail_token_open(arena, key, token), "K-2027-000118");
	for (char *p = upper; *p != '\0'; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
	assert_string_equal(mail_token_open(arena, key, upper), "K-2027-000118");	/* case folded on its way */
	assert_null(mail_token_open(arena, other, token));
	token[0] = 'l';
	assert_null(mail_token_open(arena, key, token));
	assert_null(mail_token_open(arena, key, ""));
	assert_null(mail_token_open(arena, key, "-abcdefghij"));
	assert_string_equal(mail_token_of_address(arena, "reply+a-b@c.d"), "a-b");
	assert_null(mail_token_of_address(arena, "reply@c.d"));
	assert_null(mail_token_of_address(arena, "reply"));
}

static void
test_message_ids_differ(void **state)
{
	(void)state;
	assert_string_not_equal(mail_message_id(arena, "x.example"), mail_message_id(arena, "x.example"));
	assert_true(mail_address_valid(mail_message_id(arena, "x.example")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_reads_back),
		cmocka_unit_test(test_long_paragraphs_flow),
		cmocka_unit_test(test_files_go_along),
		cmocka_unit_test(test_automatic_mail_says_so_and_no_machine_answers_it),
		cmocka_unit_test(test_nobody_puts_a_header_into_our_mail),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_message_ids_differ),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
