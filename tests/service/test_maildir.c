/* tests/service/test_maildir.c: a Maildir with more than one handful is taken in order, stored ahead, and nothing lost */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "contact/intake.h"
#include "expect.h"
#include "mail/receive.h"
#include "people/office.h"
#include "store.h"

enum { MAILS = 200 };

static const int64_t NOW = 1793017920;

struct folder { char path[64]; };

static struct folder
folder_of(int mails)
{
	struct folder f = { "/tmp/nk-maildir.XXXXXX" };
	static const char *const inside[] = { "new", "cur", "tmp" };
	char path[128];

	if (mkdtemp(f.path) == NULL)
		abort();
	for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", f.path, inside[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	for (int i = 0; i < mails; i++) {
		FILE *file;

		(void)snprintf(path, sizeof(path), "%s/new/%04d.test", f.path, i);
		assert_non_null(file = fopen(path, "w"));
		(void)fprintf(file, "From: Demo <demo%d@example.org>\nTo: kontakt@lillan.example\nSubject: Nummer %d\n"
		    "Message-ID: <maildir-%d@example.org>\n\nLampan lyser inte. (%d)\n", i, i, i, i);
		assert_int_equal(fclose(file), 0);
	}
	return f;
}

static int
files_in(struct folder f, const char *inside)
{
	char path[128];
	struct dirent *e;
	DIR *d;
	int n = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", f.path, inside);
	assert_non_null(d = opendir(path));
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static void
folder_remove(struct folder f)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf %s", f.path);
	assert_int_equal(system(command), 0);
}

/* ---- the Maildir alone ---- */

struct seen {
	pthread_mutex_t lock;
	int ahead[MAILS], taken[MAILS], next, refuse_at, never;
	bool in_order, ahead_first;
};

static int
number_in(const struct mail_bytes *m)
{
	const char *at = strstr(m->bytes, "Subject: Nummer ");

	assert_non_null(at);
	return (int)strtol(at + strlen("Subject: Nummer "), NULL, 10);
}

static void
see_ahead(void *arg, struct mail_bytes *mail, size_t n)
{
	struct seen *s = arg;

	(void)pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < n; i++) {
		s->ahead[number_in(&mail[i])]++;
		mail[i].ahead = true;
	}
	(void)pthread_mutex_unlock(&s->lock);
}

static bool
see_taken(void *arg, const struct mail_bytes *mail, size_t n, struct err *err)
{
	struct seen *s = arg;

	(void)pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < n; i++) {
		int k = number_in(&mail[i]);

		if (k == s->refuse_at || k == s->never) {
			(void)pthread_mutex_unlock(&s->lock);
			return err_set(err, k == s->never ? ERR_INPUT : ERR_BUSY, "asked to");
		}
	}
	for (size_t i = 0; i < n; i++) {
		int k = number_in(&mail[i]);

		s->in_order &= k == s->next || (s->never != -1 && k == s->next + 1);
		s->next = k + 1;
		s->ahead_first &= mail[i].ahead == (s->ahead[k] > 0);
		s->taken[k]++;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return true;
}

static void
test_each_is_taken_once_in_order_and_those_after_the_first_handful_ahead(void **state)
{
	struct folder f = folder_of(MAILS);
	struct seen s = { .lock = PTHREAD_MUTEX_INITIALIZER, .refuse_at = -1, .never = -1, .in_order = true, .ahead_first = true };
	struct err err = { 0 };
	struct maildir *m = maildir_open(f.path, &err);
	struct received got;

	(void)state;
	must(maildir_receive(m, see_taken, see_ahead, &s, &got, &err), &err);
	assert_int_equal(got.taken, MAILS);
	assert_int_equal(files_in(f, "new"), 0);
	assert_int_equal(files_in(f, "cur"), MAILS);
	assert_true(s.in_order && s.ahead_first);
	for (int i = 0; i < MAILS; i++) {
		assert_int_equal(s.taken[i], 1);
		assert_int_equal(s.ahead[i], i >= MAILDIR_AT_ONCE);
	}
	maildir_close(m);
	folder_remove(f);
}

