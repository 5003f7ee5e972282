/* SPDX-License-Identifier: ISC */
/*
 * plan_nsupdate.c - what is proposed as a script for nsupdate (RFC 2136).
 *
 * One update for each zone, which the server makes as a whole or not at all.  A
 * prerequisite with data compares a whole RRset (RFC 2136 2.4.2), so all records
 * that stand beside the one that changes are named.
 */
#include "report/plan.h"
#include "report/words.h"

static void
owner_type(struct buf *b, const struct plan_rrset *s)
{
	absolute_add(b, &s->owner);
	buf_addc(b, ' ');
}

static void
data_line(struct buf *b, const char *what, const struct plan_rrset *s, bool ttl, struct str rdata)
{
	buf_adds(b, what);
	owner_type(b, s);
	if (ttl) {
		buf_addu(b, s->ttl_s);
		buf_addc(b, ' ');
	}
	type_print(b, s->type);
	buf_addc(b, ' ');
	printed_add(b, rdata);
	buf_addc(b, '\n');
}

static void
plain_line(struct buf *b, const char *what, const struct plan_rrset *s)
{
	buf_adds(b, what);
	owner_type(b, s);
	type_print(b, s->type);
	buf_addc(b, '\n');
}

static void
prerequisites(struct buf *b, const struct plan_rrset *s)
{
	if (!s->known)
		return;
	for (size_t i = 0; i < s->n_before; i++)
		data_line(b, "prereq yxrrset ", s, false, s->before[i]);
	if (s->n_before > 0)
		return;
	if (s->type == RR_CNAME && s->name_absent) {
		buf_adds(b, "prereq nxdomain ");
		absolute_add(b, &s->owner);
		buf_addc(b, '\n');
	} else {
		plain_line(b, "prereq nxrrset ", s);
	}
}

static bool
is_among(const struct str *list, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

static void
updates(struct buf *b, const struct plan_rrset *s)
{
	for (size_t i = 0; i < s->n_before; i++)
		if (!is_among(s->after, s->n_after, s->before[i]))
			data_line(b, "update delete ", s, false, s->before[i]);
	for (size_t i = 0; i < s->n_after; i++)
		if (!is_among(s->before, s->n_before, s->after[i]))
			data_line(b, "update add ", s, true, s->after[i]);
}

/* The RRsets from FROM on that are of one zone; how many. */
static size_t
of_zone(const struct plan *p, size_t from)
{
	size_t n = 1;

	while (from + n < p->n_rrsets && name_eq(&p->rrsets[from + n].zone, &p->rrsets[from].zone))
		n++;
	return n;
}

static void
zone(struct buf *b, const struct plan_rrset *s, size_t n)
{
	buf_adds(b, s->zone_known ? "zone " : "; the server finds the zone; taken for it: ");
	absolute_add(b, &s->zone);
	buf_addc(b, '\n');
	for (size_t i = 0; i < n; i++)
		prerequisites(b, &s[i]);
	for (size_t i = 0; i < n; i++)
		updates(b, &s[i]);
	buf_adds(b, "send\n");
}

void
plan_nsupdate(struct buf *b, const struct plan *p)
{
	buf_adds(b, "; nsupdate -k KEY FILE: each zone changes as a whole, or not at all where a\n"
		    "; record is no longer what it was when this was made\n");
	if (p->n_rrsets == 0)
		buf_adds(b, "; no change of a record is proposed\n");
	for (size_t i = 0, n; i < p->n_rrsets; i += n) {
		n = of_zone(p, i);
		zone(b, &p->rrsets[i], n);
	}
}
