/* tests/fuzz/fuzz_call_file.c: whatever somebody calls a CSV file of calls, or Asterisk's Master.csv */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "call/call_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1799665200 };

static void
check(struct arena *a, const uint8_t *data, size_t size,
    bool (*read)(struct arena *, const char *, size_t, int64_t, struct call_list *, struct err *))
{
	struct call_list l;
	struct err err = { 0 };

	if (!read(a, (const char *)data, size, NOW, &l, &err)) {
		assert(err.code == ERR_INPUT && err.person != NULL);
		return;
	}
	for (size_t i = 0; i < l.n; i++) {
		const struct call_event *e = &l.event[i];

		assert(e->call_id != NULL && strlen(e->call_id) <= CALL_ID_MAX && utf8_valid(e->call_id));
		assert(e->number == NULL || utf8_valid(e->number));
		assert(e->kind != CALL_RINGING && e->started_at > 0 && e->started_at <= NOW + CALL_AHEAD_S);
		assert(!call_spoken(e->kind) || e->answered_at >= e->started_at);
		assert(call_spoken(e->kind) || e->ended_at >= e->started_at);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();

	check(a, data, size, call_read_csv);
	check(a, data, size, call_read_cdr);
	arena_close(a);
	return 0;
}
