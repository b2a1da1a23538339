/* mail/receive_imap.c: the few words of IMAP we need (RFC 3501, 2177, 6851, 4315)
 *
 * libcurl connects, speaks TLS and signs in, and then hands over the connection (CURLOPT_CONNECT_ONLY): its own fetching
 * marks a message as seen before we have stored it. Here a message is fetched with BODY.PEEK[], so that it stays unseen
 * until it is safe. */
#include "mail/receive.h"

#include <ctype.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/monotonic.h"
#include "base/sb.h"
#include "mail/late_curl.h"
#include "mail/message.h"

enum { TIMEOUT_S = 60, IDLE_MAX_S = 25 * 60, REST_STEP_S = 5, LOOK_MS = 200, LINE_MAX_BYTES = 1024 * 1024, UIDS_MAX = 10000, CHUNK = 64 * 1024 };

struct imap {
	CURL *curl;
	curl_socket_t socket;
	struct arena *arena;		/* config strings */
	struct arena *scratch;		/* one command's answer */
	const char *move_to;
	int timeout_s;
	unsigned tag;
	bool can_idle, can_move, can_expunge_uid;
	char buffer[CHUNK];
	size_t have, at;
};

/* --- bytes --- */

static bool
wait_for(struct imap *i, short events, int64_t until)
{
	struct pollfd p = { .fd = i->socket, .events = events };
	int64_t left = until - monotonic_ms();

	return left > 0 && poll(&p, 1, (int)left) > 0;
}

/* More bytes into the empty buffer. 1: there are, 0: not before `until`, -1: the connection is gone. */
static int
fill(struct imap *i, int64_t until)
{
	for (;;) {
		CURLcode code = curl_easy_recv(i->curl, i->buffer, sizeof(i->buffer), &i->have);

		i->at = 0;
		if (code == CURLE_OK)
			return i->have > 0 ? 1 : -1;
		i->have = 0;
		if (code != CURLE_AGAIN)
			return -1;
		if (!wait_for(i, POLLIN, until))
			return 0;
	}
}

static bool
need_bytes(struct imap *i, struct err *err)
{
	int got = i->at < i->have ? 1 : fill(i, monotonic_ms() + (int64_t)i->timeout_s * 1000);

	return got == 1 || err_set(err, ERR_BUSY, "IMAP: %s", got == 0 ? "no answer in time" : "the connection is gone");
}

static bool
say(struct imap *i, const char *bytes, size_t n, struct err *err)
{
	int64_t until = monotonic_ms() + (int64_t)i->timeout_s * 1000;

	while (n > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(i->curl, bytes, n, &sent);

		if (code != CURLE_OK && code != CURLE_AGAIN)
			return err_set(err, ERR_BUSY, "IMAP: sending: %s", curl_easy_strerror(code));
		bytes += sent;
		n -= sent;
		if (n > 0 && sent == 0 && !wait_for(i, POLLOUT, until))
			return err_set(err, ERR_BUSY, "IMAP: sending: no room in time");
	}
	return true;
}

/* One line without its CRLF, in scratch. */
static bool
read_line(struct imap *i, char **line, struct err *err)
{
	struct sb sb;

	sb_init(&sb, i->scratch, LINE_MAX_BYTES);
	for (;;) {
		const char *from, *nl;
		size_t n;

		if (!need_bytes(i, err))
			return false;
		from = i->buffer + i->at;
		nl = memchr(from, '\n', i->have - i->at);
		n = nl == NULL ? i->have - i->at : (size_t)(nl - from);
		sb_add_n(&sb, from, n);
		i->at += n + (nl != NULL);
		if (sb.full)
			return err_set(err, ERR_BUSY, "IMAP: an endless line");
		if (nl != NULL)
			break;
	}
	if (sb.len > 0 && sb.data[sb.len - 1] == '\r')
		sb.len--;
	(void)sb_str(&sb);
	*line = arena_strndup(i->scratch, sb_str(&sb), sb.len);
	return true;
}

static bool
read_exactly(struct imap *i, char *to, size_t n, struct err *err)
{
	while (n > 0) {
		size_t some;

		if (!need_bytes(i, err))
			return false;
		some = i->have - i->at < n ? i->have - i->at : n;
		memcpy(to, i->buffer + i->at, some);
		i->at += some;
		to += some;
		n -= some;
	}
	return true;
}

/* --- commands --- */

/* What came with the answer to a command: lines that matter, and a literal if there was one. */
struct answer {
	const char *starts;		/* untagged lines beginning so, after "* ", are gathered */
	struct sb lines;		/* each ends in \n */
	char *literal;
	size_t literal_n;
	bool ok;			/* OK; else NO or BAD */
	const char *status;		/* the tagged line's words */
};

