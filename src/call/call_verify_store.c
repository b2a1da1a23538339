/* call/call_verify_store.c: nobody who called and was not answered is forgotten */
#include "call/call_verify.h"

#include <stddef.h>

const struct check call_checks[] = {
	{ "lost call whose number nobody will call",
	    "SELECT x.code, p.call_id FROM phone_call p JOIN exchange x ON x.id = p.exchange_id WHERE p.kind IN ('abandoned', 'missed')"
	    " AND p.number IS NOT NULL AND p.callback_id IS NULL AND p.started_at >= p.heard_at - 604800 AND $1 = $1" },
	{ "callback without a task",
	    "SELECT CAST(id AS TEXT), CAST(opened_at AS TEXT) FROM callback WHERE closed_at IS NULL AND contact_id IS NULL"
	    " AND $1 = $1" },
	{ "callback that a call ended, but whose task waits",
	    "SELECT c.number, k.closed_why FROM callback k JOIN contact c ON c.id = k.contact_id WHERE k.closed_at IS NOT NULL"
	    " AND c.closed_at IS NULL AND $1 = $1 AND NOT EXISTS"
	    " (SELECT 1 FROM event e WHERE e.contact_id = c.id AND e.action = 'contact.reopened')" },
	{ "callback whose tries are not its lost calls",
	    "SELECT CAST(k.id AS TEXT), CAST(k.tries AS TEXT) FROM callback k WHERE $1 = $1 AND k.tries <>"
	    " (SELECT COUNT(*) FROM phone_call p WHERE p.callback_id = k.id AND p.kind IN ('abandoned', 'missed'))" },
	{ "call in a callback of another number or authority, or that was answered",
	    "SELECT CAST(k.id AS TEXT), p.call_id FROM phone_call p JOIN callback k ON k.id = p.callback_id WHERE $1 = $1 AND"
	    " (p.number IS NULL OR p.number <> k.number OR p.authority_id <> k.authority_id"
	    "  OR p.kind NOT IN ('abandoned', 'missed'))" },
	{ "call or callback of a unit of another authority (1)",
	    "SELECT x.code, p.call_id FROM phone_call p JOIN exchange x ON x.id = p.exchange_id JOIN unit u ON u.id = p.unit_id"
	    " WHERE u.authority_id <> p.authority_id AND $1 = $1 UNION ALL SELECT CAST(k.id AS TEXT), u.name FROM callback k"
	    " JOIN unit u ON u.id = k.unit_id WHERE u.authority_id <> k.authority_id" },
	{ "number called back in two tasks at once",
	    "SELECT CAST(MIN(k.id) AS TEXT), CAST(COUNT(*) AS TEXT) FROM callback k JOIN contact c ON c.id = k.contact_id"
	    " WHERE k.closed_at IS NULL AND c.closed_at IS NULL AND $1 = $1 AND NOT EXISTS"
	    " (SELECT 1 FROM event e WHERE e.contact_id = c.id AND e.action = 'contact.reopened')"
	    " GROUP BY k.number, k.authority_id HAVING COUNT(*) > 1" },
	{ "answered call without the instant of the answer",
	    "SELECT x.code, p.call_id FROM phone_call p JOIN exchange x ON x.id = p.exchange_id WHERE p.kind IN ('answered', 'outgoing')"
	    " AND (p.answered_at IS NULL OR p.answered_at < p.started_at) AND $1 = $1" },
	{ NULL, NULL },
};
