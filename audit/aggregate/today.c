/* SPDX-License-Identifier: ISC */
/*
 * today.c - sources as subjects of the engine, its results into the sources; see today.h.
 */
#include "audit/aggregate/today.h"
#include <stdlib.h>
#include "audit/config/apply.h"
#include "audit/idn.h"
#include "checks/providers.h"
#include "checks/senders.h"

#define MAX_REVERSE_NAMES                                                                          \
	1000 /* asked for, of the sources with the most mail: each is a question of its own */

struct look_up {
	struct evidence *e;
	struct recorder *recorder;
	uint64_t enough; /* messages, from which on a reverse name is asked for */
	size_t next;     /* the first source of the next subject */
	size_t *starts;  /* of each subject */
	size_t n;
};

/* The MAIL FROM domain seen most that shares its last two labels with the From domain. */
static struct name
path_of(const struct seen_source *s)
{
	size_t labels = name_labels(&s->from);
	struct name base = name_parent(&s->from, labels > 2 ? labels - 2 : 0), best = { .n = 0 };
	uint64_t most = 0;

	for (const struct seen_word *w = s->paths; w != NULL; w = w->next) {
		struct name one;

		if (w->messages <= most || idn_parse(w->text, &one) != NULL ||
		    !name_is_below(&one, &base))
			continue;
		best = one;
		most = w->messages;
	}
	return best;
}

/* The sender of T that leaves through the service P. */
static const struct sender *
sender_through(const struct subject *t, const struct provider *p)
{
	for (size_t i = 0; p != NULL && i < t->n_senders; i++)
		for (size_t k = 0; k < t->senders[i].n_via; k++)
			if (str_ieq(t->senders[i].via[k], str_of(p->id)))
				return &t->senders[i];
	return NULL;
}

/* What C says of the domain DOMAIN, memory of A. */
static struct subject
configured(const struct config *c, const struct name *domain, struct arena *a)
{
	struct subject t = { .domain = *domain };

	if (c != NULL)
		config_subject(c, &t, a);
	return t;
}

/*
 * S as a sender with one signer for each signature that verified: a key that stands
 * somewhere does not mean that this mail is signed.
 */
static void
fill_sender(struct arena *a, const struct seen_source *s, struct sender *out)
{
	struct signer *dkim;
	size_t n = 0, room = 1;

	for (const struct seen_selector *k = s->selectors; k != NULL; k = k->next)
		room++;
	dkim = arena_array(a, room, sizeof(*dkim));
	for (const struct seen_selector *k = s->selectors; k != NULL; k = k->next)
		if (k->pass > 0)
			dkim[n++] = (struct signer){ k->domain, &k->name, 1 };
	*out = (struct sender){ .ips = &s->ip, .n_ips = 1, .dkim = dkim, .n_dkim = n };
	out->mail_from = path_of(s);
}

static enum feed_reply
next_subject(void *ctx, struct subject *out, struct arena *a)
{
	struct look_up *l = ctx;
	struct sender *senders = arena_array(a, MAX_SEEN_BATCH, sizeof(*senders));
	const struct name *from;
	size_t n = 0;

	if (l->next == l->e->n)
		return FEED_END;
	from = &l->e->sources[l->next]->seen.from;
	l->starts[l->n++] = l->next;
	while (n < MAX_SEEN_BATCH && l->next < l->e->n &&
	       name_eq(&l->e->sources[l->next]->seen.from, from)) {
		const struct seen_source *s = &l->e->sources[l->next++]->seen;

		fill_sender(a, s, &senders[n]);
		senders[n++].volume = s->messages >= l->enough ? 1 : 0;
	}
	*out = (struct subject){ .domain = *from, .senders = senders, .n_senders = n };
	return FEED_ONE;
}

/* F, found of S, into it: memory of A. */
static void
take(struct arena *a, struct seen_source *s, const struct seen_fact *f)
{
	size_t i = 0;

	s->today = f->today;
	s->today.spf_domain = arena_str(a, f->today.spf_domain);
	s->today.term = arena_str(a, f->today.term);
	for (struct seen_selector *k = s->selectors; k != NULL; k = k->next) {
		if (k->pass == 0)
			continue;
		k->today = f->keys[i].today;
		k->aligned = f->keys[i].aligned;
		i++;
	}
}

