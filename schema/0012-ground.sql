-- An attempt to send that has begun, presence over several servers, and masked copies that wait for an approval.

-- Outgoing mail: when an attempt began whose outcome is not known yet. After a crash the row still has it: the mail was perhaps
-- sent, and is tried again with the same Message-ID. Two servers on one database do not send the same row.
ALTER TABLE outbox ADD COLUMN sending_at {int};

-- Who has a contact open (PostgreSQL with several servers; one server remembers it itself). UTC seconds.
ALTER TABLE presence ADD COLUMN until_at {int} NOT NULL DEFAULT 0;
ALTER TABLE presence ADD COLUMN writing_until {int} NOT NULL DEFAULT 0;

-- A masked copy is as secret as its original until somebody has approved it (masking.approved_at).
UPDATE document SET restricted = 1 WHERE masks_id IS NOT NULL AND restricted = 0 AND NOT EXISTS
	(SELECT 1 FROM masking k WHERE k.rendition_id = document.id AND k.approved_at IS NOT NULL);
UPDATE search_doc SET restricted = 1 WHERE kind = 'document' AND restricted = 0 AND EXISTS
	(SELECT 1 FROM document d WHERE d.id = search_doc.object_id AND d.masks_id IS NOT NULL AND d.restricted = 1);
