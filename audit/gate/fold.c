/* SPDX-License-Identifier: ISC */
/*
 * fold.c - findings of one cause put together; what changed, as lines.
 */
#include "audit/gate/fold.h"
#include "checks/gate.h"
#include "report/changes.h"

/* F with the remedy of G, where it has no changes itself. */
static const struct finding *
with_remedy(struct arena *a, const struct finding *f, const struct finding *g)
{
	struct finding *copy;

	if (f->remedy.n_changes > 0 || g->remedy.n_changes == 0)
		return f;
	copy = arena_alloc(a, sizeof(*copy));
	*copy = *f;
	copy->remedy = g->remedy;
	return copy;
}

/* Whether F and G, both of LIST, are both new and have one cause. */
static bool
are_one(const struct judged *f, const struct judged *g)
{
	return f != g && f->change == CHANGE_IS_NEW && g->change == CHANGE_IS_NEW &&
	       gate_explains(f->f, g->f);
}

void
fold_domain(struct arena *a, struct domain_result *out)
{
	struct judged *list = (struct judged *)(uintptr_t)out->findings;
	bool *gone = arena_array(a, out->n_findings + 1, sizeof(*gone));
	size_t n = 0;

	for (size_t i = 0; i < out->n_findings; i++)
		for (size_t k = 0; k < out->n_findings; k++) {
			struct judged *f = &list[i];
			const struct judged *g = &list[k];

			if (gone[i] || gone[k] || !are_one(f, g))
				continue;
			if (g->level > f->level) {
				gone[i] = true;
				continue;
			}
			f->f = with_remedy(a, f->f, g->f);
			if (f->n_suggestions == 0) {
				f->suggestions = g->suggestions;
				f->n_suggestions = g->n_suggestions;
			}
			gone[k] = true;
		}
	for (size_t i = 0; i < out->n_findings; i++)
		if (!gone[i])
			list[n++] = list[i];
	out->n_findings = n;
}

void
fold_words(struct arena *a, struct domain_result *out)
{
	const struct mail_changes *all = out->facts != NULL ? out->facts->changes : NULL;
	struct str *lines;
	struct buf b;

	if (all == NULL || all->n == 0)
		return;
	lines = arena_array(a, all->n, sizeof(*lines));
	buf_init(&b, MAX_REPORT_BYTES);
	for (size_t i = 0; i < all->n; i++) {
		buf_reset(&b);
		change_line(&b, &all->list[i]);
		lines[i] = arena_str(a, buf_str(&b));
	}
	buf_free(&b);
	out->told = lines;
	out->n_told = all->n;
}