/* "{1234}" at the end of a line; -1 when there is none. */
static int64_t
literal_size(const char *line)
{
	const char *open = strrchr(line, '{');
	char *end;
	long long n;

	if (open == NULL || !isdigit((unsigned char)open[1]))
		return -1;
	n = strtoll(open + 1, &end, 10);
	return strcmp(end, "}") == 0 ? (int64_t)n : -1;
}

static bool
take_literal(struct imap *i, int64_t size, struct answer *out, struct err *err)
{
	if (size > MIME_BYTES_MAX)
		return err_set(err, ERR_BUSY, "IMAP: a literal of %" PRId64 " bytes", size);
	out->literal_n = (size_t)size;
	out->literal = arena_alloc(i->scratch, (size_t)size + 1);
	return read_exactly(i, out->literal, (size_t)size, err);
}

/* Says a command and reads to its tagged answer. */
static PRINTF(4, 5) bool
command(struct imap *i, struct answer *out, struct err *err, const char *fmt, ...)
{
	char tag[16], *line;
	const char *text;
	va_list ap;
	char words[1500];
	size_t tag_n;

	arena_reset(i->scratch);
	(void)snprintf(tag, sizeof(tag), "n%u ", ++i->tag);
	tag_n = strlen(tag);
	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	text = arena_printf(i->scratch, "%s%s\r\n", tag, words);
	sb_init(&out->lines, i->scratch, LINE_MAX_BYTES * 2);
	if (!say(i, text, strlen(text), err))
		return false;
	for (;;) {
		int64_t size;

		if (!read_line(i, &line, err))
			return false;
		if (strncmp(line, tag, tag_n) == 0) {
			out->ok = strncasecmp(line + tag_n, "OK", 2) == 0;
			out->status = line + tag_n;
			return true;
		}
		if (strncasecmp(line, "* BYE", 5) == 0)
			return err_set(err, ERR_BUSY, "IMAP: the server says good-bye");
		if (line[0] == '*' && line[1] == ' ' && out->starts != NULL &&
		    strncasecmp(line + 2, out->starts, strlen(out->starts)) == 0) {
			sb_add(&out->lines, line + 2);
			sb_add_c(&out->lines, '\n');
		}
		if ((size = literal_size(line)) >= 0 && !take_literal(i, size, out, err))
			return false;
	}
}

/* A mailbox's name as a quoted string; NULL when it cannot be one. */
static const char *
quoted(struct arena *a, const char *name)
{
	for (const char *p = name; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == '"' || *p == '\\' || *p == 0x7f)
			return NULL;
	}
	return strlen(name) > 500 ? NULL : arena_printf(a, "\"%s\"", name);
}

/* --- opening --- */

