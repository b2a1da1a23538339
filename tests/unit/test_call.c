/* tests/unit/test_call.c: calls from what was told of them, in any order; numbers as exchanges write them; files */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "call/call_read.h"
#include "expect.h"

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_open();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_close(a);
	return 0;
}

#define NOW at("2027-01-11T12:00:00+01:00")

static void
assert_same_call(const struct call *x, const struct call *y)
{
	assert_int_equal(x->kind, y->kind);
	assert_int_equal(x->started_at, y->started_at);
	assert_int_equal(x->answered_at, y->answered_at);
	assert_int_equal(x->ended_at, y->ended_at);
	assert_int_equal(x->agent_at, y->agent_at);
	assert_string_equal(x->number == NULL ? "-" : x->number, y->number == NULL ? "-" : y->number);
	assert_string_equal(x->agent == NULL ? "-" : x->agent, y->agent == NULL ? "-" : y->agent);
	assert_string_equal(x->queue == NULL ? "-" : x->queue, y->queue == NULL ? "-" : y->queue);
}

/* Every order of the events, and each order with one of them twice. */
static void
every_order(const struct call_event *e, size_t n, size_t *order, size_t depth, const struct call *expected, int *tried)
{
	if (depth == n) {
		for (size_t twice = 0; twice <= n; twice++) {
			struct call c = { 0 };

			for (size_t i = 0; i < n; i++) {
				assert_true(call_merge(&c, &e[order[i]]) || c.started_at != 0);
				if (i == twice)
					assert_false(call_merge(&c, &e[order[i]]));	/* repeated: nothing new */
			}
			assert_same_call(&c, expected);
			(*tried)++;
		}
		return;
	}
	for (size_t i = depth; i < n; i++) {
		size_t was = order[depth];

		order[depth] = order[i];
		order[i] = was;
		every_order(e, n, order, depth + 1, expected, tried);
		order[i] = order[depth];
		order[depth] = was;
	}
}

static void
test_any_order_is_the_same_call(void **state)
{
	static const char *const text[] = {
		/* an ordinary call, transferred between two who answered, with its end and a repetition by another system */
		"[{\"call_id\":\"1\",\"kind\":\"ringing\",\"at\":\"2027-01-11T10:00:00+01:00\",\"number\":\"070-1\",\"queue\":\"Q\"},"
		"{\"call_id\":\"1\",\"kind\":\"answered\",\"at\":\"2027-01-11T10:00:20+01:00\",\"wait\":21},"
		"{\"call_id\":\"1\",\"kind\":\"answered\",\"at\":\"2027-01-11T10:00:25+01:00\",\"agent\":\"b\"},"
		"{\"call_id\":\"1\",\"kind\":\"answered\",\"at\":\"2027-01-11T10:01:00+01:00\",\"agent\":\"a\",\"number\":\"070-2\"},"
		"{\"call_id\":\"1\",\"kind\":\"ended\",\"at\":\"2027-01-11T10:03:00+01:00\",\"queue\":\"P\"}]",
		/* lost, and the exchange says both that it gave up and that she hung up */
		"[{\"call_id\":\"1\",\"kind\":\"ringing\",\"at\":\"2027-01-11T10:00:00+01:00\"},"
		"{\"call_id\":\"1\",\"kind\":\"abandoned\",\"at\":\"2027-01-11T10:00:40+01:00\",\"number\":\"0701234567\"},"
		"{\"call_id\":\"1\",\"kind\":\"missed\",\"at\":\"2027-01-11T10:00:41+01:00\",\"wait\":45},"
		"{\"call_id\":\"1\",\"kind\":\"ended\",\"at\":\"2027-01-11T10:00:42+01:00\"}]",
	};
	static const enum call_kind kind[] = { CALL_ANSWERED, CALL_MISSED };
	static const int64_t wait[] = { 21, 46 }, talk[] = { 160, -1 };
	static const char *const agent[] = { "b", "-" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		struct call_list l;
		struct call c = { 0 };
		struct err err = { 0 };
		size_t order[5] = { 0, 1, 2, 3, 4 };
		int tried = 0;

		assert_true(call_read_json(a, text[i], strlen(text[i]), NOW, &l, &err));
		assert_int_equal(l.bad, 0);
		for (size_t k = 0; k < l.n; k++)
			(void)call_merge(&c, &l.event[k]);
		assert_int_equal(c.kind, kind[i]);
		assert_int_equal(call_wait_s(&c), wait[i]);
		assert_int_equal(call_talk_s(&c), talk[i]);
		assert_string_equal(c.agent == NULL ? "-" : c.agent, agent[i]);
		every_order(l.event, l.n, order, 0, &c, &tried);
		assert_true(tried >= 100);
	}
}

