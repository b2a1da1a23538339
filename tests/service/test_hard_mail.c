/* tests/service/test_hard_mail.c: mails that programs get wrong, each through `narkontakt mail`
 *
 * Every mail is made here. Of each: what the program said and its exit code, that it has a number, that its words can be
 * read on the page, which files it brought, and that the page gives the original back byte for byte; sent once more it is
 * a duplicate. On both databases, with a server on the same database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/random.h"
#include "base/sb.h"
#include "contact/contact.h"
#include "faults.h"
#include "registry/document.h"
#include "people/site.h"
#include "town_web.h"

#define NOW "2027-01-11T08:12:00+01:00"
#define HEAD "From: Demo Anna <demo.anna@example.org>\r\nTo: kontakt@lillan.example\r\nDate: Mon, 11 Jan 2027 08:11:00 +0100\r\n"
#define PART "Content-Type: multipart/mixed; boundary=bb\r\n\r\n"

struct parcel { const char *bytes; size_t n; };
typedef struct parcel make_fn(struct arena *a);

struct mail {
	const char *name;
	const char *bytes;
	size_t n;
	make_fn *make;			/* instead of bytes */
	const char *kind;		/* NULL: contact */
	const char *words;		/* stand in the text of its page; NULL: nothing is asked */
	const char *not;		/* does not */
	const char *subject, *sender;	/* NULL: not asked */
	const char *files;		/* "a.txt;b.png": names in order; NULL: not asked */
	const char *first_file;		/* bytes of the first */
	bool unanswered;		/* nothing automatic goes back */
	bool laid_out;			/* has HTML, which is shown harmless */
};
#define TEXT(s) .bytes = s, .n = sizeof(s) - 1

/* ---- parcels that need building ---- */

static void
add(struct sb *sb, const char *bytes, size_t n)
{
	sb_add_n(sb, bytes, n);
}

/* One element of DER: its length in the long form where it must. */
static struct parcel
der(struct arena *a, int tag, const struct parcel *inner, size_t n_inner)
{
	struct sb sb, all;

	sb_init(&sb, a, 1 << 20);
	for (size_t i = 0; i < n_inner; i++)
		add(&sb, inner[i].bytes, inner[i].n);
	sb_init(&all, a, 1 << 20);
	sb_add_c(&all, (char)tag);
	if (sb.len < 128) {
		sb_add_c(&all, (char)sb.len);
	} else {
		sb_add_c(&all, (char)0x82);
		sb_add_c(&all, (char)(sb.len >> 8));
		sb_add_c(&all, (char)(sb.len & 0xff));
	}
	add(&all, sb_str(&sb), sb.len);
	return (struct parcel){ sb_str(&all), all.len };
}

static struct parcel
raw(const char *bytes, size_t n)
{
	return (struct parcel){ bytes, n };
}

static void
add_base64(struct sb *sb, const char *bytes, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes;

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);

		sb_add_c(sb, digit[v >> 18]);
		sb_add_c(sb, digit[v >> 12 & 63]);
		sb_add_c(sb, i + 1 < n ? digit[v >> 6 & 63] : '=');
		sb_add_c(sb, i + 2 < n ? digit[v & 63] : '=');
		if (i % 54 == 51)
			sb_add(sb, "\r\n");
	}
	sb_add(sb, "\r\n");
}

/* ContentInfo: signed data around a MIME part, or enveloped data around nothing that can be read. */
static struct parcel
cms(struct arena *a, int type, const char *content)
{
	const char oid[] = { 0x2a, (char)0x86, 0x48, (char)0x86, (char)0xf7, 0x0d, 0x01, 0x07, (char)type }, one[] = { 1 };
	const char data[] = { 0x2a, (char)0x86, 0x48, (char)0x86, (char)0xf7, 0x0d, 0x01, 0x07, 1 };
	struct parcel name = raw(oid, sizeof(oid)), version = raw(one, 1), inner = raw(data, sizeof(data)),
	    octets = raw(content, strlen(content)), part[3], whole[4];

	octets = der(a, 0x04, &octets, 1);
	part[0] = der(a, 0x06, &inner, 1);
	part[1] = der(a, 0xa0, &octets, 1);
	whole[0] = der(a, 0x02, &version, 1);
	whole[1] = der(a, 0x31, NULL, 0);
	whole[2] = der(a, 0x30, part, 2);
	whole[3] = der(a, 0x31, NULL, 0);
	part[1] = der(a, 0x30, whole, 4);
	part[1] = der(a, 0xa0, &part[1], 1);
	part[0] = der(a, 0x06, &name, 1);
	return der(a, 0x30, part, 2);
}

