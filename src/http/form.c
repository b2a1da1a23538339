/* http/form.c: decoding what browsers and others send */
#include "http/form.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"

void
field_add(struct arena *a, struct field_list *list, const char *name, const char *value)
{
	if (list->n == list->cap) {
		size_t more = list->cap == 0 ? 16 : list->cap * 2;

		list->item = arena_grow(a, list->item, list->cap * sizeof(struct field), more * sizeof(struct field));
		list->cap = more;
	}
	list->item[list->n++] = (struct field){ name, value };
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void
form_line_ends(char *text)
{
	char *w = text;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\r' && p[1] == '\n')
			continue;
		*w++ = *p == '\r' ? '\n' : *p;
	}
	*w = '\0';
}

char *
form_decode(struct arena *a, const char *s, size_t n, bool plus_is_space)
{
	char *out = arena_alloc(a, n + 1), *w = out, *clean;
	size_t length;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '%' && i + 2 < n && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
			*w++ = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		} else {
			*w++ = plus_is_space && s[i] == '+' ? ' ' : s[i];
		}
	}
	length = (size_t)(w - out);
	clean = utf8_valid_n(out, length) ? out : utf8_clean(a, out, length);
	clean[clean == out ? length : strlen(clean)] = '\0';
	form_line_ends(clean);
	return clean;
}

bool
form_parse(struct arena *a, const char *s, size_t n, struct field_list *out, struct err *err)
{
	for (size_t from = 0; from < n;) {
		const char *end = memchr(s + from, '&', n - from);
		size_t to = end == NULL ? n : (size_t)(end - s);
		const char *equals = memchr(s + from, '=', to - from);
		size_t name = equals == NULL ? to : (size_t)(equals - s);

		if (to > from) {
			if (out->n == FIELDS_MAX) {
				(void)err_set(err, ERR_INPUT, "more than %d fields", FIELDS_MAX);
				err->person = N_("The form has too many fields.");
				return false;
			}
			field_add(a, out, form_decode(a, s + from, name - from, true),
			    name == to ? "" : form_decode(a, s + name + 1, to - name - 1, true));
		}
		from = to + 1;
	}
	return true;
}

const char *
field_find(const struct field_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->item[i].name, name) == 0)
			return list->item[i].value;
	}
	return NULL;
}

const char *
cookie_find(struct arena *a, const char *header, const char *name)
{
	size_t length = strlen(name);

	for (const char *p = header; p != NULL && *p != '\0';) {
		const char *end;

		p += strspn(p, " ;\t");
		end = p + strcspn(p, ";");
		if ((size_t)(end - p) > length && strncmp(p, name, length) == 0 && p[length] == '=') {
			p += length + 1;
			return utf8_clean(a, p, (size_t)(end - p));
		}
		p = end;
	}
	return NULL;
}

char *
path_decode(struct arena *a, const char *s, size_t n)
{
	char *out = arena_alloc(a, n + 1), *w = out;

	for (size_t i = 0; i < n; i++) {
		char c = s[i];

		if (c == '%') {
			if (i + 2 >= n || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0)
				return NULL;
			c = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		}
		if (c == '\0')
			return NULL;
		*w++ = c;
	}
	*w = '\0';
	return path_is_clean(out) ? out : NULL;
}

bool
path_is_clean(const char *path)
{
	if (path[0] != '/' || !utf8_valid(path))
		return false;
	for (const char *p = path; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '\\')
			return false;
		if (*p != '/')
			continue;
		if (p[1] == '/' || (p[1] == '.' && (p[2] == '/' || p[2] == '\0' ||
		    (p[2] == '.' && (p[3] == '/' || p[3] == '\0')))))
			return false;
	}
	return true;
}
