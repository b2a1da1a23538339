/* base/tr.c: reads MO catalogues into hash tables, once
 *
 * The format is that of the GNU gettext manual, "The Format of GNU MO Files": a header, a table of (length, offset) for
 * the originals, one for the translations. A plural's original is "one\0many", its translation "form0\0form1". The
 * catalogues come from our own build (msgfmt --endianness=little), so one that is damaged ends the program at start
 * rather than showing half a language. */
#include "base/tr.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

const struct language languages[] = { { "sv", "Svenska" }, { "en", "English" }, { NULL, NULL } };

enum { MO_MAGIC = 0x950412de, CATALOGUES_MAX = 8 };

struct entry { const char *msgid, *text; };
struct catalogue {
	const char *lang;
	struct entry *entry;	/* open addressing; a power of two, at most half full */
	size_t mask;
};

static struct catalogue catalogues[CATALOGUES_MAX];
static size_t n_catalogues;
static struct arena *memory;		/* of the tables; lives as long as the program */
static pthread_once_t built = PTHREAD_ONCE_INIT;

static uint32_t
number_at(const struct translation *t, size_t at)
{
	const unsigned char *p = t->mo + at;

	if (at + 4 > t->n) {
		(void)fprintf(stderr, "narkontakt: translation %s: damaged\n", t->lang);
		abort();
	}
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* String i of the table at `table`; inside the catalogue, with its NUL. */
static const char *
string_at(const struct translation *t, size_t table, size_t i)
{
	size_t length = number_at(t, table + 8 * i), at = number_at(t, table + 8 * i + 4);

	if (at + length >= t->n || t->mo[at + length] != '\0') {
		(void)fprintf(stderr, "narkontakt: translation %s: string %zu is damaged\n", t->lang, i);
		abort();
	}
	return (const char *)t->mo + at;
}

static size_t
hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325;	/* FNV-1a */

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return (size_t)(h ^ h >> 32);
}

/* The place of msgid: where it is, or the empty one where it would be. */
static struct entry *
place(const struct catalogue *c, const char *msgid)
{
	size_t i = hash(msgid) & c->mask;

	while (c->entry[i].msgid != NULL && strcmp(c->entry[i].msgid, msgid) != 0)
		i = (i + 1) & c->mask;
	return &c->entry[i];
}

static void
build(void)
{
	memory = arena_open();
	for (const struct translation *t = translations; t->lang != NULL && n_catalogues < CATALOGUES_MAX; t++) {
		struct catalogue *c = &catalogues[n_catalogues++];
		size_t n = number_at(t, 8), originals = number_at(t, 12), texts = number_at(t, 16), size = 16;

		if (number_at(t, 0) != MO_MAGIC)
			abort();
		while (size < 2 * n)
			size *= 2;
		*c = (struct catalogue){ t->lang, arena_array(memory, size, sizeof(*c->entry)), size - 1 };
		for (size_t i = 0; i < n; i++) {
			const char *msgid = string_at(t, originals, i);

			*place(c, msgid) = (struct entry){ msgid, string_at(t, texts, i) };
		}
	}
}

/* The entry's translation or NULL. The empty msgid is the catalogue's header, not a text. */
static const char *
find(const char *lang, const char *msgid)
{
	(void)pthread_once(&built, build);
	if (lang == NULL || msgid == NULL || *msgid == '\0')
		return NULL;
	for (size_t i = 0; i < n_catalogues; i++)
		if (strcmp(catalogues[i].lang, lang) == 0)
			return place(&catalogues[i], msgid)->text;
	return NULL;
}

const char *
tr(const char *lang, const char *msgid)
{
	const char *text = find(lang, msgid);

	return text != NULL ? text : msgid;
}

const char *
trn(const char *lang, const char *one, const char *many, int64_t n)
{
	const char *text = find(lang, one);

	if (text == NULL)
		return n == 1 ? one : many;
	return n == 1 ? text : text + strlen(text) + 1;
}

const char *
language_known(const char *code)
{
	for (const struct language *l = languages; code != NULL && l->code != NULL; l++)
		if (strcmp(l->code, code) == 0)
			return l->code;
	return NULL;
}

/* The language a range such as "sv-FI" names, or NULL. */
static const char *
language_of_range(const char *range, size_t n)
{
	for (const struct language *l = languages; l->code != NULL; l++) {
		size_t length = strlen(l->code);

		if (n >= length && strncasecmp(range, l->code, length) == 0 && (n == length || range[length] == '-'))
			return l->code;
	}
	return n == 1 && *range == '*' ? languages[0].code : NULL;
}

const char *
language_accept(const char *header)
{
	const char *best = NULL;
	double best_q = 0;

	for (const char *p = header; p != NULL && *p != '\0'; ) {
		size_t range, item;
		const char *weight, *lang;
		double q = 1;

		p += strspn(p, " \t,");
		range = strcspn(p, " \t,;");
		item = strcspn(p, ",");
		weight = memmem(p, item, "q=", 2);
		if (weight != NULL)
			q = strtod(weight + 2, NULL);
		lang = language_of_range(p, range);
		if (lang != NULL && q > best_q && q <= 1) {
			best = lang;
			best_q = q;
		}
		p += item;
	}
	return best != NULL ? best : languages[0].code;
}
