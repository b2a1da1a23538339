/* mail/smtp.c: libcurl carries it, GMime writes it */
#include "mail/smtp.h"

#include <curl/curl.h>
#include <gmime/gmime.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/sb.h"

struct smtp_link { CURL *curl; struct smtp_config config; char error[CURL_ERROR_SIZE]; };

struct source { const char *p; size_t left; };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start_libraries(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	g_mime_init();
}

static size_t
give(char *out, size_t size, size_t n, void *arg)
{
	struct source *s = arg;
	size_t take = size * n < s->left ? size * n : s->left;

	memcpy(out, s->p, take);
	s->p += take;
	s->left -= take;
	return take;
}

struct smtp_link *
smtp_open(const struct smtp_config *config)
{
	struct smtp_link *l = calloc(1, sizeof(*l));

	(void)pthread_once(&once, start_libraries);
	if (l == NULL || (l->curl = curl_easy_init()) == NULL)
		abort();
	l->config = *config;
	return l;
}

void
smtp_close(struct smtp_link *l)
{
	if (l == NULL)
		return;
	curl_easy_cleanup(l->curl);
	free(l);
}

void
smtp_send(struct smtp_link *l, const char *from, const char *to, const char *message, size_t n, struct smtp_result *out)
{
	struct source source = { message, n };
	struct curl_slist *recipients = NULL;
	const char *tls = l->config.tls == NULL ? "optional" : l->config.tls;
	CURL *c = l->curl;
	char sender[400], recipient[400];
	long code = 0;
	CURLcode rc;

	/* A line break in an address would be a command of somebody else's. */
	if (strpbrk(from, "\r\n<> ") != NULL || strpbrk(to, "\r\n<> ") != NULL || strlen(from) > 390 || strlen(to) > 390) {
		*out = (struct smtp_result){ .outcome = SMTP_REFUSED, .code = 553, .text = "not an address" };
		return;
	}
	(void)snprintf(sender, sizeof(sender), "<%s>", from);
	(void)snprintf(recipient, sizeof(recipient), "<%s>", to);
	curl_easy_reset(c);		/* keeps the connection */
	(void)curl_easy_setopt(c, CURLOPT_URL, l->config.url);
	(void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(strcmp(tls, "required") == 0 ? CURLUSESSL_ALL :
	    strcmp(tls, "off") == 0 ? CURLUSESSL_NONE : CURLUSESSL_TRY));
	/* Opportunistic TLS does not know the relay's name better than plain text does; required TLS checks it. */
	(void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, strcmp(tls, "required") == 0 ? 1L : 0L);
	(void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, strcmp(tls, "required") == 0 ? 2L : 0L);
	if (l->config.user != NULL) {
		(void)curl_easy_setopt(c, CURLOPT_USERNAME, l->config.user);
		(void)curl_easy_setopt(c, CURLOPT_PASSWORD, l->config.password);
	}
	(void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 15L);
	(void)curl_easy_setopt(c, CURLOPT_TIMEOUT, 120L);
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, l->error);
	l->error[0] = '\0';
	recipients = curl_slist_append(NULL, recipient);
	(void)curl_easy_setopt(c, CURLOPT_MAIL_FROM, sender);
	(void)curl_easy_setopt(c, CURLOPT_MAIL_RCPT, recipients);
	(void)curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
	(void)curl_easy_setopt(c, CURLOPT_READDATA, &source);
	rc = curl_easy_perform(c);
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
	*out = (struct smtp_result){ .code = (int)code };
	out->outcome = rc == CURLE_OK ? SMTP_SENT : code >= 500 && code < 600 ? SMTP_REFUSED : SMTP_LATER;
	(void)snprintf(out->text, sizeof(out->text), "%ld %.140s", code, rc == CURLE_OK ? "" :
	    l->error[0] != '\0' ? l->error : curl_easy_strerror(rc));
	curl_slist_free_all(recipients);
}

