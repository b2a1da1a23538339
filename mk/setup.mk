# make setup, run and test: each may be the first command on a fresh clone. The flags of libraries are read when make
# starts, before they are installed: so set-up comes first, and then make again.
BROWSER := $(call rel,tests/browser/test_*.mjs)

setup:
	@$(S)/setup/install

run: setup
	@$(MAKE) --no-print-directory -f $(S)/Makefile B=$(B) serve-demo

.PHONY: serve-demo
serve-demo: $(B)/narkontakt
	@B=$(B) $(S)/setup/demo

.PHONY: demo-mail
demo-mail: $(B)/narkontakt
	@B=$(abspath $(B)) $(S)/setup/demo-mail

test: setup
	@MAKE="$(MAKE)" $(S)/tests/all

# NK_SCREENSHOTS=1: pages are looked at in B/screenshots; what failed is there without asking.
browser: $(B)/narkontakt $(S)/node_modules/.package-lock.json
	B=$(abspath $(B)) $(S)/tests/run $(addprefix $(S)/,$(BROWSER))

#: make pictures  the browser tests once more; what they see becomes the pictures of the documents (docs/*.png)
.PHONY: pictures
pictures:
	NK_SCREENSHOTS=1 NK_DOCS_PICTURES=1 $(MAKE) --no-print-directory -f $(S)/Makefile browser

$(S)/node_modules/.package-lock.json: $(S)/package-lock.json
	$(S)/setup/install
