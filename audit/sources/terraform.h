/* SPDX-License-Identifier: ISC */
/*
 * terraform.h - a Terraform plan (`terraform show -json`, format 1) as zones: what its
 * changes leave, or what was there before them.
 *
 * HCL is not evaluated: the plan is what it came to.  What is known only after apply is
 * not known here either, and never absent.  A record whose zone the plan does not name
 * stands in the zone of its registrable domain; unless that has a record at its top here,
 * nothing of such a zone is called absent.
 */
#ifndef AUDIT_SOURCES_TERRAFORM_H
#define AUDIT_SOURCES_TERRAFORM_H
#include "audit/sources/docrecord.h"

#define MAX_TERRAFORM_ZONES 1000 /* each record looks through them */
#define MAX_TERRAFORM_FILES 500  /* .tf files beside a plan */
/* Of a block in one: each value is looked for in it, and hundreds may share it. */
#define MAX_TERRAFORM_BLOCK 16384

/* Whether D, read by doc_json(), is a plan. */
bool terraform_is(const struct doc *d);

/* The zones of the plan D, which is the file PATH; the side is L's. */
struct zone_text *terraform_read(struct zone_load *l, struct str path, const struct doc *d);

/* terraform_zones.c: a zone that the plan names. */
struct terraform_zone {
	struct name apex;
	struct str id, name; /* its zone_id; its name in google's managed_zone */
};

struct terraform_zones {
	struct terraform_zone *v;
	size_t n, cap;
};

/* terraform_zones.c: the zones among the resources and the data of the plan D. */
void terraform_find_zones(struct arena *a, const struct doc *d, struct terraform_zones *out);

/* A resource, as the plan calls it. */
struct terraform_resource {
	struct str address, type, name;
};

/*
 * terraform_zones.c: the zone of the record RES of NAME whose attributes are ATTRIBUTES, and
 * the record's whole name, into *OWNER.  NULL when the plan does not name the zone: *OWNER is
 * then NAME, or n = 0 when that is no whole name.
 */
const struct terraform_zone *terraform_zone_of(const struct terraform_zones *z,
    const struct terraform_resource *res, struct str name, const struct doc_node *attributes,
    struct name *owner);

/* terraform_place.c: the resources in the .tf files beside a plan, by type and name. */
struct terraform_block {
	struct str type, name;
	struct str path;
	const struct doc *file; /* its bytes and lines */
	size_t from;
};

struct terraform_files {
	struct terraform_block *v;
	size_t n, cap;
};

/* terraform_place.c: read the .tf files beside the plan PATH, and keep them. */
void terraform_find_files(struct zone_load *l, struct str path, struct terraform_files *out);

/*
 * terraform_place.c: where `resource "TYPE" "NAME"` stands, and in it the one string that
 * is VALUE.  Without such a file the place is the ADDRESS.
 */
struct doc_spot terraform_place(
    const struct terraform_files *f, const struct terraform_resource *res, struct str value);

#endif
