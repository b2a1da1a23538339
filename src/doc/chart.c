/* doc/chart.c: charts on cairo, words by pango */
#include "doc/chart.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "doc/late_draw.h"
#include "doc/text.h"

LATE_DEFINE(late_cairo, LATE_CAIRO, "libcairo.so.2");
LATE_DEFINE(late_pango, LATE_PANGO, "libpango-1.0.so.0");
LATE_DEFINE(late_pangocairo, LATE_PANGOCAIRO, "libpangocairo-1.0.so.0");

bool
late_draw_load(struct err *err)
{
	return late_cairo_load(err) && late_pango_load(err) && late_pangocairo_load(err);
}

enum { SVG_BYTES_MAX = 16 << 20 };
static const double FONT_PX = 13, TITLE_PX = 16, MARGIN = 12;

struct frame { double left, top, right, bottom, x0, x1, y0, y1; };

enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

static double
to_x(const struct frame *f, double x)
{
	return f->left + (x - f->x0) / (f->x1 - f->x0) * (f->right - f->left);
}

static double
to_y(const struct frame *f, double y)
{
	return f->bottom - (y - f->y0) / (f->y1 - f->y0) * (f->bottom - f->top);
}

/* y is the middle of the line of text. Returns its width. */
static double
words(cairo_t *cr, const char *text, double x, double y, double px, bool bold, enum align align)
{
	PangoLayout *layout = text_layout(cr, text, px, bold);
	int w, h;

	pango_layout_get_pixel_size(layout, &w, &h);
	cairo_set_source_rgb(cr, 0.1, 0.1, 0.1);
	cairo_move_to(cr, x - (align == ALIGN_RIGHT ? w : align == ALIGN_CENTRE ? w / 2.0 : 0), y - h / 2.0);
	pango_cairo_show_layout(cr, layout);
	g_object_unref(layout);
	return w;
}

static double
width_of(cairo_t *cr, const char *text, double px)
{
	PangoLayout *layout = text_layout(cr, text, px, false);
	int w, h;

	pango_layout_get_pixel_size(layout, &w, &h);
	g_object_unref(layout);
	return w;
}

double
chart_step(double span, int most)
{
	double step;

	if (!(span > 0) || most < 1)
		return 1;
	step = pow(10, floor(log10(span / most)));
	while (span / step > most)
		step *= span / (2 * step) <= most ? 2 : span / (5 * step) <= most ? 5 : 10;
	return step;
}

static void
stroke(cairo_t *cr, double x0, double y0, double x1, double y1, double grey, double width)
{
	cairo_set_source_rgb(cr, grey, grey, grey);
	cairo_set_line_width(cr, width);
	cairo_move_to(cr, x0, y0);
	cairo_line_to(cr, x1, y1);
	cairo_stroke(cr);
}

static void
set_style(cairo_t *cr, enum chart_style style)
{
	static const double dashed[] = { 7, 4 }, dotted[] = { 1.5, 3.5 };

	cairo_set_dash(cr, style == CHART_DASHED ? dashed : dotted, style == CHART_LINE ? 0 : 2, 0);
}

static const char *
plain_mark(struct arena *a, double x)
{
	return arena_printf(a, "%.6g", fabs(x) < 1e-12 ? 0 : x);
}

static double
highest(const struct chart_lines *c)
{
	double most = c->level_name != NULL ? c->level : 0;

	for (size_t i = 0; i < c->n_x; i++) {
		for (size_t s = 0; s < c->n_series; s++)
			most = c->series[s].y[i] > most ? c->series[s].y[i] : most;
		if (c->band_high != NULL && c->band_high[i] > most)
			most = c->band_high[i];
	}
	return most > 0 ? most * 1.05 : 1;
}

static void
background(cairo_t *cr, double width, double height)
{
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_rectangle(cr, 0, 0, width, height);
	cairo_fill(cr);
}

