/* SPDX-License-Identifier: ISC */
/*
 * identity.c - who sent the mail of a group; see identity.h.
 */
#include "audit/explain/identity.h"
#include "audit/error.h"

/* The names of one group while they are found. */
struct finding_out {
	struct cases *c;
	const struct bounce_group *g;
	const struct cases_options *o;
	struct refusal *r;
	struct case_of *of;
	const struct config_sender *sender; /* of the configuration; NULL = none fits */
	bool has_named;                     /* the reply names our address */
	struct addr named;
};

/* TEXT of a log as a name; false = it is none. */
static bool
name_of(struct str text, struct name *out)
{
	struct name one;

	if (text.n == 0 || str_eq(text, STR("<>")) || name_parse(text, &one) != NAME_OK ||
	    !name_is_set(&one))
		return false;
	*out = one;
	return true;
}

static bool
names_identity(const struct bounce_group *g, const char *identity)
{
	return strcmp(g->identity, identity) == 0;
}

static void
find_path(struct finding_out *f)
{
	const struct bounce_group *g = f->g;
	bool spf = f->r->demand == DEMAND_SPF || f->r->demand == DEMAND_EITHER ||
		   f->r->demand == DEMAND_DOMAIN || f->r->demand == DEMAND_MX;

	f->r->path_null = str_eq(g->sender_domain, STR("<>"));
	if (spf && names_identity(g, "mail-from") && name_of(g->named_domain, &f->r->path))
		return;
	if (name_of(g->mail_from_domain, &f->r->path) || f->r->path_null)
		return;
	if (f->sender != NULL && name_is_set(&f->sender->s.mail_from)) {
		f->r->path = f->sender->s.mail_from;
		return;
	}
	f->r->path = f->o->o->mail_from;
	if (!name_is_set(&f->r->path))
		(void)name_of(g->sender_domain, &f->r->path);
}

static void
find_author(struct finding_out *f)
{
	const struct bounce_group *g = f->g;

	/*
	 * The header that came back goes before the reply, which may name the domain whose
	 * policy it is: opendmarc does.
	 */
	if (name_of(g->from_domain, &f->r->author))
		return;
	if (names_identity(g, "from") && name_of(g->named_domain, &f->r->author))
		return;
	if (f->sender != NULL && f->sender->n_from == 1) {
		f->r->author = f->sender->from[0].name;
		return;
	}
	f->r->author = name_is_set(&f->o->o->from) ? f->o->o->from : f->r->path;
	f->r->author_assumed = !name_is_set(&f->o->o->from);
}

/* "504 5.5.2 <localhost>: Helo command rejected": a name without a dot is in no other place. */
static bool
quoted_helo(struct str sample, struct name *out)
{
	size_t open = str_find(sample, 0, '<'), close = str_find(sample, open, '>');

	return str_has_iprefix(str_sub(sample, close, sample.n), STR(">: Helo command rejected")) &&
	       name_of(str_sub(sample, open + 1, close - open - 1), out);
}

static void
find_helo(struct finding_out *f)
{
	if (f->r->demand == DEMAND_HELO && quoted_helo(f->g->sample, &f->r->helo))
		return;
	if (names_identity(f->g, "helo") && name_of(f->g->named_domain, &f->r->helo))
		return;
	if (name_of(f->g->helo, &f->r->helo))
		return;
	if (f->sender != NULL && name_is_set(&f->sender->s.helo))
		f->r->helo = f->sender->s.helo;
	else
		f->r->helo = f->o->o->helo;
}

static void
take_ip(struct finding_out *f, const struct addr *ip, const char *from)
{
	f->r->ip = addr_unmap(ip);
	f->r->has_ip = true;
	f->of->ip_from = from;
}

/* The log's address, the reply's; else the only one that the configuration has; else --ip. */
static void
find_ip(struct finding_out *f)
{
	const struct bounce_group *g = f->g;
	const struct check_options *o = f->o->o;
	struct addr ip;

	bool told = g->sender_ip.n > 0 && addr_parse(g->sender_ip, &ip) == ADDR_OK;

	/* behind a translation of addresses the log has the inner one */
	if (told && f->has_named && addr_space(&ip) == ADDR_PRIVATE)
		take_ip(f, &f->named, "text");
	else if (told)
		take_ip(f, &ip, g->ip_from);
	else if (f->sender != NULL && f->sender->s.n_ips == 1 && f->sender->s.n_prefixes == 0)
		take_ip(f, &f->sender->s.ips[0], "config");
	else if (o->n_ips == 1)
		take_ip(f, &o->ips[0], "option");
}

/* Who of the configuration sends so: by address, else by the names; before those are found. */
static void
find_sender(struct finding_out *f)
{
	const struct owners *w = &f->c->owners;
	const struct bounce_group *g = f->g;
	struct name name;
	struct addr ip;

	if (g->sender_ip.n > 0 && addr_parse(g->sender_ip, &ip) == ADDR_OK)
		f->sender = owners_sender_at(w, &ip);
	if (f->sender == NULL && name_of(g->mail_from_domain, &name))
		f->sender = owners_sender_of(w, &name);
	if (f->sender == NULL && name_of(g->from_domain, &name))
		f->sender = owners_sender_of(w, &name);
	if (f->sender == NULL && name_of(g->named_domain, &name))
		f->sender = owners_sender_of(w, &name);
}

static void
add_key(struct refusal *r, struct str selector, const struct name *domain, enum provenance how)
{
	if (selector.n == 0 || r->n_keys == MAX_REFUSAL_KEYS)
		return;
	r->keys[r->n_keys++] =
	    (struct selector){ .domain = *domain, .name = selector, .provenance = how };
}

