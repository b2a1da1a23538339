/* mail/send.c: libcurl speaks, we listen to what was asked and answered last */
#include "mail/send.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "mail/address.h"
#include "mail/charset.h"
#include "mail/late_curl.h"

LATE_DEFINE(late_curl, LATE_CURL, "libcurl.so.4");

enum { CONNECT_TIMEOUT_S = 15, TIMEOUT_S = 120, KEEP_IDLE_S = 120, URL_MAX = 1000 };

struct smtp {
	CURL *curl;
	struct arena *arena;		/* the config's strings */
	struct arena *scratch;
	bool about_the_message;		/* MAIL FROM or later was the last thing we said */
	bool ended;			/* QUIT was said: what is answered to that is of no interest */
	int code;
	char said[300];			/* the server's last line */
	const char *bytes;
	size_t n, sent;
};

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void
start_once(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* Follows the conversation. Nothing of it is kept but the last answer; passwords pass by unseen. */
static int
listen_in(CURL *curl, curl_infotype type, char *data, size_t n, void *arg)
{
	struct smtp *s = arg;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT && n >= 4)
		s->ended = strncasecmp(data, "QUIT", 4) == 0;
	if (s->ended)
		return 0;
	if (type == CURLINFO_HEADER_OUT && n >= 4)
		s->about_the_message = strncasecmp(data, "MAIL", 4) == 0 || strncasecmp(data, "RCPT", 4) == 0 ||
		    strncasecmp(data, "DATA", 4) == 0;
	if (type == CURLINFO_HEADER_IN && n >= 3 && isdigit((unsigned char)data[0])) {
		n = n < sizeof(s->said) - 1 ? n : sizeof(s->said) - 1;
		memcpy(s->said, data, n);
		s->said[n] = '\0';
		s->code = (data[0] - '0') * 100 + (data[1] - '0') * 10 + data[2] - '0';
	}
	return 0;
}

static size_t
read_message(char *to, size_t size, size_t count, void *arg)
{
	struct smtp *s = arg;
	size_t n = size * count;

	n = n < s->n - s->sent ? n : s->n - s->sent;
	memcpy(to, s->bytes + s->sent, n);
	s->sent += n;
	return n;
}

static bool
configure(struct smtp *s, const struct smtp_config *c, struct err *err)
{
	const char *tls = c->tls == NULL ? "optional" : c->tls;
	bool implicit = strncasecmp(c->url, "smtps://", 8) == 0, required = implicit || strcmp(tls, "required") == 0;
	size_t n = strlen(c->url);
	struct sb url;

	if ((!implicit && strncasecmp(c->url, "smtp://", 7) != 0) || n > URL_MAX / 2)
		return err_set(err, ERR_INPUT, "SMTP: a URL is smtp://host:port or smtps://host:port");
	sb_init(&url, s->arena, URL_MAX);
	sb_add_n(&url, c->url, n > 0 && c->url[n - 1] == '/' ? n - 1 : n);
	sb_add_c(&url, '/');		/* what stands after it is how we greet */
	sb_url(&url, c->helo == NULL ? "" : c->helo);
	(void)curl_easy_setopt(s->curl, CURLOPT_URL, sb_str(&url));
	(void)curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(s->curl, CURLOPT_PROXY, "");	/* not the web's proxy from the environment */
	(void)curl_easy_setopt(s->curl, CURLOPT_USE_SSL, (long)(required ? CURLUSESSL_ALL : strcmp(tls, "off") == 0 ?
	    CURLUSESSL_NONE : CURLUSESSL_TRY));
	(void)curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYPEER, required ? 1L : 0L);
	(void)curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYHOST, required ? 2L : 0L);
	if (c->ca_file != NULL)
		(void)curl_easy_setopt(s->curl, CURLOPT_CAINFO, c->ca_file);
	if (c->user != NULL) {
		(void)curl_easy_setopt(s->curl, CURLOPT_USERNAME, c->user);
		(void)curl_easy_setopt(s->curl, CURLOPT_PASSWORD, c->password == NULL ? "" : c->password);
	}
	(void)curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, (long)(c->connect_timeout_s != 0 ? c->connect_timeout_s :
	    CONNECT_TIMEOUT_S));
	(void)curl_easy_setopt(s->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(c->timeout_s != 0 ? c->timeout_s : TIMEOUT_S));
	(void)curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)(c->timeout_s != 0 ? c->timeout_s : TIMEOUT_S));
	(void)curl_easy_setopt(s->curl, CURLOPT_MAXAGE_CONN, (long)KEEP_IDLE_S);
	(void)curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, read_message);
	(void)curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
	(void)curl_easy_setopt(s->curl, CURLOPT_VERBOSE, 1L);
	(void)curl_easy_setopt(s->curl, CURLOPT_DEBUGFUNCTION, listen_in);
	(void)curl_easy_setopt(s->curl, CURLOPT_DEBUGDATA, s);
	return true;
}

struct smtp *
smtp_open(const struct smtp_config *config, struct err *err)
{
	struct smtp *s = calloc(1, sizeof(*s));

	if (!late_curl_load(err)) {
		free(s);
		return NULL;
	}
	(void)pthread_once(&started, start_once);
	if (s == NULL || (s->curl = curl_easy_init()) == NULL) {
		free(s);
		(void)err_set(err, ERR_BUG, "SMTP: no memory for a connection");
		return NULL;
	}
	s->arena = arena_open();
	s->scratch = arena_open();
	if (configure(s, config, err))	/* libcurl copies the strings */
		return s;
	smtp_close(s);
	return NULL;
}

void
smtp_close(struct smtp *s)
{
	if (s == NULL)
		return;
	curl_easy_cleanup(s->curl);
	arena_close(s->arena);
	arena_close(s->scratch);
	free(s);
}

static struct smtp_result
result_of(struct smtp *s, CURLcode code)
{
	struct smtp_result r = { .outcome = SMTP_TEMPORARY, .code = s->code };
	const char *words = s->said;
	size_t n;

	if (code == CURLE_OK)
		r.outcome = SMTP_DELIVERED;
	else if (s->about_the_message && s->code >= 500 && s->code < 600 && code != CURLE_OPERATION_TIMEDOUT)
		r.outcome = SMTP_PERMANENT;
	/* A last answer of 2xx or 3xx was to what went well before the connection failed. */
	if (code != CURLE_OK && s->code < 400) {
		words = curl_easy_strerror(code);
		r.code = 0;
	}
	words = charset_line(s->scratch, words, strlen(words));
	for (n = strlen(words) < sizeof(r.text) ? strlen(words) : sizeof(r.text) - 1; n > 0; n--) {
		if (((unsigned char)words[n] & 0xc0) != 0x80)
			break;		/* not in the middle of a character */
	}
	memcpy(r.text, words, n);
	return r;
}

struct smtp_result
smtp_send(struct smtp *s, const char *from, const char *to, const char *bytes, size_t n)
{
	struct smtp_result refused = { .outcome = SMTP_PERMANENT, .text = "not an address mail can be sent to" };
	struct curl_slist *recipients;
	struct smtp_result r;

	arena_reset(s->scratch);
	if (!mail_address_valid(to) || (*from != '\0' && !mail_address_valid(from)))
		return refused;
	s->bytes = bytes;
	s->n = n;
	s->sent = 0;
	s->code = 0;
	s->said[0] = '\0';
	s->about_the_message = s->ended = false;
	recipients = curl_slist_append(NULL, to);
	(void)curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, from);
	(void)curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, recipients);
	(void)curl_easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)n);
	r = result_of(s, curl_easy_perform(s->curl));
	(void)curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	return r;
}
