/* http/theme.h: a municipality's own colour, made safe to read
 *
 * A municipality gives one colour. Designsystemet wants sixteen shades of it for light and sixteen for dark; each has a
 * relative luminance (WCAG 2.2) of its own, and the contrast between them follows from that alone. So each shade is the given
 * hue mixed with white or black until it has that luminance: text on its background then reaches 4.5:1 (borders and
 * focus 3:1) whatever the colour, also for yellow. Only the colour of buttons is the given one itself, with black or white
 * on it, whichever contrasts more. */
#ifndef HTTP_THEME_H
#define HTTP_THEME_H
#include <stdbool.h>
#include "base/base.h"

struct err; struct sb;

struct colour { double red, green, blue; };	/* linear light, 0 to 1 */

bool colour_parse(const char *text, struct colour *out);	/* "#0062ba" or "0062BA"; false otherwise */
double colour_luminance(struct colour c);			/* WCAG 2.2, relative luminance */
double colour_contrast(struct colour a, struct colour b);	/* 1 to 21 */
/* The same hue, lighter or darker, with luminance `l`. */
struct colour colour_with_luminance(struct colour c, double l);

/* A style sheet that sets the accent colours of both schemes, to be served as text/css and named in page_site.stylesheet.
 * ERR_INPUT (field "colour"): not a colour. */
bool theme_css(struct sb *sb, const char *colour, struct err *err);
#endif
