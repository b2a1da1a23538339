/* call/call_read.c: JSON events, CSV, Asterisk's CDR */
#include "call/call_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/date.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/utf8.h"
#include "people/phone.h"

enum { CALL_FIRST = 946684800 };	/* 2000-01-01: an exchange that has lost its clock says 1970 */

static const char AHEAD[] = N_("The time is more than ten minutes ahead of ours. Set the exchange's clock, and send it again.");
static const char OLD[] = N_("The time is more than 31 days ago. Import older calls from a file.");

static void
add_fault(struct arena *a, struct call_list *l, size_t line, const char *field, const char *why)
{
	l->bad++;
	if (l->n_faults == CALL_FAULTS_SHOWN)
		return;
	if (l->n_faults == l->cap_faults) {
		size_t cap = l->cap_faults == 0 ? 16 : l->cap_faults * 2;

		l->fault = arena_grow(a, l->fault, l->cap_faults * sizeof(*l->fault), cap * sizeof(*l->fault));
		l->cap_faults = cap;
	}
	l->fault[l->n_faults++] = (struct call_fault){ line, field, why };
}

static void
add_event(struct arena *a, struct call_list *l, const struct call_event *e)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 16 : l->cap * 2;

		l->event = arena_grow(a, l->event, l->cap * sizeof(*l->event), cap * sizeof(*l->event));
		l->cap = cap;
	}
	l->event[l->n++] = *e;
}

/* ---- words that all formats share ---- */

static const char *
trimmed(struct arena *a, const char *text)
{
	size_t n;

	if (text == NULL)
		return NULL;
	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	return n == 0 ? NULL : arena_strndup(a, text, n);
}

static bool
is_withheld(const char *text)
{
	static const char *const words[] = { "anonymous", "unknown", "private", "withheld", "restricted", "unavailable", "hidden",
		"skyddat", "skyddat nummer", "hemligt", "hemligt nummer", "dolt", "dolt nummer", "okänt", "okänt nummer", "asterisk",
		"<unknown>", "-", "s", "0", "null" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(words[i], text) == 0)
			return true;
	}
	return false;
}

const char *
call_number(struct arena *a, const char *text)
{
	const char *at, *end;

	if ((text = trimmed(a, text)) == NULL || is_withheld(text))
		return NULL;
	if ((at = strrchr(text, '<')) != NULL && (end = strchr(at, '>')) != NULL)
		text = arena_strndup(a, at + 1, (size_t)(end - at) - 1);
	if (strncasecmp(text, "sip:", 4) == 0 || strncasecmp(text, "tel:", 4) == 0)
		text += 4;
	else if (strncasecmp(text, "sips:", 5) == 0)
		text += 5;
	text = trimmed(a, arena_strndup(a, text, strcspn(text, "@;")));
	if (text == NULL || is_withheld(text))
		return NULL;
	return phone_normal(a, text);
}

/* At most `max` bytes of one line; NULL when it is empty. False: too long, or a character that is no text. */
static bool
short_text(struct arena *a, const char *text, size_t max, const char **out)
{
	*out = trimmed(a, text);
	for (const char *p = *out; p != NULL && *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	}
	return *out == NULL || strlen(*out) <= max;
}

/* Of one line; a fault when a part cannot be used. `number` raw. */
static bool
fill_texts(struct arena *a, struct call_list *l, struct call_event *e, const char *call_id, const char *number, const char *queue,
    const char *agent)
{
	const char *why = NULL, *field = NULL;

	if (!short_text(a, call_id, CALL_ID_MAX, &e->call_id) || e->call_id == NULL)
		field = "call_id", why = N_("Say which call: call_id, the exchange's own name of it, at most 120 characters.");
	else if (number != NULL && strlen(number) > 200)
		field = "number", why = N_("Write the number with at most 200 characters, like 070-123 45 67 or +46701234567.");
	else if (!short_text(a, queue, CALL_QUEUE_MAX, &e->queue))
		field = "queue", why = N_("Write the queue with at most 80 characters on one line.");
	else if (!short_text(a, agent, CALL_AGENT_MAX, &e->agent))
		field = "agent", why = N_("Write the agent with at most 120 characters on one line.");
	e->number = why == NULL ? call_number(a, number) : NULL;
	if (e->number != NULL && strlen(e->number) > 60)
		field = "number", why = N_("Write the number with at most 200 characters, like 070-123 45 67 or +46701234567.");
	/* a queue that is a number is found again however it is written */
	if (why == NULL && e->queue != NULL && e->queue[strspn(e->queue, "0123456789+-()/ ")] == '\0')
		e->queue = phone_normal(a, e->queue);
	if (why != NULL)
		add_fault(a, l, e->line, field, why);
	return why == NULL;
}

