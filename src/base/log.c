/* base/log.c: a line is put together first and written with one write(2), so lines never mix */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"

static _Atomic int most = LOG_INFO;

void
log_set_level(enum log_level level)
{
	atomic_store(&most, (int)level);
}

void
log_line(enum log_level level, const char *event, const char *fmt, ...)
{
	static const char *const name[] = { "error", "warn", "info", "debug" };
	char line[1024];
	va_list ap;
	int n, m;

	if ((int)level > atomic_load(&most))
		return;
	n = snprintf(line, sizeof(line), "%s %s %s ", instant_utc((int64_t)time(NULL)).s, name[level], event);
	if (n < 0 || (size_t)n >= sizeof(line) - 1)
		return;
	va_start(ap, fmt);
	m = vsnprintf(line + n, sizeof(line) - 1 - (size_t)n, fmt, ap);
	va_end(ap);
	if (m < 0)
		return;
	n += m;
	if ((size_t)n > sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	for (int i = 0; i < n; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return;		/* nobody listens; the work goes on */
}
