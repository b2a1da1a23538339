/* mail/reply.c: sharing out the lines
 *
 * Every line is first looked at by itself (blank, quoted with >, a signature's beginning, words); then one walk from
 * the top decides. Three things end what is new for good, since nothing after them can be told apart: "-----Original
 * Message-----", a block of From/Sent/To/Subject, and an introduction whose quotation has no > before its lines. An
 * introduction followed by > lines takes only those: people also write below. */
#include "mail/reply.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"
#include "base/utf8.h"

enum { INTRODUCTION_LINES = 4, INTRODUCTION_BYTES = 500, HEADER_LOOK = 8, WORD_MAX = 24, SIGNATURE_LINES = 30,
	LOOKED_AT_MAX = 256 * 1024 };	/* nobody writes more than this above what they quote */

enum part { PART_REPLY, PART_QUOTED, PART_SIGNATURE };
struct line { const char *s; size_t n; enum part part; };	/* n without the \n */
struct lines { struct line *item; size_t n; };

/* Introductions, "Den 3 mars 2026 skrev Eva Ek <eva@example.org>:". Lower case; `first` begins the first line, `verb` is
 * near the end. Nordic first, then what arrives from the rest of Europe. */
static const struct { const char *first, *verb; } introductions[] = {
	{ "den ", "skrev" }, { "on ", "wrote" }, { "på ", "skrev" }, { "fre ", "skrev" }, { "tors ", "skrev" },
	{ "ons ", "skrev" }, { "tis ", "skrev" }, { "mån ", "skrev" }, { "sön ", "skrev" }, { "lör ", "skrev" },
	{ "fre. ", "skrev" }, { "tor. ", "skrev" }, { "ons. ", "skrev" }, { "tir. ", "skrev" }, { "man. ", "skrev" },
	{ "søn. ", "skrev" }, { "lør. ", "skrev" }, { "am ", "schrieb" }, { "le ", "écrit" }, { "at ", "wrote" }, { "el ", "escribió" },
	{ "il ", "ha scritto" }, { "op ", "schreef" }, { "w dniu ", "napisał" }, { "dnia ", "napisał" },
	{ "20", "skrev" }, { "20", "wrote" }, { "", "kirjoitti:" }, { "", "skrev följande:" },
};

static const char *const plain_verbs[] = { " skrev:", " wrote:", " writes:", " skriver:", " schrieb:", " a écrit :" };

/* Lines that say that all below is an older mail, when nothing else stands on them but dashes and the words. */
static const char *const separators[] = {
	"ursprungligt meddelande", "originalmeddelande", "original message", "oorspronkelijk bericht",
	"ursprüngliche nachricht", "message d'origine", "oprindelig meddelelse", "opprinnelig melding",
	"alkuperäinen viesti", "vidarebefordrat meddelande", "vidarebefordrat brev", "forwarded message",
	"vidarebefordrat mail", "begin forwarded message", "original-nachricht", "mensaje original", "messaggio originale",
	"reply above this line", "svara ovanför denna rad",
};

/* Header words as programs translate them. One of `from` and two of the others within a few lines are a header. */
static const char *const from_words[] = { "från", "from", "fra", "von", "de", "da", "van", "lähettäjä", "avsändare", "od" };
static const char *const other_words[] = {
	"skickat", "skickades", "datum", "sent", "date", "sendt", "dato", "gesendet", "envoyé", "inviato", "data",
	"enviado", "fecha", "verzonden", "lähetetty", "till", "to", "til", "an", "à", "a", "para", "aan", "vastaanottaja",
	"ämne", "subject", "emne", "betreff", "objet", "oggetto", "asunto", "onderwerp", "aihe", "kopia", "cc", "kopi",
	"risposta", "reply-to", "svar till", "temat", "do",
};

/* What telephones and programs add. Whole lines that begin so, and are short. */
static const char *const sent_from[] = {
	"skickat från min ", "skickat från mitt ", "skickat från outlook", "skickat från yahoo", "skickat från e-post",
	"skickat från gmail", "skickades från min ", "skickat med ", "hämta outlook för ", "sent from my ",
	"sent from outlook", "sent from yahoo", "sent from mail for", "sent from proton", "sent with ", "sent via ",
	"get outlook for ", "von meinem ", "gesendet von ", "envoyé de mon ", "envoyé depuis ", "enviado desde ",
	"inviato da ", "sendt fra min ", "sendt fra mitt ", "lähetetty ", "tjänsten skickad från ",
};

static struct lines
lines_of(struct arena *a, const char *text)
{
	struct lines out = { 0 };
	size_t count = 1;

	for (const char *p = text; *p != '\0'; p++)
		count += *p == '\n';
	out.item = arena_array(a, count, sizeof(*out.item));
	for (const char *p = text; *p != '\0';) {
		size_t n = p - text < LOOKED_AT_MAX ? strcspn(p, "\n") : strlen(p);

		out.item[out.n++] = (struct line){ p, n, PART_REPLY };
		p += n + (p[n] == '\n');
	}
	return out;
}

