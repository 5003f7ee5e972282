/* SPDX-License-Identifier: ISC */
/*
 * spf_map.c - a record from its last term to its first: what a term matches is
 * laid over what the terms behind it say.
 *
 * The networks of a term are taken as a record of their own that lets them pass
 * and is neutral about the rest; so an include and an ip4 are one operation.
 */
#include "checks/spf_map.h"

#include <stdlib.h>

/* Room for one map of one family; of two of these one is read, the other written. */
struct room {
	struct spf_span *spans;
	size_t n, cap;
};

/* First and last address of networks. */
struct range {
	struct addr from, to;
};

struct spf_mapper {
	struct arena *arena;
	const struct spf_tree *tree;
	struct spf_map *of_node; /* by index; that of the root stays empty */
	struct spf_values values;
	struct str opaque[MAX_SPF_OPAQUE];
	size_t n_opaque;
	struct room room[3]; /* what is behind a term, what it makes of it, what it matches */
	struct range *ranges;
	size_t n_ranges, cap_ranges;
};

/* One family of one record under way. */
struct making {
	struct spf_mapper *m;
	const struct spf_node *node;
	const bool *skip;
	size_t end; /* the first term that nobody gets through; SPF_NO_TERM = none */
	bool v6;
	size_t now; /* index into m->room of what is behind the next term */
};

/* The number of the opaque term TERM in the record of NODE. */
static size_t
opaque_of(struct spf_mapper *m, const struct spf_node *node, const struct spf_term *term)
{
	bool qualified = term->text.n > 0 && str_find(STR("+-?~"), 0, term->text.p[0]) < 4;
	struct str text = str_sub(term->text, qualified, term->text.n), key;
	struct str label = name_text(m->arena, &node->name);
	char *p = arena_alloc(m->arena, text.n + label.n + 2);
	memcpy(p, text.p, text.n);
	p[text.n] = ' ';
	memcpy(p + text.n + 1, label.p, label.n);
	key = (struct str){ p, text.n + 1 + label.n };
	for (size_t i = 0; i < m->n_opaque; i++)
		if (str_eq(m->opaque[i], key))
			return i;
	if (m->n_opaque == MAX_SPF_OPAQUE) {
		m->values.bad = true;
		return 0;
	}
	m->opaque[m->n_opaque] = key;
	return m->n_opaque++;
}

/* Adds the span from FROM on to R. */
static void
room_add(
    struct spf_mapper *m, struct room *r, const struct addr *from, const struct spf_value *value)
{
	if (r->n > 0 && r->spans[r->n - 1].value == value)
		return;
	if (r->n >= MAX_SPF_SPANS)
		m->values.bad = true;
	if (!spf_spend(&m->values))
		return;
	arena_grow(m->arena, &r->spans, r->n, &r->cap, sizeof(*r->spans));
	r->spans[r->n++] = (struct spf_span){ *from, value };
}

static void
room_fill(struct making *k, struct room *r, const struct spf_value *value)
{
	struct addr zero = { .v6 = k->v6 };
	r->n = 0;
	room_add(k->m, r, &zero, value);
}

/* All addresses get VALUE. */
static void
make_all(struct making *k, const struct spf_value *value)
{
	room_fill(k, &k->m->room[k->now], value);
}

/* Lays an included map, SPANS, over what is there, with HIT where it passes. */
static void
make_include(struct making *k, const struct spf_span *spans, size_t n, const struct spf_value *hit)
{
	struct spf_mapper *m = k->m;
	const struct room *behind = &m->room[k->now];
	struct room *out = &m->room[1 - k->now];
	size_t i = 0, j = 0;
	out->n = 0;
	while (i < n && j < behind->n && !m->values.bad) {
		int c = addr_cmp(&spans[i].from, &behind->spans[j].from);
		const struct addr *from = c > 0 ? &spans[i].from : &behind->spans[j].from;
		room_add(m, out, from,
		    spf_included(&m->values, spans[i].value, hit, behind->spans[j].value));
		/* The one that ends first makes way for its next. */
		bool last_i = i + 1 == n, last_j = j + 1 == behind->n;
		c = last_i && last_j ? 0
		    : last_i         ? 1
		    : last_j         ? -1
				     : addr_cmp(&spans[i + 1].from, &behind->spans[j + 1].from);
		i += c <= 0;
		j += c >= 0;
	}
	k->now = 1 - k->now;
}

