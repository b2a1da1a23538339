/* doc/text.h: words of one face and size, laid out by pango, for charts and letters */
#ifndef DOC_TEXT_H
#define DOC_TEXT_H
#include <stdbool.h>

#include "doc/late_draw.h"

/* `size` in the units of the drawing. The caller owns it (g_object_unref). */
PangoLayout *text_layout(cairo_t *cr, const char *text, double size, bool bold);
#endif
