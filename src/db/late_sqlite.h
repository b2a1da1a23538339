/* db/late_sqlite.h: SQLite, opened with the first SQLite database (base/late.h): a mail that a running server takes needs none */
#ifndef DB_LATE_SQLITE_H
#define DB_LATE_SQLITE_H
#include <sqlite3.h>

#include "base/late.h"

#define LATE_SQLITE(X) \
	X(sqlite3_backup_finish) X(sqlite3_backup_init) X(sqlite3_backup_step) X(sqlite3_bind_blob64) \
	X(sqlite3_bind_double) X(sqlite3_bind_int64) X(sqlite3_bind_null) X(sqlite3_bind_parameter_index) \
	X(sqlite3_bind_pointer) X(sqlite3_bind_text64) X(sqlite3_bind_zeroblob64) X(sqlite3_blob_close) \
	X(sqlite3_blob_open) X(sqlite3_blob_write) X(sqlite3_busy_timeout) X(sqlite3_changes64) X(sqlite3_clear_bindings) \
	X(sqlite3_close) X(sqlite3_close_v2) X(sqlite3_column_blob) X(sqlite3_column_bytes) X(sqlite3_column_double) \
	X(sqlite3_column_int64) X(sqlite3_column_text) X(sqlite3_column_type) X(sqlite3_config) X(sqlite3_db_config) X(sqlite3_errcode) \
	X(sqlite3_errmsg) X(sqlite3_exec) X(sqlite3_extended_errcode) X(sqlite3_extended_result_codes) X(sqlite3_file_control) \
	X(sqlite3_finalize) \
	X(sqlite3_get_autocommit) X(sqlite3_last_insert_rowid) X(sqlite3_open_v2) X(sqlite3_prepare_v2) \
	X(sqlite3_prepare_v3) X(sqlite3_reset) X(sqlite3_step) X(sqlite3_vfs_find) X(sqlite3_vfs_register) X(sqlite3_wal_autocheckpoint)
LATE_DECLARE(late_sqlite, LATE_SQLITE);

#define sqlite3_backup_finish late_sqlite.sqlite3_backup_finish
#define sqlite3_backup_init late_sqlite.sqlite3_backup_init
#define sqlite3_backup_step late_sqlite.sqlite3_backup_step
#define sqlite3_bind_blob64 late_sqlite.sqlite3_bind_blob64
#define sqlite3_bind_double late_sqlite.sqlite3_bind_double
#define sqlite3_bind_int64 late_sqlite.sqlite3_bind_int64
#define sqlite3_bind_null late_sqlite.sqlite3_bind_null
#define sqlite3_bind_parameter_index late_sqlite.sqlite3_bind_parameter_index
#define sqlite3_bind_pointer late_sqlite.sqlite3_bind_pointer
#define sqlite3_bind_text64 late_sqlite.sqlite3_bind_text64
#define sqlite3_bind_zeroblob64 late_sqlite.sqlite3_bind_zeroblob64
#define sqlite3_blob_close late_sqlite.sqlite3_blob_close
#define sqlite3_blob_open late_sqlite.sqlite3_blob_open
#define sqlite3_blob_write late_sqlite.sqlite3_blob_write
#define sqlite3_busy_timeout late_sqlite.sqlite3_busy_timeout
#define sqlite3_changes64 late_sqlite.sqlite3_changes64
#define sqlite3_clear_bindings late_sqlite.sqlite3_clear_bindings
#define sqlite3_close late_sqlite.sqlite3_close
#define sqlite3_close_v2 late_sqlite.sqlite3_close_v2
#define sqlite3_column_blob late_sqlite.sqlite3_column_blob
#define sqlite3_column_bytes late_sqlite.sqlite3_column_bytes
#define sqlite3_column_double late_sqlite.sqlite3_column_double
#define sqlite3_column_int64 late_sqlite.sqlite3_column_int64
#define sqlite3_column_text late_sqlite.sqlite3_column_text
#define sqlite3_column_type late_sqlite.sqlite3_column_type
#define sqlite3_config late_sqlite.sqlite3_config
#define sqlite3_db_config late_sqlite.sqlite3_db_config
#define sqlite3_errcode late_sqlite.sqlite3_errcode
#define sqlite3_errmsg late_sqlite.sqlite3_errmsg
#define sqlite3_exec late_sqlite.sqlite3_exec
#define sqlite3_extended_errcode late_sqlite.sqlite3_extended_errcode
#define sqlite3_extended_result_codes late_sqlite.sqlite3_extended_result_codes
#define sqlite3_file_control late_sqlite.sqlite3_file_control
#define sqlite3_finalize late_sqlite.sqlite3_finalize
#define sqlite3_get_autocommit late_sqlite.sqlite3_get_autocommit
#define sqlite3_last_insert_rowid late_sqlite.sqlite3_last_insert_rowid
#define sqlite3_open_v2 late_sqlite.sqlite3_open_v2
#define sqlite3_prepare_v2 late_sqlite.sqlite3_prepare_v2
#define sqlite3_prepare_v3 late_sqlite.sqlite3_prepare_v3
#define sqlite3_reset late_sqlite.sqlite3_reset
#define sqlite3_step late_sqlite.sqlite3_step
#define sqlite3_vfs_find late_sqlite.sqlite3_vfs_find
#define sqlite3_vfs_register late_sqlite.sqlite3_vfs_register
#define sqlite3_wal_autocheckpoint late_sqlite.sqlite3_wal_autocheckpoint
#endif