static void
set_ids(GMimeObject *m, const char *header, const char *ids)
{
	char *text, *w;

	if (ids == NULL || *ids == '\0')
		return;
	/* each id in angle brackets, a space between; nothing but what an id may hold (RFC 5322 3.6.4) goes in */
	if ((text = w = malloc(strlen(ids) * 4 + 8)) == NULL)
		abort();
	for (const char *p = ids; *p != '\0';) {
		size_t n;

		p += strspn(p, " \t\r\n<>");
		n = strcspn(p, " \t\r\n<>");
		if (n == 0)
			break;
		w += snprintf(w, n + 6, "%s<%.*s>", w == text ? "" : " ", (int)n, p);
		p += n;
	}
	*w = '\0';
	if (w > text)
		g_mime_object_set_header(m, header, text, "utf-8");
	free(text);
}

static GMimeObject *
text_part(const char *text)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");

	g_mime_text_part_set_charset(part, "utf-8");
	g_mime_text_part_set_text(part, text);
	g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	return GMIME_OBJECT(part);
}

static GMimeObject *
file_part(const struct smtp_file *f)
{
	const char *slash = strchr(f->type, '/');
	char major[64];
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(f->bytes, f->n);
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	GMimePart *part;

	(void)snprintf(major, sizeof(major), "%.*s", slash == NULL ? 11 : (int)(slash - f->type),
	    slash == NULL ? "application" : f->type);
	part = g_mime_part_new_with_type(major, slash == NULL ? "octet-stream" : slash + 1);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
	g_mime_part_set_filename(part, f->name);
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

char *
smtp_compose(struct arena *a, const struct smtp_message *m, size_t *n)
{
	GMimeMessage *message;
	GDateTime *date = g_date_time_new_from_unix_utc(m->date);
	GMimeObject *body;
	char *text, *out, *subject = arena_strdup(a, m->subject);
	struct sb sb;

	(void)pthread_once(&once, start_libraries);
	message = g_mime_message_new(TRUE);
	for (char *p = subject; *p != '\0'; p++)
		*p = (unsigned char)*p < 0x20 ? ' ' : *p;
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, m->from_name, m->from);
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, NULL, m->to);
	g_mime_message_set_subject(message, subject, "utf-8");
	g_mime_message_set_date(message, date);
	g_mime_message_set_message_id(message, m->message_id);
	set_ids(GMIME_OBJECT(message), "In-Reply-To", m->in_reply_to);
	set_ids(GMIME_OBJECT(message), "References", m->references);
	if (m->automatic) {
		g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-replied", NULL);
		g_mime_object_set_header(GMIME_OBJECT(message), "X-Auto-Response-Suppress", "All", NULL);
		g_mime_object_set_header(GMIME_OBJECT(message), "Precedence", "auto_reply", NULL);
	}
	body = text_part(m->text);
	if (m->n_files > 0) {
		GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");

		g_mime_multipart_add(mixed, body);
		g_object_unref(body);
		for (size_t i = 0; i < m->n_files; i++) {
			GMimeObject *part = file_part(&m->file[i]);

			g_mime_multipart_add(mixed, part);
			g_object_unref(part);
		}
		body = GMIME_OBJECT(mixed);
	}
	g_mime_message_set_mime_part(message, body);
	g_object_unref(body);
	text = g_mime_object_to_string(GMIME_OBJECT(message), NULL);
	/* SMTP wants CRLF (RFC 5321 2.3.8). */
	sb_init(&sb, a, (size_t)512 * 1024 * 1024);
	for (const char *p = text; *p != '\0';) {
		size_t line = strcspn(p, "\r\n");

		sb_add_n(&sb, p, line);
		sb_add(&sb, "\r\n");
		p += line;
		p += *p == '\r';
		p += *p == '\n';
	}
	g_free(text);
	g_object_unref(message);
	g_date_time_unref(date);
	out = arena_strdup(a, sb_str(&sb));
	*n = sb.len;
	return out;
}
