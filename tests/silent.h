/* SPDX-License-Identifier: ISC */
/*
 * silent.h - two sources for tests: one never answers, one knows no record.
 */
#ifndef TESTS_SILENT_H
#define TESTS_SILENT_H
#include <stdbool.h>
#include "audit/source.h"

/*
 * Takes every question about APEX and the names below, and never answers it.
 * CANCELS: it has a function for taking questions back.
 */
struct source *silent_new(const char *apex, bool cancels);

/* Says at once that the name of any DNS question exists and has no such record. */
struct source *empty_new(void);

#endif
