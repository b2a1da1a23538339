/* contact/letter.h: an answer by letter, as the paper that is printed
 *
 * The words are those of the answer; the frame (sender, window address, number, date, how to reach us) is made here. The PDF
 * becomes a file of the answer's document, so what was sent is kept as it was sent. */
#ifndef CONTACT_LETTER_H
#define CONTACT_LETTER_H
#include "contact/contact.h"

/* Draws the letter, keeps its bytes by their SHA-256, and fills `out`. ERR_INPUT: there is nobody to send it to, or it is too
 * long. */
bool letter_make(struct db *db, struct arena *a, const struct contact *c, const char *text, const struct actor *by,
    int64_t now, struct document_file *out, struct err *err);
#endif
