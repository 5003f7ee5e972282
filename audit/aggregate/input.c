/* SPDX-License-Identifier: ISC */
/*
 * input.c - bytes until they are XML; see input.h.
 */
#include "audit/aggregate/input.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "audit/aggregate/unpack.h"
#include "audit/attachment.h"
#include "audit/error.h"

#define CHUNK ((size_t)64 << 10)

struct input {
	const char *name;
	const struct aggregate_visit *v;
	struct aggregate_sum *sum;
	unsigned depth; /* of what is packed in one another */
	bool in_mail;   /* parts that are no report are prose */
	bool damaged;   /* the member is only a beginning */
	bool is_listed; /* it stands in a directory */
	size_t met;     /* reports, and what was meant as one */
};

static void take(struct input *in, struct str bytes);

static void
refuse(struct input *in, const char *why, size_t line)
{
	in->met++;
	in->sum->refused++;
	if (line > 0)
		audit_warn("%s: refused: line %zu of the report: %s", in->name, line, why);
	else
		audit_warn("%s: refused: %s", in->name, why);
}

static void
take_xml(struct input *in, struct str bytes)
{
	struct aggregate_report r;
	struct aggregate_refusal why;
	struct arena a;

	arena_init(&a, 0);
	if (!aggregate_parse(&a, bytes, &r, &why)) {
		/* among other files, XML of another kind is none of ours */
		if (!why.is_other || !in->is_listed)
			refuse(in, why.why, why.line);
	} else {
		in->met++;
		in->sum->reports++;
		if (in->damaged)
			audit_warn(
			    "%s: the packed file is damaged; the report in it is whole", in->name);
		in->v->report(in->v->ctx, in->name, &r);
	}
	arena_free(&a);
}

static void
take_member(void *ctx, struct str bytes, bool whole)
{
	struct input *in = ctx;

	in->damaged = !whole;
	take(in, bytes);
	in->damaged = false;
}

static void
take_packed(struct input *in, struct str bytes)
{
	size_t met = in->met;
	bool in_mail = in->in_mail;
	const char *why;

	if (in->depth == MAX_INPUT_PACKED) {
		refuse(in, "packed in packed files more often than reports are", 0);
		return;
	}
	in->depth++;
	in->in_mail = true; /* a zip may hold a text beside the report */
	why = unpack(bytes, take_member, in);
	in->in_mail = in_mail;
	in->depth--;
	if (why != NULL)
		refuse(in, why, 0);
	else if (met == in->met)
		refuse(in, "no report is packed in it", 0);
}

static void
take_part(void *ctx, struct str bytes)
{
	take(ctx, bytes);
}

static void
take_mail(struct input *in, struct str bytes)
{
	const char *why;

	in->in_mail = true;
	why = attachments_each(bytes, take_part, in);
	in->in_mail = false;
	if (why != NULL)
		refuse(in, why, 0);
}

/* Whether BYTES are XML as far as their beginning tells; HTML is prose. */
static bool
is_xml(struct str bytes)
{
	struct str s = str_trim(bytes);

	if (str_has_prefix(s, STR("\xef\xbb\xbf")))
		s = str_trim(str_sub(s, 3, s.n));
	return str_has_prefix(s, STR("<?xml")) || str_has_prefix(s, STR("<feedback")) ||
	       str_has_prefix(s, STR("<!--")) || str_has_prefix(s, STR("<!DOCTYPE feedback")) ||
	       str_has_prefix(s, STR("\xff\xfe<")) || str_has_prefix(s, STR("\xfe\xff")) ||
	       str_has_prefix(s, (struct str){ "<\0?\0", 4 }) ||
	       str_has_prefix(s, (struct str){ "\0<\0?", 4 });
}

static void
take(struct input *in, struct str bytes)
{
	if (packed_kind(bytes) != PACKED_NOT)
		take_packed(in, bytes);
	else if (is_xml(bytes))
		take_xml(in, bytes);
	else if (!in->in_mail && is_mail(bytes))
		take_mail(in, bytes);
}

/* As aggregate_take(); how many reports, good or not, there were. */
static size_t
take_whole(const char *name, struct str bytes, const struct aggregate_visit *v,
    struct aggregate_sum *sum, bool is_listed)
{
	struct input in = { .name = name, .v = v, .sum = sum, .is_listed = is_listed };

	take(&in, bytes);
	return in.met;
}

