/* doc/chart.h: charts drawn once, by our own code on cairo, for the page (SVG) and for paper (PDF)
 *
 * Readable without colour: lines differ by dashes, bars by their place, and everything has words. An SVG carries its title
 * and its description (what a person who cannot see it needs: the figures in words), and nothing in it is fetched. */
#ifndef DOC_CHART_H
#define DOC_CHART_H
#include <stdbool.h>
#include <stddef.h>

struct arena; struct err; struct _cairo;

enum chart_style { CHART_LINE, CHART_DASHED, CHART_DOTTED };

struct chart_series {
	const char *name;
	const double *y;		/* [n_x]; NaN leaves a gap */
	enum chart_style style;
};
/* Lines over a common x, with an optional band between two curves, and optional level lines. */
struct chart_lines {
	const char *title, *description;
	const char *x_name, *y_name;
	const double *x; size_t n_x;
	const struct chart_series *series; size_t n_series;
	const char *band_name; const double *band_low, *band_high;	/* [n_x] or NULL */
	const char *level_name; double level;	/* a horizontal line; name NULL: none */
	/* The mark at x, in `a`; NULL for plain numbers. */
	const char *(*x_mark)(struct arena *a, void *context, double x);
	void *context;
	double x_step;			/* marks this far apart; 0: chosen */
	bool dots;			/* a dot at each x of whole lines: a count, not a curve */
	const bool *marked;		/* [n_x] with a ring around the first line's dot; or NULL */
	const char *marked_name;
};
/* A grid of squares whose area says how much: read by size, not by colour. */
struct chart_grid {
	const char *title, *description, *x_name;
	const char *const *row, *const *column;	/* names; a column's may be NULL */
	size_t n_rows, n_columns;
	const double *value;		/* [n_rows * n_columns] by row */
	const char *most_name;		/* what the largest square stands for: "412 contacts" */
};
/* Horizontal bars from low to high about a common middle (a tornado). */
struct chart_bar { const char *name; double low, high; const char *low_name, *high_name; };
struct chart_bars {
	const char *title, *description, *x_name;
	double middle;
	const struct chart_bar *bar; size_t n_bars;
	const char *level_name; double level;
};

/* The SVG document, in `a`. `width` and `height` in px. ERR_BUG when cairo cannot. */
bool chart_lines_svg(struct arena *a, const struct chart_lines *c, double width, double height, const char **out, struct err *err);
bool chart_bars_svg(struct arena *a, const struct chart_bars *c, double width, double height, const char **out, struct err *err);
bool chart_grid_svg(struct arena *a, const struct chart_grid *c, double width, double height, const char **out, struct err *err);
/* Into any cairo context, for PDF: the chart fills width x height from the origin. */
void chart_lines_draw(struct _cairo *cr, struct arena *a, const struct chart_lines *c, double width, double height);
void chart_bars_draw(struct _cairo *cr, struct arena *a, const struct chart_bars *c, double width, double height);
void chart_grid_draw(struct _cairo *cr, struct arena *a, const struct chart_grid *c, double width, double height);

/* A round step (1, 2 or 5 times a power of ten) that makes at most `most` marks of the span. */
double chart_step(double span, int most);
#endif
