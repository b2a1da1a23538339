/* http/theme.c: shades by luminance; a table of them is all there is to a theme */
#include "http/theme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/sb.h"

/* The luminances are those of Designsystemet's default theme. 1 and 0 are white and black. */
static const struct shade { const char *name; double light, dark; } shades[] = {
	{ "background-default", 1,      0.0092 },
	{ "background-tinted",  0.8978, 0.0138 },
	{ "surface-default",    1,      0.0212 },
	{ "surface-tinted",     0.8087, 0.0272 },
	{ "surface-hover",      0.7015, 0.0364 },
	{ "surface-active",     0.5914, 0.0556 },
	{ "border-subtle",      0.5002, 0.0795 },
	{ "border-default",     0.1894, 0.2197 },
	{ "border-strong",      0.1100, 0.3881 },
	{ "text-subtle",        0.1100, 0.3881 },
	{ "text-default",       0.0244, 0.8409 },
};

enum { DARK_BASE_PERCENT = 26 };	/* luminance of buttons in the dark scheme, if the colour is darker */

static double
linear(int byte)
{
	double c = byte / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static int
byte_of(double linear_light)
{
	double c = linear_light <= 0.0031308 ? linear_light * 12.92 : 1.055 * pow(linear_light, 1 / 2.4) - 0.055;

	return (int)lround(fmin(fmax(c, 0), 1) * 255);
}

bool
colour_parse(const char *text, struct colour *out)
{
	unsigned long v;

	if (text != NULL && *text == '#')
		text++;
	if (text == NULL || strlen(text) != 6 || strspn(text, "0123456789abcdefABCDEF") != 6)
		return false;
	v = strtoul(text, NULL, 16);
	*out = (struct colour){ linear((int)(v >> 16)), linear((int)(v >> 8 & 255)), linear((int)(v & 255)) };
	return true;
}

double
colour_luminance(struct colour c)
{
	return 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue;
}

double
colour_contrast(struct colour a, struct colour b)
{
	double x = colour_luminance(a) + 0.05, y = colour_luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

struct colour
colour_with_luminance(struct colour c, double l)
{
	double now = colour_luminance(c);
	double white = l > now ? (l - now) / (1 - now) : 0;	/* the part of white in the mix */
	double rest = l > now ? 1 - white : now > 0 ? l / now : 0;

	return (struct colour){ c.red * rest + white, c.green * rest + white, c.blue * rest + white };
}

static void
print_variable(struct sb *sb, const char *name, struct colour c)
{
	sb_addf(sb, "--ds-color-accent-%s:#%02x%02x%02x;", name, (unsigned)byte_of(c.red), (unsigned)byte_of(c.green),
	    (unsigned)byte_of(c.blue));
}

/* The colour of buttons, what happens to it under the pointer, and the text on it. */
static void
print_base(struct sb *sb, struct colour c, bool dark)
{
	static const struct colour white = { 1, 1, 1 }, black = { 0, 0, 0 };
	double l = colour_luminance(c);
	struct colour text = colour_contrast(c, white) >= colour_contrast(c, black) ? white : black;
	double towards = dark || text.red < 0.5 ? 1 : 0;	/* away from the text's colour */

	print_variable(sb, "base-default", c);
	print_variable(sb, "base-hover", colour_with_luminance(c, l + (towards - l) * 0.15));
	print_variable(sb, "base-active", colour_with_luminance(c, l + (towards - l) * 0.3));
	print_variable(sb, "base-contrast-subtle", text);
	print_variable(sb, "base-contrast-default", text);
}

static void
print_scheme(struct sb *sb, const char *selector, struct colour c, bool dark)
{
	double least = DARK_BASE_PERCENT / 100.0;

	sb_add(sb, selector);
	sb_add_c(sb, '{');
	for (size_t i = 0; i < ARRAY_LEN(shades); i++)
		print_variable(sb, shades[i].name, colour_with_luminance(c, dark ? shades[i].dark : shades[i].light));
	print_base(sb, dark && colour_luminance(c) < least ? colour_with_luminance(c, least) : c, dark);
	sb_add_c(sb, '}');
}

bool
theme_css(struct sb *sb, const char *colour, struct err *err)
{
	struct colour c;

	if (!colour_parse(colour, &c))
		return err_input(err, "colour", N_("Write the colour as # and six hexadecimal digits, such as #0062ba."));
	print_scheme(sb, ":root,[data-color-scheme=light]", c, false);
	print_scheme(sb, "[data-color-scheme=dark]", c, true);
	sb_add(sb, "@media(prefers-color-scheme:dark){");
	print_scheme(sb, "[data-color-scheme=auto]", c, true);
	sb_add(sb, "}");
	return true;
}
