/* doc/jpeg.c: marker after marker, until the frame tells its size */
#include "doc/jpeg.h"

bool
jpeg_size(const unsigned char *bytes, size_t n, int *width, int *height)
{
	size_t at = 2;

	if (n < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
		return false;
	while (n - at >= 4 && bytes[at] == 0xff) {
		unsigned marker = bytes[at + 1];
		size_t length;

		if (marker == 0xff) {		/* a filling byte */
			at++;
			continue;
		}
		length = (size_t)bytes[at + 2] << 8 | bytes[at + 3];
		if (length < 2 || length > n - at - 2)
			return false;
		/* SOF0 to SOF2: baseline, extended, progressive; what else there is, PDF does not know */
		if (marker >= 0xc0 && marker <= 0xc2) {
			int high, wide;

			if (length < 8 || bytes[at + 4] != 8 || (bytes[at + 9] != 1 && bytes[at + 9] != 3))
				return false;
			high = bytes[at + 5] << 8 | bytes[at + 6];
			wide = bytes[at + 7] << 8 | bytes[at + 8];
			if (high == 0 || wide == 0 || high > JPEG_SIDE_MAX || wide > JPEG_SIDE_MAX)
				return false;
			*width = wide;
			*height = high;
			return true;
		}
		if (marker == 0xda || marker == 0xd9)	/* the picture itself, without a frame */
			return false;
		at += 2 + length;
	}
	return false;
}
