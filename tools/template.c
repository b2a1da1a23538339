/* tools/template.c: compiles a page template (x.html) to C
 *
 *   template src/contact/worklist.html build/gen/src/contact/worklist.html.c
 *
 * A template is HTML with words of ours in it. Each {% template %} becomes one C function that writes into a string
 * builder, so a field that is missing, or of the wrong type, is a compile error at the template's own line (#line),
 * and nothing is parsed when a page is shown. docs/templates.md is the manual; this is the whole language:
 *
 *   {% include "contact/pages.h" %}                at the top: the header with the structs and the prototypes
 *   {% template void f(struct sb *sb, const struct page *page, ...) %} ... {% end %}      one C function
 *   {{ expr }}                                     const char *, escaped for HTML text and quoted attributes
 *   {{ int expr }} {{ number expr }} {{ double1 expr }} {{ url expr }} {{ json expr }}
 *   {{ date expr }} {{ short_date expr }} {{ instant expr }} {{ short_instant expr }}     <time>
 *   {{ raw_html expr }}                            trusted HTML: the only way past the escaper
 *   {% t "Text %s" expr %}                         translated and escaped; arguments are typed as above
 *   {% tn "%d contact" "%d contacts" int n %}      the same by number; the first int decides
 *   {% if (..) %} {% elif (..) %} {% else %} {% end %}     {% for (..) %} {% end %}
 *   {% switch (..) %} {% case A %} {% default %} {% end %}
 *   {% c int64_t x = 1; %}                         a local variable
 *   {% call other_html(sb, page, ..) %}            {# a remark #}
 *
 * Always true:
 *  - Text between two words is one sb_add_n with its length known.
 *  - White space that holds a line break becomes one line break, and none where one was just printed, so indentation and
 *    lines with only a word on them cost nothing in the page. A template prints no white space at its two ends.
 *  - The first error is reported as file:line: what, and no C file is left behind. */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

enum { BLOCKS_MAX = 64, ARGUMENTS_MAX = 9 };

enum block_kind { BLOCK_TEMPLATE, BLOCK_IF, BLOCK_FOR, BLOCK_SWITCH };

static const char *const block_names[] = {
	[BLOCK_TEMPLATE] = "template", [BLOCK_IF] = "if", [BLOCK_FOR] = "for", [BLOCK_SWITCH] = "switch",
};

/* What stands last in the page, as far as can be told before it runs. Where ways meet that differ, html_break asks then. */
enum line_state { LINE_NONE, LINE_TEXT, LINE_FRESH, LINE_EITHER };

struct block {
	enum block_kind kind;
	int line;
	bool has_branch;	/* switch: a case was opened; if: else was seen */
	enum line_state before;	/* when the block began */
	enum line_state after;	/* over the branches so far; LINE_NONE before the first has ended */
};

struct span { const char *s; size_t n; };	/* a piece of the template */

struct compiler {
	const char *path;	/* for messages and #line */
	const char *at, *end;
	int line;
	FILE *out, *complaints;
	char *text;		/* static text not yet printed; never longer than the template */
	size_t n_text;
	enum line_state state;
	bool break_waits;	/* html_break is due before the text */
	struct block block[BLOCKS_MAX];
	size_t depth;
	bool failed;		/* sticky; the first complaint is the one reported */
};

/* The words of {{ word expr }} and of arguments: what prints them, and what makes them an argument of a message. */
static const struct word { const char *name, *print, *argument; char directive; bool lang; } words[] = {
	/* name            prints with          as an argument       in a message   needs the language */
	{ "",              "html_text",          "html_arg_text",          's', false },
	{ "int",           "html_int",           "html_arg_int",           'd', false },
	{ "number",        "html_number",        "html_arg_number",        's', true },
	{ "double1",       "html_double1",       "html_arg_double1",       's', true },
	{ "url",           "html_url",           NULL,                     0,   false },
	{ "json",          "html_json",          NULL,                     0,   false },
	{ "date",          "html_date",          "html_arg_date",          's', true },
	{ "short_date",    "html_short_date",    "html_arg_short_date",    's', true },
	{ "instant",       "html_instant",       "html_arg_instant",       's', true },
	{ "short_instant", "html_short_instant", "html_arg_short_instant", 's', true },
	{ "raw_html",      "html_raw",           NULL,                     0,   false },
};

