/* SPDX-License-Identifier: ISC */
/*
 * compare.c - findings paired by fingerprint.
 */
#include "audit/gate/compare.h"
#include "checks/core/finding.h"

bool
compare_figure(const struct judged *g, int64_t *out)
{
	const char *name = rule_of(g->f->id)->figure;

	for (size_t i = 0; i < g->f->n_args && name[0] != '\0'; i++)
		if (g->f->args[i].kind == ARG_NUMBER && strcmp(g->f->args[i].name, name) == 0) {
			*out = g->f->args[i].number;
			return true;
		}
	return false;
}

static bool
is_worse(const struct judged *after, const struct judged *before)
{
	int64_t a, b;

	return compare_figure(after, &a) && compare_figure(before, &b) && a > b;
}

/*
 * Which of the N in BEFORE is G: one not TAKEN of the same fingerprint, if there is a
 * choice one that G is not worse than.  N when there is none.
 */
static size_t
partner(const struct judged *g, const struct judged *before, const bool *taken, size_t n)
{
	size_t found = n;

	for (size_t i = 0; i < n; i++) {
		if (taken[i] || strcmp(before[i].fingerprint, g->fingerprint) != 0)
			continue;
		if (found == n || !is_worse(g, &before[i]))
			found = i;
		if (!is_worse(g, &before[i]))
			break;
	}
	return found;
}

static bool
is_missing(enum answer_cause cause)
{
	return cause == CAUSE_NOT_PROVIDED || cause == CAUSE_NOT_RECORDED;
}

const struct answer *
compare_lacking(const struct judged *g)
{
	for (size_t i = 0; i < g->f->n_evidence; i++)
		if (g->f->evidence[i]->status == ANSWER_FAILED &&
		    is_missing(g->f->evidence[i]->cause))
			return g->f->evidence[i];
	return NULL;
}

/* Whether SIDE fails to answer what A answers. */
static bool
is_failed_at(const struct side *side, const struct answer *a)
{
	const struct answer *b = side_answer(side, &a->q);
	bool failed = b == NULL || b->status == ANSWER_FAILED;

	answer_unref(b);
	return failed;
}

/*
 * Whether BASE knew what A, of HEAD, fails to say: there was a record, or the zone that
 * said there was none is no more.  That a name had nothing before a record was put there
 * which leads away is no knowledge that got lost.
 */
static bool
was_known(const struct side *base, const struct side *head, const struct answer *a)
{
	const struct answer *b = side_answer(base, &a->q);
	bool known =
	    b != NULL && b->status != ANSWER_FAILED &&
	    (b->status == ANSWER_FOUND || !head->zones->ops->owns(head->zones, &a->q.name));

	answer_unref(b);
	return known;
}

bool
compare_was_known(const struct side *base, const struct side *head, const struct judged *g)
{
	size_t failed = 0;

	for (size_t i = 0; i < g->f->n_evidence; i++) {
		const struct answer *a = g->f->evidence[i];

		if (a->status != ANSWER_FAILED)
			continue;
		failed++;
		if (was_known(base, head, a))
			return true;
	}
	return failed == 0; /* a bound of the audit, which the base kept */
}

/* clang-format off */
/* What voids a record: then nothing is found any more that its terms or tags led to. */
static const enum rule_id voiding[] = {
	RULE_SPF_MULTIPLE, RULE_SPF_NEAR_MISS, RULE_SPF_SYNTAX, RULE_SPF_UNKNOWN_MECHANISM,
	RULE_SPF_JOINED_TERMS, RULE_SPF_NONASCII, RULE_SPF_DUPLICATE_MODIFIER,
	RULE_SPF_QUALIFIED_MODIFIER, RULE_SPF_BAD_ADDRESS, RULE_SPF_BAD_DOMAIN, RULE_SPF_BAD_MACRO,
	RULE_DMARC_MULTIPLE, RULE_DMARC_BAD_VERSION, RULE_DMARC_NEAR_MISS, RULE_DMARC_VOID,
	RULE_DMARC_BAD_POLICY_VOID, RULE_DMARC_NO_POLICY,
};
/* clang-format on */

static bool
is_voiding(const struct judged *g)
{
	for (size_t i = 0; i < ARRAY_LEN(voiding); i++)
		if (g->f->id == voiding[i])
			return true;
	return false;
}

/*
 * Whether U, new after the change, keeps G from being found.  What
 * voids a record is seen in the record, whatever is unknown of what that leads to.
 */
static bool
hides(const struct judged *u, const struct judged *g)
{
	const char *check = rule_of(u->f->id)->check;

	if (u->change != CHANGE_IS_NEW || is_voiding(g) ||
	    (u->level != LEVEL_UNKNOWN && !is_voiding(u)))
		return false;
	/* that mail passes by SPF alone is seen by the SPF record too */
	return strcmp(check, rule_of(g->f->id)->check) == 0 ||
	       (g->f->id == RULE_DMARC_REJECT_UNSIGNED && strcmp(check, "spf") == 0);
}

/* Whether something that G, before the change, was found by cannot be seen after it. */
static bool
is_unseen(const struct comparison *c, const struct domain_result *out, const struct judged *g)
{
	for (size_t i = 0; i < out->n_findings; i++)
		if (hides(&out->findings[i], g))
			return true;
	for (size_t i = 0; i < g->f->n_evidence; i++) {
		const struct answer *a = g->f->evidence[i];

		if (a->status != ANSWER_FAILED && a->q.kind == ASK_DNS && is_failed_at(c->head, a))
			return true;
	}
	return false;
}

/* Those of the N in BEFORE that nothing was paired with. */
static void
add_fixed(const struct comparison *c, const struct judged *before, const bool *taken, size_t n,
    struct domain_result *out)
{
	struct judged *fixed = arena_array(c->a, n + 1, sizeof(*fixed));

	for (size_t i = 0; i < n; i++) {
		if (taken[i] || before[i].level == LEVEL_PASS || before[i].level == LEVEL_UNKNOWN ||
		    is_unseen(c, out, &before[i]))
			continue;
		fixed[out->n_fixed++] = before[i];
	}
	out->fixed = fixed;
}

void
compare_domain(const struct comparison *c, struct domain_result *out)
{
	struct judged *list[2] = { (struct judged *)(uintptr_t)out->findings,
		(struct judged *)(uintptr_t)out->suppressed };
	const size_t n_list[2] = { out->n_findings, out->n_suppressed };
	const struct judged *before = c->before != NULL ? c->before->findings : NULL;
	size_t n = c->before != NULL ? c->before->n_findings : 0;
	bool *taken = arena_array(c->a, n + 1, sizeof(*taken));

	out->compared = true;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < n_list[k]; i++) {
			struct judged *g = &list[k][i];
			size_t at = c->same ? 0 : partner(g, before, taken, n);

			g->change = CHANGE_IS_KEPT;
			/* what is published has no files that could be at fault */
			if (!c->same && at == n &&
			    !(c->base->live && strcmp(rule_of(g->f->id)->check, "zone") == 0))
				g->change = CHANGE_IS_NEW;
			else if (!c->same && at < n && is_worse(g, &before[at]))
				g->change = CHANGE_IS_WORSE;
			if (!c->same && at < n)
				taken[at] = true;
			if (k == 1)
				g->change = CHANGE_IS_SUPPRESSED;
		}
	if (!c->same)
		add_fixed(c, before, taken, n, out);
}