static bool
blank(const struct line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->s[i] != ' ' && l->s[i] != '\t' && (unsigned char)l->s[i] != 0xa0 && (unsigned char)l->s[i] != 0xc2)
			return false;
	}
	return true;
}

static bool
quoted(const struct line *l)
{
	size_t i = 0;

	while (i < l->n && i < 3 && l->s[i] == ' ')
		i++;
	return i < l->n && l->s[i] == '>';
}

/* Lower case without the decoration of bold and of dashes around it: "*Från:* Eva" is "från:* eva". */
static char *
bare(struct arena *a, const struct line *l, size_t max)
{
	const char *s = l->s;
	size_t n = l->n;

	while (n > 0 && strchr(" \t*-_=", *s) != NULL) {
		s++;
		n--;
	}
	while (n > 0 && strchr(" \t*-_=", s[n - 1]) != NULL)
		n--;
	return utf8_lower(a, utf8_clean(a, s, n < max ? n : max));
}

static bool
starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool
is_separator(struct arena *a, const struct line *l)
{
	char *s;

	if (l->n < 12 || l->n > 90)
		return false;
	s = bare(a, l, l->n);
	for (size_t i = 0; i < ARRAY_LEN(separators); i++) {
		size_t n = strlen(separators[i]);

		if (starts(s, separators[i]) && (s[n] == '\0' || (s[n] == ':' && s[n + 1] == '\0') ||
		    (s[n] == ' ' && (s[n + 1] == '-' || starts(s + n + 1, "från")))))
			return true;
	}
	return false;
}

