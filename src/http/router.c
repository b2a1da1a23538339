/* http/router.c: a tree of segments, built once */
#include "http/router.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

struct node {
	const char *text;		/* the segment; a parameter's name is its route's own affair */
	size_t n;
	char kind;			/* 'f' fixed, ':' parameter, '*' rest */
	struct node *child, *next;	/* children in the order f : * */
	const struct route *route[3];	/* by method */
};

struct router { struct arena *arena; struct node root; };

static struct node *
child_of(struct arena *a, struct node *parent, const char *segment, size_t n)
{
	char kind = segment[0] == ':' || segment[0] == '*' ? segment[0] : 'f';
	struct node **at = &parent->child, *fresh;

	if (kind != 'f') {
		segment++;
		n--;
	}
	for (struct node *c = parent->child; c != NULL; c = c->next) {
		if (c->kind == kind && (kind != 'f' || (c->n == n && memcmp(c->text, segment, n) == 0)))
			return c;
	}
	fresh = arena_alloc(a, sizeof(*fresh));
	*fresh = (struct node){ .text = segment, .n = n, .kind = kind };
	while (*at != NULL && ((*at)->kind == 'f' || ((*at)->kind == ':' && kind == '*')))
		at = &(*at)->next;
	fresh->next = *at;
	*at = fresh;
	return fresh;
}

static bool
add(struct router *r, const struct route *route, bool (*action_known)(int), struct err *err)
{
	struct node *node = &r->root;
	size_t params = 0;

	if (route->action == 0)
		return err_set(err, ERR_BUG, "route %s has no action", route->path);
	if (action_known != NULL && !action_known(route->action))
		return err_set(err, ERR_BUG, "route %s: nobody knows action %d", route->path, route->action);
	if (route->path[0] != '/' || route->handler == NULL || (route->method != GET && route->method != POST))
		return err_set(err, ERR_BUG, "route %s is not whole", route->path);
	for (const char *p = route->path + 1; *p != '\0';) {
		size_t n = strcspn(p, "/");

		if (*p == '*' && p[n] != '\0')
			return err_set(err, ERR_BUG, "route %s goes on after its rest", route->path);
		if ((*p == ':' || *p == '*') && ++params > PATH_PARAMS_MAX)
			return err_set(err, ERR_BUG, "route %s has too many parameters", route->path);
		node = child_of(r->arena, node, p, n);
		p += n + (p[n] == '/');
	}
	if (node->route[route->method] != NULL)
		return err_set(err, ERR_BUG, "route %s is there twice", route->path);
	node->route[route->method] = route;
	return true;
}

bool
router_open(const struct route *const *tables, bool (*action_known)(int), struct router **out, struct err *err)
{
	struct arena *a = arena_open();
	struct router *r = arena_alloc(a, sizeof(*r));

	r->arena = a;
	for (; *tables != NULL; tables++) {
		for (const struct route *route = *tables; route->path != NULL; route++) {
			if (!add(r, route, action_known, err)) {
				arena_close(a);
				return false;
			}
		}
	}
	*out = r;
	return true;
}

void
router_close(struct router *r)
{
	if (r != NULL)
		arena_close(r->arena);
}

/* Method 0 is any. */
static bool
has_route(const struct node *n, enum method method)
{
	return method == 0 ? n->route[GET] != NULL || n->route[POST] != NULL : n->route[method] != NULL;
}

/* Depth first: a fixed segment that leads nowhere gives way to a parameter. */
static const struct node *
walk(const struct node *node, struct arena *a, enum method method, const char *path, struct route_match *m)
{
	size_t n = strcspn(path, "/");
	size_t kept = m->n;

	if (*path == '\0')
		return has_route(node, method) ? node : NULL;
	for (const struct node *c = node->child; c != NULL; c = c->next) {
		const struct node *found;

		if (c->kind == 'f' && (c->n != n || memcmp(c->text, path, n) != 0))
			continue;
		if (c->kind != 'f' && (n == 0 || m->n == PATH_PARAMS_MAX))
			continue;
		if (c->kind != 'f')
			m->param[m->n++].value = arena_strndup(a, path, c->kind == '*' ? strlen(path) : n);
		if (c->kind == '*' && has_route(c, method))
			return c;
		if (c->kind != '*' && (found = walk(c, a, method, path + n + (path[n] == '/'), m)) != NULL)
			return found;
		m->n = kept;
	}
	return NULL;
}

/* Two routes may call the same place by different names; each finds its own. */
static void
name_params(struct arena *a, struct route_match *m)
{
	size_t i = 0;

	for (const char *p = m->route->path + 1; *p != '\0' && i < m->n;) {
		size_t n = strcspn(p, "/");

		if (*p == ':' || *p == '*')
			m->param[i++].name = arena_strndup(a, p + 1, n - 1);
		p += n + (p[n] == '/');
	}
}

struct route_match
router_find(const struct router *r, struct arena *a, enum method method, const char *path)
{
	struct route_match m = { 0 };
	const struct node *node = walk(&r->root, a, method, path + 1, &m);

	if (node == NULL) {
		m = (struct route_match){ .other_method = walk(&r->root, a, 0, path + 1, &m) != NULL };
		m.n = 0;
		return m;
	}
	m.route = node->route[method];
	name_params(a, &m);
	return m;
}
