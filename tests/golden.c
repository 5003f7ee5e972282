/* SPDX-License-Identifier: ISC */
/*
 * golden.c - golden files.
 */
#include "tests/golden.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define MAX_GOLDEN ((size_t)1 << 20)

void
golden_path(char *path, size_t room, const char *folder, const char *file)
{
	const char *srcdir = getenv("SRCDIR");

	snprintf(path, room, "%s/vectors/%s/%s", srcdir != NULL ? srcdir : ".", folder, file);
}

static void
write_golden(const char *path, const struct buf *got)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(got->p, 1, got->n, f), got->n);
	assert_int_equal(fclose(f), 0);
}

void
golden_compare(const char *path, const struct buf *got)
{
	static char want[MAX_GOLDEN];
	FILE *f;
	size_t n, same = 0, line = 1;

	if (getenv("REPORT_UPDATE") != NULL) {
		write_golden(path, got);
		return;
	}
	if ((f = fopen(path, "rb")) == NULL)
		fail_msg("%s cannot be read", path);
	n = fread(want, 1, sizeof(want), f);
	fclose(f);
	while (same < n && same < got->n && want[same] == got->p[same])
		line += want[same++] == '\n';
	if (same < n || same < got->n)
		fail_msg("%s: differs in line %zu: got '%.*s'", path, line,
		    (int)(got->n - same < 60 ? got->n - same : 60), got->p + same);
}
