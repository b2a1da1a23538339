-- That nobody has taken a contact by the promised day is told once (contact/clock.h). What was late already is known of.
ALTER TABLE contact ADD COLUMN confirm_told {int} NOT NULL DEFAULT 0;
UPDATE contact SET confirm_told = 1 WHERE overdue > 0;
CREATE INDEX contact_unconfirmed ON contact (confirm_by) WHERE closed_at IS NULL AND confirmed_at IS NULL AND confirm_told = 0;