/* Lays opaque TERM over what is there. */
static void
make_opaque(struct making *k, const struct spf_term *term, const struct spf_value *hit)
{
	struct spf_mapper *m = k->m;
	const struct room *behind = &m->room[k->now];
	struct room *out = &m->room[1 - k->now];
	size_t opaque = opaque_of(m, k->node, term);
	out->n = 0;
	for (size_t j = 0; j < behind->n && !m->values.bad; j++)
		room_add(m, out, &behind->spans[j].from,
		    spf_decide(&m->values, opaque, hit, behind->spans[j].value));
	k->now = 1 - k->now;
}

static void
range_add(struct making *k, const struct addr *addr, unsigned bits)
{
	struct spf_mapper *m = k->m;
	struct range r = { *addr, *addr };
	if (addr->v6 != k->v6 || !spf_spend(&m->values))
		return;
	for (unsigned i = 0; i < (addr->v6 ? 16u : 4u); i++) {
		unsigned kept = bits >= i * 8 + 8 ? 8 : bits <= i * 8 ? 0 : bits - i * 8;
		r.from.b[i] = (uint8_t)(r.from.b[i] & ~(0xffu >> kept));
		r.to.b[i] = (uint8_t)(r.to.b[i] | 0xffu >> kept);
	}
	arena_grow(m->arena, &m->ranges, m->n_ranges, &m->cap_ranges, sizeof(*m->ranges));
	m->ranges[m->n_ranges++] = r;
}

static int
range_cmp(const void *va, const void *vb)
{
	const struct range *a = va, *b = vb;
	int c = addr_cmp(&a->from, &b->from);
	return c != 0 ? c : addr_cmp(&a->to, &b->to);
}

/* The address behind A into *OUT; false when A is the last. */
static bool
addr_next(const struct addr *a, struct addr *out)
{
	*out = *a;
	for (size_t i = a->v6 ? 16 : 4; i-- > 0;)
		if (++out->b[i] != 0)
			return true;
	return false;
}

/* The ranges gathered as a map that lets them pass, in room 2. */
static void
close_ranges(struct making *k)
{
	struct spf_mapper *m = k->m;
	struct room *r = &m->room[2];
	struct addr next;
	if (m->n_ranges > 0)
		qsort(m->ranges, m->n_ranges, sizeof(*m->ranges), range_cmp);
	room_fill(k, r, spf_plain(&m->values, RESULT_NEUTRAL));
	for (size_t i = 0; i < m->n_ranges && !m->values.bad;) {
		struct range x = m->ranges[i++];
		for (; i < m->n_ranges && addr_cmp(&m->ranges[i].from, &x.to) <= 0; i++)
			if (addr_cmp(&m->ranges[i].to, &x.to) > 0)
				x.to = m->ranges[i].to;
		/* The one in front may end where this one begins. */
		if (addr_cmp(&r->spans[r->n - 1].from, &x.from) == 0)
			r->n--;
		room_add(m, r, &x.from, spf_plain(&m->values, RESULT_PASS));
		if (!addr_next(&x.to, &next))
			break;
		room_add(m, r, &next, spf_plain(&m->values, RESULT_NEUTRAL));
	}
	m->n_ranges = 0;
}

/* Lays the ranges gathered over what is there, with HIT. */
static void
make_ranges(struct making *k, const struct spf_value *hit)
{
	if (k->m->n_ranges == 0)
		return;
	close_ranges(k);
	if (!k->m->values.bad)
		make_include(k, k->m->room[2].spans, k->m->room[2].n, hit);
}

