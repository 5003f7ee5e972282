/* SPDX-License-Identifier: ISC */
/*
 * changes_text.c - one change of one record as a line of words.
 */
#include "report/changes.h"

#include "checks/core/finding.h"

/* So much of S, out of a record, as a line shows. */
static void
add(struct buf *b, struct str s)
{
	buf_add(b, str_sub(s, 0, MAX_PART_SHOWN));
	buf_adds(b, s.n > MAX_PART_SHOWN ? "..." : "");
}

/* BEFORE, S, AFTER. */
static void
add_between(struct buf *b, const char *before, struct str s, const char *after)
{
	buf_adds(b, before);
	add(b, s);
	buf_adds(b, after);
}

static void
add_way(struct buf *b, const struct mail_change_part *p)
{
	if (p->way == WAY_NONE)
		return;
	buf_adds(b, " (");
	buf_adds(b, mail_way_name(p->way));
	buf_addc(b, ')');
}

static void
add_sender(struct buf *b, const struct mail_change_part *p)
{
	if (p->ip.n == 0)
		return;
	if (p->who.n > 0)
		add_between(b, " (sender '", p->who, "' uses ");
	else
		buf_adds(b, " (a sender given uses ");
	add(b, p->ip);
	if (p->n_more > 0) {
		buf_adds(b, ", and ");
		buf_addu(b, p->n_more);
		buf_adds(b, " more");
	}
	buf_addc(b, ')');
}

static void
add_from_to(struct buf *b, const struct mail_change_part *p)
{
	add_between(b, "", p->was, " -> ");
	add(b, p->is);
}

/* "p none -> reject", "-all -> ~all", "sp=none removed", "t=y added at s1". */
static void
add_tag(struct buf *b, const struct mail_change_part *p)
{
	add(b, p->what);
	if (p->part == PART_TAG_CHANGED) {
		buf_adds(b, p->what.n > 0 ? " " : "");
		add_from_to(b, p);
	} else {
		struct str value = p->part == PART_TAG_ADDED ? p->is : p->was;

		if (value.n > 0)
			add_between(b, "=", value, "");
		buf_adds(b, p->part == PART_TAG_ADDED ? " added" : " removed");
		if (p->who.n > 0)
			add_between(b, " at ", p->who, "");
	}
	add_way(b, p);
}

static void
add_more_networks(struct buf *b, const struct mail_change_part *p)
{
	buf_addu(b, p->count);
	buf_adds(b, p->count == 1 ? " more network " : " more networks ");
	buf_adds(b, p->part == PART_NETWORKS_LOST ? "no longer " : "");
	buf_adds(b, p->unsure ? "listed" : "authorised");
}

static void
add_host(struct buf *b, const struct mail_change_part *p)
{
	if (str_eq(p->what, STR("."))) {
		buf_adds(b, p->part == PART_HOST_REMOVED ? "null MX removed"
							 : "null MX added: takes no mail");
		return;
	}
	add(b, p->what);
	if (p->part == PART_HOST_MOVED) {
		buf_adds(b, " preference ");
		add_from_to(b, p);
		return;
	}
	add_between(b, p->part == PART_HOST_ADDED ? " added (preference " : " removed (preference ",
	    p->part == PART_HOST_ADDED ? p->is : p->was, ")");
}

/* "key s1 added", "key s1 removed (CNAME to s1.esp.example)". */
static void
add_key(struct buf *b, const struct mail_change_part *p)
{
	struct str alias = p->part == PART_KEY_REMOVED ? p->was : p->is;

	add_between(b, "key ", p->what, "");
	if (p->part == PART_KEY_MOVED) {
		if (p->was.n > 0)
			add_between(b, " led to ", p->was, " and");
		add_between(b, " leads to ", p->is, " now");
		return;
	}
	buf_adds(b, p->part == PART_KEY_ADDED     ? " added"
		    : p->part == PART_KEY_REMOVED ? " removed"
		    : p->part == PART_KEY_REVOKED ? " withdrawn (p= is empty)"
						  : " replaced by another");
	if (alias.n > 0)
		add_between(b, " (CNAME to ", alias, ")");
}

static void
add_part(struct buf *b, const struct mail_change_part *p)
{
	switch (p->part) {
	case PART_RECORD_ADDED:
		add_between(b, "record added: ", p->what, "");
		break;
	case PART_RECORD_REMOVED:
		add_between(b, "record removed: ", p->what, "");
		break;
	case PART_RECORD_VOID:
		buf_adds(b, "the record is void: nobody passes");
		break;
	case PART_RECORD_CURED:
		buf_adds(b, "the record is void no more");
		break;
	case PART_RECORD_CHANGED:
		add_from_to(b, p);
		break;
	case PART_NETWORK_LOST:
	case PART_NETWORK_GAINED:
		add(b, p->what);
		buf_adds(b, p->part == PART_NETWORK_LOST ? " no longer " : " ");
		buf_adds(b, p->unsure ? "listed" : "authorised");
		add_sender(b, p);
		break;
	case PART_NETWORKS_LOST:
	case PART_NETWORKS_GAINED:
		add_more_networks(b, p);
		break;
	case PART_TERM_REMOVED:
	case PART_TERM_ADDED:
		add_between(b, "", p->what, p->part == PART_TERM_ADDED ? " added" : " removed");
		add_way(b, p);
		break;
	case PART_TAG_REMOVED:
	case PART_TAG_ADDED:
	case PART_TAG_CHANGED:
		add_tag(b, p);
		break;
	case PART_FIGURE:
		add_between(b, "", p->what, " ");
		add_from_to(b, p);
		break;
	case PART_KEY_ADDED:
	case PART_KEY_REMOVED:
	case PART_KEY_REVOKED:
	case PART_KEY_REPLACED:
	case PART_KEY_MOVED:
		add_key(b, p);
		break;
	case PART_HOST_REMOVED:
	case PART_HOST_ADDED:
	case PART_HOST_MOVED:
		add_host(b, p);
		break;
	case MAIL_PARTS:
		break;
	}
}

void
change_line(struct buf *b, const struct mail_change *c)
{
	static const char *const areas[] = { "SPF", "DMARC", "DKIM", "MX", "MTA-STS", "TLS-RPT" };

	_Static_assert(ARRAY_LEN(areas) == MAIL_AREAS, "one for each enum mail_area");
	name_print(b, &c->owner);
	buf_addc(b, ' ');
	buf_adds(b, areas[c->area]);
	buf_adds(b, ": ");
	for (size_t i = 0; i < c->n_parts; i++) {
		buf_adds(b, i > 0 ? "; " : "");
		add_part(b, &c->parts[i]);
	}
	if (c->n_more > 0) {
		buf_adds(b, "; and ");
		buf_addu(b, c->n_more);
		buf_adds(b, " more");
	}
}
