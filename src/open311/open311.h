/* open311/open311.h: Open311 GeoReport v2: another system reports, and all may follow what the municipality has chosen to show
 *
 * A service is a category of ours, its code the category's id; a request is a contact like any other (channel "api"), its id the
 * contact's number. What is shown follows from the category (people/office.h, `open311`): "take" shows nothing to others than the
 * key that reported it; "place" number, category, dates, status and, of what was reported here, the place; "words" also the
 * description, in the words a named person has approved. Names, addresses, numbers and pictures are never shown, nor anything of
 * what is secret, protected or set aside (rule book 1.11).
 * Here are the pure parts: reading what was posted, and writing XML and JSON after the specification's Spark convention. */
#ifndef OPEN311_OPEN311_H
#define OPEN311_OPEN311_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/sb.h"

struct arena; struct err;

/* ---- answers ---- */

enum { OUT_DEPTH = 8 };
enum out_kind { OUT_LIST, OUT_OBJECT };
/* A list's members have no name in JSON, and the outermost element none either. */
struct out {
	struct sb *sb;
	bool json;
	int depth;
	struct { enum out_kind kind; const char *name; bool some; } level[OUT_DEPTH];
};
void out_begin(struct out *o, const char *name, enum out_kind kind);
void out_end(struct out *o);
void out_text(struct out *o, const char *name, const char *value);	/* NULL: null, or an empty element */
void out_bool(struct out *o, const char *name, bool value);
void out_int(struct out *o, const char *name, int64_t value);
void out_double(struct out *o, const char *name, double value);

/* ---- what is wrong, all at once ---- */

enum { PROBLEMS_MAX = 20 };
struct problems {
	int status;			/* 400, 403, 404, 405, 429: the first one's */
	size_t n;
	struct { int code; const char *text; } item[PROBLEMS_MAX];
};
void problem(struct problems *p, int code, const char *text);

/* ---- services ---- */

struct service_choice { const char *key, *name; };
struct service_attribute {
	int64_t id, category_id, position;
	const char *code, *datatype, *description, *hint;	/* hint may be NULL */
	bool asks, required, active;
	const struct service_choice *choice;			/* of the two kinds of lists */
	size_t n_choices;
};
struct service_attribute_list { struct service_attribute *item; size_t n; };
extern const char *const service_datatypes[];			/* NULL ends */
/* "key=name" a line; in `a`. ERR_INPUT (choices): a line without a key or name, or a key twice. */
bool service_choices_parse(struct arena *a, const char *text, const struct service_choice **out, size_t *n, struct err *err);

/* ---- a posted request ---- */

struct posted {
	const char *api_key, *jurisdiction_id, *service_code;	/* "" when not given; so all below */
	const char *address_string, *address_id, *email, *device_id, *account_id, *first_name, *last_name, *phone,
	    *description, *media_url;
	bool has_place;			/* lat and long were given and are such */
	double lat, lon;
	const char *attributes;		/* JSON {"code": "value" or ["value", ...]}; NULL when none */
	const char *answers;		/* the same in words, a line each: "What colour? Blue"; "" when none */
};
/* The form's bytes. Only what can be told without the service: see posted_attributes(). */
void posted_parse(struct arena *a, const char *lang, const char *bytes, size_t n, struct posted *out, struct problems *p);
/* The attribute[CODE] fields of the same bytes, against what the service asks. */
void posted_attributes(struct arena *a, const char *lang, const char *bytes, size_t n, const struct service_attribute_list *asked,
    struct posted *out, struct problems *p);

/* ---- a query ---- */

enum { OPEN311_DAYS = 90, OPEN311_MOST = 1000 };
struct asked {
	const char *ids, *codes;	/* comma between; "" for all */
	bool open, closed;
	int64_t from, to;		/* instants, both included */
	int64_t page, page_size;	/* from 1 */
	bool extensions;
	const char *jurisdiction_id, *api_key;
};
void asked_parse(struct arena *a, const char *lang, const char *query, int64_t now, struct asked *out, struct problems *p);
#endif
