/* tests/fuzz/fuzz_rtf.c: a body in RTF
 *
 * Packed bytes are unpacked to no more than they say, and not at all when a bit of them is wrong; RTF of any kind is valid text,
 * no longer than it can be; a winmail.dat of anything gives bytes that lie in it or in the arena. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/rtf.h"
#include "mail/wrapped.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	const char *bytes = (const char *)data, *text;
	char *copy = arena_memdup(a, data, size);
	size_t n = 0, sum = 0;
	struct tnef_body body;
	struct wrapped_files files;
	bool html;

	text = rtf_unpack(a, bytes, size, &n);
	if (text != NULL) {
		assert(n <= RTF_MAX && text[n] == '\0');
		(void)rtf_read(a, text, n, &html);
		if (memcmp(bytes + 8, "LZFu", 4) == 0 && size > 16) {
			copy[16] ^= 1;
			assert(rtf_unpack(a, copy, size, &n) == NULL);
		}
	}
	text = rtf_read(a, bytes, size, &html);
	assert(utf8_valid(text) && strlen(text) <= RTF_MAX + 8);
	files = tnef_read(a, bytes, size, &body);
	for (size_t i = 0; i < files.n; i++)
		sum += files.item[i].n > 0 ? (unsigned char)files.item[i].bytes[files.item[i].n - 1] : 0;
	for (size_t i = 0; i < body.n; i++)
		sum += (unsigned char)body.bytes[i];
	assert(sum < SIZE_MAX);
	arena_close(a);
	return 0;
}
