/* SPDX-License-Identifier: ISC */
/*
 * reread.c - lines of a file, and what they hold.
 */
#include "audit/fleet/reread.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "audit/error.h"
#include "checks/core/arena.h"
#include "checks/core/buf.h"
#include "checks/core/civil.h"

#define CHUNK ((size_t)64 << 10)

struct reread {
	FILE *f;
	const char *name;
	const struct reread_visit *v;
	struct reread_sum *sum;
	char *chunk;
	size_t at, n;    /* what is left of chunk */
	struct buf line; /* without its end */
	size_t number;   /* of that line, from 1 */
	bool ended;      /* it had an end */
};

static void
tell(struct reread *r, size_t line, const char *what)
{
	r->sum->bad++;
	if (r->v->quiet || r->sum->bad > MAX_REREAD_TOLD)
		return;
	if (line > 0)
		audit_warn("%s:%zu: %s", r->name, line, what);
	else
		audit_warn("%s: %s", r->name, what);
}

static bool
fill(struct reread *r)
{
	if (r->at == r->n) {
		r->n = fread(r->chunk, 1, CHUNK, r->f);
		r->at = 0;
	}
	return r->at < r->n;
}

/* The next line; false at the end of the file.  What is over MAX_REREAD_LINE is dropped. */
static bool
next_line(struct reread *r)
{
	bool any = false;

	buf_reset(&r->line);
	r->ended = false;
	while (!r->ended && fill(r)) {
		struct str rest = { r->chunk + r->at, r->n - r->at };
		size_t end = str_find(rest, 0, '\n');

		any = true;
		r->ended = end < rest.n;
		buf_add(&r->line, str_sub(rest, 0, end));
		r->at += end + (r->ended ? 1 : 0);
	}
	r->number += any ? 1 : 0;
	return any;
}

static void
visit_run(struct reread *r, json_t *head, json_t *run)
{
	struct reread_run out = { .findings = json_object_get(run, "findings") };

	(void)time_parse(reread_text(head, "generated"), &out.generated);
	(void)time_parse(reread_text(head, "now"), &out.now);
	out.answers = reread_text(run, "answers");
	out.offline = json_is_true(json_object_get(run, "offline"));
	out.interrupted = json_is_true(json_object_get(run, "interrupted"));
	r->sum->runs++;
	r->v->run(r->v->ctx, &out);
}

/* One object of a line; false with WHY filled in when it is neither domain nor run. */
static bool
take_object(struct reread *r, json_t *o, size_t line, char *why)
{
	json_t *run = json_object_get(o, "run");

	if (run != NULL) {
		if (!reread_is_end(o, why))
			return false;
		visit_run(r, run, run);
		return true;
	}
	if (!reread_is_domain(o, why))
		return false;
	r->sum->domains++;
	r->v->domain(r->v->ctx, o, line);
	return true;
}

/* Whether TEXT has so many values that reading it would take gigabytes. */
static bool
has_many_values(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',' || text.p[i] == '[' || text.p[i] == '{';
	return n > MAX_REREAD_VALUES;
}

static json_t *
parse(struct str text, char *why, int *line)
{
	json_error_t e = { .line = 1 };
	json_t *o;

	if (has_many_values(text)) {
		(void)snprintf(why, MAX_REREAD_WHY,
		    "more values than are read at once: split the file, or use jsonl");
		*line = 1;
		return NULL;
	}
	o = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &e);

	*line = e.line;
	if (o == NULL)
		(void)snprintf(why, MAX_REREAD_WHY, "not JSON: %s", e.text);
	else if (!json_is_object(o))
		(void)snprintf(why, MAX_REREAD_WHY, "not a JSON object");
	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

