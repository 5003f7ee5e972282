/* SPDX-License-Identifier: ISC */
/*
 * owners.c - whose a domain or an address is; see owners.h.
 */
#include "audit/explain/owners.h"
#include <stdlib.h>
#include "audit/sources/suffix.h"

static void
add(struct owners *w, const struct name *name, struct arena *a)
{
	if (!name_is_set(name))
		return;
	arena_grow(a, &w->v, w->n, &w->cap, sizeof(*w->v));
	suffix_registrable(name, &w->v[w->n++]);
}

static void
add_config(struct owners *w, const struct config *c, struct arena *a)
{
	for (size_t i = 0; i < c->n_domains; i++)
		add(w, &c->domains[i].name, a);
	for (size_t i = 0; i < c->n_senders; i++) {
		const struct config_sender *s = &c->senders[i];

		add(w, &s->s.mail_from, a);
		add(w, &s->s.helo, a);
		for (size_t k = 0; k < s->n_from; k++)
			add(w, &s->from[k].name, a);
		w->has_addresses = w->has_addresses || s->s.n_ips + s->s.n_prefixes > 0;
	}
}

static void
add_text(struct owners *w, struct str domain, struct arena *a)
{
	struct name name;

	if (domain.n > 0 && !str_eq(domain, STR("<>")) && name_parse(domain, &name) == NAME_OK)
		add(w, &name, a);
}

/* The addresses of the servers that wrote the logs of R, each once. */
static void
add_writers(struct owners *w, const struct bounce_report *r, struct arena *a)
{
	w->ips = arena_array(a, MAX_OWN_ADDRESSES, sizeof(*w->ips));
	for (size_t i = 0; i < r->n_groups && w->n_ips < MAX_OWN_ADDRESSES; i++) {
		struct addr ip;

		if (!r->groups[i].own_ip || addr_parse(r->groups[i].sender_ip, &ip) != ADDR_OK)
			continue;
		ip = addr_unmap(&ip);
		if (!addr_is_among(w->ips, w->n_ips, &ip))
			w->ips[w->n_ips++] = ip;
	}
}

static int
by_name(const void *a, const void *b)
{
	return name_cmp(a, b);
}

static void
sort(struct owners *w)
{
	size_t kept = 0;

	if (w->n == 0)
		return;
	qsort(w->v, w->n, sizeof(*w->v), by_name);
	for (size_t i = 0; i < w->n; i++)
		if (kept == 0 || !name_eq(&w->v[kept - 1], &w->v[i]))
			w->v[kept++] = w->v[i];
	w->n = kept;
}

void
owners_init(struct owners *w, const struct config *c, struct str only,
    const struct bounce_report *r, struct arena *a)
{
	bool told;

	*w = (struct owners){ .config = c };
	add_writers(w, r, a);
	if (c != NULL)
		add_config(w, c, a);
	told = w->n > 0;
	if (only.n > 0 && name_parse(only, &w->only) == NAME_OK)
		return;
	for (size_t i = 0; !told && i < r->n_groups; i++)
		if (!r->groups[i].inbound)
			add_text(w, r->groups[i].mail_from_domain, a);
	sort(w);
}

bool
owners_know(const struct owners *w)
{
	return w->n > 0 || name_is_set(&w->only);
}

bool
owners_have(const struct owners *w, const struct name *name)
{
	struct name base;

	if (!name_is_set(name))
		return false;
	if (name_is_set(&w->only))
		return name_is_below(name, &w->only);
	suffix_registrable(name, &base);
	return w->n > 0 && bsearch(&base, w->v, w->n, sizeof(*w->v), by_name) != NULL;
}

const struct config_sender *
owners_sender_at(const struct owners *w, const struct addr *ip)
{
	for (size_t i = 0; w->config != NULL && i < w->config->n_senders; i++) {
		const struct config_sender *s = &w->config->senders[i];

		if (addr_is_among(s->s.ips, s->s.n_ips, ip))
			return s;
		for (size_t k = 0; k < s->s.n_prefixes; k++)
			if (prefix_has(&s->s.prefixes[k], ip))
				return s;
	}
	return NULL;
}

bool
owners_wrote(const struct owners *w, const struct addr *ip)
{
	return addr_is_among(w->ips, w->n_ips, ip);
}

static bool
sends_under(const struct config_sender *s, const struct name *domain)
{
	if (name_is_set(&s->s.mail_from) && name_eq(&s->s.mail_from, domain))
		return true;
	for (size_t i = 0; i < s->n_from; i++)
		if (name_eq(&s->from[i].name, domain))
			return true;
	return s->n_from == 0 && !name_is_set(&s->s.mail_from);
}

const struct config_sender *
owners_sender_of(const struct owners *w, const struct name *domain)
{
	const struct config_sender *only = NULL;

	for (size_t i = 0; w->config != NULL && i < w->config->n_senders; i++) {
		if (!sends_under(&w->config->senders[i], domain))
			continue;
		if (only != NULL)
			return NULL;
		only = &w->config->senders[i];
	}
	return only;
}
