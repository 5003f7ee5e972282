/* SPDX-License-Identifier: ISC */
/*
 * tinyzone.c - see tinyzone.h.
 */
#include "tests/tinyzone.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "audit/sources/key.h"
#include "report/report.h"
#include "tests/receiver.h"

#define MAX_LATE 200

struct line {
	struct name name;
	struct str type, data;
};

/* Questions whose answers are held back. */
struct late {
	const char *zone;
	uint64_t seed;
	const struct question *q[MAX_LATE];
	size_t n;
};

struct name
tiny_name(const char *text)
{
	struct name n;

	if (name_parse(str_of(text), &n) != NAME_OK)
		fail_msg("tinyzone: bad name %s", text);
	return n;
}

static struct str
next_word(struct str *rest)
{
	size_t end = str_find(*rest, 0, ' ');
	struct str word = str_sub(*rest, 0, end);

	*rest = str_trim(str_sub(*rest, end, rest->n));
	return word;
}

static bool
next_line(struct str zone, size_t *pos, struct line *out)
{
	while (*pos < zone.n) {
		size_t end = str_find(zone, *pos, '\n');
		struct str rest = str_trim(str_sub(zone, *pos, end - *pos));

		*pos = end + 1;
		struct str word = next_word(&rest);
		if (word.n == 0 || str_eq(word, STR("-")))
			continue;
		if (name_parse(word, &out->name) != NAME_OK)
			fail_msg("tinyzone: bad name %.*s", (int)word.n, word.p);
		out->type = next_word(&rest);
		out->data = rest;
		return true;
	}
	return false;
}

/* The draft keeps views until it is finished, so that the rdata goes to its scratch. */
static void
add_rr(struct answer_draft *d, uint16_t type, const char *rdata, size_t n)
{
	assert_non_null(
	    draft_add_rr(d, type, 300, arena_str(d->scratch, (struct str){ rdata, n })));
}

static void
add_name_rr(struct answer_draft *d, uint16_t type, const char *head, size_t n_head, struct str name)
{
	char rdata[2 + MAX_NAME_WIRE];
	struct name target;

	assert_int_equal(name_parse(name, &target), NAME_OK);
	for (size_t i = 0; i < n_head; i++)
		rdata[i] = head[i];
	memcpy(rdata + n_head, target.w, target.n);
	add_rr(d, type, rdata, n_head + target.n);
}

static void
add_txt(struct answer_draft *d, struct str text)
{
	char rdata[4096];
	size_t n = 0;

	assert_true(text.n < 3500);
	for (size_t at = 0; at == 0 || at < text.n; at += 255) {
		struct str part = str_sub(text, at, 255);

		rdata[n++] = (char)part.n;
		if (part.n > 0)
			memcpy(rdata + n, part.p, part.n);
		n += part.n;
	}
	add_rr(d, RR_TXT, rdata, n);
}

static void
add_line(struct answer_draft *d, const struct line *l, uint16_t type)
{
	struct str rest = l->data;

	if (type == RR_A || type == RR_AAAA) {
		struct addr a;

		assert_int_equal(addr_parse(rest, &a), ADDR_OK);
		add_rr(d, type, (const char *)a.b, a.v6 ? 16 : 4);
	} else if (type == RR_MX) {
		uint32_t pref = 0;
		char head[2];

		assert_true(parse_u32(next_word(&rest), 65535, &pref));
		head[0] = (char)(pref >> 8);
		head[1] = (char)(pref & 255);
		add_name_rr(d, type, head, 2, rest);
	} else if (type == RR_TXT) {
		add_txt(d, rest);
	} else {
		add_name_rr(d, type, NULL, 0, rest);
	}
}

