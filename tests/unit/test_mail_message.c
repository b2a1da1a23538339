/* tests/unit/test_mail_message.c: what arrives is read, whatever it is */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>

#include "base/utf8.h"
#include "mail.h"
#include "mail/charset.h"
#include "mail/rtf.h"
#include "mail/wrapped.h"

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

static struct mime_message
parse_n(const char *bytes, size_t n)
{
	struct mime_message m;
	struct err err = { 0 };

	if (!mime_parse(arena, bytes, n, &m, &err))
		fail_msg("%s", err.log);
	return m;
}

static struct mime_message
parse(const char *mail)
{
	return parse_n(mail, strlen(mail));
}

/* The promises of the header file, for every string of a message. */
static const char *
broken_promise(const struct mime_message *m)
{
	const char *one_line[] = { m->message_id, m->in_reply_to, m->from.address, m->from.name, m->subject, m->report_type };
	const char *text[] = { m->text, m->reply_text, m->quoted_text, m->signature, m->html, m->report, m->returned };

	for (size_t i = 0; i < ARRAY_LEN(one_line); i++) {
		if (one_line[i] == NULL || !utf8_valid(one_line[i]) || strpbrk(one_line[i], "\r\n\t") != NULL)
			return "a line is not one line of UTF-8";
	}
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		if (text[i] == NULL || !utf8_valid(text[i]) || strpbrk(text[i], "\r\x01\x1b\x7f") != NULL)
			return "a text is not clean UTF-8";
	}
	for (size_t i = 0; i < m->n_headers; i++) {
		if (!utf8_valid(m->header[i].name) || !utf8_valid(m->header[i].value))
			return "a header is not UTF-8";
	}
	for (size_t i = 0; i < m->n_attachments; i++) {
		const struct mime_attachment *at = &m->attachment[i];

		if (!utf8_valid(at->name) || *at->name == '\0' || strpbrk(at->name, "/\\\n") != NULL || !utf8_valid(at->summary) ||
		    !utf8_valid(at->claimed_type) || strchr(at->detected_type, '/') == NULL)
			return "an attachment's name or type";
	}
	if (*m->from.address != '\0' && !mail_address_valid(m->from.address))
		return "the sender's address is none";
	return m->n_parts <= MIME_PARTS_MAX && strlen(m->text) <= MIME_TEXT_MAX ? NULL : "a limit";
}

static void
test_fields_of_an_everyday_mail(void **state)
{
	struct mime_message m = parse(
	    "Return-Path: <eva@example.org>\r\n"
	    "Delivered-To: reply+k-1@kommun.example\r\n"
	    "Message-ID: <a1@example.org>\r\n"
	    "In-Reply-To: <b2@kommun.example> (your mail)\r\n"
	    "References: <b1@kommun.example>\r\n <b2@kommun.example>\r\n"
	    "From: =?iso-8859-1?Q?=C5sa_=D6berg?= <Asa.Oberg@Example.ORG>\r\n"
	    "To: \"Kommunen, v\xc3\xa4xeln\" <info@kommun.example>, undisclosed:;\r\n"
	    "Cc: Grupp: a@example.org, b@example.org;\r\n"
	    "Subject: =?utf-8?B?SMOlbA==?= =?utf-8?Q?_i_v=C3=A4gen?=\r\n"
	    "Date: Mon, 11 Jan 2027 08:12:00 +0100\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n\r\nHej!\r\n");

	(void)state;
	assert_string_equal(m.message_id, "a1@example.org");
	assert_string_equal(m.in_reply_to, "b2@kommun.example");
	assert_int_equal(m.n_references, 2);
	assert_string_equal(m.references[1], "b2@kommun.example");
	assert_string_equal(m.from.name, "Åsa Öberg");
	assert_string_equal(m.from.address, "Asa.Oberg@example.org");
	assert_int_equal(m.to.n, 1);
	assert_string_equal(m.to.item[0].name, "Kommunen, växeln");
	assert_int_equal(m.cc.n, 2);
	assert_string_equal(m.delivered_to.item[0].address, "reply+k-1@kommun.example");
	assert_string_equal(m.subject, "Hål i vägen");
	assert_int_equal(m.date, 1799651520);
	assert_string_equal(m.text, "Hej!\n");
	assert_string_equal(mime_header(&m, "RETURN-path"), "<eva@example.org>");
	assert_null(mime_header(&m, "X-None"));
}