static void complain(struct compiler *c, int line, const char *fmt, ...) PRINTF(3, 4);

static void
complain(struct compiler *c, int line, const char *fmt, ...)
{
	va_list ap;

	if (!c->failed && c->complaints != NULL) {
		(void)fprintf(c->complaints, "%s:%d: error: ", c->path, line);
		va_start(ap, fmt);
		(void)vfprintf(c->complaints, fmt, ap);
		va_end(ap);
		(void)fputc('\n', c->complaints);
	}
	c->failed = true;
	c->at = c->end;
}

static bool
is_word_char(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_';
}

static bool
span_is(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.s, word, s.n) == 0;
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && isspace((unsigned char)s.s[0]))
		s.s++, s.n--;
	while (s.n > 0 && isspace((unsigned char)s.s[s.n - 1]))
		s.n--;
	return s;
}

/* The word at the head of *s, taken off it; empty if it does not begin with one. */
static struct span
take_word(struct span *s)
{
	struct span word = { s->s, 0 };

	while (word.n < s->n && is_word_char(s->s[word.n]))
		word.n++;
	*s = trim((struct span){ s->s + word.n, s->n - word.n });
	return word;
}

/* Bytes of the string or character literal at the head of s (1 if its quote never closes: the C compiler will say). */
static size_t
literal_length(struct span s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.s[i] == '\\')
			i++;
		else if (s.s[i] == s.s[0])
			return i + 1;
	}
	return 1;
}

/* What the text so far prints, as one call. */
static void
flush_text(struct compiler *c)
{
	if (c->break_waits)
		(void)fputs("\thtml_break(sb);\n", c->out);
	c->break_waits = false;
	if (c->n_text == 0)
		return;
	(void)fputs("\tsb_add_n(sb, \"", c->out);
	for (size_t i = 0; i < c->n_text; i++) {
		char ch = c->text[i];

		if (ch == '\n')
			(void)fputs("\\n", c->out);
		else if (ch == '"' || ch == '\\')
			(void)fprintf(c->out, "\\%c", ch);
		else if (ch == '?' || (unsigned char)ch < ' ')		/* '?': no trigraphs */
			(void)fprintf(c->out, "\\%03o", (unsigned)(unsigned char)ch);
		else
			(void)fputc(ch, c->out);
	}
	(void)fprintf(c->out, "\", %zu);\n", c->n_text);
	c->n_text = 0;
}

/* The head of a piece of C taken from `line` of the template. */
static void
begin_code(struct compiler *c, int line)
{
	flush_text(c);
	(void)fprintf(c->out, "#line %d \"%s\"\n\t", line, c->path);
}

static void
put(struct compiler *c, struct span s)
{
	(void)fwrite(s.s, 1, s.n, c->out);
}

static bool
all_space(struct span s)
{
	return trim(s).n == 0;
}

/* May something be printed here? Complains otherwise. */
static bool
printable_here(struct compiler *c, int line)
{
	struct block *top = c->depth > 0 ? &c->block[c->depth - 1] : NULL;

	if (top == NULL)
		complain(c, line, "outside a {%% template %%}");
	else if (top->kind == BLOCK_SWITCH && !top->has_branch)
		complain(c, line, "between {%% switch %%} and its first {%% case %%}");
	else
		return true;
	return false;
}

static void
add_text(struct compiler *c, struct span s)
{
	int line = c->line;
	size_t i = 0;

	if (all_space(s) && (c->depth == 0 ||
	    (c->block[c->depth - 1].kind == BLOCK_SWITCH && !c->block[c->depth - 1].has_branch)))
		return;
	for (size_t k = 0; k < s.n && isspace((unsigned char)s.s[k]); k++)
		line += s.s[k] == '\n';
	if (s.n == 0 || !printable_here(c, line))
		return;
	while (i < s.n) {
		size_t from = i;
		bool line_break = false;

		for (; i < s.n && isspace((unsigned char)s.s[i]); i++)
			line_break |= s.s[i] == '\n';
		if (line_break) {
			if (c->state == LINE_TEXT)
				c->text[c->n_text++] = '\n';
			if (c->state == LINE_EITHER) {
				flush_text(c);
				c->break_waits = true;
			}
			c->state = LINE_FRESH;
			continue;
		}
		if (i == from)
			i++;
		memcpy(c->text + c->n_text, s.s + from, i - from);
		c->n_text += i - from;
		c->state = LINE_TEXT;
	}
}