const struct spf_item *
spf_item_of(const struct spf_node *node, const struct spf_term *term)
{
	for (size_t i = 0; i < node->n_items; i++)
		if (node->items[i].term == term)
			return &node->items[i];
	return NULL;
}

/* The addresses of an a or mx. */
static void
gather_hosts(struct making *k, const struct spf_item *it)
{
	for (size_t h = 0; h < it->n_hosts; h++) {
		const struct answer *a = it->hosts[h];
		struct addr addr;
		for (size_t i = 0; a->status == ANSWER_FOUND && i < a->n_rr; i++)
			if (rr_addr(&a->rr[i], &addr))
				range_add(k, &addr, addr.v6 ? it->term->cidr6 : it->term->cidr4);
	}
}

static enum spf_result
result_of(char qualifier)
{
	return qualifier == '-'   ? RESULT_FAIL
	       : qualifier == '~' ? RESULT_SOFTFAIL
	       : qualifier == '?' ? RESULT_NEUTRAL
				  : RESULT_PASS;
}

/* A lookup term whose outcome hangs on the address alone, or not. */
static void
make_lookup(struct making *k, const struct spf_term *t, const struct spf_value *hit)
{
	struct spf_mapper *m = k->m;
	const struct spf_item *it = spf_item_of(k->node, t);
	if (it == NULL || it->unknown) {
		m->values.bad = true;
	} else if (it->macro || t->kind == TERM_PTR || t->kind == TERM_EXISTS) {
		make_opaque(k, t, hit);
	} else if (it->mx_over) { /* RFC 7208 4.6.4: permerror, whoever sends */
		make_all(k, spf_plain(&m->values, RESULT_PERMERROR));
	} else if (it->below != NULL) {
		const struct spf_map *below = &m->of_node[it->below->index];
		make_include(k, below->spans[k->v6], below->n[k->v6], hit);
	} else {
		gather_hosts(k, it);
		make_ranges(k, hit);
	}
}

/* Lays term I over what is there; runs of networks with one qualifier go together. */
static void
make_term(struct making *k, size_t i)
{
	const struct spf_record *r = k->node->record;
	const struct spf_term *t = &r->terms[i], *before = i > 0 ? t - 1 : NULL;
	const struct spf_value *hit = spf_plain(&k->m->values, result_of(t->qualifier));
	if (t->kind == TERM_ALL) {
		make_all(k, hit);
	} else if (t->kind == TERM_IP4 || t->kind == TERM_IP6) {
		range_add(k, &t->net.addr, t->net.bits);
		bool more = before != NULL && before->qualifier == t->qualifier &&
			    (before->kind == TERM_IP4 || before->kind == TERM_IP6) &&
			    (k->skip == NULL || !k->skip[i - 1]);
		if (!more)
			make_ranges(k, hit);
	} else if (is_spf_lookup(t->kind) && t->kind != TERM_REDIRECT) {
		make_lookup(k, t, hit);
	}
}

/* What the record says of those that no term matches (RFC 7208 4.7, 6.1). */
static void
make_end(struct making *k)
{
	const struct spf_record *r = k->node->record;
	struct spf_mapper *m = k->m;
	make_all(k, spf_plain(&m->values, RESULT_NEUTRAL));
	if (r->redirect == SPF_NO_TERM || r->all != SPF_NO_TERM ||
	    (k->skip != NULL && k->skip[r->redirect]))
		return;
	const struct spf_term *t = &r->terms[r->redirect];
	const struct spf_item *it = spf_item_of(k->node, t);
	if (it == NULL) {
		m->values.bad = true;
	} else if (it->macro) {
		make_all(k, spf_tail(&m->values, opaque_of(m, k->node, t)));
	} else {
		const struct spf_map *below = &m->of_node[it->below->index];
		struct room *out = &m->room[k->now];
		out->n = 0;
		for (size_t i = 0; i < below->n[k->v6] && !m->values.bad; i++) {
			const struct spf_span *s = &below->spans[k->v6][i];
			room_add(m, out, &s->from,
			    s->value->result == RESULT_NONE && s->value->yes == NULL &&
				    !s->value->tail
				? spf_plain(&m->values, RESULT_PERMERROR)
				: s->value);
		}
	}
}

