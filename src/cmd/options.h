/* cmd/options.h: options that subcommands share, from the command line over the configuration file
 *
 * The file has one `key value` a line, # begins a comment, numbers carry units (30s, 25MB). An unknown key is an error
 * that names the file, the line and what was expected. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"

struct arena; struct err; struct database; struct db;

enum { LISTEN_MAX = 8, PROXIES_MAX = 16 };

struct options {
	const char *db;			/* URL; $NARKONTAKT_DB, else ./narkontakt.db */
	const char *config;
	const char *listen[LISTEN_MAX + 1];
	size_t n_listen;
	const char *base_url;
	bool demo, check, json;
	const char *since, *state, *authority, *to;
	int64_t limit;			/* 0: none */
	int64_t now;			/* 0: the clock */
	int64_t seed, contacts;		/* contacts -1: not said */
	int64_t again;			/* a stored mail's id; 0: none */
	/* only in the file */
	const char *tls_certificate, *tls_key;
	const char *trusted_proxy[PROXIES_MAX + 1];
	size_t n_trusted;
	const char *smtp_url, *smtp_user, *smtp_password_file, *smtp_tls, *sms_secret_file;
	const char *maildir, *imap_url, *imap_user, *imap_password_file;
	int64_t imap_poll_s;
	int64_t upload_bytes;
	int64_t timeout_s;
	int64_t workers;
	const char *log_level;
	bool alone;			/* set by the subcommand: it has one thread */
	/* what was not an option */
	const char *argument[8];
	size_t n_arguments;
};

/* False after "narkontakt: what: why" was printed; the caller returns EXIT_USAGE. Strings live in `a`. */
bool options_parse(struct arena *a, int argc, char **argv, struct options *out);
/* The file alone, for serve --check. ERR_INPUT says file, line and what was expected. */
bool options_file(struct arena *a, const char *path, struct options *out, struct err *err);
/* Opens the database of the options (must exist unless `create`), brought up to the newest schema. */
bool options_database(const struct options *o, bool create, struct database **d, struct db **db, struct err *err);
int64_t options_now(const struct options *o);
#endif
