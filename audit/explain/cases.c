/* SPDX-License-Identifier: ISC */
/*
 * cases.c - groups of refusals made into cases; see cases.h.
 */
#include "audit/explain/cases.h"
#include "audit/config/apply.h"
#include "audit/explain/demand.h"
#include "audit/explain/identity.h"

/* Whether S, a domain that the case is about, decides whose mail it is. */
static bool
is_by_author(enum refusal_demand d)
{
	return d == DEMAND_DKIM || d == DEMAND_ALL || d == DEMAND_DMARC || d == DEMAND_ALIGNMENT ||
	       d == DEMAND_RECORD;
}

static bool
is_by_address(const struct refusal *r)
{
	return r->demand == DEMAND_PTR || r->demand == DEMAND_HELO ||
	       (r->demand == DEMAND_LIST && !name_is_set(&r->listed));
}

/* The domain whose mail it is, for R; n = 0 = that of a host. */
static const struct name *
domain_of(const struct refusal *r)
{
	if (r->demand == DEMAND_LIST && name_is_set(&r->listed))
		return &r->listed;
	if (is_by_author(r->demand) && name_is_set(&r->author))
		return &r->author;
	if (r->path_null && !name_is_set(&r->path))
		return &r->helo;
	return name_is_set(&r->path) ? &r->path : &r->author;
}

/*
 * Whether the address of R is known from the words of others alone: no configuration has
 * it, nobody gave it, and it is not that of a server that wrote a log of ours.
 */
static bool
is_unproven(const struct cases *c, const struct refusal *r)
{
	return r->has_ip && !owners_wrote(&c->owners, &r->ip) &&
	       owners_sender_at(&c->owners, &r->ip) == NULL &&
	       !addr_is_among(c->co->o->ips, c->co->o->n_ips, &r->ip);
}

/* Whether nobody but a report that somebody sent us says that the address of R is ours. */
static bool
is_doubted(const struct cases *c, const struct bounce_group *g, const struct refusal *r)
{
	return !g->own_log && is_unproven(c, r);
}

/* Whether the mail of R is ours; if not, O says why, and what the case is then. */
static bool
is_ours(const struct cases *c, const struct refusal *r, bool doubted, struct case_of *o)
{
	const struct name *d = domain_of(r);

	o->standing = CASE_NOT_OURS;
	if (doubted && c->owners.has_addresses) {
		o->why = "the address is in no configuration of yours, and no log of yours shows "
			 "the mail";
		return false;
	}
	if (is_by_address(r) || !name_is_set(d))
		return true;
	if (owners_have(&c->owners, d))
		return true;
	o->not_ours = name_text(c->a, d);
	if (!owners_know(&c->owners)) {
		o->standing = CASE_UNOWNED;
		o->why = "nothing here tells whether the domain is yours";
		return false;
	}
	o->why = "the domain is none of yours: forwarded mail, or a reply about somebody else's";
	return false;
}

static bool
same_keys(const struct refusal *a, const struct refusal *b)
{
	if (a->n_keys != b->n_keys || a->keys_seen != b->keys_seen)
		return false;
	for (size_t i = 0; i < a->n_keys; i++)
		if (!str_ieq(a->keys[i].name, b->keys[i].name) ||
		    !name_eq(&a->keys[i].domain, &b->keys[i].domain))
			return false;
	return true;
}

static bool
same_refusal(const struct refusal *a, const struct refusal *b)
{
	return a->demand == b->demand && a->has_ip == b->has_ip && a->list == b->list &&
	       a->path_null == b->path_null && a->author_assumed == b->author_assumed &&
	       (!a->has_ip || addr_eq(&a->ip, &b->ip)) && name_eq(&a->author, &b->author) &&
	       name_eq(&a->path, &b->path) && name_eq(&a->helo, &b->helo) &&
	       name_eq(&a->listed, &b->listed) && str_ieq(a->spf, b->spf) &&
	       str_ieq(a->dkim, b->dkim) && str_ieq(a->dmarc, b->dmarc) && same_keys(a, b);
}

/* The case of R, which may be new; false over MAX_CASES. */
static bool
find_case(struct cases *c, const struct refusal *r, bool doubted, size_t *out)
{
	struct explain_case *x;

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].doubted == doubted && same_refusal(&c->v[i].refusal, r)) {
			*out = i;
			return true;
		}
	if (c->n == MAX_CASES)
		return false;
	x = arena_grow(c->a, &c->v, c->n, &c->cap, sizeof(*c->v));
	x->refusal = *r;
	x->domain = *domain_of(r);
	x->doubted = doubted;
	if (!owners_have(&c->owners, &x->domain))
		x->domain.n = 0; /* a host's trouble: whose mail it took is not looked at */
	*out = c->n++;
	return true;
}