static struct parcel
smime(struct arena *a, int type, const char *smime_type)
{
	struct parcel p = cms(a, type, "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "\r\nSignerat: bänken är trasig.\r\n--in\r\nContent-Type: text/csv; name=rader.csv\r\n\r\na;b\r\n--in--\r\n");
	struct sb sb;

	sb_init(&sb, a, 1 << 20);
	sb_addf(&sb, HEAD "Subject: smime %s\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=%s; name=smime.p7m\r\n"
	    "Content-Disposition: attachment; filename=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n", smime_type, smime_type);
	add_base64(&sb, p.bytes, p.n);
	return (struct parcel){ sb_str(&sb), sb.len };
}

static struct parcel
smime_signed(struct arena *a)
{
	return smime(a, 2, "signed-data");
}

static struct parcel
smime_encrypted(struct arena *a)
{
	return smime(a, 3, "enveloped-data");
}

static void
tnef_attribute(struct sb *sb, int level, uint32_t id, const char *data, size_t n)
{
	uint32_t size = (uint32_t)n;
	unsigned sum = 0;

	sb_add_c(sb, (char)level);
	add(sb, (const char *)&id, 4);
	add(sb, (const char *)&size, 4);
	add(sb, data, n);
	for (size_t i = 0; i < n; i++)
		sum += (unsigned char)data[i];
	sb_add_c(sb, (char)(sum & 0xff));
	sb_add_c(sb, (char)(sum >> 8 & 0xff));
}

static struct parcel
winmail(struct arena *a)
{
	static const char body[] = "Brevet sj\xe4lvt, fr\xe5n Outlook.";
	struct sb t, sb;

	sb_init(&t, a, 1 << 16);
	add(&t, "\x78\x9f\x3e\x22\x01\x00", 6);
	tnef_attribute(&t, 1, 0x0002800c, body, sizeof(body));
	tnef_attribute(&t, 2, 0x00069002, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	tnef_attribute(&t, 2, 0x00018010, "karta.txt", 10);
	tnef_attribute(&t, 2, 0x0006800f, "kartan", 6);
	tnef_attribute(&t, 2, 0x00069002, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	tnef_attribute(&t, 2, 0x00018010, "..\\bild.txt", 12);
	tnef_attribute(&t, 2, 0x0006800f, "bilden", 6);
	sb_init(&sb, a, 1 << 17);
	sb_add(&sb, HEAD "Subject: tnef\r\nMIME-Version: 1.0\r\n" PART "--bb\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n");
	add_base64(&sb, sb_str(&t), t.len);
	sb_add(&sb, "--bb--\r\n");
	return (struct parcel){ sb_str(&sb), sb.len };
}

/* Mails inside mails, thirty deep. */
static struct parcel
nested(struct arena *a)
{
	struct sb sb;

	sb_init(&sb, a, 1 << 20);
	sb_add(&sb, HEAD "Subject: yttre\r\nMIME-Version: 1.0\r\n" PART "--bb\r\n\r\nSe brevet inuti.\r\n--bb\r\nContent-Type: message/rfc822\r\n\r\n");
	for (int i = 0; i < 30; i++)
		sb_addf(&sb, "From: n%d@example.org\r\nSubject: inre %d\r\nContent-Type: message/rfc822\r\n\r\n", i, i);
	sb_add(&sb, "Subject: innerst\r\n\r\nInnerst.\r\n--bb--\r\n");
	return (struct parcel){ sb_str(&sb), sb.len };
}

static struct parcel
bush(struct arena *a)
{
	struct sb sb;

	sb_init(&sb, a, 1 << 20);
	sb_add(&sb, HEAD "Subject: buske\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n");
	for (int i = 0; i < 60; i++)
		sb_addf(&sb, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i, i + 1);
	sb_add(&sb, "--b60\r\n\r\nDjupt ner.\r\n");
	return (struct parcel){ sb_str(&sb), sb.len };
}

static struct parcel
many_parts(struct arena *a)
{
	struct sb sb;

	sb_init(&sb, a, 1 << 20);
	sb_add(&sb, HEAD "Subject: delar\r\nMIME-Version: 1.0\r\n" PART "--bb\r\n\r\nFörsta delen.\r\n");
	for (int i = 0; i < 2000; i++)
		sb_addf(&sb, "--bb\r\nContent-Type: image/png; name=p%d.png\r\n\r\nx\r\n", i);
	sb_add(&sb, "--bb--\r\n");
	return (struct parcel){ sb_str(&sb), sb.len };
}

static struct parcel
many_headers(struct arena *a)
{
	struct sb sb;

	sb_init(&sb, a, 4 << 20);
	sb_add(&sb, HEAD);
	for (int i = 0; i < 10000; i++)
		sb_addf(&sb, "X-Trace-%d: %d\r\n", i, i);
	sb_add(&sb, "Subject: ");
	for (int i = 0; i < 20000; i++)
		sb_add(&sb, "lång ");
	sb_add(&sb, "\r\n\r\nOrden efter huvudet.\r\n");
	return (struct parcel){ sb_str(&sb), sb.len };
}

static struct parcel
one_line(struct arena *a)
{
	struct sb sb;

	sb_init(&sb, a, 4 << 20);
	sb_add(&sb, HEAD "Subject: en rad\r\n\r\nBörjan ");
	for (int i = 0; i < 100000; i++)
		sb_add(&sb, "en enda rad ");
	return (struct parcel){ sb_str(&sb), sb.len };
}

/* A picture of 12 MB, as phones send them. */
static struct parcel
large(struct arena *a)
{
	size_t n = 12u << 20;
	char *bytes = arena_alloc(a, n);
	struct sb sb;

	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	memcpy(bytes, "\xff\xd8\xff\xe0", 4);
	sb_init(&sb, a, 24u << 20);
	sb_add(&sb, HEAD "Subject: bild\r\nMIME-Version: 1.0\r\n" PART "--bb\r\n\r\nEn bild.\r\n--bb\r\nContent-Type: image/jpeg; name=IMG_1.jpg\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n");
	add_base64(&sb, bytes, n);
	sb_add(&sb, "--bb--\r\n");
	return (struct parcel){ sb_str(&sb), sb.len };
}

static struct parcel
noise(struct arena *a)
{
	size_t n = 64 * 1024;
	char *bytes = arena_alloc(a, n);
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		bytes[i] = (char)x;
	}
	return (struct parcel){ bytes, n };
}

#define DSN(TO, ID) \
	"From: MAILER-DAEMON@mx.example.net\r\nTo: " TO "\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <" ID ">\r\n" \
	"Return-Path: <>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=bb\r\n\r\n" \
	"--bb\r\n\r\nI could not deliver it.\r\n--bb\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n" \
	"Final-Recipient: rfc822; nobody@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n"

/* ---- the mails ---- */

static const struct mail mails[] = {
	/* character sets */
	{ .name = "called UTF-8, is Latin-1", TEXT(HEAD "Subject: c1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xe4vlingar p\xe5 v\xe4gen\r\n"), .words = "Grävlingar på vägen" },
	{ .name = "called Latin-1, is UTF-8", TEXT(HEAD "Subject: c2\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGrävlingar på vägen\r\n"), .words = "Grävlingar på vägen" },
	{ .name = "no charset, 8 bits", TEXT(HEAD "Subject: c3\r\n\r\nH\xe5l i gatan \x96 stort\r\n"), .words = "Hål i gatan – stort" },
	{ .name = "a charset nobody knows", TEXT(HEAD "Subject: c4\r\nContent-Type: text/plain; charset=x-mac-klingon\r\n\r\nH\xe5l i gatan\r\n"), .words = "Hål i gatan" },
	{ .name = "a charset that is no name", TEXT(HEAD "Subject: c5\r\nContent-Type: text/plain; charset=\"\xff\x00\";;;\r\n\r\nH\xc3\xa5l i gatan\r\n"), .words = "Hål i gatan" },
	{ .name = "UTF-16 with its mark, in base64", TEXT(HEAD "Subject: c6\r\nContent-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n//5IAOUAbAAgAGkAIABnAGEAdABhAG4A\r\n"), .words = "Hål i gatan" },
	{ .name = "Cyrillic, KOI8-R", TEXT(HEAD "Subject: c7\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xf0\xd2\xc9\xd7\xc5\xd4\r\n"), .words = "Привет" },
	{ .name = "Japanese, ISO-2022-JP", TEXT(HEAD "Subject: c8\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3$s$K$A$O\x1b(B\r\n"), .words = "こんにちは" },
	{ .name = "UTF-8 cut in the middle of a letter", TEXT(HEAD "Subject: c9\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSn\xc3\xb6 p\xc3"), .words = "Snö p" },
	/* headers */
	{ .name = "8-bit Latin-1 in headers", TEXT("From: \xc5sa \xd6""berg <demo.asa@example.org>\r\nTo: kontakt@lillan.example\r\nSubject: Halt p\xe5 g\xe5ngv\xe4gen\r\n\r\nx1\r\n"), .subject = "Halt på gångvägen", .sender = "demo.asa@example.org" },
	{ .name = "8-bit UTF-8 in headers", TEXT("From: \"Åsa Öberg\" <demo.asa@example.org>\r\nSubject: Halt på gångvägen\r\n\r\nx2\r\n"), .subject = "Halt på gångvägen" },
	{ .name = "an encoded word cut in the middle of a letter", TEXT(HEAD "Subject: =?utf-8?Q?Gr=C3?= =?utf-8?Q?=A4v?=\r\n\r\nx3\r\n"), .subject = "Gräv" },
	{ .name = "an encoded word of a charset nobody knows", TEXT(HEAD "Subject: =?x-none?Q?Gr=E4v?=\r\n\r\nx4\r\n"), .words = "x4" },
	{ .name = "ten thousand headers and a subject of 120 kB", .make = many_headers, .words = "Orden efter huvudet." },
	{ .name = "NUL bytes in headers and words", TEXT(HEAD "Subject: noll\0or\r\n\r\nF\xc3\xb6re\0efter\r\n"), .words = "efter" },
	{ .name = "no sender", TEXT("To: kontakt@lillan.example\r\nSubject: s1\r\n\r\nIngen avsändare\r\n"), .words = "Ingen avsändare", .unanswered = true },
	{ .name = "a sender that is none", TEXT("From: <>, , \"oj\" <@>, ;\r\nSubject: s2\r\n\r\nIngen riktig avsändare\r\n"), .words = "Ingen riktig avsändare", .unanswered = true },
	{ .name = "several senders", TEXT("From: a@example.org, b@example.org\r\nSubject: s3\r\n\r\nVi två\r\n"), .words = "Vi två", .sender = "a@example.org" },
	{ .name = "a date that is none", TEXT("From: demo.anna@example.org\r\nDate: 99 Foo 99999 99:99:99 +9999\r\nSubject: s4\r\n\r\nNär som helst\r\n"), .words = "När som helst" },
	{ .name = "our own headers smuggled in", TEXT("From: demo.anna@example.org\r\nSubject: hej =?utf-8?Q?=0D=0ABcc:_x@example.org?=\r\n\r\nSmuggel\r\n"), .words = "Smuggel", .subject = "hej Bcc: x@example.org" },
	{ .name = "a line of mbox before it", TEXT("From demo Mon Jan 11 08:11:00 2027\n" "From: demo.anna@example.org\nSubject: s5\n\nUr en låda\n"), .words = "Ur en låda", .subject = "s5" },
	{ .name = "only carriage returns", TEXT("From: demo.anna@example.org\rSubject: s6\r\rGamla Mac\r"), .words = "Gamla Mac" },
	/* nothing, or not a mail */
	{ .name = "no byte at all", TEXT(""), .words = "The mail has no text" },
	{ .name = "one line break", TEXT("\n") },
	{ .name = "only NUL bytes", TEXT("\0\0\0\0\0\0\0\0") },
	{ .name = "a header and no more", TEXT(HEAD "Subject: bara huvud\r\n"), .subject = "bara huvud" },
	{ .name = "words without a header", TEXT("Hej, lampan vid skolan är trasig.\n"), .words = "lampan vid skolan" },
	{ .name = "64 kB of noise", .make = noise },
	{ .name = "1.2 MB on one line", .make = one_line, .words = "Början en enda rad" },
	/* structures */
	{ .name = "a boundary that never closes", TEXT(HEAD "Subject: m1\r\n" PART "--bb\r\n\r\nÖppen del"), .words = "Öppen del" },
	{ .name = "a boundary that never comes", TEXT(HEAD "Subject: m2\r\n" PART "Bara text under en gräns\r\n"), .words = "Bara text under en gräns" },
	{ .name = "multipart without a boundary", TEXT(HEAD "Subject: m3\r\nContent-Type: multipart/mixed\r\n\r\nText utan gräns\r\n"), .words = "Text utan gräns" },
	{ .name = "base64 that breaks off and holds rubbish", TEXT(HEAD "Subject: m4\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVqIGRlbW8*!*gdsO\r\n"), .words = "Hej demo" },
	{ .name = "quoted-printable that is none", TEXT(HEAD "Subject: m5\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n100=% s=E4kert =ZZ =\r\n"), .words = "kert" },
	{ .name = "a transfer encoding nobody knows", TEXT(HEAD "Subject: m6\r\nContent-Transfer-Encoding: x-rot13\r\n\r\nSom det st\xc3\xa5r\r\n"), .words = "Som det står" },
	{ .name = "sixty levels of multipart", .make = bush },
	{ .name = "two thousand parts", .make = many_parts, .words = "Första delen." },
	{ .name = "mails in mails, thirty deep", .make = nested, .words = "Se brevet inuti.", .files = "inre 0.eml" },
	{ .name = "a forwarded mail with a file of its own", TEXT(HEAD "Subject: fw\r\n" PART "--bb\r\n\r\nVidarebefordrar.\r\n--bb\r\nContent-Type: message/rfc822\r\n\r\nFrom: granne@example.org\r\nSubject: Om trappan\r\nContent-Type: multipart/mixed; boundary=cc\r\n\r\n--cc\r\n\r\nTrappan är hal.\r\n--cc\r\nContent-Type: text/csv; name=x.csv\r\n\r\n1\r\n--cc--\r\n--bb--\r\n"), .words = "Vidarebefordrar.", .files = "Om trappan.eml" },
	{ .name = "text and HTML, each its own words", TEXT(HEAD "Subject: a1\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\nDen enkla texten.\r\n--bb\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Den <b>rika</b> texten.</p>\r\n--bb--\r\n"), .words = "Den enkla texten.", .laid_out = true },
	{ .name = "only HTML in the alternative", TEXT(HEAD "Subject: a2\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Bara rik text &aring;&auml;&ouml;.</p>\r\n--bb--\r\n"), .words = "Bara rik text åäö.", .laid_out = true },
	{ .name = "an empty text beside the HTML", TEXT(HEAD "Subject: a3\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\n \r\n--bb\r\nContent-Type: text/html\r\n\r\n<div>Allt står här</div>\r\n--bb--\r\n"), .words = "Allt står här", .laid_out = true },
	{ .name = "three texts in one mail", TEXT(HEAD "Subject: a4\r\n" PART "--bb\r\n\r\nEtt.\r\n--bb\r\nContent-Type: text/plain\r\n\r\nTvå.\r\n--bb\r\nContent-Type: text/html\r\n\r\n<p>Tre.</p>\r\n--bb--\r\n"), .words = "Tre.", .laid_out = true },
	{ .name = "HTML inside related inside alternative, with its picture", TEXT(HEAD "Subject: a5\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\nSe bilden.\r\n--bb\r\nContent-Type: multipart/related; boundary=rr\r\n\r\n--rr\r\nContent-Type: text/html\r\n\r\n<p>Se <img src=\"cid:1\" alt=\"bänken\"></p>\r\n--rr\r\nContent-Type: image/gif; name=b.gif\r\nContent-ID: <1>\r\nContent-Disposition: inline\r\n\r\nGIF89a\r\n--rr--\r\n--bb--\r\n"), .words = "Se bilden.", .files = "b.gif", .laid_out = true },
	{ .name = "a calendar invitation", TEXT(HEAD "Subject: a6\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\nKom på möte.\r\n--bb\r\nContent-Type: text/calendar; method=REQUEST; name=invite.ics\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n--bb--\r\n"), .words = "Kom på möte.", .files = "invite.ics" },
	{ .name = "lines that flow", TEXT(HEAD "Subject: a7\r\nContent-Type: text/plain; format=flowed; charset=utf-8\r\n\r\nEn mening som \r\nfortsätter här.\r\n"), .words = "En mening som fortsätter här." },
	{ .name = "pictures, scripts and traps in HTML", TEXT(HEAD "Subject: h1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head><style>p{background:url(http://spy.example/c)}</style><script>alert(1)</script><base href=\"http://spy.example/\"><meta http-equiv=refresh content=\"0;url=http://spy.example\"></head>"
	    "<body onload=alert(2)><p>Hela brevet.</p><img src=\"http://spy.example/1.png\" onerror=alert(3)><a href=\"javascript:alert(4)\">länk</a><form action=\"http://spy.example/f\"><input name=x></form><iframe src=\"http://spy.example/i\"></iframe><svg onload=alert(5)><p style=\"background:url(http://spy.example/s)\">Slut.</body></html>\r\n"), .words = "Hela brevet.", .not = "alert(1)", .laid_out = true },
	{ .name = "HTML that closes nothing", TEXT(HEAD "Subject: h2\r\nContent-Type: text/html\r\n\r\n<table><tr><td><div><b>Allt är öppet<a href='x\r\n"), .words = "Allt är öppet" },
	/* parcels */
	{ .name = "winmail.dat", .make = winmail, .words = "Brevet själv", .files = "karta.txt;bild.txt;winmail.dat", .first_file = "kartan" },
	{ .name = "winmail.dat that breaks off", TEXT(HEAD "Subject: t2\r\n" PART "--bb\r\n\r\nOrden.\r\n--bb\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\n\x78\x9f\x3e\x22\x01\x00\x02\x10\x80\x01\x00\xff\xff\xff\xff\r\n--bb--\r\n"), .words = "Orden.", .files = "winmail.dat" },
	{ .name = "S/MIME, signed and opaque", .make = smime_signed, .words = "Signerat: bänken är trasig.", .files = "rader.csv;smime.p7m" },
	{ .name = "S/MIME, encrypted", .make = smime_encrypted, .words = "cannot be read here", .files = "smime.p7m" },
	{ .name = "S/MIME, signed beside", TEXT(HEAD "Subject: s7\r\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=bb\r\n\r\n--bb\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSignerad text.\r\n--bb\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n--bb--\r\n"), .words = "Signerad text.", .files = "smime.p7s" },
	{ .name = "smime.p7m that is no CMS", TEXT(HEAD "Subject: s8\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nnot DER at all\r\n"), .files = "smime.p7m" },
	{ .name = "PGP, encrypted", TEXT(HEAD "Subject: p1\r\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=bb\r\n\r\n--bb\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--bb\r\nContent-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n-----END PGP MESSAGE-----\r\n--bb--\r\n"), .words = "cannot be read here" },
	{ .name = "uuencode in the text", TEXT(HEAD "Subject: u1\r\n\r\nBifogar.\r\n\r\nbegin 644 hej.txt\r\n#:&5J\r\n`\r\nend\r\n\r\nSlut.\r\n"), .words = "Bifogar.", .not = "begin 644", .files = "hej.txt", .first_file = "hej" },
	{ .name = "uuencode that breaks off", TEXT(HEAD "Subject: u2\r\n\r\nBifogar.\r\n\r\nbegin 644 hej.txt\r\n#:&5J\r\n"), .words = "Bifogar.", .files = "hej.txt" },
	{ .name = "names of files that climb and hide", TEXT(HEAD "Subject: f1\r\n" PART "--bb\r\n\r\nFiler.\r\n--bb\r\nContent-Type: text/plain; name=\"../../../etc/passwd\"\r\n\r\n1\r\n--bb\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"C:\\\\temp\\\\a.txt\"\r\n\r\n2\r\n--bb\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename*0*=utf-8''r%C3%A4k; filename*1*=ning.pdf\r\n\r\n3\r\n--bb\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n\r\n\r\n--bb--\r\n"), .words = "Filer.", .files = "passwd;a.txt;räkning.pdf;attachment-4" },
	/* sizes */
	{ .name = "claims 200 MB and is small", TEXT(HEAD "Subject: l1\r\nContent-Length: 209715200\r\nLines: 99999999\r\nContent-Type: message/external-body; access-type=URL; URL=\"http://spy.example/big\"; size=209715200\r\n\r\nContent-Type: image/png\r\n\r\n") },
	{ .name = "a picture of 12 MB", .make = large, .words = "En bild.", .files = "IMG_1.jpg" },
	/* machines: no loop is possible */
	{ .name = "a bounce of nothing we sent", TEXT(DSN("kontakt@lillan.example", "b1@mx.example.net") "\r\n--bb--\r\n"), .kind = "delivery_failure -", .unanswered = true },
	{ .name = "a bounce of a bounce", TEXT(DSN("MAILER-DAEMON@lillan.example", "b2@mx.example.net") "\r\n--bb\r\nContent-Type: message/rfc822\r\n\r\nFrom: MAILER-DAEMON@lillan.example\r\nTo: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n.\r\n--bb--\r\n"), .kind = "delivery_failure -", .unanswered = true },
	{ .name = "our own receipt come back", TEXT("From: kontakt@lillan.example\r\nTo: kontakt@lillan.example\r\nSubject: Vi har tagit emot\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <self1@lillan.example>\r\n\r\nDin kontakt har tagits emot.\r\n"), .kind = "auto_reply -", .unanswered = true },
	{ .name = "out of office", TEXT(HEAD "Subject: Autosvar: semester\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <ooo1@example.org>\r\n\r\nJag är borta.\r\n"), .kind = "auto_reply -", .unanswered = true },
	{ .name = "a list", TEXT("From: nyheter@example.org\r\nTo: kontakt@lillan.example\r\nList-Id: <nyheter.example.org>\r\nPrecedence: bulk\r\nSubject: Nyhetsbrev\r\n\r\nNyheter.\r\n"), .words = "Nyheter.", .unanswered = true },
	{ .name = "an abuse report", TEXT("From: fbl@example.net\r\nTo: kontakt@lillan.example\r\nSubject: report\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=bb\r\n\r\n--bb\r\n\r\nAn abuse report.\r\n--bb\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: x\r\n\r\n--bb\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n.\r\n--bb--\r\n"), .kind = "feedback -", .unanswered = true },
	{ .name = "marked as spam upstream", TEXT(HEAD "X-Spam-Flag: YES\r\nSubject: k1\r\n\r\nBilliga piller\r\n"), .kind = "quarantined", .words = "Billiga piller", .unanswered = true },
};

/* ---- sending one, and looking ---- */

struct world {
	struct arena *a;
	const char *url, *engine;
	struct database *d;
	struct db *db;
	struct web web;
	int failed;
};

static void
wrong(struct world *w, const struct mail *m, const char *fmt, ...)
{
	va_list ap;

	w->failed++;
	va_start(ap, fmt);
	(void)fprintf(stderr, "# %s: %s: ", w->engine, m->name);
	(void)vfprintf(stderr, fmt, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
}

/* Runs `narkontakt mail` with these bytes: its exit code, and the line it printed. */
static int
run_mail(const char *url, int in_fd, char line[200])
{
	int out_fd = fault_text_fd("", 0), code;
	ssize_t n;

	code = fault_wait(fault_start(in_fd, out_fd, (const char *const[]){ "mail", "--db", url, "--to", "kontakt@lillan.example",
	    "--now", NOW, NULL }));
	n = pread(out_fd, line, 199, 0);
	line[n < 0 ? 0 : n] = '\0';
	(void)close(out_fd);
	(void)close(in_fd);
	return code;
}

static void
look_at_files(struct world *w, const struct mail *m, const struct document *d)
{
	struct err err = { 0 };
	const void *bytes;
	const char *type;
	struct sb names;
	size_t n;

	sb_init(&names, w->a, 64 * 1024);
	for (size_t i = 0; i < d->n_files; i++)
		sb_addf(&names, "%s%s", i == 0 ? "" : ";", d->file[i].name);
	if (strcmp(sb_str(&names), m->files) != 0)
		wrong(w, m, "files '%.200s', not '%s'", sb_str(&names), m->files);
	else if (m->first_file != NULL && (!file_get(w->db, w->a, d->file[0].sha256, &bytes, &n, &type, &err) ||
	    n != strlen(m->first_file) || memcmp(bytes, m->first_file, n) != 0))
		wrong(w, m, "the first file is another: %zu bytes", n);
}

/* The page of a contact, its original, its HTML; what the database has of it. */
static void
look_at(struct world *w, const struct mail *m, const struct parcel *p, const char *number)
{
	static const char *const traps[] = { "spy.example", "<img", "<script>", "onerror", "onload", "javascript:", "<iframe",
		"<input name=\"x\"", "<style" };
	const char *path = arena_printf(w->a, "/kontakter/%s", number);
	struct document_list docs;
	struct contact c;
	struct err err = { 0 };
	char *spaced;

	if (!contact_by_number(w->db, w->a, number, &c, &err) || !document_of(w->db, w->a, c.id, 0, 2, &docs, &err) ||
	    docs.n == 0) {
		wrong(w, m, "%s is not there: %s", number, err.log);
		return;
	}
	spaced = arena_strdup(w->a, docs.item[0].text);
	for (char *s = spaced; *s != '\0'; s++)
		*s = *s == '\n' ? ' ' : *s;
	if (web_get(&w->web, path) != 200)
		wrong(w, m, "its page is %ld", w->web.status);
	if (m->words != NULL && strstr(m->words, "he mail has no text") == NULL && strstr(m->words, "cannot be read here") == NULL &&
	    (strstr(spaced, m->words) == NULL || (strlen(spaced) < 100000 && !web_has(&w->web, m->words) &&
	    strchr(docs.item[0].text, '\n') == NULL)))
		wrong(w, m, "reads '%.300s', not '%s'", docs.item[0].text, m->words);
	if (m->words != NULL && strstr(m->words, "cannot be read here") != NULL && strstr(spaced, "krypterat") == NULL)
		wrong(w, m, "does not say that it is encrypted: '%.300s'", spaced);
	if (m->not != NULL && strstr(spaced, m->not) != NULL)
		wrong(w, m, "reads '%s'", m->not);
	if (m->subject != NULL && strcmp(c.subject, m->subject) != 0)
		wrong(w, m, "subject '%.200s', not '%s'", c.subject, m->subject);
	if (m->sender != NULL && (c.sender_email == NULL || strcmp(c.sender_email, m->sender) != 0))
		wrong(w, m, "sender '%s'", c.sender_email);
	if (m->files != NULL)
		look_at_files(w, m, &docs.item[0]);
	if (web_get(&w->web, arena_printf(w->a, "%s/original/%" PRId64, path, docs.item[0].id)) != 200 || w->web.n != p->n ||
	    (p->n > 0 && memcmp(w->web.body, p->bytes, p->n) != 0))
		wrong(w, m, "the original: %ld, %zu bytes of %zu", w->web.status, w->web.n, p->n);
	if (m->laid_out && web_get(&w->web, arena_printf(w->a, "%s/utseende/%" PRId64, path, docs.item[0].id)) != 200)
		wrong(w, m, "its HTML: %ld", w->web.status);
	for (size_t i = 0; m->laid_out && i < ARRAY_LEN(traps); i++) {
		const char *at = w->web.body == NULL ? NULL : strstr(w->web.body, "nk-mail");

		if (at == NULL || strstr(at, traps[i]) != NULL)
			wrong(w, m, "its HTML has %s", traps[i]);
	}
}

static int64_t
outbox_rows(struct world *w)
{
	struct err err = { 0 };
	int64_t n = 0;

	if (!db_id(w->db, "SELECT COUNT(*) FROM outbox", &n, &err, ""))
		store_fail("outbox", &err);
	return n;
}

static void
one_mail(struct world *w, const struct mail *m)
{
	struct parcel p = m->make != NULL ? m->make(w->a) : raw(m->bytes, m->n);
	const char *kind = m->kind != NULL ? m->kind : "contact";
	int64_t before = outbox_rows(w);
	char line[200], again[200], *number;
	int code = run_mail(w->url, fault_text_fd(p.bytes, p.n), line);

	line[strcspn(line, "\n")] = '\0';
	number = strchr(line, ' ');
	if (code != 0 || number == NULL) {
		wrong(w, m, "exit %d, said '%s'", code, line);
		return;
	}
	number++;
	if (strncmp(line, kind, strlen(kind)) != 0)
		wrong(w, m, "said '%s', not '%s'", line, kind);
	if (strchr(kind, '-') == NULL && (strncmp(number, "K-2027-", 7) != 0 || strspn(number + 7, "0123456789") != 6))
		wrong(w, m, "'%s' is no number", number);
	else if (strchr(kind, '-') == NULL)
		look_at(w, m, &p, number);
	if (m->unanswered && outbox_rows(w) != before)
		wrong(w, m, "was answered");
	code = run_mail(w->url, fault_text_fd(p.bytes, p.n), again);
	again[strcspn(again, "\n")] = '\0';
	if (code != 0 || strcmp(again, arena_printf(w->a, "duplicate %s", number)) != 0)
		wrong(w, m, "sent again: exit %d, said '%s'", code, again);
}

/* One byte more than is taken: refused at the door, and nothing of it is stored. */
static void
too_large(struct world *w)
{
	static const struct mail m = { .name = "200 MB and a byte" };
	char name[] = "/tmp/nk-text.XXXXXX", line[200];
	int fd = mkostemp(name, O_CLOEXEC), code;
	struct err err = { 0 };
	int64_t before = 0, after = 0;

	(void)unlink(name);
	if (fd < 0 || write(fd, HEAD "\r\n", strlen(HEAD "\r\n")) < 0 || ftruncate(fd, (off_t)RAW_BYTES_MAX + 1) != 0)
		abort();
	(void)lseek(fd, 0, SEEK_SET);
	if (!db_id(w->db, "SELECT COUNT(*) FROM mail_in", &before, &err, ""))
		store_fail("mail_in", &err);
	code = run_mail(w->url, fd, line);
	if (code != 65 || line[0] != '\0' || !db_id(w->db, "SELECT COUNT(*) FROM mail_in", &after, &err, "") || after != before)
		wrong(w, &m, "exit %d, said '%s'", code, line);
}

/* A hundred automatic mails from one address: bounded answers, whatever they claim to be. */
static void
loop(struct world *w)
{
	static const struct mail m = { .name = "a machine that answers every receipt" };
	int64_t before = outbox_rows(w), sent;
	char line[200];

	for (int i = 0; i < 25; i++) {
		const char *text = arena_printf(w->a, "From: robot@example.net\r\nTo: kontakt@lillan.example\r\nSubject: Re: tack %d\r\n\r\nTack! %d\r\n", i, i);

		if (run_mail(w->url, fault_text_fd(text, strlen(text)), line) != 0)
			wrong(w, &m, "said '%s'", line);
	}
	sent = outbox_rows(w) - before;
	if (sent > 10 || sent < 1)
		wrong(w, &m, "%d answers to 25 mails", (int)sent);
}

static void
status_of(struct world *w, const struct mail *m, const char *path, const char *has)
{
	if (web_get(&w->web, path) != 200 || !web_has(&w->web, has))
		wrong(w, m, "%s: %ld, without %s", path, w->web.status, has);
}

/* The template of numbers is changed: the next number is printed by it, and both kinds are found in a subject. */
static void
numbers(struct world *w, int64_t now)
{
	static const char anna[] = "From: demo.anna@example.org\r\nTo: kontakt@lillan.example\r\n", mine[] = "Subject: nummer\r\n\r\nEtt.\r\n";
	static const struct mail m = { .name = "numbers of another kind" };
	struct err err = { 0 };
	char first[200], second[200], line[200];
	const char *text = arena_printf(w->a, "%s%s", anna, mine);

	if (run_mail(w->url, fault_text_fd(text, strlen(text)), first) != 0 || strncmp(first, "contact K-2027-", 15) != 0)
		wrong(w, &m, "said '%s'", first);
	assert_false(site_set(w->db, 0, "site.contact_number", "{n}", now, &err));
	assert_string_equal(err.field, "contact_number");
	err = (struct err){ 0 };
	assert_true(site_set(w->db, 0, "site.contact_number", "LI{yyyy}-{n:04}", now, &err));
	assert_true(site_set(w->db, 0, "site.contact_number", "NY-{yyyy}-{n}", now, &err));
	assert_true(site_set(w->db, 0, "site.contact_number", "LI{yyyy}-{n:04}", now, &err));
	text = arena_printf(w->a, "%sSubject: nytt nummer\r\n\r\nTvå.\r\n", anna);
	if (run_mail(w->url, fault_text_fd(text, strlen(text)), second) != 0 || strncmp(second, "contact LI2027-", 15) != 0)
		wrong(w, &m, "said '%s'", second);
	first[strcspn(first, "\n")] = second[strcspn(second, "\n")] = '\0';
	text = arena_printf(w->a, "%sSubject: Re: %s\r\n\r\nTillägg.\r\n", anna, strchr(first, ' ') + 1);
	if (run_mail(w->url, fault_text_fd(text, strlen(text)), line) != 0 || strncmp(line, arena_printf(w->a, "reply %s",
	    strchr(first, ' ') + 1), strlen(first) - 2) != 0)
		wrong(w, &m, "the old number: said '%s'", line);
	text = arena_printf(w->a, "%sSubject: Re: %s\r\n\r\nTillägg till.\r\n", anna, strchr(second, ' ') + 1);
	if (run_mail(w->url, fault_text_fd(text, strlen(text)), line) != 0 || strncmp(line, arena_printf(w->a, "reply %s",
	    strchr(second, ' ') + 1), strlen(second) - 2) != 0)
		wrong(w, &m, "the new number: said '%s'", line);
	status_of(w, &m, arena_printf(w->a, "/sok?q=%s", strchr(first, ' ') + 1), arena_printf(w->a, "/kontakter/%s", strchr(first, ' ') + 1));
	status_of(w, &m, arena_printf(w->a, "/sok?q=%s", strchr(second, ' ') + 1), arena_printf(w->a, "/kontakter/%s", strchr(second, ' ') + 1));
}

static void
all_mails(struct database *d, struct db *db, void *arg)
{
	struct world w = { .a = arena_open(), .url = arg, .d = d, .db = db,
		.engine = database_engine(d) == DB_SQLITE ? "sqlite" : "postgresql" };
	int64_t now = fault_at(NOW);
	struct town t = town_make(db, now);
	struct change by = { 0, now, NULL };
	struct err err = { 0 };
	struct http_server *server;
	struct bed b = { .name = w.engine, .db = db };
	int port;

	town_must(mailbox_save(db, &by, &(struct mailbox){ .address = "kontakt@lillan.example", .name = "Kontakt", .authority_id = t.tn,
	    .unit_id = t.street, .active = true }, NULL, &err), &err, "mailbox");
	server = town_serve(d, &port);
	town_sign_in(&w.web, db, port, t.manager);
	for (size_t i = 0; i < ARRAY_LEN(mails); i++) {
		if (getenv("MAIL") == NULL || strstr(mails[i].name, getenv("MAIL")) != NULL)
			one_mail(&w, &mails[i]);
	}
	too_large(&w);
	loop(&w);
	numbers(&w, now);
	assert_true(bed_verified(&b, now));
	web_close(&w.web);
	http_server_stop(server, 1);
	arena_close(w.a);
	if (w.failed > 0)
		fail_msg("%s: %d of %zu mails are not what they should be", w.engine, w.failed, ARRAY_LEN(mails));
}

static void
test_each_hard_mail_is_numbered_readable_and_given_back(void **state)
{
	char dir[] = "/tmp/nk-store.XXXXXX", path[64], remove[80];

	(void)state;
	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/test.db", dir);
	store_one(path, true, all_mails, path);
	(void)snprintf(remove, sizeof(remove), "rm -rf %s", dir);
	if (system(remove) != 0)
		abort();
}

static void
test_each_hard_mail_on_postgresql(void **state)
{
	char url[256];

	(void)state;
	if (store_postgresql() == NULL)
		skip();
	(void)snprintf(url, sizeof(url), "%s", store_postgresql());
	store_clean(url);
	store_one(url, true, all_mails, url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_hard_mail_is_numbered_readable_and_given_back),
		cmocka_unit_test(test_each_hard_mail_on_postgresql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
