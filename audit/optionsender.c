/* SPDX-License-Identifier: ISC */
/*
 * optionsender.c - options that say what is known of the sender.  A name or
 * address that is none is refused here, not passed on.
 */
#include "audit/optiontable.h"
#include "audit/config/nearest.h"
#include "audit/error.h"
#include "audit/idn.h"
#include "audit/sendertext.h"
#include "checks/core/taglist.h"
#include "checks/providers.h"

static int
set_name(struct name *out, const char *option, const char *v)
{
	const char *why = idn_parse(str_of(v), out);

	return why == NULL ? AUDIT_OK : option_bad(option, v, why);
}

static int
set_aggregate(struct check_options *o, const char *v)
{
	return option_add(&o->aggregates, "aggregate", v);
}

static int
set_ip(struct check_options *o, const char *v)
{
	struct addr a;

	if (addr_parse(str_of(v), &a) != ADDR_OK)
		return option_bad("ip", v, "not an IPv4 or IPv6 address");
	if (o->n_ips == MAX_OPTION_REPEAT)
		return option_bad("ip", v, "given too often");
	o->ips[o->n_ips++] = addr_unmap(&a);
	return AUDIT_OK;
}

static int
set_helo(struct check_options *o, const char *v)
{
	return set_name(&o->helo, "helo", v);
}

static int
set_mail_from(struct check_options *o, const char *v)
{
	struct reverse_path path;
	const char *why = reverse_path_parse(str_of(v), &path);

	o->mail_from_given = true; /* the last of several counts, all of it */
	o->mail_from_null = path.null;
	o->mail_from_local = path.local;
	o->mail_from = path.domain;
	return why == NULL ? AUDIT_OK : option_bad("mail-from", v, why);
}

static int
set_from(struct check_options *o, const char *v)
{
	return set_name(&o->from, "from", v);
}

/* A host's name, as nearly all receivers have there (RFC 8601 2.5): it needs no quotes. */
static int
set_authserv_id(struct check_options *o, const char *v)
{
	int rc = set_name(&o->authserv_id, "authserv-id", v);

	if (rc != AUDIT_OK || name_is_hostname(&o->authserv_id, true))
		return rc;
	return option_bad("authserv-id", v, "a host's name is wanted");
}

static int
add_selector(struct check_options *o, const char *option, struct str s, const struct name *domain)
{
	const char *why = selector_check(s);

	if (why != NULL)
		return option_bad(option, s.p, why);
	if (o->n_selectors == MAX_OPTION_REPEAT)
		return option_bad(option, s.p, "given too often");
	o->selectors[o->n_selectors++] =
	    (struct selector){ .domain = *domain, .name = s, .provenance = FROM_GIVEN };
	return AUDIT_OK;
}

static int
set_selector(struct check_options *o, const char *v)
{
	static const struct name own = { .n = 0 };

	return add_selector(o, "selector", str_of(v), &own);
}

/* "d=DOMAIN" and "s=SELECTOR" with a comma between, in either order. */
static bool
dkim_parts(struct str text, struct str *domain, struct str *selector)
{
	size_t pos = 0;
	struct str word;

	*domain = *selector = (struct str){ 0 };
	while (list_next(text, ',', &pos, &word)) {
		struct str *out = str_has_prefix(word, STR("d="))   ? domain
				  : str_has_prefix(word, STR("s=")) ? selector
								    : NULL;

		if (out == NULL || out->n > 0)
			return false;
		*out = str_sub(word, 2, word.n);
	}
	return domain->n > 0 && selector->n > 0;
}

static int
set_dkim(struct check_options *o, const char *v)
{
	struct str d, selector;
	struct name domain;
	const char *why;

	if (!dkim_parts(str_of(v), &d, &selector))
		return option_bad("dkim", v, "d=DOMAIN,s=SELECTOR is wanted");
	if ((why = idn_parse(d, &domain)) != NULL)
		return option_bad("dkim", v, why);
	return add_selector(o, "dkim", selector, &domain);
}

