/* SPDX-License-Identifier: ISC */
/*
 * rows.c - answers in memory for tests of checks.
 */
#include "tests/rows.h"

#include <stdlib.h>

#include "tests/receiver.h"

#define MAX_TURNS 4000

/* One line of the zone. */
struct line {
	struct name name;
	struct str type, data;
};

static bool
next_line(const char **at, struct line *out)
{
	while (**at == '\n')
		++*at;
	if (**at == '\0')
		return false;
	struct str s = { *at, strcspn(*at, "\n") };
	*at += s.n;
	size_t one = str_find(s, 0, ' '), two = str_find(s, one + 1, ' ');
	if (name_parse(str_sub(s, 0, one), &out->name) != NAME_OK)
		abort();
	out->type = str_sub(s, one + 1, two - one - 1);
	out->data = str_sub(s, two + 1, s.n);
	return true;
}

static unsigned
hex(char c)
{
	return ascii_isdigit(c) ? (unsigned)(c - '0') : (unsigned)(ascii_lower(c) - 'a') + 10;
}

/* The wire form of DATA, a TXT: '|' begins the next string, and so do 255 octets. */
static struct str
txt_wire(struct arena *a, struct str data)
{
	char *p = arena_alloc(a, data.n * 2 + 2);
	size_t n = 1, start = 0;
	for (size_t i = 0; i < data.n; i++) {
		if (data.p[i] == '|' || n - start == 256) {
			p[start] = (char)(n - start - 1);
			start = n++;
			if (data.p[i] == '|')
				continue;
		}
		if (data.p[i] == '\\' && i + 3 < data.n) {
			p[n++] = (char)(hex(data.p[i + 2]) * 16 + hex(data.p[i + 3]));
			i += 3;
		} else {
			p[n++] = data.p[i];
		}
	}
	p[start] = (char)(n - start - 1);
	return (struct str){ p, n };
}

static struct str
rdata(struct arena *a, uint16_t type, struct str data)
{
	char *p = arena_alloc(a, MAX_NAME_WIRE + 2);
	struct addr addr;
	struct name name;
	if (type == RR_TXT || type == RR_SPF)
		return txt_wire(a, data);
	if (type == RR_A || type == RR_AAAA) {
		if (addr_parse(data, &addr) != ADDR_OK)
			abort();
		memcpy(p, addr.b, addr.v6 ? 16 : 4);
		return (struct str){ p, addr.v6 ? 16 : 4 };
	}
	if (name_parse(data, &name) != NAME_OK)
		abort();
	size_t head = type == RR_MX ? 2 : 0; /* the preference */
	memcpy(p + head, name.w, name.n);
	return (struct str){ p, name.n + head };
}

static const struct answer *
answer_to(struct rows *r, const struct question *q)
{
	struct answer_draft d;
	struct name at = q->name;
	struct line l;
	bool exists = false, found = false, lost = false, failed = false;
	char type_text[16];
	struct buf b;
	buf_init(&b, sizeof(type_text));
	type_print(&b, q->type);
	draft_init(&d, &r->arena, q, ANSWER_FOUND);
	if (q->kind == ASK_RECEIVER) {
		buf_free(&b);
		return receiver_here(q);
	}
	if (q->kind == ASK_NOW) {
		buf_free(&b);
		d.a.now = ROWS_NOW;
		return answer_finish(&d);
	}
	for (const char *z = r->zone; next_line(&z, &l);) {
		lost = lost || (str_eq(l.type, STR("LOST")) && name_is_below(&at, &l.name));
		failed = failed ||
			 (name_eq(&l.name, &at) && str_has_prefix(l.type, STR("FAIL")) &&
			     (l.type.n == 4 || str_eq(str_sub(l.type, 4, l.type.n), buf_str(&b))));
		exists = exists || (!str_eq(l.type, STR("LOST")) && name_is_below(&l.name, &at));
		if (!name_eq(&l.name, &at))
			continue;
		if (str_eq(l.type, STR("CNAME"))) {
			if (name_parse(l.data, &at) != NAME_OK)
				abort();
			draft_add_link(&d, &at);
			z = r->zone;
			exists = false;
		} else if (str_eq(l.type, buf_str(&b))) {
			struct str wire = rdata(&r->arena, q->type, l.data);
			found = draft_add_rr(&d, q->type, 300, wire) != NULL || found;
		}
	}
	buf_free(&b);
	if (failed || (lost && !exists))
		return answer_failed(q, failed ? CAUSE_TIMEOUT : CAUSE_NOT_PROVIDED);
	d.a.status = found ? ANSWER_FOUND : exists ? ANSWER_NODATA : ANSWER_NXDOMAIN;
	return answer_finish(&d);
}

static const struct answer *
on_ask(void *ctx, const struct question *q)
{
	struct rows *r = ctx;
	return r->later ? NULL : answer_to(r, q);
}

/* Delivers one pending answer, drawn by the seed. */
static void
deliver_one(struct rows *r)
{
	size_t n = 0, pick;
	for (size_t i = 0; i < r->q.n; i++)
		n += r->q.entries[i].answer == NULL;
	r->seed = r->seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	pick = n > 0 ? (size_t)(r->seed >> 33) % n : 0;
	for (size_t i = 0; i < r->q.n; i++) {
		struct question q = r->q.entries[i].q;
		if (r->q.entries[i].answer != NULL || pick-- > 0)
			continue;
		(void)inquiry_deliver(&r->q, &q, answer_to(r, &q));
		return;
	}
}

void
rows_run(struct rows *r, const char *zone, const struct subject *s, void (*check)(struct audit *),
    uint64_t seed)
{
	*r = (struct rows){ .zone = zone, .later = seed != 0, .seed = seed };
	arena_init(&r->arena, 0);
	arena_init(&r->run, (size_t)32 << 20);
	inquiry_init(&r->q, on_ask, r, &r->run);
	findings_init(&r->findings, &r->run);
	r->audit = (struct audit){ .subject = s,
		.q = &r->q,
		.arena = &r->run,
		.findings = &r->findings,
		.facts = &r->facts };
	do {
		if (r->runs > 0)
			deliver_one(r);
		arena_reset(&r->run);
		findings_reset(&r->findings);
		r->facts = (struct facts){ .spf = NULL };
		inquiry_begin(&r->q);
		check(&r->audit);
	} while (++r->runs < MAX_TURNS && r->q.met_pending);
}

void
rows_free(struct rows *r)
{
	inquiry_free(&r->q);
	findings_free(&r->findings);
	arena_free(&r->run);
	arena_free(&r->arena);
}