static void
axes(cairo_t *cr, struct arena *a, const struct chart_lines *c, const struct frame *f)
{
	double y_step = chart_step(f->y1 - f->y0, 6);
	double x_step = c->x_step > 0 ? c->x_step : chart_step(f->x1 - f->x0, 10);

	for (double y = f->y0; y <= f->y1 + y_step * 1e-9; y += y_step) {
		stroke(cr, f->left, to_y(f, y), f->right, to_y(f, y), 0.87, 1);
		(void)words(cr, plain_mark(a, y), f->left - 6, to_y(f, y), FONT_PX, false, ALIGN_RIGHT);
	}
	for (double x = ceil(f->x0 / x_step - 1e-9) * x_step; x <= f->x1 + x_step * 1e-9; x += x_step) {
		stroke(cr, to_x(f, x), f->bottom, to_x(f, x), f->bottom + 5, 0.4, 1);
		(void)words(cr, c->x_mark != NULL ? c->x_mark(a, c->context, x) : plain_mark(a, x), to_x(f, x), f->bottom + 15,
		    FONT_PX, false, ALIGN_CENTRE);
	}
	stroke(cr, f->left, f->bottom, f->right, f->bottom, 0.4, 1);
	(void)words(cr, c->x_name, (f->left + f->right) / 2, f->bottom + 34, FONT_PX, false, ALIGN_CENTRE);
	(void)words(cr, c->y_name, MARGIN, f->top - 14, FONT_PX, false, ALIGN_LEFT);
}

static void
band(cairo_t *cr, const struct chart_lines *c, const struct frame *f)
{
	if (c->band_low == NULL || c->n_x == 0)
		return;
	cairo_set_source_rgba(cr, 0.1, 0.35, 0.7, 0.22);
	for (size_t i = 0; i < c->n_x; i++)
		cairo_line_to(cr, to_x(f, c->x[i]), to_y(f, c->band_high[i]));
	for (size_t i = c->n_x; i-- > 0;)
		cairo_line_to(cr, to_x(f, c->x[i]), to_y(f, c->band_low[i]));
	cairo_close_path(cr);
	cairo_fill(cr);
}

static void
one_series(cairo_t *cr, const struct chart_lines *c, const struct chart_series *s, const struct frame *f)
{
	bool pen_down = false;

	cairo_set_source_rgb(cr, 0.05, 0.2, 0.5);
	cairo_set_line_width(cr, s->style == CHART_LINE ? 2.2 : 1.6);
	set_style(cr, s->style);
	for (size_t i = 0; i < c->n_x; i++) {
		if (isnan(s->y[i])) {
			pen_down = false;
			continue;
		}
		(pen_down ? cairo_line_to : cairo_move_to)(cr, to_x(f, c->x[i]), to_y(f, s->y[i]));
		pen_down = true;
	}
	cairo_stroke(cr);
	cairo_set_dash(cr, NULL, 0, 0);
	for (size_t i = 0; i < c->n_x && c->dots && s->style == CHART_LINE; i++) {
		if (isnan(s->y[i]))
			continue;
		cairo_arc(cr, to_x(f, c->x[i]), to_y(f, s->y[i]), 4, 0, 2 * G_PI);
		cairo_fill(cr);
	}
}

static void
ring(cairo_t *cr, double x, double y)
{
	cairo_set_source_rgb(cr, 0.6, 0.1, 0.1);
	cairo_set_line_width(cr, 2);
	cairo_arc(cr, x, y, 8, 0, 2 * G_PI);
	cairo_stroke(cr);
}

static void
rings(cairo_t *cr, const struct chart_lines *c, const struct frame *f)
{
	for (size_t i = 0; i < c->n_x && c->marked != NULL && c->n_series > 0; i++) {
		if (c->marked[i] && !isnan(c->series[0].y[i]))
			ring(cr, to_x(f, c->x[i]), to_y(f, c->series[0].y[i]));
	}
}

