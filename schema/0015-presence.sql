-- Who has a contact open is told from server to server (src/db/hear.h) and kept in memory: the table was never used.
DROP TABLE presence;