static bool
sane_time(struct arena *a, struct call_list *l, size_t line, int64_t at, int64_t now, bool file)
{
	const char *why = at > now + CALL_AHEAD_S ? AHEAD : !file && at < now - CALL_OLD_S ? OLD :
	    at < CALL_FIRST ? N_("The year is before 2000. Correct it, and send it again.") : NULL;

	if (why != NULL)
		add_fault(a, l, line, "at", why);
	return why == NULL;
}

/* ---- JSON ---- */

static bool
json_seconds(const json_t *o, const char *key, int64_t *out)
{
	const json_t *v = json_object_get(o, key);

	*out = -1;
	if (v == NULL || json_is_null(v))
		return true;
	if (json_is_integer(v))
		*out = json_integer_value(v);
	else if (json_is_real(v) && json_real_value(v) >= 0 && json_real_value(v) <= CALL_SECONDS_MAX)
		*out = (int64_t)json_real_value(v);
	return *out >= 0 && *out <= CALL_SECONDS_MAX;
}

/* Text or NULL; false: something else stands there. An id may be a whole number. */
static bool
json_text(struct arena *a, const json_t *o, const char *key, const char **out)
{
	const json_t *v = json_object_get(o, key);

	*out = NULL;
	if (v == NULL || json_is_null(v))
		return true;
	if (json_is_integer(v))
		*out = arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_string(v) && strlen(json_string_value(v)) == json_string_length(v))
		*out = json_string_value(v);
	return *out != NULL;
}

/* What follows from a word, the instant it was said of, and what it says of waiting and talking (-1: nothing). */
static bool
settle(struct call_event *e, const char *kind, int64_t wait, int64_t talk)
{
	bool ended = strcmp(kind, "ended") == 0;

	e->kind = CALL_ABANDONED;
	if (!ended && !call_kind_parse(kind, &e->kind))
		return false;
	if (ended && talk > 0)
		e->kind = CALL_ANSWERED;
	switch (e->kind) {
	case CALL_RINGING:
		break;
	case CALL_ANSWERED:
	case CALL_OUTGOING:
		e->answered_at = ended ? e->at - talk : e->at;
		e->ended_at = ended ? e->at : talk >= 0 ? e->at + talk : 0;
		break;
	case CALL_ABANDONED:
	case CALL_MISSED:
		e->ended_at = e->at;
		break;
	case CALL_KINDS:
		return false;
	}
	e->started_at = (e->answered_at != 0 ? e->answered_at : e->at) - (wait > 0 ? wait : 0);
	return true;
}

static void
read_one(struct arena *a, const json_t *o, size_t line, int64_t now, struct call_list *l)
{
	struct call_event e = { .line = line };
	const char *call_id, *kind, *at, *number, *queue, *agent, *field = NULL, *why = NULL;
	int64_t wait = -1, talk = -1;

	if (!json_is_object(o))
		field = "", why = N_("An event is an object with call_id, kind and at.");
	else if (!json_text(a, o, "call_id", &call_id))
		field = "call_id", why = N_("Say which call: call_id, the exchange's own name of it, at most 120 characters.");
	else if (!json_text(a, o, "kind", &kind) || kind == NULL)
		field = "kind", why = N_("Say what happened: kind is ringing, answered, missed, abandoned, ended or outgoing.");
	else if (!json_text(a, o, "at", &at) || at == NULL || !instant_parse(at, &e.at))
		field = "at", why = N_("Say when, with the zone: at is like 2027-01-11T08:12:00+01:00.");
	else if (!json_text(a, o, "number", &number))
		field = "number", why = N_("Write the number as text, like 070-123 45 67 or +46701234567; null when it is withheld.");
	else if (!json_text(a, o, "queue", &queue))
		field = "queue", why = N_("Write the queue with at most 80 characters on one line.");
	else if (!json_text(a, o, "agent", &agent))
		field = "agent", why = N_("Write the agent with at most 120 characters on one line.");
	else if (!json_seconds(o, "wait", &wait))
		field = "wait", why = N_("wait is how many seconds she waited, from 0 to 86400.");
	else if (!json_seconds(o, "talk", &talk))
		field = "talk", why = N_("talk is how many seconds was talked, from 0 to 86400.");
	else if (!settle(&e, kind, wait, talk))
		field = "kind", why = N_("Say what happened: kind is ringing, answered, missed, abandoned, ended or outgoing.");
	if (why != NULL)
		add_fault(a, l, line, field, why);
	else if (sane_time(a, l, line, e.at, now, false) && fill_texts(a, l, &e, call_id, number, queue, agent))
		add_event(a, l, &e);
}