/* Samples of each line with its name, in one or more rows below the x axis' name. */
static void
legend(cairo_t *cr, const struct chart_lines *c, const struct frame *f, double y)
{
	double x = f->left;

	for (size_t s = 0; s < c->n_series + 2; s++) {
		const char *name = s < c->n_series ? c->series[s].name : s == c->n_series ? c->band_name : c->level_name;
		double w;

		if (name == NULL || (s == c->n_series && c->band_low == NULL))
			continue;
		w = 40 + width_of(cr, name, FONT_PX);
		if (x > f->left && x + w > f->right) {
			x = f->left;
			y += 19;
		}
		if (s == c->n_series) {
			cairo_set_source_rgba(cr, 0.1, 0.35, 0.7, 0.22);
			cairo_rectangle(cr, x, y - 6, 28, 12);
			cairo_fill(cr);
		} else {
			cairo_set_source_rgb(cr, s < c->n_series ? 0.05 : 0.6, s < c->n_series ? 0.2 : 0.1, s < c->n_series ? 0.5 : 0.1);
			cairo_set_line_width(cr, 2);
			set_style(cr, s < c->n_series ? c->series[s].style : CHART_DASHED);
			cairo_move_to(cr, x, y);
			cairo_line_to(cr, x + 28, y);
			cairo_stroke(cr);
			cairo_set_dash(cr, NULL, 0, 0);
		}
		(void)words(cr, name, x + 34, y, FONT_PX, false, ALIGN_LEFT);
		x += w + 18;
	}
	if (c->marked_name == NULL)
		return;
	if (x > f->left && x + 40 + width_of(cr, c->marked_name, FONT_PX) > f->right) {
		x = f->left;
		y += 19;
	}
	ring(cr, x + 14, y);
	(void)words(cr, c->marked_name, x + 34, y, FONT_PX, false, ALIGN_LEFT);
}

void
chart_lines_draw(cairo_t *cr, struct arena *a, const struct chart_lines *c, double width, double height)
{
	struct frame f = { .left = 64, .top = 70, .right = width - 24, .bottom = height - 92, .y1 = highest(c) };

	if (!late_draw_load(&(struct err){ 0 }))
		return;		/* who gave us a context had the library */
	background(cr, width, height);
	(void)words(cr, c->title, MARGIN, 22, TITLE_PX, true, ALIGN_LEFT);
	f.x0 = c->n_x > 0 ? c->x[0] : 0;
	f.x1 = c->n_x > 1 ? c->x[c->n_x - 1] : f.x0 + 1;
	if (c->dots) {	/* room beside the first and the last */
		f.x0 -= 0.5;
		f.x1 += 0.5;
	}
	axes(cr, a, c, &f);
	band(cr, c, &f);
	if (c->level_name != NULL) {
		cairo_set_source_rgb(cr, 0.6, 0.1, 0.1);
		cairo_set_line_width(cr, 1.6);
		set_style(cr, CHART_DASHED);
		cairo_move_to(cr, f.left, to_y(&f, c->level));
		cairo_line_to(cr, f.right, to_y(&f, c->level));
		cairo_stroke(cr);
		cairo_set_dash(cr, NULL, 0, 0);
	}
	for (size_t s = 0; s < c->n_series; s++)
		one_series(cr, c, &c->series[s], &f);
	rings(cr, c, &f);
	legend(cr, c, &f, height - 36);
}

