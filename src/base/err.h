/* base/err.h: the one way to fail
 *
 * A function that can fail returns false (or NULL) and has filled *err, which is never NULL. Outputs are
 * then untouched. Only the handler or job that gives up logs: once, with the whole story. */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include <stdbool.h>
#include "base/base.h"

enum err_code {
	ERR_NONE = 0,
	ERR_INPUT,	/* the person can put it right: the form again, their words kept */
	ERR_DENIED,	/* may not; shown as not found where existence itself is secret */
	ERR_NOT_FOUND,
	ERR_CONFLICT,	/* somebody was first: show what changed */
	ERR_BUSY,	/* try again soon */
	ERR_BUG,	/* ours: a reference number to the person, the story to the log */
};

struct err {
	enum err_code code;
	char log[256];		/* for the operator; ids, never names or identity numbers */
	const char *person;	/* for the person: what to do now. A literal marked N_(), or NULL */
	const char *field;	/* the form field at fault, or NULL */
};

/* All return false, so a failure is one line: `return err_set(err, ERR_NOT_FOUND, "matter %s", number);`
 * err_add puts context in front of a message that is there, and keeps its code. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF(3, 4);
bool err_add(struct err *err, const char *fmt, ...) PRINTF(2, 3);
bool err_input(struct err *err, const char *field, const char *person);

/* "input", "denied", ...: for logs and tests. */
const char *err_code_name(enum err_code code);
#endif
