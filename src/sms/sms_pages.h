/* sms/sms_pages.h: the gateway's doors, and how it is set up
 *
 *   POST /api/sms          a text message has come: JSON or a form, with the token as "Authorization: Bearer T" or ?token=T
 *   POST /api/sms/report   what became of one of ours
 *   /admin/sms             the settings; /admin/sms/token makes a new token, shown once */
#ifndef SMS_SMS_PAGES_H
#define SMS_SMS_PAGES_H
#include "http/form_parts.h"
#include "http/http.h"
#include "http/page.h"
#include "sms/settings.h"

extern const struct route sms_routes[];

struct sms_view {
	struct sms_settings settings;	/* as they are, or as they were sent */
	bool secret_kept, token_kept;	/* there is one */
	const char *token;		/* just made; NULL */
	const char *base_url;
	int64_t waiting, failed;	/* text messages in the outbox; those of the last thirty days that failed */
};
void sms_html(struct sb *sb, const struct page *page, const struct sms_view *view);
#endif
