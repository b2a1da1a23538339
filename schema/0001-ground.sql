-- Who we are, who may do what, what came in, what went out, and the chain that says so.
--
-- Words that differ between SQLite and PostgreSQL stand in braces and are put in by db/schema.c: {id} an identity
-- primary key, {int} 64-bit integer, {real}, {blob}. Instants are UTC seconds ({int}); dates are 'YYYY-MM-DD' text; truth
-- is 0 or 1. Every authority (nämnd, kommunstyrelse, fullmäktige) owns what carries its authority_id (rule book, section 0).
-- `restricted` is 0 open, 1 secrecy mark, 2 protected identity; a reader needs a reach at least as great.

CREATE TABLE setting (
	name TEXT PRIMARY KEY,		-- "site.name", "site.colour", "secret.link" (base64) ...
	value TEXT NOT NULL
);

CREATE TABLE authority (
	id {id},
	code TEXT NOT NULL UNIQUE,	-- "KS"; stands in matter numbers
	name TEXT NOT NULL,		-- "Kommunstyrelsen"
	kind TEXT NOT NULL CHECK (kind IN ('council', 'board', 'committee')),
	number_template TEXT NOT NULL DEFAULT '{code} {yyyy}/{n:05}',
	email TEXT,
	active {int} NOT NULL DEFAULT 1
);

CREATE TABLE unit (			-- förvaltning and enhet: a tree under its authority
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,
	parent_id {int} REFERENCES unit,
	kind TEXT NOT NULL CHECK (kind IN ('department', 'unit')),
	name TEXT NOT NULL,
	email TEXT,
	phone TEXT,
	active {int} NOT NULL DEFAULT 1
);

CREATE TABLE person (			-- whoever has a name here: residents, officials, representatives
	id {id},
	name TEXT NOT NULL,
	email TEXT,
	phone TEXT,			-- E.164 where it could be understood, else as given
	address TEXT,
	language TEXT,
	protected {int} NOT NULL DEFAULT 0,	-- skyddade personuppgifter: 1 marked, 2 protected registration
	created_at {int} NOT NULL
);
CREATE INDEX person_email ON person (email);
CREATE INDEX person_phone ON person (phone);

CREATE TABLE account (
	id {id},
	person_id {int} NOT NULL REFERENCES person,
	sign_in TEXT NOT NULL UNIQUE,	-- lower case; normally the work mail address
	password TEXT,			-- Argon2id string of libsodium; NULL until the link was used
	totp_secret TEXT,		-- base32; NULL when not switched on
	totp_last_step {int} NOT NULL DEFAULT 0,	-- a code works once
	language TEXT,			-- NULL: as the browser says
	title TEXT,			-- "kommunvägledare"
	unit_id {int} REFERENCES unit,
	created_at {int} NOT NULL,
	disabled_at {int},
	sessions_valid_from {int} NOT NULL DEFAULT 0	-- sign-out everywhere: older sessions are dead
);

CREATE TABLE recovery_code (
	account_id {int} NOT NULL REFERENCES account,
	hash TEXT NOT NULL,
	used_at {int},
	PRIMARY KEY (account_id, hash)
);

CREATE TABLE role_grant (
	id {id},
	account_id {int} NOT NULL REFERENCES account,
	role TEXT NOT NULL,		-- names of enum role in people/permit.h
	authority_id {int} REFERENCES authority,	-- NULL: the whole municipality
	unit_id {int} REFERENCES unit,
	valid_from TEXT NOT NULL,
	valid_to TEXT,			-- last day, NULL until further notice
	granted_by {int} REFERENCES account,
	granted_at {int} NOT NULL
);
CREATE INDEX role_grant_account ON role_grant (account_id);

-- role_grant multiplied with the table in people/permit.c, so that lists are filtered in SQL by the same rule.
-- Rebuilt when a grant changes, at start, and by the daily tick. 0 in authority_id or unit_id means any.
CREATE TABLE account_scope (
	account_id {int} NOT NULL REFERENCES account,
	action {int} NOT NULL,
	authority_id {int} NOT NULL,
	unit_id {int} NOT NULL,
	own {int} NOT NULL,		-- 1: only what the account owns
	reach {int} NOT NULL,		-- 0 open, 1 also secrecy-marked, 2 also protected identity
	PRIMARY KEY (account_id, action, authority_id, unit_id, own)
);

