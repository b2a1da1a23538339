/* registry/secrecy_sql.h: what `restricted` follows from, as SQL over a row of matter, contact or document
 *
 * A matter is protected by any person in it; what is in a matter is at least as restricted as the matter, and a document at
 * least as its contact; a masked copy that nobody has approved is secret (registry/secrecy.h). For the stores of this room only. */
#ifndef REGISTRY_SECRECY_SQL_H
#define REGISTRY_SECRECY_SQL_H

#define MARKED(KIND, ID) "EXISTS (SELECT 1 FROM secrecy_mark k WHERE k.object = '" KIND "' AND k.object_id = " ID \
	" AND k.lifted_at IS NULL)"
#define SHIELDED(MATTER) "EXISTS (SELECT 1 FROM contact y JOIN person q ON q.id = y.person_id" \
	" WHERE y.matter_id = " MATTER " AND q.protected > 0)"
#define MATTER_LEVEL "CASE WHEN " SHIELDED("matter.id") " THEN 2 WHEN " MARKED("matter", "matter.id") " THEN 1 ELSE 0 END"
#define CONTACT_LEVEL "CASE WHEN EXISTS (SELECT 1 FROM person p WHERE p.id = contact.person_id AND p.protected > 0)" \
	" OR " SHIELDED("contact.matter_id") " THEN 2 WHEN " MARKED("contact", "contact.id") \
	" OR " MARKED("matter", "contact.matter_id") " THEN 1 ELSE 0 END"
#define DOCUMENT_LEVEL "CASE WHEN COALESCE((SELECT c.restricted FROM contact c WHERE c.id = document.contact_id), 0) > 1" \
	" OR COALESCE((SELECT m.restricted FROM matter m WHERE m.id = document.matter_id), 0) > 1 THEN 2" \
	" WHEN COALESCE((SELECT c.restricted FROM contact c WHERE c.id = document.contact_id), 0) > 0" \
	" OR COALESCE((SELECT m.restricted FROM matter m WHERE m.id = document.matter_id), 0) > 0" \
	" OR " MARKED("document", "document.id") " OR (document.masks_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM masking k" \
	"  WHERE k.rendition_id = document.id AND k.approved_at IS NOT NULL)) THEN 1 ELSE 0 END"
#endif
