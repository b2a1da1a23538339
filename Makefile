# Närkontakt. One Makefile, no recursion: make sees the whole graph. CFLAGS belongs to the person who builds.
#
#   make run     installs what is missing, builds, starts with demo data
#   make test    everything that CI runs
#   make help    the other targets

VERSION  := 0.1.0
S        := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
B        ?= build$(if $(SAN),-san)$(if $(TSAN),-tsan)
prefix   ?= /usr/local
CFLAGS   ?= $(OPTIMIZE) -g1		# -g1: functions and lines; `make CFLAGS="-Og -g"` for a debugger
# What the sanitizers look at, and the tests themselves, is compiled in a third of the time.
OPTIMIZE  = $(if $(SAN)$(TSAN),-Og,-O2)
$(B)/tests/%: private OPTIMIZE = -Og

# make is run with -f from another folder too: sources are found from S, products go to B.
VPATH    := $(S)

PKGS     := sqlite3 libpq libmicrohttpd gmime-3.0 libcurl libsodium jansson pangocairo libsystemd zlib \
	    liboath libqrencode libmagic libqpdf
LDLIBS_O := -l:libstemmer.a -lm -lpthread	# one stemmer of it: src/db/stem.h
WARNINGS := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wformat=2 -Wundef -Wvla -Wcast-qual \
	    -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wnull-dereference \
	    $(if $(CI),-Werror)
,        := ,
SANITIZE := $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer) \
	    $(if $(TSAN),-fsanitize=thread)
# Third-party headers are not held to our warnings: -isystem. The queue engine must give the same bits everywhere:
# no fused multiply-add behind our back, in the whole program.
DEPS_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null | sed 's/-I/-isystem /g')
DEPS_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
OURS     := -std=gnu17 -D_GNU_SOURCE -DNARKONTAKT_VERSION='"$(VERSION)"' -I$(S)/src -I$(B)/gen -ffp-contract=off \
	    $(WARNINGS) $(SANITIZE) $(DEPS_CFLAGS)

rel       = $(patsubst $(S)/%,%,$(wildcard $(addprefix $(S)/,$(1))))
ROOMS    ?= $(if $(TSAN),base db http queue,*)	# those that are compiled
SRC      := $(sort $(call rel,$(ROOMS:%=src/%/*.c)))
HTML     := $(sort $(call rel,$(ROOMS:%=src/%/*.html)))
OBJ      := $(SRC:%.c=$(B)/%.o) $(HTML:%.html=$(B)/gen/%.html.o)
EMBED    :=
LIB      := $(B)/libnarkontakt.a
CORE     := $(B)/libcore.a		# without pages and templates: all that unit tests and fuzz targets need
UNIT     := $(patsubst %.c,$(B)/%,$(sort $(call rel,tests/unit/test_*.c)))
SERVICE  := $(patsubst %.c,$(B)/%,$(sort $(call rel,tests/service/test_*.c)))
CHECK    := $(UNIT)
FUZZ     := $(patsubst %.c,$(B)/%,$(sort $(call rel,tests/fuzz/fuzz_*.c)))
BENCH    := $(patsubst %.c,$(B)/%,$(sort $(call rel,bench/bench_*.c)))

.PHONY: all setup run test check check-san service browser bench fuzz tidy arch format install uninstall clean help po
.DEFAULT_GOAL := all

all: $(B)/narkontakt

help:
	@sed -n 's/^#: //p' $(S)/Makefile

include $(wildcard $(S)/mk/*.mk)

$(B)/narkontakt: $(B)/src/main.o $(LIB)
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(DEPS_LIBS) $(LDLIBS_O) $(LDLIBS)

$(LIB): $(OBJ) $(EMBED)
	@rm -f $@
	$(AR) rcs $@ $^

$(CORE): $(filter-out %_pages.o %.html.o,$(OBJ)) $(EMBED)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(OURS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(OURS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Tests, fuzz targets and benchmarks are one file each, linked with the library.
$(B)/tests/unit/%: tests/unit/%.c $(CORE)
	@mkdir -p $(@D)
	$(CC) $(OURS) -I$(S)/tests -Wno-missing-prototypes $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(CORE) -lcmocka $(DEPS_LIBS) $(LDLIBS_O)

$(B)/tests/service/%: tests/service/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(OURS) -I$(S)/tests -Wno-missing-prototypes $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB) -lcmocka $(DEPS_LIBS) $(LDLIBS_O)

$(B)/bench/%: bench/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(OURS) -I$(S)/tests -Wno-missing-prototypes $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIB) $(DEPS_LIBS) $(LDLIBS_O)

-include $(OBJ:.o=.d) $(B)/src/main.d $(UNIT:=.d) $(SERVICE:=.d) $(BENCH:=.d)

#: make run       install what is missing, build, start with demo data on http://127.0.0.1:8080
#: make demo-mail one mail into that demonstration, by a real SMTP conversation (Postfix on loopback; needs root)
#: make test      everything CI runs: arch, unit tests, the same under sanitizers, service and browser tests
#: make check     unit tests (SAN=1: under AddressSanitizer and UBSan; TSAN=1: ThreadSanitizer)
#: make service   service tests: a real server and real peers, both databases
#: make browser   browser tests in Chromium
#: make bench     figures and ratios against a baseline of the same run (CONTACTS=N)
#: make fuzz      each fuzz target for FUZZ_TIME seconds
#: make tidy      clang-tidy       make arch  includes point down, SQL only in stores      make format
#: make install   DESTDIR and prefix are honoured
#: make setup     only the installing

check: $(CHECK)
	PO_POT=$(PO_POT) $(S)/tests/run $(CHECK)

service: $(B)/narkontakt $(SERVICE)
	B=$(abspath $(B)) $(S)/tests/run $(SERVICE)

# What tests/all builds and then runs: of a plain build, and what SAN=1 and TSAN=1 have.
TESTED   := $(if $(TSAN),$(TSAN_TESTS),$(CHECK) $(if $(SAN),,$(SERVICE) $(addprefix $(S)/,$(BROWSER))))
.PHONY: tested test-programs
tested: $(TESTED) $(if $(SAN)$(TSAN),,$(B)/narkontakt)
test-programs:
	@printf '%s\n' $(TESTED)

arch:
	$(S)/tests/arch

clean:
	rm -rf build build-san build-tsan build-fuzz
