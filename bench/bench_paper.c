/* bench/bench_paper.c: a letter of 20 pages as PDF, beside Pango's layout and cairo's drawing of the same text alone
 *
 * The first of a process also loads fonts; it is printed for itself. */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/monotonic.h"
#include "doc/letter.h"

enum { PAGES = 20, ROUNDS = 7 };

static const char paragraph[] =
    "Kommunen har fått din fråga om belysningen vid gångvägen mellan skolan och torget. Entreprenören har varit på plats och mätt "
    "ljuset på tolv ställen. Tre stolpar byts ut före den första snön, och vi hör av oss igen när arbetet är gjort och besiktat.\n\n";

static int
pages_in(const char *p, size_t n)
{
	static const char word[] = "/Type /Page ";
	int count = 0;

	for (const char *at = p; (at = memmem(at, n - (size_t)(at - p), word, sizeof(word) - 1)) != NULL; at++)
		count++;
	return count;
}

static double
letter_ms(const char *text, size_t *bytes)
{
	struct arena *a = arena_open();
	struct letter l = { .lang = "sv", .sender = "Exempelby kommun", .recipient = "Demo Boende\nStorgatan 1\n123 45 Exempelby",
		.date = "2027-01-11", .at = 1799651520, .number_label = "Vår beteckning", .number = "K-2027-000118",
		.title = "Svar om belysning", .text = text, .signature = "Demo Handläggare", .footer = "kommun.example",
		.page_label = "Sida %d av %d" };
	const void *pdf;
	struct err err = { 0 };
	double from = monotonic_s(), took;

	if (!letter_pdf(a, &l, &pdf, bytes, &err)) {
		(void)fprintf(stderr, "bench_paper: %s\n", err.log);
		exit(1);
	}
	took = (monotonic_s() - from) * 1000;
	arena_close(a);
	return took;
}

static cairo_status_t
forget(void *arg, const unsigned char *p, unsigned n)
{
	(void)p;
	*(size_t *)arg += n;
	return CAIRO_STATUS_SUCCESS;
}

/* The same words on as many pages, without numbers, tags, metadata or an address. */
static double
bare_ms(const char *text)
{
	size_t bytes = 0, per_page = strlen(text) / PAGES / (sizeof(paragraph) - 1) * (sizeof(paragraph) - 1);
	double from = monotonic_s();
	cairo_surface_t *s = cairo_pdf_surface_create_for_stream(forget, &bytes, 595, 842);
	cairo_t *c = cairo_create(s);
	PangoLayout *layout = pango_cairo_create_layout(c);
	PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans 10");

	pango_layout_set_font_description(layout, font);
	pango_layout_set_width(layout, 450 * PANGO_SCALE);
	for (int i = 0; i < PAGES; i++) {
		pango_layout_set_text(layout, text + (size_t)i * per_page, (int)per_page);
		cairo_move_to(c, 70, 70);
		pango_cairo_show_layout(c, layout);
		cairo_show_page(c);
	}
	g_object_unref(layout);
	pango_font_description_free(font);
	cairo_destroy(c);
	cairo_surface_finish(s);
	cairo_surface_destroy(s);
	return (monotonic_s() - from) * 1000;
}

int
main(void)
{
	size_t n = 0, bytes = 0;
	char *text = NULL;
	double first, best = 1e9, bare = 1e9;

	/* As much text as fills twenty pages. */
	for (int paragraphs = 100;; paragraphs += 4) {
		struct arena *a = arena_open();
		struct letter l = { .lang = "sv", .sender = "x", .recipient = "x", .date = "x", .number_label = "x", .number = "x",
			.title = "x", .signature = "x", .footer = "x", .page_label = "%d %d" };
		const void *pdf;
		struct err err = { 0 };
		int pages;

		n = (size_t)paragraphs * (sizeof(paragraph) - 1);
		if ((text = realloc(text, n + 1)) == NULL)
			abort();
		for (int i = 0; i < paragraphs; i++)
			memcpy(text + (size_t)i * (sizeof(paragraph) - 1), paragraph, sizeof(paragraph));
		l.text = text;
		if (paragraphs == 100)
			first = letter_ms(paragraph, &bytes);
		if (!letter_pdf(a, &l, &pdf, &bytes, &err)) {
			(void)fprintf(stderr, "bench_paper: %s\n", err.log);
			return 1;
		}
		pages = pages_in(pdf, bytes);
		arena_close(a);
		if (pages >= PAGES || pages == 0)
			break;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double ours = letter_ms(text, &bytes), theirs = bare_ms(text);

		best = ours < best ? ours : best;
		bare = theirs < bare ? theirs : bare;
	}
	(void)printf("a letter of %d pages as PDF, tagged, %zu kB       %8.1f ms   Pango and cairo alone %.1f ms   target 60 ms: %s\n",
	    PAGES, bytes / 1000, best, bare, best <= 60 ? "met" : "NOT MET");
	(void)printf("the first letter of a process (fonts), 1 page    %8.1f ms\n", first);
	free(text);
	return 0;
}