static bool
too_many(struct call_list *l, struct err *err)
{
	l->n = CALL_EVENTS_MAX;		/* none is kept: who sent them sends them again in parts */
	(void)err_set(err, ERR_INPUT, "more than %d events", CALL_EVENTS_MAX);
	err->person = N_("Send at most 1,000 events at a time.");
	return false;
}

/* Strings of an object live as long as it: they are copied before it goes. */
static void
own(struct arena *a, struct call_list *l, size_t from)
{
	for (size_t i = from; i < l->n; i++) {
		struct call_event *e = &l->event[i];

		e->call_id = arena_strdup(a, e->call_id);
		e->number = arena_strdup(a, e->number);
		e->queue = arena_strdup(a, e->queue);
		e->agent = arena_strdup(a, e->agent);
	}
}

static bool
read_lines(struct arena *a, const char *data, size_t n, int64_t now, struct call_list *out, struct err *err)
{
	size_t line = 0, seen = 0;

	for (const char *p = data, *end = data + n, *next; p < end; p = next) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct err bad = { 0 };
		json_t *v = NULL;
		size_t from = out->n;

		line++;
		stop = stop == NULL ? end : stop;
		next = stop + (stop < end);
		while (p < stop && (*p == ' ' || *p == '\t' || *p == '\r'))
			p++;
		if (p == stop)
			continue;
		if (seen++ == CALL_EVENTS_MAX)
			return too_many(out, err);
		if (!json_parse(p, (size_t)(stop - p), &v, &bad)) {
			add_fault(a, out, line, "", N_("The line is no JSON object. Send one event, an array of events, or one event a line."));
			continue;
		}
		read_one(a, v, line, now, out);
		own(a, out, from);
		json_decref(v);
	}
	return true;
}

bool
call_read_json(struct arena *a, const char *data, size_t n, int64_t now, struct call_list *out, struct err *err)
{
	struct err bad = { 0 };
	json_t *v = NULL;
	size_t i;
	bool ok = true;

	*out = (struct call_list){ 0 };
	if (n > CALL_BODY_MAX) {
		(void)err_set(err, ERR_INPUT, "%zu bytes", n);
		err->person = N_("Send at most 1 MB at a time.");
		return false;
	}
	if (!json_parse(data, n, &v, &bad)) {
		if (!read_lines(a, data, n, now, out, err))
			return false;
	} else if (json_is_array(v)) {
		if (json_array_size(v) > CALL_EVENTS_MAX)
			ok = too_many(out, err);
		for (i = 0; ok && i < json_array_size(v); i++)
			read_one(a, json_array_get(v, i), i + 1, now, out);
		if (ok)
			own(a, out, 0);
	} else {
		read_one(a, v, 1, now, out);
		own(a, out, 0);
	}
	json_decref(v);
	if (ok && out->n == 0 && out->bad == 0) {
		(void)err_set(err, ERR_INPUT, "no events");
		err->person = N_("There is no event in it. Send one event, an array of events, or one event a line.");
		return false;
	}
	return ok;
}

/* ---- CSV ---- */

/* RFC 3339, or the municipality's own wall clock: "2027-01-11 08:12:05", "2027-01-11 08:12". */
static bool
wall_clock(struct arena *a, const char *text, int64_t *out)
{
	struct date day;
	int h, m, s = 0;
	char *end;

	if (instant_parse(text, out))
		return true;
	if (strlen(text) < 16 || (text[10] != ' ' && text[10] != 'T') || !date_parse(arena_strndup(a, text, 10), &day))
		return false;
	h = (int)strtol(text + 11, &end, 10);
	if (end != text + 13 || *end != ':')
		return false;
	m = (int)strtol(text + 14, &end, 10);
	if (end != text + 16)
		return false;
	if (*end == ':') {
		s = (int)strtol(text + 17, &end, 10);
		if (end != text + 19)
			return false;
	}
	if (*end != '\0' || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60)
		return false;
	*out = local_instant(day, h, m, s > 59 ? 59 : s);
	return true;
}

/* "" is -1. */
static bool
seconds(struct arena *a, const char *text, int64_t *out)
{
	char *end;

	*out = -1;
	if ((text = trimmed(a, text)) == NULL)
		return true;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return *end == '\0' && errno == 0 && *out >= 0 && *out <= CALL_SECONDS_MAX;
}

