/* tests/fuzz/fuzz_sms.c: whatever a gateway for text messages posts to us; the first byte says whether it claims JSON ('j') or a form */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/gsm.h"
#include "base/utf8.h"
#include "sms/incoming.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	const char *type = size > 0 && data[0] == 'j' ? "application/json" : "application/x-www-form-urlencoded";
	const char *bytes = size > 0 ? (const char *)data + 1 : "";
	size_t n = size > 0 ? size - 1 : 0;
	struct sms_settings s;
	struct sms_incoming in;
	struct sms_report report;
	struct err err = { 0 };

	for (size_t i = 0; i < SMS_SETTINGS; i++)
		s.value[i] = sms_setting_rows[i].instead;
	s.value[SMS_IN_TO] = "a.b.0.id";
	if (sms_incoming_parse(a, &s, type, bytes, n, &in, &err)) {
		struct gsm_count count = gsm_count(in.text);

		assert(in.id[0] != '\0' && in.from[0] != '\0' && strlen(in.id) <= 200 && strlen(in.from) <= 60);
		assert(utf8_valid(in.id) && utf8_valid(in.from) && utf8_valid(in.to) && utf8_valid(in.text));
		assert(count.units >= utf8_length(in.text) - (strchr(in.text, '\r') != NULL ? utf8_length(in.text) : 0));
		assert(count.segments == 0 ? count.units == 0 : count.segments <= count.units);
	} else {
		assert(err.code == ERR_INPUT && err.person != NULL);
	}
	err = (struct err){ 0 };
	if (sms_report_parse(a, &s, type, bytes, n, &report, &err))
		assert(utf8_valid(report.id) && utf8_valid(report.status) && utf8_valid(report.why));
	else
		assert(err.code == ERR_INPUT && err.person != NULL);
	arena_close(a);
	return 0;
}
