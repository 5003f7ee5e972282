/* SPDX-License-Identifier: ISC */
/*
 * refusal_host.c - refusals for the host that sent: its reverse name, the name it says
 * in HELO; and for a MAIL FROM domain that takes no mail.
 */
#include "checks/mx.h"
#include "checks/ptr.h"
#include "checks/refusal_steps.h"

#define MAX_NAMES_TOLD 3 /* of one address, in a step; all are looked at */

/* clang-format off */
static const enum rule_id ptr_none[] = { RULE_PTR_NONE };
static const enum rule_id ptr_unconfirmed[] = { RULE_PTR_UNCONFIRMED };
static const enum rule_id ptr_generic[] = { RULE_PTR_GENERIC };
static const enum rule_id helo_bad[] = { RULE_HELO_NOT_QUALIFIED };
static const enum rule_id helo_none[] = { RULE_HELO_UNRESOLVABLE };
static const enum rule_id helo_other[] = { RULE_HELO_OTHER_ADDRESS };
static const enum rule_id nonexistent[] = { RULE_DOMAIN_NONEXISTENT, RULE_MX_NOWHERE };
static const enum rule_id nowhere[] = { RULE_MX_NOWHERE, RULE_DOMAIN_NONEXISTENT };
static const enum rule_id null_mx[] = { RULE_MX_NULL_SENDER, RULE_MX_NULL_BESIDE, RULE_MX_NULL_SPF };
/* clang-format on */

/* SUBJECT IS WORDS, shown by NAME TYPE. */
static struct refusal_step *
tell(struct reasoning *x, const struct name *name, uint16_t type, const char *words)
{
	struct buf *b = step_begin(x);

	name_print(b, name);
	buf_adds(b, words);
	return step_end(x, name, type);
}

/* NAME, a reverse name of the address IP: whether it leads back. */
static bool
judge_reverse_name(struct reasoning *x, const struct name *name, struct str ip)
{
	const struct answer *failed = NULL;
	bool pending = false;
	bool same = ptr_confirms(x->au, name, &x->r->ip, &pending, &failed);
	struct buf *b;

	x->pending = x->pending || pending;
	if (failed != NULL && !same && x->f->failed == NULL)
		x->f->failed = failed;
	b = step_begin(x);
	buf_adds(b, "the reverse name ");
	name_print(b, name);
	buf_adds(b, failed != NULL && !same ? " could not be looked up"
		    : same                  ? " leads back to "
					    : " does not lead back to ");
	if (failed == NULL || same)
		buf_add(b, ip);
	(void)step_end(x, name, x->r->ip.v6 ? RR_AAAA : RR_A);
	return same;
}

static void
tell_reverse(struct reasoning *x, struct str ip, const struct answer *a, const struct name *owner)
{
	struct buf *b = step_begin(x);
	struct name name;
	size_t n = 0;

	buf_adds(b, "the reverse name of ");
	buf_add(b, ip);
	buf_adds(b, " is ");
	for (size_t i = 0; i < a->n_rr && n < MAX_NAMES_TOLD; i++) {
		if (!rr_target(&a->rr[i], &name))
			continue;
		buf_adds(b, n++ > 0 ? ", " : "");
		name_print(b, &name);
	}
	buf_adds(b, a->n_rr > MAX_NAMES_TOLD ? " ..." : "");
	(void)step_end(x, owner, RR_PTR);
}

static void
tell_no_reverse(struct reasoning *x, struct str ip, const struct name *owner)
{
	struct buf *b = step_begin(x);

	buf_adds(b, "the address ");
	buf_add(b, ip);
	buf_adds(b, " has no reverse name");
	(void)step_end(x, owner, RR_PTR);
	step_causes(x, ptr_none, ARRAY_LEN(ptr_none));
	step_finds(x, REFUSAL_EXPLAINED);
}

static void
tell_generic(struct reasoning *x, const struct name *name)
{
	(void)tell(x, name, x->r->ip.v6 ? RR_AAAA : RR_A,
	    " looks like the name of a customer's line, which some receivers refuse");
	step_causes(x, ptr_generic, ARRAY_LEN(ptr_generic));
	step_finds(x, REFUSAL_PARTLY);
}

void
refusal_ptr(struct reasoning *x)
{
	struct name owner, name, generic = { .n = 0 };
	const struct answer *a;
	struct str ip;
	bool confirmed = false;
	size_t n = 0;

	if (!x->r->has_ip) {
		x->f->lacks = "the address that the mail left from is not known (--ip gives it)";
		return;
	}
	owner = addr_ptr_name(&x->r->ip);
	ip = finding_address(x->au->findings, &x->r->ip);
	a = ask_dns(x->au->q, &owner, RR_PTR);
	if (!step_readable(x, a))
		return;
	if (a->n_rr > 0)
		tell_reverse(x, ip, a, &owner);
	for (size_t i = 0; i < a->n_rr && n < MAX_PTR_NAMES; i++) {
		if (!rr_target(&a->rr[i], &name) || name_labels(&name) == 0)
			continue;
		n++;
		confirmed = judge_reverse_name(x, &name, ip) || confirmed;
		if (ptr_is_generic(&name, &x->r->ip))
			generic = name;
	}
	if (n == 0)
		tell_no_reverse(x, ip, &owner);
	else if (!confirmed && x->f->failed == NULL) {
		step_causes(x, ptr_unconfirmed, ARRAY_LEN(ptr_unconfirmed));
		step_finds(x, REFUSAL_EXPLAINED);
	} else if (confirmed && generic.n > 0) {
		tell_generic(x, &generic);
	} else if (confirmed) {
		step_finds(x, REFUSAL_NOT);
	}
}

