/* SPDX-License-Identifier: ISC */
/*
 * answer.c - answers are drafted in loose pieces and packed into one block.
 */
#include "checks/core/answer.h"
#include <assert.h>
#include <stdlib.h>
#include "checks/core/arena.h"
#include "checks/core/hash.h"
#include "checks/verify.h"

void
draft_init(struct answer_draft *d, struct arena *scratch, const struct question *q,
    enum answer_status status)
{
	*d = (struct answer_draft){ .scratch = scratch };
	d->a.q = *q;
	d->a.status = status;
	d->a.ttl_s = UINT32_MAX;
}

struct rr *
draft_add_rr(struct answer_draft *d, uint16_t type, uint32_t ttl_s, struct str rdata)
{
	struct rr *rr;

	if (d->n_rr >= MAX_ANSWER_RR) {
		d->over = true;
		return NULL;
	}
	if (!rr_data_ok(type, rdata))
		return NULL;
	rr = arena_grow(d->scratch, &d->rr, d->n_rr++, &d->cap_rr, sizeof(*d->rr));
	*rr = (struct rr){ .type = type, .ttl_s = ttl_s, .data = rdata };
	if (ttl_s < d->a.ttl_s)
		d->a.ttl_s = ttl_s;
	return rr;
}

void
draft_add_link(struct answer_draft *d, const struct name *to)
{
	struct name *link;

	if (d->n_chain >= MAX_CHAIN) {
		d->over = d->chain_over = true;
		return;
	}
	link = arena_grow(d->scratch, &d->chain, d->n_chain++, &d->cap_chain, sizeof(*d->chain));
	*link = *to;
}

