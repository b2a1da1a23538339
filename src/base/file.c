/* base/file.c: whole files */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

static void
free_buffer(void *p)
{
	free(p);
}

/* What comes from a pipe has no size beforehand. The buffer grows outside the arena, which would keep each smaller one. */
bool
file_read_fd(struct arena *a, int fd, size_t max, char **data, size_t *n, struct err *err)
{
	struct stat st;
	size_t cap = 16 * 1024, len = 0;
	bool known = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0, ok = true;
	char *buf;

	if (known && (size_t)st.st_size > max)
		return err_set(err, ERR_INPUT, "file of %lld bytes is over %zu", (long long)st.st_size, max);
	if (known)
		cap = (size_t)st.st_size + 1;
	if ((buf = malloc(cap + 1)) == NULL)
		abort();
	while (ok) {
		ssize_t got = read(fd, buf + len, cap - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			break;
		ok = got > 0 || err_set(err, ERR_BUG, "read: %s", strerror(errno));
		len += ok ? (size_t)got : 0;
		ok = ok && (len <= max || err_set(err, ERR_INPUT, "input is over %zu bytes", max));
		if (ok && len == cap && (buf = realloc(buf, cap * 2 + 1)) == NULL)
			abort();
		if (ok && len == cap)
			cap *= 2;
	}
	if (!ok) {
		free(buf);
		return false;
	}
	buf[len] = '\0';
	arena_on_empty(a, free_buffer, buf);
	*data = buf;
	*n = len;
	return true;
}

bool
file_read(struct arena *a, const char *path, size_t max, char **data, size_t *n, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_BUG, "%s: %s", path, strerror(errno));
	ok = file_read_fd(a, fd, max, data, n, err) || err_add(err, "%s", path);
	(void)close(fd);
	return ok;
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

static void
sync_directory(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	(void)snprintf(dir, sizeof(dir), "%.*s", slash == NULL ? 1 : (int)(slash - path + (slash == path)),
	    slash == NULL ? "." : path);
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
}

bool
file_write(const char *path, const void *data, size_t n, unsigned mode, struct err *err)
{
	char beside[PATH_MAX];
	int fd;

	if ((size_t)snprintf(beside, sizeof(beside), "%s.%ld.new", path, (long)getpid()) >= sizeof(beside))
		return err_set(err, ERR_INPUT, "path too long");
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return err_set(err, ERR_BUG, "%s: %s", beside, strerror(errno));
	if (!write_all(fd, data, n) || fsync(fd) != 0) {
		(void)err_set(err, errno == ENOSPC ? ERR_BUSY : ERR_BUG, "%s: %s", beside, strerror(errno));
		(void)close(fd);
		(void)unlink(beside);
		return false;
	}
	if (close(fd) != 0 || rename(beside, path) != 0) {
		(void)err_set(err, ERR_BUG, "%s: %s", path, strerror(errno));
		(void)unlink(beside);
		return false;
	}
	sync_directory(path);
	return true;
}

bool
file_mkdirs(const char *path, struct err *err)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(part))
		return err_set(err, ERR_INPUT, "bad directory name");
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return err_set(err, ERR_BUG, "%s: %s", part, strerror(errno));
	}
	return true;
}
