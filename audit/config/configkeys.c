/* SPDX-License-Identifier: ISC */
/*
 * configkeys.c - domains and senders, and the table of the whole file.
 */
#include "audit/config/configkeys.h"
#include <stdio.h>
#include "audit/config/configvalue.h"
#include "audit/config/nearest.h"
#include "audit/idn.h"
#include "audit/sendertext.h"
#include "checks/providers.h"

#define MAX_SENDER_NAME 64

static void *
domain_open(void *into, struct arena *a)
{
	struct config *c = into;

	arena_grow(a, &c->domains, c->n_domains, &c->cap_domains, sizeof(*c->domains));
	return &c->domains[c->n_domains++];
}

static const char *
domain_name_set(struct value *v, void *into)
{
	struct config_domain *d = into;

	d->at = v->at;
	return value_name(v, &d->name);
}

static const char *
domain_role(struct value *v, void *into)
{
	static const char *const words[] = { [ROLE_MAIL] = "mail",
		[ROLE_SEND_ONLY] = "send-only",
		[ROLE_RETURN_PATH] = "return-path",
		[ROLE_PARKED] = "parked" };
	struct config_domain *d = into;

	d->role_given = true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(v->text, str_of(words[i]))) {
			d->role = (enum role)i;
			return NULL;
		}
	return "mail, send-only, return-path or parked is wanted";
}

static const char *
add_selector(struct value *v, struct words *w)
{
	const char *why = selector_check(v->text);

	if (w->n == MAX_CONFIG_WORDS)
		return "more than 2000 selectors are not taken";
	if (why == NULL)
		words_add(v->a, w, v->text);
	return why;
}

static const char *
domain_selector(struct value *v, void *into)
{
	return add_selector(v, &((struct config_domain *)into)->selectors);
}

static const char *
domain_bulk(struct value *v, void *into)
{
	return value_flag(v, &((struct config_domain *)into)->bulk);
}

/* clang-format off */
static const struct schema_key domain_keys[] = {
	{ .name = "name", .needed = true, .want = "a domain name", .about = "what is audited", .set = domain_name_set },
	{ .name = "role", .want = "mail, send-only, return-path or parked", .about = "what it is for (mail)", .set = domain_role },
	{ .name = "selectors", .shape = KEY_WORDS, .want = "a DKIM selector", .about = "in use, whoever signs",
	  .set = domain_selector },
	{ .name = "bulk", .want = "yes or no", .about = "the demands on bulk senders bind (no)", .set = domain_bulk },
};
static const struct schema domain_schema = {
	.what = "a domain", .keys = domain_keys, .n = ARRAY_LEN(domain_keys), .alone = "name"
};
/* clang-format on */

static void *
sender_open(void *into, struct arena *a)
{
	struct config *c = into;

	arena_grow(a, &c->senders, c->n_senders, &c->cap_senders, sizeof(*c->senders));
	return &c->senders[c->n_senders++];
}

static const char *
sender_name(struct value *v, void *into)
{
	struct config_sender *x = into;
	struct config *c = v->config;

	if (c->n_senders > MAX_CONFIG_SENDERS)
		return "more than 2000 senders are not taken";
	if (v->text.n == 0 || v->text.n > MAX_SENDER_NAME)
		return "a name of 1 to 64 bytes is wanted";
	for (size_t i = 0; i < v->text.n; i++)
		if (!ascii_isprint(v->text.p[i]))
			return "a name of letters, digits and signs of ASCII is wanted";
	for (size_t i = 0; i < c->n_senders; i++)
		if (str_eq(c->senders[i].s.name, v->text))
			return "another sender has this name";
	x->s.name = v->text;
	return NULL;
}

/* Words for NETWORK, which is what was probably meant. */
static const char *
host_bits(struct value *v, const struct prefix *network, const char *why)
{
	struct buf b;
	const char *out;

	buf_init(&b, MAX_FAULT_TEXT);
	buf_adds(&b, why);
	buf_adds(&b, "; is ");
	prefix_print(&b, network);
	buf_adds(&b, " meant?");
	out = arena_str(v->a, buf_str(&b)).p;
	buf_free(&b);
	return out;
}

#define WIDEST_SENDER_4 8  /* bits: the most that was ever given to one holder */
#define WIDEST_SENDER_6 16 /* bits: wider than any holder that is no registry has */

