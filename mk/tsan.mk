# ThreadSanitizer over what has threads of its own: the database's writer and readers, the server, the simulation's workers.
# Some tests fork; they start threads in the child, which the sanitizer allows when told to.
#: make tsan      those tests under ThreadSanitizer
TSAN_TESTS := unit/test_queue_random service/test_db service/test_http
.PHONY: tsan tsan-run
tsan:
	$(MAKE) -f $(S)/Makefile TSAN=1 tsan-run
tsan-run: $(TSAN_TESTS:%=$(B)/tests/%)
	TSAN_OPTIONS="die_after_fork=0 halt_on_error=0 exitcode=66" B=$(abspath $(B)) $(S)/tests/run $^
