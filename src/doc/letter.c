/* doc/letter.c: laid out by pango, drawn by cairo, finished by qpdf
 *
 * The letter is walked twice with the same code: once to count its pages, once to draw them. Laying out is half the work, so what
 * flows is laid out when pages are counted and kept, in order, for the drawing. All lengths are points. */
#include "doc/letter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "doc/jpeg.h"
#include "doc/late_draw.h"
#include "doc/late_qpdf.h"
#include "doc/text.h"

LATE_DEFINE(late_qpdf, LATE_QPDF, "libqpdf.so.29");

#define MM (72 / 25.4)
static const double WIDTH = 210 * MM, HEIGHT = 297 * MM, LEFT = 25 * MM, RIGHT = 20 * MM, TOP = 15 * MM,
    ADDRESS_X = 115 * MM, ADDRESS_Y = 45 * MM, ADDRESS_WIDTH = 80 * MM, BODY_FIRST = 105 * MM, BODY_NEXT = 30 * MM,
    BODY_END = 262 * MM, FOOTER_Y = 268 * MM, LOGO_HEIGHT = 16 * MM, LOGO_WIDTH = 70 * MM, SIZE = 11, SMALL = 9, TABLE = 10, CELL = 6,
    LINE = 1.35;

struct pdf { struct arena *a; unsigned char *bytes; size_t n, cap; };

struct pen {
	cairo_t *cr;
	const struct letter *letter;
	bool drawing;			/* false: only counting */
	int page, pages;
	double y;
	struct arena *a;
	struct flowing { struct flowing *next; PangoLayout *layout; } *first, **last, *at;	/* kept; the next to be drawn */
	struct arena *kept;
};

static cairo_status_t
take(void *arg, const unsigned char *bytes, unsigned n)
{
	struct pdf *out = arg;

	if (out->cap - out->n < n) {
		size_t more = (out->cap + n) * 2;

		out->bytes = arena_grow(out->a, out->bytes, out->cap, more);
		out->cap = more;
	}
	memcpy(out->bytes + out->n, bytes, n);
	out->n += n;
	return CAIRO_STATUS_SUCCESS;
}

struct png { const unsigned char *at; size_t left; };

static cairo_status_t
give(void *arg, unsigned char *to, unsigned n)
{
	struct png *png = arg;

	if (png->left < n)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(to, png->at, n);
	png->at += n;
	png->left -= n;
	return CAIRO_STATUS_SUCCESS;
}

/* Wrapped at the width. */
static PangoLayout *
layout_of(struct pen *p, const char *text, double size, bool bold, double width)
{
	PangoLayout *layout = text_layout(p->cr, text == NULL ? "" : text, size, bold);

	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	return layout;
}

static void
tag(struct pen *p, const char *name, bool begin)
{
	if (p->drawing && begin)
		cairo_tag_begin(p->cr, name, NULL);
	else if (p->drawing)
		cairo_tag_end(p->cr, name);
}

/* A block that stays where it is put; lines that would stand below `end` are left out. Returns where it ended. */
static double
block(struct pen *p, const char *text, double x, double y, double width, double end, double size, bool bold)
{
	PangoLayout *layout = layout_of(p, text, size, bold, width);
	PangoLayoutIter *line = pango_layout_get_iter(layout);
	double at = y;

	do {
		if (at + size * LINE > end)
			break;
		if (p->drawing) {
			cairo_move_to(p->cr, x, at + size);
			pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(line));
		}
		at += size * LINE;
	} while (pango_layout_iter_next_line(line));
	pango_layout_iter_free(line);
	g_object_unref(layout);
	return at;
}

static void
foot(struct pen *p)
{
	char page[80];

	if (!p->drawing)
		return;
	cairo_set_line_width(p->cr, 0.5);
	cairo_move_to(p->cr, LEFT, FOOTER_Y - 2 * MM);
	cairo_line_to(p->cr, WIDTH - RIGHT, FOOTER_Y - 2 * MM);
	cairo_stroke(p->cr);
	tag(p, "P", true);
	(void)block(p, p->letter->footer, LEFT, FOOTER_Y, 120 * MM, HEIGHT - 8 * MM, SMALL, false);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"	/* a translated text of ours: %d of %d, checked by msgfmt */
	(void)snprintf(page, sizeof(page), p->letter->page_label, p->page, p->pages);
#pragma GCC diagnostic pop
	(void)block(p, page, WIDTH - RIGHT - 30 * MM, FOOTER_Y, 30 * MM, HEIGHT, SMALL, false);
	tag(p, "P", false);
}

static void
turn(struct pen *p)
{
	foot(p);
	if (p->drawing)
		cairo_show_page(p->cr);
	p->page++;
	p->y = BODY_NEXT;
	if (p->drawing) {
		tag(p, "P", true);
		(void)block(p, p->letter->number, LEFT, TOP, 100 * MM, BODY_NEXT, SMALL, false);
		tag(p, "P", false);
	}
}

