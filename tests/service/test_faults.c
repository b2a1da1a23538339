/* tests/service/test_faults.c: what was acknowledged is there exactly once, whatever breaks
 *
 * The real program is killed, starved of disk, locked out, left without its relay and given clocks that jump; on SQLite and
 * PostgreSQL. NK_FAULT_SEED chooses the random points (it is printed), NK_FAULT_POINTS how many times it is killed
 * (half as often on PostgreSQL), NK_FAULT_ONLY which tests run (*disk*). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "faults.h"
#include "peers.h"
#include "web.h"

static uint64_t random_state;

static uint64_t
random_next(void)
{
	uint64_t z = (random_state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void
each_engine(void (*fn)(struct bed *b))
{
	for (int i = 0; i < 2; i++) {
		struct bed b;

		if (!bed_open(&b, i == 0 ? DB_SQLITE : DB_POSTGRESQL)) {
			print_message("# no PostgreSQL here\n");
			continue;
		}
		fn(&b);
		bed_close(&b);
	}
}

static int
write_mail(char *to, size_t size, const char *from, const char *kind, long number)
{
	return snprintf(to, size, "From: Demo <%s>\nTo: info@kommun.example\nSubject: %s-%ld-\nMessage-ID: <%s-%ld@example.org>\n"
	    "\nLampan vid %s-%ld är trasig.\n", from, kind, number, kind, number, kind, number);
}

/* Finishes what was stored and not read. */
static int
fault_tick(struct bed *b)
{
	return fault_run((const char *const[]){ "tick", "--db", b->url, "--now", instant_utc((int64_t)time(NULL)).s, NULL });
}

/* ---- kill -9 ---- */

enum { FORMS = 2, NUMBERS = 100000 };

struct siege {
	struct bed *bed;
	int port;
	char config[200], maildir[200];
	_Atomic bool over;
	pthread_mutex_t lock;
	pid_t mail;			/* the `narkontakt mail` under way, under the lock; 0 when none */
	long piped, put;		/* how many were handed over */
	_Atomic long kills;
	_Atomic long forms[FORMS];
	unsigned char form_taken[FORMS][NUMBERS];
};

/* The mail server's pipe: again and again until it is told 0. */
static void *
pipe_main(void *arg)
{
	struct siege *s = arg;
	char text[1000];

	while (!atomic_load(&s->over) && s->piped < NUMBERS) {
		int n = write_mail(text, sizeof(text), "pipe@example.org", "pipe", s->piped), code;
		siginfo_t info;

		do {
			pid_t pid = fault_mail_start(s->bed->url, NULL, text, (size_t)n, -1);

			(void)pthread_mutex_lock(&s->lock);
			s->mail = pid;
			(void)pthread_mutex_unlock(&s->lock);
			(void)waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
			(void)pthread_mutex_lock(&s->lock);
			s->mail = 0;
			(void)pthread_mutex_unlock(&s->lock);
			code = fault_wait(pid);
		} while (code != 0);
		s->piped++;
	}
	return NULL;
}

/* So many at most for each time the server is killed: a slow machine is not to have more to do than a quick one. */
enum { PUT_A_KILL = 40 };

static void *
maildir_main(void *arg)
{
	struct siege *s = arg;
	char text[1000], from[400], to[400];

	while (!atomic_load(&s->over) && s->put < NUMBERS) {
		int n, fd;

		if (s->put >= PUT_A_KILL * (atomic_load(&s->kills) + 1)) {
			fault_sleep_ms(3);
			continue;
		}
		n = write_mail(text, sizeof(text), "dir@example.org", "dir", s->put);
		(void)snprintf(from, sizeof(from), "%s/tmp/%06ld.m", s->maildir, s->put);
		(void)snprintf(to, sizeof(to), "%s/new/%06ld.m", s->maildir, s->put);
		fd = open(from, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, text, (size_t)n) != n || close(fd) != 0 || rename(from, to) != 0)
			abort();
		s->put++;
		fault_sleep_ms(3);
	}
	return NULL;
}

struct form_client { struct siege *siege; int number; };

