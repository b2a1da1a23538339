-- Two tables that a contact from the web writes to by a hashed key: in SQLite the key is the table, not an index beside one.
-- [sqlite]
CREATE TABLE throttle_by_name (
	name TEXT PRIMARY KEY,
	count INTEGER NOT NULL,
	since INTEGER NOT NULL,
	blocked_until INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO throttle_by_name SELECT name, count, since, blocked_until FROM throttle WHERE name IS NOT NULL;
DROP TABLE throttle;
ALTER TABLE throttle_by_name RENAME TO throttle;
CREATE TABLE automatic_count_by_address (
	address TEXT NOT NULL,
	date TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (address, date)
) WITHOUT ROWID;
INSERT INTO automatic_count_by_address SELECT address, date, count FROM automatic_count;
DROP TABLE automatic_count;
ALTER TABLE automatic_count_by_address RENAME TO automatic_count;
-- [end]
