# Fuzz targets: tests/fuzz/fuzz_X.c, each with a small committed corpus in tests/fuzz/corpus/X/.
#   make check      replays every corpus (SAN=1: under the sanitizers)
#   make fuzz       libFuzzer looks for FUZZ_TIME seconds with each (FUZZ_ONLY=X: with one); the library is built for it in
#                   build-fuzz; what breaks something is left in build-fuzz/findings/
FUZZ_TIME  ?= 60
FUZZ_ONLY  ?=
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
FUZZ_RUN   := $(if $(FUZZ_ONLY),$(addprefix $(B)/tests/fuzz/fuzz_,$(FUZZ_ONLY)),$(FUZZ))

$(B)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(CORE)
	@mkdir -p $(@D)
	$(CC) $(OURS) -DCORPUS='"$(abspath $(S)/tests/fuzz/corpus/$*)"' -Wno-missing-prototypes $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ \
	    $< $(if $(FUZZING),-fsanitize=fuzzer,$(S)/tests/fuzz/replay.c) $(CORE) $(DEPS_LIBS) $(LDLIBS_O)

CHECK += $(FUZZ)
.PHONY: fuzz-run

fuzz:
	$(MAKE) -f $(S)/Makefile B=build-fuzz CC=clang CFLAGS="$(FUZZ_FLAGS)" FUZZING=1 SAN= fuzz-run

fuzz-run: $(FUZZ_RUN)
	@mkdir -p $(B)/findings
	@failed=0; for f in $(FUZZ_RUN); do name=$${f##*/fuzz_}; mkdir -p $(B)/corpus/$$name; \
	echo "fuzz: $$name, $(FUZZ_TIME) s"; \
	nice $$f -max_total_time=$(FUZZ_TIME) -rss_limit_mb=2048 -timeout=10 -artifact_prefix=$(B)/findings/$$name- \
	    -print_final_stats=1 $(B)/corpus/$$name $(S)/tests/fuzz/corpus/$$name >$(B)/fuzz-$$name.log 2>&1 \
	    && grep -E 'Done|number_of_executed_units' $(B)/fuzz-$$name.log || { failed=1; tail -n 30 $(B)/fuzz-$$name.log; }; \
	done; exit $$failed

-include $(FUZZ:=.d)
