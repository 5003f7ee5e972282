/* SPDX-License-Identifier: ISC */
/*
 * helo.c - the check `helo`; see helo.h.
 */
#include "checks/helo.h"

#include "checks/ptr.h"

static struct finding *
add(struct audit *au, enum rule_id rule)
{
	const struct name *helo = &au->subject->helo;
	struct finding *f = finding_add(au->findings, rule, helo);

	finding_absent(f, helo, RR_A);
	return f;
}

static void
add_ip(struct audit *au, enum rule_id rule, const struct addr *ip, const struct answer *evidence)
{
	struct finding *f = add(au, rule);

	finding_text(au->findings, f, "ip", address_text(au, ip));
	finding_evidence(f, evidence);
}

/* RFC 5321 2.3.5: two labels at least, and no address where a name belongs. */
static bool
is_qualified(const struct name *helo)
{
	struct addr unused;
	struct buf b;
	bool address;

	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, helo);
	address = addr_parse(buf_str(&b), &unused) == ADDR_OK;
	buf_free(&b);
	return !address && name_labels(helo) >= 2 && name_is_hostname(helo, true);
}

/* Whether the reverse names of IP, when it has any, hold the HELO name. */
static bool
is_reverse_name(struct audit *au, const struct addr *ip, const struct answer **ptr)
{
	struct name owner = addr_ptr_name(ip), name;

	*ptr = ask_dns(au->q, &owner, RR_PTR);
	/* none, or nobody could say: the check `ptr` tells */
	if ((*ptr)->status != ANSWER_FOUND)
		return true;
	for (size_t i = 0; i < (*ptr)->n_rr; i++)
		if (rr_target(&(*ptr)->rr[i], &name) && name_eq(&name, &au->subject->helo))
			return true;
	return false;
}

/* The name against one sending address: first its own address, then its reverse name. */
static void
judge_address(struct audit *au, const struct addr *ip)
{
	const struct answer *ptr, *failed = NULL;
	bool pending = false;
	bool same = ptr_confirms(au, &au->subject->helo, ip, &pending, &failed);
	bool reverse = is_reverse_name(au, ip, &ptr);

	if (pending || failed != NULL || is_pending(ptr))
		return;
	if (!same)
		add_ip(au, RULE_HELO_OTHER_ADDRESS, ip,
		    ask_dns(au->q, &au->subject->helo, ip->v6 ? RR_AAAA : RR_A));
	else if (!reverse)
		add_ip(au, RULE_HELO_OTHER_PTR, ip, ptr);
}

/* The one sending address for a name of the subject's, which has none. */
static void
propose_address(struct audit *au, struct finding *f)
{
	const struct subject *t = au->subject;

	if (t->n_ips != 1 || !name_is_set(&t->domain) || !name_is_below(&t->helo, &t->domain))
		return;
	struct addr ip = addr_unmap(&t->ips[0]);
	finding_change(au->findings, f, CHANGE_ADD, &t->helo, ip.v6 ? RR_AAAA : RR_A)->new =
	    address_text(au, &ip);
}

void
check_helo(struct audit *au)
{
	const struct subject *t = au->subject;
	const struct answer *a, *aaaa;
	bool found, failed;

	if (t->helo.n == 0)
		return;
	if (!is_qualified(&t->helo)) {
		add(au, RULE_HELO_NOT_QUALIFIED);
		return;
	}
	a = ask_dns(au->q, &t->helo, RR_A);
	aaaa = ask_dns(au->q, &t->helo, RR_AAAA);
	found = a->status == ANSWER_FOUND || aaaa->status == ANSWER_FOUND;
	failed = a->status == ANSWER_FAILED || aaaa->status == ANSWER_FAILED;
	if (!is_pending(a) && !is_pending(aaaa) && !found) {
		struct finding *f =
		    add(au, failed ? RULE_HELO_LOOKUP_FAILED : RULE_HELO_UNRESOLVABLE);
		finding_evidence(f, a);
		finding_evidence(f, aaaa);
		/* beside an alias nothing else may stand (RFC 1034 3.6.2) */
		if (!failed && a->n_chain == 0 && aaaa->n_chain == 0)
			propose_address(au, f);
		return;
	}
	for (size_t i = 0; i < t->n_ips; i++) {
		struct addr ip = addr_unmap(&t->ips[i]);

		judge_address(au, &ip);
	}
}