/* What flows, laid out once: made while counting, taken in the same order while drawing. The pen's, not the caller's. */
static PangoLayout *
flowing(struct pen *p, const char *text, double size, bool bold)
{
	struct flowing *f = p->at;

	if (p->drawing) {
		p->at = f->next;
		return f->layout;
	}
	f = arena_alloc(p->kept, sizeof(*f));
	f->layout = layout_of(p, text, size, bold, WIDTH - LEFT - RIGHT);
	*p->last = f;
	p->last = &f->next;
	return f->layout;
}

/* Text that flows over pages. The tag is closed and opened again around a turn: nothing tagged lies on two pages. */
static void
flow(struct pen *p, const char *text, const char *name, double size, bool bold)
{
	PangoLayoutIter *line = pango_layout_get_iter(flowing(p, text, size, bold));

	if (p->y + 2 * size * LINE > BODY_END)	/* no line alone at the foot */
		turn(p);
	tag(p, name, true);
	do {
		if (p->y + size * LINE > BODY_END) {
			tag(p, name, false);
			turn(p);
			tag(p, name, true);
		}
		if (p->drawing) {
			cairo_move_to(p->cr, LEFT, p->y + size);
			pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(line));
		}
		p->y += size * LINE;
	} while (p->page <= LETTER_PAGES_MAX && pango_layout_iter_next_line(line));
	tag(p, name, false);
	pango_layout_iter_free(line);
}

/* ---- parts ----------------------------------------------------------------------------------------------------------- */

static void
room_for(struct pen *p, double height)
{
	if (p->y + height > BODY_END)
		turn(p);
}

/* How high the widest wrapped cell of the row is. */
static double
row_height(struct pen *p, const char *const *cell, size_t n, const double *width, bool bold)
{
	double most = 0;

	for (size_t k = 0; k < n; k++) {
		PangoLayout *layout = layout_of(p, cell[k], TABLE, bold, width[k] - CELL);
		PangoLayoutIter *line = pango_layout_get_iter(layout);
		double lines = 1;

		while (pango_layout_iter_next_line(line))
			lines++;
		pango_layout_iter_free(line);
		g_object_unref(layout);
		most = fmax(most, lines * TABLE * LINE);
	}
	return most + CELL;
}

static void
row(struct pen *p, const char *const *cell, size_t n, const double *width, bool head)
{
	double x = LEFT, height = row_height(p, cell, n, width, head);

	tag(p, "TR", true);
	for (size_t k = 0; k < n; x += width[k], k++) {
		const char *name = head || k == 0 ? "TH" : "TD";
		PangoLayout *layout = layout_of(p, cell[k], TABLE, head, width[k] - CELL);
		int w, h;

		pango_layout_get_pixel_size(layout, &w, &h);
		g_object_unref(layout);
		tag(p, name, true);
		(void)block(p, cell[k], k == 0 ? x : x + width[k] - CELL - fmin(w, width[k] - CELL), p->y, width[k] - CELL, p->y + height + 1,
		    TABLE, head);
		tag(p, name, false);
	}
	tag(p, "TR", false);
	p->y += height;
	if (p->drawing) {
		cairo_set_line_width(p->cr, head ? 1 : 0.4);
		cairo_move_to(p->cr, LEFT, p->y - CELL / 2);
		cairo_line_to(p->cr, WIDTH - RIGHT, p->y - CELL / 2);
		cairo_stroke(p->cr);
	}
}

/* The name, and on each page the heads again. */
static void
table(struct pen *p, const struct letter_part *t)
{
	double *width = arena_array(p->a, t->n_columns, sizeof(*width)), whole = WIDTH - LEFT - RIGHT;
	bool head = true;

	for (size_t k = 0; k < t->n_columns; k++)
		width[k] = t->n_columns == 1 ? whole : k == 0 ? whole * 0.5 : whole * 0.5 / (double)(t->n_columns - 1);
	room_for(p, 5 * TABLE * LINE);
	flow(p, t->text, "P", TABLE, true);
	p->y += CELL;
	tag(p, "Table", true);
	for (size_t i = 0; i < t->n_rows && p->page <= LETTER_PAGES_MAX; i++) {
		const char *const *cell = t->cell + i * t->n_columns;

		if (p->y + row_height(p, cell, t->n_columns, width, false) > BODY_END) {
			tag(p, "Table", false);
			turn(p);
			tag(p, "Table", true);
			head = true;
		}
		if (head)
			row(p, t->column, t->n_columns, width, true);
		head = false;
		row(p, cell, t->n_columns, width, false);
	}
	tag(p, "Table", false);
}