/* RFC 5321 2.3.5: two labels at least, and no address where a name belongs. */
static bool
is_qualified(struct reasoning *x, const struct name *helo)
{
	struct addr unused;
	struct str text = name_text(x->au->arena, helo);

	return addr_parse(text, &unused) != ADDR_OK && name_labels(helo) >= 2 &&
	       name_is_hostname(helo, true);
}

/* The name leads somewhere; whether to the address. */
static void
judge_helo_address(struct reasoning *x, const struct name *helo)
{
	uint16_t type = x->r->ip.v6 ? RR_AAAA : RR_A;
	const struct answer *failed = NULL;
	bool pending = false, same;

	if (!x->r->has_ip) {
		(void)tell(x, helo, RR_A, ", said in HELO, has an address");
		step_finds(x, REFUSAL_NOT);
		return;
	}
	same = ptr_confirms(x->au, helo, &x->r->ip, &pending, &failed);
	x->pending = x->pending || pending;
	if (!same && failed != NULL) {
		x->f->failed = failed;
		return;
	}
	(void)tell(x, helo, type,
	    same ? ", said in HELO, leads to the sending address"
		 : ", said in HELO, leads to other addresses than the sending one");
	if (!same)
		step_causes(x, helo_other, ARRAY_LEN(helo_other));
	step_finds(x, same ? REFUSAL_NOT : REFUSAL_EXPLAINED);
}

void
refusal_helo(struct reasoning *x)
{
	const struct name *helo = &x->r->helo;
	const struct answer *a, *aaaa;

	if (!name_is_set(helo)) {
		x->f->lacks = "the name said in HELO is not known (--helo gives it)";
		return;
	}
	if (!is_qualified(x, helo)) {
		(void)tell(x, helo, RR_A, ", said in HELO, is no full name of a host");
		step_causes(x, helo_bad, ARRAY_LEN(helo_bad));
		step_finds(x, REFUSAL_EXPLAINED);
		return;
	}
	a = ask_dns(x->au->q, helo, RR_A);
	aaaa = ask_dns(x->au->q, helo, RR_AAAA);
	x->pending = x->pending || is_pending(a) || is_pending(aaaa);
	if (a->status == ANSWER_FOUND || aaaa->status == ANSWER_FOUND) {
		judge_helo_address(x, helo);
		return;
	}
	if (!step_readable(x, a) || !step_readable(x, aaaa))
		return;
	(void)tell(x, helo, RR_A, ", said in HELO, has no address");
	step_causes(x, helo_none, ARRAY_LEN(helo_none));
	step_finds(x, REFUSAL_EXPLAINED);
}

void
refusal_domain(struct reasoning *x)
{
	const struct name *path = &x->r->path;
	bool wants_null = x->r->demand == DEMAND_MX;
	enum mail_reach reach;
	const struct answer *mx;

	if (!name_is_set(path)) {
		x->f->lacks = "the envelope sender is not known";
		return;
	}
	reach = mail_reach(x->au, path);
	mx = ask_dns(x->au->q, path, RR_MX);
	(void)step_readable(x, mx);
	if (reach == MAIL_PENDING || reach == MAIL_UNKNOWN) {
		x->pending = x->pending || reach == MAIL_PENDING;
		x->f->lacks = "whether the MAIL FROM domain takes mail could not be looked up";
		return;
	}
	if (reach == MAIL_REFUSED) {
		(void)tell(
		    x, path, RR_MX, " has a null MX: it takes no mail, so none is taken of it");
		step_causes(x, null_mx, ARRAY_LEN(null_mx));
	} else if (reach == MAIL_NOWHERE) {
		bool gone = mx->status == ANSWER_NXDOMAIN;

		(void)tell(
		    x, path, RR_MX, gone ? " does not exist" : " has neither MX nor address");
		step_causes(x, gone ? nonexistent : nowhere, ARRAY_LEN(nowhere));
	} else {
		(void)tell(x, path, RR_MX,
		    reach == MAIL_TAKEN ? " takes mail by its MX"
					: " takes mail by its own address");
	}
	if (reach == MAIL_REFUSED)
		step_finds(x, REFUSAL_EXPLAINED);
	else
		step_finds(
		    x, reach == MAIL_NOWHERE && !wants_null ? REFUSAL_EXPLAINED : REFUSAL_NOT);
}
