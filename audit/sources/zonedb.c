/* SPDX-License-Identifier: ISC */
/*
 * zonedb.c - zones in memory: tables by name, and what a file holds put into them.
 *
 * Names are views of wire form, so that a parent is a part of its child and no
 * look-up copies a name.
 */
#include "audit/sources/zonedb.h"
#include <stdlib.h>
#include "checks/core/hash.h"

#define FIRST_SLOTS 64 /* a power of two */

void
zonedb_init(struct zonedb *db)
{
	*db = (struct zonedb){ .zones = { .slot = NULL } };
	arena_init(&db->arena, 0);
}

void
zonedb_free(struct zonedb *db)
{
	for (size_t i = 0; i < db->zones.n_slots; i++)
		for (struct zone_named *z = db->zones.slot[i]; z != NULL; z = z->next) {
			free(((struct zone *)z)->names.slot);
			free(((struct zone *)z)->sorted);
		}
	free(db->zones.slot);
	arena_free(&db->arena);
}

struct str
wire_parent(struct str s)
{
	return s.n <= 1 ? str_sub(s, s.n, 0) : str_sub(s, 1 + (size_t)(uint8_t)s.p[0], s.n);
}

bool
wire_is_below(struct str s, struct str zone)
{
	while (s.n > zone.n)
		s = wire_parent(s);
	return str_eq(s, zone);
}

struct str
wire_of(const struct name *name)
{
	return (struct str){ (const char *)name->w, name->n };
}

struct name
name_of_wire(struct str s)
{
	struct name name = { .n = 0 };

	if (s.n > 0 && s.n <= sizeof(name.w)) {
		memcpy(name.w, s.p, s.n);
		name.n = (uint8_t)s.n;
	}
	return name;
}

struct zone_fault *
zone_fault_add(struct arena *a, struct zone_faults *fs, const char *code)
{
	struct zone_fault_item *item;

	if (fs->n++ >= MAX_ZONE_FAULTS)
		return NULL;
	item = arena_alloc(a, sizeof(*item));
	item->f.code = str_of(code);
	if (fs->first == NULL)
		fs->last = &fs->first;
	*fs->last = item;
	fs->last = &item->next;
	return &item->f;
}

static struct zone_named *
table_find(const struct zone_table *t, struct str name)
{
	uint64_t hash = hash_end(hash_add(HASH_START, name));
	struct zone_named *e;

	if (t->n_slots == 0)
		return NULL;
	for (e = t->slot[hash & (t->n_slots - 1)]; e != NULL; e = e->next)
		if (e->hash == hash && str_eq(e->name, name))
			return e;
	return NULL;
}

static void
table_grow(struct zone_table *t)
{
	size_t n_slots = t->n_slots == 0 ? FIRST_SLOTS : 2 * t->n_slots;
	struct zone_named **slot = xcalloc(n_slots, sizeof(*slot));

	for (size_t i = 0; i < t->n_slots; i++)
		while (t->slot[i] != NULL) {
			struct zone_named *e = t->slot[i];

			t->slot[i] = e->next;
			e->next = slot[e->hash & (n_slots - 1)];
			slot[e->hash & (n_slots - 1)] = e;
		}
	free(t->slot);
	t->slot = slot;
	t->n_slots = n_slots;
}

static void
table_add(struct zone_table *t, struct zone_named *e, struct str name)
{
	struct zone_named **slot;

	if (t->n >= t->n_slots)
		table_grow(t);
	e->name = name;
	e->hash = hash_end(hash_add(HASH_START, name));
	slot = &t->slot[e->hash & (t->n_slots - 1)];
	e->next = *slot;
	*slot = e;
	t->n++;
}

struct zone_node *
zone_node(const struct zone *z, struct str name)
{
	return (struct zone_node *)table_find(&z->names, name);
}

/* The node called NAME, made with all that is missing between it and the apex. */
static struct zone_node *
make_node(struct zonedb *db, struct zone *z, struct str name)
{
	struct zone_node *node = zone_node(z, name), *asked = node;

	while (node == NULL) {
		node = arena_alloc(&db->arena, sizeof(*node));
		db->n_nodes++;
		table_add(&z->names, &node->named, name);
		node->last = &node->first;
		if (asked == NULL)
			asked = node;
		if (name.n <= z->named.name.n)
			break;
		name = wire_parent(name);
		node = zone_node(z, name);
	}
	return asked;
}

/* A record that is well-formed and all the same not kept; REASON NULL = the code says all. */
static void
tell_dropped(struct zonedb *db, struct zone *z, const struct zone_record *rec, const char *code,
    const char *reason)
{
	struct zone_fault *f = zone_fault_add(&db->arena, &z->faults, code);

	if (f == NULL)
		return;
	f->owner = name_of_wire(rec->owner);
	f->type = rec->rr.type;
	f->file = rec->rr.file;
	f->line = rec->rr.line;
	f->column = 1;
	f->reason = reason;
}

