/* SPDX-License-Identifier: ISC */
/*
 * sendertext.c - words about a sender to plain structs.
 */
#include "audit/sendertext.h"
#include "audit/idn.h"

const char *
reverse_path_parse(struct str text, struct reverse_path *out)
{
	const char *why;
	size_t at;

	*out = (struct reverse_path){ .null = false };
	text = str_trim(text);
	if (text.n > 2 && text.p[0] == '<' && text.p[text.n - 1] == '>')
		text = str_sub(text, 1, text.n - 2); /* as logs have it (RFC 5321 4.1.2) */
	at = text.n;
	if (text.n == 0 || str_eq(text, STR("<>"))) {
		out->null = true;
		return NULL;
	}
	while (at > 0 && text.p[at - 1] != '@')
		at--;
	if (at == 1)
		return "nothing before the @";
	if (at > 0)
		out->local = str_sub(text, 0, at - 1);
	if (text.p[0] == '<')
		return "the bracket < is not closed";
	if (out->local.n > 0 && out->local.p[0] != '"' &&
	    str_find(out->local, 0, '@') < out->local.n)
		return "a second @ (one in the local part wants quotes: RFC 5321 4.1.2)";
	if ((why = idn_parse(str_sub(text, at, text.n), &out->domain)) != NULL)
		return why;
	/* idn_parse() takes all that DNS does; no mail can come from the rest */
	return name_is_hostname(&out->domain, true) ? NULL : "the domain holds what none can";
}

const char *
selector_check(struct str s)
{
	struct name probe;

	if (name_parse_raw(s, &probe) != NAME_OK)
		return "not a selector";
	if (s.p[s.n - 1] == '.' || str_find(s, 0, '=') < s.n || str_find(s, 0, ' ') < s.n)
		return "a selector is what stands behind s= in DKIM-Signature: no '=', blank or "
		       "final dot";
	for (size_t i = 0; i < name_labels(&probe); i++)
		if (str_eq(name_label(&probe, i), STR("_domainkey")))
			return "give the selector alone, the part before ._domainkey";
	return NULL;
}

bool
is_single(const struct prefix *p)
{
	return p->bits == (p->addr.v6 ? 128 : 32);
}

/* P without the bits behind its length. */
static void
clear_host_bits(struct prefix *p)
{
	for (size_t i = 0; i < 16; i++) {
		size_t begin = i * 8;

		if (begin >= p->bits)
			p->addr.b[i] = 0;
		else if (begin + 8 > p->bits)
			p->addr.b[i] &= (uint8_t)(0xff << (8 - (p->bits - begin)));
	}
}

const char *
network_parse(struct str text, struct prefix *out)
{
	size_t slash = str_find(text, 0, '/');
	uint32_t bits;
	struct addr a;

	*out = (struct prefix){ .bits = 0 };
	switch (addr_parse(str_sub(text, 0, slash), &a)) {
	case ADDR_OK:
		break;
	case ADDR_RANGE:
		return "a part of the address is too large";
	case ADDR_LEADING_ZERO:
		return "a part of the address begins with 0, which some read as octal";
	case ADDR_SYNTAX:
		return "an IPv4 or IPv6 address is wanted, or a network like 192.0.2.0/28";
	}
	if (slash == text.n)
		a = addr_unmap(&a);
	out->addr = a;
	out->bits = a.v6 ? 128 : 32;
	if (slash == text.n)
		return NULL;
	if (!parse_u32(str_sub(text, slash + 1, text.n), out->bits, &bits))
		return a.v6 ? "a number of bits up to 128 is wanted behind the /"
			    : "a number of bits up to 32 is wanted behind the /";
	out->bits = (uint8_t)bits;
	if (!prefix_has_host_bits(out))
		return NULL;
	clear_host_bits(out);
	return "not the first address of that network";
}
