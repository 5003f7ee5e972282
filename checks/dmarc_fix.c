/* SPDX-License-Identifier: ISC */
/*
 * dmarc_fix.c - the corrected text of a DMARC record.
 *
 * One fault is cured and everything else left as it is.  A correction that
 * would raise a policy, alter alignment, or make another fault of the record is
 * refused: see dmarc_record.h.  And the policy of a record that there is not yet.
 */
#include "checks/dmarc_policy.h"

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
	/* 4.10.1: a record that falls back, or falls, because of its cure is no better */
	if ((b->fallback && !a->fallback) || (b->is_void && !a->is_void))
		return false;
	return effective(a, a->p) == effective(b, b->p) &&
	       effective(a, a->sp) == effective(b, b->sp) &&
	       effective(a, a->np) == effective(b, b->np) && a->adkim_strict == b->adkim_strict &&
	       a->aspf_strict == b->aspf_strict && a->testing == b->testing && a->psd == b->psd;
}

/* How many of FS are told as rule ID. */
static size_t
count_of(const struct dmarc_faults *fs, enum rule_id id)
{
	size_t n = 0;

	for (size_t i = 0; i < fs->n; i++)
		n += fs->list[i].rule == id;
	return n;
}

/* What the fault ID is told as while the record is void, for want of a rua that works. */
static enum rule_id
worse_of(enum rule_id id)
{
	if (id == RULE_DMARC_NO_POLICY)
		return RULE_DMARC_VOID;
	if (id == RULE_DMARC_BAD_POLICY || id == RULE_DMARC_BAD_SUBPOLICY)
		return RULE_DMARC_BAD_POLICY_VOID;
	return id;
}

/* Whether A and B are told as one: of two tags with the same slip one cure is none. */
static bool
is_same_fault(const struct dmarc_fault *a, const struct dmarc_fault *b)
{
	return a->rule == b->rule && str_eq(a->tag, b->tag) && str_eq(a->part, b->part);
}

/*
 * Whether NEW still has the fault CURED of OLD, or has one, a warning at least,
 * that OLD has not, or has it more often.
 */
static bool
has_fault(struct arena *a, const struct dmarc_record *old, const struct dmarc_fault *cured,
    const struct dmarc_record *new)
{
	struct dmarc_faults before = { .n = 0 }, after = { .n = 0 };

	dmarc_lint(a, old, &before);
	dmarc_lint(a, new, &after);
	for (size_t i = 0; i < after.n; i++) {
		enum rule_id id = after.list[i].rule;
		size_t had = count_of(&before, id);

		if (is_same_fault(&after.list[i], cured))
			return true;
		if (worse_of(id) != id)
			had += count_of(&before, worse_of(id));
		if (rule_of(id)->level >= LEVEL_WARNING && count_of(&after, id) > had)
			return true;
	}
	return false;
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
	return is_same_to_mail(r, &fixed) && !has_fault(a, r, f, &fixed);
}

bool
dmarc_is_sound(struct arena *a, struct str text)
{
	struct dmarc_faults fs = { .n = 0 };
	struct dmarc_record r;

	dmarc_parse(text, &r);
	dmarc_lint(a, &r, &fs);
	for (size_t i = 0; i < fs.n; i++)
		if (rule_of(fs.list[i].rule)->level >= LEVEL_WARNING)
			return false;
	return true;
}

static void
add_word(struct buf *b, const char *tag, enum dmarc_word w)
{
	buf_adds(b, tag);
	buf_adds(b, dmarc_word_name(w > DMARC_NONE ? w : DMARC_NONE));
}

bool
dmarc_may_weaken(const struct dmarc_policy *p)
{
	/* those with a record of their own that asks for p=reject; seen in November 2026 */
	static const char *const suffixes[] = { "_dmarc.bank", "_dmarc.gov", "_dmarc.gov.uk",
		"_dmarc.insurance", "_dmarc.mil", "_dmarc.police.uk" };
	struct name n;

	for (size_t i = 0; p->above != NULL && i < ARRAY_LEN(suffixes); i++)
		if (name_parse(str_of(suffixes[i]), &n) == NAME_OK &&
		    name_eq(&n, &p->above->q.name))
			return true;
	return false;
}

void
dmarc_add_policy(struct buf *b, const struct dmarc_policy *p)
{
	const struct dmarc_record *r = p->applied != NULL ? p->applied->record : NULL;
	enum dmarc_word np;

	add_word(b, "v=DMARC1; p=", p->by_suffix ? p->word : DMARC_NONE);
	if (!p->by_suffix || r == NULL || r->fallback)
		return;
	/* 4.7: np is sp when it is not there, and sp is p */
	np = r->np != DMARC_ABSENT ? r->np : r->sp != DMARC_ABSENT ? r->sp : r->p;
	if (np != p->word)
		add_word(b, "; np=", np);
	if (r->testing)
		buf_adds(b, "; t=y");
}