/* Canonical order; the earlier line of a file first among doubles. */
static int
rr_cmp(const void *va, const void *vb)
{
	const struct rr *a = va, *b = vb;
	int c;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if ((c = str_cmp(a->data, b->data)) != 0)
		return c;
	if ((c = str_cmp(a->file, b->file)) != 0)
		return c;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

static int
cmp_names(const void *a, const void *b)
{
	return name_cmp(a, b);
}

static void
sort_and_merge(struct answer_draft *d)
{
	size_t n = 0;

	if (d->n_rr == 0)
		return;
	qsort(d->rr, d->n_rr, sizeof(*d->rr), rr_cmp);
	for (size_t i = 1; i < d->n_rr; i++)
		if (d->rr[i].type != d->rr[n].type || !str_eq(d->rr[i].data, d->rr[n].data))
			d->rr[++n] = d->rr[i];
	d->n_rr = n + 1;
}

/* Writes pieces one behind the other; with P NULL it only counts. */
struct packer {
	char *p;
	size_t n;
};

static void *
pack(struct packer *k, const void *from, size_t n)
{
	void *to = NULL;

	k->n = (k->n + 7) & ~(size_t)7;
	if (k->p != NULL && n > 0) {
		to = k->p + k->n;
		if (from != NULL)
			memcpy(to, from, n);
	}
	k->n += n;
	return to;
}

static struct str
pack_str(struct packer *k, struct str s)
{
	struct str out = { .p = s.n == 0 ? "" : pack(k, s.p, s.n), .n = s.n };

	return out;
}

/* The text of a TXT: a view of its only string, or the strings joined. */
static struct str
pack_text(struct packer *k, struct str data)
{
	struct str s, out = { .p = "", .n = 0 };
	size_t pos = 0;
	char *to;

	if (data.n == (size_t)(uint8_t)data.p[0] + 1)
		return str_sub(data, 1, data.n);
	to = pack(k, NULL, data.n);
	if (to == NULL)
		return out;
	out.p = to;
	while (txt_next(data, &pos, &s)) {
		memcpy(to + out.n, s.p, s.n);
		out.n += s.n;
	}
	return out;
}

static void
pack_rrs(struct packer *k, const struct answer_draft *d, struct answer *out)
{
	struct rr *rrs = pack(k, d->rr, d->n_rr * sizeof(*d->rr));
	struct str file_from = { NULL, 0 }, file_to = { "", 0 };

	for (size_t i = 0; i < d->n_rr; i++) {
		const struct rr *from = &d->rr[i];
		struct rr to = *from;

		if (from->file.p != file_from.p || from->file.n != file_from.n) {
			file_from = from->file;
			file_to = pack_str(k, from->file);
		}
		to.file = file_to;
		to.data = pack_str(k, from->data);
		if (from->type == RR_TXT || from->type == RR_SPF)
			to.text = pack_text(k, k->p == NULL ? from->data : to.data);
		to.pos = pack(k, from->pos, from->n_pos * sizeof(*from->pos));
		if (rrs != NULL)
			rrs[i] = to;
	}
	if (out != NULL) {
		out->rr = rrs;
		out->n_rr = d->n_rr;
	}
}

static const struct verify_facts *
pack_verify(struct packer *k, const struct verify_facts *from)
{
	struct verify_facts *to = pack(k, from, sizeof(*from));
	struct verified *v = pack(k, from->v, from->n * sizeof(*from->v));

	for (size_t i = 0; i < from->n; i++) {
		struct str error = pack_str(k, from->v[i].error);

		if (v != NULL)
			v[i].error = error;
	}
	if (to != NULL)
		to->v = v;
	return to;
}

static void
pack_facts(struct packer *k, const struct answer *a, struct answer *out)
{
	struct suffix_facts *sf = NULL;
	struct key_facts *kf = NULL;
	struct receiver_facts *rf = NULL;
	const struct verify_facts *vf = NULL;
	struct zone_fault *zf;

	if (a->suffix != NULL)
		sf = pack(k, a->suffix, sizeof(*a->suffix));
	if (a->key != NULL) {
		struct str modulus;

		kf = pack(k, a->key, sizeof(*a->key));
		modulus = pack_str(k, a->key->modulus);
		if (kf != NULL)
			kf->modulus = modulus;
	}
	if (a->receiver != NULL)
		rf = pack(k, a->receiver, sizeof(*a->receiver));
	if (a->verify != NULL)
		vf = pack_verify(k, a->verify);
	zf = pack(k, a->faults, a->n_faults * sizeof(*a->faults));
	for (size_t i = 0; i < a->n_faults; i++) {
		struct zone_fault f = a->faults[i];

		f.code = pack_str(k, f.code);
		f.file = pack_str(k, f.file);
		f.text = pack_str(k, f.text);
		if (zf != NULL)
			zf[i] = f;
	}
	if (out != NULL) {
		out->suffix = sf;
		out->key = kf;
		out->receiver = rf;
		out->verify = vf;
		out->faults = zf;
	}
}

/* All of D into K; the block's answer, or NULL while counting. */
static struct answer *
pack_all(struct packer *k, const struct answer_draft *d)
{
	struct answer *out = pack(k, NULL, sizeof(*out));
	/* A whole message: whoever asked has it, and nobody else does. */
	struct str data =
	    d->a.q.kind == ASK_VERIFY ? (struct str){ "", 0 } : pack_str(k, d->a.q.data);
	struct str source = pack_str(k, d->a.from.source), where = pack_str(k, d->a.from.where);
	const struct name *chain = pack(k, d->chain, d->n_chain * sizeof(*chain));
	const struct name *names = pack(k, d->a.names, d->a.n_names * sizeof(*names));

	if (out != NULL) {
		*out = d->a;
		out->q.data = data;
		out->from.source = source;
		out->from.where = where;
		out->chain = chain;
		out->n_chain = d->n_chain;
		out->names = names;
	}
	pack_rrs(k, d, out);
	if (d->a.q.kind != ASK_DNS) /* most are, and those have none */
		pack_facts(k, &d->a, out);
	return out;
}

struct answer *
answer_finish(struct answer_draft *d)
{
	struct packer k = { NULL, 0 };
	struct answer *a;

	sort_and_merge(d);
	(void)pack_all(&k, d);
	if (d->over || k.n > MAX_ANSWER_BYTES) {
		struct question q = d->a.q;

		return answer_failed(&q, d->chain_over ? CAUSE_CHAIN : CAUSE_TOO_LARGE);
	}
	if (d->a.ttl_s == UINT32_MAX)
		d->a.ttl_s = 0;
	k.p = xmalloc(k.n);
	k.n = 0;
	a = pack_all(&k, d);
	if (a->n_names > 1) /* its own block: sorting it in place is still ours to do */
		qsort(
		    k.p + ((const char *)a->names - k.p), a->n_names, sizeof(*a->names), cmp_names);
	a->refs = 1;
	a->bytes = k.n;
	a->account = NULL;
	a->derived = NULL;
	return a;
}

struct answer *
answer_failed(const struct question *q, enum answer_cause cause)
{
	struct answer_draft d;

	draft_init(&d, NULL, q, ANSWER_FAILED);
	d.a.cause = cause;
	return answer_finish(&d);
}

/* Something made from one record by one function. */
struct derived_one {
	struct derived_one *next;
	const struct rr *rr;
	void *(*make)(struct arena *keep, const struct answer *a, const struct rr *rr);
	void *what;
};

/* All that was made from an answer, this too in the arena. */
struct derived {
	struct derived_one *first;
	struct arena arena;
	size_t bytes; /* as counted so far */
};

/* A with the part that is no content: references, bytes and what was derived. */
static struct answer *mutable(const struct answer *a)
{
	union {
		const struct answer *c;
		struct answer *m;
	} u = { .c = a };

	return u.m;
}

void *
answer_derive(const struct answer *a, const struct rr *rr,
    void *(*make)(struct arena *keep, const struct answer *a, const struct rr *rr))
{
	struct answer *m = mutable(a);
	struct derived_one *one;
	struct derived *d;
	size_t room;

	if (m->derived == NULL)
		m->derived = xcalloc(1, sizeof(*m->derived));
	d = m->derived;
	for (one = d->first; one != NULL; one = one->next)
		if (one->rr == rr && one->make == make)
			return one->what;
	one = arena_alloc(&d->arena, sizeof(*one));
	one->rr = rr;
	one->make = make;
	one->what = make(&d->arena, a, rr);
	one->next = d->first; /* only now: MAKE may have derived too, */
	d->first = one;
	room = sizeof(*d) + arena_room(&d->arena); /* and that is counted already */
	m->bytes += room - d->bytes;
	if (m->account != NULL)
		*m->account += room - d->bytes;
	d->bytes = room;
	return one->what;
}

void
answer_account(const struct answer *a, size_t *account)
{
	mutable(a)->account = account;
}

struct answer *
answer_ref(const struct answer *a)
{
	mutable(a)->refs++;
	return mutable(a);
}

void
answer_unref(const struct answer *a)
{
	struct answer *m = mutable(a);

	if (a == NULL || a == answer_pending())
		return;
	assert(m->refs > 0);
	if (--m->refs > 0)
		return;
	if (m->derived != NULL)
		arena_free(&m->derived->arena);
	free(m->derived);
	free(m);
}

const struct answer *
answer_pending(void)
{
	static const struct answer pending = { .refs = 1, .status = ANSWER_PENDING };

	return &pending;
}

int
question_cmp(const struct question *a, const struct question *b)
{
	int c;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if ((c = name_cmp(&a->name, &b->name)) != 0)
		return c;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->base != b->base)
		return a->base ? -1 : 1;
	return str_cmp(a->data, b->data);
}

