/* cmd/serve.c: the server: HTTP, the clock, the sender, and how it starts and stops
 *
 * One thread does what is due (cmd/tick.h): it wakes every few seconds, when something was put in the outbox (then at most five
 * times a second, and only to send: a busy hour must not spend its processor on looking), and in every new minute for the clock.
 * SIGTERM and SIGINT finish what is under way; SIGHUP reads the certificate again, unless it means that the terminal has gone.
 * Under systemd it takes its socket and says when it is ready. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/heap.h"
#include "base/file.h"
#include "base/late.h"
#include "base/log.h"
#include "call/call_api.h"
#include "call/call_pages.h"
#include "cmd/cmd.h"
#include "cmd/handover.h"
#include "cmd/options.h"
#include "cmd/receive.h"
#include "cmd/tick.h"
#include "contact/contact_pages.h"
#include "contact/form_pages.h"
#include "contact/live.h"
#include "contact/resident_pages.h"
#include "contact/worklist_pages.h"
#include "db/db.h"
#include "disclosure/disclosure_pages.h"
#include "figures/figures_pages.h"
#include "figures/gaps_pages.h"
#include "figures/month_letter_pages.h"
#include "figures/wall_pages.h"
#include "hours/admin_hours_pages.h"
#include "hours/hours_pages.h"
#include "http/assets.h"
#include "http/http.h"
#include "mystery/measures_pages.h"
#include "mystery/mystery_pages.h"
#include "open311/open311_pages.h"
#include "people/account_pages.h"
#include "people/admin_pages.h"
#include "people/frame.h"
#include "people/scope.h"
#include "people/session_hooks.h"
#include "people/sign_in_pages.h"
#include "people/site.h"
#include "portal/preference_pages.h"
#include "portal/start_pages.h"
#include "portal/style_pages.h"
#include "registry/classification_pages.h"
#include "registry/document_pages.h"
#include "registry/matter_pages.h"
#include "registry/secrecy_pages.h"
#include "representative/desk_pages.h"
#include "representative/directory_pages.h"
#include "representative/escalate_pages.h"
#include "sms/sms_pages.h"
#include "survey/afterwards_pages.h"
#include "timeline/outbox.h"

#define LATE_SYSTEMD(X) X(sd_listen_fds) X(sd_notify)
LATE_DECLARE(late_systemd, LATE_SYSTEMD);
LATE_DEFINE(late_systemd, LATE_SYSTEMD, "libsystemd.so.0");

enum { IDLE_S = 5, STOP_S = 20, REST_MS = 200, MINUTE_S = 60, NIGHT_LOOK_S = 60, NIGHT_NICE = 10 };

static const struct frame_link navigation[] = {
	{ "/arbetslista", N_("Worklist"), ACT_CONTACT_LIST },
	{ "/telefon", N_("Telephone"), ACT_CALL_DESK },
	{ "/kontakter/ny", N_("New contact"), ACT_CONTACT_CREATE },
	{ "/arenden", N_("Matters"), ACT_MATTER_LIST },
	{ "/skrivbord", N_("Your desk"), ACT_ESCALATION_READ },
	{ "/skrivbord", N_("Not satisfied"), ACT_ESCALATION_MANAGE },
	{ "/skrivbord", N_("To classify"), ACT_ESCALATION_CLASSIFY },
	{ "/bevis", N_("Nobody forgotten"), ACT_UNANSWERED_PROOF },
	{ "/siffror", N_("How we answer"), ACT_FIGURES },
	{ "/kkik", N_("Compared with others"), ACT_MEASURES },
	{ "/testfragor", N_("Test questions"), ACT_MYSTERY },
	{ "/luckor", N_("Unanswered calls"), ACT_COVERAGE },
	{ "/manadsbrev", N_("Monthly letters"), ACT_LETTER_READ },
	{ "/lasningar", N_("Readings"), ACT_READ_LOG },
	{ "/fortroendevalda", N_("Who represents me?"), ACT_PUBLIC },
	{ NULL, NULL, 0 },
};

struct jobs {
	struct database *database;
	const struct options *options;
	pthread_t thread, night;
	pthread_mutex_t lock;
	pthread_cond_t wake, night_wake;
	bool stopping, woken;
};

static void
wake_jobs(void *arg)
{
	struct jobs *j = arg;

	(void)pthread_mutex_lock(&j->lock);
	j->woken = true;
	(void)pthread_cond_signal(&j->wake);
	(void)pthread_mutex_unlock(&j->lock);
}

/* Which parts are due now; remembers that they were. A clock set back makes all due. */
static unsigned
parts_due(int64_t now, int64_t *soon_at, int64_t *minute)
{
	unsigned parts = TICK_SEND;

	if (now >= *soon_at + IDLE_S || now < *soon_at) {
		parts |= TICK_SOON;
		*soon_at = now;
	}
	if (now / MINUTE_S != *minute) {
		parts |= TICK_SOON | TICK_DAYS;
		*minute = now / MINUTE_S;
	}
	return parts;
}