static void
test_numbers_as_exchanges_write_them(void **state)
{
	static const struct { const char *in, *out; } row[] = {
		{ "070-123 45 67", "+46701234567" }, { "0701234567", "+46701234567" }, { "070 123 45 67 ", "+46701234567" },
		{ "+46 70 123 45 67", "+46701234567" }, { "+46 (0)70-123 45 67", "+46701234567" }, { "+460701234567", "+46701234567" },
		{ "0046701234567", "+46701234567" }, { "0046 (0)70 123 45 67", "+46701234567" }, { "46701234567", "+46701234567" },
		{ "tel:+46701234567", "+46701234567" }, { "sip:+46701234567@example.org;user=phone", "+46701234567" },
		{ "\"Demo Demosson\" <0701234567>", "+46701234567" }, { "<sip:0701234567@10.0.0.1>", "+46701234567" },
		{ "08-508 29 000", "+46850829000" }, { "08/508 29 000", "+46850829000" }, { "(08) 508 29 000", "+46850829000" },
		{ "0920.123.45", "+4692012345" }, { "0515\xc2\xa0" "123\xe2\x80\x91" "45", "+4651512345" }, { "020-123 456", "+4620123456" },
		{ "+47 22 12 34 56", "+4722123456" }, { "00358 9 1234567", "+35891234567" }, { "+1 (212) 555-0100", "+12125550100" },
		{ "112", "112" }, { "1177", "1177" }, { "4021", "4021" },
		{ "", NULL }, { "  ", NULL }, { "anonymous", NULL }, { "Anonymous", NULL }, { "Unknown", NULL }, { "private", NULL },
		{ "WITHHELD", NULL }, { "Skyddat nummer", NULL }, { "<sip:anonymous@anonymous.invalid>", NULL }, { "-", NULL },
		{ "\"Anonymous\" <unknown>", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *got = call_number(a, row[i].in);

		if ((got == NULL) != (row[i].out == NULL) || (got != NULL && strcmp(got, row[i].out) != 0))
			fail_msg("\"%s\": got %s, expected %s", row[i].in, got == NULL ? "withheld" : got,
			    row[i].out == NULL ? "withheld" : row[i].out);
	}
	assert_null(call_number(a, NULL));
}

/* Each bad line has its number, its field and a sentence; the good ones are taken. */
static void
test_bad_events_are_listed(void **state)
{
	static const struct { const char *line, *field; } row[] = {
		{ "{\"call_id\":\"1\",\"kind\":\"missed\",\"at\":\"2027-01-11T10:00:00+01:00\"}", NULL },
		{ "nonsense", "" }, { "[1]", "" }, { "{\"kind\":\"missed\",\"at\":\"2027-01-11T10:00:00+01:00\"}", "call_id" },
		{ "{\"call_id\":\"2\",\"at\":\"2027-01-11T10:00:00+01:00\"}", "kind" },
		{ "{\"call_id\":\"2\",\"kind\":\"lost\",\"at\":\"2027-01-11T10:00:00+01:00\"}", "kind" },
		{ "{\"call_id\":\"2\",\"kind\":\"missed\"}", "at" },
		{ "{\"call_id\":\"2\",\"kind\":\"missed\",\"at\":\"2027-01-11 10:00\"}", "at" },
		{ "{\"call_id\":\"2\",\"kind\":\"missed\",\"at\":\"2027-01-11T12:11:00+01:00\"}", "at" },
		{ "{\"call_id\":\"2\",\"kind\":\"missed\",\"at\":\"2026-12-01T12:00:00+01:00\"}", "at" },
		{ "{\"call_id\":\"2\",\"kind\":\"missed\",\"at\":\"2027-01-11T10:00:00+01:00\",\"number\":{}}", "number" },
		{ "{\"call_id\":\"2\",\"kind\":\"missed\",\"at\":\"2027-01-11T10:00:00+01:00\",\"wait\":\"long\"}", "wait" },
		{ "{\"call_id\":\"2\",\"kind\":\"answered\",\"at\":\"2027-01-11T10:00:00+01:00\",\"talk\":-1}", "talk" },
		{ "{\"call_id\":\"2\",\"call_id\":\"3\",\"kind\":\"missed\",\"at\":\"2027-01-11T10:00:00+01:00\"}", "" },
		{ "{\"call_id\":17,\"kind\":\"missed\",\"at\":\"2027-01-11T12:09:00+01:00\",\"number\":null}", NULL },
	};
	const char *text = "\n";
	struct call_list l;
	struct err err = { 0 };
	size_t bad = 0, good = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		text = arena_printf(a, "%s%s\r\n", text, row[i].line);
	assert_true(call_read_json(a, text, strlen(text), NOW, &l, &err));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		if (row[i].field == NULL) {
			assert_int_equal(l.event[good++].line, i + 2);
			continue;
		}
		assert_true(bad < l.n_faults);
		assert_int_equal(l.fault[bad].line, i + 2);
		assert_string_equal(l.fault[bad].field, row[i].field);
		assert_true(strlen(l.fault[bad].why) > 20);
		bad++;
	}
	assert_int_equal(l.n, good);
	assert_int_equal(l.bad, bad);
	assert_string_equal(l.event[1].call_id, "17");
	assert_false(call_read_json(a, " \n", 2, NOW, &l, &err));
	assert_int_equal(err.code, ERR_INPUT);
}