static void
test_what_cannot_be_taken_now_stays_and_what_never_can_is_put_aside(void **state)
{
	struct folder f = folder_of(MAILS);
	struct seen s = { .lock = PTHREAD_MUTEX_INITIALIZER, .refuse_at = 100, .never = 70, .in_order = true, .ahead_first = true };
	struct err err = { 0 };
	struct maildir *m = maildir_open(f.path, &err);
	struct received got;

	(void)state;
	assert_false(maildir_receive(m, see_taken, see_ahead, &s, &got, &err));
	assert_int_equal(err.code, ERR_BUSY);
	assert_int_equal(got.taken, 99);		/* 0 to 99 without 70 */
	assert_int_equal(got.refused, 1);
	assert_int_equal(files_in(f, "new"), MAILS - 100);
	s.refuse_at = -1;
	err = (struct err){ 0 };
	must(maildir_receive(m, see_taken, see_ahead, &s, &got, &err), &err);
	assert_int_equal(got.taken, MAILS - 100);
	assert_int_equal(files_in(f, "new"), 0);
	assert_int_equal(files_in(f, "cur"), MAILS);
	for (int i = 0; i < MAILS; i++)
		assert_int_equal(s.taken[i], i != 70);
	assert_true(s.in_order);
	maildir_close(m);
	folder_remove(f);
}

/* ---- with the intake behind it ---- */

struct taker { struct database *d; int contacts, others, ahead; };

static bool
take(void *arg, const struct mail_bytes *mail, size_t n, struct err *err)
{
	struct taker *t = arg;
	struct arena *a = arena_open();
	struct intake_result *out;
	bool ok = intake_bytes(database_reader(t->d, err), a, mail, n, NOW, &out, err);

	for (size_t i = 0; i < n; i++)
		t->ahead += mail[i].ahead;
	for (size_t i = 0; ok && i < n; i++)
		*(strcmp(out[i].kind, "contact") == 0 ? &t->contacts : &t->others) += 1;
	arena_close(a);
	return ok;
}

static void
store_ahead(void *arg, struct mail_bytes *mail, size_t n)
{
	struct taker *t = arg;
	struct err err = { 0 };

	must(intake_bytes_ahead(database_reader(t->d, &err), mail, n, NOW, &err), &err);
}

static int64_t
number(struct db *db, const char *sql)
{
	struct err err = { 0 };
	int64_t n = -1;

	must(db_id(db, sql, &n, &err, ""), &err);
	return n;
}

static void
backlog(struct database *d, struct db *db, void *arg)
{
	struct change by = { .now = NOW };
	struct folder f = folder_of(MAILS);
	struct taker t = { .d = d };
	struct err err = { 0 };
	struct maildir *m = maildir_open(f.path, &err);
	struct received got;
	int64_t authority = 0, n;

	(void)arg;
	must(authority_save(db, &by, &(struct authority){ .code = "KS", .name = "Kommunstyrelsen", .kind = "board",
	    .number_template = "{code}-{yyyy}/{n}", .active = true }, &authority, &err), &err);
	must(unit_save(db, &by, &(struct unit){ .authority_id = authority, .kind = "unit", .name = "Kontaktcenter", .active = true }, NULL, &err), &err);
	must(maildir_receive(m, take, store_ahead, &t, &got, &err), &err);
	assert_int_equal(t.contacts, MAILS);
	assert_int_equal(t.others, 0);
	assert_int_equal(t.ahead, MAILS - MAILDIR_AT_ONCE);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM contact"), MAILS);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM mail_in WHERE kind = 'contact' AND contact_id IS NOT NULL"), MAILS);
	/* The numbers go as the mails came. */
	assert_int_equal(number(db, "SELECT COUNT(*) FROM contact a JOIN contact b ON b.serial = a.serial + 1"
	    " WHERE CAST(SUBSTR(b.subject, 8) AS INTEGER) <> CAST(SUBSTR(a.subject, 8) AS INTEGER) + 1"), 0);
	must(intake_pending(db, NULL, NULL, &n, &err), &err);
	assert_int_equal(n, 0);
	maildir_close(m);
	folder_remove(f);
}

static void
test_a_backlog_becomes_contacts_in_the_order_it_came(void **state)
{
	(void)state;
	store_each(backlog, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_is_taken_once_in_order_and_those_after_the_first_handful_ahead),
		cmocka_unit_test(test_what_cannot_be_taken_now_stays_and_what_never_can_is_put_aside),
		cmocka_unit_test(test_a_backlog_becomes_contacts_in_the_order_it_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
