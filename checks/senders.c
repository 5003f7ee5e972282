/* SPDX-License-Identifier: ISC */
/*
 * senders.c - the senders of a subject.
 */
#include "checks/senders.h"

/* Whether S says something of a sender that is no service. */
static bool
has_own_sender(const struct subject *s)
{
	return s->n_ips > 0 || s->mail_from_given || name_is_set(&s->helo) || name_is_set(&s->from);
}

bool
has_sender(const struct subject *s)
{
	return s->n_senders > 0 || s->n_via > 0 || has_own_sender(s);
}

/* Each service of S is a sender of its own: what else is said belongs to the one with addresses. */
static size_t
add_services(const struct subject *s, struct sender *list, size_t n)
{
	for (size_t i = 0; i < s->n_via; i++)
		list[n++] = (struct sender){ .name = s->via[i],
			.from = s->from,
			.via = &s->via[i],
			.n_via = 1,
			.bulk = s->bulk };
	return n;
}

size_t
senders_of(struct arena *a, const struct subject *s, const struct sender **out)
{
	struct sender *list;
	size_t n = 0;

	*out = s->senders;
	if (s->n_senders > 0)
		return s->n_senders;
	list = arena_array(a, s->n_via + 1, sizeof(*list));
	*out = list;
	if (s->n_ips > 0 || (s->n_via == 0 && has_own_sender(s)))
		list[n++] = (struct sender){ .ips = s->ips,
			.n_ips = s->n_ips,
			.helo = s->helo,
			.mail_from_given = s->mail_from_given,
			.mail_from_null = s->mail_from_null,
			.mail_from_local = s->mail_from_local,
			.mail_from = s->mail_from,
			.from = s->from,
			.bulk = s->bulk };
	n = add_services(s, list, n);
	if (s->n_ips == 0 && n == 1 && s->n_via == 1) { /* then it is its MAIL FROM, if any */
		list[0].mail_from_given = s->mail_from_given;
		list[0].mail_from_null = s->mail_from_null;
		list[0].mail_from_local = s->mail_from_local;
		list[0].mail_from = s->mail_from;
	}
	return n;
}

static bool
sends_from(const struct sender *x, const struct addr *ip)
{
	for (size_t i = 0; i < x->n_ips; i++)
		if (addr_eq(&x->ips[i], ip))
			return true;
	for (size_t i = 0; i < x->n_prefixes; i++)
		if (prefix_has(&x->prefixes[i], ip))
			return true;
	return false;
}

void
sender_names_add(struct buf *b, const struct subject *s, const struct addr *ip)
{
	bool first = true;

	for (size_t i = 0; i < s->n_senders; i++) {
		if (s->senders[i].name.n == 0 || !sends_from(&s->senders[i], ip))
			continue;
		buf_adds(b, first ? "" : ", ");
		buf_add(b, s->senders[i].name);
		first = false;
	}
}

const struct name *
sender_spf_name(const struct subject *s, const struct sender *x)
{
	if (x->mail_from_null)
		return &x->helo;
	if (name_is_set(&x->mail_from))
		return &x->mail_from;
	return &s->domain;
}

static bool
has_address(const struct sender *x, const struct addr *ip)
{
	for (size_t i = 0; i < x->n_ips; i++) {
		struct addr one = addr_unmap(&x->ips[i]);

		if (addr_eq(&one, ip))
			return true;
	}
	for (size_t i = 0; i < x->n_prefixes; i++)
		if (prefix_has(&x->prefixes[i], ip))
			return true;
	return false;
}

const struct sender *
sender_with(struct arena *a, const struct subject *s, const struct addr *ip)
{
	const struct sender *x;
	size_t n = senders_of(a, s, &x);

	for (size_t i = 0; i < n; i++)
		if (has_address(&x[i], ip))
			return &x[i];
	return NULL;
}

bool
is_sending(const struct subject *s)
{
	for (size_t i = 0; i < s->n_senders; i++)
		if (s->senders[i].name.n > 0)
			return true;
	return s->n_ips > 0 || s->n_via > 0 || s->mail_from_given;
}

/* Whether X writes as the domain of T, or takes its bounces there, as far as anybody said. */
static bool
is_of_sender(const struct subject *t, const struct sender *x)
{
	bool path = name_is_set(&x->mail_from);

	if (path && name_eq(&x->mail_from, &t->domain))
		return true;
	if (t->role == ROLE_SEND_ONLY)
		return false; /* nobody answers it; bounces go where MAIL FROM says */
	if (name_is_set(&x->from))
		return name_eq(&x->from, &t->domain) || !path;
	/* a name of the configuration is its From domain */
	return !path || x->name.n > 0;
}

bool
is_answered_at_own(struct arena *a, const struct subject *s)
{
	const struct sender *x;
	size_t n = senders_of(a, s, &x);

	for (size_t i = 0; i < n; i++)
		if (is_of_sender(s, &x[i]))
			return true;
	return s->role == ROLE_RETURN_PATH;
}

static bool
is_told(const struct name *const *list, size_t n, const struct name *name)
{
	for (size_t i = 0; i < n; i++)
		if (name_eq(list[i], name))
			return true;
	return false;
}

size_t
answered_elsewhere(struct arena *a, const struct subject *s, const struct name *const **out)
{
	const struct sender *x;
	size_t m = 0, n = senders_of(a, s, &x);
	const struct name **list = arena_array(a, 2 * n + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		const struct name *both[] = { &x[i].from, &x[i].mail_from };

		/* other From domains of a configuration are audited on their own */
		for (size_t k = x[i].name.n > 0 ? 1 : 0; k < ARRAY_LEN(both); k++)
			if (name_is_set(both[k]) && !name_eq(both[k], &s->domain) &&
			    !is_told(list, m, both[k]))
				list[m++] = both[k];
	}
	*out = list;
	return m;
}
