-- The registry in use: documents by hand, drafts and versions, deadlines with who set them, masked renditions as documents.
--
-- A draft (document.state 'draft') has no number: it is not in the register until it is made final (TF 2:12). A masked
-- rendition is a document of its own (masks_id); its original is never changed. A deadline of the program's own kinds is
-- named by its kind; one that a person set has a name.

ALTER TABLE document ADD COLUMN dated TEXT;		-- the day it was drawn up or sent; what came in has received_date
ALTER TABLE document ADD COLUMN masks_id {int} REFERENCES document;
CREATE INDEX document_replaces ON document (replaces_id) WHERE replaces_id IS NOT NULL;
CREATE INDEX document_masks ON document (masks_id) WHERE masks_id IS NOT NULL;

ALTER TABLE deadline ADD COLUMN name TEXT;
ALTER TABLE deadline ADD COLUMN set_by {int} REFERENCES account;
ALTER TABLE deadline ADD COLUMN set_at {int};
-- FL 12: the party may ask once in a matter.
CREATE UNIQUE INDEX deadline_delay_request ON deadline (matter_id) WHERE kind = 'fl12_decision';
CREATE INDEX deadline_open ON deadline (date) WHERE done_at IS NULL;

CREATE INDEX matter_unit ON matter (unit_id, state);
CREATE INDEX matter_classification ON matter (classification) WHERE classification IS NOT NULL;
CREATE INDEX read_log_newest ON read_log (authority_id, id);
CREATE INDEX read_log_account ON read_log (account_id, object, object_id, at);

ALTER TABLE masking ADD COLUMN rendition_id {int} REFERENCES document;	-- the masked copy, a document of its own
ALTER TABLE masking ADD COLUMN original_sha256 TEXT;	-- of the original's text as it was masked: it is never changed
CREATE INDEX masking_rendition ON masking (rendition_id) WHERE rendition_id IS NOT NULL;