void
aggregate_take(
    const char *name, struct str bytes, const struct aggregate_visit *v, struct aggregate_sum *sum)
{
	sum->files++;
	if (take_whole(name, bytes, v, sum, false) > 0)
		return;
	sum->refused++;
	audit_warn("%s: refused: %s", name,
	    is_mail(bytes) ? "the mail carries no report"
			   : "no XML, no gzip or zip file, no mail: no report");
}

/* The rest of F into B. */
static int
read_all(FILE *f, const char *name, struct buf *b)
{
	char *chunk = xmalloc(CHUNK);
	size_t n;
	int rc = AUDIT_OK;

	while (!b->over && (n = fread(chunk, 1, CHUNK, f)) > 0)
		buf_add(b, (struct str){ chunk, n });
	free(chunk);
	if (ferror(f) != 0) {
		audit_warn("%s: %s", name, strerror(errno));
		rc = AUDIT_EREAD;
	} else if (b->over) {
		audit_warn("%s: larger than %zu MiB", name, MAX_INPUT_BYTES >> 20);
		rc = AUDIT_EREAD;
	}
	return rc;
}

/* One file; of a directory, it may well be something else. */
static int
read_file(FILE *f, const char *name, const struct aggregate_visit *v, struct aggregate_sum *sum,
    bool is_listed)
{
	struct buf b;
	int rc;

	buf_init(&b, MAX_INPUT_BYTES);
	rc = read_all(f, name, &b);
	if (rc == AUDIT_OK && !is_listed) {
		aggregate_take(name, buf_str(&b), v, sum);
	} else if (rc == AUDIT_OK) {
		sum->files++;
		if (take_whole(name, buf_str(&b), v, sum, true) == 0)
			sum->others++;
	}
	buf_free(&b);
	return rc;
}

/* What a walk over directories shares. */
struct listing {
	const struct aggregate_visit *v;
	struct aggregate_sum *sum;
	size_t files;
	unsigned depth;
};

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_shown(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int read_directory(struct listing *l, const char *path);

/* What stands at PATH in a directory: links, sockets and the like are passed over. */
static int
read_entry(struct listing *l, const char *path)
{
	struct stat st;
	FILE *f;
	int rc;

	if (lstat(path, &st) != 0) {
		audit_warn("%s: %s", path, strerror(errno));
		return AUDIT_EREAD;
	}
	if (S_ISDIR(st.st_mode))
		return read_directory(l, path);
	if (!S_ISREG(st.st_mode))
		return AUDIT_OK;
	if (++l->files > MAX_INPUT_FILES) {
		audit_warn("%s: more files than are read", path);
		return AUDIT_EREAD;
	}
	if ((f = fopen(path, "rb")) == NULL) {
		audit_warn("%s: %s", path, strerror(errno));
		return AUDIT_EREAD;
	}
	rc = read_file(f, path, l->v, l->sum, true);
	(void)fclose(f);
	return rc;
}

/* Its entries in the order of their names; what fails is told, and the rest is read. */
static int
read_directory(struct listing *l, const char *path)
{
	struct dirent **list = NULL;
	int n, rc = AUDIT_OK;

	if (l->depth == MAX_INPUT_DEPTH) {
		audit_warn("%s: deeper than directories of reports are", path);
		return AUDIT_EREAD;
	}
	if ((n = scandir(path, &list, is_shown, by_bytes)) < 0) {
		audit_warn("%s: %s", path, strerror(errno));
		return AUDIT_EREAD;
	}
	l->depth++;
	for (int i = 0; i < n; i++) {
		struct buf b;

		buf_init(&b, 4096);
		buf_adds(&b, path);
		buf_addc(&b, '/');
		buf_adds(&b, list[i]->d_name);
		buf_addc(&b, '\0');
		if (b.over || read_entry(l, b.p) != AUDIT_OK)
			rc = AUDIT_EREAD;
		buf_free(&b);
		free(list[i]);
	}
	l->depth--;
	free(list);
	return rc;
}

int
aggregate_read(const char *path, const struct aggregate_visit *v, struct aggregate_sum *sum)
{
	struct listing l = { .v = v, .sum = sum };
	struct stat st;
	FILE *f;
	int rc;

	if (strcmp(path, "-") == 0)
		return read_file(stdin, "standard input", v, sum, false);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return read_directory(&l, path);
	if ((f = fopen(path, "rb")) == NULL) {
		audit_warn("%s: %s", path, strerror(errno));
		return AUDIT_EREAD;
	}
	rc = read_file(f, path, v, sum, false);
	(void)fclose(f);
	return rc;
}
