/* SPDX-License-Identifier: ISC */
/*
 * suggestion.h - a corrected record as it has to be written in the very input it
 * came from: text that takes the place of a range of a file.
 *
 * It says nothing of why; the finding it belongs to does.
 */
#ifndef REPORT_SUGGESTION_H
#define REPORT_SUGGESTION_H
#include <stdint.h>
#include "checks/core/str.h"

/*
 * Lines and columns as in struct rr: from 1, columns in bytes, the end exclusive.
 * LINE 0 = there is no range (a generated input): TEXT is to be typed where the
 * record is made, and no format offers it as an edit.
 */
struct suggestion {
	struct str file; /* as the user typed it, or below what the user typed */
	uint32_t line, column, end_line, end_column;
	struct str text; /* raw bytes, newlines among them; escaped where it is shown */
};

#endif
