/* people/frame.c: the page's frame, filled */
#include "people/frame.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/tr.h"
#include "http/assets.h"
#include "people/site.h"

static struct frame_options frame;	/* set once, before the first request */

static const struct { const char *word, *sentence; enum flash_kind kind; } done_words[DONE_COUNT] = {
	[DONE_SAVED] = { "sparat", N_("It is saved.") },
	[DONE_REMOVED] = { "borttaget", N_("It is removed.") },
	[DONE_SENT] = { "skickat", N_("The mail is on its way.") },
	[DONE_SIGNED_OUT] = { "utloggad", N_("You are signed out.") },
	[DONE_PASSWORD] = { "losenord", N_("Your new password works from now on. Sign in with it.") },
	[DONE_TWO_STEP_OFF] = { "enkelt", N_("You now sign in with your password alone.") },
	[DONE_TOO_LATE] = { "forsent", N_("The page had been open for too long, so nothing was sent. Your words are here: look them through and send again."), FLASH_WARNING },
	[DONE_KEPT] = { "kvar", N_("What you have written is kept for a day. It is not sent yet."), FLASH_NOTE },
};

void
frame_configure(const struct frame_options *options)
{
	frame = *options;
}

bool
frame_is_demo(void)
{
	return frame.demo;
}

const char *
frame_answers(struct request *rq, int64_t unit_id)
{
	return frame.answers == NULL ? NULL : frame.answers(rq, unit_id);
}

const char *
frame_done_word(enum frame_done done)
{
	return done_words[done].word;
}

static struct page_site *
site_of(struct request *rq)
{
	struct page_site *out = arena_alloc(rq->arena, sizeof(*out));
	struct site site;
	struct err err = { 0 };

	*out = (struct page_site){ .name = "Närkontakt", .version = assets_version() };
	if (rq->db == NULL || !site_load(rq->db, rq->arena, &site, &err)) {
		log_line(LOG_WARN, "site", "request=%s error=\"%s\"", rq->id, err.log);
		return out;
	}
	out->name = site.name;
	out->accessibility = site.accessibility;
	out->contact = site.help != NULL ? site.help : "/oppettider";
	if (site.logo_version != NULL)
		out->logo = arena_printf(rq->arena, "/logotyp?v=%s", site.logo_version);
	if (site.colour != NULL)
		out->stylesheet = arena_printf(rq->arena, "/farger.css?v=%s", site.colour + 1);
	return out;
}

static bool
under(const char *path, const char *href)
{
	size_t n = strlen(href);

	return strncmp(path, href, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static void
menu(struct page *page, struct request *rq)
{
	struct page_link *link;
	size_t n = 0;

	if (frame.nav == NULL || rq->actor == NULL)
		return;
	while (frame.nav[n].href != NULL)
		n++;
	link = arena_array(rq->arena, n, sizeof(*link));
	for (size_t i = 0; i < n; i++) {
		const struct frame_link *l = &frame.nav[i];

		if (permitted(rq->actor, l->action, NULL))
			link[page->n_nav++] = (struct page_link){ .href = l->href, .text = l->text,
				.current = under(rq->path, l->href) };
	}
	page->nav = link;
}

const char *
frame_home(const struct actor *actor)
{
	for (const struct frame_link *l = frame.nav; l != NULL && l->href != NULL; l++) {
		if (permitted(actor, l->action, NULL))
			return l->href;
	}
	return "/";
}

void
frame_init(struct page *page, struct request *rq, const char *title)
{
	const char *done;

	page_init(page, rq, title);
	page->site = site_of(rq);
	if (rq->actor != NULL && rq->actor->account_id != 0) {
		page->person = rq->actor->name;
		page->account_href = "/konto";
		page->sign_out = "/logga-ut";
		page->no_index = true;
		if (permitted(rq->actor, ACT_CONTACT_LIST, NULL)) {
			page->search = frame.search;
			page->search_suggest = frame.suggest;
		}
	} else {
		page->sign_in = "/logga-in";
	}
	menu(page, rq);
	done = rq->method == GET ? query_text(rq, "klart") : NULL;
	for (size_t i = 0; done != NULL && i < DONE_COUNT; i++) {
		if (strcmp(done, done_words[i].word) == 0) {
			page->flash = done_words[i].sentence;
			page->flash_kind = done_words[i].kind;
		}
	}
}

bool
frame_again(const struct err *err)
{
	return err->person != NULL &&
	    (err->code == ERR_INPUT || err->code == ERR_CONFLICT || err->code == ERR_BUSY ||
	    (err->code == ERR_DENIED && err->field != NULL));
}

void
frame_error(struct page *page, struct request *rq, const struct err *err)
{
	struct page_error *e = arena_alloc(rq->arena, sizeof(*e));

	*e = (struct page_error){ .field = err->field, .sentence = err->person };
	page->error = e;
	page->n_error = 1;
}