/* The printing word at the head of *s, taken off it. A name alone ({{ date }}) is an expression, not a word. */
static const struct word *
take_print_word(struct span *s)
{
	struct span rest = *s;
	struct span name = take_word(&rest);

	if (name.n == 0 || rest.n == 0 || name.s + name.n == rest.s ||
	    (!is_word_char(rest.s[0]) && strchr("(*&\"", rest.s[0]) == NULL))
		return &words[0];
	for (size_t i = 1; i < ARRAY_LEN(words); i++) {
		if (!span_is(name, words[i].name))
			continue;
		*s = rest;
		return &words[i];
	}
	return &words[0];
}

/* The part of *s up to a comma that stands outside brackets and literals, taken off it with the comma. */
static struct span
take_argument(struct span *s)
{
	struct span argument = { s->s, 0 };
	int depth = 0;

	while (argument.n < s->n) {
		char ch = s->s[argument.n];

		if (ch == '"' || ch == '\'') {
			argument.n += literal_length((struct span){ s->s + argument.n, s->n - argument.n });
			continue;
		}
		if (ch == ',' && depth == 0)
			break;
		depth += strchr("([{", ch) != NULL && ch != '\0';
		depth -= strchr(")]}", ch) != NULL && ch != '\0';
		argument.n++;
	}
	*s = argument.n < s->n ? (struct span){ s->s + argument.n + 1, s->n - argument.n - 1 } : (struct span){ s->s, 0 };
	return trim(argument);
}

static void
print_expression(struct compiler *c, struct span inside, int line)
{
	const struct word *word = take_print_word(&inside);

	if (!printable_here(c, line))
		return;
	if (inside.n == 0) {
		complain(c, line, "{{ }} without an expression");
		return;
	}
	begin_code(c, line);
	(void)fprintf(c->out, "%s(sb, %s", word->print, word->lang ? "page->lang, " : "");
	put(c, inside);
	(void)fputs(");\n", c->out);
	c->state = LINE_TEXT;
}

/* The string literal at the head of *s, with its quotes, taken off it; empty if there is none. */
static struct span
take_literal(struct span *s)
{
	struct span literal = { s->s, 0 };

	if (s->n == 0 || s->s[0] != '"')
		return literal;
	literal.n = literal_length(*s);
	*s = trim((struct span){ s->s + literal.n, s->n - literal.n });
	return literal;
}

/* The n directives of a message as a string of 'd' and 's'. False: one that we do not print. */
static bool
directives(struct span message, char out[ARGUMENTS_MAX + 1])
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < message.n; i++) {
		if (message.s[i] != '%')
			continue;
		i++;
		if (message.s[i] == '%')
			continue;
		if ((message.s[i] != 's' && message.s[i] != 'd') || n == ARGUMENTS_MAX)
			return false;
		out[n++] = message.s[i];
	}
	out[n] = '\0';
	return true;
}

