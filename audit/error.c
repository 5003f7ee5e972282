/* SPDX-License-Identifier: ISC */
/*
 * error.c - words for failures.
 */
#include "audit/error.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "checks/core/buf.h"
#include "report/disarm.h"

#define MAX_WARNING 4096

const char *
audit_strerror(int error)
{
	switch (error) {
	case AUDIT_OK:
		return "no error";
	case AUDIT_EUSAGE:
		return "wrong usage";
	case AUDIT_EREAD:
		return "cannot be read";
	case AUDIT_EEMPTY:
		return "holds not one record that can be parsed";
	case AUDIT_ELIB:
		return "a library refused";
	case AUDIT_ESYS:
		return "the system refused";
	case AUDIT_EWRITE:
		return "cannot be written";
	case AUDIT_EFORMAT:
		return "not well-formed";
	default:
		return "unknown error";
	}
}

void
audit_warn(const char *format, ...)
{
	char raw[MAX_WARNING];
	struct buf b;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	if (n < 0)
		return;
	buf_init(&b, 4 * sizeof(raw));
	buf_add_escaped(&b, str_of(raw));
	disarm(&b);
	buf_addc(&b, '\0');
	fprintf(stderr, "mailvet: %s\n", b.p);
	buf_free(&b);
}

int
audit_write_failed(const char *what)
{
	if (errno != EPIPE)
		audit_warn(
		    "%s: %s", what, errno != 0 ? strerror(errno) : audit_strerror(AUDIT_EWRITE));
	return AUDIT_EWRITE;
}
