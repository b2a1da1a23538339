/* tests/fuzz/fuzz_call_json.c: whatever an exchange posts: each event is usable or a fault with its line, and merging is the same
 * from either end */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "call/call_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1799665200 };		/* 2027-01-11 12:00 */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_open();
	struct call forth = { 0 }, back = { 0 };
	struct call_list l;
	struct err err = { 0 };

	if (call_read_json(a, (const char *)data, size, NOW, &l, &err)) {
		assert(l.n + l.bad > 0 && l.n <= CALL_EVENTS_MAX && l.n_faults <= l.bad);
		for (size_t i = 0; i < l.n; i++) {
			const struct call_event *e = &l.event[i], *other = &l.event[l.n - 1 - i];

			assert(e->call_id != NULL && strlen(e->call_id) <= CALL_ID_MAX && utf8_valid(e->call_id) && e->line > 0);
			assert(e->number == NULL || (utf8_valid(e->number) && e->number[0] != '\0'));
			assert(e->at <= NOW + CALL_AHEAD_S && e->at >= NOW - CALL_OLD_S);
			assert(e->started_at > 0 && e->started_at <= e->at);
			assert(!call_spoken(e->kind) || (e->answered_at >= e->started_at));
			(void)call_merge(&forth, e);
			(void)call_merge(&back, other);
		}
		assert(forth.kind == back.kind && forth.started_at == back.started_at && forth.answered_at == back.answered_at &&
		    forth.ended_at == back.ended_at && forth.agent_at == back.agent_at);
		for (size_t i = 0; i < l.n_faults; i++)
			assert(l.fault[i].line > 0 && l.fault[i].field != NULL && l.fault[i].why != NULL);
	} else {
		assert(err.code == ERR_INPUT && err.person != NULL);
	}
	arena_close(a);
	return 0;
}
