/* tests/service/test_letter.c: the letter as other programs read it: pdftotext, pdfinfo, qpdf (poppler-utils, qpdf) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sb.h"
#include "contact/letter.h"
#include "contact/work.h"
#include "doc/letter.h"
#include "expect.h"
#include "municipality.h"

static const int64_t NOW = 1799651520;		/* 2027-01-11 08:12 in Sweden */

/* What a program says of the bytes in a file; "" when it failed. `%s` in the command is the file. */
static const char *
said(struct arena *a, const void *bytes, size_t n, const char *before, const char *after)
{
	char path[] = "/tmp/nk-letter.XXXXXX", *out = arena_alloc(a, 1 << 20);
	int fd = mkstemp(path), rc;
	size_t got;
	FILE *f;

	assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
	(void)close(fd);
	f = popen(arena_printf(a, "%s %s %s 2>&1", before, path, after), "r");
	assert_non_null(f);
	got = fread(out, 1, (1 << 20) - 1, f);
	rc = pclose(f);
	out[got] = '\0';
	(void)unlink(path);
	return rc == 0 ? out : "";
}

static bool
installed(void)
{
	return system("command -v pdftotext >/dev/null && command -v qpdf >/dev/null") == 0;
}

static struct letter
plain(void)
{
	return (struct letter){ .lang = "sv", .sender = "Lillåns kommun", .recipient = "Åsa Öberg\nStorgatan 1\n123 45 LILLÅN",
		.date = "måndag 11 januari 2027", .at = NOW, .number_label = "Vår beteckning", .number = "K-2027-000118",
		.title = "Gatlampan vid skolan", .text = "Hej!\n\nLampan är bytt.\nTack för att du hörde av dig.",
		.signature = "Hanna Handläggare", .footer = "Lillåns kommun\n0123-45 67 89", .page_label = "Sida %d av %d" };
}

static void
test_it_is_whole_and_says_what_it_is(void **state)
{
	struct arena *a = arena_open();
	struct letter l = plain();
	struct err err = { 0 };
	const void *bytes, *again;
	size_t n, m;
	const char *text;

	(void)state;
	if (!installed())
		skip();
	must(letter_pdf(a, &l, &bytes, &n, &err), &err);
	assert_non_null(strstr(said(a, bytes, n, "qpdf --check", ""), "No syntax or stream encoding errors found"));
	text = said(a, bytes, n, "pdfinfo", "");
	assert_non_null(strstr(text, "Title:           Gatlampan vid skolan\n"));
	assert_non_null(strstr(text, "Author:          Lillåns kommun\n"));
	assert_non_null(strstr(text, "Tagged:          yes\n"));
	assert_non_null(strstr(text, "Pages:           1\n"));
	assert_non_null(strstr(text, "(A4)"));
	text = said(a, bytes, n, "qpdf --qdf --object-streams=disable", "-");
	assert_non_null(strstr(text, "/Lang (sv)"));
	assert_non_null(strstr(text, "/DisplayDocTitle true"));
	text = said(a, bytes, n, "pdftotext", "-");
	assert_non_null(strstr(text, "Åsa Öberg\nStorgatan 1\n123 45 LILLÅN"));
	assert_non_null(strstr(text, "Lampan är bytt.\nTack för att du hörde av dig."));
	assert_non_null(strstr(text, "K-2027-000118"));
	assert_non_null(strstr(text, "måndag 11 januari 2027"));
	assert_non_null(strstr(text, "0123-45 67 89"));
	assert_non_null(strstr(text, "Sida 1 av 1"));
	must(letter_pdf(a, &l, &again, &m, &err), &err);
	assert_int_equal(n, m);
	assert_memory_equal(bytes, again, n);
	arena_close(a);
}

