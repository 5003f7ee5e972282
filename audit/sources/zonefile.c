/* SPDX-License-Identifier: ISC */
/*
 * zonefile.c - questions to the zones in memory, and their answers.  How files
 * get there is zoneload.c.
 */
#include "audit/sources/zonefile.h"
#include "audit/sources/zonefind.h"
#include "audit/sources/zoneread.h"
#include "audit/sources/zonesource.h"
#include <stdlib.h>

/* A negative answer lives as long as the lesser of SOA TTL and MINIMUM (RFC 2308 5). */
static uint32_t
negative_ttl(const struct zone *z)
{
	const uint8_t *min;
	uint32_t ttl;

	if (z == NULL || z->soa == NULL || z->soa->rr.data.n < 4)
		return DEFAULT_TTL;
	min = (const uint8_t *)z->soa->rr.data.p + z->soa->rr.data.n - 4;
	ttl = (uint32_t)min[0] << 24 | (uint32_t)min[1] << 16 | (uint32_t)min[2] << 8 | min[3];
	return z->soa->rr.ttl_s < ttl ? z->soa->rr.ttl_s : ttl;
}

static void
begin(struct zone_source *s, struct answer_draft *d, const struct question *q,
    enum answer_status status, const struct zone *z)
{
	arena_reset(&s->scratch);
	draft_init(d, &s->scratch, q, status);
	d->a.authoritative = true;
	d->a.from.source = STR("zone");
	d->a.from.where = z->where;
}

static enum source_reply
end(struct answer_draft *d, struct answer **out)
{
	*out = answer_finish(d);
	return SOURCE_ANSWERED;
}

static enum source_reply
fail(struct zone_source *s, const struct question *q, const struct zone *z, enum answer_cause cause,
    struct answer **out)
{
	struct answer_draft d;

	begin(s, &d, q, ANSWER_FAILED, z);
	d.a.cause = cause;
	return end(&d, out);
}

static void
add_records(struct answer_draft *d, const struct zone_node *node, uint16_t type)
{
	for (const struct zone_record *r = node->first; r != NULL; r = r->next) {
		struct rr *rr;

		if (r->rr.type != type)
			continue;
		rr = draft_add_rr(d, type, r->rr.ttl_s, r->rr.data);
		if (rr == NULL)
			continue;
		*rr = r->rr;
	}
}

/* One link to TARGET, for the world to go on from. */
static enum source_reply
link_to(struct zone_source *s, const struct question *q, const struct zone_hit *hit,
    const struct name *target, struct answer **out)
{
	const struct zone_record *r =
	    zone_rrset(hit->node, hit->kind == ZONE_CNAME ? RR_CNAME : RR_DNAME);
	struct answer_draft d;

	begin(s, &d, q, ANSWER_FOUND, hit->zone);
	draft_add_link(&d, target);
	d.a.ttl_s = r->rr.ttl_s;
	return end(&d, out);
}

/* RFC 6672 2.2: what stands before the owner of the DNAME, put before its target. */
static bool
dname_target(const struct name *qname, const struct zone_hit *hit, struct name *out)
{
	struct str target = zone_rrset(hit->node, RR_DNAME)->rr.data;
	size_t prefix = qname->n - hit->node->named.name.n;

	if (prefix + target.n > MAX_NAME_WIRE)
		return false;
	*out = (struct name){ .n = (uint8_t)(prefix + target.n) };
	memcpy(out->w, qname->w, prefix);
	memcpy(out->w + prefix, target.p, target.n);
	return true;
}

