bench: bench-web bench-mail
.PHONY: bench-web bench-mail
bench-web: $(B)/narkontakt
	B=$(abspath $(B)) CONTACTS=$(or $(CONTACTS),20000) $(S)/bench/web.sh
bench-mail: $(B)/bench/bench_mail
	$(B)/bench/bench_mail
