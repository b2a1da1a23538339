/* cmd/user.c: accounts from the shell, and so the first administrator
 *
 *   narkontakt user add ADDRESS --name NAME [--role ROLE [--authority CODE] [--unit ID]] [--password-stdin]
 *   narkontakt user passwd ADDRESS [--password-stdin]
 *   narkontakt user role ADDRESS ROLE [--authority CODE] [--unit ID] [--from DATE] [--to DATE] [--end]
 *   narkontakt user disable|enable ADDRESS
 *   narkontakt user list [--json]
 *
 * Without --password-stdin a link is printed where the person chooses her own password, once, within seven days. What
 * is done here is on the timeline as the system's doing. */
#include "cmd/cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/file.h"
#include "base/sb.h"
#include "db/db.h"
#include "people/account.h"
#include "people/password.h"

enum { LIST_MAX = 100000 };

struct user_options {
	const char *db, *base_url, *name, *title, *role, *authority, *from, *to;
	int64_t unit_id;
	bool password_stdin, json, end;
};

struct user_run { struct database *database; struct db *db; struct arena *a; struct user_options o; struct change by; };

typedef bool user_fn(struct user_run *r, int argc, char **argv, struct err *err);

static bool
usage(struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "%s (narkontakt user -h)", what);
}

/* The message for a person is the better one at a terminal too. */
static bool
plainly(struct err *err)
{
	if (err->code == ERR_INPUT && err->person != NULL)
		(void)snprintf(err->log, sizeof(err->log), "%s: %s", err->field == NULL ? "input" : err->field, err->person);
	return false;
}

static bool
read_password(struct user_run *r, const char *name, const char *sign_in, const char **hash, struct err *err)
{
	char *text;
	size_t n;

	if (!file_read_fd(r->a, STDIN_FILENO, PASSWORD_MAX + 2, &text, &n, err))
		return false;
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		text[--n] = '\0';
	return password_acceptable(r->a, text, name, sign_in, err) && password_hash(r->a, text, hash, err);
}

static bool
give_role(struct user_run *r, int64_t account_id, struct err *err)
{
	struct role_row role = { .account_id = account_id, .unit_id = r->o.unit_id, .valid_from = r->o.from,
		.valid_to = r->o.to };
	struct authority authority;

	if (!role_parse(r->o.role, &role.role))
		return usage(err, "no such role");
	if (role.valid_from == NULL)
		role.valid_from = arena_strdup(r->a, date_text(local_date(r->by.now)).s);
	if (r->o.authority != NULL) {
		if (!authority_by_code(r->db, r->a, r->o.authority, &authority, err))
			return false;
		role.authority_id = authority.id;
	}
	return role_give(r->db, &r->by, &role, NULL, err);
}

/* A password from standard input, or a link on standard output. */
static bool
password_or_link(struct user_run *r, const struct account *account, enum link_purpose purpose, struct err *err)
{
	const char *hash, *path;

	if (r->o.password_stdin)
		return read_password(r, account->name, account->sign_in, &hash, err) &&
		    account_password(r->db, &r->by, account->id, hash, NULL, err);
	if (!account_link_make(r->db, r->a, &r->by, account->id, purpose, &path, err))
		return false;
	(void)printf("%s%s\n", r->o.base_url, path);
	return true;
}

static bool
user_add(struct user_run *r, int argc, char **argv, struct err *err)
{
	struct account account;
	struct account_in in = { .name = r->o.name, .title = r->o.title, .unit_id = r->o.unit_id };
	int64_t id;

	if (argc != 1 || r->o.name == NULL)
		return usage(err, "give one address, and --name");
	in.sign_in = argv[0];
	return account_save(r->db, &r->by, &in, &id, err) &&
	    (r->o.role == NULL || give_role(r, id, err)) &&
	    account_get(r->db, r->a, id, &account, err) &&
	    password_or_link(r, &account, PURPOSE_WELCOME, err);
}

