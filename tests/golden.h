/* SPDX-License-Identifier: ISC */
/*
 * golden.h - files under vectors/ that hold what is wanted, byte by byte.
 *
 * With REPORT_UPDATE set in the environment they are written instead; look at the
 * difference before you commit it.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H
#include "checks/core/buf.h"

/* The path of FILE in vectors/FOLDER into PATH, of ROOM bytes. */
void golden_path(char *path, size_t room, const char *folder, const char *file);

/* Fail the test unless the file at PATH holds GOT. */
void golden_compare(const char *path, const struct buf *got);

#endif
