/* SPDX-License-Identifier: ISC */
/*
 * recording.h - questions and answers as a file: JSON, one object a line;
 * first { schema, now }, then the answers sorted by kind, name and type.
 */
#ifndef AUDIT_SOURCES_RECORDING_H
#define AUDIT_SOURCES_RECORDING_H
#include <time.h>
#include "audit/source.h"
#include "checks/core/inquiry.h"

#define RECORDING_SCHEMA "mailvet-recording/1"
#define MAX_RECORDING_BYTES ((size_t)1 << 30)

struct recorder;

/* Collects answers to be written to FILE (not opened before the end). */
struct recorder *recorder_new(void);
void recorder_free(struct recorder *r); /* NULL is taken */

/*
 * Keep what the last run of Q asked; the same question is kept once.  What it asked
 * about the state before a change is passed over: it is the run's over that state.
 */
void recorder_add(struct recorder *r, const struct inquiry *q);

/*
 * Write all to FILE by way of a temporary beside it, NOW on the first line.
 * 0 or AUDIT_EWRITE, which has been told.
 */
int recorder_write(struct recorder *r, const char *file, time_t now)
    __attribute__((warn_unused_result));

/*
 * Open a recording as a source that answers everything it is asked about DNS
 * and suffixes: what it lacks is ANSWER_FAILED, CAUSE_NOT_RECORDED.  *NOW is
 * the time of the recording.  AUDIT_EREAD or AUDIT_EFORMAT has been told, with
 * the line.
 */
int recording_open(const char *file, struct source **out, time_t *now)
    __attribute__((warn_unused_result));

/* The same with the bytes TEXT, told as FILE. */
int recording_read(const char *file, struct str text, struct source **out, time_t *now)
    __attribute__((warn_unused_result));

#endif