/* Those of the configuration: of the sender, else of the From domain. */
static void
add_config_keys(struct finding_out *f)
{
	const struct config_domain *d;

	for (size_t i = 0; f->sender != NULL && i < f->sender->s.n_dkim; i++) {
		const struct signer *s = &f->sender->s.dkim[i];

		for (size_t k = 0; k < s->n_selectors; k++)
			add_key(f->r, s->selectors[k],
			    name_is_set(&s->domain) ? &s->domain : &f->r->author, FROM_CONFIG);
	}
	if (f->r->n_keys > 0 || f->o->config == NULL || !name_is_set(&f->r->author))
		return;
	d = config_domain(f->o->config, &f->r->author);
	for (size_t i = 0; d != NULL && i < d->selectors.n; i++)
		add_key(f->r, d->selectors.v[i], &d->name, FROM_CONFIG);
}

/* Whether an option gives the selector S of DOMAIN: a private key given goes with it. */
static bool
is_given(const struct finding_out *f, struct str s, const struct name *domain)
{
	const struct check_options *o = f->o->o;

	for (size_t i = 0; i < o->n_selectors; i++) {
		const struct name *d =
		    name_is_set(&o->selectors[i].domain) ? &o->selectors[i].domain : &f->r->author;

		if (str_ieq(o->selectors[i].name, s) && name_eq(d, domain))
			return true;
	}
	return false;
}

static void
find_keys(struct finding_out *f)
{
	const struct check_options *o = f->o->o;
	struct name domain = f->r->author;

	(void)name_of(f->g->dkim_domain, &domain);
	if (f->g->dkim_selector.n > 0) {
		add_key(f->r, f->g->dkim_selector, &domain,
		    is_given(f, f->g->dkim_selector, &domain) ? FROM_GIVEN : FROM_LOG);
		f->r->keys_seen = true;
		return;
	}
	for (size_t i = 0; i < o->n_selectors; i++)
		add_key(f->r, o->selectors[i].name,
		    name_is_set(&o->selectors[i].domain) ? &o->selectors[i].domain : &f->r->author,
		    FROM_GIVEN);
	if (f->r->n_keys == 0)
		add_config_keys(f);
}

/* A copy of S that ends in NUL, in lower case. */
static char *
lower_text(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	p[s.n] = '\0';
	return p;
}

static const struct dnsbl_list *
list_among(const struct dnsbl_list *v, size_t n, const char *zone)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].zone, zone) == 0)
			return &v[i];
	return NULL;
}

/* A row of our own for ZONE, which no catalogue has: any answer in 127/8 is a listing. */
static const struct dnsbl_list *
own_list(struct cases *c, const char *zone)
{
	struct dnsbl_list *l;

	for (size_t i = 0; i < c->n_lists; i++)
		if (strcmp(c->lists[i]->zone, zone) == 0)
			return c->lists[i];
	l = arena_alloc(c->a, sizeof(*l));
	*l = (struct dnsbl_list){ .zone = zone,
		.run_by = "",
		.kind = LIST_IP4 | LIST_IP6 | LIST_DOMAIN,
		.state = LIST_ACTIVE,
		.match = MATCH_ANY,
		.weight = WEIGHT_HIGH,
		.source = "",
		.checked = "" };
	arena_grow(c->a, &c->lists, c->n_lists, &c->cap_lists, sizeof(*c->lists));
	c->lists[c->n_lists++] = l;
	return l;
}

static void
find_list(struct finding_out *f)
{
	struct name zone;
	char *text;

	if (f->r->demand != DEMAND_LIST)
		return;
	if (!names_identity(f->g, "") || f->g->list_key.n > 0) {
		if (!name_of(f->g->list_key, &f->r->listed))
			(void)name_of(f->g->named_domain, &f->r->listed);
		if (!name_is_set(&f->r->listed) && names_identity(f->g, "helo"))
			f->r->listed = f->r->helo;
		if (!name_is_set(&f->r->listed) && names_identity(f->g, "mail-from"))
			f->r->listed = f->r->path;
	}
	if (!name_of(f->g->list_zone, &zone) || name_labels(&zone) < 2 ||
	    !name_is_hostname(&zone, true))
		return;
	text = lower_text(f->c->a, name_text(f->c->a, &zone));
	f->r->list = list_among(f->o->lists, f->o->n_lists, text);
	if (f->r->list == NULL)
		f->r->list = list_among(dnsbl_lists, n_dnsbl_lists, text);
	if (f->r->list == NULL)
		f->r->list = own_list(f->c, text);
}

/* What the reply states of each mechanism. */
static void
find_stated(struct finding_out *f)
{
	struct classify_context context = { .out = true };
	struct classified w;
	struct reply r;

	reply_parse(f->c->a, f->g->sample, &r);
	context.phase = r.phase;
	classify(f->c->classifier, &r, &context, &w);
	f->r->spf = arena_str(f->c->a, w.lifted.spf);
	f->r->dkim = arena_str(f->c->a, w.lifted.dkim);
	f->r->dmarc = arena_str(f->c->a, w.lifted.dmarc);
	f->has_named = w.lifted.has_ip;
	f->named = w.lifted.ip;
}

void
identity_find(struct cases *c, const struct bounce_group *g, struct refusal *r, struct case_of *out)
{
	struct finding_out f = { .c = c, .g = g, .o = c->co, .r = r, .of = out };

	find_stated(&f);
	find_sender(&f);
	find_path(&f);
	find_author(&f);
	find_helo(&f);
	find_ip(&f);
	find_keys(&f);
	find_list(&f);
}
