-- Figures: what was first promised and first answered, an index that has all that is counted, and the monthly letters.
--
-- A plan with a date and a new opening move a contact's promise; what was said first stays here, so that no later date makes an
-- answer look as if it had come in time (contact/work_store.c writes it).

CREATE TABLE contact_first (
	contact_id {int} PRIMARY KEY REFERENCES contact,
	promised_by {int},		-- NULL: no answer was promised
	answered_at {int},		-- the first answer that was not taken back and reached her; NULL: none yet
	planned {int} NOT NULL DEFAULT 0,	-- 1: that answer was a plan with a date (contact.answer_by)
	plan_broken {int} NOT NULL DEFAULT 0	-- 1: a later plan was made when the date of the one before had passed
);

-- The figures of a period are read from this alone, never from the rows with their words.
CREATE INDEX contact_figures ON contact (arrived_at, authority_id, unit_id, category_id, restricted, kind, channel, state, ending,
    answer_by, answered_at, closed_at, merged_into_id, anonymous, reply_by, satisfied
-- [postgresql]
    , id
-- [end]
    );

-- Månadsbrev: how a committee's administration answered in a month, as it was when it was made. `content` is what page and PDF
-- show, small numbers already taken out; it is never changed. A wrong one is withdrawn, and a new edition made.
CREATE TABLE month_letter (
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,
	month TEXT NOT NULL,		-- "2027-01"
	edition {int} NOT NULL,		-- 1, 2, ...
	content TEXT NOT NULL,		-- JSON
	document_id {int} NOT NULL REFERENCES document,	-- the PDF
	state TEXT NOT NULL CHECK (state IN ('made', 'published', 'withdrawn')),
	made_at {int} NOT NULL,
	published_by {int} REFERENCES account,
	published_at {int},
	withdrawn_by {int} REFERENCES account,
	withdrawn_at {int},
	withdrawn_why TEXT,		-- shown where it was published
	version {int} NOT NULL DEFAULT 1,
	UNIQUE (authority_id, month, edition)
);
