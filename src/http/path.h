/* http/path.h: addresses within our own origin */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H
#include <stdbool.h>
#include "base/base.h"

struct arena;

/* "/path?query" in our own origin: what a redirect may safely be sent to. "//host", "/\host", anything with a space, a
 * control character or a byte that should have been encoded is not; nor is NULL. */
bool path_is_ours(const char *path);

/* A decoded path (request.path) and a raw query ("" or NULL: none) as an address again, in `a`; "/" if it is too long. */
const char *path_address(struct arena *a, const char *decoded_path, const char *query);
#endif
