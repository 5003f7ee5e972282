/* SPDX-License-Identifier: ISC */
/*
 * dmarc_fix.c - the corrected text of a DMARC record.
 *
 * One fault is cured and everything else left as it is.  A correction that
 * would raise a policy, or alter alignment, is refused: see dmarc_record.h.
 */
#include "checks/dmarc_record.h"

#include <string.h>

/* What a receiver acts on where W stands. */
static enum dmarc_word
effective(const struct dmarc_record *r, enum dmarc_word w)
{
	if (r->fallback)
		return DMARC_NONE;
	return w == DMARC_ABSENT ? r->p : w;
}

static bool
is_same_to_mail(const struct dmarc_record *a, const struct dmarc_record *b)
{
	return effective(a, a->p) == effective(b, b->p) &&
	       effective(a, a->sp) == effective(b, b->sp) &&
	       effective(a, a->np) == effective(b, b->np) && a->adkim_strict == b->adkim_strict &&
	       a->aspf_strict == b->aspf_strict && a->testing == b->testing && a->psd == b->psd;
}

bool
dmarc_fix(
    struct arena *a, const struct dmarc_record *r, const struct dmarc_fault *f, struct str *out)
{
	struct str before, after, instead = str_of(f->instead);
	struct dmarc_record fixed;
	char *p;

	if (f->cut.p == NULL)
		return false;
	before = str_sub(r->text, 0, (size_t)(f->cut.p - r->text.p));
	after = str_sub(r->text, before.n + f->cut.n, r->text.n);
	out->n = before.n + instead.n + after.n;
	p = arena_alloc(a, out->n + 1);
	out->p = p;
	if (before.n > 0)
		memcpy(p, before.p, before.n);
	if (instead.n > 0)
		memcpy(p + before.n, instead.p, instead.n);
	if (after.n > 0)
		memcpy(p + before.n + instead.n, after.p, after.n);
	if (!dmarc_is_record(*out))
		return false;
	dmarc_parse(*out, &fixed);
	return is_same_to_mail(r, &fixed);
}