static void
configure(struct imap *i, const struct imap_config *c)
{
	bool implicit = c->tls == IMAP_TLS_IMPLICIT;
	char *url = arena_printf(i->arena, strchr(c->host, ':') != NULL ? "%s://[%s]:%d/" : "%s://%s:%d/",
	    implicit ? "imaps" : "imap", c->host, c->port != 0 ? c->port : implicit ? 993 : 143);

	(void)curl_easy_setopt(i->curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(i->curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	(void)curl_easy_setopt(i->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(i->curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(i->curl, CURLOPT_USE_SSL, c->tls == IMAP_TLS_OFF ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	if (c->ca_file != NULL)
		(void)curl_easy_setopt(i->curl, CURLOPT_CAINFO, c->ca_file);
	(void)curl_easy_setopt(i->curl, CURLOPT_USERNAME, c->user);
	(void)curl_easy_setopt(i->curl, CURLOPT_PASSWORD, c->password);
	(void)curl_easy_setopt(i->curl, CURLOPT_CONNECTTIMEOUT, (long)i->timeout_s);
	(void)curl_easy_setopt(i->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)i->timeout_s);
	(void)curl_easy_setopt(i->curl, CURLOPT_CONNECT_ONLY, 1L);
}

static bool
sign_in(struct imap *i, const struct imap_config *c, struct err *err)
{
	CURLcode code;

	configure(i, c);
	code = curl_easy_perform(i->curl);
	if (code == CURLE_LOGIN_DENIED)
		return err_set(err, ERR_DENIED, "IMAP: the server does not let us in");
	if (code != CURLE_OK)
		return err_set(err, ERR_BUSY, "IMAP: %s", curl_easy_strerror(code));
	code = curl_easy_getinfo(i->curl, CURLINFO_ACTIVESOCKET, &i->socket);
	return code == CURLE_OK || err_set(err, ERR_BUSY, "IMAP: no socket: %s", curl_easy_strerror(code));
}

static bool
select_mailbox(struct imap *i, const struct imap_config *c, struct err *err)
{
	const char *name = quoted(i->arena, c->mailbox == NULL ? "INBOX" : c->mailbox);
	struct answer answer = { .starts = "CAPABILITY" };

	if (!command(i, &answer, err, "CAPABILITY"))
		return false;
	i->can_idle = strcasestr(sb_str(&answer.lines), " IDLE") != NULL;
	i->can_move = strcasestr(sb_str(&answer.lines), " MOVE") != NULL;
	i->can_expunge_uid = strcasestr(sb_str(&answer.lines), " UIDPLUS") != NULL;
	i->move_to = c->move_to == NULL ? NULL : quoted(i->arena, c->move_to);
	if (name == NULL || (c->move_to != NULL && i->move_to == NULL))
		return err_set(err, ERR_NOT_FOUND, "IMAP: a mailbox name with a quote or a control character");
	answer = (struct answer){ 0 };
	if (!command(i, &answer, err, "select %s", name))
		return false;
	return answer.ok || err_set(err, ERR_NOT_FOUND, "IMAP: selecting the mailbox: %.100s", answer.status);
}

struct imap *
imap_open(const struct imap_config *config, struct err *err)
{
	struct imap *i;

	if (!late_curl_load(err))
		return NULL;
	i = calloc(1, sizeof(*i));
	if (i == NULL || (i->curl = curl_easy_init()) == NULL) {
		free(i);
		(void)err_set(err, ERR_BUG, "IMAP: no memory for a connection");
		return NULL;
	}
	i->arena = arena_open();
	i->scratch = arena_open();
	i->timeout_s = config->timeout_s != 0 ? config->timeout_s : TIMEOUT_S;
	if (sign_in(i, config, err) && select_mailbox(i, config, err))
		return i;
	imap_close(i);
	return NULL;
}

void
imap_close(struct imap *i)
{
	static const char logout[] = "nx LOGOUT\r\n";
	size_t sent;

	if (i == NULL)
		return;
	if (i->socket > 0)
		(void)curl_easy_send(i->curl, logout, sizeof(logout) - 1, &sent);	/* a courtesy: no answer is awaited */
	curl_easy_cleanup(i->curl);
	arena_close(i->arena);
	arena_close(i->scratch);
	free(i);
}

/* --- messages --- */

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool
search(struct imap *i, uint32_t *uid, size_t *n, struct err *err)
{
	struct answer answer = { .starts = "SEARCH" };

	*n = 0;
	if (!command(i, &answer, err, "UID SEARCH UNSEEN UNDELETED"))
		return false;
	if (!answer.ok)
		return err_set(err, ERR_BUSY, "IMAP: searching: %.100s", answer.status);
	for (const char *p = sb_str(&answer.lines); (p = strpbrk(p, "0123456789")) != NULL && *n < UIDS_MAX;) {
		char *end;

		uid[(*n)++] = (uint32_t)strtoul(p, &end, 10);
		p = end;
	}
	qsort(uid, *n, sizeof(*uid), by_number);
	return true;
}

static bool
simple(struct imap *i, struct err *err, const char *what, const char *words)
{
	struct answer answer = { 0 };

	if (!command(i, &answer, err, "%s", words))
		return false;
	return answer.ok || err_set(err, ERR_BUSY, "IMAP: %s: %.100s", what, answer.status);
}

static bool
put_away(struct imap *i, uint32_t uid, bool taken, struct err *err)
{
	char words[600];

	if (!taken) {
		(void)snprintf(words, sizeof(words), "UID STORE %" PRIu32 " +FLAGS.SILENT (\\Seen \\Flagged)", uid);
		return simple(i, err, "marking", words);
	}
	(void)snprintf(words, sizeof(words), "UID STORE %" PRIu32 " +FLAGS.SILENT (\\Seen)", uid);
	if (!simple(i, err, "marking", words))
		return false;
	if (i->move_to == NULL)
		return true;
	(void)snprintf(words, sizeof(words), "UID %s %" PRIu32 " %s", i->can_move ? "MOVE" : "COPY", uid, i->move_to);
	if (!simple(i, err, "moving", words))
		return false;
	if (i->can_move)
		return true;
	(void)snprintf(words, sizeof(words), "UID STORE %" PRIu32 " +FLAGS.SILENT (\\Deleted)", uid);
	if (!simple(i, err, "removing", words))
		return false;
	(void)snprintf(words, sizeof(words), "UID EXPUNGE %" PRIu32, uid);
	return !i->can_expunge_uid || simple(i, err, "removing", words);	/* others' deleted mails are not ours to remove */
}

/* RFC822.SIZE; 0 when it does not say. */
static bool
size_of(struct imap *i, uint32_t uid, uint64_t *size, struct err *err)
{
	struct answer answer = { .starts = "" };
	const char *at;

	if (!command(i, &answer, err, "UID FETCH %" PRIu32 " (RFC822.SIZE)", uid))
		return false;
	at = strcasestr(sb_str(&answer.lines), "RFC822.SIZE ");
	*size = at == NULL ? 0 : strtoull(at + 12, NULL, 10);
	return true;
}

static bool
receive_one(struct imap *i, uint32_t uid, mail_take *take, void *arg, struct received *out, struct err *err)
{
	struct answer answer = { .starts = "" };
	uint64_t size;
	bool taken;

	if (!size_of(i, uid, &size, err))
		return false;
	if (size > MIME_BYTES_MAX) {
		out->refused++;
		return put_away(i, uid, false, err);
	}
	if (!command(i, &answer, err, "UID FETCH %" PRIu32 " (BODY.PEEK[])", uid))
		return false;
	if (!answer.ok || answer.literal == NULL)
		return true;		/* somebody else removed it meanwhile */
	*err = (struct err){ 0 };	/* what was refused before says nothing about this one */
	taken = take(arg, answer.literal, answer.literal_n, err);
	if (!taken && err->code != ERR_INPUT)
		return err_add(err, "IMAP");
	if (!put_away(i, uid, taken, err))
		return false;
	*(taken ? &out->taken : &out->refused) += 1;
	return true;
}

bool
imap_receive(struct imap *i, mail_take *take, void *arg, struct received *out, struct err *err)
{
	uint32_t *uid = calloc(UIDS_MAX, sizeof(*uid));
	size_t n = 0;
	/* NOOP first: a server may search only among what it has told us of */
	bool ok = uid != NULL && simple(i, err, "looking", "NOOP") && search(i, uid, &n, err);

	*out = (struct received){ 0 };
	for (size_t k = 0; ok && k < n; k++)
		ok = receive_one(i, uid[k], take, arg, out, err);
	free(uid);
	return ok;
}

bool
imap_can_idle(const struct imap *i)
{
	return i->can_idle;
}

bool
imap_wait(struct imap *i, int timeout_s, struct err *err)
{
	int64_t until = monotonic_ms() + (int64_t)(timeout_s < IDLE_MAX_S ? timeout_s : IDLE_MAX_S) * 1000;
	char *line, idle[32], done_tag[24];
	bool news = false;

	arena_reset(i->scratch);
	if (!i->can_idle) {
		(void)poll(NULL, 0, (int)(until - monotonic_ms()));
		return simple(i, err, "waiting", "NOOP");
	}
	(void)snprintf(done_tag, sizeof(done_tag), "n%u ", ++i->tag);
	(void)snprintf(idle, sizeof(idle), "%sIDLE\r\n", done_tag);
	if (!say(i, idle, strlen(idle), err))
		return false;
	while (!news) {
		if (i->at >= i->have) {
			int got = fill(i, until);

			if (got < 0)
				return err_set(err, ERR_BUSY, "IMAP: the connection is gone");
			if (got == 0)
				break;
		}
		if (!read_line(i, &line, err))
			return false;
		if (strncmp(line, done_tag, strlen(done_tag)) == 0 || strncasecmp(line, "* BYE", 5) == 0)
			return err_set(err, ERR_BUSY, "IMAP: the server stopped waiting");
		news = strncmp(line, "* ", 2) == 0 && (strcasestr(line, " EXISTS") != NULL || strcasestr(line, " RECENT") != NULL);
	}
	if (!say(i, "DONE\r\n", 6, err))
		return false;
	do {
		if (!read_line(i, &line, err))
			return false;
	} while (strncmp(line, done_tag, strlen(done_tag)) != 0);
	return true;
}

bool
imap_rest(struct imap *i, int seconds, const atomic_bool *stop, struct err *err)
{
	int64_t now, until = monotonic_ms() + (int64_t)seconds * 1000;

	while (!atomic_load(stop) && (now = monotonic_ms()) < until) {
		int64_t left = until - now;
		int step = left < REST_STEP_S * 1000 ? (int)((left + 999) / 1000) : REST_STEP_S;

		if (!i->can_idle) {
			(void)poll(NULL, 0, left < LOOK_MS ? (int)left : LOOK_MS);
			continue;
		}
		if (!imap_wait(i, step, err))
			return false;
		if (monotonic_ms() - now < step * 1000)
			break;		/* it was told, not tired of waiting */
	}
	return true;
}
