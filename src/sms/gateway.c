/* sms/gateway.c */
#include "sms/gateway.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/sb.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "contact/contact.h"
#include "contact/sender.h"
#include "db/db.h"
#include "http/form.h"
#include "mail/late_curl.h"
#include "registry/document.h"
#include "sms/fields.h"
#include "sms/sms_store.h"
#include "timeline/event.h"
#include "timeline/outbox.h"

enum { PAGE = 500, CONNECT_TIMEOUT_S = 15, TIMEOUT_S = 30, ANSWER_MAX = 64 * 1024, BODY_MAX = 256 * 1024 };

enum outcome { SENT, TEMPORARY, PERMANENT };

struct attempt {
	struct arena *a;
	const struct outbox_message *m;
	int64_t now;
	enum outcome outcome;
	long status;			/* the gateway's; 0 when it did not answer */
	const char *says, *gateway_id;
	bool unreachable, gave_up;
};

/* ---- the request ---- */

static void
add_json(struct sb *sb, const char *name, const char *value)
{
	size_t n = strlen(name);
	bool list = n > 2 && strcmp(name + n - 2, "[]") == 0;

	if (sb->len > 1)
		sb_add(sb, ", ");
	sb_json(sb, list ? arena_strndup(sb->arena, name, n - 2) : name);
	sb_add(sb, list ? ": [" : ": ");
	sb_json(sb, value);
	sb_add(sb, list ? "]" : "");
}

static void
add_form(struct sb *sb, const char *name, const char *value)
{
	if (sb->len > 0)
		sb_add_c(sb, '&');
	sb_url(sb, name);
	sb_add_c(sb, '=');
	sb_url(sb, value);
}

struct sms_request
sms_request_of(struct arena *a, const struct sms_settings *s, const char *to, const char *text)
{
	const char *const *v = s->value;
	bool get = strcmp(v[SMS_METHOD], "GET") == 0, json = !get && strcmp(v[SMS_FORMAT], "json") == 0;
	const struct { const char *name, *value; } fields[] = { { v[SMS_TO], to }, { v[SMS_FROM], v[SMS_SENDER] },
		{ v[SMS_TEXT], text } };
	struct field_list extra = { 0 };
	struct err ignored = { 0 };
	struct sb sb;

	sb_init(&sb, a, BODY_MAX);
	if (json)
		sb_add_c(&sb, '{');
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		(json ? add_json : add_form)(&sb, fields[i].name, fields[i].value);
	if (form_parse(a, v[SMS_EXTRA], strlen(v[SMS_EXTRA]), &extra, &ignored)) {
		for (size_t i = 0; i < extra.n; i++)
			(json ? add_json : add_form)(&sb, extra.item[i].name, extra.item[i].value);
	}
	if (json)
		sb_add_c(&sb, '}');
	if (get)
		return (struct sms_request){ .method = "GET", .url = arena_printf(a, "%s%c%s", v[SMS_URL],
			strchr(v[SMS_URL], '?') != NULL ? '&' : '?', sb_str(&sb)) };
	return (struct sms_request){ "POST", v[SMS_URL], json ? "application/json; charset=utf-8" :
		"application/x-www-form-urlencoded; charset=utf-8", sb_str(&sb) };
}

/* ---- calling ---- */

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void
start_once(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t
take_answer(char *p, size_t size, size_t n, void *arg)
{
	struct sb *sb = arg;

	sb_add_n(sb, p, size * n);
	return size * n;		/* what does not fit is not needed */
}

/* What it answered, for the timeline's reader: one line of it. */
static const char *
in_a_line(struct arena *a, struct sb *answer)
{
	char *line = utf8_clean(a, sb_str(answer), strlen(sb_str(answer)));

	for (char *p = line; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ')
			*p = ' ';
	}
	return arena_strndup(a, line, utf8_prefix(line, 200));
}

static void
judge(struct attempt *t, struct sb *answer)
{
	/* What is wrong with our password, the address or the gateway itself says nothing about the message. */
	static const long about_us[] = { 401, 402, 403, 404, 405, 407, 408, 409, 425, 429 };

	t->outcome = t->status >= 200 && t->status < 300 ? SENT : t->status >= 400 && t->status < 500 ? PERMANENT : TEMPORARY;
	for (size_t i = 0; i < ARRAY_LEN(about_us); i++) {
		if (t->status == about_us[i])
			t->outcome = TEMPORARY;
	}
	t->says = arena_printf(t->a, "%ld %s", t->status, in_a_line(t->a, answer));
}

static void
find_id(struct attempt *t, const struct sms_settings *s, struct sb *answer)
{
	struct sms_fields fields;
	struct err ignored = { 0 };
	const char *id;

	if (!sms_fields_parse(t->a, NULL, sb_str(answer), answer->len, &fields, &ignored))
		return;
	id = sms_field(t->a, &fields, s->value[SMS_ID]);
	sms_fields_close(&fields);
	if (id != NULL && *id != '\0' && strlen(id) <= 200)
		t->gateway_id = id;
}

static void
call(CURL *curl, const struct sms_settings *s, struct attempt *t)
{
	struct sms_request rq = sms_request_of(t->a, s, t->m->recipient, t->m->text);
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	struct sb answer;
	CURLcode code;

	sb_init(&answer, t->a, ANSWER_MAX);
	if (rq.type != NULL)
		headers = curl_slist_append(headers, arena_printf(t->a, "Content-Type: %s", rq.type));
	if (s->value[SMS_HEADER][0] != '\0' && s->value[SMS_SECRET][0] != '\0')
		headers = curl_slist_append(headers, arena_printf(t->a, "%s: %s", s->value[SMS_HEADER], s->value[SMS_SECRET]));
	(void)curl_easy_setopt(curl, CURLOPT_URL, rq.url);
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);	/* the secret goes where it was told, and nowhere else */
	(void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	if (rq.body != NULL) {
		(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(rq.body));
		(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, rq.body);
	} else {
		(void)curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	}
	code = curl_easy_perform(curl);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &t->status);
	if (code == CURLE_OK) {
		judge(t, &answer);
		if (t->outcome == SENT)
			find_id(t, s, &answer);
	} else {
		t->status = 0;
		t->outcome = TEMPORARY;
		t->unreachable = true;
		t->says = curl_easy_strerror(code);
	}
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
}

