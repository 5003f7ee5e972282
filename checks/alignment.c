/* SPDX-License-Identifier: ISC */
/*
 * alignment.c - identifier alignment by both RFCs.
 */
#include "checks/alignment.h"
#include "checks/dmarc_policy.h"

/*
 * RFC 7489 3.2, into OUT.  A name that the list has no word on is aligned with itself
 * alone, which OUT says already.
 */
static void
align_by_list(
    struct audit *au, const struct name *author, const struct name *domain, struct alignment *out)
{
	const struct answer *a = ask_suffix(au->q, author), *b;
	struct name above = name_parent(author, name_labels(author) - 1);

	if (is_pending(a)) {
		out->pending = true;
		return;
	}
	if (a->status == ANSWER_FAILED)
		out->failed_list = name_is_below(domain, &above) ? a : NULL;
	if (a->status != ANSWER_FOUND || a->suffix == NULL || a->suffix->registrable.n == 0)
		return;
	above = a->suffix->registrable;
	if (!name_is_below(domain, &above))
		return;
	b = ask_suffix(au->q, domain);
	if (is_pending(b))
		out->pending = true;
	else if (b->status == ANSWER_FOUND && b->suffix != NULL)
		out->relaxed_list = name_eq(&b->suffix->registrable, &above);
	else if (b->status == ANSWER_FAILED)
		out->failed_list = b;
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
	align_by_list(au, author, domain, &out);
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

bool
alignment_is_none(const struct alignment *a)
{
	return !a->pending && !a->strict && !a->relaxed && !a->relaxed_list && a->failed == NULL &&
	       a->failed_list == NULL;
}