static bool
user_passwd(struct user_run *r, int argc, char **argv, struct err *err)
{
	struct account account;

	if (argc != 1)
		return usage(err, "give one address");
	return account_by_sign_in(r->db, r->a, argv[0], &account, err) &&
	    password_or_link(r, &account, account.has_password ? PURPOSE_RESET : PURPOSE_WELCOME, err);
}

static bool
end_roles(struct user_run *r, int64_t account_id, struct err *err)
{
	struct date today = local_date(r->by.now);
	struct role_list list;
	enum role role;
	size_t ended = 0;

	if (!role_parse(r->o.role, &role))
		return usage(err, "no such role");
	if (!role_list(r->db, r->a, account_id, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		const struct role_row *g = &list.item[i];

		if (g->role != role || (g->valid_to != NULL && strcmp(g->valid_to, date_text(today).s) < 0) ||
		    (r->o.authority != NULL && (g->authority_code == NULL || strcmp(g->authority_code, r->o.authority) != 0)))
			continue;
		if (!role_end(r->db, &r->by, g->id, err))
			return false;
		ended++;
	}
	return ended > 0 || err_set(err, ERR_NOT_FOUND, "the account has no such role now");
}

static bool
user_role(struct user_run *r, int argc, char **argv, struct err *err)
{
	struct account account;

	if (argc != 2)
		return usage(err, "give an address and a role");
	r->o.role = argv[1];
	if (!account_by_sign_in(r->db, r->a, argv[0], &account, err))
		return false;
	return r->o.end ? end_roles(r, account.id, err) : give_role(r, account.id, err);
}

static bool
set_disabled(struct user_run *r, int argc, char **argv, bool disabled, struct err *err)
{
	struct account account;

	if (argc != 1)
		return usage(err, "give one address");
	return account_by_sign_in(r->db, r->a, argv[0], &account, err) &&
	    account_disable(r->db, &r->by, account.id, disabled, err);
}

static bool
user_disable(struct user_run *r, int argc, char **argv, struct err *err)
{
	return set_disabled(r, argc, argv, true, err);
}

static bool
user_enable(struct user_run *r, int argc, char **argv, struct err *err)
{
	return set_disabled(r, argc, argv, false, err);
}

static void
print_roles(struct sb *sb, const struct role_list *roles, bool json)
{
	for (size_t i = 0; i < roles->n; i++) {
		const struct role_row *g = &roles->item[i];

		if (json) {
			sb_add(sb, i == 0 ? "{\"role\":" : ",{\"role\":");
			sb_json(sb, role_name(g->role));
			sb_add(sb, ",\"authority\":");
			sb_json(sb, g->authority_code);
			sb_add(sb, ",\"unit\":");
			sb_json(sb, g->unit_name);
			sb_add(sb, ",\"from\":");
			sb_json(sb, g->valid_from);
			sb_add(sb, ",\"to\":");
			sb_json(sb, g->valid_to);
			sb_add(sb, "}");
			continue;
		}
		sb_addf(sb, "%s%s%s%s%s%s", i == 0 ? "" : ", ", role_name(g->role), g->authority_code == NULL ? "" : " ",
		    g->authority_code == NULL ? "" : g->authority_code, g->valid_to == NULL ? "" : " until ",
		    g->valid_to == NULL ? "" : g->valid_to);
	}
}

static void
print_account(struct sb *sb, const struct account *account, const struct role_list *roles, bool json)
{
	if (!json) {
		sb_addf(sb, "%s\t%s\t%s\t", account->sign_in, account->name, account->disabled_at != 0 ? "disabled" :
		    account->has_password ? account->two_step ? "two steps" : "password" : "invited");
		print_roles(sb, roles, json);
		sb_add(sb, "\n");
		return;
	}
	sb_add(sb, "{\"sign_in\":");
	sb_json(sb, account->sign_in);
	sb_add(sb, ",\"name\":");
	sb_json(sb, account->name);
	sb_add(sb, ",\"title\":");
	sb_json(sb, account->title);
	sb_add(sb, ",\"unit\":");
	sb_json(sb, account->unit_name);
	sb_addf(sb, ",\"disabled\":%s,\"password\":%s,\"two_step\":%s,\"roles\":[",
	    account->disabled_at != 0 ? "true" : "false", account->has_password ? "true" : "false",
	    account->two_step ? "true" : "false");
	print_roles(sb, roles, json);
	sb_add(sb, "]}\n");
}

static bool
user_list(struct user_run *r, int argc, char **argv, struct err *err)
{
	struct account_list list;

	(void)argv;
	if (argc != 0)
		return usage(err, "list takes no address");
	if (!account_list(r->db, r->a, "", LIST_MAX, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		struct role_list roles;
		struct sb sb;

		if (!role_list(r->db, r->a, list.item[i].id, &roles, err))
			return false;
		sb_init(&sb, r->a, 1 << 20);
		print_account(&sb, &list.item[i], &roles, r->o.json);
		(void)fputs(sb_str(&sb), stdout);
	}
	return true;
}

static const struct { const char *name; user_fn *run; } verbs[] = {
	{ "add", user_add }, { "passwd", user_passwd }, { "role", user_role }, { "disable", user_disable },
	{ "enable", user_enable }, { "list", user_list },
};

static bool
options(int argc, char **argv, struct user_options *o)
{
	enum { DB = 1, URL, NAME, TITLE, ROLE_, AUTHORITY, UNIT, FROM, TO, PASSWORD, JSON, END };
	static const struct option known[] = {
		{ "db", required_argument, NULL, DB }, { "base-url", required_argument, NULL, URL },
		{ "name", required_argument, NULL, NAME }, { "title", required_argument, NULL, TITLE },
		{ "role", required_argument, NULL, ROLE_ }, { "authority", required_argument, NULL, AUTHORITY },
		{ "unit", required_argument, NULL, UNIT }, { "from", required_argument, NULL, FROM },
		{ "to", required_argument, NULL, TO }, { "password-stdin", no_argument, NULL, PASSWORD },
		{ "json", no_argument, NULL, JSON }, { "end", no_argument, NULL, END }, { 0 },
	};
	char *end;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case DB: o->db = optarg; break;
		case URL: o->base_url = optarg; break;
		case NAME: o->name = optarg; break;
		case TITLE: o->title = optarg; break;
		case ROLE_: o->role = optarg; break;
		case AUTHORITY: o->authority = optarg; break;
		case UNIT:
			o->unit_id = strtoll(optarg, &end, 10);
			if (*end != '\0' || o->unit_id <= 0)
				return false;
			break;
		case FROM: o->from = optarg; break;
		case TO: o->to = optarg; break;
		case PASSWORD: o->password_stdin = true; break;
		case JSON: o->json = true; break;
		case END: o->end = true; break;
		default: return false;
		}
	}
	return true;
}

