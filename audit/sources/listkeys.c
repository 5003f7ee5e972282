/* SPDX-License-Identifier: ISC */
/*
 * listkeys.c - a question with the key in it, and its answer without.
 */
#include "audit/sources/listkeys.h"
#include <stdlib.h>
#include "checks/core/arena.h"

struct listkeys {
	struct source source; /* first */
	struct source *inner;
	const struct list_key *keys;
	size_t n;
};

/* One question under way. */
struct keyed_job {
	struct ticket inner; /* first */
	struct ticket *outer;
	const struct list_key *key;
};

static const struct list_key *
key_for(const struct listkeys *s, const struct question *q)
{
	if (q->kind != ASK_DNS)
		return NULL;
	for (size_t i = 0; i < s->n; i++)
		if (name_is_below(&q->name, &s->keys[i].zone))
			return &s->keys[i];
	return NULL;
}

/* NAME, which is below K's zone, with the key in front of that zone; false = too long. */
static bool
put_in(const struct list_key *k, const struct name *name, struct name *out)
{
	size_t front = name_labels(name) - name_labels(&k->zone), n = 0;
	struct name keyed;

	if (name_prefix(k->key, &k->zone, &keyed) != NAME_OK)
		return false;
	for (size_t i = 0; i < front; i++)
		n += 1 + name_label(name, i).n;
	if (n + keyed.n > MAX_NAME_WIRE)
		return false;
	*out = (struct name){ .n = (uint8_t)(n + keyed.n) };
	memcpy(out->w, name->w, n);
	memcpy(out->w + n, keyed.w, keyed.n);
	return true;
}

/* The next letter or digit of S from *POS on; 0 at the end. */
static char
next_letter(struct str s, size_t *pos)
{
	while (*pos < s.n) {
		char c = ascii_lower(s.p[(*pos)++]);

		if (ascii_isalnum(c))
			return c;
	}
	return 0;
}

/* Whether TEXT holds KEY, whatever stands between its letters and digits. */
static bool
holds(struct str text, struct str key)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t at = i, k = 0;
		char want;

		while ((want = next_letter(key, &k)) != 0 && next_letter(text, &at) == want)
			;
		if (want == 0)
			return true;
	}
	return false;
}

/* Whether the record RR tells KEY: a TXT may have cut it in two. */
static bool
tells(const struct rr *rr, struct str key)
{
	return holds(rr->data, key) || holds(rr->text, key);
}

/* What A, the answer to the name with the key K, says of Q; takes the reference. */
static struct answer *
take_out(const struct list_key *k, const struct question *q, struct answer *a)
{
	struct answer_draft d;
	struct arena scratch;
	struct answer *out;

	/* a chain would be of names with the key in them; no list has one */
	if (a->n_chain > 0) {
		answer_unref(a);
		return answer_failed(q, CAUSE_MALFORMED);
	}
	arena_init(&scratch, 0);
	draft_init(&d, &scratch, q, a->status);
	d.a = *a;
	d.a.q = *q;
	for (size_t i = 0; i < a->n_rr; i++)
		if (!tells(&a->rr[i], k->key))
			(void)draft_add_rr(&d, a->rr[i].type, a->rr[i].ttl_s, a->rr[i].data);
	if (a->status == ANSWER_FOUND && d.n_rr == 0)
		d.a.status = ANSWER_NODATA;
	out = answer_finish(&d);
	arena_free(&scratch);
	answer_unref(a);
	return out;
}

static void
on_done(struct ticket *t, struct answer *a)
{
	struct keyed_job *job = (struct keyed_job *)t;
	struct ticket *outer = job->outer;
	struct answer *out = take_out(job->key, &outer->q, a);

	free(job);
	outer->done(outer, out);
}

static enum source_reply
listkeys_ask(struct source *s, struct ticket *t, struct answer **out)
{
	struct listkeys *l = (struct listkeys *)s;
	const struct list_key *k = key_for(l, &t->q);
	struct keyed_job *job;
	enum source_reply reply;

	if (k == NULL)
		return l->inner->ops->ask(l->inner, t, out);
	job = xcalloc(1, sizeof(*job));
	job->inner = (struct ticket){ .q = t->q, .done = on_done };
	job->outer = t;
	job->key = k;
	if (!put_in(k, &t->q.name, &job->inner.q.name)) {
		free(job);
		*out = answer_failed(&t->q, CAUSE_BAD_NAME);
		return SOURCE_ANSWERED;
	}
	t->source_data = job;
	reply = l->inner->ops->ask(l->inner, &job->inner, out);
	if (reply == SOURCE_ANSWERED)
		*out = take_out(k, &t->q, *out);
	if (reply != SOURCE_LATER)
		free(job);
	return reply;
}

static void
listkeys_cancel(struct source *s, struct ticket *t)
{
	struct listkeys *l = (struct listkeys *)s;
	bool keyed = key_for(l, &t->q) != NULL;
	struct keyed_job *job = keyed ? t->source_data : NULL;

	if (l->inner->ops->cancel != NULL)
		l->inner->ops->cancel(l->inner, keyed ? &job->inner : t);
	free(job);
}

static uint64_t
listkeys_wait_ms(const struct source *s)
{
	const struct listkeys *l = (const struct listkeys *)s;

	return l->inner->ops->wait_ms != NULL ? l->inner->ops->wait_ms(l->inner) : 0;
}

static void
listkeys_free(struct source *s)
{
	struct listkeys *l = (struct listkeys *)s;

	l->inner->ops->free(l->inner);
	free(l);
}

struct source *
listkeys_new(struct source *inner, const struct list_key *keys, size_t n)
{
	static const struct source_ops ops = {
		.name = "resolver",
		.ask = listkeys_ask,
		.cancel = listkeys_cancel,
		.wait_ms = listkeys_wait_ms,
		.free = listkeys_free,
	};
	struct listkeys *l = xcalloc(1, sizeof(*l));

	*l = (struct listkeys){ .source.ops = &ops, .inner = inner, .keys = keys, .n = n };
	return &l->source;
}
