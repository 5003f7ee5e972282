/* SPDX-License-Identifier: ISC */
/*
 * civil.h - days and seconds without a locale or a time zone: RFC 3339 UTC.
 */
#ifndef CHECKS_CORE_CIVIL_H
#define CHECKS_CORE_CIVIL_H
#include <stdbool.h>
#include <time.h>
#include "checks/core/str.h"

struct civil {
	int year, month, day, hour, minute, second; /* month and day from 1 */
};

/* Seconds since 1970 of C, and back; years 0 to 9999. */
time_t civil_to_time(const struct civil *c);
struct civil civil_of_time(time_t t);

/*
 * Read RFC 3339 "2026-11-21T10:00:00Z", with an offset instead of Z, a
 * fraction (dropped), a blank or lower-case t for T; or the date alone, which
 * is its midnight UTC.  False, *OUT untouched, for anything else.
 */
bool time_parse(struct str text, time_t *out);

#endif
