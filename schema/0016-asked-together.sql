-- Asked afterwards, in rounds: who may be asked waits (ask_wait) until so many do that the drawn are at least as many as the least
-- that is set, in her unit, else her authority, else the municipality. An answer is sealed until its round is over, and then opened
-- together with the round's others, in an order of random names and in one transaction. So nothing joins it to fewer
-- persons than the round's. src/survey/afterwards_draw.h says why.
--
-- Invitations that were open are closed. Answers that stand in a frame of few are folded into their authority's, else the
-- municipality's frame, with its counts; where even that one has too few they are removed, since they could be joined to a person.
DROP TABLE ask_call;
DROP TABLE ask_token;
CREATE TABLE ask_fold (
	frame_id {int} PRIMARY KEY,
	authority_id {int} NOT NULL,
	unit_id {int} NOT NULL,
	channel TEXT NOT NULL,
	quarter TEXT NOT NULL,
	share {int} NOT NULL,
	eligible {int} NOT NULL,
	left_out {int} NOT NULL,
	drawn {int} NOT NULL
);
INSERT INTO ask_fold SELECT id, authority_id, unit_id, CASE WHEN channel IN ('phone', 'visit') THEN 'phone' ELSE 'written' END,
	quarter, share, eligible, left_out, drawn FROM ask_frame;
UPDATE ask_fold SET unit_id = 0 WHERE drawn < 10;
UPDATE ask_fold SET authority_id = 0 WHERE unit_id = 0 AND (SELECT SUM(o.drawn) FROM ask_fold o WHERE o.unit_id = 0
	AND o.authority_id = ask_fold.authority_id AND o.channel = ask_fold.channel AND o.quarter = ask_fold.quarter
	AND o.share = ask_fold.share) < 10;
CREATE TABLE ask_kept (			-- the answers, while their table is made anew
	name TEXT PRIMARY KEY,
	old_id {int} NOT NULL,
	heard {int} NOT NULL,
	ease {int},
	second {int},
	fair_days {int}
);
INSERT INTO ask_kept SELECT name, frame_id, heard, ease, second, fair_days FROM ask_answer;
DROP TABLE ask_answer;
DROP TABLE ask_frame;

CREATE TABLE ask_frame (		-- who was drawn out of whom: a stratum of the estimates
	id {id},
	authority_id {int} NOT NULL,	-- 0: several, asked together
	unit_id {int} NOT NULL,		-- 0: none, or several asked together
	channel TEXT NOT NULL,		-- phone (and visits), written
	quarter TEXT NOT NULL,		-- in which they were drawn: "2027-Q1"
	share {int} NOT NULL,		-- per cent: the probability
	eligible {int} NOT NULL DEFAULT 0,	-- of rounds that are over
	left_out {int} NOT NULL DEFAULT 0,	-- no address, protected, asked not long ago, or too few to be asked together
	drawn {int} NOT NULL DEFAULT 0,		-- of rounds that are over
	UNIQUE (authority_id, unit_id, channel, quarter, share)
);
CREATE TABLE ask_wait (			-- may be drawn in a round; gone when it was drawn, or became too old
	contact_id {int} PRIMARY KEY REFERENCES contact,
	person_hash TEXT NOT NULL UNIQUE,	-- as in ask_rest: one person waits once
	authority_id {int} NOT NULL REFERENCES authority,
	unit_id {int} NOT NULL,
	channel TEXT NOT NULL,
	since {int} NOT NULL		-- when the contact was closed
);
CREATE TABLE ask_round (		-- gone when it is opened
	id {id},
	frame_id {int} NOT NULL REFERENCES ask_frame,
	eligible {int} NOT NULL,
	drawn {int} NOT NULL,
	seal TEXT NOT NULL,		-- the key of its ballots, hex
	closes_at {int} NOT NULL
);
CREATE TABLE ask_token (		-- put in by the order of their hashes, all of a round at once
	token_hash TEXT PRIMARY KEY,
	round_id {int} NOT NULL REFERENCES ask_round
-- [sqlite]
) WITHOUT ROWID;
-- [end]
-- [postgresql]
);
-- [end]
CREATE TABLE ask_call (			-- to be asked by phone: a guide's list; removed when it is done
	id {id},
	round_id {int} NOT NULL REFERENCES ask_round,
	authority_id {int} NOT NULL REFERENCES authority,
	phone TEXT NOT NULL,
	name TEXT
);
CREATE TABLE ask_ballot (		-- an answer that is not opened yet
	name TEXT PRIMARY KEY,		-- random
	round_id {int} NOT NULL REFERENCES ask_round,
	sealed TEXT NOT NULL		-- hex, all of the same length
-- [sqlite]
) WITHOUT ROWID;
-- [end]
-- [postgresql]
);
-- [end]
CREATE INDEX ask_token_round ON ask_token (round_id);
CREATE INDEX ask_ballot_round ON ask_ballot (round_id);
CREATE TABLE ask_answer (
	name TEXT PRIMARY KEY,		-- random, and new when it was opened
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
CREATE INDEX ask_answer_frame ON ask_answer (frame_id);

INSERT INTO ask_frame (authority_id, unit_id, channel, quarter, share, eligible, left_out, drawn)
	SELECT authority_id, unit_id, channel, quarter, share, SUM(eligible), SUM(left_out), SUM(drawn) FROM ask_fold
	GROUP BY authority_id, unit_id, channel, quarter, share ORDER BY 1, 2, 3, 4, 5;
INSERT INTO ask_answer SELECT k.name, f.id, k.heard, k.ease, k.second, k.fair_days FROM ask_kept k
	JOIN ask_fold o ON o.frame_id = k.old_id
	JOIN ask_frame f ON f.authority_id = o.authority_id AND f.unit_id = o.unit_id AND f.channel = o.channel
	AND f.quarter = o.quarter AND f.share = o.share WHERE f.drawn >= 10 ORDER BY k.name;
DROP TABLE ask_kept;
DROP TABLE ask_fold;
