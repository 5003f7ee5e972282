/* SPDX-License-Identifier: ISC */
/*
 * replay.c - the reading half of recording.h.  A recording comes from outside:
 * it may have been edited, and nothing in it is trusted to be well-formed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "audit/error.h"
#include "audit/memo.h"
#include "audit/sources/rdata.h"
#include "audit/sources/recording.h"
#include "audit/sources/zonedb.h"
#include "checks/core/civil.h"

struct replay {
	struct source source; /* first */
	struct memo memo;
};

static struct str
member(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_string(v))
		return (struct str){ "", 0 };
	return (struct str){ json_string_value(v), json_string_length(v) };
}

static bool
name_member(const json_t *o, const char *key, struct name *out)
{
	struct str s = member(o, key);

	out->n = 0;
	return s.n == 0 || name_parse(s, out) == NAME_OK;
}

/* The index of WORD among the N words that WORD_OF gives; N when it is none. */
static unsigned
word_index(struct str word, const char *(*word_of)(unsigned), unsigned n)
{
	unsigned i = 0;

	while (i < n && !str_eq(word, str_of(word_of(i))))
		i++;
	return i;
}

static const char *
status_word(unsigned i)
{
	return status_name((enum answer_status)i);
}

static const char *
cause_word(unsigned i)
{
	return cause_name((enum answer_cause)i);
}

/* The array KEY of at most MAX names into *OUT, in memory of A; none when there is no KEY. */
static bool
read_names(const json_t *list, size_t max, struct arena *a, struct name **out, size_t *n)
{
	*n = json_array_size(list); /* 0 for NULL */
	if ((list != NULL && !json_is_array(list)) || *n > max)
		return false;
	*out = arena_array(a, *n + 1, sizeof(**out));
	for (size_t i = 0; i < *n; i++) {
		const json_t *v = json_array_get(list, i);

		if (!json_is_string(v) ||
		    name_parse(str_of(json_string_value(v)), &(*out)[i]) != NAME_OK)
			return false;
	}
	return true;
}

/* Rdata in presentation form, as a zone file has it, into memory of A. */
static bool
read_rdata(struct arena *a, uint16_t type, struct str text, struct str *out)
{
	static const struct name no_origin; /* names in a recording are absolute */
	struct zonelex lx;
	struct zone_entry e;
	struct rdata rd;
	struct buf b;
	bool good;

	buf_init(&b, MAX_RDATA);
	zonelex_init(&lx, text);
	good = zonelex_next(&lx, &e) && e.fault == ZONELEX_OK;
	if (good) {
		struct rdata_in in = {
			.type = type, .token = e.token, .n = e.n, .origin = &no_origin
		};

		good = rdata_parse(a, &b, &in, &rd) && !zonelex_next(&lx, &e);
	}
	if (good)
		*out = rd.data;
	zonelex_free(&lx);
	buf_free(&b);
	return good;
}

static const char *
read_records(const json_t *o, struct answer_draft *d)
{
	const json_t *rr = json_object_get(o, "rr");
	struct name *chain;
	size_t n_chain;

	if (rr != NULL && !json_is_array(rr))
		return "\"rr\" is not a list";
	if (!read_names(json_object_get(o, "chain"), MAX_CHAIN, d->scratch, &chain, &n_chain))
		return "\"chain\" is not a list of names";
	for (size_t i = 0; i < n_chain; i++)
		draft_add_link(d, &chain[i]);
	for (size_t i = 0; i < json_array_size(rr); i++) {
		const json_t *v = json_array_get(rr, i);
		struct str data;

		if (!json_is_string(v) ||
		    !read_rdata(d->scratch, d->a.q.type, str_of(json_string_value(v)), &data) ||
		    draft_add_rr(d, d->a.q.type, d->a.ttl_s, data) == NULL)
			return "\"rr\" holds what is no record of the type";
	}
	if ((d->a.status == ANSWER_FOUND) != (d->n_rr > 0))
		return "\"status\" and \"rr\" do not agree";
	return NULL;
}

static const char *
read_suffix(const json_t *o, struct answer_draft *d)
{
	struct suffix_facts *s = arena_alloc(d->scratch, sizeof(*s));

	if (d->a.status != ANSWER_FOUND)
		return NULL;
	if (!name_member(o, "suffix", &s->suffix) ||
	    !name_member(o, "registrable", &s->registrable))
		return "\"suffix\" or \"registrable\" is not a name";
	if (!name_is_below(&d->a.q.name, &s->suffix) ||
	    (s->registrable.n > 0 &&
		(!name_is_below(&d->a.q.name, &s->registrable) ||
		    name_labels(&s->registrable) != name_labels(&s->suffix) + 1)))
		return "\"suffix\" and \"registrable\" are not those of the name";
	s->is_suffix = json_is_true(json_object_get(o, "is_suffix"));
	s->is_listed = json_is_true(json_object_get(o, "listed"));
	s->is_private = json_is_true(json_object_get(o, "private"));
	d->a.suffix = s;
	return NULL;
}

static bool
read_question(const json_t *o, struct question *q)
{
	struct str kind = member(o, "kind");

	*q = (struct question){ .kind = ASK_DNS };
	if (str_eq(kind, STR("suffix")))
		q->kind = ASK_SUFFIX;
	else if (str_eq(kind, STR("names")))
		q->kind = ASK_NAMES;
	else if (!str_eq(kind, STR("dns")))
		return false;
	if (q->kind == ASK_DNS && (q->type = type_parse(member(o, "type"))) == 0)
		return false;
	return name_member(o, "name", &q->name) && q->name.n > 0;
}