/* {% t %} and {% tn %}: html_message(sb, tr(page->lang, "..."), arguments). */
static void
print_text_word(struct compiler *c, struct span inside, bool plural, int line)
{
	struct span one = take_literal(&inside), many = plural ? take_literal(&inside) : one, count = { NULL, 0 };
	struct { const struct word *word; struct span expr; } argument[ARGUMENTS_MAX];
	char wanted[ARGUMENTS_MAX + 1], given[ARGUMENTS_MAX + 1] = "";
	size_t n = 0;

	if (!printable_here(c, line))
		return;
	if (one.n < 3 || many.n < 3) {
		complain(c, line, plural ? "{%% tn \"one\" \"many\" int n %%} wants two texts in quotes"
		    : "{%% t \"text\" %%} wants a text in quotes");
		return;
	}
	if (inside.n > 0 && inside.s[0] == ',')
		inside = trim((struct span){ inside.s + 1, inside.n - 1 });
	while (inside.n > 0 && n < ARGUMENTS_MAX) {
		struct span whole = take_argument(&inside);

		argument[n].word = take_print_word(&whole);
		argument[n].expr = whole;
		if (argument[n].word->argument == NULL || whole.n == 0) {
			complain(c, line, "an argument of a text is an expression, or int, number, double1, date or instant and one");
			return;
		}
		if (argument[n].word->directive == 'd' && count.n == 0)
			count = whole;
		given[n] = argument[n].word->directive;
		given[++n] = '\0';
	}
	if (plural && count.n == 0) {
		complain(c, line, "{%% tn %%} wants an int argument to choose by");
		return;
	}
	if (!directives(many, wanted) || inside.n > 0) {
		complain(c, line, "a text has %%s, %%d and %%%%, at most %d", ARGUMENTS_MAX);
		return;
	}
	if (strcmp(wanted, given) != 0 && !(plural && wanted[0] == '\0' && n == 1)) {
		complain(c, line, "the text wants arguments '%s' (s text, d int) and is given '%s'", wanted, given);
		return;
	}
	begin_code(c, line);
	(void)fputs(plural ? "html_message(sb, trn(page->lang, " : "html_message(sb, tr(page->lang, ", c->out);
	put(c, one);
	if (plural) {
		(void)fputs(", ", c->out);
		put(c, many);
		(void)fputs(", ", c->out);
		put(c, count);
	}
	(void)fputs(n > 0 ? "), (const struct html_arg[]){ " : "), NULL", c->out);
	for (size_t i = 0; i < n; i++) {
		(void)fprintf(c->out, "%s(%s", argument[i].word->argument, argument[i].word->lang ? "page->lang, " : "");
		put(c, argument[i].expr);
		(void)fputs("), ", c->out);
	}
	(void)fprintf(c->out, "%s, %zu);\n", n > 0 ? "}" : "", n);
	c->state = LINE_TEXT;
}

/* The state at the end of a branch joins that of the others; the next one begins where the block did. */
static void
branch_ends(struct compiler *c, struct block *b)
{
	b->after = b->after == LINE_NONE || b->after == c->state ? c->state : LINE_EITHER;
	c->state = b->before;
}

static void
open_block(struct compiler *c, enum block_kind kind, struct span head, int line)
{
	static const char *const how[] = {
		[BLOCK_TEMPLATE] = "", [BLOCK_IF] = "if ", [BLOCK_FOR] = "for ", [BLOCK_SWITCH] = "switch ",
	};

	if ((kind == BLOCK_TEMPLATE) != (c->depth == 0)) {
		complain(c, line, kind == BLOCK_TEMPLATE ? "a template inside another" : "outside a {%% template %%}");
		return;
	}
	if (c->depth == BLOCKS_MAX || (kind != BLOCK_TEMPLATE && !printable_here(c, line))) {
		complain(c, line, "blocks nested deeper than %d", BLOCKS_MAX);
		return;
	}
	if (head.n == 0 || (kind != BLOCK_TEMPLATE && head.s[0] != '(')) {
		complain(c, line, kind == BLOCK_TEMPLATE ? "{%% template %%} wants a C prototype"
		    : "{%% %s %%} wants its condition in parentheses", block_names[kind]);
		return;
	}
	begin_code(c, line);
	(void)fputs(how[kind], c->out);
	put(c, head);
	(void)fputs(kind == BLOCK_TEMPLATE ? "\n{\n\t(void)sb, (void)page;\n" : " {\n", c->out);
	if (kind == BLOCK_TEMPLATE)
		c->state = LINE_FRESH;
	c->block[c->depth++] = (struct block){ .kind = kind, .line = line, .before = c->state };
	if (kind == BLOCK_FOR)		/* it may be the second time round */
		c->state = LINE_EITHER;
}

static struct block *
innermost(struct compiler *c, enum block_kind kind, const char *word, int line)
{
	if (c->depth > 0 && c->block[c->depth - 1].kind == kind)
		return &c->block[c->depth - 1];
	complain(c, line, "{%% %s %%} stands in no {%% %s %%}", word, block_names[kind]);
	return NULL;
}

/* {% elif %} and {% else %}. */
static void
next_branch(struct compiler *c, bool last, struct span condition, int line)
{
	struct block *b = innermost(c, BLOCK_IF, last ? "else" : "elif", line);

	if (b == NULL)
		return;
	if (b->has_branch || last != (condition.n == 0) || (!last && condition.s[0] != '(')) {
		complain(c, line, b->has_branch ? "after the {%% else %%} of line %d comes {%% end %%}"
		    : "{%% else %%} stands alone and {%% elif %%} has a condition in parentheses (if of line %d)", b->line);
		return;
	}
	begin_code(c, line);
	(void)fputs(last ? "} else" : "} else if ", c->out);
	put(c, condition);
	(void)fputs(" {\n", c->out);
	branch_ends(c, b);
	b->has_branch = last;
}

