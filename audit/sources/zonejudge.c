/* SPDX-License-Identifier: ISC */
/*
 * zonejudge.c - faults that show only when the zone is whole.
 *
 * It judges what a name server does with the data, and the two slips of the
 * pen that make a record void without a complaint from any server: the final
 * dot that is missing, and the origin written out under the origin.
 */
#include "audit/sources/zonefind.h"
#include "checks/core/buf.h"

#define RR_SIG 24 /* RFC 2535; with KEY, RRSIG and NSEC what may stand beside a CNAME */
#define RR_KEY 25
#define MAX_TYPES_TOLD 16 /* in one sentence */

/* clang-format off */
/*
 * Top-level domains under which mail services stand.  A host name that ends in
 * one of them, inside the zone and absent there, was meant to be absolute.
 */
static const char *const common_tlds[] = {
	"com", "net", "org", "edu", "gov", "mil", "int", "io", "de", "uk", "fr", "eu", "co", "dev", "app", "info", "biz",
	"us", "ca", "au", "nl", "it", "es", "ch", "at", "be", "se", "no", "dk", "fi", "pl", "cz", "jp", "cn", "in", "br",
	"ru", "nz", "ie", "pt", "me", "ai", "cloud", "email", "goog", "ms",
};

/* First labels of names that only mail looks up. */
static const char *const mail_labels[] = {
	"_dmarc", "_domainkey", "_mta-sts", "_smtp", "_report", "_bimi", "mta-sts",
};
/* clang-format on */

struct judge {
	struct zonedb *db;
	struct zone *z;
};

static struct zone_fault *
tell(struct judge *j, const char *code, const struct zone_record *r)
{
	struct zone_fault *f = zone_fault_add(&j->db->arena, &j->z->found, code);

	if (f == NULL)
		return NULL;
	f->owner = name_of_wire(r != NULL ? r->owner : j->z->named.name);
	f->file = r != NULL ? r->rr.file : j->z->where;
	if (r == NULL)
		return f;
	f->type = r->rr.type;
	f->line = r->rr.line;
	f->column = r->rr.column;
	return f;
}

static struct str
text_of(struct judge *j, struct str wire)
{
	struct name name = name_of_wire(wire);
	struct str s = name_text(&j->db->arena, &name);

	return str_sub(s, 0, MAX_ZONE_FAULT_TEXT);
}

static bool
is_one_of(struct str label, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(label, str_of(list[i])))
			return true;
	return false;
}

static struct str
first_label(struct str wire)
{
	return str_sub(wire, 1, wire.n == 0 ? 0 : (size_t)(uint8_t)wire.p[0]);
}

/* Whether mail depends on R: by its type, its name, or a text that begins as mail's do. */
static bool
is_mail(const struct zone_record *r)
{
	struct str owner = r->owner;

	if (r->rr.type == RR_MX || r->rr.type == RR_SPF || r->rr.type == RR_TLSA)
		return true;
	if (r->rr.type == RR_TXT && str_has_iprefix(str_sub(r->rr.data, 1, 2), STR("v=")))
		return true;
	for (; owner.n > 1; owner = wire_parent(owner))
		if (is_one_of(first_label(owner), mail_labels, ARRAY_LEN(mail_labels)))
			return true;
	return false;
}

bool
zone_is_mail(struct str owner, uint16_t type)
{
	if (type != RR_CNAME)
		return type == RR_MX || type == RR_TXT || type == RR_SPF;
	for (; owner.n > 1; owner = wire_parent(owner))
		if (is_one_of(first_label(owner), mail_labels, ARRAY_LEN(mail_labels)))
			return true;
	return false;
}

static void
judge_apex(struct judge *j)
{
	const struct zone_node *apex = zone_node(j->z, j->z->named.name);

	/* an $INCLUDE that could not be read may hold them */
	if (j->z->loose || j->z->missing != NULL || j->z->input != INPUT_BIND)
		return; /* of the other inputs the provider makes both */
	if (j->z->soa == NULL && !j->z->soa_unread)
		(void)tell(j, "zone-no-soa", NULL);
	if (apex != NULL && !apex->has_ns && zone_unread_at(apex, RR_NS) == NULL &&
	    zone_unread_at(apex, RR_CNAME) == NULL)
		(void)tell(j, "zone-no-ns", NULL);
}