static const struct answer *
suffix_answer(struct str zone, const struct question *q, struct answer_draft *d)
{
	struct suffix_facts f = { .is_listed = true };
	size_t pos = 0, labels = name_labels(&q->name), best = 1;
	struct line l;

	while (next_line(zone, &pos, &l)) {
		bool private = str_eq(l.type, STR("PRIVATE"));

		if (str_eq(l.type, STR("NOSUFFIX")) && name_eq(&l.name, &q->name)) {
			d->a.status = ANSWER_FAILED;
			d->a.cause = CAUSE_NOT_PROVIDED;
			return answer_finish(d);
		}
		if ((!private && !str_eq(l.type, STR("SUFFIX"))) ||
		    !name_is_below(&q->name, &l.name) || name_labels(&l.name) < best)
			continue;
		best = name_labels(&l.name);
		f.is_private = private;
	}
	f.is_suffix = labels == best;
	f.suffix = name_parent(&q->name, labels - best);
	if (labels > best)
		f.registrable = name_parent(&q->name, labels - best - 1);
	d->a.status = ANSWER_FOUND;
	d->a.suffix = &f;
	return answer_finish(d);
}

/* Follow NAME through its CNAMEs; fill in the records at the end. */
static const struct answer *
dns_answer(struct str zone, const struct question *q, struct answer_draft *d)
{
	struct name at = q->name;
	bool again = true;

	for (size_t links = 0; again && links < 5; links++) {
		size_t pos = 0;
		struct line l;

		again = false;
		d->a.status = ANSWER_NXDOMAIN;
		while (next_line(zone, &pos, &l)) {
			uint16_t type = type_parse(l.type);

			if (str_eq(l.type, STR("FAIL")) && name_eq(&l.name, &at) &&
			    (l.data.n == 0 || type_parse(l.data) == q->type)) {
				d->a.status = ANSWER_FAILED; /* behind the links walked */
				d->a.cause = CAUSE_TIMEOUT;
				return answer_finish(d);
			}
			if (type == 0 || !name_is_below(&l.name, &at))
				continue;
			if (d->a.status == ANSWER_NXDOMAIN)
				d->a.status = ANSWER_NODATA;
			if (!name_eq(&l.name, &at))
				continue;
			if (type == q->type) {
				d->a.status = ANSWER_FOUND;
				add_line(d, &l, type);
			} else if (type == RR_CNAME) {
				assert_int_equal(name_parse(l.data, &at), NAME_OK);
				draft_add_link(d, &at);
				again = true;
				break;
			}
		}
	}
	return answer_finish(d);
}

static const struct answer *
tiny_answer(const char *zone, const struct question *q)
{
	struct arena scratch;
	struct answer_draft d;
	const struct answer *a;

	arena_init(&scratch, 0);
	draft_init(&d, &scratch, q, ANSWER_NODATA);
	if (q->kind == ASK_SUFFIX)
		a = suffix_answer(str_of(zone), q, &d);
	else if (q->kind == ASK_DNS)
		a = dns_answer(str_of(zone), q, &d);
	else if (q->kind == ASK_KEY)
		a = key_answer(q);
	else if (q->kind == ASK_RECEIVER)
		a = strstr(zone, "- NOLIBSPF2") != NULL ? answer_failed(q, CAUSE_NOT_STARTED)
							: receiver_here(q);
	else
		a = answer_failed(q, CAUSE_NOT_PROVIDED);
	arena_free(&scratch);
	return a;
}

static const struct answer *
ask_now_tiny(void *ctx, const struct question *q)
{
	return tiny_answer(ctx, q);
}

static const struct answer *
ask_late(void *ctx, const struct question *q)
{
	struct late *l = ctx;
	struct question *copy = xmalloc(sizeof(*copy));

	if (l->seed == 0) {
		free(copy);
		return tiny_answer(l->zone, q);
	}
	assert_true(l->n < MAX_LATE);
	*copy = *q;
	l->q[l->n++] = copy;
	return NULL;
}

/* Deliver one of the answers held back; false when there is none. */
static bool
deliver_one(struct late *l, struct inquiry *q)
{
	size_t at;

	if (l->n == 0)
		return false;
	l->seed = l->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	at = (size_t)(l->seed >> 33) % l->n;
	const struct question *what = l->q[at];
	l->q[at] = l->q[--l->n];
	(void)inquiry_deliver(q, what, tiny_answer(l->zone, what));
	free((void *)(uintptr_t)what);
	return true;
}

