/* db/wal.c: only the log's file is ours; every other is opened by SQLite's own layer in the room that it needs */
#include "db/wal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "db/late_sqlite.h"

enum { ROOM = 15 * 8216 };		/* SQLite's layer takes less than 128 kB at a time; fifteen pages with their headers */

/* The log of one connection, used by one thread at a time as that is. The real file's struct follows it. */
struct wal_file {
	sqlite3_file base;
	sqlite3_file *real;
	bool hold;
	unsigned char *held;		/* ROOM bytes: from the first that was held back */
	int n;				/* of them in use, to be written at `at` */
	sqlite3_int64 at;
};

static sqlite3_vfs *system_vfs, our_vfs;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct wal_file *
wal_of(sqlite3_file *f)
{
	return (struct wal_file *)(void *)f;
}

/* The real file, after what was held back for it is in it. */
static int
written(struct wal_file *w)
{
	int n = w->n;

	w->n = 0;
	return n == 0 ? SQLITE_OK : w->real->pMethods->xWrite(w->real, w->held, n, w->at);
}

static int
wal_close(sqlite3_file *f)
{
	struct wal_file *w = wal_of(f);
	int rc = written(w), closed = w->real->pMethods->xClose(w->real);

	free(w->held);
	return rc != SQLITE_OK ? rc : closed;
}

static int
wal_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	struct wal_file *w = wal_of(f);
	int rc = written(w);

	return rc != SQLITE_OK ? rc : w->real->pMethods->xRead(w->real, p, n, at);
}

static int
wal_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct wal_file *w = wal_of(f);
	int rc = SQLITE_OK;

	if (w->n > 0 && (at != w->at + w->n || n > ROOM - w->n))
		rc = written(w);
	if (rc == SQLITE_OK && w->hold && n <= ROOM && (w->held != NULL || (w->held = malloc(ROOM)) != NULL)) {
		if (w->n == 0)
			w->at = at;
		memcpy(w->held + w->n, p, (size_t)n);
		w->n += n;
		return SQLITE_OK;
	}
	return rc != SQLITE_OK ? rc : w->real->pMethods->xWrite(w->real, p, n, at);
}

static int
wal_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct wal_file *w = wal_of(f);
	int rc = written(w);

	return rc != SQLITE_OK ? rc : w->real->pMethods->xTruncate(w->real, size);
}

static int
wal_sync(sqlite3_file *f, int flags)
{
	struct wal_file *w = wal_of(f);
	int rc = written(w);

	return rc != SQLITE_OK ? rc : w->real->pMethods->xSync(w->real, flags);
}

static int
wal_size(sqlite3_file *f, sqlite3_int64 *size)
{
	struct wal_file *w = wal_of(f);
	int rc = written(w);

	return rc != SQLITE_OK ? rc : w->real->pMethods->xFileSize(w->real, size);
}

static int
wal_lock(sqlite3_file *f, int kind)
{
	return wal_of(f)->real->pMethods->xLock(wal_of(f)->real, kind);
}

static int
wal_unlock(sqlite3_file *f, int kind)
{
	return wal_of(f)->real->pMethods->xUnlock(wal_of(f)->real, kind);
}

static int
wal_reserved(sqlite3_file *f, int *out)
{
	return wal_of(f)->real->pMethods->xCheckReservedLock(wal_of(f)->real, out);
}

static int
wal_control(sqlite3_file *f, int what, void *arg)
{
	struct wal_file *w = wal_of(f);
	int rc = written(w);

	return rc != SQLITE_OK ? rc : w->real->pMethods->xFileControl(w->real, what, arg);
}

static int
wal_sector(sqlite3_file *f)
{
	return wal_of(f)->real->pMethods->xSectorSize(wal_of(f)->real);
}

static int
wal_device(sqlite3_file *f)
{
	return wal_of(f)->real->pMethods->xDeviceCharacteristics(wal_of(f)->real);
}

/* Version 1: a log is never shared memory and never mapped. */
static const sqlite3_io_methods wal_methods = {
	.iVersion = 1, .xClose = wal_close, .xRead = wal_read, .xWrite = wal_write, .xTruncate = wal_truncate,
	.xSync = wal_sync, .xFileSize = wal_size, .xLock = wal_lock, .xUnlock = wal_unlock, .xCheckReservedLock = wal_reserved,
	.xFileControl = wal_control, .xSectorSize = wal_sector, .xDeviceCharacteristics = wal_device,
};

static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
	struct wal_file *w = wal_of(f);
	int rc;

	(void)vfs;
	if ((flags & SQLITE_OPEN_WAL) == 0)
		return system_vfs->xOpen(system_vfs, name, f, flags, out_flags);
	*w = (struct wal_file){ .real = (sqlite3_file *)(void *)(w + 1) };
	rc = system_vfs->xOpen(system_vfs, name, w->real, flags, out_flags);
	if (rc == SQLITE_OK)
		w->base.pMethods = &wal_methods;
	return rc;
}

static void
register_once(void)
{
	if ((system_vfs = sqlite3_vfs_find(NULL)) == NULL)
		return;
	our_vfs = *system_vfs;
	our_vfs.pNext = NULL;
	our_vfs.zName = "narkontakt-wal";
	our_vfs.szOsFile += (int)sizeof(struct wal_file);
	our_vfs.xOpen = open_file;
	if (sqlite3_vfs_register(&our_vfs, 0) != SQLITE_OK)
		system_vfs = NULL;
}

const char *
wal_vfs(void)
{
	(void)pthread_once(&once, register_once);
	return system_vfs == NULL ? NULL : our_vfs.zName;
}

void
wal_hold(sqlite3 *h, bool synced)
{
	sqlite3_file *f = NULL;

	if (sqlite3_file_control(h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &f) == SQLITE_OK && f != NULL && f->pMethods == &wal_methods)
		wal_of(f)->hold = synced;
}
