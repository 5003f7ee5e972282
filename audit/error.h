/* SPDX-License-Identifier: ISC */
/*
 * error.h - failures that are ours, not the domain's.
 *
 * A function that can fail returns int: 0 or one of these.  audit_warn() tells
 * a person what and why, as `mailvet: WHAT: WHY` on stderr.
 */
#ifndef AUDIT_ERROR_H
#define AUDIT_ERROR_H

enum {
	AUDIT_OK = 0,
	AUDIT_EUSAGE = -1, /* options that are wrong */
	AUDIT_EREAD = -2,  /* a file that cannot be read */
	AUDIT_EEMPTY = -3, /* a file without one record that parses */
	AUDIT_ELIB = -4,   /* a library refused */
	AUDIT_ESYS = -5,   /* a system call failed */
	AUDIT_EWRITE = -6, /* output could not be written */
	AUDIT_EFORMAT = -7 /* a file of ours (recording, list file) that is not well-formed */
};

/* Words for one of the above; static. */
const char *audit_strerror(int error);

/* Print `mailvet: ` and the formatted text, control bytes escaped, to stderr. */
void audit_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * WHAT (a file, or "standard output") could not be written: say why, by errno,
 * unless its reader went away, who then knows.  AUDIT_EWRITE.
 */
int audit_write_failed(const char *what);

#endif
