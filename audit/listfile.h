/* SPDX-License-Identifier: ISC */
/*
 * listfile.h - block lists out of a file (--dnsbl-zones), in place of the
 * built-in catalogue.
 *
 * One list a line, columns divided by tabs, named by the first line; zone and
 * kind are needed, the rest may be absent, empty or "-".  Lines that are blank
 * or begin with # are passed over.  It refuses what it does not understand:
 * a list that is read wrongly tells wrong listings.  Zones that hold a key are
 * refused, since names are shown.
 */
#ifndef AUDIT_LISTFILE_H
#define AUDIT_LISTFILE_H
#include <stddef.h>
#include <stdint.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"
#include "checks/dnsbl_lists.h"

#define MAX_LISTFILE_BYTES ((size_t)1 << 20) /* 500 rows of 2 KB */
#define MAX_LISTFILE_ROWS 500
#define MAX_LISTFILE_COLUMNS 32

/* Where and why a file was refused. */
struct listfile_error {
	uint32_t line, column; /* from 1; column in bytes */
	const char *why;       /* static */
};

/*
 * Read TEXT; *OUT and all it points to is owned by A.  0, or AUDIT_EFORMAT with
 * *ERROR set, or AUDIT_EEMPTY when there is not one list.
 */
int listfile_parse(struct arena *a, struct str text, const struct dnsbl_list **out, size_t *n,
    struct listfile_error *error) __attribute__((warn_unused_result));

/*
 * The same of the file at PATH; what is wrong is told on stderr, as
 * `mailvet: PATH:LINE:COLUMN: WHY`.  Also AUDIT_EREAD.
 */
int listfile_read(struct arena *a, const char *path, const struct dnsbl_list **out, size_t *n)
    __attribute__((warn_unused_result));

#endif
