#: make bench-program   the whole program over HTTP, on SQLite and on PostgreSQL, beside the bare libraries (CONTACTS=N)
bench: bench-program bench-open311 bench-mail bench-store bench-paper bench-survey
.PHONY: bench-open311 bench-program bench-mail bench-store bench-paper bench-survey
BENCH_ENV = B=$(abspath $(B)) CONTACTS=$(or $(CONTACTS),20000)
BENCH_WORK = $(B)/bench-$(or $(CONTACTS),20000).db
bench-program: $(B)/narkontakt $(B)/bench/bench_bare $(B)/bench/bench_store $(B)/bench/bench_streams $(B)/bench/bench_intake $(B)/bench/bench_pipe
	$(BENCH_ENV) $(S)/bench/program.sh sqlite
	$(BENCH_ENV) $(S)/bench/program.sh postgresql
#: make bench-open311  the list of requests by Open311 (CONTACTS=N)
bench-open311: $(B)/narkontakt
	$(BENCH_ENV) $(S)/bench/open311.sh
bench-mail: $(B)/bench/bench_mail
	$(B)/bench/bench_mail
# a copy: it is written to
bench-store: $(B)/bench/bench_store bench-program
	cp $(BENCH_WORK) $(B)/bench-store.db && $(B)/bench/bench_store $(B)/bench-store.db; rm -f $(B)/bench-store.db*
bench-paper: $(B)/bench/bench_paper
	$(B)/bench/bench_paper
bench-survey: $(B)/bench/bench_survey
	$(B)/bench/bench_survey
#: make bench-figures  the figures page over CONTACTS contacts, beside the bare SQL of the same run
.PHONY: bench-figures
bench: bench-figures
bench-figures: $(B)/narkontakt
	B=$(abspath $(B)) CONTACTS=$(or $(CONTACTS),20000) $(S)/bench/figures.sh

#: make bench-calls   call events at 100,000 an hour and as fast as they go, while DESKS=200 desks listen (CONTACTS=N)
bench: bench-calls
.PHONY: bench-calls
bench-calls: $(B)/narkontakt
	$(BENCH_ENV) $(S)/bench/calls.sh