/* No service is called WORD: say so, with the name that was probably meant. */
static int
tell_unknown_service(struct str word)
{
	struct nearest near;

	nearest_init(&near, word);
	for (size_t i = 0; i < n_providers; i++)
		nearest_try(&near, str_of(providers[i].id));
	if (near.best.n > 0)
		audit_warn("--via %.*s: no such service; %.*s is near (--via list names all)",
		    (int)word.n, word.p, (int)near.best.n, near.best.p);
	else
		audit_warn(
		    "--via %.*s: no such service (--via list names all)", (int)word.n, word.p);
	return AUDIT_EUSAGE;
}

static bool
has_via(const struct check_options *o, const struct provider *p)
{
	for (size_t i = 0; i < o->n_via; i++)
		if (str_eq(o->via[i], str_of(p->id)))
			return true;
	return false;
}

static int
set_via(struct check_options *o, const char *v)
{
	struct str list = str_of(v), word;
	size_t pos = 0;

	if (strcmp(v, "list") == 0) {
		o->via_list = true;
		return AUDIT_OK;
	}
	while (list_next(list, ',', &pos, &word)) {
		const struct provider *p = provider_find(word);

		if (p == NULL)
			return tell_unknown_service(word);
		if (has_via(o, p))
			continue;
		if (o->n_via == MAX_OPTION_REPEAT)
			return option_bad("via", v, "given too often");
		o->via[o->n_via++] = str_of(p->id);
	}
	return list.n > 0 ? AUDIT_OK : option_bad("via", v, "the name of a service is wanted");
}

static int
set_trust_received(struct check_options *o, const char *v)
{
	(void)v;
	o->trust_received = true;
	return AUDIT_OK;
}

static int
set_private_key(struct check_options *o, const char *v)
{
	const char *why = "";

	if (o->private_key != NULL)
		return option_bad("private-key", v, "given too often");
	if (signer_read(v, &o->signer_half, &why) != AUDIT_OK)
		return option_bad("private-key", v, why);
	if (o->signer_half.open_to_all)
		audit_warn("%s: note: every user of this machine may read this private key", v);
	o->private_key = v;
	o->signer = (struct signer_key){ .ed25519 = o->signer_half.ed25519,
		.data = { (const char *)o->signer_half.bytes, o->signer_half.n } };
	return AUDIT_OK;
}

static int
set_bulk(struct check_options *o, const char *v)
{
	(void)v;
	o->bulk = true;
	return AUDIT_OK;
}

static int
set_volume(struct check_options *o, const char *v)
{
	unsigned n = 0;
	int rc = option_number(&n, "volume", v, UINT32_MAX);

	o->bulk = o->bulk || n >= BULK_VOLUME;
	return rc;
}

/* clang-format off */
static const struct option rows[] = {
	{ "aggregate", "FILE|DIR", set_aggregate, "DMARC aggregate reports: keys in use, mail that fails" },
	{ "ip", "IP", set_ip, "an address that sends mail; may be given again" },
	{ "helo", "NAME", set_helo, "the name those addresses say in HELO or EHLO" },
	{ "mail-from", "ADDR", set_mail_from, "envelope sender, an address or a domain" },
	{ "from", "DOMAIN", set_from, "domain of the From header" },
	{ "selector", "NAME", set_selector, "a DKIM selector in use; may be given again" },
	{ "dkim", "d=DOMAIN,s=NAME", set_dkim, "a selector in use of another signing domain" },
	{ "private-key", "FILE", set_private_key, "is it the key published at --selector?" },
	{ "trust-received", NULL, set_trust_received,
	  "the topmost Received field says who handed it over" },
	{ "via", "SERVICE,...", set_via, "services that it leaves through; list names them" },
	{ "authserv-id", "NAME", set_authserv_id,
	  "who the Authentication-Results field is said to be by" },
	{ "bulk", NULL, set_bulk, "rules for bulk senders bind" },
	{ "volume", "N", set_volume, "messages a day; 5000 and more is bulk" },
};
/* clang-format on */

const struct option_table sender_options = { rows, ARRAY_LEN(rows) };
