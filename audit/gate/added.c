/* SPDX-License-Identifier: ISC */
/*
 * added.c - a term of an SPF record, looked for in the records of before.
 */
#include "audit/gate/added.h"
#include "checks/spf_record.h"
#include "report/words.h"

/* The next term of TEXT from *POS on; empty = no more. */
static struct str
next_term(struct str text, size_t *pos)
{
	size_t from = *pos;

	while (from < text.n && text.p[from] == ' ')
		from++;
	*pos = str_find(text, from, ' ');
	return str_sub(text, from, *pos - from);
}

/* Whether TERM names NAME, as include:NAME, redirect=NAME and a:NAME/24 do. */
static bool
names(struct str term, const struct name *name)
{
	size_t colon = str_find(term, 0, ':'), equals = str_find(term, 0, '=');
	size_t from = (colon < equals ? colon : equals) + 1;
	struct name n;

	return from <= term.n &&
	       name_parse(str_sub(term, from, str_find(term, from, '/') - from), &n) == NAME_OK &&
	       name_eq(&n, name);
}

/* Whether some SPF record of TXT has TERM. */
static bool
holds(const struct answer *txt, struct str term)
{
	for (size_t i = 0; i < txt->n_rr; i++) {
		struct str text = txt->rr[i].text, t;

		if (txt->rr[i].type != RR_TXT || !is_spf_record(text))
			continue;
		for (size_t pos = 0; (t = next_term(text, &pos)).n > 0;)
			if (str_ieq(t, term))
				return true;
	}
	return false;
}

static bool
is_new(const struct side *base, const struct answer *txt, struct str term)
{
	const struct answer *was = side_answer(base, &txt->q);
	bool held = was != NULL && holds(was, term);

	answer_unref(was);
	return !held;
}

/* The term of RR, in TXT, that names NAME and is new. */
static bool
find_in(const struct answer *txt, const struct rr *rr, const struct side *base,
    const struct name *name, struct added_term *out)
{
	struct str t;

	if (rr->type != RR_TXT || rr->file.n == 0 || !is_spf_record(rr->text))
		return false;
	for (size_t pos = 0; (t = next_term(rr->text, &pos)).n > 0;)
		if (names(t, name) && is_new(base, txt, t)) {
			*out = (struct added_term){ .txt = txt, .rr = rr, .term = t };
			return true;
		}
	return false;
}

/* The answer of Q, of the state after the change, that the place of U is a record of. */
static const struct answer *
answer_at(const struct inquiry *q, const struct judged *u)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct inquiry_entry *e = &q->entries[i];

		if (e->answer != NULL && !e->q.base && e->q.kind == ASK_DNS &&
		    e->q.type == RR_TXT && name_eq(&e->q.name, &u->f->place.name))
			return e->answer;
	}
	return NULL;
}

bool
added_term(const struct inquiry *q, const struct side *base, const struct judged *u,
    const struct answer *lacks, struct added_term *out)
{
	const struct place *p = &u->f->place;
	const struct answer *txt;

	for (size_t i = 0; i < q->n; i++) {
		const struct inquiry_entry *e = &q->entries[i];

		if (e->answer == NULL || e->asked_by == 0 || e->q.base || e->q.kind != ASK_DNS ||
		    e->q.type != RR_TXT)
			continue;
		for (size_t k = 0; k < e->answer->n_rr; k++)
			if (find_in(e->answer, &e->answer->rr[k], base, &lacks->q.name, out))
				return true;
	}
	/* no term names it, as with mx: what the finding is about stands for it */
	txt = answer_at(q, u);
	if (txt == NULL || p->rr == NULL)
		return false;
	*out = (struct added_term){
		.txt = txt, .rr = p->rr, .term = str_sub(p->rr->text, p->offset, place_length(p))
	};
	return is_new(base, txt, out->term);
}
