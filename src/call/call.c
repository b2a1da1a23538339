/* call/call.c: what is known of a call, from what was told of it */
#include "call/call.h"

#include <string.h>

const char *const call_kind_name[CALL_KINDS] = {
	[CALL_RINGING] = "ringing", [CALL_ABANDONED] = "abandoned", [CALL_MISSED] = "missed", [CALL_ANSWERED] = "answered",
	[CALL_OUTGOING] = "outgoing",
};

bool
call_kind_parse(const char *name, enum call_kind *out)
{
	for (int i = 0; name != NULL && i < CALL_KINDS; i++) {
		if (strcmp(call_kind_name[i], name) == 0) {
			*out = (enum call_kind)i;
			return true;
		}
	}
	return false;
}

const char *
call_kind_text(enum call_kind kind)
{
	static const char *const text[CALL_KINDS] = {
		[CALL_RINGING] = N_("Waiting"), [CALL_ABANDONED] = N_("Hung up before the answer"), [CALL_MISSED] = N_("Not answered"),
		[CALL_ANSWERED] = N_("Answered"), [CALL_OUTGOING] = N_("We called"),
	};

	return (unsigned)kind < CALL_KINDS ? text[kind] : "";
}

bool
call_lost(enum call_kind kind)
{
	return kind == CALL_ABANDONED || kind == CALL_MISSED;
}

bool
call_spoken(enum call_kind kind)
{
	return kind == CALL_ANSWERED || kind == CALL_OUTGOING;
}

static bool
earlier(int64_t *at, int64_t other)
{
	if (other == 0 || (*at != 0 && *at <= other))
		return false;
	*at = other;
	return true;
}

static bool
later(int64_t *at, int64_t other)
{
	if (other == 0 || *at >= other)
		return false;
	*at = other;
	return true;
}

/* An exchange that says two things of one call contradicts itself; the same one of them is kept, whichever came first. */
static bool
lesser(const char **text, const char *other)
{
	if (other == NULL || (*text != NULL && strcmp(*text, other) <= 0))
		return false;
	*text = other;
	return true;
}

bool
call_merge(struct call *c, const struct call_event *e)
{
	bool first = c->started_at == 0;
	bool new = lesser(&c->number, e->number);

	new |= lesser(&c->queue, e->queue);
	/* Who answered is who answered first: a transfer does not change it. */
	if (e->agent != NULL && (c->agent == NULL || e->at < c->agent_at)) {
		c->agent = e->agent;
		c->agent_at = e->at;
		new = true;
	} else if (e->agent != NULL && e->at == c->agent_at) {
		new |= lesser(&c->agent, e->agent);
	}
	new |= earlier(&c->answered_at, e->answered_at);
	new |= earlier(&c->started_at, e->started_at);
	new |= later(&c->ended_at, e->ended_at);
	if (first || e->kind > c->kind) {
		c->kind = e->kind;
		new = true;
	}
	return new;
}

int64_t
call_wait_s(const struct call *c)
{
	int64_t until = call_spoken(c->kind) ? c->answered_at : call_lost(c->kind) ? c->ended_at : 0;

	return until == 0 ? -1 : until > c->started_at ? until - c->started_at : 0;
}

int64_t
call_talk_s(const struct call *c)
{
	if (!call_spoken(c->kind) || c->answered_at == 0 || c->ended_at == 0)
		return -1;
	return c->ended_at > c->answered_at ? c->ended_at - c->answered_at : 0;
}
