-- The elected and their mandates; residents who were not satisfied and turned to them; what residents think afterwards.
--
-- A mandate belongs to a representative and an authority, from one date to another; a replacement names the mandate it took over.
-- An escalation is one resident asking one manager or representative about one contact; it never lapses. `consent` is the scope
-- she agreed to ("name phone"), words with spaces between; without it the contact is shown without the person.

CREATE TABLE office_term (		-- mandatperiod
	id {id},
	name TEXT NOT NULL UNIQUE,	-- "2026-2030"
	from_date TEXT NOT NULL,
	to_date TEXT NOT NULL
);

CREATE TABLE representative (		-- förtroendevald
	id {id},
	person_id {int} NOT NULL REFERENCES person,
	account_id {int} REFERENCES account,	-- NULL: has no sign-in
	external_id TEXT NOT NULL UNIQUE,	-- as the list she came with knows her
	party TEXT,
	area TEXT,			-- the part of the municipality she knows best, or her constituency
	email TEXT,			-- shown to all
	phone TEXT,
	answers TEXT,			-- what she answers, in her own words
	picture_sha256 TEXT REFERENCES file,
	active {int} NOT NULL DEFAULT 1,
	version {int} NOT NULL DEFAULT 1
);
CREATE INDEX representative_account ON representative (account_id);

CREATE TABLE mandate (			-- uppdrag
	id {id},
	representative_id {int} NOT NULL REFERENCES representative,
	authority_id {int} NOT NULL REFERENCES authority,
	role TEXT NOT NULL CHECK (role IN ('member', 'substitute', 'chair', 'vice_chair')),
	term_id {int} REFERENCES office_term,
	from_date TEXT NOT NULL,
	to_date TEXT,			-- last day; NULL until further notice
	replaces_id {int} REFERENCES mandate,
	grant_id {int} REFERENCES role_grant,	-- the right that follows from it, when she has an account
	created_at {int} NOT NULL,
	UNIQUE (representative_id, authority_id, role, from_date)
);
CREATE INDEX mandate_authority ON mandate (authority_id, from_date);

CREATE TABLE escalation (
	id {id},
	contact_id {int} NOT NULL REFERENCES contact,
	level TEXT NOT NULL CHECK (level IN ('manager', 'representative', 'chair')),
	state TEXT NOT NULL CHECK (state IN ('to_classify', 'open', 'answered', 'passed_on', 'closed')),
	about TEXT NOT NULL CHECK (about IN ('answer', 'decision')),
	representative_id {int} REFERENCES representative,
	account_id {int} REFERENCES account,	-- who has it; NULL: whoever leads there
	authority_id {int} NOT NULL REFERENCES authority,	-- hers who has it
	unit_id {int} REFERENCES unit,
	channel TEXT NOT NULL,		-- web, email, phone
	taken_by {int} REFERENCES account,	-- the guide on the phone
	words TEXT NOT NULL,
	consent TEXT NOT NULL DEFAULT '',
	consent_at {int},
	consent_withdrawn_at {int},
	decision_date TEXT,		-- about a decision: when she got it, or when it was posted
	decision_kind TEXT CHECK (decision_kind IN ('merits', 'legality')),
	appeal_last_day TEXT,
	appeal_explained TEXT,		-- JSON as in contact.answer_explained
	classified TEXT CHECK (classified IN ('appeal', 'complaint', 'other')),
	classified_by {int} REFERENCES account,
	classified_at {int},
	asked_at {int} NOT NULL,
	answer_by {int} NOT NULL,
	answer_days {int} NOT NULL,
	answer_explained TEXT NOT NULL,
	answered_at {int},
	answer_document_id {int} REFERENCES document,
	overdue {int} NOT NULL DEFAULT 0,
	matter_id {int} REFERENCES matter,	-- raised in the committee
	closed_at {int},
	version {int} NOT NULL DEFAULT 1
);
CREATE INDEX escalation_contact ON escalation (contact_id);
CREATE INDEX escalation_account ON escalation (account_id, state);
CREATE INDEX escalation_open ON escalation (answer_by) WHERE answered_at IS NULL AND closed_at IS NULL;

