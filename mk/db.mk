# The schema lies in the program: schema/NNNN-name.sql -> the table `migrations` of db/internal.h.
SCHEMA := $(sort $(call rel,schema/*.sql))
EMBED  += $(B)/gen/schema.o

$(B)/gen/schema.c: $(SCHEMA) mk/db.mk
	@mkdir -p $(@D)
	@{ echo '/* made by mk/db.mk from schema/ */'; echo '#include "db/internal.h"'; \
	for f in $(SCHEMA); do v=$$(basename $$f .sql); \
	echo "static const char sql_$${v%%-*}[] = {"; od -An -v -tu1 $(S)/$$f | sed 's/\([0-9][0-9]*\)/(char)\1,/g'; echo '0 };'; done; \
	echo 'const struct migration migrations[] = {'; \
	for f in $(SCHEMA); do v=$$(basename $$f .sql); n=$${v%%-*}; \
	sum=$$(sha256sum <$(S)/$$f); \
	echo "	{ $$(echo $$n | sed 's/^0*//'), \"$$v\", sql_$$n, \"$${sum%% *}\" },"; done; \
	echo '	{ 0 },'; echo '};'; } >$@
