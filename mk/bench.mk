bench: bench-web bench-mail bench-store
.PHONY: bench-web bench-mail bench-store
bench-web: $(B)/narkontakt
	B=$(abspath $(B)) CONTACTS=$(or $(CONTACTS),20000) $(S)/bench/web.sh
bench-mail: $(B)/bench/bench_mail
	$(B)/bench/bench_mail
# a copy: it is written to
bench-store: $(B)/bench/bench_store bench-web
	cp $(B)/bench-$(or $(CONTACTS),20000).db $(B)/bench-store.db && $(B)/bench/bench_store $(B)/bench-store.db; rm -f $(B)/bench-store.db*
#: make bench-figures  the figures page over CONTACTS contacts, beside the bare SQL of the same run
.PHONY: bench-figures
bench: bench-figures
bench-figures: $(B)/narkontakt
	B=$(abspath $(B)) CONTACTS=$(or $(CONTACTS),20000) $(S)/bench/figures.sh
