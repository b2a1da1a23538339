-- The municipality tests itself, as the yearly comparison of municipalities does: the same simple questions by mail and by phone,
-- in a set of service areas. And the indicators of other municipalities that the own figures are shown beside.
--
-- Who answers must not be able to tell a test from a resident's question. So nothing on a contact says that it is one: which
-- contacts are tests stands in mystery_contact alone, found by the Message-ID that was kept when the question was sent, and read by
-- nobody but the test leader (ACT_MYSTERY) until the round is over. They are answered, on the clock, and verified like all
-- others; they are left out where contacts are counted (contact/counted.h).

CREATE TABLE mystery_question (
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,	-- whose test leader wrote it
	area TEXT NOT NULL,		-- service area: "Bygglov"
	subject TEXT NOT NULL,		-- of the mail
	question TEXT NOT NULL,		-- the words, as a resident would put them
	points TEXT NOT NULL DEFAULT '',	-- what a good answer has, one a line
	by_mail {int} NOT NULL DEFAULT 1,
	by_phone {int} NOT NULL DEFAULT 1,
	active {int} NOT NULL DEFAULT 1
);
CREATE INDEX mystery_question_authority ON mystery_question (authority_id);

CREATE TABLE mystery_sender (		-- whom the questions seem to come from, and the numbers the tester calls from
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,
	name TEXT NOT NULL,
	address TEXT,			-- lower case
	phone TEXT,			-- E.164 where it could be understood
	active {int} NOT NULL DEFAULT 1
);
CREATE INDEX mystery_sender_address ON mystery_sender (address);
CREATE INDEX mystery_sender_phone ON mystery_sender (phone);

CREATE TABLE mystery_round (
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,
	name TEXT NOT NULL,
	recipient TEXT NOT NULL,	-- the official mail address
	phone TEXT NOT NULL,		-- the number to call
	from_date TEXT NOT NULL,
	to_date TEXT NOT NULL,
	opens TEXT NOT NULL,		-- "08:00": the times are drawn between these, on working days
	closes TEXT NOT NULL,
	seed {int} NOT NULL,		-- the same seed gives the same plan
	state TEXT NOT NULL CHECK (state IN ('planned', 'running', 'over', 'cancelled')),
	created_by {int} NOT NULL REFERENCES account,
	created_at {int} NOT NULL,
	over_at {int},
	version {int} NOT NULL DEFAULT 1
);
CREATE INDEX mystery_round_authority ON mystery_round (authority_id, state);

CREATE TABLE mystery_test (		-- one question asked once
	id {id},
	round_id {int} NOT NULL REFERENCES mystery_round,
	question_id {int} NOT NULL REFERENCES mystery_question,
	way TEXT NOT NULL CHECK (way IN ('mail', 'phone')),
	planned_at {int} NOT NULL,
	sender_id {int} REFERENCES mystery_sender,
	area TEXT NOT NULL,		-- as the question was when it was planned
	subject TEXT NOT NULL,
	question TEXT NOT NULL,
	points TEXT NOT NULL,
	message_id TEXT,		-- of our mail; how it is known again
	outbox_id {int} REFERENCES outbox,
	asked_at {int},			-- put in the outbox, or called
	contact_id {int} REFERENCES contact,	-- what it became
	answer_at {int},		-- an answer came to the sender's own address
	answer_text TEXT,
	is_answer {int},		-- what the tester says: was it an answer? NULL: not judged
	points_met TEXT,		-- "1,3": numbers of the points that were in it
	direct {int},			-- by phone: answered at once
	minutes {int},
	kindness {int} CHECK (kindness BETWEEN 1 AND 5),
	interest {int} CHECK (interest BETWEEN 1 AND 5),
	clarity {int} CHECK (clarity BETWEEN 1 AND 5),
	remark TEXT,
	judged_by {int} REFERENCES account,
	judged_at {int},
	void_reason TEXT		-- left out of the figures, and why; counted as left out
);
CREATE INDEX mystery_test_round ON mystery_test (round_id, planned_at);
CREATE INDEX mystery_test_message ON mystery_test (message_id);
CREATE INDEX mystery_test_due ON mystery_test (planned_at) WHERE asked_at IS NULL;

CREATE TABLE mystery_contact (
	contact_id {int} PRIMARY KEY REFERENCES contact,
	test_id {int} NOT NULL REFERENCES mystery_test
);

-- Not every mail is the municipality's own voice.
ALTER TABLE outbox ADD COLUMN sender_name TEXT;	-- with sender; NULL: the site's name

CREATE TABLE kolada_indicator (		-- the loaded catalogue: found by title, never compiled in
	id TEXT PRIMARY KEY,
	title TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT ''
);
CREATE TABLE kolada_municipality (
	id TEXT PRIMARY KEY,		-- "0319"
	name TEXT NOT NULL,
	kind TEXT NOT NULL		-- "K" municipality, "L" region
);
CREATE TABLE kolada_value (		-- gender total only
	indicator_id TEXT NOT NULL,
	municipality_id TEXT NOT NULL,
	year {int} NOT NULL,
	value {real} NOT NULL,
	PRIMARY KEY (indicator_id, year, municipality_id)
);