static void
test_csv(void **state)
{
	static const char good[] = "\xef\xbb\xbf" "kind;call_id;number;at;wait;talk;agent;queue\r\n"
	    "answered;7;070-123 45 67;2027-01-11 08:12:05;20;61;Anna;08-12 34 56\r\n"
	    "missed;8;;2027-01-10T23:00:00Z;;;;\r\n"
	    "outgoing;9;\"070-123 45 67\";2027-01-11 08:20;9;30;;\r\n"
	    "ringing;10;1;2027-01-11 08:20;;;;\r\n"
	    "missed;11;1;yesterday;;;;\r\n"
	    "missed;12;1;2027-01-11 08:20;x;;;\r\n"
	    "missed;13;1;2027-01-11 08:20;1;;;;;\r\n";
	/* Windows-1252, as Excel saves it; an old call is no fault in a file */
	static const char latin[] = "call_id,kind,at,number,queue\n1,missed,2019-01-11 08:12,0701234567,V\xe4xel\n";
	struct call_list l;
	struct err err = { 0 };

	(void)state;
	assert_true(call_read_csv(a, good, strlen(good), NOW, &l, &err));
	assert_int_equal(l.n, 3);
	assert_int_equal(l.bad, 4);
	assert_int_equal(l.fault[0].line, 5);
	assert_string_equal(l.fault[0].field, "kind");
	assert_string_equal(l.fault[1].field, "at");
	assert_string_equal(l.fault[2].field, "wait");
	assert_int_equal(l.event[0].started_at, at("2027-01-11T08:12:05+01:00"));
	assert_int_equal(l.event[0].answered_at, at("2027-01-11T08:12:25+01:00"));
	assert_int_equal(l.event[0].ended_at, at("2027-01-11T08:13:26+01:00"));
	assert_string_equal(l.event[0].number, "+46701234567");
	assert_string_equal(l.event[0].queue, "+468123456");
	assert_null(l.event[1].number);
	assert_int_equal(l.event[2].kind, CALL_OUTGOING);
	assert_true(call_read_csv(a, latin, strlen(latin), NOW, &l, &err));
	assert_int_equal(l.n, 1);
	assert_string_equal(l.event[0].queue, "V\xc3\xa4xel");
	assert_false(call_read_csv(a, "id;when\n1;2\n", 12, NOW, &l, &err));
	assert_non_null(strstr(err.person, "call_id, kind, at and number"));
	err = (struct err){ 0 };
	assert_false(call_read_csv(a, "", 0, NOW, &l, &err));
	assert_int_equal(err.code, ERR_INPUT);
}

