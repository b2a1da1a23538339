/* people/frame.h: the page's frame for this site and this person
 *
 * frame_init() is page_init() and what people/ knows: the site's name, logo and colours, who is signed in, the main menu
 * as far as she may use it, and what has just been done. Every handler of every room above starts its page with it. */
#ifndef PEOPLE_FRAME_H
#define PEOPLE_FRAME_H
#include "base/base.h"
#include "http/http.h"
#include "http/page.h"
#include "people/permit.h"

struct frame_link { const char *href, *text; enum action action; };	/* text: msgid */

/* What serve decides once, before the first request. Both tables live on; href NULL ends `nav`. The entry is shown to
 * whoever may use its action somewhere, and is the current one when the path begins with its href. */
struct frame_options {
	const struct frame_link *nav;
	const char *search;		/* where the search box leads, for whoever may list contacts; or NULL */
	const char *suggest;		/* and what answers while she types */
	/* One sentence: does whoever answers for this unit (0: the municipality) answer the phone now? NULL: not known. Or NULL. */
	const char *(*answers)(struct request *rq, int64_t unit_id);
	bool demo;			/* one-click sign-in for the demo's accounts */
};
void frame_configure(const struct frame_options *options);
bool frame_is_demo(void);
/* The sentence of frame_options.answers, or NULL. */
const char *frame_answers(struct request *rq, int64_t unit_id);

/* Where she begins: the first entry of her menu, "/" when she has none. */
const char *frame_home(const struct actor *actor);

/* Never fails: without a database the frame is plain. Signed-in pages get no_index. */
void frame_init(struct page *page, struct request *rq, const char *title);

/* What a redirect says has been done: its word goes into the query as ?klart=WORD, and frame_init shows the sentence. */
enum frame_done { DONE_SAVED, DONE_REMOVED, DONE_SENT, DONE_SIGNED_OUT, DONE_PASSWORD, DONE_TWO_STEP_OFF, DONE_KEPT,
	DONE_TOO_LATE, DONE_COUNT };
const char *frame_done_word(enum frame_done done);

/* The form was wrong: the error as the page shows it, with what the page had before. */
void frame_error(struct page *page, struct request *rq, const struct err *err);
/* ERR_INPUT and ERR_CONFLICT (and ERR_BUSY with a sentence) are shown in the form again; all else is an error page. */
bool frame_again(const struct err *err);
#endif