/* Why mail of one sender cannot leave from P; NULL = it can. */
static const char *
sender_of(const struct prefix *p)
{
	if (p->bits < (p->addr.v6 ? WIDEST_SENDER_6 : WIDEST_SENDER_4))
		return "wider than the network of any one sender: whoever is in it would be taken "
		       "for you";
	if (!addr_is_of_host(&p->addr) || addr_space(&p->addr) == ADDR_LOOPBACK)
		return "no mail comes from there: an address that others see is wanted";
	return NULL;
}

static const char *
sender_address(struct value *v, void *into)
{
	struct config_sender *x = into;
	struct prefix p;
	const char *why = network_parse(v->text, &p);

	if (why != NULL)
		return p.bits > 0 && p.bits < 128 && !is_single(&p) ? host_bits(v, &p, why) : why;
	why = sender_of(&p);
	if (why != NULL)
		return why;
	if (x->s.n_ips == MAX_CONFIG_WORDS || x->s.n_prefixes == MAX_CONFIG_WORDS)
		return "more than 2000 addresses are not taken: name the network";
	if (is_single(&p)) {
		arena_grow(v->a, &x->ips, x->s.n_ips, &x->cap_ips, sizeof(*x->ips));
		x->ips[x->s.n_ips++] = p.addr;
	} else {
		arena_grow(
		    v->a, &x->prefixes, x->s.n_prefixes, &x->cap_prefixes, sizeof(*x->prefixes));
		x->prefixes[x->s.n_prefixes++] = p;
	}
	return NULL;
}

static const char *
sender_helo(struct value *v, void *into)
{
	return value_name(v, &((struct config_sender *)into)->s.helo);
}

static const char *
sender_mail_from(struct value *v, void *into)
{
	struct config_sender *x = into;
	struct sender *s = &x->s;
	struct reverse_path path;
	const char *why = reverse_path_parse(v->text, &path);

	x->mail_from_at = v->at;
	s->mail_from_given = true;
	s->mail_from_null = path.null;
	s->mail_from_local = path.local;
	s->mail_from = path.domain;
	return why;
}

static const char *
sender_from(struct value *v, void *into)
{
	struct config_sender *x = into;
	struct config_from f = { .at = v->at };
	const char *why = value_name(v, &f.name);

	if (why != NULL)
		return why;
	arena_grow(v->a, &x->from, x->n_from, &x->cap_from, sizeof(*x->from));
	x->from[x->n_from++] = f;
	return NULL;
}

static void *
signer_open(void *into, struct arena *a)
{
	struct config_sender *x = into;

	arena_grow(a, &x->dkim, x->n_dkim, &x->cap_dkim, sizeof(*x->dkim));
	return &x->dkim[x->n_dkim++];
}

static const char *
signer_domain(struct value *v, void *into)
{
	return value_name(v, &((struct config_signer *)into)->domain);
}

static const char *
signer_selector(struct value *v, void *into)
{
	return add_selector(v, &((struct config_signer *)into)->selectors);
}

/* No service is called as V says. */
static const char *
unknown_service(struct value *v)
{
	const char *out = "no service is called so (mailvet check --via list names them)";
	struct nearest near;

	nearest_init(&near, v->text);
	for (size_t i = 0; i < n_providers; i++)
		nearest_try(&near, str_of(providers[i].id));
	if (v->fs->n == MAX_FAULTS)
		return out; /* it is only counted */
	return nearest_meant(&near, v->a, "no service is called so", out);
}

static const char *
sender_via(struct value *v, void *into)
{
	for (size_t i = 0; i < v->text.n; i++)
		if (!ascii_isalnum(v->text.p[i]) && v->text.p[i] != '-' && v->text.p[i] != '.')
			return "the name of a service is wanted: letters, digits, '-' and '.'";
	if (v->text.n == 0)
		return "the name of a service is wanted";
	if (provider_find(v->text) == NULL)
		return unknown_service(v);
	words_add(v->a, &((struct config_sender *)into)->via, v->text);
	return NULL;
}

static const char *
sender_bulk(struct value *v, void *into)
{
	return value_flag(v, &((struct config_sender *)into)->s.bulk);
}

static const char *
sender_marketing(struct value *v, void *into)
{
	return value_flag(v, &((struct config_sender *)into)->s.marketing);
}

static const char *
sender_volume(struct value *v, void *into)
{
	return value_number(v, UINT32_MAX, &((struct config_sender *)into)->s.volume);
}