bool
call_read_csv(struct arena *a, const char *data, size_t n, int64_t now, struct call_list *out, struct err *err)
{
	enum { ID, KIND, AT, NUMBER, QUEUE, AGENT, WAIT, TALK, COLUMNS };
	static const char *const name[COLUMNS] = { "call_id", "kind", "at", "number", "queue", "agent", "wait", "talk" };
	int column[COLUMNS];
	struct csv csv;

	*out = (struct call_list){ 0 };
	if (!csv_parse(a, data, n, &csv, err)) {
		err->person = N_("A quotation mark is opened and never closed, or a line has too many columns.");
		return false;
	}
	for (int i = 0; i < COLUMNS; i++)
		column[i] = csv.n == 0 ? -1 : csv_column(&csv, name[i]);
	if (column[ID] < 0 || column[KIND] < 0 || column[AT] < 0 || column[NUMBER] < 0) {
		(void)err_set(err, ERR_INPUT, "line 1: the columns call_id, kind, at and number are needed");
		err->person = N_("The first line must name the columns: call_id, kind, at and number, and if you have them queue, agent, "
		    "wait and talk.");
		return false;
	}
	for (size_t i = 1; i < csv.n; i++) {
		const struct csv_row *row = &csv.row[i];
		struct call_event e = { .line = row->line };
		const char *kind = trimmed(a, csv_field(row, column[KIND])), *at = trimmed(a, csv_field(row, column[AT]));
		const char *field = NULL, *why = NULL;
		int64_t wait, talk;

		if (row->n > csv.row[0].n)
			field = "", why = N_("The line has more columns than the first line.");
		else if (kind == NULL || !call_kind_parse(kind, &e.kind) || e.kind == CALL_RINGING)
			field = "kind", why = N_("kind is answered, missed, abandoned or outgoing.");
		else if (at == NULL || !wall_clock(a, at, &e.started_at))
			field = "at", why = N_("at is when the call began, like 2027-01-11 08:12:05 (local time) or 2027-01-11T08:12:05+01:00.");
		else if (!seconds(a, csv_field(row, column[WAIT]), &wait))
			field = "wait", why = N_("wait is how many seconds she waited, from 0 to 86400.");
		else if (!seconds(a, csv_field(row, column[TALK]), &talk))
			field = "talk", why = N_("talk is how many seconds was talked, from 0 to 86400.");
		if (why != NULL) {
			add_fault(a, out, row->line, field, why);
			continue;
		}
		e.at = e.started_at;
		if (call_spoken(e.kind)) {
			e.answered_at = e.started_at + (wait > 0 ? wait : 0);
			e.ended_at = talk < 0 ? 0 : e.answered_at + talk;
		} else {
			e.ended_at = e.started_at + (wait > 0 ? wait : 0);
		}
		if (sane_time(a, out, row->line, e.at, now, true) && fill_texts(a, out, &e, csv_field(row, column[ID]),
		    csv_field(row, column[NUMBER]), csv_field(row, column[QUEUE]), csv_field(row, column[AGENT])))
			add_event(a, out, &e);
	}
	return true;
}

/* ---- Asterisk's CDR (cdr_csv): 16 columns, 17 with uniqueid, 18 with userfield ---- */

enum { CDR_SRC = 1, CDR_DST = 2, CDR_CHANNEL = 5, CDR_DSTCHANNEL, CDR_LASTAPP, CDR_LASTDATA, CDR_START, CDR_ANSWER, CDR_END,
	CDR_DURATION, CDR_BILLSEC, CDR_DISPOSITION, CDR_AMAFLAGS, CDR_UNIQUEID, CDR_LEAST = CDR_AMAFLAGS + 1 };

/* One of our own telephones: few digits. */
static bool
is_extension(const char *number)
{
	return number != NULL && number[0] != '+' && strlen(number) <= 6 && number[strspn(number, "0123456789*#")] == '\0';
}

/* "PJSIP/4021-0000001a" is the telephone PJSIP/4021. */
static const char *
telephone(struct arena *a, const char *channel)
{
	const char *dash = strrchr(channel, '-');

	return *channel == '\0' ? NULL : arena_strndup(a, channel, dash == NULL ? strlen(channel) : (size_t)(dash - channel));
}

