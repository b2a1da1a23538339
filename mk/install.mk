# DESTDIR is where a package is put together, prefix where it will stand.
install: $(B)/narkontakt
	install -D -m 755 $(B)/narkontakt $(DESTDIR)$(prefix)/bin/narkontakt
	install -D -m 644 $(S)/man/narkontakt.1 $(DESTDIR)$(prefix)/share/man/man1/narkontakt.1
	install -D -m 644 $(S)/share/narkontakt.conf $(DESTDIR)$(prefix)/share/narkontakt/narkontakt.conf
	install -d $(DESTDIR)$(prefix)/lib/systemd/system $(DESTDIR)$(prefix)/share/narkontakt/examples
	install -m 644 $(S)/share/examples/*.json $(DESTDIR)$(prefix)/share/narkontakt/examples
	sed 's|@prefix@|$(prefix)|' $(S)/share/systemd/narkontakt.service >$(DESTDIR)$(prefix)/lib/systemd/system/narkontakt.service

uninstall:
	rm -rf $(DESTDIR)$(prefix)/share/narkontakt/examples
	rm -f $(DESTDIR)$(prefix)/bin/narkontakt $(DESTDIR)$(prefix)/share/man/man1/narkontakt.1 \
	    $(DESTDIR)$(prefix)/share/narkontakt/narkontakt.conf $(DESTDIR)$(prefix)/lib/systemd/system/narkontakt.service
