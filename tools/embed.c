/* tools/embed.c: puts files into the program
 *
 *   embed OUT.c SYMBOL NAME=FILE...
 *
 * writes a table `const struct asset SYMBOL[]` (http/http.h): NAME is its path under /static/, the type follows from the
 * ending, the etag is a hash of the bytes. The table ends with a zero row. The same input gives the same output. */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

static const struct { const char *ending, *type; } types[] = {
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static const char *
type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < ARRAY_LEN(types); i++)
		if (strcmp(dot, types[i].ending) == 0)
			return types[i].type;
	(void)fprintf(stderr, "embed: %s: no type for this ending\n", name);
	exit(1);
}

/* The bytes of the file as a C array; its length and FNV-1a hash come back. */
static void
print_bytes(FILE *out, const char *path, size_t number, size_t *length, uint64_t *hash)
{
	FILE *in = fopen(path, "rb");
	int byte;

	if (in == NULL) {
		(void)fprintf(stderr, "embed: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	*length = 0;
	*hash = 0xcbf29ce484222325;
	(void)fprintf(out, "static const unsigned char file_%zu[] = {", number);
	while ((byte = fgetc(in)) != EOF) {
		(void)fprintf(out, "%s%d,", *length % 32 == 0 ? "\n" : "", byte);
		*hash = (*hash ^ (unsigned)byte) * 0x100000001b3;
		++*length;
	}
	(void)fprintf(out, "0 };\n");
	(void)fclose(in);
}

int
main(int argc, char **argv)
{
	struct { const char *name; size_t length; uint64_t hash; } file[256];
	size_t n = 0;
	FILE *out;

	if (argc < 4 || (size_t)argc - 3 > ARRAY_LEN(file) || (out = fopen(argv[1], "wb")) == NULL) {
		(void)fprintf(stderr, "usage: embed OUT.c SYMBOL NAME=FILE...\n");
		return 2;
	}
	(void)fprintf(out, "/* made by tools/embed.c */\n#include \"http/assets.h\"\n");
	for (int i = 3; i < argc; i++, n++) {
		char *equals = strchr(argv[i], '=');

		if (equals == NULL) {
			(void)fprintf(stderr, "embed: %s: NAME=FILE was expected\n", argv[i]);
			return 2;
		}
		*equals = '\0';
		file[n].name = argv[i];
		print_bytes(out, equals + 1, n, &file[n].length, &file[n].hash);
	}
	(void)fprintf(out, "const struct asset %s[] = {\n", argv[2]);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(out, "\t{ \"%s\", \"%s\", file_%zu, %zu, \"\\\"%016" PRIx64 "\\\"\" },\n", file[i].name,
		    type_of(file[i].name), i, file[i].length, file[i].hash);
	(void)fprintf(out, "\t{ 0 },\n};\n");
	return fclose(out) == 0 ? 0 : 1;
}
