/* SPDX-License-Identifier: ISC */
/*
 * faults.h - what is wrong with a file that a person wrote, all of it in one go.
 *
 * Places are kept as characters from the start, as libyaml counts them, and told
 * as line and column, the column in bytes: what editors jump to.
 */
#ifndef AUDIT_CONFIG_FAULTS_H
#define AUDIT_CONFIG_FAULTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/arena.h"
#include "checks/core/str.h"

#define MAX_FAULTS 50        /* more than a person reads; the rest is counted */
#define MAX_FAULT_TEXT 400   /* bytes of one sentence */
#define MAX_FAULT_QUOTE 60   /* bytes of the file's own text in it */
#define FAULT_QUOTE "%.*s%s" /* with FAULT_QUOTED(text): as much of it as is told */
#define FAULT_QUOTED(s)                                                                            \
	(int)((s).n < MAX_FAULT_QUOTE ? (s).n : MAX_FAULT_QUOTE), (s).n > 0 ? (s).p : "",          \
	    (s).n > MAX_FAULT_QUOTE ? "..." : ""

struct fault {
	uint32_t line, column; /* from 1, column in bytes */
	struct str text;       /* what was expected; as the file has it where it quotes */
};

struct faults {
	struct arena *a; /* owns the texts */
	struct str file; /* all of it */
	struct fault v[MAX_FAULTS];
	size_t n, more; /* told, and counted only */
};

/* Nothing is wrong yet with the bytes TEXT; what is added is owned by A. */
void faults_init(struct faults *fs, struct arena *a, struct str text);

/* At the character AT, from 0, something else was expected. */
void fault_add(struct faults *fs, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* In the order of the file. */
void faults_sort(struct faults *fs);

/* All of it to standard error, as `mailvet: FILE:LINE:COLUMN: TEXT`. */
void faults_tell(const struct faults *fs, const char *file);

#endif