static bool
may_stand_by_cname(uint16_t type)
{
	return type == RR_RRSIG || type == RR_NSEC || type == RR_SIG || type == RR_KEY;
}

/* Whether TYPE is new among the *N of SEEN; it is put there. */
static bool
is_new(uint16_t type, uint16_t seen[MAX_TYPES_TOLD], size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (seen[i] == type)
			return false;
	if (*n == MAX_TYPES_TOLD)
		return false;
	seen[(*n)++] = type;
	return true;
}

/*
 * What becomes of a CNAME beside other records hangs on who publishes it: the programs
 * that talk to providers refuse it; a zone file may be an export of one that flattens.
 */
static const char *
cname_code(const struct judge *j, const struct zone_record *cname, bool mail)
{
	if (!mail)
		return "zone-cname-and-other-data-other";
	return j->z->input == INPUT_BIND || cname->lenient ? "zone-cname-and-other-data"
							   : "zone-cname-refused";
}

/* RFC 1034 3.6.2, RFC 2181 10.1: a CNAME stands alone, and there is one. */
static void
judge_cname(struct judge *j, const struct zone_node *n)
{
	const struct zone_record *cname = zone_rrset(n, RR_CNAME);
	uint16_t seen[MAX_TYPES_TOLD];
	size_t n_seen = 0;
	struct zone_fault *f;
	bool mail = false;
	struct buf b;

	buf_init(&b, MAX_ZONE_FAULT_TEXT);
	for (const struct zone_record *r = n->first; r != NULL; r = r->next) {
		bool same = r->rr.type == RR_CNAME && str_eq(r->rr.data, cname->rr.data);

		if (same || may_stand_by_cname(r->rr.type) || !is_new(r->rr.type, seen, &n_seen))
			continue;
		if (b.n > 0)
			buf_adds(&b, ", ");
		if (r->rr.type == RR_CNAME)
			buf_adds(&b, "another CNAME");
		else
			type_print(&b, r->rr.type);
		mail = mail || r->rr.type == RR_CNAME || is_mail(r);
	}
	if (b.n > 0 && (f = tell(j, cname_code(j, cname, mail), cname)) != NULL)
		f->text = arena_str(&j->db->arena, buf_str(&b));
	buf_free(&b);
}

/* Whether NAME ends in the apex twice over; *MEANT is then the name with it once. */
static bool
is_doubled(const struct judge *j, struct str name, struct name *meant)
{
	struct str apex = j->z->named.name;
	char twice[2 * MAX_NAME_WIRE];
	size_t n = apex.n - 1;

	if (apex.n <= 1 || wire_parent(apex).n <= 1 || name.n < 2 * n + 1)
		return false;
	memcpy(twice, apex.p, n);
	memcpy(twice + n, apex.p, apex.n);
	if (!wire_is_below(name, (struct str){ twice, 2 * n + 1 }))
		return false;
	*meant = (struct name){ .n = (uint8_t)(name.n - n) };
	memcpy(meant->w, name.p, name.n - apex.n);
	meant->w[meant->n - 1] = 0;
	return true;
}

static void
judge_owner(struct judge *j, const struct zone_node *n)
{
	struct name meant;
	const struct zone_record *r = n->first;
	struct zone_fault *f;

	if (!is_doubled(j, n->named.name, &meant))
		return;
	while (r != NULL && !is_mail(r))
		r = r->next;
	f = r != NULL ? tell(j, "zone-doubled-origin", r)
		      : tell(j, "zone-doubled-origin-other", n->first);
	if (f != NULL)
		f->text = text_of(j, wire_of(&meant));
}

