/* SPDX-License-Identifier: ISC */
/*
 * domains.c - from records to the domains that they are for.
 */
#include "audit/gate/domains.h"
#include <stdlib.h>
#include "audit/sources/zonedb.h"
#include "audit/sources/zonefile.h"

#define MAX_TERMS 64 /* of one SPF record: no more are read by anybody */

/* A domain as found on one side. */
struct seen {
	struct name name;
	bool in_head;
	bool takes_mail; /* it has MX, so it is no mere target */
	bool is_target;  /* an include or a redirect names it: no domain by that */
};

struct finding_domains {
	struct arena *a;
	struct source *zones;
	struct seen *list;
	size_t n, cap;
	bool in_head, over;
};

static struct seen *
add(struct finding_domains *f, const struct name *name)
{
	struct seen *s;

	if (f->n == MAX_GATE_DOMAINS * 2) {
		f->over = true;
		return NULL;
	}
	s = arena_grow(f->a, &f->list, f->n, &f->cap, sizeof(*f->list));
	f->n++;
	s->in_head = f->in_head;
	name_copy(&s->name, name);
	return s;
}

/* The name behind the label _domainkey of NAME; n = 0 when there is none. */
static struct name
behind_domainkey(const struct name *name)
{
	size_t n = name_labels(name);

	for (size_t i = 1; i + 1 < n; i++)
		if (str_eq(name_label(name, i), STR("_domainkey")))
			return name_parent(name, i + 1);
	return (struct name){ .n = 0 };
}

/* The domain that a record of TYPE at OWNER is for, if its name alone says so. */
static struct name
domain_by_name(const struct name *owner, uint16_t type)
{
	static const char *const first[] = { "_dmarc", "_mta-sts" };
	struct str label = name_label(owner, 0);

	if (type != RR_TXT && type != RR_CNAME)
		return (struct name){ .n = 0 };
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		if (str_eq(label, str_of(first[i])))
			return name_parent(owner, 1);
	if (name_labels(owner) > 2 &&
	    (str_eq(label, STR("_smtp")) || str_eq(label, STR("default"))) &&
	    (str_eq(name_label(owner, 1), STR("_tls")) ||
		str_eq(name_label(owner, 1), STR("_bimi"))))
		return name_parent(owner, 2);
	return behind_domainkey(owner);
}

/* A name under which nobody writes mail: a wildcard, a service label, a top level. */
static bool
is_no_domain(const struct name *name)
{
	return name_labels(name) < 2 || !name_is_hostname(name, false);
}

/* The targets of the includes and redirects of the SPF record TEXT. */
static void
add_targets(struct finding_domains *f, struct str text)
{
	static const char *const begin[] = { "include:", "redirect=" };
	size_t n = 0;

	for (size_t pos = 0, end; pos < text.n && n < MAX_TERMS; pos = end + 1, n++) {
		struct str term;
		struct name name;
		struct seen *s;

		end = str_find(text, pos, ' ');
		term = str_sub(text, pos, end - pos);
		if (term.n > 0 &&
		    (term.p[0] == '?' || term.p[0] == '+' || term.p[0] == '~' || term.p[0] == '-'))
			term = str_sub(term, 1, term.n);
		for (size_t i = 0; i < ARRAY_LEN(begin); i++)
			if (str_has_iprefix(term, str_of(begin[i])) &&
			    name_parse(str_sub(term, strlen(begin[i]), term.n), &name) == NAME_OK &&
			    (s = add(f, &name)) != NULL)
				s->is_target = true;
	}
}

static void
see_record(void *ctx, const struct zone_seen_record *r)
{
	struct finding_domains *f = ctx;
	struct name owner, d;
	struct seen *s;
	bool own;

	if (r->type != RR_MX && r->type != RR_TXT && r->type != RR_CNAME)
		return;
	owner = name_of_wire(r->owner);
	d = domain_by_name(&owner, r->type);
	own = r->type == RR_MX ||
	      (r->type == RR_TXT && (r->rr == NULL || str_has_iprefix(r->rr->text, STR("v=spf1"))));
	if (d.n == 0 && own)
		d = owner;
	if (own && r->type == RR_TXT && r->rr != NULL)
		add_targets(f, r->rr->text);
	if (d.n == 0 || is_no_domain(&d) || !f->zones->ops->owns(f->zones, &d))
		return;
	if ((s = add(f, &d)) != NULL)
		s->takes_mail = r->type == RR_MX || !own; /* only SPF: perhaps a mere target */
}

static int
cmp_seen(const void *va, const void *vb)
{
	const struct seen *a = va, *b = vb;

	return name_cmp(&a->name, &b->name);
}

/* What the N that are of one name make of it; false: no domain. */
static bool
join(const struct seen *s, size_t n, struct gate_domain *out)
{
	bool takes_mail = false, is_target = false;

	*out = (struct gate_domain){ .name = s->name };
	for (size_t i = 0; i < n; i++) {
		takes_mail = takes_mail || s[i].takes_mail;
		is_target = is_target || s[i].is_target;
		if (s[i].is_target)
			continue;
		out->in_head = out->in_head || s[i].in_head;
		out->in_base = out->in_base || !s[i].in_head;
	}
	return (out->in_head || out->in_base) && (takes_mail || !is_target);
}

size_t
gate_domains(
    struct arena *a, struct source *base, struct source *head, struct gate_domain **out, bool *over)
{
	struct finding_domains f = { .a = a, .zones = base };
	size_t n = 0;

	zonefile_walk(base, see_record, &f);
	f.zones = head;
	f.in_head = true;
	zonefile_walk(head, see_record, &f);
	if (f.n > 1)
		qsort(f.list, f.n, sizeof(*f.list), cmp_seen);
	*out = arena_array(a, f.n + 1, sizeof(**out));
	for (size_t i = 0, end; i < f.n && n < MAX_GATE_DOMAINS; i = end) {
		for (end = i + 1; end < f.n && name_eq(&f.list[i].name, &f.list[end].name); end++)
			;
		if (join(&f.list[i], end - i, &(*out)[n]))
			n++;
	}
	*over = f.over || n == MAX_GATE_DOMAINS;
	return n;
}