static bool
run(struct user_run *r, user_fn *verb, int argc, char **argv, struct err *err)
{
	return database_open(r->o.db, &(struct database_options){ .must_exist = true }, &r->database, err) &&
	    database_migrate(r->database, NULL, err) &&
	    (r->db = database_reader(r->database, err)) != NULL && verb(r, argc, argv, err);
}

int
cmd_user(int argc, char **argv)
{
	const char *env = getenv("NARKONTAKT_DB");
	struct user_run r = { .o = { .db = env == NULL ? "./narkontakt.db" : env, .base_url = "http://127.0.0.1:8080" } };
	struct err err = { 0 };
	user_fn *verb = NULL;
	int code;

	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, argv[1]) == 0)
			verb = verbs[i].run;
	if (verb == NULL)
		return cmd_usage("user", "say add, passwd, role, disable, enable or list");
	if (!options(argc - 1, argv + 1, &r.o))
		return EXIT_USAGE;		/* getopt has said which */
	r.a = arena_open();
	r.by = (struct change){ 0, (int64_t)time(NULL), NULL };
	if (run(&r, verb, argc - 1 - optind, argv + 1 + optind, &err)) {
		code = EXIT_DONE;
	} else {
		(void)plainly(&err);
		code = cmd_fail("user", &err);
		if (strstr(err.log, "(narkontakt user -h)") != NULL)
			code = EXIT_USAGE;
	}
	database_close(r.database);
	arena_close(r.a);
	return code;
}
