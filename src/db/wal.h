/* db/wal.h: the write-ahead log written in long pieces
 *
 * SQLite writes its log a page at a time, in two calls each; a contact that comes in is some fourteen pages. The writer's connection
 * has a file layer (VFS) of its own under the log, the default one in all else, that holds back what follows on itself and writes it
 * at once: before the log is synced, read, cut, measured or closed. SQLite syncs the log before it tells anybody that a transaction is
 * there (sqlite3WalFrames: frames, sync, then the index), so nobody can look for what is held back; but only when the
 * transaction waits for the disk. For one that does not, nothing is held back. */
#ifndef DB_WAL_H
#define DB_WAL_H
#include <stdbool.h>
#include <sqlite3.h>

/* The name to open the writer's connection with; NULL: SQLite's own. Once for all threads. */
const char *wal_vfs(void);
/* For the transaction that has begun: does its commit sync the log? On a connection opened with wal_vfs(). */
void wal_hold(sqlite3 *h, bool synced);
#endif
