/* call/call_verify.h: what must always be true of calls, for `narkontakt verify` (contact/verify.h) */
#ifndef CALL_CALL_VERIFY_H
#define CALL_CALL_VERIFY_H
#include "registry/checks.h"

extern const struct check call_checks[];
#endif