static void
drawing(struct pen *p, const struct letter_part *d)
{
	double scale = (WIDTH - LEFT - RIGHT) / d->width;

	room_for(p, d->height * scale);
	if (p->drawing) {
		tag(p, "Figure", true);
		cairo_save(p->cr);
		cairo_translate(p->cr, LEFT, p->y);
		cairo_scale(p->cr, scale, scale);
		d->draw(p->cr, p->a, d->arg, d->width, d->height);
		cairo_restore(p->cr);
		cairo_set_source_rgb(p->cr, 0, 0, 0);
		tag(p, "Figure", false);
	}
	p->y += d->height * scale;
}

static void
parts(struct pen *p)
{
	for (size_t i = 0; i < p->letter->n_parts && p->page <= LETTER_PAGES_MAX; i++) {
		const struct letter_part *part = &p->letter->part[i];

		switch (part->kind) {
		case LETTER_HEADING:
			p->y += SIZE * LINE * 0.5;
			room_for(p, 5 * SIZE * LINE);	/* never alone at the foot */
			flow(p, part->text, "H2", 12.5, true);
			p->y += SIZE * 0.3;
			break;
		case LETTER_TEXT:
			flow(p, part->text, "P", SIZE, false);
			p->y += SIZE * LINE * 0.4;
			break;
		case LETTER_TABLE:
			table(p, part);
			p->y += SIZE * LINE * 0.6;
			break;
		case LETTER_DRAWING:
			drawing(p, part);
			p->y += SIZE * LINE * 0.6;
			break;
		}
	}
}

/* PNG is decoded. A JPEG's own bytes go into the PDF (cairo reads none itself); the surface only says how large it is. */
static cairo_surface_t *
logo_of(const struct letter *l)
{
	struct png png = { l->logo, l->logo_bytes };
	cairo_surface_t *surface;
	int width, height;

	if (l->logo == NULL)
		return NULL;
	if (!jpeg_size(l->logo, l->logo_bytes, &width, &height))
		return cairo_image_surface_create_from_png_stream(give, &png);
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
	if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
		(void)cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, l->logo, l->logo_bytes, NULL, NULL);
	return surface;
}

/* The logo where there is one that cairo reads, else the name; and the name beside it for who cannot see it. */
static void
head(struct pen *p)
{
	cairo_surface_t *logo = logo_of(p->letter);
	double y = TOP, scale;

	if (logo != NULL && cairo_surface_status(logo) == CAIRO_STATUS_SUCCESS && cairo_image_surface_get_width(logo) > 0) {
		scale = fmin(LOGO_HEIGHT / cairo_image_surface_get_height(logo), LOGO_WIDTH / cairo_image_surface_get_width(logo));
		if (p->drawing) {
			cairo_save(p->cr);
			cairo_translate(p->cr, LEFT, TOP);
			cairo_scale(p->cr, scale, scale);
			cairo_set_source_surface(p->cr, logo, 0, 0);
			cairo_paint(p->cr);
			cairo_restore(p->cr);
		}
		y += LOGO_HEIGHT + 2 * MM;
	}
	if (logo != NULL)
		cairo_surface_destroy(logo);
	tag(p, "P", true);
	(void)block(p, p->letter->sender, LEFT, y, 80 * MM, ADDRESS_Y, 13, true);
	tag(p, "P", false);
}

static void
whole(struct pen *p)
{
	const struct letter *l = p->letter;
	struct arena *a = arena_open();

	p->page = 1;
	if (p->drawing)
		cairo_set_source_rgb(p->cr, 0, 0, 0);
	head(p);
	tag(p, "P", true);
	(void)block(p, arena_printf(a, "%s\n\n%s\n%s", l->date, l->number_label, l->number), LEFT, ADDRESS_Y, 75 * MM,
	    BODY_FIRST, SMALL + 1, false);
	tag(p, "P", false);
	tag(p, "P", true);
	(void)block(p, l->recipient, ADDRESS_X, ADDRESS_Y, ADDRESS_WIDTH, ADDRESS_Y + 32 * MM, SIZE, false);
	tag(p, "P", false);
	p->y = BODY_FIRST;
	flow(p, l->title, "H1", 14, true);
	p->y += SIZE * LINE / 2;
	for (const char *at = l->text; *at != '\0' && p->page <= LETTER_PAGES_MAX;) {
		const char *end = strstr(at, "\n\n");
		size_t n = end == NULL ? strlen(at) : (size_t)(end - at);

		if (n > 0)
			flow(p, arena_strndup(a, at, n), "P", SIZE, false);
		p->y += SIZE * LINE * 0.6;
		at += n + (end == NULL ? 0 : 2);
	}
	p->a = a;
	parts(p);
	p->y += SIZE * LINE;
	if (*l->signature != '\0')
		flow(p, l->signature, "P", SIZE, false);
	foot(p);
	p->pages = p->page;
	arena_close(a);
}

