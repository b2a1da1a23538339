/* tests/fuzz/fuzz_template.c: the template compiler, given anything
 *
 * Templates are our own files, not input; but a compiler that reads past its end, or loops, gives no error with a line.
 * It must end, stay inside the text, and complain exactly when it fails. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define TEMPLATE_NO_MAIN
#include "../../tools/template.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *code = NULL, *said = NULL, *text = malloc(size + 1);
	size_t n_code = 0, n_said = 0;
	FILE *out = open_memstream(&code, &n_code), *complaints = open_memstream(&said, &n_said);
	bool ok;

	assert(text != NULL && out != NULL && complaints != NULL);
	memcpy(text, data, size);		/* a copy of exactly this size, so that reading past it shows */
	ok = template_compile("t.html", text, size, out, complaints);
	(void)fclose(out);
	(void)fclose(complaints);
	assert(ok == (n_said == 0));		/* one complaint if and only if it failed */
	assert(ok || strncmp(said, "t.html:", 7) == 0);
	free(code);
	free(said);
	free(text);
	return 0;
}
