/* registry/mask.c: passages taken out of a text
 *
 * A passage is found wherever its characters stand, a run of white space in either counting as one space, so that a
 * passage over a line break can be written on one line. Overlapping finds become one. */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "registry/document_work.h"

enum { RANGES_MAX = 2000 };

struct range { size_t from, to; const char *section; };

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The length in `text` that `passage` covers from here, 0 when it does not stand here. */
static size_t
match(const char *text, const char *passage)
{
	size_t i = 0;

	while (*passage != '\0') {
		if (is_space(*passage)) {
			if (!is_space(text[i]))
				return 0;
			while (is_space(text[i]))
				i++;
			while (is_space(*passage))
				passage++;
		} else if (text[i] == *passage) {
			i++;
			passage++;
		} else {
			return 0;
		}
	}
	return i;
}

static const char *
trimmed(struct arena *a, const char *s)
{
	size_t n;

	while (is_space(*s))
		s++;
	for (n = strlen(s); n > 0 && is_space(s[n - 1]); n--)
		;
	return arena_strndup(a, s, n);
}

static bool
find(struct arena *a, const char *text, const struct mask *mask, struct range *range, size_t *n, struct err *err)
{
	const char *passage = trimmed(a, mask->passage);
	size_t found = 0, length;

	if (*passage == '\0')
		return true;
	for (size_t i = 0; text[i] != '\0';) {
		if ((length = match(text + i, passage)) == 0) {
			i++;
			continue;
		}
		if (*n == RANGES_MAX)
			return err_input(err, "passages", N_("That is too many passages. Mask longer ones."));
		range[(*n)++] = (struct range){ i, i + length, mask->section };
		found++;
		i += length;
	}
	return found > 0 || err_input(err, "passages", N_("A passage does not stand in the text. Copy it exactly as it is written."));
}

/* By place; those that touch or overlap become one, under the first one's section. */
static size_t
settle(struct range *range, size_t n)
{
	size_t kept = 0;

	for (size_t i = 1; i < n; i++) {
		struct range r = range[i];
		size_t j = i;

		for (; j > 0 && range[j - 1].from > r.from; j--)
			range[j] = range[j - 1];
		range[j] = r;
	}
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && range[i].from < range[kept - 1].to) {
			if (range[i].to > range[kept - 1].to)
				range[kept - 1].to = range[i].to;
		} else {
			range[kept++] = range[i];
		}
	}
	return kept;
}

static int64_t
code_points(const char *text, size_t n)
{
	int64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

bool
mask_text(struct arena *a, const char *text, const struct mask *mask, size_t n, const char **masked,
    const char **ranges, struct err *err)
{
	struct range *range = arena_array(a, RANGES_MAX, sizeof(*range));
	size_t n_ranges = 0, at = 0;
	struct sb out, json;

	for (size_t i = 0; i < n; i++) {
		if (!find(a, text, &mask[i], range, &n_ranges, err))
			return false;
	}
	if (n_ranges == 0)
		return err_input(err, "passages", N_("Write the passages that are to be masked, one on each line."));
	n_ranges = settle(range, n_ranges);
	sb_init(&out, a, DOCUMENT_TEXT_MAX * 2);
	sb_init(&json, a, DOCUMENT_TEXT_MAX);
	sb_add_c(&json, '[');
	for (size_t i = 0; i < n_ranges; i++) {
		sb_add_n(&out, text + at, range[i].from - at);
		sb_addf(&out, "[maskerat, %s]", range[i].section);
		sb_addf(&json, "%s{\"from\": %" PRId64 ", \"to\": %" PRId64 ", \"section\": ", i == 0 ? "" : ", ",
		    code_points(text, range[i].from), code_points(text, range[i].to));
		sb_json(&json, range[i].section);
		sb_add_c(&json, '}');
		at = range[i].to;
	}
	sb_add(&out, text + at);
	sb_add_c(&json, ']');
	return sb_end(&out, masked, err) && sb_end(&json, ranges, err);
}