/* The word before the colon of a header-like line is in the list. */
static bool
header_word(struct arena *a, const struct line *l, const char *const *words, size_t n_words)
{
	char word[WORD_MAX + 1], *s, *colon;
	size_t n;

	if (memchr(l->s, ':', l->n < 60 ? l->n : 60) == NULL)
		return false;
	s = bare(a, l, 60);
	colon = strchr(s, ':');
	n = colon == NULL ? 0 : (size_t)(colon - s);
	while (n > 0 && (s[n - 1] == '*' || s[n - 1] == ' '))
		n--;
	if (n == 0 || n > WORD_MAX)
		return false;
	memcpy(word, s, n);
	word[n] = '\0';
	for (size_t i = 0; i < n_words; i++) {
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

static bool
is_header_block(struct arena *a, const struct lines *in, size_t at)
{
	int others = 0;

	if (!header_word(a, &in->item[at], from_words, ARRAY_LEN(from_words)))
		return false;
	for (size_t i = at + 1; i < in->n && i < at + HEADER_LOOK && others < 2; i++) {
		if (!blank(&in->item[i]))
			others += header_word(a, &in->item[i], other_words, ARRAY_LEN(other_words));
	}
	return others >= 2;
}

static size_t
next_words(const struct lines *in, size_t at)
{
	while (at < in->n && blank(&in->item[at]))
		at++;
	return at;
}

/* Whether any of the next few lines ends in a colon: most do not, and need no closer look. */
static bool
colon_near(const struct lines *in, size_t at)
{
	for (size_t i = at; i < in->n && i < at + INTRODUCTION_LINES && !blank(&in->item[i]); i++) {
		const struct line *l = &in->item[i];
		size_t n = l->n;

		while (n > 0 && strchr(" *_", l->s[n - 1]) != NULL)
			n--;
		if (n > 0 && l->s[n - 1] == ':')
			return true;
	}
	return false;
}

/* How many lines from `at` on introduce a quotation ("On ... wrote:", which programs wrap); 0 when they do not. */
static size_t
introduction(struct arena *a, const struct lines *in, size_t at)
{
	struct sb sb;

	if (in->item[at].n > INTRODUCTION_BYTES || !colon_near(in, at))
		return 0;
	sb_init(&sb, a, INTRODUCTION_BYTES * 2);
	for (size_t i = at; i < in->n && i < at + INTRODUCTION_LINES; i++) {
		const struct line *l = &in->item[i];
		char *s;
		size_t n;

		if (blank(l) || quoted(l) || l->n > INTRODUCTION_BYTES || sb.len + l->n > INTRODUCTION_BYTES)
			return 0;
		sb_add_n(&sb, l->s, l->n);
		sb_add_c(&sb, ' ');
		s = utf8_lower(a, utf8_clean(a, sb_str(&sb), sb.len));
		s += strspn(s, " \t*_");
		n = strlen(s);
		while (n > 0 && strchr(" *_", s[n - 1]) != NULL)
			s[--n] = '\0';
		if (n == 0 || s[n - 1] != ':')
			continue;
		for (size_t k = 0; k < ARRAY_LEN(introductions); k++) {
			const char *verb = strstr(s, introductions[k].verb);

			/* A date or an address says that this is no sentence of the writer's own. */
			if (starts(s, introductions[k].first) && verb != NULL &&
			    (strpbrk(s, "0123456789") != NULL || strchr(s, '@') != NULL))
				return i - at + 1;
		}
		/* "Eva Ek wrote:" alone may be the writer's own words, unless a quotation follows. */
		for (size_t k = 0; i == at && k < ARRAY_LEN(plain_verbs); k++) {
			size_t next = next_words(in, i + 1), v = strlen(plain_verbs[k]);

			if (n > v && strcmp(s + n - v, plain_verbs[k]) == 0 && next < in->n && quoted(&in->item[next]))
				return 1;
		}
		return 0;
	}
	return 0;
}

static bool
is_sent_from(struct arena *a, const struct line *l)
{
	char *s;

	if (l->n < 8 || l->n > 120)
		return false;
	s = bare(a, l, l->n);
	for (size_t i = 0; i < ARRAY_LEN(sent_from); i++) {
		if (starts(s, sent_from[i]))
			return true;
	}
	return false;
}

/* "-- " (RFC 3676 4.3), also when the space was lost. */
static bool
is_delimiter(const struct line *l)
{
	return l->n >= 2 && l->n <= 3 && memcmp(l->s, "--", 2) == 0 && (l->n == 2 || l->s[2] == ' ');
}

static void
give(struct lines *in, size_t from, size_t to, enum part part)
{
	for (size_t i = from; i < to; i++)
		in->item[i].part = part;
}

/* A line of "____" stands above Outlook's header block. */
static bool
is_rule(const struct line *l)
{
	size_t n = l->n;

	while (n > 0 && l->s[n - 1] == ' ')
		n--;
	return n >= 8 && (strspn(l->s, "_") >= n || strspn(l->s, "-") >= n);
}

/* The rest of a signature that began at `at` ends where something older begins, or where too much is said. */
static size_t
signature_end(struct arena *a, const struct lines *in, size_t at)
{
	size_t i = at + 1;

	for (; i < in->n && i < at + SIGNATURE_LINES; i++) {
		const struct line *l = &in->item[i];

		if (quoted(l) || is_separator(a, l) || is_header_block(a, in, i) || introduction(a, in, i) > 0)
			break;
	}
	return i;
}

/* `a` is for scratch work, emptied at every line. */
static void
share_out(struct arena *a, struct lines *in)
{
	for (size_t i = 0; i < in->n;) {
		struct line *l = &in->item[i];
		size_t n, after;

		arena_reset(a);
		if (blank(l)) {
			i++;
		} else if (quoted(l)) {
			l->part = PART_QUOTED;
			i++;
		} else if (is_separator(a, l) || is_header_block(a, in, i) ||
		    (is_rule(l) && (after = next_words(in, i + 1)) < in->n && is_header_block(a, in, after))) {
			give(in, i, in->n, PART_QUOTED);
			return;
		} else if ((n = introduction(a, in, i)) > 0) {
			after = next_words(in, i + n);
			if (after < in->n && !quoted(&in->item[after])) {
				give(in, i, in->n, PART_QUOTED);
				return;
			}
			give(in, i, i + n, PART_QUOTED);
			i += n;
		} else if (is_delimiter(l)) {
			n = signature_end(a, in, i);
			give(in, i, n, PART_SIGNATURE);
			i = n;
		} else if (is_sent_from(a, l)) {
			l->part = PART_SIGNATURE;
			i++;
		} else {
			i++;
		}
	}
}

static const char *
collect(struct arena *a, const struct lines *in, enum part part, size_t max)
{
	struct sb sb;
	size_t len;
	bool gap = false;	/* lines of another part stood between: a blank line keeps the pieces apart */
	char *s;

	sb_init(&sb, a, max);
	for (size_t i = 0; i < in->n; i++) {
		const struct line *l = &in->item[i];

		if (l->part != part) {
			gap = sb.len > 0;
			continue;
		}
		if (blank(l) && (sb.len == 0 || gap))
			continue;
		if (gap)
			sb_add_c(&sb, '\n');
		gap = false;
		sb_add_n(&sb, l->s, l->n);
		sb_add_c(&sb, '\n');
	}
	s = arena_strdup(a, sb_str(&sb));
	len = strlen(s);
	while (len > 0 && (s[len - 1] == '\n' || s[len - 1] == ' '))
		len--;
	s[len] = '\0';
	return s;
}

struct reply_parts
reply_split(struct arena *a, const char *text)
{
	struct lines in = lines_of(a, text);
	size_t max = strlen(text) * 2 + 16;
	struct arena *scratch = arena_open();

	share_out(scratch, &in);
	arena_close(scratch);
	return (struct reply_parts){
		.reply = collect(a, &in, PART_REPLY, max),
		.quoted = collect(a, &in, PART_QUOTED, max),
		.signature = collect(a, &in, PART_SIGNATURE, max),
	};
}