/* {% case A %} and {% default %}. */
static void
next_case(struct compiler *c, bool is_default, struct span value, int line)
{
	struct block *b = innermost(c, BLOCK_SWITCH, is_default ? "default" : "case", line);

	if (b == NULL)
		return;
	if (is_default != (value.n == 0)) {
		complain(c, line, "{%% case VALUE %%} or {%% default %%}");
		return;
	}
	begin_code(c, line);
	if (b->has_branch) {
		(void)fputs("} break; ", c->out);
		branch_ends(c, b);
	}
	(void)fputs(is_default ? "default" : "case ", c->out);
	put(c, value);
	(void)fputs(": {\n", c->out);
	b->has_branch = true;
}

static void
close_block(struct compiler *c, int line)
{
	struct block *b = c->depth > 0 ? &c->block[c->depth - 1] : NULL;

	if (b == NULL || (b->kind == BLOCK_SWITCH && !b->has_branch)) {
		complain(c, line, b == NULL ? "{%% end %%} closes nothing" : "a {%% switch %%} without a {%% case %%}");
		return;
	}
	if (b->kind == BLOCK_TEMPLATE && c->n_text > 0 && c->text[c->n_text - 1] == '\n')
		c->n_text--;
	if (b->kind == BLOCK_TEMPLATE && c->n_text == 0)
		c->break_waits = false;
	begin_code(c, line);
	(void)fputs(b->kind == BLOCK_SWITCH ? "} break; }\n" : "}\n", c->out);
	branch_ends(c, b);
	if (b->kind != BLOCK_IF || !b->has_branch)		/* it may have printed nothing at all */
		branch_ends(c, b);
	c->state = b->after;
	c->depth--;
}

static void
include(struct compiler *c, struct span name, int line)
{
	if (c->depth > 0 || name.n < 3 || name.s[0] != '"' || literal_length(name) != name.n) {
		complain(c, line, "{%% include \"room/file.h\" %%} stands at the top of the file");
		return;
	}
	begin_code(c, line);
	(void)fputs("\n#include ", c->out);
	put(c, name);
	(void)fputc('\n', c->out);
}

/* {% c ... %} and {% call ... %}: C as it stands. */
static void
statement(struct compiler *c, struct span code, bool call, int line)
{
	if (!printable_here(c, line))
		return;
	if (code.n == 0 || (code.s[code.n - 1] == ';') == call) {
		complain(c, line, call ? "{%% call f(sb, page) %%} is a call without a semicolon"
		    : "{%% c statement; %%} ends in a semicolon");
		return;
	}
	begin_code(c, line);
	put(c, code);
	(void)fputs(call ? ";\n" : "\n", c->out);
	if (call)
		c->state = LINE_EITHER;		/* it may print nothing */
}

static void
run_word(struct compiler *c, struct span inside, int line)
{
	struct span rest = inside;
	struct span word = take_word(&rest);

	if (span_is(word, "include"))
		include(c, rest, line);
	else if (span_is(word, "template"))
		open_block(c, BLOCK_TEMPLATE, rest, line);
	else if (span_is(word, "if"))
		open_block(c, BLOCK_IF, rest, line);
	else if (span_is(word, "for"))
		open_block(c, BLOCK_FOR, rest, line);
	else if (span_is(word, "switch"))
		open_block(c, BLOCK_SWITCH, rest, line);
	else if (span_is(word, "elif"))
		next_branch(c, false, rest, line);
	else if (span_is(word, "else"))
		next_branch(c, true, rest, line);
	else if (span_is(word, "case"))
		next_case(c, false, rest, line);
	else if (span_is(word, "default"))
		next_case(c, true, rest, line);
	else if (span_is(word, "end") && rest.n == 0)
		close_block(c, line);
	else if (span_is(word, "t"))
		print_text_word(c, rest, false, line);
	else if (span_is(word, "tn"))
		print_text_word(c, rest, true, line);
	else if (span_is(word, "c"))
		statement(c, rest, false, line);
	else if (span_is(word, "call"))
		statement(c, rest, true, line);
	else
		complain(c, line, "{%% %.*s %%}: no such word (docs/templates.md lists them)", (int)inside.n, inside.s);
}