static void
test_character_sets_said_wrongly_or_not_at_all(void **state)
{
	static const struct { const char *label, *bytes; size_t n; const char *text, *why; } row[] = {
		{ "utf-8", "\xc3\xa5", 2, "å", "as it says" },
		{ "utf-8", "\xe5\xe4\xf6", 3, "åäö", "says UTF-8, is Latin-1" },
		{ "iso-8859-1", "\xc3\xa5\xc3\xa4", 4, "åä", "says Latin-1, is UTF-8" },
		{ "iso-8859-1", "\xe5 \x93x\x94", 5, "å “x”", "Latin-1 means Windows-1252" },
		{ "us-ascii", "\xe5", 1, "å", "8-bit in ASCII" },
		{ NULL, "r\xe4v", 3, "räv", "no label" },
		{ "no-such-set", "r\xc3\xa4v", 4, "räv", "a label nobody knows" },
		{ "\"ISO-8859-15\"", "\xa4", 1, "€", "quotes in the label" },
		{ "iso-8859-2", "\xb1", 1, "ą", "what iconv knows" },
		{ "iso-2022-jp", "\x1b$B$3\x1b(B", 8, "こ", "escapes" },
		{ NULL, "\x1b$B$3\x1b(B", 8, "こ", "escapes without a label" },
		{ NULL, "\xff\xfe\xe5\0b\0", 6, "åb", "UTF-16 with its mark" },
		{ NULL, "a\0b\0c\0d\0e\0", 10, "abcde", "UTF-16 by sight" },
		{ "utf-7", "+AOU-", 5, "å", "UTF-7" },
		{ "gb2312", "\xb9\xfa\xff", 3, "国\xef\xbf\xbd", "one bad byte is one mark" },
		{ NULL, "a\0\x01\x1b[b\r\nc\rd\x7f", 12, "a[b\nc\nd", "NUL, controls, line ends" },
		{ "utf-8", "\xef\xbb\xbfx", 4, "x", "byte order mark" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *got = charset_text(arena, row[i].label, row[i].bytes, row[i].n);

		if (strcmp(got, row[i].text) != 0)
			fail_msg("%s: got \"%s\", expected \"%s\"", row[i].why, got, row[i].text);
	}
}

static void
test_bodies(void **state)
{
	static const struct { const char *mail, *text, *why; } row[] = {
		{ "Content-Type: text/plain; format=flowed\n\nlong \nline\n> quoted \n> line\n-- \nE\n",
		    "long line\n> quoted line\n-- \nE\n", "format=flowed" },
		{ "Content-Type: text/plain; format=flowed; delsp=yes\n\nlo \nng\n From\n", "long\nFrom\n", "delsp, stuffing" },
		{ "Content-Type: text/html; charset=utf-8\n\n<p>A &amp; B</p><ul><li>c</ul>", "A & B\n\n- c\n", "HTML only" },
		{ "Content-Type: text/html\n\n<meta charset=iso-8859-2><p>\xb1", "ą\n", "charset in the page" },
		{ "Content-Type: multipart/alternative; boundary=x\n\n--x\n\nplain\n--x\nContent-Type: text/html\n\n<p>html\n--x--\n",
		    "plain", "plain is chosen" },
		{ "Content-Type: multipart/alternative; boundary=x\n\n--x\n\n \n--x\nContent-Type: text/html\n\n<p>html\n--x--\n",
		    "html\n", "an empty plain side is none" },
		{ "Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\n\ntwo\n--x--\n", "one\ntwo", "two inline texts" },
		{ "Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n", "one\n", "never closed" },
		{ "Content-Type: multipart/mixed; boundary=x\n\nno part at all\n", "no part at all\n", "no part: as it is" },
		{ "no header\nat all\n", "no header\nat all\n", "not a mail" },
		{ "", "", "nothing" },
		{ "\n\n", "", "blank lines" },
		{ "From someone Mon Jan 1\nSubject: x\n\nmbox\n", "mbox\n", "an mbox line first" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct mime_message m = parse(row[i].mail);

		if (strcmp(m.text, row[i].text) != 0)
			fail_msg("%s: got \"%s\", expected \"%s\"", row[i].why, m.text, row[i].text);
		if (broken_promise(&m) != NULL)
			fail_msg("%s: %s", row[i].why, broken_promise(&m));
	}
}

static void
test_attachments_have_safe_names_and_both_types(void **state)
{
	struct mime_message m = parse(
	    "Content-Type: multipart/mixed; boundary=x\n\n--x\n\ntext\n"
	    "--x\nContent-Type: application/octet-stream\n"
	    "Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fr%C3%A4v%0A.pdf\n"
	    "Content-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n"
	    "--x\nContent-Type: image/png; name=\"C:\\\\x\\\\bild.png\"\nContent-ID: <c1@x>\n"
	    "Content-Disposition: inline\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoAAAANSUhEUg==\n"
	    "--x\nContent-Type: message/rfc822\n\nFrom: A <a@example.org>\nSubject: inne\n\ninside\n"
	    "--x\nContent-Type: text/csv\n\n--x--\n");

	(void)state;
	assert_string_equal(m.text, "text");
	assert_int_equal(m.n_attachments, 4);
	assert_string_equal(m.attachment[0].name, "räv .pdf");
	assert_string_equal(m.attachment[0].claimed_type, "application/octet-stream");
	assert_string_equal(m.attachment[0].detected_type, "application/pdf");
	assert_int_equal(m.attachment[0].n, 9);
	assert_string_equal(m.attachment[1].name, "bild.png");
	assert_true(m.attachment[1].is_inline);
	assert_string_equal(m.attachment[1].content_id, "c1@x");
	assert_string_equal(m.attachment[2].name, "inne.eml");
	assert_non_null(strstr(m.attachment[2].summary, "From: A <a@example.org>\nSubject: inne\n\ninside"));
	assert_int_equal(m.attachment[3].n, 0);
	assert_string_equal(hash_hex(m.attachment[3].sha256).s,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");	/* of nothing (FIPS 180-4) */
}

static void
test_parcels_that_are_not_mime(void **state)
{
	/* "Cat" in uuencode; TNEF with one attachment; CMS signed data around a text part, DER and BER */
	static const char tnef[] = "\x78\x9f\x3e\x22\x01\x00"
	    "\x02\x02\x90\x06\x00\x01\x00\x00\x00\x00\x00\x00"
	    "\x02\x10\x80\x01\x00\x06\x00\x00\x00r.txt\0\x00\x00"
	    "\x02\x0f\x80\x06\x00\x03\x00\x00\x00hej\x00\x00"
	    "\x02\x0f\x80\x06\x00\xff\xff\xff\x7f";		/* and one that claims 2 GB */
	static const char cms[] = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
	    "Content-Transfer-Encoding: base64\n\nMEMGCSqGSIb3DQEHAqA2MDQCAQExADAtBgkqhkiG9w0BBwGgIAQeQ29udGVudC1UeXBlOiB0ZXh0L3BsYWluCgpIZWoK\n";
	struct tnef_body body;
	const char *rest;
	struct wrapped_files files = uuencode_take(arena, "before\nbegin 644 cat.txt\n#0V%T\n`\nend\nafter\n", &rest);

	(void)state;
	assert_int_equal(files.n, 1);
	assert_string_equal(files.item[0].name, "cat.txt");
	assert_int_equal(files.item[0].n, 3);
	assert_memory_equal(files.item[0].bytes, "Cat", 3);
	assert_string_equal(rest, "before\nafter\n");
	assert_int_equal(uuencode_take(arena, "begin 644 is how a file begins\nnot uu\n", &rest).n, 0);
	assert_string_equal(rest, "begin 644 is how a file begins\nnot uu\n");

	files = tnef_read(arena, tnef, sizeof(tnef) - 1, &body);
	assert_int_equal(files.n, 1);
	assert_string_equal(files.item[0].name, "r.txt");
	assert_memory_equal(files.item[0].bytes, "hej", 3);

	struct mime_message m = parse(cms);

	assert_int_equal(m.wrapping, MIME_SIGNED);
	assert_string_equal(m.text, "Hej\n");
	m = parse("Content-Type: multipart/encrypted; boundary=x\n\n--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x--\n");
	assert_int_equal(m.wrapping, MIME_ENCRYPTED);
	assert_int_equal(m.n_attachments, 1);
}

/* MS-OXRTFCP 4.1 and 4.2: packed, and with a reference that reaches into what it is writing. */
static const char hello[] = "\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125B2\x0a\xf3 hel\x09\x00 bw"
    "\x05\xb0ld}\x0a\x80\x0f\xa0";
static const char again[] = "\x1a\x00\x00\x00\x1c\x00\x00\x00LZFu\xe2\xd4\x4b\x51\x41\x00\x04 WXYZ\x0dn}\x01\x0e\xb0";

static void
test_rtf_is_unpacked(void **state)
{
	char broken[sizeof(hello)], *big;
	size_t n;

	(void)state;
	assert_string_equal(rtf_unpack(arena, hello, sizeof(hello) - 1, &n), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
	assert_int_equal(n, 0x2b);
	assert_string_equal(rtf_unpack(arena, again, sizeof(again) - 1, &n), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
	assert_string_equal(rtf_unpack(arena, "\x13\x00\x00\x00\x07\x00\x00\x00MELA\x00\x00\x00\x00{\\rtf1}", 23, &n), "{\\rtf1}");
	/* a bit wrong, cut off, or more promised than can be there */
	memcpy(broken, hello, sizeof(hello));
	broken[30] ^= 1;
	assert_null(rtf_unpack(arena, broken, sizeof(hello) - 1, &n));
	for (size_t i = 0; i < sizeof(hello) - 1; i++)
		assert_null(rtf_unpack(arena, hello, i, &n));
	memcpy(broken, hello, sizeof(hello));
	broken[6] = 0x10;				/* 1 MB of 33 bytes */
	assert_null(rtf_unpack(arena, broken, sizeof(hello) - 1, &n));
	big = memset(arena_alloc(arena, 100), 0, 100);
	memcpy(big, "\x50\x00\x00\x00\xff\xff\xff\xff" "LZFu", 12);
	assert_null(rtf_unpack(arena, big, 100, &n));
}

static void
add(char *to, size_t size, const char *text)
{
	size_t n = strlen(to);

	(void)snprintf(to + n, size - n, "%s", text);
}

static void
rtf_is(const char *rtf, bool html, const char *want)
{
	bool got_html;

	assert_string_equal(rtf_read(arena, rtf, strlen(rtf), &got_html), want);
	assert_int_equal(got_html, html);
}

static void
test_rtf_is_read(void **state)
{
	char deep[4000] = "{\\rtf1 a";

	(void)state;
	rtf_is("{\\rtf1\\ansi\\ansicpg1252\\fromtext{\\fonttbl{\\f0\\fswiss Arial;}}\\f0\\fs20 Hej,\\par\r\nd\\'e4r \\\\ \\{x\\}\\tab s\\u228?k.}", false,
	    "Hej,\ndär \\ {x}\tsäk.");
	/* as in MS-OXRTFEX: the tags are kept, what is for readers of RTF is not, what stands between is text */
	rtf_is("{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}{\\*\\generator x;}\n"
	    "{\\*\\htmltag64 <p>}\\htmlrtf {\\pard\\b \\htmlrtf0 Tr\\'e4d{\\*\\mhtmltag84 <b x>}{\\*\\htmltag84 <b>}\\htmlrtf {\\b\\htmlrtf0  nu\\htmlrtf }\\htmlrtf0 "
	    "{\\*\\htmltag92 </b>}\\htmlrtf\\par}\\htmlrtf0 {\\*\\htmltag72 </p>\\par }}", true, "<p>Träd<b> nu</b></p>\n");
	/* \u with another length after it, a pair of halves, a half alone; bytes of another code page */
	rtf_is("{\\rtf1\\uc2 a\\u8364\\'80\\'80b{\\uc0\\u8364 c}\\u-10179\\'3f\\'3f\\u-8704\\'3f\\'3f\\u-8704xx.}", false, "a€b€c😀\xef\xbf\xbd.");
	rtf_is("{\\rtf1\\ansicpg1251 \\'cf\\'f0\\'e8}", false, "При");
	/* pictures, unknown destinations, raw bytes; groups that never end, too deep ones and too many ends */
	rtf_is("{\\rtf1 a{\\pict\\wmetafile8 0102ff}{\\*\\nobodyknows x{y}}\\bin3 }}}b}", false, "ab");
	rtf_is("{\\rtf1 a{{{b}}}}}}}c", false, "abc");
	for (size_t i = 0; i < 900; i++)
		add(deep, sizeof(deep), "{");
	add(deep, sizeof(deep), "b");
	for (size_t i = 0; i < 900; i++)
		add(deep, sizeof(deep), "}");
	add(deep, sizeof(deep), "c}");
	rtf_is(deep, false, "ac");
	rtf_is("not rtf", false, "");
	rtf_is("{\\rtf1\\", false, "");
}

/* The same in a winmail.dat: a property before it of each length, named ones too. */
static void
test_tnef_with_a_body_in_rtf(void **state)
{
	static const char head[] = "\x03\x00\x00\x00"
	    "\x0b\x00\x23\x00\x01\x00\x00\x00"
	    "\x1e\x00\x01\x80" "0123456789abcdef\x01\x00\x00\x00\x06\x00\x00\x00" "ab\x00\x00\x00\x00\x00\x00" "\x01\x00\x00\x00\x03\x00\x00\x00xy\x00\x00"
	    "\x02\x01\x09\x10\x01\x00\x00\x00\x31\x00\x00\x00";
	char tnef[300];
	struct tnef_body body;
	size_t n = 0, length = sizeof(head) - 1 + sizeof(hello) - 1;

	(void)state;
	memcpy(tnef, "\x78\x9f\x3e\x22\x01\x00\x01\x03\x90\x06\x00", 11);
	n = 11;
	tnef[n++] = (char)length;
	memcpy(tnef + n, "\x00\x00\x00", 3);
	n += 3;
	memcpy(tnef + n, head, sizeof(head) - 1);
	n += sizeof(head) - 1;
	memcpy(tnef + n, hello, sizeof(hello) - 1);
	n += sizeof(hello) - 1;
	memcpy(tnef + n, "\x00\x00", 2);
	n += 2;
	(void)tnef_read(arena, tnef, n, &body);
	assert_non_null(body.bytes);
	assert_string_equal(body.bytes, "hello world");
	assert_true(body.utf8);
	assert_false(body.html);
	for (size_t i = 0; i < n; i++)		/* cut off anywhere: no harm */
		(void)tnef_read(arena, tnef, i, &body);
}

static void
test_bombs_stay_inside_the_limits(void **state)
{
	size_t n = 0, cap = 4 * 1024 * 1024;
	char *mail = arena_alloc(arena, cap);
	struct mime_message m;
	struct err err = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++)	/* as deep as can be */
		n += (size_t)snprintf(mail + n, cap - n, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	m = parse_n(mail, n);
	assert_null(broken_promise(&m));
	assert_true(m.parts_left_out);

	n = (size_t)snprintf(mail, cap, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < 20000; i++)	/* as wide */
		n += (size_t)snprintf(mail + n, cap - n, "--b\nContent-Type: image/gif\n\nx\n");
	m = parse_n(mail, n);
	assert_int_equal(m.n_parts, MIME_PARTS_MAX);
	assert_true(m.parts_left_out);

	for (n = 0; n + 30 < cap;)	/* mails in mails */
		n += (size_t)snprintf(mail + n, cap - n, "Content-Type:message/rfc822\n\n");
	m = parse_n(mail, n);
	assert_null(broken_promise(&m));

	n = (size_t)snprintf(mail, cap, "Subject: long\nContent-Length: 209715200\n\n");
	memset(mail + n, 'x', cap - n);
	m = parse_n(mail, cap);
	assert_true(m.text_cut);
	assert_int_equal(strlen(m.text), MIME_TEXT_MAX);

	memset(mail, 0, 1000);
	m = parse_n(mail, 1000);
	assert_null(broken_promise(&m));
	assert_false(mime_parse(arena, mail, (size_t)MIME_BYTES_MAX + 1, &m, &err));
	assert_int_equal(err.code, ERR_INPUT);
}

static void
check_real(const char *name, const char *bytes, size_t n, void *arg)
{
	struct mime_message m = parse_n(bytes, n);
	int *readable = arg;

	if (broken_promise(&m) != NULL)
		fail_msg("%s: %s", name, broken_promise(&m));
	for (size_t cut = 0; cut < n; cut += n / 11 + 1) {	/* and every mail cut off somewhere */
		struct mime_message less = parse_n(bytes, cut);

		if (broken_promise(&less) != NULL)
			fail_msg("%s cut at %zu: %s", name, cut, broken_promise(&less));
	}
	*readable += m.text[0] != '\0' || m.n_attachments > 0;
}

static void
test_real_mails_all_give_something_to_read(void **state)
{
	static const char *const folders[] = { "autoreply", "bounce", "broken", "complaint", "ham", "mime", "notbounce", "reply",
		"spam" };
	int n = 0, readable = 0;

	(void)state;
	if (real_mail_root() == NULL)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		n += real_mail_each(folders[i], check_real, &readable);
	assert_true(n >= 60);
	assert_int_equal(readable, n);
}

static void *
parse_many(void *arg)
{
	struct arena *a = arena_open();
	static const char mail[] = "From: =?iso-8859-1?Q?=C5sa?= <a@example.org>\nSubject: =?gb2312?B?ufo=?= r\xe4v\n"
	    "Date: Mon, 11 Jan 2027 08:12:00 +0100\nContent-Type: multipart/mixed; boundary=x\n\n"
	    "--x\nContent-Type: text/plain; charset=iso-8859-2\n\n\xb1\n--x\nContent-Type: image/png\n\n\x89PNG\n--x--\n";

	for (int i = 0; i < 500; i++) {
		struct mime_message m;
		struct err err = { 0 };

		if (!mime_parse(a, mail, sizeof(mail) - 1, &m, &err) || strcmp(m.subject, "国 räv") != 0 ||
		    strcmp(m.from.name, "Åsa") != 0 || strcmp(m.text, "ą") != 0 || m.n_attachments != 1)
			*(int *)arg += 1;
		arena_reset(a);
	}
	arena_close(a);
	return NULL;
}

static void
test_many_threads_read_at_once(void **state)
{
	pthread_t thread[4];
	int wrong[4] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(thread); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, parse_many, &wrong[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(thread); i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(wrong[i], 0);
	}
}

static void
test_addresses(void **state)
{
	static const struct { const char *raw; size_t n; const char *address, *name; } row[] = {
		{ "eva@example.org", 1, "eva@example.org", "" },
		{ "\"Ek, Eva\" <eva@EXAMPLE.org>", 1, "eva@example.org", "Ek, Eva" },
		{ "=?utf-8?q?=C3=85sa?= <a@example.org>, b@example.org", 2, "a@example.org", "Åsa" },
		{ "\xc5sa <a@example.org>", 1, "a@example.org", "Åsa" },
		{ "eva@example.org <eva@example.org>", 1, "eva@example.org", "eva@example.org" },
		{ "undisclosed-recipients:;", 0, NULL, NULL },
		{ "", 0, NULL, NULL },
		{ "<>", 0, NULL, NULL },
		{ "A <a@example.org\nBcc: x@example.org>", 1, "a@example.org", "A" },
	};
	static const char *const bad[] = { "", "a", "@b", "a@", "a b@c.d", "a@b\nc", "a@b..c", "-x@b.c", "a@b>c", "a@b@c", "a@.b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct mail_addresses got = mail_addresses_parse(arena, row[i].raw, strlen(row[i].raw));

		if (got.n != row[i].n && !(i == ARRAY_LEN(row) - 1 && got.n >= 1))
			fail_msg("\"%s\": %zu addresses", row[i].raw, got.n);
		if (got.n > 0) {
			assert_string_equal(got.item[0].address, row[i].address);
			assert_string_equal(got.item[0].name, row[i].name);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(mail_address_valid(bad[i]));
}

/* Only the beginning of a text that is too long is decoded, but for files that are wrapped in it. */
static void
test_texts_too_long(void **state)
{
	static const char head[] = "From: a@example.org\nSubject: long\n\n", line[] = "En rad till.\n";
	static const char wrapped[] = "begin 644 cat.txt\n#0V%T\n`\nend\n";
	size_t n = sizeof(head) - 1, lines = 5 * 1024 * 1024 / (sizeof(line) - 1);
	char *bytes = arena_alloc(arena, n + lines * (sizeof(line) - 1) + sizeof(wrapped));
	struct mime_message m;
	struct err err = { 0 };

	(void)state;
	memcpy(bytes, head, n);
	for (size_t i = 0; i < lines; i++, n += sizeof(line) - 1)
		memcpy(bytes + n, line, sizeof(line) - 1);
	assert_true(mime_parse(arena, bytes, n, &m, &err));
	assert_true(m.text_cut);
	assert_int_equal(m.n_attachments, 0);
	assert_int_equal(strlen(m.text), MIME_TEXT_MAX);
	memcpy(bytes + n, wrapped, sizeof(wrapped) - 1);
	assert_true(mime_parse(arena, bytes, n + sizeof(wrapped) - 1, &m, &err));
	assert_true(m.text_cut);
	assert_int_equal(m.n_attachments, 1);
	assert_memory_equal(m.attachment[0].bytes, "Cat", 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_of_an_everyday_mail),
		cmocka_unit_test(test_character_sets_said_wrongly_or_not_at_all),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_attachments_have_safe_names_and_both_types),
		cmocka_unit_test(test_parcels_that_are_not_mime),
		cmocka_unit_test(test_rtf_is_unpacked),
		cmocka_unit_test(test_rtf_is_read),
		cmocka_unit_test(test_tnef_with_a_body_in_rtf),
		cmocka_unit_test(test_bombs_stay_inside_the_limits),
		cmocka_unit_test(test_real_mails_all_give_something_to_read),
		cmocka_unit_test(test_many_threads_read_at_once),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_texts_too_long),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
