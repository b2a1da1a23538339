/* http/form_parts.h: the parts that forms and lists are made of
 *
 * Each is a template function over a small struct, called from a page's template:
 *
 *   {% call form_begin(sb, page, &(struct form){ .action = "/contact" }) %}
 *   {% call field_text(sb, page, &(struct field){ .name = "subject", .label = N_("What is it about?"),
 *       .value = view->subject, .max = 200 }) %}
 *   {% call button(sb, page, &(struct button){ .text = N_("Send") }) %}
 *   {% call form_end(sb, page) %}
 *
 * The patterns are those of the GOV.UK Design System: a visible label, a hint under it, the error above the field and
 * again in a summary at the top of the page that links to it, what was written always kept, and no field marked
 * required: the few that are not say "(optional)". The look is Designsystemet's.
 *
 * What is always true: an input's id is "f-NAME" (or .id); its hint "f-NAME-hint" and error "f-NAME-error" are tied to it by
 * aria-describedby; the error comes from page->error by the field's name; the layout prints the error summary by itself.
 * Texts said to be msgid are translated where they are shown; a ready sentence may stand there too. Everything works
 * without scripts; the attributes named data- are for static/narkontakt.js. */
#ifndef HTTP_FORM_PARTS_H
#define HTTP_FORM_PARTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/base.h"
#include "http/page.h"

struct arena;

/* A form posts with the page's CSRF token (the field "csrf"). */
struct form {
	const char *action;
	const char *id;			/* needed with draft; or NULL */
	bool get;			/* a search or a filter: GET, without token */
	bool upload;			/* multipart/form-data */
	bool draft;			/* kept in the browser while it is written, until it is sent */
	const char *draft_url;		/* and on the server: POSTs the fields there now and then; or NULL */
	const char *confirm;		/* msgid: asked before it is sent, with scripts; or NULL */
	const char *label;		/* msgid: a name for the form when a page has several; or NULL */
};
void form_begin(struct sb *sb, const struct page *page, const struct form *form);
void form_end(struct sb *sb, const struct page *page);

struct choice {
	const char *value;
	const char *text;		/* msgid */
	const char *hint;		/* msgid, or NULL (radios and checkboxes) */
	bool chosen;
};

/* One question. Only name and label are needed; what a kind of field does not use it ignores. */
struct field {
	const char *name;
	const char *label;		/* msgid */
	const char *hint;		/* msgid, or NULL */
	const char *value;		/* the words as they were written, or NULL */
	const char *id;			/* when two forms on a page have a field of the same name; NULL: "f-NAME" */
	bool optional;
	bool heading;			/* the label is the page's h1: one question a page */
	bool label_hidden;		/* for the eye only; a search box says what it is by its button */
	bool disabled;

	const char *type;		/* text: "email", "tel", "url", "password", "search"; NULL is "text" */
	const char *autocomplete;	/* text: the HTML token, "name", "email", "tel", "one-time-code", "off", ... */
	const char *input_mode;		/* text: "numeric", ... */
	int64_t width;			/* text: characters the eye expects; 0 is the whole width */
	int64_t max;			/* text, textarea: most characters; from 100 it is said and counted. 0 is none */
	int64_t rows;			/* textarea; 0 is 6 */
	const char *suggest;		/* text: URL that answers q= with suggestions, or NULL */

	const char *least, *most;	/* date: YYYY-MM-DD, or NULL */

	const struct choice *choice;	/* select, radios, checkboxes */
	size_t n_choice;
	const char *empty;		/* select: msgid of a first choice with no value, or NULL */
	bool inline_choices;		/* radios: two short ones side by side */

	bool multiple;			/* file */
	const char *accept;		/* file: HTML accept, or NULL */
};

void field_text(struct sb *sb, const struct page *page, const struct field *f);
void field_textarea(struct sb *sb, const struct page *page, const struct field *f);
void field_select(struct sb *sb, const struct page *page, const struct field *f);
void field_radios(struct sb *sb, const struct page *page, const struct field *f);
void field_checkboxes(struct sb *sb, const struct page *page, const struct field *f);
/* One box that says yes; label is its text. Value "1" unless given. */
void field_checkbox(struct sb *sb, const struct page *page, const struct field *f, bool checked);
void field_file(struct sb *sb, const struct page *page, const struct field *f);
/* One input with the browser's calendar; what is sent, and what a browser without one is told to write, is YYYY-MM-DD. */
void field_day(struct sb *sb, const struct page *page, const struct field *f);
void field_hidden(struct sb *sb, const struct page *page, const char *name, const char *value);
void field_hidden_id(struct sb *sb, const struct page *page, const char *name, int64_t value);

