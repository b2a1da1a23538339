-- Text messages both ways, and Open311.
--
-- A text message is a row in the outbox like a mail, with way 'sms'. What comes in is told apart by sms_in.name, a hash of the
-- gateway's id, the number and the words: the same one twice is taken once. api_key lets another system report by Open311; what a
-- category shows to all is category.open311, and the words of a contact are shown only as public_words has them, written and approved
-- by a named person.

-- reply_by gets 'sms'. A CHECK cannot be changed in SQLite, so the column is made anew; the same way in both, so that the columns
-- stand in the same order.
ALTER TABLE contact ADD COLUMN reply_way TEXT NOT NULL DEFAULT 'none' CHECK (reply_way IN ('email', 'phone', 'sms', 'letter', 'none'));
UPDATE contact SET reply_way = reply_by;
ALTER TABLE contact DROP COLUMN reply_by;
ALTER TABLE contact RENAME COLUMN reply_way TO reply_by;

ALTER TABLE outbox ADD COLUMN way TEXT NOT NULL DEFAULT 'email' CHECK (way IN ('email', 'sms'));
ALTER TABLE outbox ADD COLUMN gateway_id TEXT;		-- what the gateway calls it, for its delivery report
ALTER TABLE outbox ADD COLUMN delivered_at {int};	-- the phone has it, says the gateway
CREATE INDEX outbox_gateway ON outbox (gateway_id) WHERE gateway_id IS NOT NULL;
CREATE INDEX outbox_number ON outbox (recipient, id) WHERE way = 'sms';

CREATE TABLE sms_in (
	id {id},
	name TEXT NOT NULL UNIQUE,
	gateway_id TEXT NOT NULL,
	sender TEXT NOT NULL,		-- E.164 where it could be understood
	recipient TEXT,
	arrived_at {int} NOT NULL,
	kind TEXT NOT NULL,		-- contact, reply
	contact_id {int} NOT NULL REFERENCES contact
);

CREATE TABLE api_key (
	id {id},
	name TEXT NOT NULL,		-- whose it is
	reach TEXT,			-- how to reach them
	hash TEXT NOT NULL UNIQUE,	-- SHA-256; the key itself is shown once
	per_minute {int} NOT NULL CHECK (per_minute BETWEEN 1 AND 100000),
	created_at {int} NOT NULL,
	created_by {int} REFERENCES account,
	revoked_at {int},
	used_at {int},
	minute {int} NOT NULL DEFAULT 0,	-- the minute that is counted, and how many in it
	used {int} NOT NULL DEFAULT 0
);

-- no: not offered; take: reports are taken, nothing is shown; place: number, category, dates, status and place are shown to all;
-- words: and the description, when somebody has approved one.
ALTER TABLE category ADD COLUMN open311 TEXT NOT NULL DEFAULT 'take' CHECK (open311 IN ('no', 'take', 'place', 'words'));
ALTER TABLE category ADD COLUMN about TEXT;		-- in a sentence, for those who choose

CREATE TABLE service_attribute (	-- what is asked of who reports in a category
	id {id},
	category_id {int} NOT NULL REFERENCES category,
	code TEXT NOT NULL,
	position {int} NOT NULL,
	asks {int} NOT NULL DEFAULT 1,	-- 0: only tells something ("variable": false)
	datatype TEXT NOT NULL CHECK (datatype IN ('string', 'number', 'datetime', 'text', 'singlevaluelist', 'multivaluelist')),
	required {int} NOT NULL DEFAULT 0,
	description TEXT NOT NULL,
	hint TEXT,
	choices TEXT,			-- of the lists: a line each, "key=name"
	active {int} NOT NULL DEFAULT 1,
	UNIQUE (category_id, code)
);

CREATE TABLE open311_request (		-- what a report says beside the words of its contact
	contact_id {int} PRIMARY KEY REFERENCES contact,
	api_key_id {int} NOT NULL REFERENCES api_key,
	token TEXT NOT NULL UNIQUE,
	lat {real},
	lon {real},
	address_id TEXT,
	account_id TEXT,
	attributes TEXT			-- JSON {"code": "key" or ["key", ...]}
);

CREATE TABLE public_words (		-- a contact's description as all may read it
	contact_id {int} PRIMARY KEY REFERENCES contact,
	text TEXT NOT NULL,
	approved_by {int} NOT NULL REFERENCES account,
	approved_at {int} NOT NULL
);