static void *
form_main(void *arg)
{
	struct form_client *me = arg;
	struct siege *s = me->siege;
	struct web w;

	web_open(&w, s->port);
	(void)curl_easy_setopt(w.curl, CURLOPT_NOSIGNAL, 1L);
	w.quiet = true;
	while (!atomic_load(&s->over) && s->forms[me->number] < NUMBERS) {
		char subject[60], opened[30];
		long n = s->forms[me->number];

		if (w.csrf[0] == '\0' && web_get(&w, "/kontakt") != 200) {
			fault_sleep_ms(5);
			continue;
		}
		(void)snprintf(subject, sizeof(subject), "form%d-%ld-", me->number, n);
		(void)snprintf(opened, sizeof(opened), "%lld", (long long)time(NULL) - 60);
		/* A person whose form got no answer writes another: numbers are not used twice. */
		s->form_taken[me->number][n] = web_post(&w, "/kontakt", "text", "Det är halt på bron.", "subject", subject,
		    "reply_by", "none", "oppnad", opened, NULL) == 303;
		if (!s->form_taken[me->number][n])
			fault_sleep_ms(5);
		atomic_fetch_add(&s->forms[me->number], 1);
	}
	web_close(&w);
	return NULL;
}

static pid_t
siege_server(struct siege *s)
{
	return fault_start(-1, -1, (const char *const[]){ "serve", "--config", s->config, NULL });
}

