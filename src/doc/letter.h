/* doc/letter.h: a letter to print, as PDF
 *
 * A4, folded once into a C5 envelope (ISO 269: 162 x 229 mm) with its window to the right, as Swedish municipalities use
 * ("H2"). The address stands 115 to 195 mm from the left edge and 45 to 75 mm from the top: inside every right-hand C5 window of
 * at least 90 x 35 mm that begins at most 44 mm from the top, with room for the paper to move. Makers' windows differ by
 * some millimetres: print one and look before a thousand.
 *
 * The text can be selected and is read in order (tagged headings and paragraphs); title, author, date and language are set. The
 * same letter gives the same bytes. */
#ifndef DOC_LETTER_H
#define DOC_LETTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena; struct err; struct _cairo;

enum { LETTER_PAGES_MAX = 200 };

/* What follows the text: headings, paragraphs, tables and drawings, in order. A table's rows and a drawing stand whole on a page. */
enum letter_part_kind { LETTER_TEXT, LETTER_HEADING, LETTER_TABLE, LETTER_DRAWING };
struct letter_part {
	enum letter_part_kind kind;
	const char *text;		/* the words; a table's name; what a drawing shows, for who cannot see it */
	const char *const *column; size_t n_columns;	/* table: the first to the left, the others to the right */
	const char *const *cell; size_t n_rows;		/* [n_rows * n_columns] */
	void (*draw)(struct _cairo *cr, struct arena *a, const void *arg, double width, double height);
	const void *arg;
	double width, height;		/* of the drawing, in its own units: it is made as wide as the text */
};

struct letter {
	const char *lang;		/* "sv", "en": of the letter */
	const char *sender;		/* "Exempelby kommun" */
	const void *logo;		/* PNG or JPEG, or NULL; another type is left out */
	size_t logo_bytes;
	const char *recipient;		/* name and address, one line each */
	const char *date;		/* as it shall stand there */
	int64_t at;			/* the same instant, for the metadata */
	const char *number_label, *number;	/* "Vår beteckning", "K-2027-000118" */
	const char *title;
	const char *text;		/* paragraphs; an empty line between, line breaks kept */
	const struct letter_part *part; size_t n_parts;
	const char *signature;		/* lines; "" none */
	const char *footer;		/* lines: how to reach us */
	const char *page_label;		/* "Sida %d av %d" */
};

/* The PDF, in `a`. ERR_INPUT: longer than LETTER_PAGES_MAX pages. */
bool letter_pdf(struct arena *a, const struct letter *letter, const void **bytes, size_t *n, struct err *err);
#endif
