/* http/assets.c: one name for all embedded files */
#include "http/assets.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

static char version[20];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
compute(void)
{
	uint64_t h = 0xcbf29ce484222325;	/* FNV-1a over the etags */

	for (const struct asset *asset = static_assets; asset->path != NULL; asset++)
		for (const char *p = asset->etag; *p != '\0'; p++)
			h = (h ^ (unsigned char)*p) * 0x100000001b3;
	(void)snprintf(version, sizeof(version), "%08" PRIx32, (uint32_t)(h ^ h >> 32));
}

const char *
assets_version(void)
{
	(void)pthread_once(&once, compute);
	return version;
}