/* ---- what became of it ---- */

static bool
record(struct db *tx, void *arg, struct err *err)
{
	struct attempt *t = arg;
	const struct outbox_message *m = t->m;
	bool failed = t->outcome == PERMANENT, ok;
	struct sb data;

	t->gave_up = false;
	if (t->outcome == SENT)
		ok = outbox_sent(tx, m->id, t->now, err) && (t->gateway_id == NULL || sms_named(tx, m->id, t->gateway_id, err)) &&
		    (m->document_id == 0 || document_state_set(tx, m->document_id, "sent", err));
	else if (t->outcome == TEMPORARY)
		ok = outbox_retry(tx, m->id, t->now, t->says, &t->gave_up, err);
	else
		ok = outbox_failed(tx, m->id, t->now, t->says, err);
	if (!ok || m->contact_id == 0)
		return ok;
	sb_init(&data, t->a, 1000);
	sb_addf(&data, "{\"message\": %" PRId64 ", \"automatic\": %s, \"attempt\": %" PRId64 ", \"code\": %ld}", m->id,
	    m->automatic ? "true" : "false", m->attempts + 1, t->status);
	if (!event_note(tx, t->now, 0, t->outcome == SENT ? "sms.sent" : failed || t->gave_up ? "sms.failed" : "sms.retry", "outbox",
	    m->id, m->contact_id, 0, 0, 0, sb_str(&data), err))
		return false;
	if ((failed || t->gave_up) && m->document_id != 0)
		return sender_not_delivered(tx, m->contact_id, m->document_id, "sms", m->recipient, t->says, t->now, err);
	return true;
}

struct claim { int64_t id, now; bool ours, again; };

static bool
claim(struct db *tx, void *arg, struct err *err)
{
	struct claim *c = arg;

	return outbox_claim(tx, c->id, c->now, &c->ours, &c->again, err);
}

/* Written when it was open, and secret now. */
static bool
may_go(struct db *db, struct attempt *t, bool *may, struct err *err)
{
	struct contact c;

	*may = true;
	if (t->m->contact_id == 0)
		return true;
	if (!contact_get(db, t->a, t->m->contact_id, &c, err))
		return false;
	if (c.restricted > 0) {
		*may = false;
		t->outcome = PERMANENT;
		t->says = tr("sv", N_("It became secret or protected after it was written, and was not sent as a text message."));
	}
	return true;
}

static bool
send_one(struct db *db, CURL *curl, const struct sms_settings *s, struct attempt *t, const char **unreachable,
    struct sms_done *done, struct err *err)
{
	struct claim mine = { .id = t->m->id, .now = t->now };
	bool may;

	if (!db_write(db, claim, &mine, err) || !may_go(db, t, &may, err))
		return false;
	if (!mine.ours)			/* another server has it */
		return true;
	if (may && (strcmp(s->value[SMS_ON], "1") != 0 || s->value[SMS_URL][0] == '\0')) {
		t->outcome = TEMPORARY;
		t->says = "text messages are switched off";
	} else if (may && *unreachable != NULL) {		/* not asked again in this run */
		t->outcome = TEMPORARY;
		t->says = *unreachable;
	} else if (may) {
		call(curl, s, t);
		if (t->unreachable)
			*unreachable = t->says;
	}
	if (!db_write(db, record, t, err))
		return err_add(err, "outcome of text message %" PRId64, t->m->id);
	done->sent += t->outcome == SENT;
	done->failed += t->outcome == PERMANENT || t->gave_up;
	done->retried += t->outcome == TEMPORARY && !t->gave_up;
	if (t->outcome != SENT)
		log_line(LOG_WARN, "sms", "message=%" PRId64 " attempt=%" PRId64 " code=%ld", t->m->id, t->m->attempts + 1, t->status);
	return true;
}

bool
sms_run(struct db *db, const char *secret, int64_t now, int limit, struct sms_done *out, struct err *err)
{
	struct arena *a = arena_open();
	struct outbox_list list = { 0 };
	const char *unreachable = NULL;
	struct sms_settings s;
	CURL *curl = NULL;
	bool ok = outbox_due(db, a, "sms", now, limit < PAGE ? (size_t)limit : PAGE, &list, err);

	*out = (struct sms_done){ 0 };
	if (ok && list.n > 0 && (ok = late_curl_load(err) && sms_settings(db, a, &s, err))) {
		if (secret != NULL)
			s.value[SMS_SECRET] = secret;
		(void)pthread_once(&started, start_once);
		curl = curl_easy_init();
		ok = curl != NULL || err_set(err, ERR_BUG, "text messages: no memory for a connection");
	}
	for (size_t i = 0; ok && i < list.n; i++)
		ok = send_one(db, curl, &s, &(struct attempt){ .a = a, .m = &list.item[i], .now = now, .says = "" }, &unreachable, out, err);
	if (curl != NULL)
		curl_easy_cleanup(curl);
	arena_close(a);
	return ok || err_add(err, "text messages");
}
