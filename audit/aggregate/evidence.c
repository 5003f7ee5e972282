/* SPDX-License-Identifier: ISC */
/*
 * evidence.c - rows into sources; see evidence.h.
 */
#include "audit/aggregate/evidence.h"
#include <stdlib.h>
#include "audit/idn.h"
#include "checks/core/hash.h"

#define FIRST_SLOTS 1024 /* a power of two */
#define DAY_S 86400

void
evidence_init(struct evidence *e)
{
	*e = (struct evidence){ .n = 0 };
	arena_init(&e->arena, 0);
}

void
evidence_free(struct evidence *e)
{
	free(e->slots);
	free(e->reports);
	arena_free(&e->arena);
	*e = (struct evidence){ .n = 0 };
}

static struct str
bytes_of(const void *p, size_t n)
{
	return (struct str){ p, n };
}

static uint64_t
hash_source(const struct name *from, const struct addr *ip)
{
	uint64_t h = hash_add(HASH_START, bytes_of(from->w, from->n));

	h = hash_add(h, bytes_of(ip->b, ip->v6 ? 16 : 4));
	return hash_end(h);
}

/* What tells a report from others: RFC 9990 has the id be unique for its sender. */
static uint64_t
hash_report(const struct aggregate_report *r)
{
	uint64_t h = hash_add(HASH_START, r->org), times[3];

	h = hash_add(hash_add(h, STR("\n")), r->id);
	h = hash_add(hash_add(h, STR("\n")), r->domain);
	times[0] = (uint64_t)r->begin;
	times[1] = (uint64_t)r->end;
	times[2] = r->n_rows;
	h = hash_end(hash_add(h, bytes_of(times, sizeof(times))));
	return h == 0 ? 1 : h;
}

/* Whether H is new; it is not any more. */
static bool
is_new_report(struct evidence *e, uint64_t h)
{
	size_t i;

	if (e->n_reports * 2 >= e->n_report_slots) {
		size_t old = e->n_report_slots;
		uint64_t *was = e->reports;

		e->n_report_slots = old == 0 ? FIRST_SLOTS : old * 2;
		e->reports = xcalloc(e->n_report_slots, sizeof(*e->reports));
		for (size_t k = 0; k < old; k++) {
			if (was[k] == 0)
				continue;
			for (i = was[k] & (e->n_report_slots - 1); e->reports[i] != 0;)
				i = (i + 1) & (e->n_report_slots - 1);
			e->reports[i] = was[k];
		}
		free(was);
	}
	for (i = h & (e->n_report_slots - 1); e->reports[i] != 0;
	     i = (i + 1) & (e->n_report_slots - 1))
		if (e->reports[i] == h)
			return false;
	e->reports[i] = h;
	e->n_reports++;
	return true;
}

/* The slot of FROM and IP: theirs, or the free one where they would go. */
static uint32_t *
find_slot(const struct evidence *e, const struct name *from, const struct addr *ip)
{
	size_t i = hash_source(from, ip) & (e->n_slots - 1);

	for (; e->slots[i] != 0; i = (i + 1) & (e->n_slots - 1)) {
		const struct seen_source *s = &e->sources[e->slots[i] - 1]->seen;

		if (addr_eq(&s->ip, ip) && name_eq(&s->from, from))
			break;
	}
	return &e->slots[i];
}

static void
grow_slots(struct evidence *e)
{
	free(e->slots);
	e->n_slots = e->n_slots == 0 ? FIRST_SLOTS : e->n_slots * 2;
	e->slots = xcalloc(e->n_slots, sizeof(*e->slots));
	for (size_t i = 0; i < e->n; i++) {
		const struct seen_source *s = &e->sources[i]->seen;

		*find_slot(e, &s->from, &s->ip) = (uint32_t)i + 1;
	}
}

/* The source of FROM and IP, made when it is new; NULL = there are too many. */
static struct evidence_source *
source_of(struct evidence *e, const struct name *from, const struct addr *ip)
{
	struct evidence_source *s;
	uint32_t *slot;

	if (e->n * 2 >= e->n_slots)
		grow_slots(e);
	slot = find_slot(e, from, ip);
	if (*slot != 0)
		return e->sources[*slot - 1];
	if (e->n == MAX_EVIDENCE_SOURCES)
		return NULL;
	s = arena_alloc(&e->arena, sizeof(*s));
	s->seen.from = *from;
	s->seen.ip = *ip;
	s->seen.today.spf = "";
	s->end = &s->rows;
	arena_grow(&e->arena, &e->sources, e->n, &e->cap, sizeof(struct evidence_source *));
	e->sources[e->n++] = s;
	*slot = (uint32_t)e->n;
	return s;
}

/* COUNT messages more with TEXT, in *LIST. */
static void
add_word(struct arena *a, struct seen_word **list, struct str text, uint64_t count)
{
	size_t n = 0;

	if (text.n == 0)
		return;
	for (; *list != NULL; list = &(*list)->next, n++)
		if (str_ieq((*list)->text, text)) {
			(*list)->messages += count;
			return;
		}
	if (n == MAX_EVIDENCE_WORDS)
		return;
	*list = arena_alloc(a, sizeof(**list));
	(*list)->text = arena_str(a, text);
	(*list)->messages = count;
}

