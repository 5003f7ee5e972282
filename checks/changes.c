/* SPDX-License-Identifier: ISC */
/*
 * changes.c - the changes of a domain put together; those of keys and exchangers.
 */
#include "checks/changes.h"
#include "checks/changes_parts.h"

#include "checks/gate_judge.h"
#include "checks/gate_keys.h"

static struct str
number_text(struct gate *g, uint64_t n)
{
	buf_reset(g->b);
	buf_addu(g->b, n);
	return arena_str(g->au->arena, buf_str(g->b));
}

/* The record of A that leads to HOST; NULL when there is none. */
static const struct rr *
exchanger(const struct answer *a, const struct name *host)
{
	struct name other;

	for (size_t i = 0; i < a->n_rr; i++)
		if (a->rr[i].type == RR_MX && rr_target(&a->rr[i], &other) && name_eq(host, &other))
			return &a->rr[i];
	return NULL;
}

/* "mx.example.net"; "." is the null MX. */
static struct str
host_text(struct gate *g, const struct name *host)
{
	return name_labels(host) == 0 ? STR(".") : name_text(g->au->arena, host);
}

static void
change_mx(struct gate *g, struct mail_change *out)
{
	const struct answer *was = g->was.mx, *is = g->is.mx;
	struct arena *a = g->au->arena;
	struct name host;

	if (was->status == ANSWER_FAILED || is->status == ANSWER_FAILED)
		return;
	for (size_t i = 0; i < was->n_rr; i++)
		if (rr_target(&was->rr[i], &host) && exchanger(is, &host) == NULL)
			change_add_part(a, out, PART_HOST_REMOVED, host_text(g, &host))->was =
			    number_text(g, rr_preference(&was->rr[i]));
	for (size_t i = 0; i < is->n_rr; i++) {
		struct mail_change_part *p;
		const struct rr *old;

		if (!rr_target(&is->rr[i], &host))
			continue;
		old = exchanger(was, &host);
		if (old != NULL && rr_preference(old) == rr_preference(&is->rr[i]))
			continue;
		p = change_add_part(
		    a, out, old != NULL ? PART_HOST_MOVED : PART_HOST_ADDED, host_text(g, &host));
		if (old != NULL)
			p->was = number_text(g, rr_preference(old));
		p->is = number_text(g, rr_preference(&is->rr[i]));
	}
}

/* Where P's key is behind an alias, that is told too. */
static void
tell_key(struct gate *g, struct mail_change_part *part, const struct key_pair *p)
{
	if (p->was.target.n > 0)
		part->was = name_text(g->au->arena, &p->was.target);
	if (p->is.target.n > 0)
		part->is = name_text(g->au->arena, &p->is.target);
}

/* False = pending. */
static bool
change_keys(struct gate *g, struct mail_change *out)
{
	static const enum mail_part parts[] = { [KEY_ADDED] = PART_KEY_ADDED,
		[KEY_REMOVED] = PART_KEY_REMOVED,
		[KEY_REVOKED] = PART_KEY_REVOKED,
		[KEY_REPLACED] = PART_KEY_REPLACED,
		[KEY_MOVED] = PART_KEY_MOVED };
	struct arena *a = g->au->arena;
	struct key_pairs all;

	gate_key_pairs(g, &all);
	for (size_t i = 0; i < all.n && !all.pending; i++) {
		const struct key_pair *p = &all.list[i];
		enum key_change c = gate_key_change(p);

		if (!name_eq(&p->was.domain, &g->au->subject->domain))
			continue;
		if (c != KEY_SAME)
			tell_key(g, change_add_part(a, out, parts[c], p->was.selector), p);
		else if (p->was.state == KEY_FOUND && p->is.state == KEY_FOUND &&
			 p->was.key.testing != p->is.key.testing)
			change_add_part(a, out,
			    p->is.key.testing ? PART_TAG_ADDED : PART_TAG_REMOVED, STR("t=y"))
			    ->who = p->was.selector;
	}
	return !all.pending;
}

