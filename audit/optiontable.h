/* SPDX-License-Identifier: ISC */
/*
 * optiontable.h - what the files of options share: rows, and words for wrong values.
 *
 * An option is a row of one of the tables; reading the command line and
 * --help walk all of them.
 */
#ifndef AUDIT_OPTIONTABLE_H
#define AUDIT_OPTIONTABLE_H
#include <stdint.h>
#include "audit/options.h"

struct option {
	const char *name, *arg; /* arg NULL = a switch */
	/* Put V (NULL for a switch) into O.  AUDIT_OK, or AUDIT_EUSAGE which has been told. */
	int (*set)(struct check_options *o, const char *v);
	const char *help;
};

struct option_table {
	const struct option *rows;
	size_t n;
};

/*
 * optionsource.c: who answers; optionsender.c: what is known of the sender; optionreport.c:
 * what is judged and how it is told; optiongate.c: which change is judged.
 */
extern const struct option_table source_options, sender_options, report_options, gate_options;

/* Say that --OPTION V is wrong because WHY.  AUDIT_EUSAGE. */
int option_bad(const char *option, const char *v, const char *why);

/* Why reports cannot go to both FILE and OTHER (NULL = standard output), static; NULL = they can.
 */
const char *report_clash(const char *file, const char *other);

/* V as one more of --OPTION into L. */
int option_add(struct option_list *l, const char *option, const char *v);

/* V as a number from 1 to MAX into *OUT. */
int option_number(unsigned *out, const char *option, const char *v, uint32_t max);

#endif
