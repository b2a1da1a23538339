# Translations: po/LANG.po -> .mo -> bytes in the program (base/tr.h). `make po` collects new texts from C and templates.
PO      := $(call rel,po/*.po)
PO_MO   := $(PO:po/%.po=$(B)/gen/po/%.mo)
PO_POT  := $(B)/gen/po/narkontakt.pot
EMBED   += $(B)/gen/translations.o

$(PO_MO): $(B)/gen/po/%.mo: po/%.po
	@mkdir -p $(@D)
	msgfmt --endianness=little --no-hash -o $@ $<

$(B)/gen/translations.c: $(PO_MO)
	@mkdir -p $(@D)
	@{ echo '/* made by mk/po.mk from po/ */'; echo '#include "base/tr.h"'; \
	for mo in $^; do lang=$$(basename $$mo .mo); echo "static const unsigned char mo_$$lang[] = {"; \
	od -An -v -tu1 $$mo | sed 's/\([0-9][0-9]*\)/\1,/g'; echo '};'; done; \
	echo 'const struct translation translations[] = {'; \
	for mo in $^; do lang=$$(basename $$mo .mo); echo "	{ \"$$lang\", mo_$$lang, sizeof(mo_$$lang) },"; done; \
	echo '	{ 0 },'; echo '};'; } >$@

# The texts of the program as they are now. xgettext does not know #line: the generated C is its source.
$(PO_POT): $(HTML:%=$(B)/gen/%.c) $(SRC) $(S)/mk/po.mk
	@mkdir -p $(@D)
	@printf '%s\n' $(SRC:%=$(S)/%) $(HTML:%=$(B)/gen/%.c) >$(B)/gen/po/files
	xgettext --from-code=UTF-8 --language=C --keyword --keyword=N_ --keyword=tr:2 --keyword=trn:2,3 \
	    --flag=tr:2:c-format --flag=trn:2:c-format --flag=trn:3:c-format --no-location --sort-output --no-wrap \
	    --package-name=narkontakt --files-from=$(B)/gen/po/files -o $@.new
	@sed -i '/^"POT-Creation-Date/d; s/charset=CHARSET/charset=UTF-8/' $@.new && mv $@.new $@

# Puts new texts, untranslated, into po/LANG.po, and takes away those no longer used. Translate them, then `make check`.
po: $(PO_POT)
	for f in $(PO); do msguniq --force-po --use-first --sort-output --no-wrap -o $(B)/gen/po/unique $(S)/$$f && \
	msgmerge --force-po --quiet --no-fuzzy-matching --sort-output --no-wrap --no-location -o $(B)/gen/po/merged $(B)/gen/po/unique $(PO_POT) && \
	msgattrib --force-po --no-obsolete --sort-output --no-wrap -o $(S)/$$f $(B)/gen/po/merged && \
	sed -i '/^"POT-Creation-Date/d' $(S)/$$f; done
	@for f in $(PO); do echo "$$f: to translate:"; msgattrib --untranslated --no-wrap $(S)/$$f | sed -n '/^$$/,$$p' | grep -E '^(msgid )?"' || echo "  nothing"; done

CHECK += $(if $(SAN),,$(S)/tests/po)
check tested: $(if $(SAN)$(TSAN),,$(PO_POT))