/* The text of A that begins with VERSION; empty when there is not exactly one. */
static struct str
text_of(const struct answer *a, struct str version)
{
	struct str found = { NULL, 0 };
	size_t n = 0;

	for (size_t i = 0; a->status == ANSWER_FOUND && i < a->n_rr; i++)
		if (str_has_prefix(a->rr[i].text, version)) {
			found = a->rr[i].text;
			n++;
		}
	return n == 1 ? found : (struct str){ NULL, 0 };
}

/* A record of LABELS that begins with VERSION, as a whole.  False = pending. */
static bool
change_whole(struct gate *g, struct mail_change *out, struct str labels, struct str version)
{
	const struct answer *was, *is;
	struct name owner;
	struct str old, new;

	if (name_prefix(labels, &g->au->subject->domain, &owner) != NAME_OK)
		return true;
	was = ask_dns(g->was.au.q, &owner, RR_TXT);
	is = ask_dns(g->is.au.q, &owner, RR_TXT);
	if (is_pending(was) || is_pending(is))
		return false;
	if (was->status == ANSWER_FAILED || is->status == ANSWER_FAILED)
		return true;
	old = text_of(was, version);
	new = text_of(is, version);
	if (old.n > 0 && new.n > 0 && !str_eq(old, new)) {
		struct mail_change_part *p =
		    change_add_part(g->au->arena, out, PART_RECORD_CHANGED, STR(""));

		p->was = old;
		p->is = new;
	} else if ((old.n > 0) != (new.n > 0)) {
		(void)change_add_part(g->au->arena, out,
		    new.n > 0 ? PART_RECORD_ADDED : PART_RECORD_REMOVED, new.n > 0 ? new : old);
	}
	return true;
}

const struct mail_changes *
changes_of(struct gate *g)
{
	struct arena *a = g->au->arena;
	struct mail_change all[MAIL_AREAS], *list = arena_array(a, MAIL_AREAS, sizeof(*list));
	struct mail_changes *out = arena_alloc(a, sizeof(*out));
	bool keys, sts, rpt;

	for (size_t i = 0; i < MAIL_AREAS; i++)
		all[i] = (struct mail_change){ .area = (enum mail_area)i,
			.owner = g->au->subject->domain };
	change_spf(g, &all[AREA_SPF]);
	change_dmarc(g, &all[AREA_DMARC]);
	change_mx(g, &all[AREA_MX]);
	keys = change_keys(g, &all[AREA_DKIM]);
	sts = change_whole(g, &all[AREA_MTA_STS], STR("_mta-sts"), STR("v=STSv1"));
	rpt = change_whole(g, &all[AREA_TLS_RPT], STR("_smtp._tls"), STR("v=TLSRPTv1"));
	if (!keys || !sts || !rpt)
		return NULL;
	*out = (struct mail_changes){ .list = list };
	for (size_t i = 0; i < MAIL_AREAS; i++)
		if (all[i].n_parts > 0)
			list[out->n++] = all[i];
	return out;
}

const char *
mail_area_name(enum mail_area a)
{
	static const char *const names[] = { "spf", "dmarc", "dkim", "mx", "mta-sts", "tls-rpt" };

	_Static_assert(ARRAY_LEN(names) == MAIL_AREAS, "one for each enum mail_area");
	return names[a];
}

const char *
mail_part_name(enum mail_part p)
{
	static const char *const names[] = { "record-added", "record-removed", "record-void",
		"record-cured", "record-changed", "network-lost", "network-gained", "networks-lost",
		"networks-gained", "term-removed", "term-added", "tag-removed", "tag-added",
		"tag-changed", "figure", "key-added", "key-removed", "key-revoked", "key-replaced",
		"key-moved", "host-removed", "host-added", "host-moved" };

	_Static_assert(ARRAY_LEN(names) == MAIL_PARTS, "one for each enum mail_part");
	return names[p];
}

const char *
mail_way_name(enum mail_way w)
{
	static const char *const names[] = { "", "weaker", "stronger" };

	return names[w];
}