/* Asterisk's own columns: answered by a telephone, in a queue that only a machine answered, busy, out, within, two legs. */
static void
test_cdr(void **state)
{
	static const char cdr[] =
	    "\"\",\"0701234567\",\"0812345\",\"in\",\"\"\"Demo\"\" <0701234567>\",\"PJSIP/trunk-01\",\"PJSIP/4021-02\",\"Dial\",\"PJSIP/4021\",\"2027-01-11 08:00:00\",\"2027-01-11 08:00:10\",\"2027-01-11 08:01:10\",70,60,\"ANSWERED\",\"DOCUMENTATION\",\"u1\",\"\"\n"
	    "\"\",\"0701234567\",\"0812345\",\"in\",\"\",\"PJSIP/trunk-03\",\"\",\"Queue\",\"kontakt,t,,,300\",\"2027-01-11 08:05:00\",\"2027-01-11 08:05:00\",\"2027-01-11 08:07:00\",120,120,\"ANSWERED\",\"DOCUMENTATION\",\"u2\",\"\"\n"
	    "\"\",\"anonymous\",\"0812345\",\"in\",\"\",\"PJSIP/trunk-04\",\"\",\"Dial\",\"\",\"2027-01-11 08:10:00\",\"\",\"2027-01-11 08:10:09\",9,0,\"BUSY\",\"DOCUMENTATION\",\"u3\",\"\"\n"
	    "\"\",\"4021\",\"0701234567\",\"out\",\"\",\"PJSIP/4021-05\",\"PJSIP/trunk-06\",\"Dial\",\"\",\"2027-01-11 08:20:00\",\"2027-01-11 08:20:05\",\"2027-01-11 08:21:00\",60,55,\"ANSWERED\",\"DOCUMENTATION\",\"u4\",\"\"\n"
	    "\"\",\"4021\",\"4022\",\"in\",\"\",\"PJSIP/4021-07\",\"\",\"Dial\",\"\",\"2027-01-11 08:20:00\",\"\",\"2027-01-11 08:20:05\",5,0,\"NO ANSWER\",\"DOCUMENTATION\",\"u5\",\"\"\n"
	    "\"\",\"0709999999\",\"0812345\",\"in\",\"\",\"PJSIP/trunk-08\",\"PJSIP/4021-09\",\"Dial\",\"\",\"2027-01-11 08:30:00\",\"\",\"2027-01-11 08:30:20\",20,0,\"NO ANSWER\",\"DOCUMENTATION\",\"u6\",\"\"\n"
	    "\"\",\"0709999999\",\"0812345\",\"in\",\"\",\"PJSIP/trunk-08\",\"PJSIP/4022-0a\",\"Dial\",\"\",\"2027-01-11 08:30:00\",\"2027-01-11 08:30:19\",\"2027-01-11 08:31:00\",60,41,\"ANSWERED\",\"DOCUMENTATION\",\"u6\",\"\"\n"
	    "\"\",\"0709999999\",\"0812345\",\"in\",\"\",\"PJSIP/trunk-0b\",\"\",\"VoiceMail\",\"\",\"2027-01-11 08:40:00\",\"2027-01-11 08:40:19\",\"2027-01-11 08:41:00\",60,41,\"ANSWERED\",\"DOCUMENTATION\"\n"
	    "a,b,c\n"
	    "\"\",\"0709999999\",\"0812345\",\"in\",\"\",\"x\",\"\",\"Dial\",\"\",\"2027-01-11 08:40:00\",\"\",\"\",9,10,\"ANSWERED\",\"D\",\"u9\"\n"
	    "\"\",\"0709999999\",\"0812345\",\"in\",\"\",\"x\",\"\",\"Dial\",\"\",\"2027-01-11 08:40:00\",\"\",\"\",9,1,\"ANSWER\",\"D\",\"u9\"\n";
	static const struct { enum call_kind kind; const char *id, *number; } expected[] = {
		{ CALL_ANSWERED, "u1", "+46701234567" }, { CALL_ABANDONED, "u2", "+46701234567" }, { CALL_MISSED, "u3", NULL },
		{ CALL_OUTGOING, "u4", "+46701234567" }, { CALL_ABANDONED, "u6", "+46709999999" }, { CALL_ANSWERED, "u6", "+46709999999" },
		{ CALL_MISSED, NULL, "+46709999999" },
	};
	struct call_list l, again;
	struct err err = { 0 };

	(void)state;
	assert_true(call_read_cdr(a, cdr, strlen(cdr), NOW, &l, &err));
	assert_int_equal(l.n, ARRAY_LEN(expected));
	for (size_t i = 0; i < l.n; i++) {
		assert_int_equal(l.event[i].kind, expected[i].kind);
		if (expected[i].id != NULL)
			assert_string_equal(l.event[i].call_id, expected[i].id);
		assert_string_equal(l.event[i].number == NULL ? "-" : l.event[i].number,
		    expected[i].number == NULL ? "-" : expected[i].number);
	}
	assert_string_equal(l.event[0].agent, "PJSIP/4021");
	assert_string_equal(l.event[1].queue, "kontakt");
	assert_int_equal(l.event[0].answered_at, at("2027-01-11T08:00:10+01:00"));
	assert_int_equal(l.left_out, 1);
	assert_int_equal(l.bad, 3);
	assert_int_equal(l.fault[0].line, 9);
	/* a line without a uniqueid is the same call when the file comes again */
	assert_true(call_read_cdr(a, cdr, strlen(cdr), NOW, &again, &err));
	assert_string_equal(l.event[6].call_id, again.event[6].call_id);
	assert_false(call_read_cdr(a, "call_id;kind\n", 13, NOW, &l, &err));
	assert_non_null(strstr(err.person, "16 to 18 columns"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_any_order_is_the_same_call, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_as_exchanges_write_them, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_events_are_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_csv, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cdr, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