/* The slugs; the sentences too, for a template that names an argument the finding lacks aborts. */
static void
print_findings(const struct findings *fs, struct buf *out)
{
	struct buf words;

	buf_init(&words, 1 << 20);
	for (const struct finding *f = fs->first; f != NULL; f = f->next) {
		const struct rule *r = rule_of(f->id);

		if (out->n > 0)
			buf_addc(out, ' ');
		buf_adds(out, r->slug);
		sentence_add(&words, r->sentence, f);
		sentence_add(&words, r->remedy, f);
	}
	buf_free(&words);
}

static void
print_asked(const struct inquiry *q, struct arena *a, struct buf *asked)
{
	const struct inquiry_entry **list;
	size_t n = inquiry_asked(q, a, &list);

	for (size_t i = 0; i < n; i++) {
		if (list[i]->q.kind != ASK_DNS)
			continue;
		name_print(asked, &list[i]->q.name);
		buf_addc(asked, '/');
		type_print(asked, list[i]->q.type);
		buf_addc(asked, ' ');
	}
}

void
tiny_got_free(struct tiny_got *got)
{
	buf_free(&got->slugs);
	buf_free(&got->asked);
}

void
tiny_run(const char *zone, const struct subject *subject, void (*check)(struct audit *),
    uint64_t seed, struct tiny_got *out)
{
	struct late late = { .zone = zone, .seed = seed };
	struct arena arena;
	struct inquiry q;
	struct findings fs;

	buf_init(&out->slugs, 1 << 20);
	buf_init(&out->asked, 1 << 20);
	arena_init(&arena, 0);
	inquiry_init(&q, ask_late, &late, &arena);
	findings_init(&fs, &arena);
	for (int runs = 0; runs < 200; runs++) {
		struct facts facts = { .spf = NULL };
		struct audit au = { subject, &q, &arena, &fs, &facts, NULL };

		arena_reset(&arena);
		findings_reset(&fs);
		inquiry_begin(&q);
		check(&au);
		if (!q.met_pending)
			break;
		assert_true(deliver_one(&late, &q));
	}
	assert_false(q.met_pending);
	print_findings(&fs, &out->slugs);
	print_asked(&q, &arena, &out->asked);
	while (deliver_one(&late, &q))
		;
	findings_free(&fs);
	inquiry_free(&q);
	arena_free(&arena);
}

void
tiny_check(
    const char *zone, const struct subject *subject, void (*check)(struct audit *), struct buf *out)
{
	struct tiny_got once, other;

	tiny_run(zone, subject, check, 0, &once);
	for (uint64_t seed = 1; seed <= 5; seed++) {
		tiny_run(zone, subject, check, seed, &other);
		if (!str_eq(buf_str(&once.slugs), buf_str(&other.slugs)))
			fail_msg("order %d: '%.*s', not '%.*s'", (int)seed, (int)other.slugs.n,
			    other.slugs.p, (int)once.slugs.n, once.slugs.p);
		if (!str_eq(buf_str(&once.asked), buf_str(&other.asked)))
			fail_msg("order %d: asked '%.*s', not '%.*s'", (int)seed,
			    (int)other.asked.n, other.asked.p, (int)once.asked.n, once.asked.p);
		tiny_got_free(&other);
	}
	buf_reset(out);
	buf_add(out, buf_str(&once.slugs));
	tiny_got_free(&once);
}

void
tiny_init(struct tiny *t, const char *zone, const struct subject *subject)
{
	t->zone = zone;
	arena_init(&t->arena, 0);
	inquiry_init(&t->q, ask_now_tiny, (void *)(uintptr_t)zone, &t->arena);
	findings_init(&t->findings, &t->arena);
	t->facts = (struct facts){ .spf = NULL };
	t->au = (struct audit){ subject, &t->q, &t->arena, &t->findings, &t->facts, NULL };
	inquiry_begin(&t->q);
}

void
tiny_free(struct tiny *t)
{
	findings_free(&t->findings);
	inquiry_free(&t->q);
	arena_free(&t->arena);
}
