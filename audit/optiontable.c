/* SPDX-License-Identifier: ISC */
/*
 * optiontable.c - values that more than one table of options takes, and words for wrong
 * ones.
 */
#include "audit/optiontable.h"
#include "audit/error.h"

int
option_bad(const char *option, const char *v, const char *why)
{
	audit_warn("--%s %s: %s", option, v, why);
	return AUDIT_EUSAGE;
}

int
option_add(struct option_list *l, const char *option, const char *v)
{
	if (l->n == MAX_OPTION_REPEAT)
		return option_bad(option, v, "given too often");
	l->v[l->n++] = v;
	return AUDIT_OK;
}

int
option_number(unsigned *out, const char *option, const char *v, uint32_t max)
{
	uint32_t n;

	if (!parse_u32(str_of(v), max, &n) || n == 0)
		return option_bad(option, v,
		    v[0] != '0' && v[strspn(v, "0123456789")] == '\0' && v[0] != '\0'
			? "too large a number"
			: "a number from 1 on is wanted, in digits alone");
	*out = n;
	return AUDIT_OK;
}