static enum source_reply
answer_dns(struct zone_source *s, const struct question *q, struct answer **out)
{
	struct zone_hit hit = zone_find(&s->db, &q->name, q->type);
	struct answer_draft d;
	struct name target;

	switch (hit.kind) {
	case ZONE_ELSEWHERE:
		return SOURCE_NOT_MINE;
	case ZONE_UNREAD:
		return fail(s, q, hit.zone, CAUSE_MALFORMED, out);
	case ZONE_LATER:
	case ZONE_UNKNOWN:
		return fail(s, q, hit.zone, CAUSE_NOT_PROVIDED, out);
	case ZONE_CNAME:
		target = name_of_wire(zone_rrset(hit.node, RR_CNAME)->rr.data);
		return link_to(s, q, &hit, &target, out);
	case ZONE_DNAME:
		if (!dname_target(&q->name, &hit, &target))
			return fail(s, q, hit.zone, CAUSE_BAD_NAME, out); /* YXDOMAIN */
		return link_to(s, q, &hit, &target, out);
	case ZONE_FOUND:
		begin(s, &d, q, ANSWER_FOUND, hit.zone);
		add_records(&d, hit.node, q->type);
		return end(&d, out);
	case ZONE_NODATA:
	case ZONE_NXDOMAIN:
		break;
	}
	begin(s, &d, q, hit.kind == ZONE_NODATA ? ANSWER_NODATA : ANSWER_NXDOMAIN, hit.zone);
	d.a.ttl_s = negative_ttl(hit.zone);
	return end(&d, out);
}

