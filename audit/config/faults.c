/* SPDX-License-Identifier: ISC */
/*
 * faults.c - from characters to line and column; sorting; telling.
 */
#include "audit/config/faults.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "audit/error.h"

#define BOM "\xef\xbb\xbf" /* libyaml does not count it */

void
faults_init(struct faults *fs, struct arena *a, struct str text)
{
	*fs = (struct faults){ .a = a, .file = text };
}

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* CR LF is one line end, for libyaml and for editors. */
static bool
ends_line(struct str s, size_t i)
{
	return s.p[i] == '\n' || (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'));
}

static void
place(struct str s, size_t at, struct fault *f)
{
	size_t i = str_has_prefix(s, STR(BOM)) ? 3 : 0, begin = 0;

	f->line = 1;
	for (; i < s.n && at > 0; at--) {
		if (ends_line(s, i)) {
			f->line++;
			begin = i + 1;
		}
		for (i++; i < s.n && is_continuation(s.p[i]); i++)
			;
	}
	f->column = (uint32_t)(i - begin) + 1;
}

void
fault_add(struct faults *fs, size_t at, const char *format, ...)
{
	char text[MAX_FAULT_TEXT];
	struct fault *f;
	va_list ap;

	if (fs->n == MAX_FAULTS) {
		fs->more++;
		return;
	}
	va_start(ap, format);
	if (vsnprintf(text, sizeof(text), format, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	f = &fs->v[fs->n++];
	place(fs->file, at, f);
	f->text = arena_str(fs->a, str_of(text));
}

static int
fault_cmp(const void *va, const void *vb)
{
	const struct fault *a = va, *b = vb;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return str_cmp(a->text, b->text);
}

void
faults_sort(struct faults *fs)
{
	qsort(fs->v, fs->n, sizeof(fs->v[0]), fault_cmp);
}

void
faults_tell(const struct faults *fs, const char *file)
{
	for (size_t i = 0; i < fs->n; i++)
		audit_warn("%s:%u:%u: %.*s", file, fs->v[i].line, fs->v[i].column,
		    (int)fs->v[i].text.n, fs->v[i].text.p);
	if (fs->more > 0)
		audit_warn("%s: and %zu more", file, fs->more);
}