/* Points from the left and the top (pdftotext -bbox) to millimetres. */
static void
test_the_address_stands_in_the_window(void **state)
{
	static const char *const words[] = { "Åsa", "Öberg", "Storgatan", "LILLÅN" };
	struct arena *a = arena_open();
	struct letter l = plain();
	struct err err = { 0 };
	const void *bytes;
	size_t n;
	const char *text;

	(void)state;
	if (!installed())
		skip();
	must(letter_pdf(a, &l, &bytes, &n, &err), &err);
	text = said(a, bytes, n, "pdftotext -bbox", "-");
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *at = strstr(text, arena_printf(a, ">%s</word>", words[i])), *line = at;
		double x0, y0, x1, y1;

		assert_non_null(at);
		while (line > text && *line != '\n')
			line--;
		assert_int_equal(sscanf(strstr(line, "xMin"), "xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &x0, &y0, &x1, &y1), 4);
		assert_true(x0 * 25.4 / 72 >= 114.5 && x1 * 25.4 / 72 <= 195.5);
		assert_true(y0 * 25.4 / 72 >= 44 && y1 * 25.4 / 72 <= 75.5);
	}
	arena_close(a);
}

static void
test_a_long_one_goes_over_pages_and_loses_nothing(void **state)
{
	struct arena *a = arena_open();
	struct letter l = plain();
	struct err err = { 0 };
	const void *bytes;
	struct sb sb;
	size_t n;
	const char *text;

	(void)state;
	if (!installed())
		skip();
	sb_init(&sb, a, 1 << 20);
	for (int i = 0; i < 120; i++)
		sb_addf(&sb, "Stycke%d: vi har sett över saken och kommit fram till detta, som tar mer än en rad att säga.\n\n", i);
	l.text = sb_str(&sb);
	must(letter_pdf(a, &l, &bytes, &n, &err), &err);
	assert_non_null(strstr(said(a, bytes, n, "qpdf --check", ""), "No syntax or stream encoding errors found"));
	text = said(a, bytes, n, "pdftotext", "-");
	for (int i = 0; i < 120; i++) {
		if (strstr(text, arena_printf(a, "Stycke%d:", i)) == NULL)
			fail_msg("paragraph %d is missing", i);
	}
	assert_non_null(strstr(text, "Sida 1 av 8"));
	assert_non_null(strstr(text, "Sida 8 av 8"));
	sb_clear(&sb);
	for (int i = 0; i < 15000; i++)
		sb_addf(&sb, "Rad %d\n", i);
	l.text = sb_str(&sb);
	assert_false(letter_pdf(a, &l, &bytes, &n, &err));
	assert_int_equal(err.code, ERR_INPUT);
	arena_close(a);
}

/* A grey JPEG of 8 by 8 goes into the PDF as it is; one that is cut off is left out, and the letter is there. */
static void
test_a_jpeg_logo_is_drawn(void **state)
{
	static const unsigned char jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
		0xff, 0xc0, 0x00, 0x0b, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xff, 0xda, 0x00, 0x08, 1, 1, 0, 0, 0x3f, 0, 0xff, 0xd9 };
	struct arena *a = arena_open();
	struct letter l = { .lang = "sv", .sender = "Lillåns kommun", .recipient = "Åsa", .text = "Hej.", .date = "2027-01-11",
		.number_label = "Vår beteckning", .number = "K-2027-000118", .title = "Snö", .signature = "Eva", .footer = "Kontakt",
		.page_label = "Sida %d av %d", .logo = jpeg, .logo_bytes = sizeof(jpeg) };
	struct err err = { 0 };
	const void *bytes;
	size_t n;

	(void)state;
	must(letter_pdf(a, &l, &bytes, &n, &err), &err);
	assert_non_null(memmem(bytes, n, "/DCTDecode", 10));
	assert_non_null(memmem(bytes, n, jpeg, sizeof(jpeg)));
	l.logo_bytes = 25;
	must(letter_pdf(a, &l, &bytes, &n, &err), &err);
	assert_null(memmem(bytes, n, "/DCTDecode", 10));
	arena_close(a);
}

static void
kept(struct database *d, struct db *db, void *arg)
{
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct town t = town_make(db, NOW);
	struct actor handler = { .account_id = t.handler, .name = "Demo Handler", .unit_id = t.street };
	struct contact_out out;
	struct contact c;
	struct document_file file;
	struct document_list docs;
	const void *bytes;
	const char *type;
	size_t n;

	(void)d;
	(void)arg;
	must(contact_receive(db, a, &(struct contact_in){ .channel = "letter", .category_id = t.category,
	    .sender_name = "Åsa Öberg", .sender_address = "Storgatan 1\n123 45 LILLÅN", .reply_by = "letter", .subject = "Snö",
	    .text = "Det är snö." }, NOW, &out, &err), &err);
	must(contact_get(db, a, out.id, &c, &err), &err);
	must(letter_make(db, a, &c, "Vi plogar i dag.", &handler, NOW, &file, &err), &err);
	must(contact_answer(db, a, &(struct answer_in){ .contact_id = c.id, .way = ANSWER_LETTER, .text = "Vi plogar i dag.",
	    .ending = "done", .file = &file, .n_files = 1 }, &handler, NOW, NULL, &err), &err);
	must(document_of(db, a, c.id, 0, 2, &docs, &err), &err);
	assert_int_equal(docs.n, 2);
	assert_string_equal(docs.item[1].kind, "letter");
	assert_int_equal(docs.item[1].n_files, 1);
	assert_string_equal(docs.item[1].file[0].type, "application/pdf");
	must(file_get(db, a, docs.item[1].file[0].sha256, &bytes, &n, &type, &err), &err);
	assert_memory_equal(bytes, "%PDF-", 5);
	if (installed())
		assert_non_null(strstr(said(a, bytes, n, "pdftotext", "-"), "Vi plogar i dag."));
	c.sender_name = c.sender_address = NULL;
	assert_false(letter_make(db, a, &c, "Vi plogar i dag.", &handler, NOW, &file, &err));
	assert_string_equal(err.field, "way");
	arena_close(a);
}

static void
test_the_letter_is_kept_in_the_contact(void **state)
{
	(void)state;
	store_each(kept, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_whole_and_says_what_it_is),
		cmocka_unit_test(test_the_address_stands_in_the_window),
		cmocka_unit_test(test_a_long_one_goes_over_pages_and_loses_nothing),
		cmocka_unit_test(test_a_jpeg_logo_is_drawn),
		cmocka_unit_test(test_the_letter_is_kept_in_the_contact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
