# Static analysis, and the layout of C.
#
# tidy runs clang-tidy with .clang-tidy on every file, as many at a time as there are cores; it is not part of `make test`
# because it takes minutes. TIDY_ONLY=FILES looks at some.
# format lays out only the lines that differ from HEAD, with .clang-format: the style has hand-set tables and line breaks that no tool
# keeps, so the whole tree is never rewritten.
TIDY_ONLY ?= $(SRC) src/main.c
tidy: $(HTML:%=$(B)/gen/%.c)
	cd $(S) && printf '%s\n' $(TIDY_ONLY) | xargs -P $$(nproc) -n 6 sh -c 'clang-tidy --quiet "$$@" -- $(filter-out -DNARKONTAKT_VERSION=%,$(OURS)) -DNARKONTAKT_VERSION=\"0\" 2>/dev/null' tidy

format:
	cd $(S) && git clang-format --extensions c,h --quiet -f || [ $$? -eq 1 ]