static void
cdr_row(struct arena *a, const struct csv_row *row, int64_t now, struct call_list *out)
{
	struct call_event e = { .line = row->line };
	const char *const *f = row->field, *disposition = f[CDR_DISPOSITION], *queue = f[CDR_DST], *id;
	const char *src = call_number(a, f[CDR_SRC]), *dst = call_number(a, f[CDR_DST]), *number = f[CDR_SRC], *agent = NULL;
	int64_t duration, billsec;
	bool answered = strcasecmp(disposition, "ANSWERED") == 0;

	if (!wall_clock(a, f[CDR_START], &e.started_at)) {
		add_fault(a, out, row->line, "start", N_("The tenth column is when the call began, like 2027-01-11 08:12:05."));
		return;
	}
	if (!seconds(a, f[CDR_DURATION], &duration) || duration < 0 || !seconds(a, f[CDR_BILLSEC], &billsec) || billsec < 0 ||
	    billsec > duration) {
		add_fault(a, out, row->line, "duration", N_("Columns 13 and 14 are whole seconds, the second not more than the first."));
		return;
	}
	if (!answered && strcasecmp(disposition, "NO ANSWER") != 0 && strcasecmp(disposition, "NOANSWER") != 0 &&
	    strcasecmp(disposition, "BUSY") != 0 && strcasecmp(disposition, "FAILED") != 0 &&
	    strcasecmp(disposition, "CONGESTION") != 0) {
		add_fault(a, out, row->line, "disposition", N_("Column 15 is ANSWERED, NO ANSWER, BUSY, FAILED or CONGESTION."));
		return;
	}
	e.at = e.started_at;
	e.ended_at = e.started_at + duration;
	if (is_extension(src) && (is_extension(dst) || !answered)) {	/* between ourselves, or out and nobody there */
		out->left_out++;
		return;
	}
	if (is_extension(src)) {
		e.kind = CALL_OUTGOING;
		number = f[CDR_DST];
		queue = NULL;
		agent = telephone(a, f[CDR_CHANNEL]);
		e.answered_at = e.ended_at - billsec;
	} else if (answered && f[CDR_DSTCHANNEL][0] != '\0' && strcasecmp(f[CDR_LASTAPP], "VoiceMail") != 0) {
		e.kind = CALL_ANSWERED;
		agent = telephone(a, f[CDR_DSTCHANNEL]);
		e.answered_at = e.ended_at - billsec;
	} else {			/* a machine that answers is no answer */
		e.kind = answered || strcasecmp(disposition, "NO ANSWER") == 0 || strcasecmp(disposition, "NOANSWER") == 0 ?
		    strcasecmp(f[CDR_LASTAPP], "VoiceMail") == 0 ? CALL_MISSED : CALL_ABANDONED : CALL_MISSED;
	}
	if (e.kind != CALL_OUTGOING && strcasecmp(f[CDR_LASTAPP], "Queue") == 0)
		queue = arena_strndup(a, f[CDR_LASTDATA], strcspn(f[CDR_LASTDATA], ",|"));
	id = row->n > CDR_UNIQUEID ? f[CDR_UNIQUEID] : "";
	if (*id == '\0')		/* not logged: the same line is the same call */
		id = arena_strndup(a, hash_hex(hash_bytes(arena_printf(a, "%s\n%s\n%s\n%s", f[CDR_START], f[CDR_SRC], f[CDR_DST],
		    f[CDR_CHANNEL]), strlen(f[CDR_START]) + strlen(f[CDR_SRC]) + strlen(f[CDR_DST]) + strlen(f[CDR_CHANNEL]) + 3)).s, 32);
	if (sane_time(a, out, row->line, e.at, now, true) && fill_texts(a, out, &e, id, number, queue, agent))
		add_event(a, out, &e);
}

bool
call_read_cdr(struct arena *a, const char *data, size_t n, int64_t now, struct call_list *out, struct err *err)
{
	struct csv csv;

	*out = (struct call_list){ 0 };
	if (!csv_parse(a, data, n, &csv, err)) {
		err->person = N_("A quotation mark is opened and never closed, or a line has too many columns.");
		return false;
	}
	for (size_t i = 0; i < csv.n; i++) {
		if (csv.row[i].n < CDR_LEAST)
			add_fault(a, out, csv.row[i].line, "", N_("A line of Master.csv has 16 to 18 columns with commas between."));
		else
			cdr_row(a, &csv.row[i], now, out);
	}
	if (csv.n > 0 && out->bad == csv.n) {
		(void)err_set(err, ERR_INPUT, "line %zu: %s", out->n_faults == 0 ? 1 : out->fault[0].line,
		    out->n_faults == 0 ? "no call" : out->fault[0].why);
		err->person = out->n_faults == 0 ? N_("There is no call in the file.") : out->fault[0].why;
		return false;
	}
	return true;
}