/* Several inputs under one question. */
void fieldset_begin(struct sb *sb, const struct page *page, const char *legend_msgid, const char *hint_msgid);
void fieldset_end(struct sb *sb, const struct page *page);

enum button_kind { BUTTON_PRIMARY, BUTTON_SECONDARY, BUTTON_QUIET, BUTTON_DANGER };
struct button {
	const char *text;		/* msgid */
	enum button_kind kind;
	const char *href;		/* a link that looks like a button, or NULL: submits the form */
	const char *name, *value;	/* sent when this button was the one, or NULL */
	const char *form_action;	/* posts elsewhere than the form says, or NULL */
	const char *key;		/* the list's key that presses it ("a"), or NULL */
	bool no_validate;
};
void button(struct sb *sb, const struct page *page, const struct button *b);
/* A form that is only a button: POST action with one hidden field (name NULL: none). */
void button_form(struct sb *sb, const struct page *page, const char *action, const char *name, const char *value,
    const struct button *b);

/* The list of what is wrong, linked to the fields. layout_begin prints it when page->n_error > 0. */
void error_summary(struct sb *sb, const struct page *page);

/* "What you wrote": key, value, and a link to change it. */
struct summary_row {
	const char *key;		/* msgid */
	const char *value;
	const char *href;		/* NULL: nothing to change */
	const char *action;		/* msgid; NULL is "Change" */
};
void summary_list(struct sb *sb, const struct page *page, const struct summary_row *row, size_t n);

enum sort_order { SORT_NONE, SORT_ASCENDING, SORT_DESCENDING };
struct column {
	const char *text;		/* msgid */
	bool number;			/* set to the right */
	bool hidden_text;		/* a column of boxes or buttons: the heading is for screen readers */
	bool wide_only;			/* left out on a phone; its cells carry class="nk-wide-only" */
	const char *sort_href;		/* sorts by this column, or NULL */
	enum sort_order sort;
};
/* <table> to <tbody>; the rows are the page's own. On a phone the table scrolls inside its frame, not the page. */
void table_begin(struct sb *sb, const struct page *page, const char *caption_msgid, const struct column *column, size_t n);
void table_end(struct sb *sb, const struct page *page);

/* "href" ends in "?", "&" or "page=": the number is put after it. Nothing is printed for a single page. */
struct pagination { const char *href; int64_t number, total; };
void pagination(struct sb *sb, const struct page *page, const struct pagination *p);

/* A state as a word with a symbol; colour only helps. */
enum badge_kind { BADGE_NEUTRAL, BADGE_INFO, BADGE_DONE, BADGE_WARNING, BADGE_DANGER, BADGE_SECRET };
void badge(struct sb *sb, const struct page *page, enum badge_kind kind, const char *msgid);

/* A banner. The layout prints page->flash by this. */
void notification(struct sb *sb, const struct page *page, enum flash_kind kind, const char *msgid);

void details_begin(struct sb *sb, const struct page *page, const char *summary_msgid, bool open);
void details_end(struct sb *sb, const struct page *page);

/* Tabs as plain links: each is a page of its own. */
void tabs(struct sb *sb, const struct page *page, const char *label_msgid, const struct page_link *link, size_t n);

struct search_box {
	const char *action;		/* GET q= */
	const char *label;		/* msgid */
	const char *value;
	const char *suggest;		/* as in struct field */
	const char *id;			/* NULL: "q" */
};
void search_box(struct sb *sb, const struct page *page, const struct search_box *s);

struct search_result {
	const char *href, *title;
	const char *meta;		/* number, unit, ...; or NULL */
	const char *snippet;		/* plain text; or NULL */
	int64_t at;			/* 0: none */
};
void search_results(struct sb *sb, const struct page *page, const struct search_result *r, size_t n);

/* What the keys of this page do, shown by ? (static/narkontakt.js). j, k, o, x, / and ? are listed by themselves. */
struct key_help { const char *key, *does; };	/* "a"; msgid */
void keys_help(struct sb *sb, const struct page *page, const struct key_help *key, size_t n);

/* For form_parts.html, and for a page that draws an input of its own: "f-NAME" or f->id; the value of aria-describedby,
 * NULL when there is neither hint, counter nor error. Both live in `a`. */
const char *field_id(struct arena *a, const struct field *f);
const char *field_described_by(struct arena *a, const struct page *page, const struct field *f);
/* Is the limit one to tell the writer about? A name of 80 characters is not; a text of 2,000 is. */
bool field_counts(const struct field *f);
#endif