CREATE TABLE session (
	token_hash TEXT PRIMARY KEY,
	account_id {int} NOT NULL REFERENCES account,
	created_at {int} NOT NULL,
	seen_at {int} NOT NULL,
	expires_at {int} NOT NULL,
	address TEXT,
	agent TEXT
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE throttle (			-- counted attempts: sign-in per account and address, forms per address
	name TEXT PRIMARY KEY,		-- "signin:address:..." (hashed)
	count {int} NOT NULL,
	since {int} NOT NULL,
	blocked_until {int} NOT NULL DEFAULT 0
);

CREATE TABLE account_link (		-- new account, forgotten password: one use, short life
	token_hash TEXT PRIMARY KEY,
	account_id {int} NOT NULL REFERENCES account,
	purpose TEXT NOT NULL CHECK (purpose IN ('welcome', 'reset')),
	expires_at {int} NOT NULL,
	used_at {int}
);

CREATE TABLE absence (
	id {id},
	account_id {int} NOT NULL REFERENCES account,
	from_date TEXT NOT NULL,
	to_date TEXT NOT NULL,
	stand_in_id {int} REFERENCES account,
	message TEXT,
	created_at {int} NOT NULL
);
CREATE INDEX absence_account ON absence (account_id, to_date);

CREATE TABLE category (			-- what contacts are about, and where they go
	id {id},
	name TEXT NOT NULL UNIQUE,
	name_en TEXT,
	authority_id {int} NOT NULL REFERENCES authority,
	unit_id {int} NOT NULL REFERENCES unit,
	keywords TEXT,			-- words that suggest it
	active {int} NOT NULL DEFAULT 1
);

CREATE TABLE promise (			-- service promises in working days; the most specific row wins (law/promise.h)
	id {id},
	authority_id {int} REFERENCES authority,
	channel TEXT,
	category_id {int} REFERENCES category,
	confirm_days {int} NOT NULL,
	answer_days {int} NOT NULL,
	CHECK (confirm_days BETWEEN 0 AND 365 AND answer_days BETWEEN 0 AND 365)
);

CREATE TABLE local_day (		-- the municipality's own half-days and closed days (do not move statutory periods)
	date TEXT PRIMARY KEY,
	closes_at TEXT,			-- "12:00"; NULL: closed all day
	name TEXT NOT NULL
);

CREATE TABLE mailbox (			-- addresses we receive on, and the unit each leads to
	id {id},
	address TEXT NOT NULL UNIQUE,	-- lower case
	name TEXT NOT NULL,
	authority_id {int} NOT NULL REFERENCES authority,
	unit_id {int} REFERENCES unit,
	active {int} NOT NULL DEFAULT 1
);

CREATE TABLE standard_answer (
	id {id},
	authority_id {int} REFERENCES authority,	-- NULL: for all
	category_id {int} REFERENCES category,
	title TEXT NOT NULL,
	question TEXT,			-- how people put it; also what the form suggests from
	text TEXT NOT NULL,
	public {int} NOT NULL DEFAULT 0,	-- may be shown while a resident writes
	active {int} NOT NULL DEFAULT 1
);

CREATE TABLE number_series (		-- the next serial; taken inside the transaction that uses it, never given back
	authority_id {int} NOT NULL,	-- 0: the municipality's own (contacts)
	series TEXT NOT NULL,		-- "contact", "matter"
	year {int} NOT NULL,
	next {int} NOT NULL,
	PRIMARY KEY (authority_id, series, year)
);

CREATE TABLE file (			-- bytes by their SHA-256: in the database, so that a backup is whole
	sha256 TEXT PRIMARY KEY,
	size {int} NOT NULL,
	type TEXT NOT NULL,		-- as libmagic sees it
	bytes {blob} NOT NULL
);

CREATE TABLE matter (			-- ärende
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,
	year {int} NOT NULL,
	serial {int} NOT NULL,
	number TEXT NOT NULL UNIQUE,	-- as printed when it was opened
	title_internal TEXT NOT NULL,
	title_public TEXT,
	title_approved_by {int} REFERENCES account,	-- nothing is public until a named person approved it
	title_approved_at {int},
	state TEXT NOT NULL DEFAULT 'registered',	-- rule book 1.9, registry/matter.h
	unit_id {int} REFERENCES unit,
	owner_id {int} REFERENCES account,		-- handläggare
	classification TEXT,
	appeal_kind TEXT NOT NULL DEFAULT 'none' CHECK (appeal_kind IN ('legality', 'merits', 'special', 'none')),
	initiator TEXT NOT NULL DEFAULT 'individual'
	    CHECK (initiator IN ('individual', 'committee', 'member', 'auditor', 'authority')),
	opened_date TEXT NOT NULL,
	registered_at {int} NOT NULL,
	closed_date TEXT,
	restricted {int} NOT NULL DEFAULT 0,
	void_reason TEXT,
	disposal_rule TEXT,
	version {int} NOT NULL DEFAULT 1,
	UNIQUE (authority_id, year, serial)
);
CREATE INDEX matter_state ON matter (authority_id, state, opened_date);
CREATE INDEX matter_owner ON matter (owner_id, state);

CREATE TABLE classification (		-- KLASSA or the municipality's own; loaded, never compiled in
	code TEXT PRIMARY KEY,
	title TEXT NOT NULL,
	parent TEXT
);

CREATE TABLE deadline (
	id {id},
	matter_id {int} NOT NULL REFERENCES matter,
	kind TEXT NOT NULL,		-- "fl12_six_months", "fl12_decision", "fl11_estimate", "own"
	date TEXT NOT NULL,
	basis TEXT NOT NULL,		-- "FL 12 §"
	explained TEXT,			-- which days were skipped and why
	done_at {int}
);
CREATE INDEX deadline_matter ON deadline (matter_id);

CREATE TABLE contact (			-- kontakt: what a resident brought
	id {id},
	number TEXT NOT NULL UNIQUE,	-- "K-2027-000118"
	year {int} NOT NULL,
	serial {int} NOT NULL,
	authority_id {int} NOT NULL REFERENCES authority,
	unit_id {int} REFERENCES unit,
	owner_id {int} REFERENCES account,
	category_id {int} REFERENCES category,
	kind TEXT NOT NULL,		-- "contact", "delivery_failure", ...: interfaces.md
	channel TEXT NOT NULL,		-- phone, email, web, visit, letter, comment, sms, api, social
	person_id {int} REFERENCES person,
	sender_name TEXT,
	sender_email TEXT,
	sender_phone TEXT,
	sender_address TEXT,
	anonymous {int} NOT NULL DEFAULT 0,
	reply_by TEXT NOT NULL CHECK (reply_by IN ('email', 'phone', 'letter', 'none')),
	language TEXT NOT NULL DEFAULT 'sv',
	subject TEXT NOT NULL,
	text TEXT NOT NULL,		-- the first words; the rest are documents
	place TEXT,
	arrived_at {int} NOT NULL,	-- when it really came
	received_at {int} NOT NULL,	-- when we took it in
	received_date TEXT NOT NULL,	-- FL 22
	received_rule TEXT NOT NULL,
	registered_at {int} NOT NULL,
	state TEXT NOT NULL,		-- contact/contact.h
	ending TEXT CHECK (ending IN ('done', 'not_done', 'not_ours')),
	ending_why TEXT,
	confirm_by {int},		-- instants: the end of the promised day
	answer_by {int},
	answer_explained TEXT,		-- how the date was counted, JSON
	answer_days {int},
	confirmed_at {int},
	answered_at {int},
	closed_at {int},
	satisfied {int},		-- NULL unknown
	overdue {int} NOT NULL DEFAULT 0,	-- 0 to 3
	paused_at {int},		-- waiting for the resident since
	pause_reason TEXT,
	paused_days {int} NOT NULL DEFAULT 0,	-- working days already given back
	matter_id {int} REFERENCES matter,
	merged_into_id {int} REFERENCES contact,
	message_id TEXT,
	restricted {int} NOT NULL DEFAULT 0,
	undelivered {int} NOT NULL DEFAULT 0,
	version {int} NOT NULL DEFAULT 1,
	UNIQUE (year, serial)
);
-- Worklists read one of these in the order of the promise; open ones only, so they stay small.
CREATE INDEX contact_unit_open ON contact (unit_id, answer_by) WHERE closed_at IS NULL;
CREATE INDEX contact_owner_open ON contact (owner_id, answer_by) WHERE closed_at IS NULL;
CREATE INDEX contact_authority_open ON contact (authority_id, answer_by) WHERE closed_at IS NULL;
CREATE INDEX contact_due ON contact (answer_by) WHERE closed_at IS NULL;
CREATE INDEX contact_received ON contact (received_at);
CREATE INDEX contact_person ON contact (person_id);
CREATE INDEX contact_email ON contact (sender_email);
CREATE INDEX contact_phone ON contact (sender_phone);
CREATE INDEX contact_matter ON contact (matter_id);
CREATE INDEX contact_message ON contact (message_id);

CREATE TABLE document (			-- handling: whatever was said, in or out, on a contact, a matter or both
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,
	contact_id {int} REFERENCES contact,
	matter_id {int} REFERENCES matter,
	number {int},			-- aktbilaga: 1, 2, 3 in the matter
	direction TEXT NOT NULL CHECK (direction IN ('in', 'out', 'internal')),
	kind TEXT NOT NULL,		-- message, answer, receipt, note, call_note, letter, memo, file, delivery_failure, auto_reply, feedback
	channel TEXT,
	state TEXT NOT NULL CHECK (state IN ('draft', 'completed', 'queued', 'sent', 'failed', 'withdrawn', 'archived')),
	arrived_at {int},
	received_date TEXT,
	received_rule TEXT,
	registered_at {int} NOT NULL,
	registered_by {int} REFERENCES account,
	sender TEXT,
	recipient TEXT,
	title TEXT NOT NULL,
	title_public TEXT,
	text TEXT NOT NULL,
	quoted TEXT,			-- what the mail quoted, kept apart
	html TEXT,			-- sanitised
	message_id TEXT,
	raw_sha256 TEXT REFERENCES file,	-- the mail as it came
	official {int},			-- override of the derived "is an official document", with its reason
	official_why TEXT,
	restricted {int} NOT NULL DEFAULT 0,
	version {int} NOT NULL DEFAULT 1,
	replaces_id {int} REFERENCES document
);
CREATE INDEX document_contact ON document (contact_id, id);
CREATE INDEX document_matter ON document (matter_id, number);
CREATE INDEX document_message ON document (message_id);

CREATE TABLE document_file (
	document_id {int} NOT NULL REFERENCES document,
	position {int} NOT NULL,
	sha256 TEXT NOT NULL REFERENCES file,
	name TEXT NOT NULL,
	claimed_type TEXT,
	PRIMARY KEY (document_id, position)
);
CREATE INDEX document_file_sha ON document_file (sha256);

CREATE TABLE secrecy_mark (		-- OSL 5:5: a warning that states section, date and authority
	id {id},
	object TEXT NOT NULL CHECK (object IN ('contact', 'matter', 'document')),
	object_id {int} NOT NULL,
	section TEXT NOT NULL,		-- "OSL 21:1"
	marked_date TEXT NOT NULL,
	authority_id {int} NOT NULL REFERENCES authority,
	marked_by {int} NOT NULL REFERENCES account,
	note TEXT,
	lifted_at {int},
	lifted_by {int} REFERENCES account
);
CREATE INDEX secrecy_mark_object ON secrecy_mark (object, object_id);

CREATE TABLE masking (			-- a masked rendition; the original stays untouched
	id {id},
	document_id {int} NOT NULL REFERENCES document,
	ranges TEXT NOT NULL,		-- JSON [{"from","to","section"}], code points
	text TEXT NOT NULL,
	made_by {int} NOT NULL REFERENCES account,
	made_at {int} NOT NULL,
	approved_by {int} REFERENCES account,
	approved_at {int}
);
CREATE INDEX masking_document ON masking (document_id);

CREATE TABLE read_log (			-- every reading of what is secret or protected
	id {id},
	at {int} NOT NULL,
	account_id {int} NOT NULL REFERENCES account,
	object TEXT NOT NULL,
	object_id {int} NOT NULL,
	authority_id {int} NOT NULL
);
CREATE INDEX read_log_object ON read_log (object, object_id);

CREATE TABLE contact_link (		-- the resident's secret link: signed, expiring, revocable
	id {id},
	contact_id {int} NOT NULL REFERENCES contact,
	created_at {int} NOT NULL,
	expires_at {int} NOT NULL,
	revoked_at {int}
);
CREATE INDEX contact_link_contact ON contact_link (contact_id);

CREATE TABLE draft (			-- an answer being written: one a person and contact
	account_id {int} NOT NULL REFERENCES account,
	contact_id {int} NOT NULL REFERENCES contact,
	subject TEXT,
	text TEXT NOT NULL,
	saved_at {int} NOT NULL,
	PRIMARY KEY (account_id, contact_id)
);

CREATE TABLE form_draft (		-- a visitor's half-written form, under a cookie's hash
	token_hash TEXT PRIMARY KEY,
	fields TEXT NOT NULL,		-- JSON
	saved_at {int} NOT NULL,
	expires_at {int} NOT NULL
);

CREATE TABLE presence (			-- who has a contact open for writing just now
	contact_id {int} NOT NULL REFERENCES contact,
	account_id {int} NOT NULL REFERENCES account,
	seen_at {int} NOT NULL,
	PRIMARY KEY (contact_id, account_id)
);

CREATE TABLE question (			-- a colleague was asked
	id {id},
	contact_id {int} NOT NULL REFERENCES contact,
	asked_by {int} NOT NULL REFERENCES account,
	asked_of {int} NOT NULL REFERENCES account,
	asked_at {int} NOT NULL,
	text TEXT NOT NULL,
	answer TEXT,
	answered_at {int}
);
CREATE INDEX question_asked_of ON question (asked_of, answered_at);
CREATE INDEX question_contact ON question (contact_id);

CREATE TABLE saved_filter (
	id {id},
	account_id {int} NOT NULL REFERENCES account,
	name TEXT NOT NULL,
	query TEXT NOT NULL,
	UNIQUE (account_id, name)
);

CREATE TABLE mail_in (			-- every mail, raw, before anything is understood of it
	id {id},
	raw_sha256 TEXT NOT NULL REFERENCES file,
	envelope_to TEXT,
	arrived_at {int} NOT NULL,
	message_id TEXT,
	kind TEXT,			-- NULL until it has been read
	contact_id {int} REFERENCES contact,
	attempts {int} NOT NULL DEFAULT 0,
	error TEXT
);
CREATE INDEX mail_in_raw ON mail_in (raw_sha256);
CREATE INDEX mail_in_message ON mail_in (message_id);
CREATE INDEX mail_in_unread ON mail_in (id) WHERE kind IS NULL;

CREATE TABLE outbox (			-- nothing is sent inside a transaction
	id {id},
	contact_id {int} REFERENCES contact,
	document_id {int} REFERENCES document,
	recipient TEXT NOT NULL,
	subject TEXT NOT NULL,
	text TEXT NOT NULL,
	sender TEXT,			-- From address; NULL: the site's
	message_id TEXT NOT NULL,
	in_reply_to TEXT,
	refs TEXT,			-- References, space between
	automatic {int} NOT NULL DEFAULT 0,	-- receipts and notices: marked so that nobody answers them
	state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed', 'withdrawn')),
	created_at {int} NOT NULL,
	next_attempt_at {int} NOT NULL,	-- also the minute in which an answer can be taken back
	attempts {int} NOT NULL DEFAULT 0,
	sent_at {int},
	error TEXT
);
CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX outbox_contact ON outbox (contact_id);
CREATE INDEX outbox_document ON outbox (document_id);
CREATE INDEX outbox_message ON outbox (message_id);

CREATE TABLE automatic_count (		-- bounded automatic messages a sender and day: no loop is possible
	address TEXT NOT NULL,		-- keyed hash
	date TEXT NOT NULL,
	count {int} NOT NULL,
	PRIMARY KEY (address, date)
);

CREATE TABLE job (			-- what runs by itself, and how far it has come
	name TEXT PRIMARY KEY,
	done_until {int} NOT NULL DEFAULT 0,
	result TEXT
);

CREATE TABLE event (			-- the timeline: append only, each with the hash of the one before
	id {int} PRIMARY KEY,		-- 1, 2, 3 without gaps
	at {int} NOT NULL,
	account_id {int},		-- NULL: the program or a resident
	actor TEXT NOT NULL,		-- "account 7", "resident", "system"
	action TEXT NOT NULL,		-- "contact.received"
	object TEXT NOT NULL,		-- "contact"
	object_id {int} NOT NULL,
	contact_id {int},
	matter_id {int},
	authority_id {int},
	data TEXT NOT NULL,		-- JSON: what changed, from and to
	restricted {int} NOT NULL DEFAULT 0,
	previous_hash TEXT NOT NULL,
	hash TEXT NOT NULL
);
CREATE INDEX event_contact ON event (contact_id, id);
CREATE INDEX event_matter ON event (matter_id, id);
CREATE INDEX event_object ON event (object, object_id);
