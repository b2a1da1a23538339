/* tests/fuzz/fuzz_mime.c: whatever arrives by mail
 *
 * Every promise of mail/message.h, and that reading does not fail but for size; then the same for what it is taken for. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "mail/classify.h"
#include "mail/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct mime_message m;
	struct mail_verdict v;
	struct err err = { 0 };

	assert(mime_parse(a, (const char *)data, size, &m, &err));	/* bad mail is never our bug */
	assert(utf8_valid(m.subject) && utf8_valid(m.from.name) && utf8_valid(m.message_id) && utf8_valid(m.in_reply_to));
	assert(strpbrk(m.subject, "\r\n") == NULL && strpbrk(m.from.name, "\r\n") == NULL);
	assert(*m.from.address == '\0' || mail_address_valid(m.from.address));
	assert(utf8_valid(m.text) && strlen(m.text) <= MIME_TEXT_MAX && strchr(m.text, '\r') == NULL);
	assert(utf8_valid(m.reply_text) && utf8_valid(m.quoted_text) && utf8_valid(m.signature) && utf8_valid(m.html));
	assert(utf8_valid(m.report) && utf8_valid(m.returned) && utf8_valid(m.report_type));
	assert(m.n_parts <= MIME_PARTS_MAX && m.n_attachments <= MIME_PARTS_MAX && m.n_headers <= MIME_HEADERS_MAX);
	for (size_t i = 0; i < m.n_attachments; i++) {
		const struct mime_attachment *at = &m.attachment[i];

		assert(utf8_valid(at->name) && *at->name != '\0' && strpbrk(at->name, "/\\\r\n") == NULL);
		assert(utf8_valid(at->claimed_type) && utf8_valid(at->summary) && utf8_valid(at->content_id));
		assert(at->bytes[at->n] == '\0' || at->n > 0);	/* all of them can be read */
	}
	for (size_t i = 0; i < m.n_headers; i++)
		assert(utf8_valid(m.header[i].name) && utf8_valid(m.header[i].value));
	mail_classify(a, &m, NULL, 0, &v);
	assert(*v.recipient == '\0' || mail_address_valid(v.recipient));
	assert(*v.original_reply_address == '\0' || mail_address_valid(v.original_reply_address));
	assert(utf8_valid(v.status) && utf8_valid(v.diagnostic) && utf8_valid(v.original_message_id));
	assert(strlen(v.diagnostic) <= 300 && strlen(v.status) <= 9);
	assert(!v.may_be_answered || (v.kind == MAIL_ORDINARY && !v.is_spam && !v.is_list));	/* no loop is possible */
	arena_close(a);
	return 0;
}