/* Something of Z was dropped: from now on it calls nothing absent. */
static void
lose(struct zonedb *db, struct zone *z)
{
	struct zone_mark *m;

	if (z->missing != NULL && wire_of(&z->missing->name).n == z->named.name.n)
		return;
	m = arena_alloc(&db->arena, sizeof(*m));
	m->name = name_of_wire(z->named.name);
	m->next = z->missing;
	z->missing = m;
}

static void
put_record(struct zonedb *db, struct zone *z, struct zone_record *rec)
{
	struct zone_node *node;

	if (db->n_nodes >= MAX_ZONE_NODES && zone_node(z, rec->owner) == NULL) {
		tell_dropped(db, z, rec, "zone-unparsed-line", "one name more than is kept");
		lose(db, z);
		return;
	}
	node = make_node(db, z, rec->owner);
	rec->next = NULL;
	*node->last = rec;
	node->last = &rec->next;
	node->has_ns |= rec->rr.type == RR_NS;
	node->has_cname |= rec->rr.type == RR_CNAME;
	node->has_dname |= rec->rr.type == RR_DNAME;
	if (rec->rr.type == RR_SOA && z->soa == NULL && str_eq(rec->owner, z->named.name))
		z->soa = rec;
}

/* The zone of apex NAME, made when there is none, with T filling it. */
static struct zone *
open_zone(struct zonedb *db, const struct zone_text *t, struct str name)
{
	struct zone *z = (struct zone *)table_find(&db->zones, name);

	if (z == NULL) {
		z = arena_alloc(&db->arena, sizeof(*z));
		table_add(&db->zones, &z->named, arena_str(&db->arena, name));
		z->where = t->path;
		z->input = t->input;
		(void)make_node(db, z, z->named.name);
	}
	z->filling = t;
	z->judged = false;
	free(z->sorted);
	z->sorted = NULL;
	return z;
}

/* The zone filled from T that NAME belongs to; NULL when it is out of all of them. */
static struct zone *
zone_in_text(const struct zonedb *db, const struct zone_text *t, struct str name)
{
	for (; name.n > 0; name = wire_parent(name)) {
		struct zone *z = (struct zone *)table_find(&db->zones, name);

		if (z != NULL && z->filling == t)
			return z;
	}
	return NULL;
}

/* Faults and missing parts of T, to the zone they belong to. */
static void
put_faults(struct zonedb *db, struct zone_text *t, struct zone *main)
{
	for (struct zone_fault_item *i = t->faults.first; i != NULL; i = i->next) {
		struct zone *z =
		    i->f.owner.n > 0 ? zone_in_text(db, t, wire_of(&i->f.owner)) : NULL;
		struct zone_fault *f =
		    zone_fault_add(&db->arena, z == NULL ? &main->faults : &z->faults, "");

		if (f != NULL)
			*f = i->f;
	}
	if (t->faults.n > MAX_ZONE_FAULTS)
		main->faults.n += t->faults.n - MAX_ZONE_FAULTS;
	while (t->missing != NULL) {
		struct zone_mark *m = t->missing;
		struct zone *z = zone_in_text(db, t, wire_of(&m->name));

		t->missing = m->next;
		if (z == NULL) {
			z = main;
			m->name = name_of_wire(z->named.name);
		}
		m->next = z->missing;
		z->missing = m;
	}
}

const struct zone_unread *
zone_unread_at(const struct zone_node *n, uint16_t type)
{
	const struct zone_unread *u = n->unread;

	while (u != NULL && u->type != type)
		u = u->next;
	return u;
}

/* The records of T that could not be read, to the names they stand at. */
static void
put_unread(struct zonedb *db, struct zone_text *t)
{
	while (t->unread != NULL) {
		struct zone_unread *u = t->unread;
		struct zone *z = zone_in_text(db, t, u->owner);
		struct zone_node *node;

		t->unread = u->next;
		if (z == NULL)
			continue; /* out of the zone, readable or not */
		if (db->n_nodes >= MAX_ZONE_NODES && zone_node(z, u->owner) == NULL) {
			lose(db, z);
			continue;
		}
		node = make_node(db, z, u->owner);
		if (zone_unread_at(node, u->type) != NULL)
			continue;
		u->next = node->unread;
		node->unread = u;
	}
}

/* The names of T whose addresses are made by the provider. */
static void
put_flat(struct zonedb *db, struct zone_text *t)
{
	for (const struct zone_mark *m = t->flat; m != NULL; m = m->next) {
		struct zone *z = zone_in_text(db, t, wire_of(&m->name));

		if (z == NULL)
			continue;
		if (db->n_nodes >= MAX_ZONE_NODES && zone_node(z, wire_of(&m->name)) == NULL)
			lose(db, z);
		else
			make_node(db, z, wire_of(&m->name))->flat = true;
	}
}

/* How many of the records of T stand at or below APEX. */
static size_t
count_below(const struct zone_text *t, struct str apex)
{
	size_t n = 0;

	for (const struct zone_record *r = t->first; r != NULL; r = r->next)
		if (wire_is_below(r->owner, apex))
			n++;
	return n;
}

