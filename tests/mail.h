/* tests/mail.h: real mails for tests, from $NK_SHARED/data/mail (default ../shared); a test skips when it is not there */
#ifndef TESTS_MAIL_H
#define TESTS_MAIL_H
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "mail/message.h"

static inline const char *
real_mail_root(void)
{
	static char root[4096];
	const char *shared = getenv("NK_SHARED");
	DIR *dir;

	(void)snprintf(root, sizeof(root), "%s/data/mail", shared != NULL ? shared : "../shared");
	dir = opendir(root);
	if (dir == NULL)
		return NULL;
	(void)closedir(dir);
	return root;
}

static inline int
real_mail_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* Calls `each` with every mail of a folder, in the names' order; how many there were. */
static inline int
real_mail_each(const char *folder, void (*each)(const char *name, const char *bytes, size_t n, void *arg), void *arg)
{
	char path[8192];
	struct dirent **entry = NULL;
	int n;

	(void)snprintf(path, sizeof(path), "%s/%s", real_mail_root(), folder);
	n = scandir(path, &entry, real_mail_visible, alphasort);
	for (int i = 0; i < n; i++) {
		struct arena *a = arena_open();
		struct err err = { 0 };
		char *bytes;
		size_t size;

		(void)snprintf(path, sizeof(path), "%s/%s/%s", real_mail_root(), folder, entry[i]->d_name);
		if (file_read(a, path, MIME_BYTES_MAX, &bytes, &size, &err))
			each(entry[i]->d_name, bytes, size, arg);
		arena_close(a);
		free(entry[i]);
	}
	free(entry);
	return n < 0 ? 0 : n;
}
#endif
