/* SPDX-License-Identifier: ISC */
/*
 * configvalue.c - the values that more than one table of keys reads.
 */
#include "audit/config/configvalue.h"
#include "audit/idn.h"

const char *
value_name(const struct value *v, struct name *out)
{
	struct addr unused;

	if (addr_parse(v->text, &unused) == ADDR_OK)
		return "an address, where a domain name is wanted";
	return idn_parse(v->text, out);
}

const char *
value_flag(const struct value *v, bool *out)
{
	*out = str_eq(v->text, STR("yes")) || str_eq(v->text, STR("true"));
	return *out || str_eq(v->text, STR("no")) || str_eq(v->text, STR("false"))
		   ? NULL
		   : "yes or no is wanted";
}

const char *
value_number(const struct value *v, uint32_t max, uint32_t *out)
{
	size_t digits = 0;

	if (parse_u32(v->text, max, out) && *out > 0)
		return NULL;
	while (digits < v->text.n && ascii_isdigit(v->text.p[digits]))
		digits++;
	return digits == v->text.n && digits > 0 && v->text.p[0] != '0'
		   ? "too large a number"
		   : "a number from 1 on is wanted, in digits alone";
}

void
words_add(struct arena *a, struct words *w, struct str word)
{
	arena_grow(a, &w->v, w->n, &w->cap, sizeof(*w->v));
	w->v[w->n++] = word;
}
