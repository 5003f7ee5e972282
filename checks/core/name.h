/* SPDX-License-Identifier: ISC */
/*
 * name.h - domain names (RFC 1035 3.1, 5.1; RFC 4343).
 *
 * A name is kept in wire form, in lower case, root label included: any byte
 * may be in a label, two equal names are equal bytes, and nothing needs
 * escaping until it is printed.
 */
#ifndef CHECKS_CORE_NAME_H
#define CHECKS_CORE_NAME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "checks/core/arena.h"
#include "checks/core/buf.h"
#include "checks/core/str.h"

#define MAX_NAME_WIRE 255 /* RFC 1035 2.3.4 */
#define MAX_LABEL 63
#define MAX_SHORT_NAME 64 /* bytes of struct name, its length with them */
#define MAX_LABELS 127
#define MAX_NAME_TEXT 1024 /* 255 octets, each as \DDD, and dots */

struct name {
	uint8_t n;                /* bytes used of w, root label included; 0 = no name */
	uint8_t w[MAX_NAME_WIRE]; /* wire form, lower case */
};

enum name_error { NAME_OK, NAME_EMPTY, NAME_EMPTY_LABEL, NAME_LABEL_LONG, NAME_LONG, NAME_ESCAPE };

/*
 * Read presentation form (RFC 1035 5.1: `\.` and `\DDD`) into *OUT.  The name
 * is absolute whether or not it ends in a dot; "." is the root.  An error
 * leaves *OUT with n = 0.
 */
enum name_error name_parse(struct str text, struct name *out);

/* As name_parse(), but a text without final dot is put below ORIGIN. */
enum name_error name_parse_at(struct str text, const struct name *origin, struct name *out);

/*
 * Read text that has no escapes, as SPF domain-specs and URIs hold it: every
 * byte but '.' is a byte of a label.
 */
enum name_error name_parse_raw(struct str text, struct name *out);

/*
 * Take the name that starts at *POS of the LEN bytes MSG, following RFC 1035
 * 4.1.4 pointers backwards only, and move *POS behind it.  False on a name
 * that leaves MSG, loops, is too long or has more pointers than a name needs.
 */
bool name_from_wire(const uint8_t *msg, size_t len, size_t *pos, struct name *out);

/* Append NAME to B in presentation form without final dot; "." for the root. */
void name_print(struct buf *b, const struct name *name);

/* The same as text owned by A. */
struct str name_text(struct arena *a, const struct name *name);

/*
 * FROM to TO.  Nearly all names are short: what lies behind them need not be copied,
 * for nothing hangs on it.
 */
static inline void
name_copy(struct name *to, const struct name *from)
{
	if (from->n < MAX_SHORT_NAME)
		memcpy(to, from, MAX_SHORT_NAME);
	else
		*to = *from;
}

/* Whether A and B are the same name; case does not count, for names have none. */
static inline bool
name_eq(const struct name *a, const struct name *b)
{
	return a->n == b->n && memcmp(a->w, b->w, a->n) == 0;
}

/* Canonical order (RFC 4034 6.1): < 0, 0, > 0. */
int name_cmp(const struct name *a, const struct name *b);

/* Number of labels without the root: 0 for ".". */
size_t name_labels(const struct name *name);

/* Whether NAME is ZONE or below it. */
bool name_is_below(const struct name *name, const struct name *zone);

/* NAME without its first DROP labels; the root when it has no more. */
struct name name_parent(const struct name *name, size_t drop);

/*
 * The labels LABELS (presentation form, relative) put in front of BASE into
 * *OUT.  An error leaves *OUT with n = 0.
 */
enum name_error name_prefix(struct str labels, const struct name *base, struct name *out);

/*
 * The label LABEL, bytes as they stand, in lower case, put in front of BASE into *OUT,
 * which is another name.  False, and OUT->n = 0, where that is longer than a name can be.
 */
static inline bool
name_above(struct str label, const struct name *base, struct name *out)
{
	size_t n = label.n + 1 + base->n;

	out->n = 0;
	if (label.n == 0 || label.n > MAX_LABEL || base->n == 0 || n > MAX_NAME_WIRE)
		return false;
	out->n = (uint8_t)n;
	out->w[0] = (uint8_t)label.n;
	memcpy(out->w + 1, label.p, label.n);
	/* what lies behind a short name is copied with it: see name_copy() */
	if (base->n < MAX_SHORT_NAME)
		memcpy(out->w + 1 + label.n, base->w, MAX_SHORT_NAME);
	else
		memcpy(out->w + 1 + label.n, base->w, base->n);
	return true;
}

/* All labels of FRONT put in front of BASE into *OUT, another name.  As name_above(). */
static inline bool
name_join(const struct name *front, const struct name *base, struct name *out)
{
	size_t n = (size_t)front->n + base->n;

	out->n = 0;
	if (front->n < 2 || base->n == 0 || n - 1 > MAX_NAME_WIRE)
		return false;
	out->n = (uint8_t)(n - 1);
	memcpy(out->w, front->w, front->n - 1u);
	memcpy(out->w + front->n - 1, base->w, base->n);
	return true;
}

/* The I-th label of NAME, from the left, as bytes; a view into NAME. */
struct str name_label(const struct name *name, size_t i);

/* Whether NAME is set (n > 0) and not the root. */
bool name_is_set(const struct name *name);

/*
 * Whether every label is letters, digits, '-' and '_' with neither end of a
 * label a '-': what a host name can be; UNDERSCORE says whether '_' passes.
 * False for the root.
 */
bool name_is_hostname(const struct name *name, bool underscore);

#endif