void
chart_bars_draw(cairo_t *cr, struct arena *a, const struct chart_bars *c, double width, double height)
{
	double names = 80, most = c->level_name != NULL ? fmax(c->level, c->middle) : c->middle, step, each;
	struct frame f = { .top = 50, .right = width - 76, .bottom = height - 64 };

	if (!late_draw_load(&(struct err){ 0 }))
		return;
	for (size_t i = 0; i < c->n_bars; i++) {
		names = fmax(names, width_of(cr, c->bar[i].name, FONT_PX));
		most = fmax(most, fmax(c->bar[i].low, c->bar[i].high));
	}
	background(cr, width, height);
	(void)words(cr, c->title, MARGIN, 22, TITLE_PX, true, ALIGN_LEFT);
	f.left = fmin(names, width / 3) + 80;
	f.x1 = most > 0 ? most * 1.05 : 1;
	step = chart_step(f.x1, 8);
	for (double x = 0; x <= f.x1 + step * 1e-9; x += step) {
		stroke(cr, to_x(&f, x), f.top, to_x(&f, x), f.bottom, 0.87, 1);
		(void)words(cr, plain_mark(a, x), to_x(&f, x), f.bottom + 13, FONT_PX, false, ALIGN_CENTRE);
	}
	each = (f.bottom - f.top) / (c->n_bars > 0 ? (double)c->n_bars : 1);
	for (size_t i = 0; i < c->n_bars; i++) {
		const struct chart_bar *b = &c->bar[i];
		double y = f.top + (double)i * each, x0 = to_x(&f, fmin(b->low, b->high)), x1 = to_x(&f, fmax(b->low, b->high));
		bool low_first = b->low <= b->high;

		cairo_set_source_rgb(cr, 0.33, 0.5, 0.75);
		cairo_rectangle(cr, x0, y + each * 0.2, fmax(x1 - x0, 1.5), each * 0.6);
		cairo_fill(cr);
		(void)words(cr, b->name, MARGIN, y + each / 2, FONT_PX, false, ALIGN_LEFT);
		(void)words(cr, low_first ? b->low_name : b->high_name, x0 - 5, y + each / 2, FONT_PX, false, ALIGN_RIGHT);
		(void)words(cr, low_first ? b->high_name : b->low_name, x1 + 5, y + each / 2, FONT_PX, false, ALIGN_LEFT);
	}
	stroke(cr, to_x(&f, c->middle), f.top - 4, to_x(&f, c->middle), f.bottom, 0.1, 1.5);
	if (c->level_name != NULL) {
		cairo_set_source_rgb(cr, 0.6, 0.1, 0.1);
		cairo_set_line_width(cr, 1.6);
		set_style(cr, CHART_DASHED);
		cairo_move_to(cr, to_x(&f, c->level), f.top - 4);
		cairo_line_to(cr, to_x(&f, c->level), f.bottom);
		cairo_stroke(cr);
		cairo_set_dash(cr, NULL, 0, 0);
		(void)words(cr, c->level_name, width - 24, height - 14, FONT_PX, false, ALIGN_RIGHT);
	}
	(void)words(cr, c->x_name, f.left, f.bottom + 34, FONT_PX, false, ALIGN_LEFT);
}

void
chart_grid_draw(cairo_t *cr, struct arena *a, const struct chart_grid *c, double width, double height)
{
	double names = 30, most = 0, each_x, each_y, side;
	struct frame f = { .top = 50, .right = width - 16, .bottom = height - 76 };

	(void)a;
	if (!late_draw_load(&(struct err){ 0 }))
		return;
	background(cr, width, height);
	(void)words(cr, c->title, MARGIN, 22, TITLE_PX, true, ALIGN_LEFT);
	for (size_t r = 0; r < c->n_rows; r++)
		names = fmax(names, width_of(cr, c->row[r], FONT_PX));
	for (size_t i = 0; i < c->n_rows * c->n_columns; i++)
		most = fmax(most, c->value[i]);
	f.left = MARGIN + names + 10;
	each_x = (f.right - f.left) / (c->n_columns > 0 ? (double)c->n_columns : 1);
	each_y = (f.bottom - f.top) / (c->n_rows > 0 ? (double)c->n_rows : 1);
	side = fmin(each_x, each_y) * 0.92;
	for (size_t r = 0; r < c->n_rows; r++) {
		double y = f.top + ((double)r + 0.5) * each_y;

		stroke(cr, f.left, f.top + (double)r * each_y, f.right, f.top + (double)r * each_y, 0.87, 1);
		(void)words(cr, c->row[r], MARGIN, y, FONT_PX, false, ALIGN_LEFT);
		for (size_t k = 0; k < c->n_columns && most > 0; k++) {
			double s = side * sqrt(c->value[r * c->n_columns + k] / most);

			cairo_set_source_rgb(cr, 0.05, 0.2, 0.5);
			cairo_rectangle(cr, f.left + ((double)k + 0.5) * each_x - s / 2, y - s / 2, s, s);
			cairo_fill(cr);
		}
	}
	stroke(cr, f.left, f.bottom, f.right, f.bottom, 0.4, 1);
	for (size_t k = 0; k < c->n_columns; k++) {
		if (c->column[k] == NULL)
			continue;
		stroke(cr, f.left + (double)k * each_x, f.bottom, f.left + (double)k * each_x, f.bottom + 5, 0.4, 1);
		(void)words(cr, c->column[k], f.left + (double)k * each_x, f.bottom + 15, FONT_PX, false, ALIGN_CENTRE);
	}
	(void)words(cr, c->x_name, (f.left + f.right) / 2, f.bottom + 34, FONT_PX, false, ALIGN_CENTRE);
	cairo_set_source_rgb(cr, 0.05, 0.2, 0.5);
	cairo_rectangle(cr, MARGIN, height - 16 - side / 2, side, side);
	cairo_fill(cr);
	(void)words(cr, c->most_name, MARGIN + side + 10, height - 16, FONT_PX, false, ALIGN_LEFT);
}