/* One line of the file into *OUT; NULL, or what is wrong. */
static const char *
read_answer(const json_t *o, struct arena *a, struct answer **out)
{
	struct answer_draft d;
	struct question q;
	unsigned status = word_index(member(o, "status"), status_word, ANSWER_FAILED + 1);
	unsigned cause = word_index(member(o, "cause"), cause_word, CAUSE_COUNT);
	const json_t *ttl = json_object_get(o, "ttl");
	const char *why = NULL;

	if (!read_question(o, &q))
		return "\"kind\", \"name\" and \"type\" are not a question";
	if (status > ANSWER_FAILED || status == ANSWER_PENDING || cause == CAUSE_COUNT ||
	    (status == ANSWER_FAILED) != (cause != CAUSE_NONE))
		return "\"status\" or \"cause\" is not one";
	if (ttl != NULL && (!json_is_integer(ttl) || json_integer_value(ttl) < 0 ||
			       json_integer_value(ttl) > UINT32_MAX))
		return "\"ttl\" is not a number of seconds";
	draft_init(&d, a, &q, (enum answer_status)status);
	d.a.cause = (enum answer_cause)cause;
	d.a.ttl_s = (uint32_t)json_integer_value(ttl); /* 0 for NULL */
	d.a.authoritative = json_is_true(json_object_get(o, "aa"));
	d.a.ad = json_is_true(json_object_get(o, "ad"));
	d.a.from.source = STR("recording");
	d.a.from.where = member(o, "from");
	if (q.kind == ASK_DNS) {
		why = read_records(o, &d);
	} else if (q.kind == ASK_SUFFIX) {
		why = read_suffix(o, &d);
	} else {
		struct name *names;

		if (!read_names(
			json_object_get(o, "names"), MAX_ZONE_NAMES, a, &names, &d.a.n_names))
			why = "\"names\" is not a list of names";
		d.a.names = names;
	}
	if (why == NULL)
		*out = answer_finish(&d);
	return why;
}

static const char *
take_line(struct replay *r, struct str line, bool first, time_t *now)
{
	json_error_t error;
	json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &error);
	struct answer *a = NULL;
	const char *why = NULL;
	struct arena scratch;

	if (!json_is_object(o)) {
		json_decref(o);
		return "not a JSON object";
	}
	arena_init(&scratch, 0);
	if (first) {
		if (!str_eq(member(o, "schema"), STR(RECORDING_SCHEMA)) ||
		    !time_parse(member(o, "now"), now))
			why = "the first line of a recording holds its schema and its time";
	} else {
		why = read_answer(o, &scratch, &a);
	}
	if (a != NULL) {
		if (memo_find(&r->memo, &a->q, 0) == NULL)
			memo_keep(&r->memo, memo_add(&r->memo, &a->q), a, UINT64_MAX);
		else
			answer_unref(a); /* the first of two answers stands */
	}
	arena_free(&scratch);
	json_decref(o);
	return why;
}

static enum source_reply
replay_ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct replay *r = (struct replay *)s;
	const struct world_entry *e;

	if (t->q.kind != ASK_DNS && t->q.kind != ASK_SUFFIX && t->q.kind != ASK_NAMES)
		return SOURCE_NOT_MINE;
	e = memo_find(&r->memo, &t->q, 0);
	*out = e != NULL ? answer_ref(e->answer) : answer_failed(&t->q, CAUSE_NOT_RECORDED);
	return SOURCE_ANSWERED;
}

static void
replay_free(struct source *s)
{
	struct replay *r = (struct replay *)s;

	memo_free(&r->memo);
	free(r);
}

/* All of FILE into B. */
static int
read_file(const char *file, struct buf *b)
{
	char chunk[65536];
	FILE *f = fopen(file, "r");
	size_t n;

	if (f == NULL) {
		audit_warn("%s: %s", file, strerror(errno));
		return AUDIT_EREAD;
	}
	while (!b->over && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(b, (struct str){ chunk, n });
	n = (size_t)ferror(f);
	(void)fclose(f);
	if (n == 0 && !b->over)
		return AUDIT_OK;
	audit_warn("%s: %s", file, b->over ? "too large for a recording" : "cannot be read");
	return AUDIT_EREAD;
}

static int
take_lines(struct replay *r, const char *file, struct str text, time_t *now)
{
	size_t pos = 0, line = 0;

	while (pos < text.n || line == 0) {
		size_t end = str_find(text, pos, '\n');
		const char *why = take_line(r, str_sub(text, pos, end - pos), line == 0, now);

		line++;
		if (why != NULL) {
			audit_warn("%s:%zu: %s", file, line, why);
			return AUDIT_EFORMAT;
		}
		pos = end + 1;
	}
	return AUDIT_OK;
}

int
recording_read(const char *file, struct str text, struct source **out, time_t *now)
{
	static const struct source_ops ops = {
		.name = "recording",
		.ask = replay_ask,
		.free = replay_free,
	};
	struct replay *r = xcalloc(1, sizeof(*r));
	int rc;

	r->source.ops = &ops;
	memo_init(&r->memo, SIZE_MAX);
	if ((rc = take_lines(r, file, text, now)) == AUDIT_OK)
		*out = &r->source;
	else
		replay_free(&r->source);
	return rc;
}

int
recording_open(const char *file, struct source **out, time_t *now)
{
	struct buf text;
	int rc;

	buf_init(&text, MAX_RECORDING_BYTES);
	if ((rc = read_file(file, &text)) == AUDIT_OK)
		rc = recording_read(file, buf_str(&text), out, now);
	buf_free(&text);
	return rc;
}