/* Until it takes connections, at most ten seconds. */
static void
siege_wait(const struct siege *s)
{
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons((uint16_t)s->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	for (int i = 0; i < 2000; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool up = fd >= 0 && connect(fd, (struct sockaddr *)&where, sizeof(where)) == 0;

		(void)close(fd);
		if (up)
			return;
		fault_sleep_ms(5);
	}
}

static void
siege_prepare(struct siege *s, struct bed *b)
{
	char path[300];
	FILE *f;

	s->bed = b;
	(void)pthread_mutex_init(&s->lock, NULL);
	f = popen("tests/service/free-port", "r");
	if (f == NULL || fscanf(f, "%d", &s->port) != 1 || pclose(f) != 0)
		abort();
	(void)snprintf(s->maildir, sizeof(s->maildir), "%s/mail", b->dir);
	if (mkdir(s->maildir, 0700) != 0)
		abort();
	for (int i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", s->maildir, (const char *const[]){ "new", "cur", "tmp" }[i]);
		if (mkdir(path, 0700) != 0)
			abort();
	}
	(void)snprintf(s->config, sizeof(s->config), "%s/conf", b->dir);
	if ((f = fopen(s->config, "w")) == NULL)
		abort();
	(void)fprintf(f, "database %s\nlisten 127.0.0.1:%d\nmaildir %s\nlog-level error\n", b->url, s->port, s->maildir);
	(void)fclose(f);
}

static int
waiting_in(const char *maildir)
{
	char command[300];
	int n = -1;
	FILE *f;

	(void)snprintf(command, sizeof(command), "ls %s/new | wc -l", maildir);
	f = popen(command, "r");
	if (f == NULL || fscanf(f, "%d", &n) != 1 || pclose(f) != 0)
		abort();
	return n;
}

/* How often each number of `kind` is there, from the subjects "kind-17-". */
static unsigned char *
times_there(struct bed *b, const char *kind, long n)
{
	unsigned char *times = calloc((size_t)n + 1, 1);
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct stmt *st = db_stmt(b->db, "SELECT subject FROM contact", &err);
	size_t length = strlen(kind);
	enum db_step step;

	while ((step = db_next(st, &err)) == DB_ROW) {
		const char *subject = col_text(st, a, 0);

		if (strncmp(subject, kind, length) == 0 && subject[length] == '-') {
			long i = strtol(subject + length + 1, NULL, 10);

			if (i >= 0 && i < n && times[i] < 255)
				times[i]++;
		}
	}
	db_done(st);
	if (step != DB_END)
		store_fail("subjects", &err);
	arena_close(a);
	return times;
}

/* Each of 0..n-1 exactly once; those not in `taken` (NULL: all are) at most once. */
static bool
is_once(struct bed *b, const char *kind, long n, const unsigned char *taken)
{
	unsigned char *times = times_there(b, kind, n);
	bool ok = true;

	for (long i = 0; i < n && ok; i++) {
		bool must = taken == NULL || taken[i] != 0;

		if (times[i] > 1 || (must && times[i] == 0)) {
			(void)fprintf(stderr, "# %s: %s-%ld was %sacknowledged and is there %d times\n", b->name, kind, i,
			    must ? "" : "not ", times[i]);
			ok = false;
		}
	}
	free(times);
	return ok;
}

static void
siege(struct bed *b)
{
	long points = fault_number("NK_FAULT_POINTS", 100), mails_killed = 0;
	struct siege *s = calloc(1, sizeof(*s));
	struct form_client client[FORMS];
	pthread_t thread[2 + FORMS];
	double began = fault_clock_s();
	pid_t server;
	long forms = 0;
	int waiting;

	if (database_engine(b->database) == DB_POSTGRESQL)
		points = (points + 1) / 2;	/* its own files are its own concern; ours is what we have acknowledged */
	siege_prepare(s, b);
	assert_int_equal(pthread_create(&thread[0], NULL, pipe_main, s), 0);
	assert_int_equal(pthread_create(&thread[1], NULL, maildir_main, s), 0);
	for (int i = 0; i < FORMS; i++) {
		client[i] = (struct form_client){ s, i };
		assert_int_equal(pthread_create(&thread[2 + i], NULL, form_main, &client[i]), 0);
	}
	for (long i = 0; i < points; i++) {
		server = siege_server(s);
		if (i % 2 == 1)		/* every other time while it starts, else while it works, however slow the machine is */
			siege_wait(s);
		fault_sleep_ms((long)(random_next() % 150));
		(void)pthread_mutex_lock(&s->lock);
		if (random_next() % 2 == 0 && s->mail != 0)
			mails_killed += kill(s->mail, SIGKILL) == 0;
		(void)pthread_mutex_unlock(&s->lock);
		(void)kill(server, SIGKILL);
		(void)fault_wait(server);
		atomic_fetch_add(&s->kills, 1);
	}
	/* It comes up once more and finishes what was left. */
	server = siege_server(s);
	atomic_store(&s->over, true);
	for (int i = 0; i < 2 + FORMS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	/* However long it takes, as long as there are fewer and fewer. */
	waiting = waiting_in(s->maildir);
	for (int i = 0; i < 1200 && waiting > 0; i++) {
		int now;

		fault_sleep_ms(50);
		now = waiting_in(s->maildir);
		if (now < waiting)
			i = 0;
		waiting = now;
	}
	assert_int_equal(waiting, 0);
	(void)kill(server, SIGTERM);
	assert_int_equal(fault_wait(server), 0);
	assert_int_equal(fault_tick(b), 0);
	assert_int_equal(bed_count(b, "SELECT COUNT(*) FROM mail_in WHERE kind IS NULL"), 0);
	assert_true(is_once(b, "pipe", s->piped, NULL));
	assert_true(is_once(b, "dir", s->put, NULL));
	for (int i = 0; i < FORMS; i++) {
		char kind[20];

		for (long n = 0; n < s->forms[i]; n++)
			forms += s->form_taken[i][n];
		(void)snprintf(kind, sizeof(kind), "form%d", i);
		assert_true(is_once(b, kind, s->forms[i], s->form_taken[i]));
	}
	assert_true(bed_verified(b, (int64_t)time(NULL)));
	print_message("# %s: killed %ld times, and %ld `mail`; %ld piped, %ld in the Maildir, %ld forms acknowledged; %.0f s\n", b->name, points,
	    mails_killed, s->piped, s->put, forms, fault_clock_s() - began);
	assert_true(s->piped > 0 && s->put > 0 && forms > 0);	/* else nothing was tried */
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

static void
test_killed_at_random_points(void **state)
{
	(void)state;
	each_engine(siege);
}

/* ---- the relay is down for a day ---- */

static struct peer postfix;

static int
stop_postfix(void **state)
{
	(void)state;
	if (postfix.dir[0] != '\0')
		peer_stop(&postfix, "postfix-stop");
	return 0;
}

static void
tick(struct bed *b, const char *config, int64_t now)
{
	assert_int_equal(fault_run((const char *const[]){ "tick", "--config", config, "--now", instant_utc(now).s, NULL }), 0);
	(void)b;
}

static const char *
relay_config(struct bed *b, const char *name, const char *port)
{
	static char path[2][200];
	char *p = path[strcmp(name, "up") == 0];
	FILE *f;

	(void)snprintf(p, sizeof(path[0]), "%s/%s", b->dir, name);
	if ((f = fopen(p, "w")) == NULL)
		abort();
	(void)fprintf(f, "database %s\nsmtp-url smtp://127.0.0.1:%s\nsmtp-tls off\n", b->url, port);
	(void)fclose(f);
	return p;
}

static void
relay_down(struct bed *b)
{
	/* 1 min, 5 min, 15 min, 1 h, then 3 h after each try, at ticks every quarter of an hour */
	static const int expected[] = { 0, 15, 30, 45, 105, 285, 465, 645, 825, 1005, 1185, 1365 };
	enum { MAILS = 12, TRIES = ARRAY_LEN(expected) };
	int64_t start = fault_at("2027-01-11T08:12:00+01:00"), after = 0;
	const char *down = relay_config(b, "down", "1"), *up = relay_config(b, "up", postfix.port);
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct event_list events;
	int tries[MAILS + 1] = { 0 }, sent[MAILS + 1] = { 0 };
	char command[300];
	FILE *f;
	int n;

	bed_set(b, "site.mail_from", "kontakt@kommun.example", start);
	for (int i = 0; i < MAILS; i++) {
		char text[1000], from[60];
		struct intake_result taken;

		(void)snprintf(from, sizeof(from), "resident%d.%s@example.org", i, b->name);
		n = write_mail(text, sizeof(text), from, "relay", i);
		assert_true(intake_mail(b->db, a, text, (size_t)n, NULL, start, &taken, &err));
	}
	for (int minute = 0; minute < 24 * 60; minute += 15)
		tick(b, down, start + minute * 60);
	assert_int_equal(bed_count(b, "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'"), MAILS);
	tick(b, up, start + (1365 + 180) * 60);
	tick(b, up, start + (1365 + 185) * 60);
	assert_int_equal(bed_count(b, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'"), MAILS);
	/* The timeline has every try of every message, at its time, and one sending. */
	do {
		assert_true(event_after(b->db, a, after, start, 1000, &events, &err));
		for (size_t i = 0; i < events.n; i++) {
			const struct event *e = &events.item[i];

			after = e->id;
			if (strcmp(e->action, "mail.retry") == 0) {
				assert_true(e->object_id <= MAILS && tries[e->object_id] < (int)TRIES);
				assert_int_equal(e->at, start + expected[tries[e->object_id]++] * 60);
			}
			if (strcmp(e->action, "mail.sent") == 0)
				sent[e->object_id]++;
		}
	} while (events.n == 1000);
	for (int i = 1; i <= MAILS; i++) {
		assert_int_equal(tries[i], TRIES);
		assert_int_equal(sent[i], 1);
	}
	/* And each arrived once. */
	for (int i = 0; i < 100; i++) {
		(void)snprintf(command, sizeof(command), "grep -ls 'resident.*%s@' %s/new/* | wc -l", b->name, postfix.maildir);
		f = popen(command, "r");
		if (f == NULL || fscanf(f, "%d", &n) != 1 || pclose(f) != 0)
			abort();
		if (n >= MAILS)
			break;
		fault_sleep_ms(100);
	}
	assert_int_equal(n, MAILS);
	assert_true(bed_verified(b, start + 86400));
	arena_close(a);
}

static void
test_relay_down_for_a_day(void **state)
{
	(void)state;
	if (!peer_start(&postfix, "postfix-start", "", "")) {
		skip();
		return;
	}
	each_engine(relay_down);
}

/* ---- the clock jumps ---- */

static void
clock_jumps(struct bed *b)
{
	static const char *const instants[] = {
		"2027-01-11T09:00:00+01:00", "2027-01-20T09:00:00+01:00", "2026-12-01T09:00:00+01:00", "2027-01-20T09:00:00+01:00",
		"2037-06-01T09:00:00+02:00", "2027-01-12T09:00:00+01:00", "2027-01-20T09:00:00+01:00", "2027-02-20T09:00:00+01:00",
		"2027-01-11T09:00:00+01:00", "2027-02-20T09:00:00+01:00",
	};
	enum { MAILS = 5 };
	const char *down = relay_config(b, "down", "1");
	struct arena *a = arena_open();
	struct err err = { 0 };
	struct intake_result taken;
	char text[1000];
	int n;

	bed_set(b, "site.mail_from", "kontakt@kommun.example", fault_at(instants[0]));
	for (size_t i = 0; i < ARRAY_LEN(instants); i++) {
		/* One mail at each instant, before and after what came before it. */
		n = write_mail(text, sizeof(text), i < MAILS ? "same@example.org" : "other@example.org", "jump", (long)i);
		assert_true(intake_mail(b->db, a, text, (size_t)n, NULL, fault_at(instants[i]), &taken, &err));
		assert_string_equal(taken.kind, "contact");
		assert_true(intake_mail(b->db, a, text, (size_t)n, NULL, fault_at(instants[i]), &taken, &err));
		assert_string_equal(taken.kind, "duplicate");
		tick(b, down, fault_at(instants[i]));
		tick(b, down, fault_at(instants[i]));
	}
	assert_true(is_once(b, "jump", ARRAY_LEN(instants), NULL));
	/* No contact was told of twice at the same level. */
	assert_int_equal(bed_count(b, "SELECT COUNT(*) FROM (SELECT object_id, data FROM event WHERE action = 'contact.overdue'"
	    " GROUP BY object_id, data HAVING COUNT(*) > 1) x"), 0);
	assert_true(bed_count(b, "SELECT COUNT(*) FROM event WHERE action = 'contact.overdue'") > 0);
	/* Nothing sleeps until 2037: what a clock ahead put off goes when the clock is right again. */
	assert_int_equal(bed_count(b, "SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND next_attempt_at > 1804000000"), 0);
	/* The nightly proof was made again after the clock came back. */
	assert_true(bed_count(b, "SELECT done_until FROM job WHERE name = 'nightly'") < fault_at("2030-01-01T00:00:00Z"));
	assert_true(bed_verified(b, fault_at("2027-02-20T10:00:00+01:00")));
	arena_close(a);
}

static void
test_clock_jumps(void **state)
{
	(void)state;
	each_engine(clock_jumps);
}

/* ---- 10,000 from one address ---- */

static void
flood(struct bed *b)
{
	enum { AT_ONCE = 50 };
	const long mails = database_engine(b->database) == DB_SQLITE ? 10000 : 2000;
	int64_t now = fault_at("2027-01-11T08:12:00+01:00");
	struct arena *a = arena_open();
	struct err err = { 0 };
	double took[2] = { 0 };

	bed_set(b, "site.mail_from", "kontakt@kommun.example", now);
	for (long i = 0; i < mails; i += AT_ONCE) {
		struct intake_in in[AT_ONCE];
		struct intake_result out[AT_ONCE];
		double began = fault_clock_s();

		for (int k = 0; k < AT_ONCE; k++) {
			char *text = arena_alloc(a, 1000);

			in[k] = (struct intake_in){ .bytes = text,
				.n = (size_t)write_mail(text, 1000, "flood@example.org", "flood", i + k) };
		}
		if (!intake_mails(b->db, a, in, AT_ONCE, now + i, out, &err))
			fail_msg("%s", err.log);
		for (int k = 0; k < AT_ONCE; k++)
			assert_string_equal(out[k].kind, "contact");
		if (i < mails / 5 || i >= mails - mails / 5)
			took[i >= mails / 2] += fault_clock_s() - began;
		arena_reset(a);
	}
	assert_true(is_once(b, "flood", mails, NULL));
	/* Five receipts a day, and the timeline says why the others got none. */
	assert_int_equal(bed_count(b, "SELECT COUNT(*) FROM outbox"), 5);
	assert_int_equal(bed_count(b, "SELECT COUNT(*) FROM event WHERE action = 'contact.receipt_withheld'"), mails - 5);
	print_message("# %s: the first fifth of %ld took %.2f s, the last %.2f s\n", b->name, mails, took[0], took[1]);
	assert_true(took[1] < 10 * took[0]);	/* a cost that grows with the sender's contacts would be tens of times */
	assert_true(bed_verified(b, now + mails));
	arena_close(a);
}

static void
test_flood_from_one_address(void **state)
{
	(void)state;
	each_engine(flood);
}

/* ---- the database is locked by another process ---- */

static bool
hold(struct db *tx, void *arg, struct err *err)
{
	(void)tx;
	(void)err;
	fault_sleep_ms(*(long *)arg);
	return true;
}

/* A process of its own that writes for `ms`. */
static pid_t
lock_for(struct bed *b, long ms)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct database *d = NULL;
		struct err err = { 0 };
		bool ok = database_open(b->url, NULL, &d, &err) && db_write(database_reader(d, &err), hold, &ms, &err);

		database_close(d);
		_exit(ok ? 0 : 1);
	}
	fault_sleep_ms(300);
	return pid;
}

/* Both databases at once: the wait is what takes the time. */
static void
test_locked_by_another_process(void **state)
{
	struct bed b[2];
	pid_t locker[2], mail[2];
	char text[1000];
	int n, beds = 0;

	(void)state;
	for (int i = 0; i < 2; i++)
		beds += bed_open(&b[beds], i == 0 ? DB_SQLITE : DB_POSTGRESQL);
	/* A short lock is waited for. */
	n = write_mail(text, sizeof(text), "lock@example.org", "lock", 0);
	for (int i = 0; i < beds; i++) {
		locker[i] = lock_for(&b[i], 2000);
		mail[i] = fault_mail_start(b[i].url, NULL, text, (size_t)n, -1);
	}
	for (int i = 0; i < beds; i++) {
		assert_int_equal(fault_wait(mail[i]), 0);
		assert_int_equal(fault_wait(locker[i]), 0);
	}
	/* A long one is not waited for without end: try again, and nothing was stored. */
	n = write_mail(text, sizeof(text), "lock@example.org", "lock", 1);
	for (int i = 0; i < beds; i++) {
		locker[i] = lock_for(&b[i], 13000);
		mail[i] = fault_mail_start(b[i].url, NULL, text, (size_t)n, -1);
	}
	for (int i = 0; i < beds; i++) {
		double began = fault_clock_s();

		assert_int_equal(fault_wait(mail[i]), 75);
		assert_true(fault_clock_s() - began < 13);
		assert_int_equal(bed_count(&b[i], "SELECT COUNT(*) FROM mail_in"), 1);	/* reading is never locked out */
	}
	for (int i = 0; i < beds; i++) {
		assert_int_equal(fault_wait(locker[i]), 0);
		assert_int_equal(fault_wait(fault_mail_start(b[i].url, NULL, text, (size_t)n, -1)), 0);
		assert_true(is_once(&b[i], "lock", 2, NULL));
		assert_true(bed_verified(&b[i], (int64_t)time(NULL)));
		bed_close(&b[i]);
	}
}

/* ---- the disk is full ---- */

enum { FULL_MAILS = 40, FULL_BYTES = 150 * 1024 };

static size_t
large_mail(char *to, size_t size, long number)
{
	size_t n = (size_t)write_mail(to, size, "disk@example.org", "disk", number);
	uint64_t r = (uint64_t)number + 1;

	/* Letters that are no words, a new word each sixty. */
	while (n < FULL_BYTES) {
		r = r * 6364136223846793005u + 1442695040888963407u;
		to[n] = n % 61 == 0 ? '\n' : (char)('a' + (r >> 33) % 26);
		n++;
	}
	return n;
}

/* A server whose socket beside the database takes the mails (cmd/handover.h). */
static pid_t
server_beside(struct bed *b)
{
	const char *const argument[] = { "serve", "--db", b->url, "--listen", "127.0.0.1:0", NULL };
	pid_t server = fault_start(-1, -1, argument);
	char path[100];

	(void)snprintf(path, sizeof(path), "%s-mail", b->url);
	for (int i = 0; i < 600 && access(path, F_OK) != 0; i++)
		fault_sleep_ms(50);
	if (access(path, F_OK) != 0)
		abort();
	return server;
}

/* In a file system of its own, seen by this process and its children alone. */
static int
disk_full(struct bed *b, bool served)
{
	char *text = malloc(FULL_BYTES + 1);
	pid_t server = 0;
	unsigned char taken[FULL_MAILS] = { 0 };
	int refused = 0;

	if (asprintf(&b->url, "%s/nk.db", b->dir) < 0)
		return 1;
	bed_make(b);
	if (served)
		server = server_beside(b);
	for (int i = 0; i < FULL_MAILS && refused < 1; i++) {
		size_t n = large_mail(text, FULL_BYTES + 1, i);
		int code = fault_wait(fault_mail_start(b->url, NULL, text, n, -1));

		if (code != 0 && code != 75) {
			(void)fprintf(stderr, "# mail %d on a full disk: exit %d\n", i, code);
			return 1;
		}
		taken[i] = code == 0;
		refused += code == 75;
	}
	if (refused == 0) {
		(void)fprintf(stderr, "# the disk was never full\n");
		return 1;
	}
	/* What was refused is not there, not even half. */
	for (int i = 0; i < FULL_MAILS; i++)
		refused += taken[i];
	if (bed_count(b, "SELECT COUNT(*) FROM mail_in") != refused - 1) {
		(void)fprintf(stderr, "# %lld stored of %d taken\n", (long long)bed_count(b, "SELECT COUNT(*) FROM mail_in"), refused - 1);
		return 1;
	}
	if (mount("tmpfs", b->dir, "tmpfs", MS_REMOUNT, "size=64m") != 0) {
		perror("# remount");
		return 1;
	}
	for (int i = 0; i < FULL_MAILS; i++) {
		if (taken[i] == 0 && fault_wait(fault_mail_start(b->url, NULL, text, large_mail(text, FULL_BYTES + 1, i), -1)) != 0)
			return 1;
	}
	if (server != 0 && (kill(server, SIGTERM) != 0 || fault_wait(server) != 0))
		return 1;
	if (fault_tick(b) != 0)
		return 1;
	free(text);
	return is_once(b, "disk", FULL_MAILS, NULL) && bed_verified(b, (int64_t)time(NULL)) ? 0 : 1;
}

static void
fill_disk(bool served)
{
	struct bed b = { .name = "sqlite" };
	uid_t uid = getuid();
	pid_t pid;
	int code;

	(void)snprintf(b.dir, sizeof(b.dir), "/tmp/nk-fault.XXXXXX");
	assert_non_null(mkdtemp(b.dir));
	if ((pid = fork()) == 0) {
		/* Not root: alone in a user namespace where it may mount. */
		if (unshare(CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
		    (uid == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) ||
		    mount("tmpfs", b.dir, "tmpfs", 0, "size=5m") != 0)
			_exit(77);
		_exit(disk_full(&b, served));
	}
	code = fault_wait(pid);
	(void)rmdir(b.dir);
	if (code == 77)
		skip();
	assert_int_equal(code, 0);
}

static void
test_disk_full(void **state)
{
	(void)state;
	fill_disk(false);
}

static void
test_disk_full_beside_a_server(void **state)
{
	(void)state;
	fill_disk(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_at_random_points),
		cmocka_unit_test_teardown(test_relay_down_for_a_day, stop_postfix),
		cmocka_unit_test(test_clock_jumps),
		cmocka_unit_test(test_flood_from_one_address),
		cmocka_unit_test(test_locked_by_another_process),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_disk_full_beside_a_server),
	};

	random_state = (uint64_t)fault_number("NK_FAULT_SEED", 20270111);
	(void)printf("# NK_FAULT_SEED=%llu\n", (unsigned long long)random_state);
	(void)fflush(stdout);
	if (getenv("NK_FAULT_ONLY") != NULL)
		cmocka_set_test_filter(getenv("NK_FAULT_ONLY"));
	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