bool
is_spf_qualified(const struct spf_node *node)
{
	const struct name *name = &node->name;
	if (!name_is_set(name) || name->w[1] == '[')
		return false;
	return name->w[name->w[0] + 1] != 0; /* a second label */
}

static void
make_node(struct making *k)
{
	const struct spf_node *node = k->node;
	struct spf_mapper *m = k->m;
	if (node->state == NODE_NONE || !is_spf_qualified(node)) {
		make_all(k, spf_plain(&m->values, RESULT_NONE));
	} else if (node->state == NODE_SEVERAL || node->state == NODE_LOOP ||
		   (node->state == NODE_RECORD && node->record->n_fatal > 0)) {
		/* A loop ends at the limit of lookups, for whom it was not left before. */
		make_all(k, spf_plain(&m->values, RESULT_PERMERROR));
	} else if (node->state != NODE_RECORD || node->record->n_terms >= MAX_SPF_TERMS) {
		m->values.bad = true;
	} else {
		make_end(k);
		/* RFC 7208 4.6.4: who gets as far as that has permerror. */
		if (k->end != SPF_NO_TERM)
			make_all(k, spf_plain(&m->values, RESULT_PERMERROR));
		size_t n = node->record->n_terms;
		for (size_t i = k->end < n ? k->end : n; i-- > 0 && !m->values.bad;)
			if (!is_spf_dead(node->record, i) && (k->skip == NULL || !k->skip[i]))
				make_term(k, i);
	}
}

/* One family of a node; what came out stays in the room until the next is made. */
static const struct room *
make_family(struct making *k, int v6)
{
	k->v6 = v6 != 0;
	k->now = 0;
	k->m->n_ranges = 0;
	make_node(k);
	return &k->m->room[k->now];
}

bool
spf_map_until(struct spf_mapper *m, const struct spf_node *node, const bool *skip, size_t end,
    struct spf_map *out)
{
	struct making k = { .m = m, .node = node, .skip = skip, .end = end };
	*out = (struct spf_map){ .n = { 0 } };
	for (int v6 = 0; v6 < 2 && !m->values.bad; v6++) {
		const struct room *r = make_family(&k, v6);
		struct spf_span *spans = arena_array(m->arena, r->n + 1, sizeof(*spans));
		if (r->n > 0)
			memcpy(spans, r->spans, r->n * sizeof(*spans));
		out->spans[v6] = spans;
		out->n[v6] = r->n;
	}
	return !m->values.bad;
}

bool
spf_map(struct spf_mapper *m, const struct spf_node *node, const bool *skip, struct spf_map *out)
{
	return spf_map_until(m, node, skip, SPF_NO_TERM, out);
}

bool
spf_map_without(
    struct spf_mapper *m, const struct spf_node *node, const bool *skip, const struct spf_map *map)
{
	struct making k = { .m = m, .node = node, .skip = skip, .end = SPF_NO_TERM };
	bool same = true;
	for (int v6 = 0; v6 < 2 && same && !m->values.bad; v6++) {
		const struct room *r = make_family(&k, v6);
		same = spf_same_spans(r->spans, r->n, map->spans[v6], map->n[v6]);
	}
	return same && !m->values.bad;
}

struct spf_mapper *
spf_mapper(struct arena *a, const struct spf_tree *t)
{
	struct spf_mapper *m = arena_alloc(a, sizeof(*m));
	m->arena = a;
	m->tree = t;
	m->of_node = arena_array(a, t->n_nodes, sizeof(*m->of_node));
	spf_values_init(&m->values, a);
	m->values.bad = t->pending || t->over;
	/* Breadth first: what is below a node stands behind it. */
	for (size_t i = t->n_nodes; i-- > 1 && !m->values.bad;)
		(void)spf_map(m, t->nodes[i], NULL, &m->of_node[i]);
	return m->values.bad ? NULL : m;
}