/* What of a list can be asked, or why not. */
static bool
list_is_askable(const struct refusal *r, struct case_of *o)
{
	if (r->list == NULL || r->list->state == LIST_KEYED) {
		o->standing = CASE_UNREAD;
		o->why = r->list == NULL ? "the reply does not name the block list"
					 : "the block list answers its customers alone";
		return false;
	}
	if (r->list->state == LIST_DEAD) {
		o->standing = CASE_THEIR_LIST;
		o->why = "the receiver asks a block list that has closed";
		return false;
	}
	return true;
}

static void
make_one(struct cases *c, const struct bounce_group *g, struct case_of *o)
{
	struct refusal r = { .demand = demand_of(g) };
	bool doubted;

	if (g->inbound) {
		o->standing = CASE_INBOUND;
		o->why = "our own server refused it";
		return;
	}
	if (demand_is_list_error(g->sample)) {
		o->standing = CASE_THEIR_LIST;
		o->why = "the list refused the receiver's own resolver: nobody is listed";
		return;
	}
	if (r.demand == DEMAND_NONE) {
		o->standing = demand_standing(g, &o->why);
		return;
	}
	identity_find(c, g, &r, o);
	if (r.demand == DEMAND_LIST && !list_is_askable(&r, o))
		return;
	doubted = is_doubted(c, g, &r);
	if (!is_ours(c, &r, doubted, o))
		return;
	doubted = is_unproven(c, &r);
	o->standing = find_case(c, &r, doubted, &o->index) ? CASE_ASKED : CASE_LEFT_OUT;
	if (o->standing == CASE_LEFT_OUT)
		c->over++;
	else
		c->v[o->index].mails += g->count;
}

void
cases_make(const struct bounce_report *r, struct classifier *c, const struct cases_options *o,
    struct arena *a, struct cases *out)
{
	*out = (struct cases){ .a = a, .classifier = c, .co = o };
	out->of = arena_array(a, r->n_groups + 1, sizeof(*out->of));
	owners_init(&out->owners, o->config, o->domain, r, a);
	for (size_t i = 0; i < r->n_groups; i++) {
		out->of[i] = (struct case_of){ .ip_from = r->groups[i].ip_from, .why = "" };
		make_one(out, &r->groups[i], &out->of[i]);
	}
}

/* The keys of R as signers of one selector each, owned by A. */
static const struct signer *
signers_of(struct arena *a, const struct refusal *r)
{
	struct signer *v = arena_array(a, r->n_keys + 1, sizeof(*v));

	for (size_t i = 0; i < r->n_keys; i++)
		v[i] = (struct signer){ r->keys[i].domain, &r->keys[i].name, 1 };
	return v;
}

void
case_subject(const struct explain_case *x, const struct cases_options *o, struct arena *a,
    struct subject *out)
{
	const struct refusal *r = &x->refusal;
	struct sender *s = arena_array(a, 1, sizeof(*s));

	*s = (struct sender){ .ips = &r->ip,
		.n_ips = r->has_ip ? 1 : 0,
		.helo = r->helo,
		.mail_from_given = r->path_null || name_is_set(&r->path),
		.mail_from_null = r->path_null && !name_is_set(&r->path),
		.mail_from = r->path,
		.from = r->author,
		.dkim = signers_of(a, r),
		.n_dkim = r->n_keys };
	*out = (struct subject){ .domain = x->domain,
		.senders = s,
		.n_senders = 1,
		.ips = s->ips,
		.n_ips = s->n_ips,
		.helo = s->helo,
		.mail_from_given = s->mail_from_given,
		.mail_from_null = s->mail_from_null,
		.mail_from = s->mail_from,
		.from = s->from,
		.selectors = r->keys,
		.n_selectors = r->n_keys,
		.signer = o->o->private_key != NULL ? &o->o->signer : NULL };
	if (o->config != NULL && name_is_set(&x->domain))
		config_subject(o->config, out, a);
	out->zone_files = o->o->zones.n > 0;
	out->refusal = r;
	out->ask_lists = r->demand == DEMAND_LIST;
	out->lists = r->demand == DEMAND_LIST ? r->list : NULL;
	out->n_lists = r->demand == DEMAND_LIST ? 1 : 0;
}