/* A sender is whole: its lists where the checks look for them. */
static void
sender_close(struct value *v, void *into)
{
	struct config_sender *x = into;
	struct signer *dkim = arena_array(v->a, x->n_dkim + 1, sizeof(*dkim));

	for (size_t i = 0; i < x->n_dkim; i++)
		dkim[i] = (struct signer){ .domain = x->dkim[i].domain,
			.selectors = x->dkim[i].selectors.v,
			.n_selectors = x->dkim[i].selectors.n };
	x->s.dkim = dkim;
	x->s.n_dkim = x->n_dkim;
	x->s.ips = x->ips;
	x->s.prefixes = x->prefixes;
	x->s.via = x->via.v;
	x->s.n_via = x->via.n;
	x->s.bulk = x->s.bulk || x->s.volume >= BULK_VOLUME;
	if (x->s.mail_from_null && !name_is_set(&x->s.helo))
		fault_add(
		    v->fs, v->at, "a sender under a null mail-from is judged by its helo: name it");
}

/* clang-format off */
static const struct schema_key signer_keys[] = {
	{ .name = "domain", .want = "a domain name", .about = "d= (the From domain)", .set = signer_domain },
	{ .name = "selectors", .shape = KEY_WORDS, .needed = true, .want = "a DKIM selector", .about = "s=",
	  .set = signer_selector },
};
static const struct schema signer_schema = {
	.what = "dkim", .keys = signer_keys, .n = ARRAY_LEN(signer_keys)
};
static const struct schema_key sender_keys[] = {
	{ .name = "name", .needed = true, .want = "a name of your own", .about = "stands in reports", .set = sender_name },
	{ .name = "addresses", .shape = KEY_WORDS, .want = "an address or a network", .about = "it sends from",
	  .set = sender_address },
	{ .name = "helo", .want = "a host name", .about = "it says in HELO or EHLO", .set = sender_helo },
	{ .name = "mail-from", .want = "an address, a domain or <>", .about = "envelope sender (the From domain)",
	  .set = sender_mail_from },
	{ .name = "from", .shape = KEY_WORDS, .want = "a domain of this file",
	  .about = "its authors write as (every domain of role mail or send-only)", .set = sender_from },
	{ .name = "dkim", .shape = KEY_MAPS, .want = "a mapping of domain and selectors", .about = "who signs",
	  .open = signer_open, .below = &signer_schema },
	{ .name = "via", .shape = KEY_WORDS, .want = "the name of a service", .about = "the mail leaves through",
	  .set = sender_via },
	{ .name = "bulk", .want = "yes or no", .about = "the demands on bulk senders bind (no)", .set = sender_bulk },
	{ .name = "volume", .want = "a number", .about = "messages a day; from 5000 on it is bulk", .set = sender_volume },
	{ .name = "marketing", .want = "yes or no", .about = "mail that people subscribed to (no)", .set = sender_marketing },
};
static const struct schema sender_schema = {
	.what = "a sender", .keys = sender_keys, .n = ARRAY_LEN(sender_keys), .close = sender_close
};

static const struct schema_key config_rows[] = {
	{ .name = "domains", .shape = KEY_MAPS, .needed = true, .want = "a domain name or a mapping",
	  .about = "what is audited", .open = domain_open, .below = &domain_schema },
	{ .name = "senders", .shape = KEY_MAPS, .want = "a mapping", .about = "who sends as these domains",
	  .open = sender_open, .below = &sender_schema },
	{ .name = "lists", .shape = KEY_MAP, .want = "a mapping", .about = "block lists", .below = &lists_schema },
	{ .name = "levels", .shape = KEY_TABLE, .want = "error, warning or note", .about = "by rule, as --level",
	  .set = level_entry },
	{ .name = "waivers", .shape = KEY_MAPS, .want = "a mapping", .about = "findings that are known and accepted",
	  .open = waiver_open, .below = &waiver_schema },
	{ .name = "thresholds", .shape = KEY_MAP, .want = "a mapping", .about = "what bounces are measured by",
	  .below = &thresholds_schema },
	{ .name = "signatures", .shape = KEY_MAPS, .want = "a mapping", .about = "what refusals mean, before all that is built in",
	  .open = signature_open, .below = &signature_schema },
};
const struct schema config_schema = {
	.what = "the configuration", .keys = config_rows, .n = ARRAY_LEN(config_rows)
};
/* clang-format on */