/* ---- SVG ------------------------------------------------------------------------------------------------------------ */

static cairo_status_t
keep(void *to, const unsigned char *data, unsigned n)
{
	sb_add_n(to, (const char *)data, n);
	return CAIRO_STATUS_SUCCESS;
}

/* cairo's document with role, title and description put in: cairo has no words for them. */
static bool
with_words(struct arena *a, const char *svg, const char *title, const char *description, const char **out, struct err *err)
{
	const char *root = strstr(svg, "<svg "), *end = root != NULL ? strchr(root, '>') : NULL;
	struct sb sb;

	if (end == NULL)
		return err_set(err, ERR_BUG, "chart: cairo wrote no SVG");
	sb_init(&sb, a, SVG_BYTES_MAX);
	sb_add_n(&sb, svg, (size_t)(root - svg));
	sb_add(&sb, "<svg role=\"img\" aria-labelledby=\"title description\" ");
	sb_add_n(&sb, root + 5, (size_t)(end - root) - 4);
	sb_add(&sb, "\n<title id=\"title\">");
	sb_xml(&sb, title);
	sb_add(&sb, "</title>\n<desc id=\"description\">");
	sb_xml(&sb, description);
	sb_add(&sb, "</desc>");
	sb_add(&sb, end + 1);
	return sb_end(&sb, out, err);
}

struct drawing { cairo_surface_t *surface; cairo_t *cr; struct sb sb; };

static bool
drawing_open(struct drawing *d, struct arena *a, double width, double height, struct err *err)
{
	if (!late_draw_load(err))
		return false;
	sb_init(&d->sb, a, SVG_BYTES_MAX);
	d->surface = cairo_svg_surface_create_for_stream(keep, &d->sb, width, height);
	cairo_svg_surface_set_document_unit(d->surface, CAIRO_SVG_UNIT_PX);
	d->cr = cairo_create(d->surface);
	return true;
}

static bool
drawing_end(struct drawing *d, struct arena *a, const char *title, const char *description, const char **out, struct err *err)
{
	cairo_status_t status = cairo_status(d->cr);
	const char *svg;

	cairo_destroy(d->cr);
	cairo_surface_finish(d->surface);
	status = status != CAIRO_STATUS_SUCCESS ? status : cairo_surface_status(d->surface);
	cairo_surface_destroy(d->surface);
	if (status != CAIRO_STATUS_SUCCESS)
		return err_set(err, ERR_BUG, "chart: %s", cairo_status_to_string(status));
	return sb_end(&d->sb, &svg, err) && with_words(a, svg, title, description, out, err);
}

bool
chart_lines_svg(struct arena *a, const struct chart_lines *c, double width, double height, const char **out, struct err *err)
{
	struct drawing d;

	if (!drawing_open(&d, a, width, height, err))
		return false;
	chart_lines_draw(d.cr, a, c, width, height);
	return drawing_end(&d, a, c->title, c->description, out, err);
}

bool
chart_bars_svg(struct arena *a, const struct chart_bars *c, double width, double height, const char **out, struct err *err)
{
	struct drawing d;

	if (!drawing_open(&d, a, width, height, err))
		return false;
	chart_bars_draw(d.cr, a, c, width, height);
	return drawing_end(&d, a, c->title, c->description, out, err);
}

bool
chart_grid_svg(struct arena *a, const struct chart_grid *c, double width, double height, const char **out, struct err *err)
{
	struct drawing d;

	if (!drawing_open(&d, a, width, height, err))
		return false;
	chart_grid_draw(d.cr, a, c, width, height);
	return drawing_end(&d, a, c->title, c->description, out, err);
}
