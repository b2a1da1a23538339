/* doc/jpeg.h: how large a JPEG picture says it is, and no more of it (ITU T.81, B.2.2) */
#ifndef DOC_JPEG_H
#define DOC_JPEG_H
#include <stdbool.h>
#include <stddef.h>
#include "base/base.h"

enum { JPEG_SIDE_MAX = 4000 };

/* False when the bytes are no JPEG of one or three colours (grey, RGB) that a PDF reader draws, or a side is 0 or above
 * JPEG_SIDE_MAX. Reads nothing beyond `n`. */
bool jpeg_size(const unsigned char *bytes, size_t n, int *width, int *height);
#endif
