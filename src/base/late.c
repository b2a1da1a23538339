/* base/late.c: dlopen and dlsym, once */
#include "base/late.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/err.h"

bool
late_load(const char *soname, const char *const *names, size_t n, void *table, struct err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char *at = table;
	void *library, *last = NULL;
	bool ok = true;

	(void)pthread_mutex_lock(&lock);
	memcpy(&last, at + (n - 1) * sizeof(void *), sizeof(last));
	if (last == NULL) {	/* the last is filled last: when it is there, all are */
		library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
		ok = library != NULL || err_set(err, ERR_BUG, "library %s: %s", soname, dlerror());
		for (size_t i = 0; ok && i < n; i++) {
			void *function = dlsym(library, names[i]);

			ok = function != NULL || err_set(err, ERR_BUG, "library %s has no %s", soname, names[i]);
			if (ok)
				memcpy(at + i * sizeof(void *), &function, sizeof(function));
		}
	}
	(void)pthread_mutex_unlock(&lock);
	return ok;
}

void
late_must(bool (*load)(struct err *err))
{
	struct err err = { 0 };

	if (load(&err))
		return;
	(void)fprintf(stderr, "narkontakt: %s\n", err.log);
	exit(EX_TEMPFAIL);
}