static void *
jobs_main(void *arg)
{
	struct jobs *j = arg;
	int64_t soon_at = 0, minute = 0;

	(void)pthread_mutex_lock(&j->lock);
	while (!j->stopping) {
		struct err err = { 0 };
		struct tick_done done;
		struct timespec until, rested;
		int64_t now = (int64_t)time(NULL);
		struct db *db;

		(void)pthread_mutex_unlock(&j->lock);
		db = database_reader(j->database, &err);
		if (db == NULL || !tick_run(db, j->options, parts_due(now, &soon_at, &minute), now, &done, &err))
			log_line(LOG_ERROR, "tick", "code=%s error=\"%s\"", err_code_name(err.code), err.log);
		(void)pthread_mutex_lock(&j->lock);
		(void)clock_gettime(CLOCK_REALTIME, &until);
		rested = until;
		until.tv_sec += IDLE_S;
		rested.tv_nsec += REST_MS * 1000000L;
		rested.tv_sec += rested.tv_nsec / 1000000000L;
		rested.tv_nsec %= 1000000000L;
		while (!j->stopping && pthread_cond_timedwait(&j->wake, &j->lock, &rested) == 0)
			;
		while (!j->stopping && !j->woken && pthread_cond_timedwait(&j->wake, &j->lock, &until) == 0)
			;
		j->woken = false;
	}
	(void)pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* The night's work, beside everything else and after it in line: the clock goes on by the minute meanwhile. */
static void *
night_main(void *arg)
{
	struct jobs *j = arg;

	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NIGHT_NICE);
	(void)pthread_mutex_lock(&j->lock);
	while (!j->stopping) {
		struct err err = { 0 };
		struct timespec until;
		struct db *db;
		bool ok;

		(void)pthread_mutex_unlock(&j->lock);
		db = database_reader(j->database, &err);
		ok = db != NULL && night_run(db, (int64_t)time(NULL), &err);
		(void)pthread_mutex_lock(&j->lock);
		if (!ok && !j->stopping)
			log_line(LOG_ERROR, "night", "code=%s error=\"%s\"", err_code_name(err.code), err.log);
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += NIGHT_LOOK_S;
		while (!j->stopping && pthread_cond_timedwait(&j->night_wake, &j->lock, &until) == 0)
			;
	}
	(void)pthread_mutex_unlock(&j->lock);
	return NULL;
}

static void
jobs_start(struct jobs *j)
{
	(void)pthread_mutex_init(&j->lock, NULL);
	(void)pthread_cond_init(&j->wake, NULL);
	(void)pthread_cond_init(&j->night_wake, NULL);
	outbox_on_put(wake_jobs, j);
	if (pthread_create(&j->thread, NULL, jobs_main, j) != 0 || pthread_create(&j->night, NULL, night_main, j) != 0)
		abort();
}

static void
jobs_stop(struct jobs *j)
{
	(void)pthread_mutex_lock(&j->lock);
	j->stopping = true;
	(void)pthread_cond_signal(&j->wake);
	(void)pthread_cond_signal(&j->night_wake);
	(void)pthread_mutex_unlock(&j->lock);
	night_stop();
	(void)pthread_join(j->thread, NULL);
	(void)pthread_join(j->night, NULL);
}

static bool
rebuild(struct db *tx, void *arg, struct err *err)
{
	return scope_rebuild(tx, 0, local_date(*(int64_t *)arg), err);
}

