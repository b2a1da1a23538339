-- What is open is counted and filtered from the index alone: the rows of ten thousand open contacts lie all over a large table.
DROP INDEX contact_due;
DROP INDEX contact_unit_open;
CREATE INDEX contact_due ON contact (answer_by, state, owner_id, unit_id, authority_id, restricted) WHERE closed_at IS NULL;
CREATE INDEX contact_unit_open ON contact (unit_id, answer_by, state, owner_id, authority_id, restricted) WHERE closed_at IS NULL;
CREATE INDEX contact_set_aside ON contact (state, owner_id, unit_id, authority_id, restricted)
	WHERE closed_at IS NULL AND state = 'quarantined';
