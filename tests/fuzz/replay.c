/* tests/fuzz/replay.c: gives a fuzz target every file of its committed corpus, once; prints TAP
 *
 * The file that breaks something is the last one named: what a target asserts ends the process. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The file's bytes, exactly as large as they are, so that a sanitizer sees one read too many. */
static uint8_t *
read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
		return NULL;
	*n = (size_t)size;
	data = malloc(*n > 0 ? *n : 1);
	if (data != NULL && fread(data, 1, *n, f) != *n) {
		free(data);
		data = NULL;
	}
	(void)fclose(f);
	return data;
}

int
main(void)
{
	struct dirent **entry = NULL;
	int n = scandir(CORPUS, &entry, is_input, alphasort), failed = 0;

	for (int i = 0; i < n; i++) {
		char path[4096];
		uint8_t *data;
		size_t size = 0;

		(void)snprintf(path, sizeof(path), "%s/%s", CORPUS, entry[i]->d_name);
		(void)fprintf(stderr, "# %s\n", entry[i]->d_name);
		data = read_file(path, &size);
		if (data == NULL || LLVMFuzzerTestOneInput(data, size) != 0)
			failed++;
		free(data);
		free(entry[i]);
	}
	free(entry);
	(void)printf("%s 1 - %d inputs of %s\n1..1\n", n > 0 && failed == 0 ? "ok" : "not ok", n, strrchr(CORPUS, '/') + 1);
	return n > 0 && failed == 0 ? 0 : 1;
}