/* What stands inside the tag that begins at c->at, which moves past it. `kind` is the second character of {% {{ {#.
 * C literals are stepped over, and so are braces in {{ }}. */
static struct span
take_tag(struct compiler *c, char kind)
{
	const char *from = c->at + 2;
	char closes = kind == '{' ? '}' : kind;
	int depth = 0, line = c->line;

	for (const char *p = from; p + 1 < c->end; p++) {
		if (kind != '#' && (*p == '"' || *p == '\'')) {
			p += literal_length((struct span){ p, (size_t)(c->end - p) }) - 1;
			continue;
		}
		if (p[0] == closes && p[1] == '}' && depth == 0) {
			for (const char *q = c->at; q < p; q++)
				c->line += *q == '\n';
			c->at = p + 2;
			return trim((struct span){ from, (size_t)(p - from) });
		}
		if (kind == '{')
			depth += (*p == '{') - (*p == '}');
	}
	complain(c, line, "{%c without its %c}", kind, closes);
	return (struct span){ from, 0 };
}

static const char *
next_tag(const char *at, const char *end)
{
	for (; at + 1 < end; at++)
		if (at[0] == '{' && (at[1] == '{' || at[1] == '%' || at[1] == '#'))
			return at;
	return end;
}

/* The whole of the template. False, and one line to `complaints` (may be NULL), if it is not one. */
bool template_compile(const char *path, const char *text, size_t n, FILE *out, FILE *complaints);

bool
template_compile(const char *path, const char *text, size_t n, FILE *out, FILE *complaints)
{
	struct compiler c = { .path = path, .at = text, .end = text + n, .line = 1, .out = out, .complaints = complaints,
		.text = malloc(n + 1) };

	if (c.text == NULL || memchr(text, '\0', n) != NULL)
		complain(&c, 1, c.text == NULL ? "out of memory" : "a NUL byte");
	(void)fputs("#include \"base/html.h\"\n#include \"base/tr.h\"\n#include \"http/page.h\"\n#include \"base/arena.h\"\n#include <string.h>\n", out);
	while (c.at < c.end) {
		const char *tag = next_tag(c.at, c.end);
		int line;
		char kind;
		struct span inside;

		add_text(&c, (struct span){ c.at, (size_t)(tag - c.at) });
		if (c.failed)
			break;
		for (const char *p = c.at; p < tag; p++)
			c.line += *p == '\n';
		c.at = tag;
		if (tag == c.end)
			break;
		kind = tag[1];
		line = c.line;
		inside = take_tag(&c, kind);
		if (c.failed)
			break;
		if (kind == '{')
			print_expression(&c, inside, line);
		else if (kind == '%')
			run_word(&c, inside, line);
	}
	if (c.depth > 0)
		complain(&c, c.line, "{%% %s %%} of line %d is never closed", block_names[c.block[c.depth - 1].kind],
		    c.block[c.depth - 1].line);
	free(c.text);
	return !c.failed;
}

#ifndef TEMPLATE_NO_MAIN
static char *
read_all(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t cap = 0, got;

	*n = 0;
	while (f != NULL && !ferror(f)) {
		if (*n == cap && (text = realloc(text, cap = cap * 2 + 65536)) == NULL)
			break;
		got = fread(text + *n, 1, cap - *n, f);
		if (got == 0 && feof(f)) {
			(void)fclose(f);
			return text;
		}
		*n += got;
	}
	perror(path);
	exit(1);
}

int
main(int argc, char **argv)
{
	size_t n;
	char *text;
	FILE *out;
	bool ok;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: template FILE.html FILE.html.c\n");
		return 2;
	}
	text = read_all(argv[1], &n);
	out = fopen(argv[2], "wb");
	if (out == NULL) {
		perror(argv[2]);
		return 1;
	}
	ok = template_compile(argv[1], text, n, out, stderr);
	ok = fclose(out) == 0 && ok;
	if (!ok)
		(void)remove(argv[2]);
	free(text);
	return ok ? 0 : 1;
}
#endif
