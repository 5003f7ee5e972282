/* SPDX-License-Identifier: ISC */
/*
 * record.c - the writing half of recording.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/error.h"
#include "audit/memo.h"
#include "audit/sources/recording.h"
#include "report/json.h"

#define MAX_PATH_BYTES 4096

struct recorder {
	struct memo memo; /* the answers, each question once */
	bool over;        /* one was left out: the file would be too large */
};

struct recorder *
recorder_new(void)
{
	struct recorder *r = xcalloc(1, sizeof(*r));

	memo_init(&r->memo, SIZE_MAX); /* a recording with gaps would be worse than none */
	return r;
}

void
recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	memo_free(&r->memo);
	free(r);
}

static bool
is_recorded(enum question_kind kind)
{
	return kind == ASK_DNS || kind == ASK_SUFFIX || kind == ASK_NAMES;
}

void
recorder_add(struct recorder *r, const struct inquiry *q)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct inquiry_entry *e = &q->entries[i];

		/* a recording tells of one state: that before a change is another's */
		if (e->asked_by == 0 || e->answer == NULL || e->q.base || !is_recorded(e->q.kind) ||
		    memo_find(&r->memo, &e->q, 0) != NULL)
			continue;
		if (memo_bytes(&r->memo) > MAX_RECORDING_BYTES) {
			r->over = true;
			return;
		}
		memo_keep(&r->memo, memo_add(&r->memo, &e->q), answer_ref(e->answer), UINT64_MAX);
	}
}

static void
member_name(struct json *j, const char *key, const struct name *n)
{
	struct buf b;

	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, n);
	json_key(j, key);
	json_str(j, buf_str(&b));
	buf_free(&b);
}

static void
write_names(struct json *j, const char *key, const struct name *names, size_t n)
{
	struct buf b;

	if (n == 0)
		return;
	buf_init(&b, MAX_NAME_TEXT);
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		buf_reset(&b);
		name_print(&b, &names[i]);
		json_str(j, buf_str(&b));
	}
	json_close(j, ']');
	buf_free(&b);
}

static void
write_records(struct json *j, const struct answer *a)
{
	struct buf b;

	buf_init(&b, MAX_ANSWER_BYTES);
	type_print(&b, a->q.type);
	json_key(j, "type");
	json_str(j, buf_str(&b));
	json_member(j, "status", status_name(a->status));
	json_member(j, "cause", cause_name(a->cause));
	write_names(j, "chain", a->chain, a->n_chain);
	if (a->n_rr > 0) {
		json_key(j, "rr");
		json_open(j, '[');
		for (size_t i = 0; i < a->n_rr; i++) {
			buf_reset(&b);
			rr_print(&b, &a->rr[i]);
			json_str(j, buf_str(&b));
		}
		json_close(j, ']');
	}
	json_member_uint(j, "ttl", a->ttl_s);
	json_member_flag(j, "aa", a->authoritative);
	json_member_flag(j, "ad", a->ad);
	buf_free(&b);
}

static void
write_suffix(struct json *j, const struct suffix_facts *s)
{
	member_name(j, "suffix", &s->suffix);
	if (s->registrable.n > 0)
		member_name(j, "registrable", &s->registrable);
	json_member_flag(j, "is_suffix", s->is_suffix);
	json_member_flag(j, "listed", s->is_listed);
	json_member_flag(j, "private", s->is_private);
}

