/* http/csrf.c: a changing request must come from a page of ours
 *
 * The token is a random salt and a keyed hash of the salt and what the session is (a signed-in session's own, or a
 * visitor's random cookie), so it cannot be made elsewhere and differs on every page (BREACH). Beside it, the
 * browser's own word: Sec-Fetch-Site and Origin, when they are sent, must not name another site. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/late_sodium.h"
#include "base/random.h"
#include "http/internal.h"

enum { SALT = 8, MAC = 16, RAW = SALT + MAC };

static const char VISITOR_COOKIE[] = "nk_visitor";

static const char *
session_of(struct request_private *p)
{
	const char *session = p->server->config.hooks.csrf_session == NULL ? NULL :
	    p->server->config.hooks.csrf_session(&p->rq);

	if (session != NULL && session[0] != '\0')
		return session;
	if (p->visitor == NULL)
		p->visitor = request_cookie(&p->rq, VISITOR_COOKIE);
	return p->visitor;
}

static void
mac_of(struct request_private *p, const unsigned char salt[SALT], const char *session, unsigned char out[MAC])
{
	unsigned char text[512];
	size_t n = strlen(session) < sizeof(text) - SALT ? strlen(session) : sizeof(text) - SALT;
	struct hash h;

	memcpy(text, salt, SALT);
	memcpy(text + SALT, session, n);
	h = hash_keyed(p->server->config.hooks.csrf_key, text, SALT + n);
	memcpy(out, h.b, MAC);
}

const char *
csrf_token(struct request_private *p)
{
	unsigned char raw[RAW];
	const char *session = session_of(p);
	char text[64];

	if (p->server->config.hooks.csrf_key == NULL)
		return "";
	if (session == NULL) {
		p->visitor = session = random_token(p->arena, 18);
		p->set_visitor = true;
	}
	random_bytes(raw, SALT);
	mac_of(p, raw, session, raw + SALT);
	(void)sodium_bin2base64(text, sizeof(text), raw, RAW, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_strdup(p->arena, text);
}

/* Does this Origin name us? By the configured address, or by the Host the request itself was sent to. */
static bool
origin_is_ours(struct request_private *p, const char *origin)
{
	const char *host = request_header(&p->rq, "Host");
	const char *scheme = strstr(origin, "://");

	if (strcmp(origin, p->rq.base_url) == 0)
		return true;
	return scheme != NULL && host != NULL && strcmp(scheme + 3, host) == 0;
}

bool
csrf_check(struct request_private *p, struct err *err)
{
	const char *site = request_header(&p->rq, "Sec-Fetch-Site");
	const char *origin = request_header(&p->rq, "Origin");
	const char *token = form_raw(&p->rq, "csrf");
	const char *session = session_of(p);
	unsigned char raw[RAW + 3], mac[MAC];
	size_t n = 0;

	(void)err_set(err, ERR_DENIED, "csrf");
	err->person = N_("This form was open for too long or came from another place. Open the page again; what you wrote is still there.");
	if ((site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) ||
	    (origin != NULL && strcmp(origin, "null") != 0 && !origin_is_ours(p, origin)))
		return err_add(err, "from another site");
	err->field = "csrf";		/* it may well be hers: the token is missing or too old */
	if (token == NULL || session == NULL || sodium_base642bin(raw, sizeof(raw), token, strlen(token), NULL, &n, NULL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || n != RAW)
		return err_add(err, "no token");
	mac_of(p, raw, session, mac);
	if (!secret_equal(mac, raw + SALT, MAC))
		return err_add(err, "wrong token");
	*err = (struct err){ 0 };
	return true;
}
