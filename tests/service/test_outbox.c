/* tests/service/test_outbox.c: a mail is sent once, or is said to have been perhaps sent
 *
 * The receiver is ours (tests/receiver.h): messages are counted by their Message-ID, and the sending program is killed between
 * its taking a mail and saying so. On both databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "faults.h"
#include "receiver.h"

struct many { int n; int64_t now; };

static bool
put_many(struct db *tx, void *arg, struct err *err)
{
	struct many *m = arg;

	for (int i = 0; i < m->n; i++) {
		char to[60];

		(void)snprintf(to, sizeof(to), "demo.%d@example.org", i);
		if (!outbox_put(tx, &(struct outbox_message){ .recipient = to, .subject = "Svar", .text = "Hej." }, m->now, NULL, err))
			return false;
	}
	return true;
}

static const char *
config_of(struct bed *b, char *path, size_t size)
{
	FILE *f;

	(void)snprintf(path, size, "%s/nk.conf", b->dir);
	if ((f = fopen(path, "w")) == NULL)
		abort();
	(void)fprintf(f, "database %s\nsmtp-url smtp://127.0.0.1:%d\nsmtp-tls off\n", b->url, receiver.port);
	(void)fclose(f);
	return path;
}

static pid_t
tick_start(const char *config, const char *now)
{
	return fault_start(-1, -1, (const char *const[]){ "tick", "--config", config, "--now", now, NULL });
}

static void
killed_between(struct bed *b)
{
	struct many m = { 1, fault_at("2027-01-11T08:00:00+01:00") };
	struct outbox_message row;
	struct outbox_list list;
	struct arena *a = arena_open();
	struct err err = { 0 };
	char path[100];
	const char *config = config_of(b, path, sizeof(path));
	pid_t pid;

	bed_set(b, "site.mail_from", "kontakt@lillan.example", m.now);
	receiver_empty();
	assert_true(db_write(b->db, put_many, &m, &err));
	atomic_store(&receiver.kill_at_taking, -1);	/* not yet known which process */
	pid = tick_start(config, "2027-01-11T08:00:00+01:00");
	atomic_store(&receiver.kill_at_taking, pid);
	assert_int_equal(fault_wait(pid), 1000 + SIGKILL);
	assert_int_equal(receiver_count(), 1);
	assert_true(outbox_list_since(b->db, a, 0, NULL, 10, &list, &err));
	row = list.item[0];
	assert_string_equal(row.state, "waiting");
	assert_int_equal(row.sending_at, m.now);
	assert_false(outbox_perhaps_sent(row.sending_at, m.now + 60));
	assert_true(outbox_perhaps_sent(row.sending_at, m.now + 400));
	/* what is perhaps sent cannot be taken back, and is not tried while the attempt might still be under way */
	assert_int_equal(fault_wait(tick_start(config, "2027-01-11T08:05:00+01:00")), 0);
	assert_int_equal(receiver_count(), 1);
	assert_int_equal(fault_wait(tick_start(config, "2027-01-11T08:10:00+01:00")), 0);
	assert_int_equal(receiver_count(), 2);
	assert_string_equal(receiver.mail[0].id, receiver.mail[1].id);
	assert_true(outbox_list_since(b->db, a, 0, NULL, 10, &list, &err));
	assert_string_equal(list.item[0].state, "sent");
	assert_int_equal(list.item[0].sending_at, 0);
	arena_close(a);
}

static bool
claim_it(struct db *tx, void *arg, struct err *err)
{
	bool *got = arg;

	return outbox_claim(tx, 1, 1000, &got[0], &got[1], err);
}

static bool
take_back(struct db *tx, void *arg, struct err *err)
{
	(void)arg;
	return outbox_withdraw(tx, 1, err);
}

static void
two_at_once(struct bed *b)
{
	struct many m = { 60, fault_at("2027-01-11T08:00:00+01:00") };
	struct err err = { 0 };
	char path[100];
	const char *config = config_of(b, path, sizeof(path));
	pid_t pid[3];

	bed_set(b, "site.mail_from", "kontakt@lillan.example", m.now);
	receiver_empty();
	assert_true(db_write(b->db, put_many, &m, &err));
	for (size_t i = 0; i < ARRAY_LEN(pid); i++)
		pid[i] = tick_start(config, "2027-01-11T08:00:00+01:00");
	for (size_t i = 0; i < ARRAY_LEN(pid); i++)
		assert_int_equal(fault_wait(pid[i]), 0);
	assert_int_equal(receiver_count(), 60);
	for (int i = 0; i < 60; i++) {
		for (int k = 0; k < i; k++)
			assert_string_not_equal(receiver.mail[i].id, receiver.mail[k].id);
	}
	assert_int_equal(bed_count(b, "SELECT COUNT(*) FROM outbox WHERE state = 'sent' AND attempts = 1"), 60);
}

static void
claimed_is_not_taken_back(struct bed *b)
{
	struct many m = { 1, 900 };
	bool got[2] = { false, true }, again[2];
	struct err err = { 0 };

	assert_true(db_write(b->db, put_many, &m, &err));
	assert_true(db_write(b->db, claim_it, got, &err));
	assert_true(got[0] && !got[1]);
	assert_true(db_write(b->db, claim_it, again, &err));
	assert_false(again[0]);
	assert_false(db_write(b->db, take_back, NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void
each_engine(void (*fn)(struct bed *b))
{
	struct bed b;

	(void)signal(SIGPIPE, SIG_IGN);
	for (enum db_engine engine = DB_SQLITE; engine <= DB_POSTGRESQL; engine++) {
		if (!bed_open(&b, engine))
			continue;
		fn(&b);
		bed_close(&b);
	}
}

static void
test_a_program_killed_between_sending_and_recording_says_perhaps(void **state)
{
	(void)state;
	each_engine(killed_between);
}

static void
test_three_programs_send_each_mail_once(void **state)
{
	(void)state;
	each_engine(two_at_once);
}

static void
test_what_is_on_its_way_is_not_taken_back(void **state)
{
	(void)state;
	each_engine(claimed_is_not_taken_back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_program_killed_between_sending_and_recording_says_perhaps),
		cmocka_unit_test(test_three_programs_send_each_mail_once),
		cmocka_unit_test(test_what_is_on_its_way_is_not_taken_back),
	};

	return cmocka_run_group_tests(tests, receiver_start, receiver_stop);
}
