/* SPDX-License-Identifier: ISC */
/*
 * zonequirk.c - types and habits of single name servers and providers.
 */
#include "audit/sources/zonequirk.h"
#include "audit/sources/docrecord.h"

#define HEAD_WORDS 4 /* owner, TTL, class, type */

bool
zonequirk_is_flat(const struct zone_entry *e, size_t i)
{
	/* PowerDNS and others; gdnsd; NS1 and others */
	static const char *const types[] = { "ALIAS", "ANAME", "DYNA", "DYNC" };
	struct str word = e->token[i].raw, next = STR("");

	if (i + 1 < e->n)
		next = e->token[i + 1].raw;
	for (size_t k = 0; k < ARRAY_LEN(types); k++)
		if (str_ieq(word, str_of(types[k])))
			return true;
	if (str_ieq(word, STR("AWS"))) /* cli53: AWS ALIAS A target */
		return str_ieq(next, STR("ALIAS"));
	return str_ieq(word, STR("LUA")) && (str_ieq(next, STR("A")) || str_ieq(next, STR("AAAA")));
}

void
zonequirk_flat(struct zone_load *l, struct zone_text *t, struct str owner)
{
	struct docread r = { .l = l, .t = t };
	struct name name = name_of_wire(owner);

	docrecord_flat(&r, &name);
}

bool
zonequirk_is_undotted_soa(const struct zone_entry *e)
{
	struct str owner = e->token[0].raw;

	if (e->blank || str_find(owner, 0, '.') >= owner.n)
		return false;
	for (size_t i = 1; i < e->n && i < HEAD_WORDS; i++)
		if (str_ieq(e->token[i].raw, STR("SOA")))
			return true;
	return false;
}
