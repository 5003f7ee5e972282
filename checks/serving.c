/* SPDX-License-Identifier: ISC */
/*
 * serving.c - the comparison of two RRsets as sets of what they mean.
 */
#include "checks/serving.h"

#define SOA_SERIAL 20 /* bytes from the serial to the end of an SOA's rdata */
#define NO_NAME SIZE_MAX

size_t
serving_records(const struct answer *a, struct rr *cname, const struct rr **out)
{
	if (a->n_chain > 0) {
		*cname = (struct rr){ .type = RR_CNAME,
			.data = { (const char *)a->chain[0].w, a->chain[0].n } };
		*out = cname;
		return 1;
	}
	*out = a->rr;
	return a->n_rr;
}

/*
 * Where names begin in rdata of TYPE that may come in any case; what is before them is
 * compared as it is.  Compressible types have theirs in lower case already.
 */
static size_t
names_at(uint16_t type)
{
	switch (type) {
	case RR_CNAME:
	case RR_NS:
	case RR_PTR:
	case RR_DNAME:
		return 0;
	case RR_MX:
		return 2;
	case RR_SRV:
		return 6;
	default:
		return NO_NAME;
	}
}

static bool
is_same(const struct rr *a, const struct rr *b)
{
	size_t at = names_at(a->type);

	if (a->type != b->type)
		return false;
	if (a->type == RR_TXT || a->type == RR_SPF)
		return str_eq(a->text, b->text);
	if (at == NO_NAME)
		return str_eq(a->data, b->data);
	return str_eq(str_sub(a->data, 0, at), str_sub(b->data, 0, at)) &&
	       str_ieq(str_sub(a->data, at, a->data.n), str_sub(b->data, at, b->data.n));
}

/* Whether each of the N at A is among the M at B. */
static bool
is_within(const struct rr *a, size_t n, const struct rr *b, size_t m)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < m && !is_same(&a[i], &b[k]))
			k++;
		if (k == m)
			return false;
	}
	return true;
}

enum serving_state
serving_compare(const struct answer *zone, const struct answer *served)
{
	struct rr zone_cname, served_cname;
	const struct rr *a, *b;
	size_t n, m;

	if (zone->status == ANSWER_FAILED || served->status == ANSWER_FAILED ||
	    zone->status == ANSWER_PENDING || served->status == ANSWER_PENDING)
		return SERVING_UNKNOWN;
	n = serving_records(zone, &zone_cname, &a);
	m = serving_records(served, &served_cname, &b);
	return is_within(a, n, b, m) && is_within(b, m, a, n) ? SERVING_AGREES : SERVING_DIFFERS;
}

bool
serving_serial(const struct answer *a, uint32_t *out)
{
	const uint8_t *p;

	if (a->status != ANSWER_FOUND || a->n_rr != 1 || a->rr[0].type != RR_SOA ||
	    a->rr[0].data.n < SOA_SERIAL)
		return false;
	p = (const uint8_t *)a->rr[0].data.p + a->rr[0].data.n - SOA_SERIAL;
	*out = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return true;
}

bool
serving_behind(uint32_t a, uint32_t b)
{
	return a != b && b - a < UINT32_C(0x80000000);
}

const char *
serving_name(enum serving_state s)
{
	static const char *const names[SERVING_STATES] = { [SERVING_UNKNOWN] = "unknown",
		[SERVING_AGREES] = "agrees",
		[SERVING_DIFFERS] = "differs" };

	return names[s];
}
