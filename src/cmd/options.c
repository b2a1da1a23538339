/* cmd/options.c: tables of options and of configuration keys */
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "db/db.h"
#include "http/network.h"

enum kind { TEXT, FLAG, COUNT, INSTANT, LISTEN, DAY };

static const struct { const char *name; enum kind kind; size_t at; } flags[] = {
	{ "--db", TEXT, offsetof(struct options, db) }, { "--config", TEXT, offsetof(struct options, config) },
	{ "--listen", LISTEN, 0 }, { "--base-url", TEXT, offsetof(struct options, base_url) },
	{ "--demo", FLAG, offsetof(struct options, demo) }, { "--check", FLAG, offsetof(struct options, check) },
	{ "--json", FLAG, offsetof(struct options, json) }, { "--since", DAY, offsetof(struct options, since) },
	{ "--state", TEXT, offsetof(struct options, state) }, { "--authority", TEXT, offsetof(struct options, authority) },
	{ "--to", TEXT, offsetof(struct options, to) }, { "--limit", COUNT, offsetof(struct options, limit) },
	{ "--now", INSTANT, offsetof(struct options, now) }, { "--seed", COUNT, offsetof(struct options, seed) },
	{ "--contacts", COUNT, offsetof(struct options, contacts) }, { "--again", COUNT, offsetof(struct options, again) },
};

enum unit { WORDS, SECONDS, BYTES, NUMBER, PROXY, LISTENER, WORD_OF };

static const struct { const char *key; enum unit unit; size_t at; const char *expected; } keys[] = {
	{ "database", WORDS, offsetof(struct options, db), "a path or postgresql://..." },
	{ "listen", LISTENER, 0, "ADDR:PORT, several lines for several" },
	{ "base-url", WORDS, offsetof(struct options, base_url), "https://kontakt.kommun.example" },
	{ "tls-certificate", WORDS, offsetof(struct options, tls_certificate), "a PEM file" },
	{ "tls-key", WORDS, offsetof(struct options, tls_key), "a PEM file" },
	{ "trusted-proxy", PROXY, 0, "an address or a network such as 10.0.0.0/8, several lines for several" },
	{ "smtp-url", WORDS, offsetof(struct options, smtp_url), "smtp://host:port or smtps://host" },
	{ "smtp-user", WORDS, offsetof(struct options, smtp_user), "a name" },
	{ "smtp-password-file", WORDS, offsetof(struct options, smtp_password_file), "a file with the password alone" },
	{ "smtp-tls", WORD_OF, offsetof(struct options, smtp_tls), "required, optional or off" },
	{ "sms-secret-file", WORDS, offsetof(struct options, sms_secret_file), "a file with the gateway's secret alone" },
	{ "maildir", WORDS, offsetof(struct options, maildir), "a folder with new/ and cur/" },
	{ "imap-url", WORDS, offsetof(struct options, imap_url), "imaps://host/INBOX" },
	{ "imap-user", WORDS, offsetof(struct options, imap_user), "a name" },
	{ "imap-password-file", WORDS, offsetof(struct options, imap_password_file), "a file with the password alone" },
	{ "imap-poll", SECONDS, offsetof(struct options, imap_poll_s), "a time such as 60s" },
	{ "upload-limit", BYTES, offsetof(struct options, upload_bytes), "a size such as 25MB" },
	{ "timeout", SECONDS, offsetof(struct options, timeout_s), "a time such as 30s" },
	{ "workers", NUMBER, offsetof(struct options, workers), "a whole number" },
	{ "log-level", WORDS, offsetof(struct options, log_level), "error, warn, info or debug" },
};

/* "30s", "5m", "2h"; "25MB", "64kB"; or a bare number for NUMBER. */
static bool
parse_quantity(const char *text, enum unit unit, int64_t *out)
{
	static const struct { const char *suffix; enum unit unit; int64_t factor; } suffixes[] = {
		{ "s", SECONDS, 1 }, { "m", SECONDS, 60 }, { "h", SECONDS, 3600 }, { "B", BYTES, 1 }, { "kB", BYTES, 1000 },
		{ "MB", BYTES, 1000000 }, { "GB", BYTES, 1000000000 }, { "", NUMBER, 1 },
	};
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (end == text || errno != 0 || v < 0 || v > 1000000000)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (suffixes[i].unit == unit && strcmp(suffixes[i].suffix, end) == 0) {
			*out = v * suffixes[i].factor;
			return true;
		}
	}
	return false;
}

static bool
set_key(struct options *o, size_t i, const char *value)
{
	char *at = (char *)o + keys[i].at;
	struct network network;

	switch (keys[i].unit) {
	case LISTENER:
		if (o->n_listen == LISTEN_MAX || strrchr(value, ':') == NULL)
			return false;
		o->listen[o->n_listen++] = value;
		return true;
	case PROXY:
		if (o->n_trusted == PROXIES_MAX || !network_parse(value, &network))
			return false;
		o->trusted_proxy[o->n_trusted++] = value;
		return true;
	case WORD_OF:
		if (strcmp(value, "required") != 0 && strcmp(value, "optional") != 0 && strcmp(value, "off") != 0)
			return false;
		memcpy(at, &value, sizeof(value));
		return true;
	case WORDS:
		if (*value == '\0')
			return false;
		memcpy(at, &value, sizeof(value));
		return true;
	case SECONDS:
	case BYTES:
	case NUMBER: {
		int64_t v;

		if (!parse_quantity(value, keys[i].unit, &v))
			return false;
		memcpy(at, &v, sizeof(v));
		return true;
	}
	}
	return false;
}

