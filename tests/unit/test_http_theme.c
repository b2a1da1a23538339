/* tests/unit/test_http_theme.c: any colour gives text that can be read */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "http/theme.h"

/* The value of a variable in the part of the sheet that begins at `part`. */
static struct colour
variable(const char *part, const char *name)
{
	char key[64], value[8] = "";
	struct colour c = { 0, 0, 0 };
	const char *at;

	(void)snprintf(key, sizeof(key), "--ds-color-accent-%s:", name);
	at = strstr(part, key);
	assert_non_null(at);
	(void)snprintf(value, sizeof(value), "%.7s", at + strlen(key));
	assert_true(colour_parse(value, &c));
	return c;
}

static void
test_every_colour_can_be_read(void **state)
{
	static const char *const colours[] = { "#0062ba", "#ffd100", "#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff",
		"#777777", "#8a1538", "#004b23", "#e6007e" };
	static const struct { const char *text, *on; double least; } pair[] = {
		{ "text-default", "background-default", 7 }, { "text-default", "surface-tinted", 4.5 },
		{ "text-subtle", "background-default", 4.5 }, { "text-subtle", "background-tinted", 4.5 },
		{ "text-default", "surface-active", 4.5 }, { "border-default", "background-default", 3 },
		{ "base-contrast-default", "base-default", 4.5 }, { "base-contrast-default", "base-hover", 4.5 },
		{ "base-contrast-default", "base-active", 4.5 },
	};
	struct arena *a = arena_open();
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(colours); i++) {
		const char *part[3];
		struct sb sb;

		sb_init(&sb, a, 10000);
		assert_true(theme_css(&sb, colours[i], &err));
		part[0] = sb_str(&sb);
		part[1] = strstr(part[0], "[data-color-scheme=dark]");
		part[2] = strstr(part[0], "[data-color-scheme=auto]");
		for (size_t k = 0; k < ARRAY_LEN(pair); k++) {
			for (size_t scheme = 0; scheme < ARRAY_LEN(part); scheme++) {
				double got = colour_contrast(variable(part[scheme], pair[k].text), variable(part[scheme], pair[k].on));

				if (got < pair[k].least)
					fail_msg("%s scheme %zu: %s on %s: %.2f, wanted %.1f", colours[i], scheme, pair[k].text,
					    pair[k].on, got, pair[k].least);
			}
		}
	}
	arena_close(a);
}

static void
test_known_luminances(void **state)
{
	struct colour white, blue;

	(void)state;
	assert_true(colour_parse("#ffffff", &white));
	assert_true(colour_parse("0062BA", &blue));
	assert_float_equal(colour_luminance(white), 1, 1e-9);
	assert_float_equal(colour_luminance(blue), 0.1228, 1e-4);		/* Designsystemet's own figure */
	assert_float_equal(colour_luminance(colour_with_luminance(blue, 0.5)), 0.5, 1e-9);
	assert_float_equal(colour_luminance(colour_with_luminance(blue, 0.02)), 0.02, 1e-9);
	assert_float_equal(colour_contrast(white, (struct colour){ 0, 0, 0 }), 21, 1e-9);
}

static void
test_what_is_not_a_colour(void **state)
{
	static const char *const bad[] = { NULL, "", "#fff", "blue", "#0062bg", "#0062ba;}", "##0062b", "#0062ba " };
	struct arena *a = arena_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = { 0 };
		struct sb sb;

		sb_init(&sb, a, 10000);
		assert_false(theme_css(&sb, bad[i], &err));
		assert_int_equal(err.code, ERR_INPUT);
		assert_string_equal(err.field, "colour");
		assert_int_equal(sb.len, 0);
	}
	arena_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_colour_can_be_read),
		cmocka_unit_test(test_known_luminances),
		cmocka_unit_test(test_what_is_not_a_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