bool
spf_map_node(struct spf_mapper *m, struct str text, struct spf_node *out)
{
	const struct spf_node *root = m->tree->nodes[0];
	struct spf_record *r = arena_alloc(m->arena, sizeof(*r));
	spf_record_parse(m->arena, text, r);
	*out = *root;
	out->record = r;
	out->n_items = 0;
	out->items = arena_array(m->arena, r->n_terms, sizeof(*out->items));
	for (size_t i = 0; i < r->n_terms; i++) {
		const struct spf_item *old = NULL;
		if (!is_spf_lookup(r->terms[i].kind) || is_spf_dead(r, i))
			continue;
		for (size_t k = 0; k < root->n_items && old == NULL; k++)
			if (str_eq(root->items[k].term->text, r->terms[i].text))
				old = &root->items[k];
		if (old == NULL)
			return false;
		out->items[out->n_items] = *old;
		out->items[out->n_items++].term = &r->terms[i];
	}
	return true;
}

/* The map of what term I of the root matches, of one family; room 2 may hold it. */
static const struct spf_span *
term_spans(struct making *k, size_t i, size_t *n)
{
	struct spf_mapper *m = k->m;
	const struct spf_term *t = &k->node->record->terms[i];
	const struct spf_item *it = spf_item_of(k->node, t);
	if (it != NULL && it->below != NULL) {
		*n = m->of_node[it->below->index].n[k->v6];
		return m->of_node[it->below->index].spans[k->v6];
	}
	m->n_ranges = 0;
	if (it != NULL)
		gather_hosts(k, it);
	else
		range_add(k, &t->net.addr, t->net.bits);
	close_ranges(k);
	*n = m->room[2].n;
	return m->room[2].spans;
}

/* Whether what an include says as V may be a match. */
static bool
may_pass(const struct spf_value *v)
{
	return v->yes != NULL || v->tail || v->result == RESULT_PASS;
}

/* What V is when no opaque term matches. */
static const struct spf_value *
without_opaque(const struct spf_value *v)
{
	while (v->yes != NULL)
		v = v->no;
	return v;
}

bool
spf_map_agrees(
    struct spf_mapper *m, const struct spf_node *root, size_t i, const struct spf_map *map)
{
	const struct spf_value *hit =
	    spf_plain(&m->values, result_of(root->record->terms[i].qualifier));
	bool same = true, any = false;
	for (int v6 = 0; v6 < 2 && same; v6++) {
		struct making k = { .m = m, .node = root, .v6 = v6 != 0 };
		struct room *out = &m->room[0];
		size_t n;
		const struct spf_span *spans = term_spans(&k, i, &n);
		/* Laid over the map, with HIT: nothing may change but behind opaque terms. */
		out->n = 0;
		for (size_t a = 0; a < map->n[v6] && !m->values.bad; a++)
			room_add(m, out, &map->spans[v6][a].from,
			    without_opaque(map->spans[v6][a].value));
		for (size_t a = 0, b = 0; same && a < n && b < out->n && spf_spend(&m->values);) {
			bool last_a = a + 1 == n, last_b = b + 1 == out->n;
			bool pass = may_pass(spans[a].value);
			any = any || pass;
			same = !pass || out->spans[b].value == hit;
			int c = last_a   ? (last_b ? 0 : 1)
				: last_b ? -1
					 : addr_cmp(&spans[a + 1].from, &out->spans[b + 1].from);
			a += c <= 0;
			b += c >= 0;
		}
	}
	return same && any && !m->values.bad;
}

struct str
spf_map_opaque(const struct spf_mapper *m, size_t i)
{
	return i < m->n_opaque ? m->opaque[i] : STR("");
}
