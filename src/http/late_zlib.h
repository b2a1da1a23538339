/* http/late_zlib.h: zlib, opened by the first of its functions that is called (base/late.h) */
#ifndef HTTP_LATE_ZLIB_H
#define HTTP_LATE_ZLIB_H
#include <zlib.h>

#include "base/late.h"

#define LATE_ZLIB(X) \
	X(deflate) X(deflateEnd) X(deflateInit2_)
LATE_DECLARE_READY(late_zlib, LATE_ZLIB);

#define deflate late_zlib_ready()->deflate
#define deflateEnd late_zlib_ready()->deflateEnd
#define deflateInit2_ late_zlib_ready()->deflateInit2_
#endif