CREATE TABLE administration_question (	-- from a representative to a department's head: question and answer are documents
	id {id},
	escalation_id {int} NOT NULL REFERENCES escalation,
	contact_id {int} NOT NULL REFERENCES contact,
	authority_id {int} NOT NULL REFERENCES authority,
	unit_id {int} REFERENCES unit,
	asked_by {int} NOT NULL REFERENCES account,
	asked_of {int} NOT NULL REFERENCES account,
	text TEXT NOT NULL,
	document_id {int} REFERENCES document,
	asked_at {int} NOT NULL,
	answer_by {int} NOT NULL,
	answer_days {int} NOT NULL,
	answer_explained TEXT NOT NULL,
	answer TEXT,
	answer_document_id {int} REFERENCES document,
	answered_by {int} REFERENCES account,
	answered_at {int},
	reminded_at {int},
	thanked_at {int},
	overdue {int} NOT NULL DEFAULT 0
);
CREATE INDEX administration_question_of ON administration_question (asked_of, answered_at);
CREATE INDEX administration_question_escalation ON administration_question (escalation_id);

-- What a representative writes for her own memory: not a document (TF 2:12), read by nobody else, and hers to remove.
CREATE TABLE representative_note (
	id {id},
	account_id {int} NOT NULL REFERENCES account,
	escalation_id {int} NOT NULL REFERENCES escalation,
	text TEXT NOT NULL,
	written_at {int} NOT NULL
);
CREATE INDEX representative_note_account ON representative_note (account_id, escalation_id);

CREATE TABLE ending_disputed (		-- we said done, she said it was not: stays a failure whatever comes after
	id {id},
	contact_id {int} NOT NULL REFERENCES contact,
	ending TEXT NOT NULL,
	at {int} NOT NULL
);
CREATE INDEX ending_disputed_contact ON ending_disputed (contact_id);

-- Asking afterwards. A frame counts what was closed in one unit, channel and quarter, and how many of them were drawn with
-- which probability. A token knows its frame and nobody's contact, and is removed when it is used; an answer knows its frame and
-- has a random name and no time. So no query joins an answer to a person. Who was asked when is kept apart, hashed.
CREATE TABLE ask_frame (
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,
	unit_id {int} NOT NULL,		-- 0: none
	channel TEXT NOT NULL,
	quarter TEXT NOT NULL,		-- "2027-Q1"
	share {int} NOT NULL,		-- per cent: the probability
	eligible {int} NOT NULL DEFAULT 0,
	left_out {int} NOT NULL DEFAULT 0,	-- no address, protected, or asked not long ago
	drawn {int} NOT NULL DEFAULT 0,
	UNIQUE (authority_id, unit_id, channel, quarter, share)
);
CREATE TABLE ask_token (
	token_hash TEXT PRIMARY KEY,
	frame_id {int} NOT NULL REFERENCES ask_frame,
	expires_at {int} NOT NULL
);
CREATE TABLE ask_call (			-- to be asked by phone: a guide's list; removed when it is done
	id {id},
	frame_id {int} NOT NULL REFERENCES ask_frame,
	authority_id {int} NOT NULL REFERENCES authority,
	phone TEXT NOT NULL,
	name TEXT,
	expires_at {int} NOT NULL
);
CREATE TABLE ask_rest (
	person_hash TEXT PRIMARY KEY,	-- keyed hash of her address or number
	asked_at {int} NOT NULL
);
CREATE TABLE ask_mail (			-- invitations in the outbox, whose words are emptied when they have gone
	outbox_id {int} PRIMARY KEY REFERENCES outbox
);
CREATE TABLE ask_answer (
	name TEXT PRIMARY KEY,		-- random: its order says nothing
	frame_id {int} NOT NULL REFERENCES ask_frame,
	heard {int} NOT NULL,		-- did any answer come at all?
	ease {int} CHECK (ease BETWEEN 1 AND 5),
	second {int} CHECK (second BETWEEN 1 AND 5),	-- by phone: reception; in writing: clarity
	fair_days {int}			-- nothing came: what would have been a fair time?
-- [sqlite]
) WITHOUT ROWID;
-- [end]
-- [postgresql]
);
-- [end]