/* The drawings' words, in order, into the structure that cairo wrote. */
struct figures { const struct letter *letter; size_t next; };

static void
tell_figures(qpdf_data q, qpdf_oh at, struct figures *f, int depth)
{
	enum { DEPTH_MAX = 12 };

	if (depth > DEPTH_MAX)
		return;
	if (qpdf_oh_is_array(q, at)) {
		for (int i = 0; i < qpdf_oh_get_array_n_items(q, at); i++)
			tell_figures(q, qpdf_oh_get_array_item(q, at, i), f, depth + 1);
		return;
	}
	if (!qpdf_oh_is_dictionary(q, at))
		return;
	if (qpdf_oh_has_key(q, at, "/S") && qpdf_oh_is_name_and_equals(q, qpdf_oh_get_key(q, at, "/S"), "/Figure")) {
		while (f->next < f->letter->n_parts && f->letter->part[f->next].kind != LETTER_DRAWING)
			f->next++;
		if (f->next < f->letter->n_parts)
			qpdf_oh_replace_key(q, at, "/Alt", qpdf_oh_new_unicode_string(q, f->letter->part[f->next++].text));
		return;
	}
	if (qpdf_oh_has_key(q, at, "/K"))
		tell_figures(q, qpdf_oh_get_key(q, at, "/K"), f, depth + 1);
}

/* What cairo does not say: the language, that the title is to be shown, that the tags it wrote are to be used. */
static bool
finish(struct arena *a, const struct letter *l, const struct pdf *in, const void **bytes, size_t *n, struct err *err)
{
	qpdf_data q = qpdf_init();
	qpdf_oh root, view, mark;
	bool ok;

	qpdf_silence_errors(q);
	ok = (qpdf_read_memory(q, "letter", (const char *)in->bytes, in->n, NULL) & QPDF_ERRORS) == 0;
	if (ok) {
		root = qpdf_get_root(q);
		view = qpdf_oh_new_dictionary(q);
		qpdf_oh_replace_key(q, view, "/DisplayDocTitle", qpdf_oh_new_bool(q, QPDF_TRUE));
		qpdf_oh_replace_key(q, root, "/ViewerPreferences", view);
		mark = qpdf_oh_new_dictionary(q);
		qpdf_oh_replace_key(q, mark, "/Marked", qpdf_oh_new_bool(q, QPDF_TRUE));
		qpdf_oh_replace_key(q, root, "/MarkInfo", mark);
		if (qpdf_oh_has_key(q, root, "/StructTreeRoot"))
			tell_figures(q, qpdf_oh_get_key(q, root, "/StructTreeRoot"), &(struct figures){ .letter = l }, 0);
		qpdf_oh_replace_key(q, root, "/Lang", qpdf_oh_new_unicode_string(q, l->lang));
		ok = (qpdf_init_write_memory(q) & QPDF_ERRORS) == 0;
	}
	if (ok) {
		qpdf_set_deterministic_ID(q, QPDF_TRUE);
		ok = (qpdf_write(q) & QPDF_ERRORS) == 0;
	}
	if (ok) {
		*n = qpdf_get_buffer_length(q);
		*bytes = arena_memdup(a, qpdf_get_buffer(q), *n);
	}
	qpdf_cleanup(&q);
	return ok || err_set(err, ERR_BUG, "letter: qpdf could not finish it");
}

bool
letter_pdf(struct arena *a, const struct letter *letter, const void **bytes, size_t *n, struct err *err)
{
	struct pdf out = { .a = a };
	struct pen p = { .letter = letter };
	struct instant_str made = instant_utc(letter->at);
	cairo_surface_t *surface;
	cairo_status_t status;

	if (!late_draw_load(err) || !late_qpdf_load(err))
		return false;
	surface = cairo_pdf_surface_create_for_stream(take, &out, WIDTH, HEIGHT);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, letter->title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, letter->sender);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, made.s);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, made.s);
	p.cr = cairo_create(surface);
	p.kept = arena_open();
	p.last = &p.first;
	whole(&p);
	if (p.pages <= LETTER_PAGES_MAX) {
		p.drawing = true;
		p.at = p.first;
		whole(&p);
	}
	for (struct flowing *f = p.first; f != NULL; f = f->next)
		g_object_unref(f->layout);
	arena_close(p.kept);
	cairo_destroy(p.cr);
	cairo_surface_finish(surface);
	status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (p.pages > LETTER_PAGES_MAX)
		return err_input(err, "text", N_("The answer is too long. Put the rest in an attached file."));
	if (status != CAIRO_STATUS_SUCCESS)
		return err_set(err, ERR_BUG, "letter: %s", cairo_status_to_string(status));
	return finish(a, letter, &out, bytes, n, err);
}
