/* cmd/kolada.c: kolada FILE...: the catalogue, the municipalities and the values, as /admin/kolada loads them */
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "db/db.h"
#include "mystery/kolada.h"

static bool
load(struct db *db, struct arena *a, const char *path, int64_t now, struct err *err)
{
	const struct change by = { 0, now, NULL };
	struct kolada_file f;
	char *bytes;
	size_t n;

	if (!file_read(a, path, KOLADA_BYTES_MAX, &bytes, &n, err) || !kolada_parse(a, bytes, n, &f, err) ||
	    !kolada_store(db, &by, &f, err)) {
		if (err->person != NULL)
			return err_set(err, err->code, "%s: %s", path, err->person);
		return err_add(err, "%s", path);
	}
	(void)printf("%s: %zu indicators, %zu municipalities, %zu values; %zu without a value or of one gender, %zu not taken\n", path,
	    f.n_indicators, f.n_municipalities, f.n_values, f.n_empty, f.n_bad);
	for (size_t i = 0; i < f.n_faults; i++)
		(void)fprintf(stderr, "narkontakt: kolada: %s, %s %zu: %s\n", path, f.is_csv ? "line" : "number", f.fault[i].place,
		    f.fault[i].why);
	return true;
}

int
cmd_kolada(int argc, char **argv)
{
	struct arena *a = arena_open();
	struct database *d = NULL;
	struct err err = { 0 };
	struct options o;
	struct db *db;
	int code = EXIT_DONE;

	if (!options_parse(a, argc, argv, &o)) {
		arena_close(a);
		return EXIT_USAGE;
	}
	if (o.n_arguments == 0)
		code = cmd_usage("kolada", "files from Kolada are expected: kpi.json, municipality.json, data as JSON or CSV");
	else if (!options_database(&o, false, &d, &db, &err))
		code = cmd_fail("kolada", &err);
	for (size_t i = 0; code == EXIT_DONE && i < o.n_arguments; i++) {
		if (!load(db, a, o.argument[i], options_now(&o), &err))
			code = cmd_fail("kolada", &err);
	}
	database_close(d);
	arena_close(a);
	return code;
}
