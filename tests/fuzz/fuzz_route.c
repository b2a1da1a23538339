/* tests/fuzz/fuzz_route.c: any path against a table of routes
 *
 * What is found can be written back from the route's own pattern and the parameters, and is then the path. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "http/form.h"
#include "http/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
nothing(struct request *rq, struct response *rs)
{
	(void)rq;
	(void)rs;
}

static const struct route table[] = {
	{ GET, "/", 1, nothing, 0 }, { GET, "/a", 1, nothing, 0 }, { GET, "/a/new", 1, nothing, 0 },
	{ GET, "/a/:id", 1, nothing, 0 }, { POST, "/a/:number", 1, nothing, 0 }, { GET, "/a/:one/b/:two", 1, nothing, 0 },
	{ GET, "/a/:id/:id2/c", 1, nothing, 0 }, { POST, "/a/x/b/y", 1, nothing, 0 }, { GET, "/f/*rest", 1, nothing, 0 },
	{ GET, "/f/g/:h", 1, nothing, 0 }, { GET, "/:1/:2/:3/:4/:5/:6/:7/*8", 1, nothing, 0 }, { 0 },
};

static const char *
value_of(const struct route_match *m, const char *name, size_t n)
{
	for (size_t i = 0; i < m->n; i++) {
		if (strlen(m->param[i].name) == n && memcmp(m->param[i].name, name, n) == 0)
			return m->param[i].value;
	}
	return NULL;
}

static const char *
written(struct arena *a, const struct route_match *m)
{
	struct sb sb;

	sb_init(&sb, a, 64 << 20);
	for (const char *p = m->route->path; *p != '\0';) {
		size_t n;

		sb_add_c(&sb, *p++);
		n = strcspn(p, "/");
		if (*p == ':' || *p == '*') {
			assert(value_of(m, p + 1, n - 1) != NULL);
			sb_add(&sb, value_of(m, p + 1, n - 1));
		} else {
			sb_add_n(&sb, p, n);
		}
		p += n;
	}
	return sb_str(&sb);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct route *const tables[] = { table, NULL };
	static struct router *router;
	struct arena *a = arena_open();
	struct err err = { 0 };
	char *path = path_decode(a, (const char *)data, size);

	if (router == NULL)
		assert(router_open(tables, NULL, &router, &err));
	for (int method = GET; path != NULL && method <= POST; method++) {
		struct route_match m = router_find(router, a, (enum method)method, path);
		const char *back;

		assert(m.n <= PATH_PARAMS_MAX);
		if (m.route == NULL) {
			assert(m.n == 0);
			continue;
		}
		assert((int)m.route->method == method && !m.other_method);
		back = written(a, &m);
		/* A slash at the end makes no difference. */
		assert(strncmp(path, back, strlen(back)) == 0);
		assert(path[strlen(back)] == '\0' || strcmp(path + strlen(back), "/") == 0);
	}
	arena_close(a);
	return 0;
}
