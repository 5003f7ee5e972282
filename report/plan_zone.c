/* SPDX-License-Identifier: ISC */
/*
 * plan_zone.c - what is proposed as lines of a zone file (RFC 1035 5.1).
 */
#include "report/plan.h"
#include "report/words.h"

/* A comment of one line. */
static void
comment(struct buf *b, const char *label, struct str s)
{
	if (s.n == 0)
		return;
	buf_adds(b, "; ");
	buf_adds(b, label);
	printed_add(b, s);
	buf_addc(b, '\n');
}

/* The TTL that the plan has for the RRset of C; 0 = none. */
static uint32_t
ttl_of(const struct plan *p, const struct change *c)
{
	if (c->ttl_s > 0)
		return c->ttl_s;
	for (size_t i = 0; i < p->n_rrsets; i++)
		if (p->rrsets[i].type == c->type && name_eq(&p->rrsets[i].owner, &c->name))
			return p->rrsets[i].ttl_s;
	return 0;
}

static void
record(struct buf *b, const struct plan *p, const struct change *c, struct str rdata)
{
	record_add(b, c, rdata, ttl_of(p, c));
	buf_addc(b, '\n');
}

static void
fix(struct buf *b, const struct plan *p, const struct plan_fix *f)
{
	bool ours = f->who <= WHO_YOU;
	struct buf words;

	buf_init(&words, (size_t)64 << 10);
	grouped_add(&words, f->mails);
	buf_adds(&words, f->mails == 1 ? " mail: " : " mails: ");
	buf_adds(&words, f->slug);
	comment(b, "saves ", buf_str(&words));
	buf_reset(&words);
	if (f->proof.done)
		proof_words(&words, &f->proof);
	comment(b, "", buf_str(&words));
	buf_free(&words);
	if (!ours)
		buf_adds(b, "; in a zone of your provider's: ask for it\n");
	for (size_t i = 0; i < f->n_changes; i++) {
		const struct change *c = &f->changes[i];

		if (c->action != CHANGE_ADD) {
			buf_adds(b, "; remove ");
			record(b, p, c, c->old);
		}
		if (c->action != CHANGE_REMOVE) {
			buf_adds(b, ours ? "" : "; add ");
			record(b, p, c, c->new);
		}
	}
}

void
plan_zone(struct buf *b, const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->fixes[i].state != PLAN_PROPOSED)
			continue;
		if (b->n > 0)
			buf_addc(b, '\n');
		fix(b, p, &p->fixes[i]);
	}
	if (b->n == 0)
		buf_adds(b, "; no change of a record is proposed\n");
}
