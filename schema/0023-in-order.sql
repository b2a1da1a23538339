-- The worklists' order is the promise and then the number of the row: with it second in the index nothing is sorted, however many contacts
-- are promised by the same day.
DROP INDEX contact_due;
DROP INDEX contact_unit_open;
CREATE INDEX contact_due ON contact (answer_by, id, state, owner_id, unit_id, authority_id, restricted) WHERE closed_at IS NULL;
CREATE INDEX contact_unit_open ON contact (unit_id, answer_by, id, state, owner_id, authority_id, restricted) WHERE closed_at IS NULL;
