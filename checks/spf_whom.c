/* SPDX-License-Identifier: ISC */
/*
 * spf_whom.c - whom a limit of RFC 7208 4.6.4 hits: terms are evaluated in order,
 * so a sender that an early one matches passes before the limit is met.
 *
 * The worst case is told: of a term that passes the limit somewhere inside, the
 * senders that it matches before that point pass as well.
 */
#include "checks/spf_judge.h"
#include "checks/spf_sender.h"

/* Whether T is an a or mx of NODE that found no address. */
static bool
is_void(const struct spf_node *node, const struct spf_term *t)
{
	const struct spf_item *it = spf_item_of(node, t);
	return it != NULL && (t->kind == TERM_A || t->kind == TERM_MX) && it->void4 > 0 &&
	       it->void6 > 0;
}

/* The last term in front of OVER that lets somebody pass; NULL when there is none. */
static const struct spf_term *
term_before(const struct spf_node *root, const struct spf_term *over)
{
	const struct spf_record *r = root->record;
	const struct spf_term *found = NULL;
	for (size_t i = 0; i < r->n_terms; i++) {
		const struct spf_term *t = &r->terms[i];
		if (t == over && t->kind != TERM_REDIRECT)
			break;
		if (t->kind < TERM_REDIRECT && t->qualifier == '+' && !is_void(root, t))
			found = t;
	}
	return found;
}

/* The one of the subject's addresses that meets WHY, and how many do. */
static size_t
hit_senders(const struct spf_judge *j, enum spf_why why, const struct addr **first)
{
	size_t n = 0;
	for (size_t i = 0; i < j->senders->n; i++)
		if (j->senders->v[i].why == why && n++ == 0)
			*first = &j->senders->ips[i];
	return n;
}

/* The texts of PARTS, the last an empty one, put together; owned by the arena of the run. */
static struct str
joined(struct spf_judge *j, const struct str *parts)
{
	struct buf *b = &j->au->findings->scratch;
	buf_reset(b);
	for (; parts->n > 0; parts++)
		buf_add(b, *parts);
	return arena_str(j->au->arena, buf_str(b));
}

/* What becomes of the addresses given, where something is known of all of them. */
static struct str
given_text(struct spf_judge *j, enum spf_limit limit)
{
	const struct addr *first = NULL;
	size_t n = hit_senders(j, limit == LIMIT_LOOKUPS ? WHY_LOOKUPS : WHY_VOIDS, &first);
	struct buf *b = &j->au->findings->scratch;
	if (n == 0 && j->senders->all_pass)
		return STR("; the given addresses pass before the limit");
	buf_reset(b);
	if (n > 0) {
		struct addr ip = addr_unmap(first);
		buf_adds(b, "; of the given addresses it hits ");
		addr_print(b, &ip);
	}
	if (n > 1) {
		buf_adds(b, " and ");
		buf_addu(b, n - 1);
		buf_adds(b, n == 2 ? " other" : " others");
	}
	return arena_str(j->au->arena, buf_str(b));
}

void
spf_tell_whom(struct spf_judge *j, struct finding *f, enum spf_limit limit)
{
	const struct spf_node *root = j->tree->nodes[0];
	struct spf_reach reach;
	spf_reach_init(&reach, j->au->arena, j->tree);
	const struct spf_item *over = spf_reach_over(&reach, limit, NULL);
	const struct spf_term *before = over != NULL ? term_before(root, over->term) : NULL;
	struct findings *fs = j->au->findings;
	struct str at = over != NULL ? finding_part(j->au->arena, over->term->text) : STR("");
	/* A redirect= or include may let senders pass before the limit is met inside it. */
	bool inside = over != NULL && over->below != NULL && over->below->n_items > 1;
	struct str none[] = { inside ? STR("; only senders pass that are matched early in ")
				     : STR("; nobody passes in front of "),
		at, STR("") };
	struct str up[] = { STR("; senders matched up to "),
		before != NULL ? finding_part(j->au->arena, before->text) : at, STR(" pass"),
		STR("") };
	struct str on[] = { STR(", from "), at, STR(" on they may not"), STR("") };
	finding_words(
	    fs, f, "whom", over == NULL ? STR("") : joined(j, before != NULL ? up : none));
	finding_words(fs, f, "from", before != NULL ? joined(j, on) : STR(""));
	finding_text(fs, f, "given", given_text(j, limit));
	finding_text(fs, f, "over", at);
}
