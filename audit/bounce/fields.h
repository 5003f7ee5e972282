/* SPDX-License-Identifier: ISC */
/*
 * fields.h - blocks of "Name: value" lines in reports, and what their values
 * hold (RFC 5322 2.2, RFC 3464 2.1.2).
 *
 * Pure and lenient: a line that is no field is passed over.  Not a parser of
 * messages to be judged: reports are written by hundreds of programs, and
 * what can be read of them is wanted.
 */
#ifndef AUDIT_BOUNCE_FIELDS_H
#define AUDIT_BOUNCE_FIELDS_H
#include <stdbool.h>
#include <time.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"

struct field {
	struct str name;
	struct str value; /* raw: folds are in it; blanks at either end are not */
};

/* The next line of TEXT from *POS on without its end (LF, CRLF); false at the end. */
bool line_next(struct str text, size_t *pos, struct str *out);

/*
 * The next field of BLOCK from *POS on into *OUT.  False at an empty line,
 * *POS then behind it, or at the end.
 */
bool field_next(struct str block, size_t *pos, struct field *out);

/* Length of "Name" when LINE begins as a field does ("Name:", "Name :"); else 0. */
size_t field_name_length(struct str line);

/* The value of the first field NAME (either case) of BLOCK, raw; empty when there is none. */
struct str field_find(struct str block, struct str name);

/* VALUE on one line, owned by A: each fold, its blanks included, becomes one blank. */
struct str field_unfold(struct arena *a, struct str value);

/* VALUE on one line, owned by A: a fold and the one blank after it vanish, for what folds in words.
 */
struct str field_rejoin(struct arena *a, struct str value);

/* Whether HAY holds NEEDLE, ASCII letters of either case; the offset, or HAY.n. */
size_t str_ifind(struct str hay, size_t from, struct str needle);

/*
 * The first address in VALUE without "rfc822;", brackets, quotes, comments and
 * a display name; a view.  Empty when there is none with an '@'.
 */
struct str address_in(struct str value);

/* RFC 5322 3.3 date, weekday and comments optional, obsolete zones too.  False, *OUT untouched,
 * else.
 */
bool date_parse(struct str text, time_t *out);

#endif
