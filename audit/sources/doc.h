/* SPDX-License-Identifier: ISC */
/*
 * doc.h - YAML and JSON files as trees that know where every byte stands.
 *
 * This is for files that other programs read as well, so more is taken than in a
 * configuration of ours: anchors, aliases, tags, keys that stand twice.  Aliases are
 * counted as if written out, so that a few lines of them cannot make a tree of any
 * size.  What stands before a fault of the syntax is kept.  Nothing is run, opened or
 * included here.
 */
#ifndef AUDIT_SOURCES_DOC_H
#define AUDIT_SOURCES_DOC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"

#define MAX_DOC_NODES 8000000 /* aliases written out: 3,000,000 records hold some six each */
#define MAX_DOC_DEPTH 64      /* a Terraform plan nests modules; some twenty are seen */
#define MAX_DOC_ANCHORS 1000

enum doc_kind { DOC_WORD, DOC_LIST, DOC_MAP };

/* How a word is written.  All words of JSON are plain or double. */
enum doc_style { DOC_PLAIN, DOC_SINGLE, DOC_DOUBLE, DOC_LITERAL, DOC_FOLDED };

struct doc_node {
	enum doc_kind kind;
	enum doc_style style;
	bool flow;       /* a list or mapping in brackets */
	bool alias;      /* stands elsewhere: FROM and TO are there */
	bool partial;    /* the file ended, or went wrong, inside it */
	struct str text; /* of a word, escapes undone; any byte */
	struct str tag;  /* "!include"; empty = none */
	size_t from, to; /* its bytes; of a block of text from its | or > on */

	/* What it holds, in the order of the file; of a mapping key, value, key, value. */
	struct doc_node *first, **last;
	struct doc_node *next;
	size_t n;    /* nodes that it holds itself */
	size_t size; /* nodes in all, aliases written out */
};

struct doc {
	struct str bytes; /* all of the file */
	struct doc_node *root;
	const char *reason; /* why not all of it could be read, static words; NULL = it was */
	size_t bad;         /* and where */
	uint32_t *line_at;  /* offset of each line */
	size_t n_lines;
	bool has_alias;          /* what is changed in one place may change in another */
	struct doc_node **words; /* those written here, in the order of the file */
	size_t n_words;
};

/*
 * Read TEXT into *OUT, which views it; all is owned by A.  root is NULL when nothing
 * could be read, and then, or when only a part could, reason and bad tell why.
 */
void doc_yaml(struct arena *a, struct str text, struct doc *out);
void doc_json(struct arena *a, struct str text, struct doc *out);

/* doc.c: line and column, from 1, in bytes, of offset AT of D. */
void doc_where(const struct doc *d, size_t at, uint32_t *line, uint32_t *column);

/* doc.c: fill in line_at of D, whose bytes are set. */
void doc_count_lines(struct arena *a, struct doc *d);

/*
 * The value of KEY in MAP, merge keys (`<<`) followed; NULL when MAP is NULL, no
 * mapping, or has none.  The last of several counts, as for the programs that use it.
 */
struct doc_node *doc_get(const struct doc_node *map, const char *key);

/* The text of the word N; empty when N is NULL or no word. */
struct str doc_text(const struct doc_node *n);

/* Whether N is NULL, or a plain word that says nothing: empty, ~ or null. */
bool doc_is_null(const struct doc_node *n);

/* Whether N is the plain word true (or, in YAML, yes or on). */
bool doc_is_true(const struct doc_node *n);

/*
 * doc_place.c: AT[i] is the offset in D of what gives byte i of the word N; AT has
 * room for N's text.  False when that cannot be told (an alias, a form not known
 * here): then all are where N begins.
 */
bool doc_place(const struct doc *d, const struct doc_node *n, uint32_t *at);

/* doc_place.c: offset behind the last byte of the word N that is no line end or blank. */
size_t doc_end(const struct doc *d, const struct doc_node *n);

#endif
