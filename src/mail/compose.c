/* mail/compose.c: GMime writes what we fill in */
#include "mail/compose.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/charset.h"
#include "mail/internal.h"

enum { LINE_WIDTH = 72, ID_MAX = 250, REFERENCES_MAX_BYTES = 4000 };

static const struct { const char *name, *value; } automatic_headers[] = {
	/* so that no machine answers: RFC 3834 above, Exchange's own, and what older vacation programs look at */
	{ "X-Auto-Response-Suppress", "OOF, AutoReply" },
	{ "Precedence", "bulk" },
};

char *
mail_message_id(struct arena *a, const char *domain)
{
	/* A letter first: a token may begin with a hyphen, which no address of ours does (mail/address.c). */
	return arena_printf(a, "m%s@%s", random_token(a, 18), domain);
}

/* "<id> <id>" of ids with spaces between; what is no id is left out. NULL when nothing is left. */
static const char *
id_list(struct arena *a, const char *ids)
{
	struct sb sb;

	if (ids == NULL)
		return NULL;
	sb_init(&sb, a, REFERENCES_MAX_BYTES);
	for (const char *p = ids; *p != '\0';) {
		size_t n = strcspn(p, " ");
		bool good = n > 0 && n <= ID_MAX;

		for (size_t i = 0; i < n; i++)
			good &= p[i] > ' ' && p[i] < 0x7f && p[i] != '<' && p[i] != '>';
		if (good && sb.len + n + 3 < REFERENCES_MAX_BYTES)
			sb_addf(&sb, "%s<%.*s>", sb.len > 0 ? " " : "", (int)n, p);
		p += n + strspn(p + n, " ");
	}
	return sb.len > 0 ? sb_str(&sb) : NULL;
}

/* RFC 3676: long lines are broken after a space, which stays at the line's end and says that it goes on. */
static char *
flow(struct arena *a, const char *text)
{
	struct sb sb;
	size_t size = strlen(text);

	sb_init(&sb, a, size * 2 + 64);
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, "\n"), next = n + (p[n] == '\n');
		const char *line = p;

		if (n > 0 && line[n - 1] == '\r')
			n--;
		while (n > 0 && line[n - 1] == ' ' && !(n == 3 && memcmp(line, "-- ", 3) == 0))
			n--;
		do {
			size_t fits = n, last = 0, width = 0;

			if (*line == ' ' || *line == '>' || (n >= 5 && memcmp(line, "From ", 5) == 0))
				sb_add_c(&sb, ' ');	/* stuffed, so that it is not read as something else */
			for (size_t i = 0; i < n && (width <= LINE_WIDTH || last == 0); i++) {
				width += ((unsigned char)line[i] & 0xc0) != 0x80;
				if (line[i] == ' ' && i + 1 < n)
					last = i + 1;
			}
			if (width > LINE_WIDTH && last > 0)
				fits = last;
			sb_add_n(&sb, line, fits);
			sb_add_c(&sb, '\n');
			line += fits;
			n -= fits;
		} while (n > 0);
		p += next;
	}
	return arena_strdup(a, sb_str(&sb));
}

static GMimePart *
part_of(const char *type, const char *subtype, const char *bytes, size_t n, GMimeContentEncoding encoding)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, n);
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
	g_object_unref(content);
	g_object_unref(stream);
	return part;
}

static GMimeObject *
body_of(struct arena *a, const struct mail_outgoing *in)
{
	char *text = flow(a, in->text);
	GMimePart *part = part_of("text", "plain", text, strlen(text), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	GMimeMultipart *mixed;

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "format", "flowed");
	if (in->n_files == 0)
		return GMIME_OBJECT(part);
	mixed = g_mime_multipart_new_with_subtype("mixed");
	g_mime_multipart_add(mixed, GMIME_OBJECT(part));
	g_object_unref(part);
	for (size_t i = 0; i < in->n_files; i++) {
		const struct mail_file *f = &in->file[i];
		const char *name = charset_line(a, f->name == NULL ? "" : f->name, f->name == NULL ? 0 : strlen(f->name));
		GMimeContentType *type = g_mime_content_type_parse(mail_parser_options(),
		    f->type == NULL || strpbrk(f->type, "\r\n;") != NULL ? "application/octet-stream" : f->type);

		part = part_of("application", "octet-stream", f->bytes, f->n, GMIME_CONTENT_ENCODING_BASE64);
		g_mime_object_set_content_type(GMIME_OBJECT(part), type);
		g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
		if (*name != '\0')
			g_mime_part_set_filename(part, name);
		g_mime_multipart_add(mixed, GMIME_OBJECT(part));
		g_object_unref(part);
		g_object_unref(type);
	}
	return GMIME_OBJECT(mixed);
}

static const char *
line_of(struct arena *a, const char *s)
{
	return s == NULL || *s == '\0' ? NULL : charset_line(a, s, strlen(s));
}

static void
fill_header(struct arena *a, GMimeMessage *m, const struct mail_outgoing *in)
{
	GDateTime *date = g_date_time_new_from_unix_utc(in->date);
	const char *list;

	if (date != NULL) {
		g_mime_message_set_date(m, date);
		g_date_time_unref(date);
	}
	g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_FROM, line_of(a, in->from_name), in->from);
	if (in->reply_to != NULL)
		g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_REPLY_TO, line_of(a, in->from_name), in->reply_to);
	g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_TO, line_of(a, in->to_name), in->to);
	g_mime_message_set_subject(m, charset_line(a, in->subject, strlen(in->subject)), "utf-8");
	if (in->message_id != NULL && id_list(a, in->message_id) != NULL)
		g_mime_message_set_message_id(m, in->message_id);
	if ((list = id_list(a, in->in_reply_to)) != NULL)
		g_mime_object_set_header(GMIME_OBJECT(m), "In-Reply-To", list, NULL);
	if ((list = id_list(a, in->references)) != NULL)
		g_mime_object_set_header(GMIME_OBJECT(m), "References", list, NULL);
	if (in->automation == MAIL_BY_A_PERSON)
		return;
	g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted",
	    in->automation == MAIL_AUTO_REPLIED ? "auto-replied" : "auto-generated", NULL);
	for (size_t i = 0; i < ARRAY_LEN(automatic_headers); i++)
		g_mime_object_set_header(GMIME_OBJECT(m), automatic_headers[i].name, automatic_headers[i].value, NULL);
}

bool
mail_compose(struct arena *a, const struct mail_outgoing *in, const char **bytes, size_t *n, struct err *err)
{
	GMimeMessage *m;
	GMimeObject *body;
	GMimeStream *out;
	GMimeFormatOptions *format;
	GByteArray *array;

	if (!mail_address_valid(in->from) || !mail_address_valid(in->to) ||
	    (in->reply_to != NULL && !mail_address_valid(in->reply_to)))
		return err_set(err, ERR_INPUT, "composing a mail: an address that is none");
	mail_start();
	m = g_mime_message_new(TRUE);
	body = body_of(a, in);
	g_mime_message_set_mime_part(m, body);
	fill_header(a, m, in);
	g_mime_object_set_header(GMIME_OBJECT(m), "MIME-Version", "1.0", NULL);

	format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	out = g_mime_stream_mem_new();
	(void)g_mime_object_write_to_stream(GMIME_OBJECT(m), format, out);
	array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
	*n = array->len;
	*bytes = arena_strndup(a, (const char *)array->data, array->len);
	g_object_unref(out);
	g_mime_format_options_free(format);
	g_object_unref(body);
	g_object_unref(m);
	return true;
}
