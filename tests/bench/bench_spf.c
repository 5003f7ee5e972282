/* SPDX-License-Identifier: ISC */
/*
 * bench_spf.c - spf_eval() against libspf2: the same senders, the same answers in
 * memory, in turns.  Prints the time of one evaluation by each, and the ratio.
 *
 * libspf2 runs in this process, without the message to and from it that an audit
 * pays for; its copying of answers into its own records is part of what it costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "audit/sources/receiver_libspf2.h"
#include "checks/spf_receiver.h"

#define ROUNDS 11
#define ROUND_MS 60
#define MAX_ANSWERS 64

#define NETS(a)                                                                                    \
	"ip4:8." a ".0.0/24 ip4:8." a ".1.0/24 ip4:8." a ".2.0/24 ip4:8." a ".3.0/24 ip4:8." a     \
	".4.0/24 ip4:8." a ".5.0/24 ip4:8." a ".6.0/24 ip4:8." a ".7.0/24 "

/* clang-format off */
/* Records as they are usual, each with one that decides early and one that reads all. */
static const struct {
	const char *name, *text;
} records[] = {
	{ "plain.example", "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.7 -all" },
	{ "hosts.example", "v=spf1 a mx a:www.hosts.example ip4:192.0.2.9 ~all" },
	{ "services.example", "v=spf1 include:one.example include:two.example include:three.example ip4:192.0.2.7 -all" },
	{ "one.example", "v=spf1 " NETS("1") NETS("2") "~all" },
	{ "two.example", "v=spf1 include:deep.example " NETS("3") "?all" },
	{ "deep.example", "v=spf1 " NETS("4") NETS("5") NETS("6") "-all" },
	{ "three.example", "v=spf1 ip6:2001:db8:1::/48 ip6:2001:db8:2::/48 exists:%{ir}.list.example -all" },
	{ "moved.example", "v=spf1 redirect=services.example" },
};
static const char *const senders[] = { "plain.example", "hosts.example", "services.example", "moved.example" };
static const char *const addresses[] = { "192.0.2.7", "8.6.7.1", "203.0.113.1", "2001:db8:2::1" };
/* clang-format on */

/* Answers that were made once. */
struct store {
	const struct answer *a[MAX_ANSWERS];
	size_t n;
	struct receiver_case *catch; /* the last question to a receiver is read into it */
	struct arena arena;
};

static const struct answer *
make_answer(const struct question *q)
{
	struct answer_draft d;
	struct arena scratch;
	struct name name;
	const struct answer *out;

	arena_init(&scratch, 0);
	draft_init(&d, &scratch, q, ANSWER_NXDOMAIN);
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		struct str text = str_of(records[i].text);
		char *p = arena_alloc(&scratch, text.n + 8);
		size_t n = 0;

		if (name_parse(str_of(records[i].name), &name) != NAME_OK ||
		    !name_eq(&name, &q->name))
			continue;
		d.a.status = q->type == RR_TXT ? ANSWER_FOUND : ANSWER_NODATA;
		for (size_t at = 0; q->type == RR_TXT && at < text.n; at += 255) {
			struct str part = str_sub(text, at, 255);

			p[n++] = (char)part.n;
			memcpy(p + n, part.p, part.n);
			n += part.n;
		}
		if (n > 0)
			(void)draft_add_rr(&d, RR_TXT, 300, (struct str){ p, n });
	}
	if (q->type == RR_A && d.n_rr == 0 && name_parse(STR("hosts.example"), &name) == NAME_OK &&
	    name_is_below(&q->name, &name)) {
		d.a.status = ANSWER_FOUND;
		(void)draft_add_rr(&d, RR_A, 300, (struct str){ "\xc0\x00\x02\x50", 4 });
	}
	out = answer_finish(&d);
	arena_free(&scratch);
	return out;
}

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	struct store *s = ctx;

	for (size_t i = 0; i < s->n; i++)
		if (question_eq(&s->a[i]->q, q))
			return answer_ref(s->a[i]);
	if (q->kind == ASK_RECEIVER) {
		static struct libspf2 *l;
		struct receiver_facts *f = arena_alloc(&s->arena, sizeof(*f));
		struct receiver_reply r;
		struct answer_draft d;
		char *data = arena_alloc(&s->arena, q->data.n);

		if (l == NULL)
			l = libspf2_open(true);
		memcpy(data, q->data.p, q->data.n);
		if (l == NULL || !receiver_case_parse(&s->arena, data, q->data.n, s->catch))
			abort();
		libspf2_ask(l, &s->arena, s->catch, &r);
		*f = r.facts;
		draft_init(&d, NULL, q, ANSWER_FOUND);
		d.a.receiver = f;
		return answer_finish(&d);
	}
	if (s->n == MAX_ANSWERS)
		abort();
	s->a[s->n++] = make_answer(q);
	return answer_ref(s->a[s->n - 1]);
}

