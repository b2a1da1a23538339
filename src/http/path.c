/* http/path.c: is it ours, and how it is written */
#include "http/path.h"

#include <string.h>

#include "base/arena.h"
#include "base/sb.h"

enum { ADDRESS_MAX = 8000 };

bool
path_is_ours(const char *path)
{
	if (path == NULL || path[0] != '/' || path[1] == '/')
		return false;
	for (const char *p = path; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\\\"<>", *p) != NULL)
			return false;
	return true;
}

const char *
path_address(struct arena *a, const char *decoded_path, const char *query)
{
	struct sb sb;

	sb_init(&sb, a, ADDRESS_MAX);
	for (const char *p = decoded_path; *p != '\0'; ) {
		size_t n = strcspn(p, "/");

		sb_url(&sb, arena_strndup(a, p, n));
		p += n;
		if (*p == '/') {
			sb_add_c(&sb, '/');
			p++;
		}
	}
	if (query != NULL && query[0] != '\0') {
		sb_add_c(&sb, '?');
		sb_add(&sb, query);
	}
	return sb.full ? "/" : sb_str(&sb);
}
