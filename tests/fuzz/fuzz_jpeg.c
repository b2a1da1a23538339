/* tests/fuzz/fuzz_jpeg.c: the header of a picture that somebody uploaded */
#include <assert.h>
#include <stdint.h>

#include "doc/jpeg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int width = -1, height = -1;

	if (jpeg_size(data, size, &width, &height))
		assert(width > 0 && width <= JPEG_SIDE_MAX && height > 0 && height <= JPEG_SIDE_MAX);
	else
		assert(width == -1 && height == -1);
	return 0;
}
