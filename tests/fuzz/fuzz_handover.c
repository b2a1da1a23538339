/* tests/fuzz/fuzz_handover.c: what comes on the socket beside the database (cmd/handover.h), in pieces of any size
 *
 * The first byte says how large the pieces are. What was taken as whole is what was sent, and ends where its head said. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/handover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct handover_request r = { 0 };
	enum handover_state state = HANDOVER_MORE;
	size_t piece = size > 0 ? data[0] + 1u : 1, at = 1;

	while (state == HANDOVER_MORE && at < size) {
		size_t room, n;
		char *to = handover_room(&r, &room);

		assert(room > 0);
		n = room < piece ? room : piece;
		n = n < size - at ? n : size - at;
		memcpy(to, data + at, n);
		at += n;
		state = handover_got(&r, n);
	}
	if (state == HANDOVER_WHOLE) {
		size_t n_to = r.to == NULL ? 0 : strlen(r.to);

		assert(n_to <= HANDOVER_TO_MAX && r.n > 0 && r.n <= HANDOVER_BYTES_MAX && at == 1 + HANDOVER_HEAD + n_to + r.n);
		assert(r.to == NULL || utf8_valid(r.to));
		assert(memcmp(r.bytes, data + at - r.n, r.n) == 0 && r.bytes[r.n] == '\0');
	}
	handover_free(&r);
	assert(r.parts == NULL);
	return 0;
}
