-- What is found by words. One row an object; a row is never changed in place when its words change: it is removed and a
-- new one takes its place, so that the number of a row is also its order in time (newest first is a walk backwards).
CREATE TABLE search_doc (
	id {id},
	kind TEXT NOT NULL,		-- contact, matter, document
	object_id {int} NOT NULL,
	contact_id {int},		-- where it is shown
	matter_id {int},
	authority_id {int} NOT NULL,
	unit_id {int} NOT NULL DEFAULT 0,
	owner_id {int},
	restricted {int} NOT NULL,
	at {int} NOT NULL
-- [postgresql]
	, words tsvector NOT NULL
-- [end]
);
CREATE UNIQUE INDEX search_doc_object ON search_doc (kind, object_id);

-- [sqlite]
-- Contentless: the words stand in the objects themselves, and a removed row's words find nothing (the join drops them).
CREATE VIRTUAL TABLE search_words USING fts5 (words, content='', columnsize=0, prefix='2 3', tokenize='swedish');
-- [end]
-- [postgresql]
CREATE INDEX search_doc_words ON search_doc USING gin (words) WITH (fastupdate = on);
-- [end]
