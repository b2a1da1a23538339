-- Requests to see official documents (begäran om allmän handling, TF 2 kap. 15-18 §§), what was handed out, and a formal refusal.
--
-- A request hangs on the matter it is registered in. Each document asked for is an item: open, released whole, released masked,
-- or withheld. What an answer took along counts as released when that answer was not taken back within its minute.

CREATE TABLE disclosure (
	id {id},
	matter_id {int} NOT NULL UNIQUE REFERENCES matter,
	contact_id {int} NOT NULL REFERENCES contact,	-- who asked; need not have a name (TF 2:18)
	requested TEXT NOT NULL,	-- the day it was received
	target TEXT NOT NULL,		-- answer by, our own aim [PRACTICE]
	alarm TEXT NOT NULL,		-- and the day that must not pass [PRACTICE]
	opened_at {int} NOT NULL,
	opened_by {int} NOT NULL REFERENCES account,
	demanded TEXT,			-- the day a formal decision was asked for (OSL 6:3)
	decision_document_id {int} REFERENCES document,
	decision_number TEXT,		-- "DB 2026-118", of the authority
	decided TEXT,
	decided_by {int} REFERENCES account,
	rule TEXT,			-- of the delegation scheme
	served TEXT,			-- the day the applicant got the decision, as confirmed; NULL: finality unknown
	appealed TEXT,			-- the day the appeal came in
	forwarded TEXT,			-- the day it went on to the court with the file
	reported TEXT,			-- the day the decision was reported to the committee (KL 6:40, 7:8)
	version {int} NOT NULL DEFAULT 1
);
CREATE INDEX disclosure_contact ON disclosure (contact_id);

CREATE TABLE disclosure_item (
	id {id},
	disclosure_id {int} NOT NULL REFERENCES disclosure,
	document_id {int} NOT NULL REFERENCES document,
	outcome TEXT NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'released', 'masked', 'withheld')),
	rendition_id {int} REFERENCES document,		-- the masked copy that went
	answer_document_id {int} REFERENCES document,	-- what it went with
	section TEXT,			-- withheld: the section it rests on
	done_at {int},
	done_by {int} REFERENCES account,
	UNIQUE (disclosure_id, document_id)
);