/* Index of the first of the N sorted nodes that is not before NAME. */
static size_t
first_at(struct zone_node *const *node, size_t n, const struct name *name)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct name at = name_of_wire(node[mid]->named.name);

		if (name_cmp(&at, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The names at or below Q's that hold records and are not behind a delegation. */
static enum source_reply
answer_names(struct zone_source *s, const struct question *q, struct answer **out)
{
	struct zone *z = zonedb_zone(&s->db, &q->name);
	struct answer_draft d;
	struct zone_node **node;
	struct name *names = NULL;
	size_t n = 0, cap = 0;

	if (z == NULL || z->loose || zone_is_delegated(z, wire_of(&q->name)))
		return SOURCE_NOT_MINE;
	begin(s, &d, q, ANSWER_FOUND, z);
	node = zone_sorted(z);
	for (size_t i = first_at(node, z->n_sorted, &q->name); i < z->n_sorted; i++) {
		struct str name = node[i]->named.name;

		if (!wire_is_below(name, wire_of(&q->name)))
			break;
		if (zone_is_delegated(z, name))
			continue;
		if (n >= MAX_ZONE_NAMES)
			return fail(s, q, z, CAUSE_TOO_LARGE, out);
		(void)arena_grow(&s->scratch, &names, n, &cap, sizeof(*names));
		names[n++] = name_of_wire(name);
	}
	if (n == 0)
		d.a.status =
		    zone_node(z, wire_of(&q->name)) == NULL ? ANSWER_NXDOMAIN : ANSWER_NODATA;
	d.a.names = names;
	d.a.n_names = n;
	d.a.ttl_s = negative_ttl(z);
	return end(&d, out);
}

/* As the file is read; a total order. */
static int
cmp_faults(const void *va, const void *vb)
{
	const struct zone_fault *a = va, *b = vb;
	int c;

	if ((c = str_cmp(a->file, b->file)) != 0)
		return c;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	if ((c = str_cmp(a->code, b->code)) != 0)
		return c;
	return str_cmp(wire_of(&a->owner), wire_of(&b->owner));
}

/* The faults of the zone that holds the name; its apex as the one name. */
static enum source_reply
answer_zone(struct zone_source *s, const struct question *q, struct answer **out)
{
	struct zone *z = zonedb_zone(&s->db, &q->name);
	struct answer_draft d;
	struct zone_fault *faults = NULL;
	struct name apex;
	size_t n = 0, cap = 0;

	if (z == NULL || (z->loose && zone_node(z, wire_of(&q->name)) == NULL))
		return SOURCE_NOT_MINE;
	zone_judge(&s->db, z);
	begin(s, &d, q, ANSWER_FOUND, z);
	for (unsigned k = 0; k < 2; k++)
		for (const struct zone_fault_item *i = k == 0 ? z->faults.first : z->found.first;
		     i != NULL; i = i->next) {
			(void)arena_grow(&s->scratch, &faults, n, &cap, sizeof(*faults));
			faults[n++] = i->f;
		}
	if (n > 1)
		qsort(faults, n, sizeof(*faults), cmp_faults);
	apex = name_of_wire(z->named.name);
	d.a.faults = faults;
	d.a.n_faults = n;
	d.a.names = &apex;
	d.a.n_names = 1;
	d.a.ttl_s = DEFAULT_TTL;
	return end(&d, out);
}

static enum source_reply
zonefile_ask(struct source *source, struct ticket *t, struct answer **out)
{
	struct zone_source *s = (struct zone_source *)source;

	if (t->q.name.n == 0)
		return SOURCE_NOT_MINE;
	switch (t->q.kind) {
	case ASK_DNS:
		return answer_dns(s, &t->q, out);
	case ASK_NAMES:
		return answer_names(s, &t->q, out);
	case ASK_ZONE:
		return answer_zone(s, &t->q, out);
	default:
		return SOURCE_NOT_MINE;
	}
}

static void
walk_node(
    const struct zone_node *n, void (*each)(void *ctx, const struct zone_seen_record *r), void *ctx)
{
	struct zone_seen_record seen = { .owner = n->named.name };

	for (const struct zone_record *r = n->first; r != NULL; r = r->next) {
		seen.type = r->rr.type;
		seen.rr = &r->rr;
		each(ctx, &seen);
	}
	seen.rr = NULL;
	for (const struct zone_unread *u = n->unread; u != NULL; u = u->next) {
		seen.type = u->type;
		each(ctx, &seen);
	}
}

static void
walk_zone(
    const struct zone *z, void (*each)(void *ctx, const struct zone_seen_record *r), void *ctx)
{
	for (size_t k = 0; k < z->names.n_slots; k++)
		for (const struct zone_named *n = z->names.slot[k]; n != NULL; n = n->next)
			walk_node((const struct zone_node *)n, each, ctx);
}

void
zonefile_walk(const struct source *source,
    void (*each)(void *ctx, const struct zone_seen_record *r), void *ctx)
{
	const struct zone_table *zones = &((const struct zone_source *)source)->db.zones;

	for (size_t i = 0; i < zones->n_slots; i++)
		for (const struct zone_named *z = zones->slot[i]; z != NULL; z = z->next)
			walk_zone((const struct zone *)z, each, ctx);
}

void
zonefile_walk_zone(const struct source *source, const struct name *apex,
    void (*each)(void *ctx, const struct zone_seen_record *r), void *ctx)
{
	const struct zone *z = zonedb_apex(&((const struct zone_source *)source)->db, apex);

	if (z != NULL)
		walk_zone(z, each, ctx);
}

bool
zonefile_apex(const struct source *source, const struct name *name, struct name *apex)
{
	const struct zone *z = zonedb_zone(&((const struct zone_source *)source)->db, name);

	if (z != NULL)
		*apex = name_of_wire(z->named.name);
	return z != NULL;
}

const struct zone_ignore *
zonefile_ignores(const struct source *source)
{
	return ((const struct zone_source *)source)->db.ignores;
}

static bool
zonefile_owns(struct source *source, const struct name *name)
{
	const struct zone_source *s = (const struct zone_source *)source;

	return zone_find(&s->db, name, RR_NONE).kind != ZONE_ELSEWHERE;
}

static void
zonefile_free(struct source *source)
{
	struct zone_source *s = (struct zone_source *)source;

	zonedb_free(&s->db);
	arena_free(&s->scratch);
	free(s);
}

static const struct source_ops zonefile_ops = {
	.name = "zone", .ask = zonefile_ask, .owns = zonefile_owns, .free = zonefile_free
};

struct source *
zonefile_new(void)
{
	struct zone_source *s = xcalloc(1, sizeof(*s));

	s->source.ops = &zonefile_ops;
	zonedb_init(&s->db);
	arena_init(&s->scratch, 0);
	return &s->source;
}
