/* http/assets.h: the files of static/ and Designsystemet's style sheets, inside the program
 *
 * Made at build by tools/embed.c from what mk/assets.mk lists, for http_config.assets. The paths are those under
 * /static/ ("narkontakt.css"). assets_version changes whenever one of the files does: page_site.version. */
#ifndef HTTP_ASSETS_H
#define HTTP_ASSETS_H
#include "base/base.h"
#include "http/http.h"

extern const struct asset static_assets[];	/* path NULL ends */

/* A short text that names this set of files; static. */
const char *assets_version(void);
#endif
