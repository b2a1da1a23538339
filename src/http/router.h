/* http/router.h: paths to routes
 *
 * All tables of routes make one tree of path segments at start; finding a route costs a walk along the path, whatever
 * the number of routes. A fixed segment goes before a ":name", that before "*name". */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H
#include "http/http.h"

enum { PATH_PARAMS_MAX = 8 };

struct router;
struct route_match {
	const struct route *route;	/* NULL: no such path */
	bool other_method;		/* the path is there, but not for this method */
	size_t n;
	struct { const char *name, *value; } param[PATH_PARAMS_MAX];	/* values in the arena */
};

bool router_open(const struct route *const *tables, bool (*action_known)(int), struct router **out, struct err *err);
void router_close(struct router *r);
/* `path` is decoded and starts with '/'. */
struct route_match router_find(const struct router *r, struct arena *a, enum method method, const char *path);
#endif
