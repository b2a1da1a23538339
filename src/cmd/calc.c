/* cmd/calc.c: the pure rules from the shell, a JSON object a line */
#include "cmd/calc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "cmd/cmd.h"

enum { LINE_MAX_BYTES = 32 * 1024 * 1024, OUT_MAX_BYTES = 64 * 1024 * 1024 };

static const struct calc_function *const tables[] = { calc_law, calc_stats, calc_queue };

static const struct calc_function *
find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		for (const struct calc_function *f = tables[i]; f->name != NULL; f++) {
			if (strcmp(f->name, name) == 0)
				return f;
		}
	}
	return NULL;
}

/* The answer to one line into sb; false when it is an error object. */
static bool
answer(const struct calc_function *f, const char *line, size_t n, struct sb *sb)
{
	struct err err = { 0 };
	json_t *in = NULL, *out = json_object();
	bool ok = json_parse(line, n, &in, &err);

	if (ok && !json_is_object(in))
		ok = err_set(&err, ERR_INPUT, "a JSON object was expected");
	ok = ok && f->run(in, out, &err);
	if (ok) {
		json_print(sb, out);
	} else {
		sb_add(sb, "{\"error\": ");
		sb_json(sb, err.person != NULL ? err.person : err.log);
		sb_add(sb, ", \"field\": ");
		sb_json(sb, err.field);
		sb_add_c(sb, '}');
	}
	json_decref(in);
	json_decref(out);
	return ok;
}

int
cmd_calc(int argc, char **argv)
{
	const struct calc_function *f;
	struct arena *a;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int code = EXIT_DONE;

	if (argc != 2)
		return cmd_usage("calc", "one function name is expected");
	if ((f = find(argv[1])) == NULL)
		return cmd_usage("calc", "no function %s", argv[1]);
	a = arena_open();
	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct sb sb;

		if (strspn(line, " \t\r\n") == (size_t)n)
			continue;
		sb_init(&sb, a, OUT_MAX_BYTES);
		if (n > LINE_MAX_BYTES) {
			sb_add(&sb, "{\"error\": \"the line is too long\", \"field\": null}");
			code = EXIT_FAILED;
		} else if (!answer(f, line, (size_t)n, &sb)) {
			code = EXIT_FAILED;
		}
		(void)puts(sb_str(&sb));
		arena_reset(a);
	}
	free(line);
	arena_close(a);
	if (ferror(stdin) || fflush(stdout) != 0) {
		(void)fprintf(stderr, "narkontakt: calc: %s\n", strerror(errno));
		return EXIT_FAILED;
	}
	return code;
}