static void
write_answer(struct buf *out, const struct answer *a)
{
	static const char *const kinds[ASK_KINDS] = {
		[ASK_DNS] = "dns", [ASK_NAMES] = "names", [ASK_SUFFIX] = "suffix"
	};
	struct json j;
	struct buf from;

	json_init(&j, out, false);
	json_open(&j, '{');
	json_member(&j, "kind", kinds[a->q.kind]);
	member_name(&j, "name", &a->q.name);
	if (a->q.kind == ASK_DNS) {
		write_records(&j, a);
	} else {
		json_member(&j, "status", status_name(a->status));
		json_member(&j, "cause", cause_name(a->cause));
	}
	write_names(&j, "names", a->names, a->n_names);
	if (a->suffix != NULL)
		write_suffix(&j, a->suffix);
	buf_init(&from, MAX_PATH_BYTES);
	buf_add(&from, a->from.source);
	if (a->from.where.n > 0) {
		buf_addc(&from, ' ');
		buf_add(&from, a->from.where);
	}
	json_key(&j, "from");
	json_escaped(&j, buf_str(&from));
	buf_free(&from);
	json_close(&j, '}');
	buf_addc(out, '\n');
}

static int
entry_cmp(const void *va, const void *vb)
{
	const struct world_entry *const *a = va, *const *b = vb;

	return question_cmp((*a)->q, (*b)->q);
}

static void
write_all(struct recorder *r, time_t now, struct buf *out)
{
	struct world_entry **list = xcalloc(r->memo.n + 1, sizeof(struct world_entry *));
	size_t n = 0;
	struct json j;

	json_init(&j, out, false);
	json_open(&j, '{');
	json_member(&j, "schema", RECORDING_SCHEMA);
	json_key(&j, "now");
	json_time(&j, now);
	json_close(&j, '}');
	buf_addc(out, '\n');
	for (size_t i = 0; i < r->memo.n_buckets; i++)
		for (struct world_entry *e = r->memo.buckets[i]; e != NULL; e = e->chain)
			list[n++] = e;
	qsort(list, n, sizeof(struct world_entry *), entry_cmp);
	for (size_t i = 0; i < n; i++)
		write_answer(out, list[i]->answer);
	free(list);
}

/* The bytes of B to what stands at FILE and is no file to be replaced: a pipe, a device. */
static int
write_through(const char *file, const struct buf *b)
{
	FILE *f = fopen(file, "w");
	bool good = f != NULL && fwrite(b->p, 1, b->n, f) == b->n;

	if (f != NULL && fclose(f) != 0)
		good = false;
	if (!good)
		audit_warn("%s: %s", file, strerror(errno));
	return good ? AUDIT_OK : AUDIT_EWRITE;
}

/* The bytes of B to FILE, whole or not at all. */
static int
replace_file(const char *file, const struct buf *b)
{
	char temporary[MAX_PATH_BYTES];
	int n = snprintf(temporary, sizeof(temporary), "%s.tmp", file);
	FILE *f = NULL;

	if (n < 0 || (size_t)n >= sizeof(temporary))
		errno = ENAMETOOLONG;
	else
		f = fopen(temporary, "w");
	if (f == NULL) {
		audit_warn("%s: %s", file, strerror(errno));
		return AUDIT_EWRITE;
	}
	if (fwrite(b->p, 1, b->n, f) != b->n || fflush(f) != 0 || fsync(fileno(f)) != 0) {
		audit_warn("%s: %s", temporary, strerror(errno));
		(void)fclose(f);
		(void)unlink(temporary);
		return AUDIT_EWRITE;
	}
	if (fclose(f) != 0 || rename(temporary, file) != 0) {
		audit_warn("%s: %s", file, strerror(errno));
		(void)unlink(temporary);
		return AUDIT_EWRITE;
	}
	return AUDIT_OK;
}

int
recorder_write(struct recorder *r, const char *file, time_t now)
{
	struct stat st;
	struct buf out;
	int rc;

	buf_init(&out, MAX_RECORDING_BYTES);
	write_all(r, now, &out);
	if (r->over || out.over) {
		audit_warn("%s: the recording is larger than a recording may be", file);
		rc = AUDIT_EWRITE;
	} else if (lstat(file, &st) == 0 && !S_ISREG(st.st_mode)) {
		rc = write_through(file, &out); /* a link leads on: what it points at stays */
	} else {
		rc = replace_file(file, &out);
	}
	buf_free(&out);
	return rc;
}