/* The name all records of T have above them, an SOA at the root apart. */
static struct str
common_ancestor(const struct zone_text *t)
{
	struct str top = { NULL, 0 };

	for (const struct zone_record *r = t->first; r != NULL; r = r->next) {
		if (r->owner.n == 1 && r->rr.type == RR_SOA)
			continue;
		if (top.n == 0)
			top = r->owner;
		while (!wire_is_below(r->owner, top))
			top = wire_parent(top);
	}
	return top;
}

/*
 * The apex of a text without SOA, or whose SOA stands at the root although the
 * zone is another (Cloudflare's old export): $ORIGIN, the file name, or what
 * the records have in common, the first that holds most of them.
 */
static struct str
guess_apex(const struct zone_text *t)
{
	struct str common;

	if (t->origin.n > 1 && 2 * count_below(t, wire_of(&t->origin)) >= t->n)
		return wire_of(&t->origin);
	if (t->guess.n > 1 && 2 * count_below(t, wire_of(&t->guess)) >= t->n)
		return wire_of(&t->guess);
	common = common_ancestor(t);
	/* one label is no zone of anybody's but a registry's, and those have an SOA */
	return common.n > 1 && wire_parent(common).n > 1 ? common : STR("\0");
}

/* Whether the root has NS records: then an SOA there is the root's. */
static bool
is_root_zone(const struct zone_text *t)
{
	for (const struct zone_record *r = t->first; r != NULL; r = r->next)
		if (r->owner.n == 1 && r->rr.type == RR_NS)
			return true;
	return false;
}

/* Open the zones of T; the first is returned. */
static struct zone *
open_zones(struct zonedb *db, struct zone_text *t)
{
	struct zone *first = NULL, *z;

	if (t->apex.n > 0) {
		first = open_zone(db, t, wire_of(&t->apex));
		first->loose = first->named.name.n == 1 && first->soa == NULL;
		return first;
	}
	for (const struct zone_mark *m = t->soa; m != NULL; m = m->next) {
		if (m->name.n == 1 && !is_root_zone(t))
			continue;
		z = open_zone(db, t, wire_of(&m->name));
		z->soa_unread = true;
		if (first == NULL)
			first = z;
	}
	if (first != NULL)
		return first;
	first = open_zone(db, t, guess_apex(t));
	first->loose = first->named.name.n == 1 && first->soa == NULL;
	first->soa_unread |= t->soa != NULL && !first->loose;
	return first;
}

void
zonedb_add(struct zonedb *db, struct zone_text *t)
{
	struct zone *main = open_zones(db, t), *z;
	struct zone_record *next;

	put_faults(db, t, main);
	for (struct zone_record *r = t->first; r != NULL; r = next) {
		next = r->next;
		if (r->rr.type == RR_SOA && r->owner.n == 1 && main->named.name.n > 1)
			r->owner = main->named.name; /* Cloudflare's `$ORIGIN .` and `@ SOA` */
		if ((z = zone_in_text(db, t, r->owner)) == NULL)
			tell_dropped(db, main, r, "zone-out-of-zone", NULL);
		else
			put_record(db, z, r);
	}
	t->first = NULL;
	put_unread(db, t);
	put_flat(db, t);
	while (t->ignores != NULL) {
		struct zone_ignore *next_ignore = t->ignores->next;

		t->ignores->next = db->ignores;
		db->ignores = t->ignores;
		t->ignores = next_ignore;
	}
}

struct zone *
zonedb_apex(const struct zonedb *db, const struct name *apex)
{
	return (struct zone *)table_find(&db->zones, wire_of(apex));
}

struct zone *
zonedb_zone(const struct zonedb *db, const struct name *name)
{
	for (struct str s = wire_of(name); s.n > 0; s = wire_parent(s)) {
		struct zone *z = (struct zone *)table_find(&db->zones, s);

		if (z != NULL)
			return z;
	}
	return NULL;
}

const struct zone_record *
zone_rrset(const struct zone_node *n, uint16_t type)
{
	const struct zone_record *r = n->first;

	while (r != NULL && r->rr.type != type)
		r = r->next;
	return r;
}

bool
zone_is_delegated(const struct zone *z, struct str name)
{
	for (; name.n > z->named.name.n && !z->loose; name = wire_parent(name)) {
		const struct zone_node *node = zone_node(z, name);

		if (node != NULL && node->has_ns)
			return true;
	}
	return false;
}

static int
cmp_nodes(const void *va, const void *vb)
{
	const struct zone_node *const *a = va, *const *b = vb;
	struct name na = name_of_wire((*a)->named.name), nb = name_of_wire((*b)->named.name);

	return name_cmp(&na, &nb);
}

struct zone_node **
zone_sorted(struct zone *z)
{
	size_t n = 0;

	if (z->sorted != NULL)
		return z->sorted;
	z->sorted = xcalloc(z->names.n, sizeof(struct zone_node *));
	for (size_t i = 0; i < z->names.n_slots; i++)
		for (struct zone_named *e = z->names.slot[i]; e != NULL; e = e->next)
			if (((struct zone_node *)e)->first != NULL || ((struct zone_node *)e)->flat)
				z->sorted[n++] = (struct zone_node *)e;
	z->n_sorted = n;
	qsort(z->sorted, n, sizeof(struct zone_node *), cmp_nodes);
	return z->sorted;
}
