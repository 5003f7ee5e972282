/* SPDX-License-Identifier: ISC */
/*
 * changes_dmarc.c - what changed in a DMARC record, tag by tag, and whether that asks
 * more or less of receivers.
 */
#include "checks/changes.h"
#include "checks/changes_parts.h"

#include "checks/gate_judge.h"
#include "checks/gate_policy.h"

/* What holds where a tag is not said (RFC 9989 4.7; RFC 7489 6.3 for the historic ones). */
static struct str
default_of(enum dmarc_tag t)
{
	switch (t) {
	case DMARC_TAG_ADKIM:
	case DMARC_TAG_ASPF:
		return STR("r");
	case DMARC_TAG_FO:
		return STR("0");
	case DMARC_TAG_PSD:
		return STR("u");
	case DMARC_TAG_T:
		return STR("n");
	case DMARC_TAG_PCT:
		return STR("100");
	case DMARC_TAG_RF:
		return STR("afrf");
	case DMARC_TAG_RI:
		return STR("86400");
	default:
		return (struct str){ NULL, 0 };
	}
}

static struct str
value_of(const struct dmarc_record *r, enum dmarc_tag t)
{
	return r->tags[t].all.n > 0 ? r->tags[t].value : default_of(t);
}

/* Whether every entry of A is in B; blanks around entries do not count. */
static bool
is_part_of(struct str a, struct str b)
{
	struct str x, y;

	for (size_t i = 0; list_next(a, ',', &i, &x);) {
		bool found = false;

		for (size_t k = 0; !found && list_next(b, ',', &k, &y);)
			found = str_ieq(x, y);
		if (!found)
			return false;
	}
	return true;
}

static bool
is_same(enum dmarc_tag t, struct str a, struct str b)
{
	if (t != DMARC_TAG_RUA && t != DMARC_TAG_RUF)
		return str_ieq(a, b);
	return is_part_of(a, b) && is_part_of(b, a);
}

static int
percent(struct str s)
{
	uint32_t n = 100;

	return parse_u32(s, 100, &n) ? (int)n : 100;
}

/* Which way tag T went from WAS to IS. */
static enum mail_way
way_of(enum dmarc_tag t, const struct dmarc_record *was, const struct dmarc_record *is)
{
	int old = 0, new = 0;

	if (t == DMARC_TAG_P || t == DMARC_TAG_SP || t == DMARC_TAG_NP) {
		old = (int)gate_word(was, t);
		new = (int)gate_word(is, t);
	} else if (t == DMARC_TAG_ADKIM) {
		old = was->adkim_strict;
		new = is->adkim_strict;
	} else if (t == DMARC_TAG_ASPF) {
		old = was->aspf_strict;
		new = is->aspf_strict;
	} else if (t == DMARC_TAG_T) {
		old = !was->testing;
		new = !is->testing;
	} else if (t == DMARC_TAG_PCT) {
		old = percent(value_of(was, t));
		new = percent(value_of(is, t));
	}
	return old == new ? WAY_NONE : new < old ? WAY_WEAKER : WAY_STRONGER;
}

static const struct dmarc_step *
own(const struct gate_side *s)
{
	return s->policy->n_steps > 0 ? &s->policy->steps[0] : NULL;
}

void
change_dmarc(struct gate *g, struct mail_change *out)
{
	const struct dmarc_step *was = own(&g->was), *is = own(&g->is);
	struct arena *a = g->au->arena;

	if (was == NULL || is == NULL || was->answer == NULL || is->answer == NULL ||
	    was->answer->status == ANSWER_FAILED || is->answer->status == ANSWER_FAILED)
		return;
	if (was->rr == NULL || is->rr == NULL) {
		if (was->rr != NULL || is->rr != NULL)
			(void)change_add_part(a, out,
			    is->rr == NULL ? PART_RECORD_REMOVED : PART_RECORD_ADDED,
			    is->rr == NULL ? was->rr->text : is->rr->text);
		return;
	}
	for (int t = DMARC_TAG_P; t < DMARC_TAGS; t++) {
		enum dmarc_tag tag = (enum dmarc_tag)t;
		struct str old = value_of(was->record, tag), new = value_of(is->record, tag);
		struct mail_change_part *p;

		if (is_same(tag, old, new))
			continue;
		p = change_add_part(a, out,
		    old.n == 0   ? PART_TAG_ADDED
		    : new.n == 0 ? PART_TAG_REMOVED
				 : PART_TAG_CHANGED,
		    str_of(dmarc_tag_name(tag)));
		p->was = old;
		p->is = new;
		p->way = way_of(tag, was->record, is->record);
	}
}
