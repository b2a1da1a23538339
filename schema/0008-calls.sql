-- Calls as the exchange (växel) tells of them, and who is to be called back.
--
-- A row of phone_call is what is known of one call, whatever order its events came in: the earliest start, the earliest answer, the
-- latest end, and the strongest of the kinds that were said of it (call/call.h). Instants of a call are by the exchange's clock;
-- heard_at, opened contacts and their ends are by ours. Numbers are E.164 ("+46701234567"), or as they came when they are none;
-- NULL is withheld. A number is personal data: who reads these tables filters by unit, and leaves out those of protected persons.
--
-- A callback is one number that waits for one authority: the lost calls between two answered ones, however many. Its task is a
-- contact (channel phone): owner, promise and words are there. callback_task shows both as one; figures read it.

CREATE TABLE exchange (			-- växel
	id {id},
	code TEXT NOT NULL UNIQUE,	-- "VX1": what files and lists call it
	name TEXT NOT NULL,
	unit_id {int} NOT NULL REFERENCES unit,	-- who answers, where no queue says otherwise
	token_hash TEXT,		-- SHA-256 of the bearer token, hex; NULL: none, or revoked
	token_made_at {int},
	heard_at {int},			-- our clock, when it last told us anything
	ahead_s {int},			-- its clock less ours then, seconds; NULL: not known
	active {int} NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX exchange_token ON exchange (token_hash) WHERE token_hash IS NOT NULL;

CREATE TABLE exchange_queue (		-- queues and called numbers that lead to another unit
	exchange_id {int} NOT NULL REFERENCES exchange,
	name TEXT NOT NULL,		-- as the exchange writes it; a number as E.164
	unit_id {int} NOT NULL REFERENCES unit,
	PRIMARY KEY (exchange_id, name)
);

CREATE TABLE callback (			-- somebody called and was not answered
	id {id},
	number TEXT NOT NULL,
	authority_id {int} NOT NULL REFERENCES authority,
	unit_id {int} NOT NULL REFERENCES unit,	-- whom she called first
	contact_id {int} REFERENCES contact,	-- the task; NULL: she had been answered already when we heard of it
	opened_at {int} NOT NULL,	-- when the first lost call began
	last_at {int} NOT NULL,		-- when the latest did
	tries {int} NOT NULL,		-- lost calls
	promised_by {int},		-- what the task was promised at first; NULL without one
	closed_at {int},		-- when a call closed it; one that a person closed has it in its contact, and here a day later
	closed_why TEXT CHECK (closed_why IN ('answered', 'called_back', 'by_hand'))	-- she called again, we called her, a person
);
CREATE INDEX callback_number ON callback (number, authority_id, opened_at);
CREATE INDEX callback_opened ON callback (opened_at);
CREATE INDEX callback_waiting ON callback (contact_id) WHERE closed_at IS NULL;
CREATE INDEX callback_contact ON callback (contact_id) WHERE contact_id IS NOT NULL;

CREATE TABLE phone_call (
	id {id},
	exchange_id {int} NOT NULL REFERENCES exchange,
	call_id TEXT NOT NULL,		-- the exchange's own
	number TEXT,			-- who called; of an outgoing call, who was called
	queue TEXT,			-- the queue or number that was called
	authority_id {int} NOT NULL REFERENCES authority,	-- the unit's
	unit_id {int} NOT NULL REFERENCES unit,
	kind TEXT NOT NULL CHECK (kind IN ('ringing', 'abandoned', 'missed', 'answered', 'outgoing')),
	started_at {int} NOT NULL,
	answered_at {int},
	ended_at {int},			-- NULL: goes on, or the end was never told
	wait_s {int},			-- to the answer, or to the end of a lost call; NULL while it rings
	talk_s {int},			-- NULL: not answered, or still talking
	agent TEXT,			-- who answered, as the exchange says
	agent_at {int},			-- when it said so: the first is kept
	account_id {int} REFERENCES account,	-- the same, when the agent's name is an account's
	callback_id {int} REFERENCES callback,	-- of a lost call
	contact_id {int} REFERENCES contact,	-- what was taken down from it at the desk
	heard_at {int} NOT NULL,	-- our clock, when its first event came
	UNIQUE (exchange_id, call_id)
);
CREATE INDEX phone_call_started ON phone_call (started_at, id);
CREATE INDEX phone_call_unit ON phone_call (unit_id, started_at);
CREATE INDEX phone_call_number ON phone_call (number, authority_id, started_at);
CREATE INDEX phone_call_callback ON phone_call (callback_id) WHERE callback_id IS NOT NULL;
CREATE INDEX phone_call_ringing ON phone_call (started_at) WHERE kind = 'ringing';
CREATE INDEX phone_call_talking ON phone_call (account_id, answered_at) WHERE kind = 'answered' AND ended_at IS NULL;
CREATE INDEX phone_call_contact ON phone_call (contact_id) WHERE contact_id IS NOT NULL;

-- A call-back whole: restricted as its contact, or by whose number it is; closed_why is also 'by_hand' (a person closed the task).
CREATE VIEW callback_task AS
	SELECT k.id, k.number, k.authority_id, k.unit_id, c.owner_id, k.contact_id, k.opened_at, k.last_at, k.tries, k.promised_by,
	    COALESCE(k.closed_at, c.closed_at) AS closed_at,
	    CASE WHEN k.closed_at IS NOT NULL THEN k.closed_why WHEN c.closed_at IS NOT NULL THEN 'by_hand' END AS closed_why,
	    CASE WHEN EXISTS (SELECT 1 FROM person p WHERE p.phone = k.number AND p.protected > 0) THEN 2
	    ELSE COALESCE(c.restricted, 0) END AS restricted
	  FROM callback k LEFT JOIN contact c ON c.id = k.contact_id;
