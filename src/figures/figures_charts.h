/* figures/figures_charts.h: the figures as charts, the same for the page (SVG) and for paper */
#ifndef FIGURES_FIGURES_CHARTS_H
#define FIGURES_FIGURES_CHARTS_H
#include "doc/chart.h"
#include "figures/figures.h"

struct arena;

/* All live in `a`; words in `lang`; the descriptions say the figures. */
void figures_time_chart(struct arena *a, const char *lang, const struct figures *x, struct chart_lines *out);
void figures_weeks_chart(struct arena *a, const char *lang, const struct figures *x, struct chart_lines *out);
void figures_arrivals_chart(struct arena *a, const char *lang, const struct figures *x, struct chart_grid *out);

/* "6,5 working hours"; not reached: "more than 30 working hours: too many still wait". `working`: else days. */
const char *figures_time_text(struct arena *a, const char *lang, const struct figures_time *t, double value, bool working);
/* What the rules that marked a week say, in words: "outside the limits; seven weeks in a row on one side". NULL: none did. */
const char *figures_rules_text(struct arena *a, const char *lang, unsigned rules);
/* One sentence: do the weeks say signal or noise? */
const char *figures_weeks_text(struct arena *a, const char *lang, const struct figures *x);
#endif
