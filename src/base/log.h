/* base/log.h: one event a line, key=value, no personal data
 *
 *   log_line(LOG_WARN, "outbox", "message=%lld attempt=%d error=\"%s\"", ...);
 * prints `2027-01-11T07:12:00Z warn outbox message=17 attempt=2 error="..."` to standard error. Control
 * characters in the line become '?', so that no input can forge a line. Safe from any thread. */
#ifndef BASE_LOG_H
#define BASE_LOG_H
#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level);	/* nothing above it is written; default LOG_INFO */
void log_line(enum log_level level, const char *event, const char *fmt, ...) PRINTF(3, 4);
#endif
