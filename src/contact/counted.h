/* contact/counted.h: which contacts are counted in figures
 *
 * A question by which the municipality tests itself (mystery/) is answered, on the clock and verified like any other contact, and
 * nothing shows to who answers that it is a test; but it is no resident's, so it is left out wherever residents' contacts are
 * counted, drawn or published: figures, letters, surveys, open data. Lists of work keep it. */
#ifndef CONTACT_COUNTED_H
#define CONTACT_COUNTED_H

/* SQL: true for the row of contact under the alias T unless it is a test. */
#define COUNTED_CONTACT(T) T ".id NOT IN (SELECT contact_id FROM mystery_contact)"
/* SQL: the same for calls, T.number: not from a number that test calls are made from. */
#define COUNTED_CALL(T) "(" T ".number IS NULL OR " T ".number NOT IN (SELECT phone FROM mystery_sender WHERE phone IS NOT NULL))"
#endif
