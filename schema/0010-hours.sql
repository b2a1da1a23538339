-- When somebody answers: opening hours by phone and for visits, their exceptions, and the screens on the wall.
--
-- A row of hours belongs to a unit, or to a whole authority; a unit without rows of a kind has those of the nearest above it.
-- Times are the municipality's own clock, "HH:MM", and "24:00" is the day's end. Holidays follow from the law (law/calendar.h)
-- and local_day: they are not entered here. An exception replaces what the days would otherwise have; nearest place first.

ALTER TABLE unit ADD COLUMN visiting_address TEXT;	-- where one comes in; shown to all

CREATE TABLE opening_hours (
	id {id},
	authority_id {int} NOT NULL REFERENCES authority,
	unit_id {int} REFERENCES unit,	-- NULL: the whole authority
	kind TEXT NOT NULL CHECK (kind IN ('phone', 'visit')),
	first_weekday {int} NOT NULL CHECK (first_weekday BETWEEN 1 AND 7),	-- 1 is Monday
	last_weekday {int} NOT NULL CHECK (last_weekday BETWEEN 1 AND 7),
	opens TEXT NOT NULL,
	closes TEXT NOT NULL,
	valid_from TEXT NOT NULL,
	valid_to TEXT,			-- last day; NULL until further notice
	always {int} NOT NULL DEFAULT 0,	-- 1: also on holidays and the municipality's own days, as who is on call
	CHECK (first_weekday <= last_weekday AND opens < closes)
);
CREATE INDEX opening_hours_place ON opening_hours (authority_id, unit_id);

CREATE TABLE hours_exception (
	id {id},
	authority_id {int} REFERENCES authority,	-- NULL: the whole municipality
	unit_id {int} REFERENCES unit,
	kind TEXT CHECK (kind IN ('phone', 'visit')),	-- NULL: both
	from_date TEXT NOT NULL,
	to_date TEXT NOT NULL,
	opens TEXT,			-- NULL: closed all day
	closes TEXT,
	reason TEXT NOT NULL,		-- shown to all
	CHECK (from_date <= to_date AND (opens IS NULL) = (closes IS NULL) AND (opens IS NULL OR opens < closes))
);
CREATE INDEX hours_exception_date ON hours_exception (to_date);

-- A screen on a wall is nobody's session: its address is a keyed hash over its row, and it stops when the row says so.
CREATE TABLE wall_screen (
	id {id},
	name TEXT NOT NULL,		-- "Kontaktcenter, vid ingången"
	authority_id {int} REFERENCES authority,	-- NULL: the whole municipality
	unit_id {int} REFERENCES unit,
	created_by {int} REFERENCES account,
	created_at {int} NOT NULL,
	seen_at {int},			-- written now and then
	revoked_at {int}
);

-- What was answered today is asked for by every screen.
CREATE INDEX contact_answered ON contact (answered_at) WHERE answered_at IS NOT NULL;