/* Rights as rows follow the program's table and today's date. */
static bool
prepare(struct db *db, const struct options *o, const char *base_url, struct err *err)
{
	int64_t now = options_now(o);
	struct arena *a = arena_open();
	const char *set = NULL;
	bool ok = db_write(db, rebuild, &now, err) && site_get(db, a, "site.base_url", &set, err);

	/* Links in mails need it also when `narkontakt mail` makes them. */
	if (ok && base_url != NULL && (set == NULL || strcmp(set, base_url) != 0))
		ok = site_set(db, 0, "site.base_url", base_url, now, err);
	arena_close(a);
	return ok;
}

static sigset_t
our_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	return set;
}

/* Until it is to stop. */
static void
wait_for_signals(struct http_server *s)
{
	sigset_t set = our_signals();
	bool terminal = isatty(STDIN_FILENO) == 1;
	int sig = 0;

	while (sigwait(&set, &sig) == 0 && sig == SIGHUP && !terminal) {
		struct err err = { 0 };

		if (http_server_reload(s, &err))
			log_line(LOG_INFO, "reload", "certificate=read");
		else
			log_line(LOG_ERROR, "reload", "code=%s error=\"%s\"", err_code_name(err.code), err.log);
	}
}

static void
block_signals(void)
{
	sigset_t set = our_signals();

	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

const struct route *const serve_routes[] = {
	open311_routes, open311_admin_routes,
	start_routes, hours_routes, admin_hours_routes, gaps_routes, wall_routes,
	sms_routes, form_routes, resident_routes, worklist_routes, contact_routes, sign_in_routes, account_routes, preference_routes,
	admin_routes, admin_people_routes, directory_routes, escalate_routes, desk_routes, afterwards_routes,
	mystery_routes, measures_routes,
	call_api_routes, call_routes, exchange_routes, figures_routes, month_letter_routes, disclosure_routes, matter_routes, document_routes,
	secrecy_routes, classification_routes,
	NULL, NULL,	/* the style guide, when it is a demonstration */
};

static bool
start(const struct options *o, struct database *d, struct db *db, struct http_server **s, struct err *err)
{
	static const char *const localhost[] = { "127.0.0.1:8080", NULL };
	static const struct route *routes[ARRAY_LEN(serve_routes)];
	struct frame_options frame = { .nav = navigation, .search = "/sok", .suggest = "/sok/forslag",
		.answers = hours_answers, .demo = o->demo };
	static struct frame_options kept;
	struct http_config config = {
		.listen = o->n_listen > 0 ? o->listen : localhost, .base_url = o->base_url,
		.tls_certificate = o->tls_certificate, .tls_key = o->tls_key,
		.trusted_proxies = o->n_trusted > 0 ? o->trusted_proxy : NULL, .workers = (int)o->workers, .socket_fd = -1,
		.assets = static_assets,
	};

	memcpy(routes, serve_routes, sizeof(serve_routes));
	if (o->demo)
		routes[ARRAY_LEN(routes) - 2] = style_routes;
	if (o->upload_bytes > 0 || o->timeout_s > 0)
		config.limits = (struct http_limits){ .form_bytes = 2 * 1024 * 1024,
			.upload_bytes = o->upload_bytes > 0 ? (size_t)o->upload_bytes : 60u * 1024 * 1024, .fields = 1000,
			.files = 20, .timeout_s = o->timeout_s > 0 ? (int)o->timeout_s : 30 };
	kept = frame;
	frame_configure(&kept);
	if (!late_systemd_load(err))
		return false;
	if (late_systemd.sd_listen_fds(0) > 0)
		config.socket_fd = SD_LISTEN_FDS_START;
	return session_hooks(d, &config.hooks, err) && http_server_start(&config, d, routes, s, err) &&
	    prepare(db, o, o->base_url, err);
}

/* The files that the configuration names can be read now, by whoever asks. */
static bool
check_files(const struct options *o, struct err *err)
{
	enum { FILE_MOST = 1 << 20 };
	const struct { const char *key, *path; } file[] = {
		{ "tls-certificate", o->tls_certificate }, { "tls-key", o->tls_key },
		{ "smtp-password-file", o->smtp_password_file }, { "imap-password-file", o->imap_password_file },
		{ "sms-secret-file", o->sms_secret_file },
	};
	static const char *const folder[] = { "new", "cur" };
	struct arena *a = arena_open();
	bool ok = true;
	char *text;
	size_t n;

	for (size_t i = 0; ok && i < ARRAY_LEN(file); i++) {
		if (file[i].path != NULL)
			ok = (file_read(a, file[i].path, FILE_MOST, &text, &n, err) &&
			    (n > 0 || err_set(err, ERR_INPUT, "%s is empty", file[i].path))) || err_add(err, "%s", file[i].key);
	}
	for (size_t i = 0; ok && o->maildir != NULL && i < ARRAY_LEN(folder); i++) {
		const char *path = arena_printf(a, "%s/%s", o->maildir, folder[i]);

		ok = access(path, R_OK | W_OK | X_OK) == 0 ||
		    err_set(err, ERR_INPUT, "maildir: %s: %s (a Maildir has new/ and cur/, which are read and written)", path, strerror(errno));
	}
	arena_close(a);
	return ok;
}

/* The configuration, the files it names, the database: all that a start would find wrong, without serving. */
static int
check(const struct options *o)
{
	struct database *d = NULL;
	struct err err = { 0 };
	int version = 0, newest = 0;
	struct database_options opt = { .must_exist = true, .busy_s = 3 };

	if (!check_files(o, &err))
		return cmd_fail("serve --check", &err);
	if ((o->tls_certificate == NULL) != (o->tls_key == NULL)) {
		(void)err_set(&err, ERR_INPUT, "tls-certificate and tls-key go together");
		return cmd_fail("serve --check", &err);
	}
	if (!database_open(o->db, &opt, &d, &err) || database_reader(d, &err) == NULL)
		return cmd_fail("serve --check", &err);
	if (!database_schema_version(d, &version, &newest, &err))
		(void)printf("database %s: empty, will be made at start\n", o->db);
	else
		(void)printf("database %s: schema %d of %d\n", o->db, version, newest);
	database_close(d);
	(void)printf("configuration is good\n");
	return EXIT_DONE;
}

int
cmd_serve(int argc, char **argv)
{
	static const char *const levels[] = { "error", "warn", "info", "debug" };
	struct arena *a = arena_open();
	struct options o;
	struct err err = { 0 };
	struct database *d = NULL;
	struct http_server *s = NULL;
	struct jobs jobs = { 0 };
	struct receivers *receivers;
	struct handover *handover;
	struct db *db;

	if (!options_parse(a, argc, argv, &o)) {
		arena_close(a);
		return EXIT_USAGE;
	}
	for (size_t i = 0; o.log_level != NULL && i < ARRAY_LEN(levels); i++) {
		if (strcmp(levels[i], o.log_level) == 0)
			log_set_level((enum log_level)i);
	}
	if (o.n_arguments > 0) {
		arena_close(a);
		return cmd_usage("serve", "no argument is expected: %s", o.argument[0]);
	}
	if (o.check) {
		int code = check(&o);

		arena_close(a);
		return code;
	}
	block_signals();
	heap_keep();
	if (!options_database(&o, true, &d, &db, &err) || (o.demo && !init_demo(db, &o, &err)) ||
	    !init_office(db, options_now(&o), &err) ||
	    !start(&o, d, db, &s, &err)) {
		http_server_stop(s, 0);
		database_close(d);
		arena_close(a);
		return cmd_fail("serve", &err);
	}
	jobs = (struct jobs){ .database = d, .options = &o };
	jobs_start(&jobs);
	if (!live_open(http_server_hub(s), d, &err))
		log_line(LOG_WARN, "hear", "state=deaf");	/* pages hear of this server's changes only; all else works */
	receivers = receivers_start(d, &o);
	handover = handover_start(d, o.db);
	log_line(LOG_INFO, "start", "version=" NARKONTAKT_VERSION " port=%d demo=%d", http_server_port(s, 0), o.demo);
	if (o.demo && isatty(STDOUT_FILENO))
		(void)printf("Närkontakt: http://127.0.0.1:%d/ (demo: sign in at /logga-in). Ctrl-C stops it.\n",
		    http_server_port(s, 0));
	(void)fflush(stdout);
	(void)late_systemd.sd_notify(0, "READY=1");
	wait_for_signals(s);
	(void)late_systemd.sd_notify(0, "STOPPING=1");
	log_line(LOG_INFO, "stop", "finishing=what-is-under-way");
	jobs_stop(&jobs);
	receivers_stop(receivers);
	handover_stop(handover);
	live_close(d);
	http_server_stop(s, STOP_S);
	outbox_on_put(NULL, NULL);
	database_close(d);
	arena_close(a);
	return EXIT_DONE;
}
