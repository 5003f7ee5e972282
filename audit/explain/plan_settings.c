/* SPDX-License-Identifier: ISC */
/*
 * plan_settings.c - where DNS is not the cure: lines for the configuration of a mail
 * server.  They are hints, and say no more than the name of the setting and the value.
 */
#include "audit/explain/plan.h"

#define MAX_SETTING 2048

/*
 * In LINE {domain}, {helo}, {selector}, {key}, {ptr} and {address} stand for what the cause
 * knows; {own} for the selector of a key that the domain has in DNS, else for that of the
 * log; {other} for one that {key} has beside {selector}.
 */
static const struct setting {
	const char *slug, *line;
	const char *reader; /* of whose log; NULL = whatever it is */
} settings[] = {
	/* clang-format off */
	{ "ptr-none", "DNS: {ptr} IN PTR NAME., and NAME. IN {address}, NAME being what the server says in HELO", NULL },
	{ "helo-not-qualified", "postfix main.cf: smtp_helo_name = the full name of the server", "postfix" },
	{ "helo-not-qualified", "exim: primary_hostname = the full name of the server", "exim" },
	{ "helo-unresolvable", "postfix main.cf: smtp_helo_name = a name that resolves to the sending address", "postfix" },
	{ "helo-unresolvable", "exim: helo_data of the smtp transport = a name that resolves to the sending address", "exim" },
	{ "helo-other-address", "postfix main.cf: smtp_bind_address = an address of {helo}", "postfix" },
	{ "helo-other-address", "exim: interface of the smtp transport = an address of {helo}", "exim" },
	{ "helo-other-ptr", "postfix main.cf: smtp_helo_name = the name that the address has", "postfix" },
	{ "helo-other-ptr", "exim: helo_data of the smtp transport = the name that the address has", "exim" },
	{ "stream-unaligned", "opendkim SigningTable: *@{domain} {own}._domainkey.{domain}", NULL },
	{ "stream-unaligned", "opendkim KeyTable: {own}._domainkey.{domain} {domain}:{own}:/path/of/the/key", NULL },
	{ "stream-unsigned", "opendkim SigningTable: *@{domain} {own}._domainkey.{domain}", NULL },
	{ "dkim-no-key", "opendkim: the record to publish is in {selector}.txt, which opendkim-genkey wrote beside {selector}.private", NULL },
	{ "dkim-no-key", "opendkim KeyTable: {other}._domainkey.{key} {key}:{other}:/path/of/the/key, if the private key of {other}, whose key is in DNS, is yours; the SigningTable then names {other}._domainkey.{key}", NULL },
	/* clang-format on */
};

/* The reverse name of the address of C, or its type and itself; empty when it is not known. */
static struct str
of_address(struct arena *a, const struct plan_cause *c, bool reverse)
{
	struct name ptr = addr_ptr_name(&c->ip);
	struct str out;
	struct buf b;

	if (!c->has_ip || !c->owned)
		return STR("");
	buf_init(&b, 2 * MAX_NAME_TEXT);
	if (reverse) {
		name_print(&b, &ptr);
		buf_addc(&b, '.');
	} else {
		buf_adds(&b, c->ip.v6 ? "AAAA " : "A ");
		addr_print(&b, &c->ip);
	}
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/*
 * A selector at which DOMAIN has a key that works, out of KEYS: WANTED if it is one; with
 * OTHER one that is not WANTED.  Empty = there is none.
 */
static struct str
published(const struct kept *keys, struct str domain, struct str wanted, bool other)
{
	struct str best = STR("");

	for (size_t i = 0; keys != NULL && i < keys->n_keys; i++) {
		struct str k = keys->keys[i];
		size_t at = str_find(k, 0, ' ');
		struct str selector = str_sub(k, 0, at);
		bool same = str_ieq(selector, wanted);

		if (!str_ieq(str_sub(k, at + 1, k.n), domain) || (other && same))
			continue;
		if (same)
			return selector;
		if (best.n == 0)
			best = selector;
	}
	return best;
}

/* The value of the word at the start of REST, which begins with a brace; its length into *SKIP. */
static struct str
value_of(struct arena *a, const struct plan_cause *c, const struct kept *keys, struct str rest,
    size_t *skip)
{
	struct str word = str_sub(rest, 1, str_find(rest, 0, '}') - 1);

	*skip = word.n + 2;
	if (str_eq(word, STR("domain")))
		return c->domain;
	if (str_eq(word, STR("helo")))
		return c->helo;
	if (str_eq(word, STR("ptr")) || str_eq(word, STR("address")))
		return of_address(a, c, word.p[0] == 'p');
	if (str_eq(word, STR("other")))
		return published(keys, c->key_domain, c->selector, true);
	if (str_eq(word, STR("own")) && published(keys, c->domain, c->selector, false).n > 0)
		return published(keys, c->domain, c->selector, false);
	return str_eq(word, STR("key")) ? c->key_domain : c->selector;
}

/* LINE with all values put in; empty when one is not known. */
static struct str
filled(struct arena *a, struct str line, const struct plan_cause *c, const struct kept *keys)
{
	struct str out = STR("");
	bool whole = true;
	struct buf b;
	size_t skip;

	buf_init(&b, MAX_SETTING);
	for (size_t i = 0; i < line.n; i += skip) {
		struct str rest = str_sub(line, i, line.n);

		skip = 1;
		if (rest.p[0] == '{') {
			struct str v = value_of(a, c, keys, rest, &skip);

			whole = whole && v.n > 0;
			buf_add_escaped(&b, v);
		} else {
			buf_addc(&b, rest.p[0]);
		}
	}
	if (whole && !b.over)
		out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

size_t
plan_settings(struct arena *a, const char *slug, const struct plan_cause *c,
    const struct kept *keys, const struct str **out)
{
	struct str *v = arena_array(a, ARRAY_LEN(settings), sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(settings) && slug[0] != '\0'; i++) {
		const struct setting *s = &settings[i];

		if (strcmp(s->slug, slug) != 0 ||
		    (s->reader != NULL && c->reader != NULL && strcmp(s->reader, c->reader) != 0))
			continue;
		v[n] = filled(a, str_of(s->line), c, keys);
		n += v[n].n > 0;
	}
	*out = v;
	return n;
}