static void
take_line(struct reread *r)
{
	char why[MAX_REREAD_WHY];
	struct str text = str_trim(buf_str(&r->line));
	int unused;
	json_t *o;

	if (r->v->wanted != NULL && !r->v->wanted(r->v->ctx, r->number))
		return;
	if (r->line.over) {
		tell(r, r->number, "longer than a domain can be");
		return;
	}
	if (text.n == 0)
		return;
	o = parse(text, why, &unused);
	if (o == NULL && !r->ended) {
		r->sum->torn = true;
		if (!r->v->quiet)
			audit_warn("%s:%zu: cut off: left out", r->name, r->number);
	} else if (o == NULL || !take_object(r, o, r->number, why)) {
		tell(r, r->number, why);
	}
	json_decref(o);
}

static void
take_domains(struct reread *r, json_t *list)
{
	char why[MAX_REREAD_WHY], what[MAX_REREAD_WHY + 40];

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);

		if (!json_is_object(one) || json_object_get(one, "run") != NULL)
			(void)snprintf(why, sizeof(why), "not a domain");
		else if (take_object(r, one, 0, why))
			continue;
		(void)snprintf(what, sizeof(what), "domains[%zu]: %s", i, why);
		tell(r, 0, what);
	}
}

/* The file as one object: a line of it is in r->line. */
static int
take_document(struct reread *r)
{
	char why[MAX_REREAD_WHY];
	json_t *o;
	int line = 0;

	while (!r->line.over && fill(r)) {
		buf_add(&r->line, (struct str){ r->chunk + r->at, r->n - r->at });
		r->at = r->n;
	}
	if (r->line.over) {
		tell(r, 0, "too large to be held whole: --report jsonl is for fleets");
		return AUDIT_EREAD;
	}
	if ((o = parse(buf_str(&r->line), why, &line)) == NULL || !reread_is_report(o, why)) {
		tell(r, o == NULL && line > 0 ? (size_t)line : 0, why);
		json_decref(o);
		return AUDIT_OK;
	}
	take_domains(r, json_object_get(o, "domains"));
	visit_run(r, o, json_object_get(o, "run"));
	json_decref(o);
	return AUDIT_OK;
}

/* A report is one object over many lines, or one line that has "domains". */
static bool
is_document(const struct reread *r)
{
	struct str text = str_trim(buf_str(&r->line));
	char why[MAX_REREAD_WHY];
	bool yes;
	int line;
	json_t *o;

	if (r->ended && str_eq(text, STR("{")))
		return true;
	o = parse(text, why, &line);
	yes = o != NULL && json_object_get(o, "domains") != NULL;
	json_decref(o);
	return yes;
}

/* Pass over empty lines; false when there is nothing else. */
static bool
first_line(struct reread *r)
{
	while (next_line(r))
		if (r->line.over || str_trim(buf_str(&r->line)).n > 0)
			return true;
	return false;
}

/* The rest of R is a document, whose first lines were read. */
static int
take_whole(struct reread *r)
{
	struct buf whole;

	buf_init(&whole, MAX_REREAD_JSON);
	for (size_t i = 1; i < r->number; i++)
		buf_addc(&whole, '\n'); /* so that lines are counted */
	buf_add(&whole, buf_str(&r->line));
	buf_addc(&whole, '\n');
	buf_free(&r->line);
	r->line = whole;
	return take_document(r);
}

int
reread_stream(FILE *f, const char *name, const struct reread_visit *v, struct reread_sum *out)
{
	struct reread r = { .f = f, .name = name, .v = v, .sum = out };
	bool any;
	int rc = AUDIT_OK;

	*out = (struct reread_sum){ .domains = 0 };
	r.chunk = xmalloc(CHUNK);
	buf_init(&r.line, MAX_REREAD_LINE);
	any = first_line(&r);
	if (any && !r.line.over && is_document(&r))
		rc = take_whole(&r);
	else
		for (; any && (v->stop == NULL || *v->stop == 0); any = next_line(&r))
			take_line(&r);
	if (ferror(f) != 0) {
		audit_warn("%s: %s", name, strerror(errno));
		rc = AUDIT_EREAD;
	} else if (!v->quiet && out->bad > MAX_REREAD_TOLD) {
		audit_warn("%s: %zu more like these", name, out->bad - MAX_REREAD_TOLD);
	}
	out->lines = r.number;
	buf_free(&r.line);
	free(r.chunk);
	return rc;
}