bool
options_file(struct arena *a, const char *path, struct options *out, struct err *err)
{
	char *data;
	size_t n;
	int line = 0;

	if (!file_read(a, path, 1 << 20, &data, &n, err))
		return err_add(err, "configuration");
	for (char *p = data, *next; *p != '\0'; p = next) {
		size_t length = strcspn(p, "\n"), i;
		char *key, *value;

		line++;
		next = p + length + (p[length] == '\n');
		p[length] = '\0';
		key = p + strspn(p, " \t\r");
		if (*key == '#' || *key == '\0')
			continue;
		value = key + strcspn(key, " \t\r");
		if (*value != '\0')
			*value++ = '\0';
		value += strspn(value, " \t");
		for (size_t k = strlen(value); k > 0 && strchr(" \t\r", value[k - 1]) != NULL; k--)
			value[k - 1] = '\0';
		for (i = 0; i < ARRAY_LEN(keys) && strcmp(keys[i].key, key) != 0; i++)
			;
		if (i == ARRAY_LEN(keys))
			return err_set(err, ERR_INPUT, "%s:%d: no key %.40s", path, line, key);
		if (!set_key(out, i, value))
			return err_set(err, ERR_INPUT, "%s:%d: %s: expected %s", path, line, key, keys[i].expected);
	}
	if ((out->tls_certificate == NULL) != (out->tls_key == NULL))
		return err_set(err, ERR_INPUT, "%s: tls-certificate and tls-key go together", path);
	return true;
}

static bool
set_flag(struct options *o, size_t i, const char *value)
{
	char *at = (char *)o + flags[i].at;
	struct date d;
	int64_t v;
	char *end;

	switch (flags[i].kind) {
	case FLAG:
		*(bool *)at = true;
		return true;
	case LISTEN:
		if (o->n_listen == LISTEN_MAX)
			return false;
		o->listen[o->n_listen++] = value;
		return true;
	case DAY:
		if (!date_parse(value, &d) && !instant_parse(value, &v))
			return false;
		memcpy(at, &value, sizeof(value));
		return true;
	case TEXT:
		memcpy(at, &value, sizeof(value));
		return true;
	case INSTANT:
		if (!instant_parse(value, &v))
			return false;
		memcpy(at, &v, sizeof(v));
		return true;
	case COUNT:
		errno = 0;
		v = strtoll(value, &end, 10);
		if (end == value || *end != '\0' || errno != 0 || v < 0)
			return false;
		memcpy(at, &v, sizeof(v));
		return true;
	}
	return false;
}

/* What stands on the command line, put over what `o` holds already. */
static bool
parse_line(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		const char *equals = strncmp(argv[i], "--", 2) == 0 ? strchr(argv[i], '=') : NULL;
		size_t n = equals == NULL ? strlen(argv[i]) : (size_t)(equals - argv[i]), f;
		const char *value = equals == NULL ? NULL : equals + 1;

		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			if (o->n_arguments == ARRAY_LEN(o->argument))
				return cmd_usage(argv[0], "too many arguments") == 0;
			o->argument[o->n_arguments++] = argv[i];
			continue;
		}
		for (f = 0; f < ARRAY_LEN(flags) && (strlen(flags[f].name) != n || strncmp(flags[f].name, argv[i], n) != 0); f++)
			;
		if (f == ARRAY_LEN(flags))
			return cmd_usage(argv[0], "no option %s", argv[i]) == 0;
		if (flags[f].kind != FLAG && value == NULL && (value = i + 1 < argc ? argv[++i] : NULL) == NULL)
			return cmd_usage(argv[0], "%s needs a value", flags[f].name) == 0;
		if (!set_flag(o, f, value))
			return cmd_usage(argv[0], "%s: %s cannot be used", flags[f].name, value) == 0;
	}
	return true;
}

bool
options_parse(struct arena *a, int argc, char **argv, struct options *out)
{
	const struct options nothing = { .seed = 1, .contacts = -1 };
	struct options o = nothing;
	struct err err = { 0 };

	if (!parse_line(argc, argv, &o))
		return false;
	/* The command line goes before the file: the file first, then the line once more over it. */
	if (o.config != NULL) {
		const char *config = o.config;
		bool own_listen = o.n_listen > 0;

		o = nothing;
		if (!options_file(a, config, &o, &err)) {
			(void)cmd_fail(argv[0], &err);
			return false;
		}
		if (own_listen) {
			memset(o.listen, 0, sizeof(o.listen));	/* the list ends with NULL */
			o.n_listen = 0;
		}
		(void)parse_line(argc, argv, &o);
	}
	if (o.db == NULL)
		o.db = getenv("NARKONTAKT_DB") != NULL ? getenv("NARKONTAKT_DB") : "./narkontakt.db";
	*out = o;
	return true;
}

bool
options_database(const struct options *o, bool create, struct database **d, struct db **db, struct err *err)
{
	struct database_options opt = { .must_exist = !create, .alone = o->alone };

	if (!database_open(o->db, &opt, d, err))
		return false;
	if (!database_migrate(*d, NULL, err) || (*db = database_reader(*d, err)) == NULL) {
		database_close(*d);
		*d = NULL;		/* the caller closes what it was given, once */
		return false;
	}
	return true;
}

int64_t
options_now(const struct options *o)
{
	return o->now != 0 ? o->now : (int64_t)time(NULL);
}