static void
add_selector(struct arena *a, struct seen_source *s, const struct aggregate_auth *auth,
    uint64_t count, time_t end)
{
	struct seen_selector **list = &s->selectors;
	struct name domain;
	size_t n = 0;

	if (auth->selector.n == 0 || idn_parse(auth->domain, &domain) != NULL)
		return;
	while (*list != NULL &&
	       !(name_eq(&(*list)->domain, &domain) && str_ieq((*list)->name, auth->selector))) {
		list = &(*list)->next;
		n++;
	}
	if (*list == NULL) {
		if (n == MAX_EVIDENCE_WORDS)
			return;
		*list = arena_alloc(a, sizeof(**list));
		(*list)->domain = domain;
		(*list)->name = arena_str(a, auth->selector);
		(*list)->today = "";
	}
	(*list)->all += count;
	if (!str_eq(str_of(auth->result), STR("pass")))
		return;
	(*list)->pass += count;
	if (end > (*list)->last)
		(*list)->last = end;
}

/* The domain of MAIL FROM, as the SPF result or the envelope tells. */
static struct str
path_of(const struct aggregate_row *row)
{
	size_t at = 0;

	for (size_t i = 0; i < row->n_spf; i++)
		if (!str_eq(str_of(row->spf[i].scope), STR("helo")) && row->spf[i].domain.n > 0)
			return row->spf[i].domain;
	for (size_t i = 0; i < row->envelope_from.n; i++)
		if (row->envelope_from.p[i] == '@')
			at = i + 1;
	return str_sub(row->envelope_from, at, row->envelope_from.n);
}

static bool
is_forwarded(const struct aggregate_row *row)
{
	for (size_t i = 0; i < row->n_reasons; i++) {
		struct str type = str_of(row->reasons[i].type);

		if (str_eq(type, STR("forwarded")) || str_eq(type, STR("trusted_forwarder")) ||
		    str_eq(type, STR("mailing_list")))
			return true;
	}
	return false;
}

static void
count_row(struct arena *a, struct seen_source *s, const struct aggregate_row *row, time_t end)
{
	struct str disposition = str_of(row->disposition);

	s->messages += row->count;
	s->dkim += row->dkim_pass ? row->count : 0;
	s->spf += row->spf_pass ? row->count : 0;
	s->aligned += row->dkim_pass || row->spf_pass ? row->count : 0;
	s->quarantined += str_eq(disposition, STR("quarantine")) ? row->count : 0;
	s->rejected += str_eq(disposition, STR("reject")) ? row->count : 0;
	s->forwarded += is_forwarded(row) ? row->count : 0;
	add_word(a, &s->paths, path_of(row), row->count);
	for (size_t i = 0; i < row->n_dkim; i++)
		add_selector(a, s, &row->dkim[i], row->count, end);
}

/* The days of R into *FIRST and *LAST, 0 = there are none yet. */
static void
widen(const struct aggregate_report *r, time_t *first, time_t *last)
{
	if (r->begin > 0 && (*first == 0 || r->begin < *first))
		*first = r->begin;
	if (r->end > *last)
		*last = r->end;
}

static void
add_row(struct evidence *e, const struct aggregate_report *r, const struct aggregate_row *row,
    struct str org)
{
	struct evidence_source *s =
	    e->rows < MAX_EVIDENCE_ROWS ? source_of(e, &row->from, &row->ip) : NULL;
	struct evidence_row *one;

	if (s == NULL) {
		e->over++;
		return;
	}
	e->rows++;
	e->messages += row->count;
	count_row(&e->arena, &s->seen, row, r->end);
	add_word(&e->arena, &s->seen.orgs, org, row->count);
	widen(r, &s->seen.first, &s->seen.last);
	one = arena_alloc(&e->arena, sizeof(*one));
	*one = (struct evidence_row){ .begin = r->begin,
		.end = r->end,
		.count = row->count,
		.disposition = row->disposition,
		.dkim = row->dkim_pass,
		.spf = row->spf_pass,
		.org = org };
	*s->end = one;
	s->end = &one->next;
}

bool
evidence_add(struct evidence *e, const struct aggregate_report *r)
{
	struct str org;

	if (e->n_reports == MAX_EVIDENCE_REPORTS) {
		e->over += r->n_rows;
		return false;
	}
	if (!is_new_report(e, hash_report(r))) {
		e->twice++;
		return false;
	}
	org = arena_str(&e->arena, r->org);
	e->bad += r->n_bad;
	widen(r, &e->first, &e->last);
	for (size_t i = 0; i < r->n_rows; i++)
		add_row(e, r, &r->rows[i], org);
	return true;
}

static int
seen_cmp(const void *a, const void *b)
{
	const struct seen_source *x = &(*(struct evidence_source *const *)a)->seen;
	const struct seen_source *y = &(*(struct evidence_source *const *)b)->seen;
	int c = name_cmp(&x->from, &y->from);

	return c != 0 ? c : addr_cmp(&x->ip, &y->ip);
}

void
evidence_sort(struct evidence *e)
{
	if (e->n > 0)
		qsort(e->sources, e->n, sizeof(struct evidence_source *), seen_cmp);
	free(e->slots);
	e->slots = NULL;
	e->n_slots = 0;
}

const struct evidence_row *
evidence_row_at(const struct evidence *e, const struct name *from, const struct addr *ip,
    time_t day, const struct evidence_row *after)
{
	struct evidence_source key = { .seen = { .from = *from, .ip = *ip } }, *k = &key;
	struct evidence_source *const *s;
	const struct evidence_row *r;
	time_t start = day - day % DAY_S;

	if (e->n == 0)
		return NULL;
	s = bsearch(&k, e->sources, e->n, sizeof(struct evidence_source *), seen_cmp);
	r = after != NULL ? after->next : s != NULL ? (*s)->rows : NULL;
	while (r != NULL && (r->begin == 0 || r->begin >= start + DAY_S || r->end < start))
		r = r->next;
	return r;
}