bool
question_eq(const struct question *a, const struct question *b)
{
	return a->kind == b->kind && a->type == b->type && a->base == b->base &&
	       name_eq(&a->name, &b->name) && str_eq(a->data, b->data);
}

uint64_t
question_hash(const struct question *q)
{
	uint64_t head =
	    (uint64_t)q->base << 40 | (uint64_t)q->kind << 32 | (uint64_t)q->type << 8 | q->name.n;
	/* multiplied beside the first word of the name, and not before it */
	uint64_t h = HASH_START ^ head * HASH_BY;

	h = hash_add(h, (struct str){ (const char *)q->name.w, q->name.n });
	return hash_end(q->data.n > 0 ? hash_add(h, q->data) : h);
}

struct question
question_dns(const struct name *name, uint16_t type)
{
	return (struct question){ .kind = ASK_DNS, .type = type, .name = *name };
}

const struct name *
answer_owner(const struct answer *a)
{
	return a->n_chain > 0 ? &a->chain[a->n_chain - 1] : &a->q.name;
}

bool
answer_is_absent(const struct answer *a)
{
	return a->status == ANSWER_NODATA || a->status == ANSWER_NXDOMAIN;
}

const char *
status_name(enum answer_status s)
{
	static const char *const names[] = { "pending", "found", "no data", "no such name",
		"failed" };

	return names[s];
}

const char *
cause_name(enum answer_cause c)
{
	static const char *const names[] = { "", "timeout", "SERVFAIL", "refused",
		"DNSSEC validation failed", "malformed answer", "answer too large",
		"server unreachable", "the server does not hold the name", "CNAME loop",
		"not in the recording", "not in the zone files given", "cannot be listed",
		"not a name that can be asked", "limit of questions reached",
		"the process that was asked died", "the process to ask could not be started" };

	_Static_assert(ARRAY_LEN(names) == CAUSE_COUNT, "one for each enum answer_cause");
	return names[c];
}