static void
on_done(void *ctx, const struct engine_result *r)
{
	struct look_up *l = ctx;
	struct evidence *e = l->e;

	for (size_t i = 0; i < r->subject->n_senders; i++) {
		struct seen_source *s = &e->sources[l->starts[r->index] + i]->seen;

		if (r->facts->seen != NULL)
			take(&e->arena, s, &r->facts->seen[i]);
		else /* a bound of the run was passed */
			s->today =
			    (struct seen_today){ .spf = "", .looked_up = true, .unknown = true };
	}
	if (l->recorder != NULL)
		recorder_add(l->recorder, r->q);
}

static int
by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x > y ? -1 : x < y;
}

/* The messages of the last of the MAX_REVERSE_NAMES sources with the most; 0 = all are few. */
static uint64_t
enough_messages(const struct evidence *e)
{
	uint64_t *sizes = xcalloc(e->n + 1, sizeof(*sizes)), enough = 0;

	for (size_t i = 0; i < e->n; i++)
		sizes[i] = e->sources[i]->seen.messages;
	if (e->n > MAX_REVERSE_NAMES) {
		qsort(sizes, e->n, sizeof(*sizes), by_size);
		enough = sizes[MAX_REVERSE_NAMES - 1] + 1; /* of equals, none: they may be all */
	}
	free(sizes);
	return enough;
}

int
today_look_up(struct evidence *e, const struct check_options *o, struct world *w, struct loop *loop,
    struct recorder *recorder)
{
	static const struct check check = { .name = "seen", .run = check_seen };
	struct look_up l = { .e = e, .recorder = recorder };
	struct engine_options eo = { .in_flight = o->in_flight,
		.timeout_ms = o->timeout_ms,
		.checks = &check,
		.n_checks = 1 };
	struct engine_feed feed = { .next = next_subject, .done = on_done, .ctx = &l };

	l.enough = enough_messages(e);
	l.starts = arena_array(&e->arena, e->n + 1, sizeof(*l.starts));
	return engine_run(w, loop, &eo, &feed);
}

/* Whether T names a selector that S's mail verified with. */
static bool
is_named_key(const struct subject *t, const struct seen_source *s)
{
	for (const struct seen_selector *k = s->selectors; k != NULL; k = k->next)
		for (size_t i = 0; k->pass > 0 && i < t->n_selectors; i++) {
			const struct selector *x = &t->selectors[i];

			if (str_ieq(x->name, k->name) &&
			    name_eq(name_is_set(&x->domain) ? &x->domain : &t->domain, &k->domain))
				return true;
		}
	return false;
}

static enum seen_standing
standing_of(const struct seen_source *s, const struct subject *t, bool has_config)
{
	const struct seen_today *now = &s->today;

	if (s->sender.n > 0 && now->looked_up && !now->passes)
		return now->unknown ? SEEN_UNSURE : SEEN_FAILS;
	if (s->sender.n > 0)
		return s->aligned < s->messages ? SEEN_FAILED : SEEN_PASSES;
	if (s->aligned == 0)
		return SEEN_UNKNOWN;
	if (!has_config || !addr_is_seen_from_outside(&s->ip))
		return SEEN_PASSES;
	return s->spf == 0 && is_named_key(t, s) ? SEEN_SIGNED : SEEN_UNNAMED;
}

void
today_judge(struct evidence *e, const struct config *c)
{
	struct subject t = { .n_ips = 0 };
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < e->n; i++) {
		struct seen_source *s = &e->sources[i]->seen;
		const struct sender *ours;

		if (i == 0 || !name_eq(&t.domain, &s->from)) {
			arena_reset(&a);
			t = configured(c, &s->from, &a);
		}
		ours = sender_with(&a, &t, &s->ip);
		if (ours == NULL)
			ours = sender_through(&t, s->today.service);
		if (ours != NULL)
			s->sender = arena_str(&e->arena, ours->name);
		s->standing = standing_of(s, &t, c != NULL);
	}
	arena_free(&a);
}
