# Files inside the program: static/*, and Designsystemet's style sheets from node_modules (MIT; the licences are served
# beside them).
DIGDIR   := $(S)/node_modules/@digdir
STATIC   := $(call rel,static/*)
ASSETS   := $(foreach f,$(STATIC),$(notdir $(f))=$(S)/$(f)) \
	    designsystemet.css=$(DIGDIR)/designsystemet-css/dist/src/index.css \
	    designsystemet-theme.css=$(DIGDIR)/designsystemet-theme/src/themes/designsystemet.css \
	    designsystemet-licence.txt=$(DIGDIR)/designsystemet-css/LICENSE
EMBED    += $(B)/gen/assets.o

$(B)/tools/embed: tools/embed.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -I$(S)/src $(WARNINGS) $(CFLAGS) -o $@ $<

$(B)/gen/assets.c: $(B)/tools/embed $(STATIC) $(S)/node_modules/.package-lock.json
	@mkdir -p $(@D)
	$(B)/tools/embed $@ static_assets $(ASSETS)