struct trial {
	struct spf_sender sender;
	struct receiver_case c;
};

static void
evaluate(struct store *s, struct arena *a, struct trial *t, struct spf_verdict *v, bool both)
{
	struct subject subject = { .n_ips = 0 };
	struct facts facts = { .spf = NULL };
	struct findings fs;
	struct inquiry q;
	struct audit au = { &subject, &q, a, &fs, &facts, NULL };

	arena_reset(a);
	inquiry_init(&q, on_ask, s, a);
	findings_init(&fs, a);
	inquiry_begin(&q);
	spf_eval(&au, &t->sender, v);
	if (both) {
		s->catch = &t->c;
		(void)spf_receiver(&au, &t->sender);
	}
	findings_free(&fs);
	inquiry_free(&q);
}

static uint64_t
clock_ns(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static int
cmp(const void *va, const void *vb)
{
	const double *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

/* Nanoseconds of one evaluation by ours (L NULL) or by L, over the N trials. */
static double
measure(struct store *s, struct arena *a, struct trial *t, size_t n, struct libspf2 *l)
{
	uint64_t start = clock_ns(), spent = 0;
	size_t done = 0;

	while (spent < (uint64_t)ROUND_MS * 1000000) {
		for (size_t i = 0; i < n; i++) {
			struct receiver_reply r;
			struct spf_verdict v;

			if (l == NULL) {
				evaluate(s, a, &t[i], &v, false);
				continue;
			}
			arena_reset(a);
			libspf2_ask(l, a, &t[i].c, &r);
			if (r.word != REPLY_VERDICT)
				abort();
		}
		done += n;
		spent = clock_ns() - start;
	}
	return (double)spent / (double)done;
}

int
main(void)
{
	static struct trial trials[ARRAY_LEN(senders) * ARRAY_LEN(addresses)];
	double ours[ROUNDS], theirs[ROUNDS], ratio[ROUNDS];
	struct libspf2 *l = libspf2_open(true);
	struct store s = { .n = 0 };
	struct arena a;
	size_t n = 0;

	arena_init(&a, 0);
	arena_init(&s.arena, 0);
	for (size_t i = 0; i < ARRAY_LEN(senders); i++)
		for (size_t k = 0; k < ARRAY_LEN(addresses); k++, n++) {
			struct spf_verdict v;

			trials[n].sender = (struct spf_sender){ .local = STR("a"),
				.helo = STR("mail.example"),
				.domain = str_of(senders[i]) };
			if (addr_parse(str_of(addresses[k]), &trials[n].sender.ip) != ADDR_OK)
				return 1;
			evaluate(&s, &a, &trials[n], &v, true);
		}
	for (size_t i = 0; i < ROUNDS; i++) {
		ours[i] = measure(&s, &a, trials, n, NULL);
		theirs[i] = measure(&s, &a, trials, n, l);
		ratio[i] = theirs[i] / ours[i];
	}
	qsort(ours, ROUNDS, sizeof(*ours), cmp);
	qsort(theirs, ROUNDS, sizeof(*theirs), cmp);
	qsort(ratio, ROUNDS, sizeof(*ratio), cmp);
	printf("spf: one evaluation %.0f ns, by libspf2 %.0f ns\n", ours[ROUNDS / 2],
	    theirs[ROUNDS / 2]);
	printf("spf: ratio %.2f (1 or more is wanted), median of %d runs\n", ratio[ROUNDS / 2],
	    ROUNDS);
	return 0;
}
