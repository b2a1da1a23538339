/* call/call_api.h: what exchanges send: POST /api/calls with a bearer token (docs/admin.md has the format)
 *
 *   200 {"taken": n, "known": n, "bad": []}          all is kept; known were known already
 *   422 {"taken": n, "known": n, "bad": [{"line", "field", "error"}]}    the good lines are kept, the bad listed
 *   401 no token, or none in use     413 more than 1 MB or 1,000 events     400 nothing that can be read
 *   503 try again: nothing of the last 500 events was kept, and sending all again takes nothing twice */
#ifndef CALL_CALL_API_H
#define CALL_CALL_API_H
#include "http/http.h"

extern const struct route call_api_routes[];
#endif
