/* base/err.c: errors are values */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	err->person = NULL;
	err->field = NULL;
	va_start(ap, fmt);
	(void)vsnprintf(err->log, sizeof(err->log), fmt, ap);
	va_end(ap);
	return false;
}

bool
err_add(struct err *err, const char *fmt, ...)
{
	char context[121], before[sizeof(err->log)];
	va_list ap;
	size_t n;

	memcpy(before, err->log, sizeof(before));
	va_start(ap, fmt);
	(void)vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	n = strlen(context);
	if (err->code == ERR_NONE)
		err->code = ERR_BUG;	/* context without a cause is our mistake */
	/* Both are cut, never the code: half a message beats none. */
	(void)snprintf(err->log, sizeof(err->log), "%s: ", context);
	(void)snprintf(err->log + n + 2, sizeof(err->log) - n - 2, "%.*s", (int)(sizeof(err->log) - n - 3), before);
	return false;
}

bool
err_input(struct err *err, const char *field, const char *person)
{
	(void)err_set(err, ERR_INPUT, "field %s: %s", field == NULL ? "-" : field, person);
	err->field = field;
	err->person = person;
	return false;
}

const char *
err_code_name(enum err_code code)
{
	switch (code) {
	case ERR_NONE: return "none";
	case ERR_INPUT: return "input";
	case ERR_DENIED: return "denied";
	case ERR_NOT_FOUND: return "not_found";
	case ERR_CONFLICT: return "conflict";
	case ERR_BUSY: return "busy";
	case ERR_BUG: return "bug";
	}
	return "unknown";
}
