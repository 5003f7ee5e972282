/* SPDX-License-Identifier: ISC */
/*
 * zonefind.c - what the zones in memory say to a question; see zonefind.h.
 */
#include "audit/sources/zonefind.h"

/* NAME and what is above it, down to the apex, which is not counted; the longest first. */
static size_t
suffixes(const struct zone *z, struct str name, struct str out[MAX_LABELS])
{
	size_t n = 0;

	for (; name.n > z->named.name.n && n < MAX_LABELS; name = wire_parent(name))
		out[n++] = name;
	return n;
}

/* What node N, or the wildcard that stands for the name, says to TYPE. */
static struct zone_hit
hit_node(const struct zone *z, const struct zone_node *n, uint16_t type)
{
	struct zone_hit hit = { .kind = ZONE_NODATA, .zone = z, .node = n };
	const struct zone_unread *u;

	if (zone_rrset(n, type) != NULL)
		hit.kind = ZONE_FOUND;
	else if (n->has_cname)
		hit.kind = ZONE_CNAME;
	else if (n->flat && (type == RR_A || type == RR_AAAA))
		hit.kind = ZONE_ELSEWHERE;
	else if ((u = zone_unread_at(n, type)) != NULL || (u = zone_unread_at(n, RR_CNAME)) != NULL)
		hit.kind = u->later ? ZONE_LATER : ZONE_UNREAD;
	return hit;
}

/* No node is called NAME; ABOVE is its closest encloser (RFC 4592 3.3.1). */
static struct zone_hit
hit_wildcard(const struct zone *z, struct str above, uint16_t type)
{
	const struct zone_node *star;
	char w[MAX_NAME_WIRE + 2] = { 1, '*' };

	memcpy(w + 2, above.p, above.n);
	star = zone_node(z, (struct str){ w, above.n + 2 });
	if (star == NULL)
		return (struct zone_hit){ .kind = ZONE_NXDOMAIN, .zone = z };
	return hit_node(z, star, type);
}

/* Down from the apex of Z towards NAME (RFC 1034 4.3.2 step 3). */
static struct zone_hit
walk_down(const struct zone *z, struct str name, uint16_t type)
{
	struct str s[MAX_LABELS];
	size_t n = suffixes(z, name, s);
	const struct zone_node *node = zone_node(z, z->named.name), *below;

	for (; n > 0; node = below, n--) {
		if (node->has_dname)
			return (struct zone_hit){ .kind = ZONE_DNAME, .zone = z, .node = node };
		if ((below = zone_node(z, s[n - 1])) == NULL)
			return hit_wildcard(z, node->named.name, type);
		if (below->has_ns && !z->loose && (n > 1 || type != RR_DS))
			return (struct zone_hit){ .kind = ZONE_ELSEWHERE };
	}
	return hit_node(z, node, type);
}

static bool
may_be_missing(const struct zone *z, struct str name)
{
	for (const struct zone_mark *m = z->missing; m != NULL; m = m->next)
		if (wire_is_below(name, wire_of(&m->name)))
			return true;
	return false;
}

struct zone_hit
zone_find(const struct zonedb *db, const struct name *name, uint16_t type)
{
	const struct zone_hit elsewhere = { .kind = ZONE_ELSEWHERE };
	struct zone_hit hit;
	struct zone *z = zonedb_zone(db, name);
	bool absent;

	/* RFC 4035 3.1.4.1: the parent answers for DS at a zone cut */
	if (z != NULL && type == RR_DS && z->named.name.n == name->n && name->n > 1) {
		struct name above = name_parent(name, 1);

		z = zonedb_zone(db, &above);
	}
	if (z == NULL)
		return elsewhere;
	hit = walk_down(z, wire_of(name), type);
	absent = hit.kind == ZONE_NODATA || hit.kind == ZONE_NXDOMAIN;
	if (absent && z->loose)
		return elsewhere;
	if (absent && z->missing != NULL && may_be_missing(z, wire_of(name)))
		hit.kind = ZONE_UNKNOWN;
	return hit;
}
