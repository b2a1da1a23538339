/* people/phone.h: one way of writing a phone number, so that it can be found again
 *
 * "070-123 45 67", "+46 (0)70 1234567", "0046701234567" and "46701234567" are the same: "+46701234567". What is no number ("withheld", an
 * extension of four digits) is kept as digits, or as it was. */
#ifndef PEOPLE_PHONE_H
#define PEOPLE_PHONE_H
#include <stdbool.h>
#include "base/base.h"

struct arena;

/* In `a`; NULL for NULL or nothing but spaces. */
char *phone_normal(struct arena *a, const char *text);
/* Has it the digits of a number somebody could call, whatever else stands around them ("070-123 45 67, after five")? */
bool phone_can_be_called(const char *text);
/* A number of phone_normal() that takes text messages: Swedish mobile numbers (070, 072, 073, 076, 079), and any foreign one. */
bool phone_takes_text(const char *number);
#endif
