/* SPDX-License-Identifier: ISC */
/*
 * text.h - the parts of the report for people (text.c, text_*.c).
 *
 * Everything that came from outside is escaped before it gets here or by the
 * functions here: no byte outside 0x20-0x7e reaches the terminal but our own
 * colours, line ends and, unless style.ascii, a few marks.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H
#include "report/report.h"

#define INDENT 2         /* cells: what belongs to the line above */
#define MIN_WIDTH 40     /* below it nothing can be laid out */
#define MAX_PARAGRAPH 96 /* longer lines are hard to read; records use the full width */
#define MAX_SENTENCE ((size_t)64 << 10)

enum paint {
	PAINT_ERROR,
	PAINT_WARNING,
	PAINT_UNKNOWN,
	PAINT_NOTE,
	PAINT_PASS,
	PAINT_DIM,
	PAINT_STRONG,
	PAINT_COUNT
};

/* Writes lines: knows the column, breaks between words. */
struct ink {
	struct buf *out;
	const struct report_style *style;
	unsigned width; /* of the terminal */
	unsigned col;   /* cells used in this line */
	unsigned hang;  /* indentation of the lines a paragraph goes on in */
	bool fresh;     /* nothing but indentation stands in this line */
};

/* K writes to OUT, which must live as long, as STYLE says. */
void ink_init(struct ink *k, struct buf *out, const struct report_style *style);

/* Begin a line INDENT cells in; it goes on, when broken, HANG cells in. */
void ink_begin(struct ink *k, unsigned indent, unsigned hang);

/* Append S, printable ASCII, never broken. */
void ink_add(struct ink *k, struct str s);
void ink_adds(struct ink *k, const char *t);
void ink_addu(struct ink *k, uint64_t n);

/* Append the words of S, a blank before each, breaking where the line is full. */
void ink_words(struct ink *k, struct str s);

/* End the line. */
void ink_end(struct ink *k);

/* WORDS as a paragraph of its own, dim: what is said of the whole report. */
void ink_dim_line(struct ink *k, struct str words);

/* Colour what follows / no more; nothing without style.color. */
void ink_paint(struct ink *k, enum paint p);
void ink_plain(struct ink *k);

/* The colour of a level. */
enum paint level_paint(enum rule_level l);

/* The mark for what was left out, and its width in cells. */
const char *elision(const struct report_style *style);
unsigned elision_width(const struct report_style *style);

/* TEXT as a title, an empty line before it where something stands. */
void ink_title(struct ink *k, const char *text);

/* Begin a line with LABEL, escaped, and a colon: whose findings follow. */
void ink_label(struct ink *k, struct str label);

/* "1 error", "2 errors": the count with its noun, plural by S. */
void count_add(struct buf *b, size_t n, const char *noun);

/* The record at P, in a window of the line, its part marked in the colour of L. */
void record_text(struct ink *k, const struct place *p, enum rule_level l);

/* "  --> example.com TXT (zones/example.com:12:34)"; nothing for no place. */
void place_text(struct ink *k, const struct finding *f);

/* "   = LABEL: WORDS", printable both. */
void aside_text(struct ink *k, struct str label, struct str words);

/* "error[slug]: WORDS": the line that a block about the finding G begins with. */
void finding_head_text(struct ink *k, const struct judged *g, struct str words);

/* One finding, G, in full; those from FIRST up to it stand above it in the report. */
void finding_text_block(struct ink *k, const struct judged *g, const struct judged *first);

/* One edit, with the record to paste; P is the record that is shown above it. */
void change_text(struct ink *k, const struct place *p, const struct change *c);

/* What stands before the words of a remedy that WHO can act on: "fix". */
const char *remedy_label(enum rule_who who);

/*
 * The lines below finding F: what to do, with records to paste.  ABOVE: they stand in
 * the report already, and are pointed to.
 */
void remedy_text(struct ink *k, const struct finding *f, bool above);

/* The line below those: where it is written, and where to act. */
void reference_text(struct ink *k, const struct finding *f);

/*
 * The unknown findings of one rule, N of them from G on, as one block: what
 * could not be looked up, by cause.
 */
void unknown_text(struct ink *k, const struct judged *g, size_t n);

/* What waivers bear: their number, with style.verbose each with its reason. */
void waived_text(struct ink *k, const struct domain_result *d);
/* "FILE, message 3" of the sample message of S. */
void message_label(struct buf *b, const struct subject *s);

/* "note[RULE]: ...": the N notes of one rule, G the first, in one line. */
void note_line_text(struct ink *k, const struct judged *g, size_t n);

/*
 * text_gate.c: a domain of a change; whether there is nothing to say of it; append
 * "3 domains: 1 new, ..." of RUN.
 */
void gate_domain_text(struct ink *k, const struct domain_result *d);
bool gate_is_silent(const struct domain_result *d);
void gate_totals_add(struct buf *b, const struct run_result *run);

/* Of a sample message: what it is, who signed it, what a receiver makes of it. */
void message_text(struct ink *k, const struct domain_result *d);

/* What becomes of the mail of each sender, and whether providers would take it. */
void streams_text(struct ink *k, const struct domain_result *d);

/* "passed", "facts" and "assumed" lines. */
void facts_text(struct ink *k, const struct domain_result *d);

/* The formats' entry points (formats.c). */
void text_report_domain(struct report *r, const struct domain_result *d);
void text_report_end(struct report *r, const struct run_result *run);

#endif
