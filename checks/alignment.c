/* SPDX-License-Identifier: ISC */
/*
 * alignment.c - identifier alignment by both RFCs.
 */
#include "checks/alignment.h"
#include "checks/dmarc_policy.h"

/* RFC 7489 3.2.  A name that the list has no word on is aligned with itself alone. */
static bool
is_same_registrable(const struct dmarc_policy *p, struct audit *au, const struct name *domain,
    struct alignment *out)
{
	struct name other;

	if (p->org_psl.n == 0)
		return out->strict;
	other = registrable_of(au, domain, &out->pending);
	return name_eq(&other, &p->org_psl);
}

struct alignment
alignment_of(struct audit *au, const struct name *author, const struct name *domain)
{
	struct alignment out = { .strict = name_eq(author, domain) };
	const struct dmarc_policy *p, *other;

	if (out.strict) {
		out.relaxed = out.relaxed_list = true;
		return out;
	}
	p = dmarc_policy(au, author);
	if (p->state == DMARC_PENDING) {
		out.pending = true;
		return out;
	}
	out.relaxed_list = is_same_registrable(p, au, domain, &out);
	if (p->org.n == 0) {
		/* No answer could align what has no label in common. */
		struct name top = name_parent(author, name_labels(author) - 1);

		out.failed = name_is_below(domain, &top) ? p->failed : NULL;
		return out;
	}
	if (!name_is_below(domain, &p->org))
		return out; /* its organizational domain is another, whatever it is */
	other = dmarc_policy(au, domain);
	if (other->state == DMARC_PENDING)
		out.pending = true;
	else if (other->org.n == 0)
		out.failed = other->failed;
	else
		out.relaxed = name_eq(&other->org, &p->org);
	return out;
}