/* The name in the rdata of R that must be a host; empty for other types. */
static struct str
target_of(const struct zone_record *r)
{
	switch (r->rr.type) {
	case RR_MX:
		return str_sub(r->rr.data, 2, r->rr.data.n);
	case RR_SRV:
		return str_sub(r->rr.data, 6, r->rr.data.n);
	case RR_CNAME:
	case RR_NS:
		return r->rr.data;
	default:
		return str_sub(r->rr.data, 0, 0);
	}
}

/*
 * Whether TARGET, absent from the zone, is some host's whole name with a name
 * of the zone behind it; *MEANT is then that host.
 */
static bool
lacks_dot(const struct judge *j, struct str target, struct name *meant)
{
	struct str s = target, up;
	size_t labels = 1;

	if (is_doubled(j, target, meant))
		return true;
	for (; s.n > j->z->named.name.n; s = up, labels++) {
		up = wire_parent(s);
		if (labels < 3 || up.n < j->z->named.name.n || zone_node(j->z, up) == NULL ||
		    !is_one_of(first_label(s), common_tlds, ARRAY_LEN(common_tlds)))
			continue;
		*meant = (struct name){ .n = (uint8_t)(target.n - up.n + 1) };
		memcpy(meant->w, target.p, target.n - up.n);
		meant->w[meant->n - 1] = 0;
		return true;
	}
	return false;
}

static void
judge_targets(struct judge *j, const struct zone_node *n)
{
	for (const struct zone_record *r = n->first; r != NULL; r = r->next) {
		struct str target = target_of(r);
		struct name name, meant;
		struct zone_fault *f;

		if (target.n <= j->z->named.name.n || !wire_is_below(target, j->z->named.name))
			continue;
		name = name_of_wire(target);
		if (zone_find(j->db, &name, RR_A).kind != ZONE_NXDOMAIN ||
		    !lacks_dot(j, target, &meant))
			continue;
		f = tell(j,
		    r->rr.type == RR_NS || is_mail(r) ? "zone-missing-dot"
						      : "zone-missing-dot-other",
		    r);
		if (f != NULL)
			f->text = text_of(j, wire_of(&meant));
	}
}

/* The delegation or DNAME that hides N; NULL when none does. */
static const struct zone_node *
hidden_by(const struct zone *z, const struct zone_node *n)
{
	const struct zone_node *by = NULL, *at;
	struct str s = n->named.name;

	for (; s.n > z->named.name.n; s = wire_parent(s))
		if ((at = zone_node(z, s)) != NULL && (at->has_ns || (at->has_dname && at != n)))
			by = at; /* the one nearest to the apex is met first by a server */
	at = zone_node(z, z->named.name);
	return at != NULL && at->has_dname && at != n ? at : by;
}

/*
 * Mail records behind a zone cut (RFC 1034 4.2.1) or below a DNAME (RFC 6672 2.4) are never served.
 */
static void
judge_hidden(struct judge *j, const struct zone_node *n, const struct zone_node *by)
{
	for (const struct zone_record *r = n->first; r != NULL; r = r->next) {
		struct zone_fault *f;

		if (r->rr.type == RR_NS || !is_mail(r))
			continue;
		if ((f = tell(j, "zone-hidden-record", r)) != NULL)
			f->text = text_of(j, by->named.name);
		return;
	}
}

void
zone_judge(struct zonedb *db, struct zone *z)
{
	struct judge j = { db, z };
	struct zone_node **node;

	if (z->judged)
		return;
	z->judged = true;
	z->found = (struct zone_faults){ .first = NULL };
	judge_apex(&j);
	if (z->loose)
		return;
	node = zone_sorted(z);
	for (size_t i = 0; i < z->n_sorted; i++) {
		const struct zone_node *by;

		if (node[i]->first == NULL)
			continue;
		by = hidden_by(z, node[i]);
		if (by != NULL && by != node[i]) {
			judge_hidden(&j, node[i], by);
			continue;
		}
		if (node[i]->has_cname)
			judge_cname(&j, node[i]);
		judge_owner(&j, node[i]);
		judge_targets(&j, node[i]);
		if (by != NULL)
			judge_hidden(&j, node[i], by);
	}
}
