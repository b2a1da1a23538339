# Templates: src/ROOM/x.html -> $(B)/gen/src/ROOM/x.html.c -> .o. In them a wrong type is an error, not a warning; a
# size_t where an int64_t is printed is neither.
TEMPLATE  := $(B)/tools/template
HTML_C    := $(HTML:%=$(B)/gen/%.c)
HTML_WARN := -Werror=int-conversion -Werror=incompatible-pointer-types -Werror=implicit-function-declaration \
	     -Wno-sign-conversion -Wno-overlength-strings

$(TEMPLATE): tools/template.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -I$(S)/src $(WARNINGS) $(CFLAGS) -o $@ $<

$(HTML_C): $(B)/gen/%.c: % $(TEMPLATE)
	@mkdir -p $(@D)
	$(TEMPLATE) $< $@

$(B)/gen/%.html.o: $(B)/gen/%.html.c
	$(CC) $(OURS) $(HTML_WARN) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The compiler's own test compiles a template and runs it.
$(B)/gen/tests/unit/fixture.html.c: tests/unit/fixture.html $(TEMPLATE)
	@mkdir -p $(@D)
	$(TEMPLATE) $< $@
$(B)/tests/unit/test_template: $(B)/gen/tests/unit/fixture.html.c tools/template.c
