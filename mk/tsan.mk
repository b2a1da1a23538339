# ThreadSanitizer over what has threads of its own: the database's writer and readers, the server, the simulation's workers.
# No more is compiled with it than the rooms they stand in (ROOMS in the Makefile). What it is told at a start: tests/run.
#: make tsan      those tests under ThreadSanitizer
TSAN_TESTS := $(addprefix $(B)/tests/,unit/test_queue_random service/test_db service/test_http)
.PHONY: tsan tsan-run
tsan:
	$(MAKE) -f $(S)/Makefile TSAN=1 tsan-run
tsan-run: $(TSAN_TESTS)
	B=$(abspath $(B)) $(S)/tests/run $^
