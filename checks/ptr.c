/* SPDX-License-Identifier: ISC */
/*
 * ptr.c - the check `ptr`; see ptr.h.
 */
#include "checks/ptr.h"

#include "checks/senders.h"

/* Words of providers' names for lines that are not servers; whole parts of a label. */
/* clang-format off */
static const char *const line_words[] = {
	"adsl", "broadband", "cable", "client", "clients", "compute", "cpe", "cust", "customer", "customers",
	"dhcp", "dial", "dialin", "dialup", "dsl", "dyn", "dynamic", "dynip", "fiber",
	"fibre", "fixed", "ftth", "home", "host", "ip", "ipv4", "pool", "pools", "ppp",
	"pppoe", "res", "residential", "rev", "static", "unassigned", "user", "vdsl", "vps", "wifi",
	"xdsl",
};
/* clang-format on */

static bool
is_line_word(struct str word)
{
	size_t n = word.n;

	/* dyn12, pool3: a number behind the word does not change it */
	while (n > 0 && ascii_isdigit(word.p[n - 1]))
		n--;
	for (size_t i = 0; i < ARRAY_LEN(line_words); i++)
		if (str_ieq(str_sub(word, 0, n), str_of(line_words[i])))
			return true;
	return false;
}

/* The next run of letters and digits of TEXT from *POS on. */
static bool
next_word(struct str text, size_t *pos, struct str *out)
{
	size_t i = *pos, start;

	while (i < text.n && !ascii_isalnum(text.p[i]))
		i++;
	start = i;
	while (i < text.n && ascii_isalnum(text.p[i]))
		i++;
	*pos = i;
	*out = str_sub(text, start, i - start);
	return i > start;
}

/* Whether WORD is, or but for letters in front of it is, OCTET in decimal. */
static bool
is_octet(struct str word, uint8_t octet)
{
	uint32_t v;
	size_t i = 0;

	while (i < word.n && ascii_isalpha(word.p[i]))
		i++;
	return parse_u32(str_sub(word, i, word.n), 999, &v) && v == octet;
}

/* The four octets as consecutive words of TEXT, from first to last or back. */
static bool
has_decimal_octets(struct str text, const struct addr *ip)
{
	struct str word[4] = { { NULL, 0 } };
	size_t pos = 0, n = 0;

	while (next_word(text, &pos, &word[3])) {
		bool forth = true, back = true;

		for (size_t i = 0; i < 4; i++) {
			forth = forth && is_octet(word[i], ip->b[i]);
			back = back && is_octet(word[i], ip->b[3 - i]);
		}
		if (++n >= 4 && (forth || back))
			return true;
		for (size_t i = 0; i < 3; i++)
			word[i] = word[i + 1];
	}
	return false;
}

/* The first N octets of the address in hexadecimal without gaps. */
static bool
has_hex_octets(struct str text, const struct addr *ip)
{
	static const char digits[] = "0123456789abcdef";
	char hex[8];

	for (size_t i = 0; i < 4; i++) {
		hex[2 * i] = digits[ip->b[i] >> 4];
		hex[2 * i + 1] = digits[ip->b[i] & 15];
	}
	for (size_t i = 0; i + sizeof(hex) <= text.n; i++)
		if (str_ieq(str_sub(text, i, sizeof(hex)), (struct str){ hex, sizeof(hex) }))
			return true;
	return false;
}

bool
ptr_is_generic(const struct name *name, const struct addr *ip)
{
	struct str text, word;
	struct buf b;
	size_t pos = 0;
	bool numbers, line = false;

	/* IPv6 names are made from addresses by everybody who has no better one: no judgement */
	if (ip->v6)
		return false;
	buf_init(&b, MAX_NAME_TEXT);
	name_print(&b, name);
	text = buf_str(&b);
	numbers = has_decimal_octets(text, ip) || has_hex_octets(text, ip);
	while (numbers && !line && next_word(text, &pos, &word))
		line = is_line_word(word);
	buf_free(&b);
	return line;
}

bool
ptr_confirms(struct audit *au, const struct name *name, const struct addr *ip, bool *pending,
    const struct answer **failed)
{
	const struct answer *a = ask_dns(au->q, name, ip->v6 ? RR_AAAA : RR_A);
	struct addr found;

	if (is_pending(a)) {
		*pending = true;
		return false;
	}
	if (a->status == ANSWER_FAILED)
		*failed = a;
	for (size_t i = 0; a->status == ANSWER_FOUND && i < a->n_rr; i++)
		if (rr_addr(&a->rr[i], &found) && addr_eq(&found, ip))
			return true;
	return false;
}

/* What is known of one address. */
struct reverse {
	struct audit *au;
	struct addr ip;
	struct str text; /* of IP */
	const struct answer *ptr;
	struct name *names;
	size_t n_names;
	struct ptr_fact *fact;
};

static struct finding *
add(struct reverse *r, enum rule_id rule)
{
	struct finding *f = finding_add_text(r->au->findings, rule, r->text);
	struct name owner = addr_ptr_name(&r->ip);

	if (r->ptr->status == ANSWER_FOUND && r->ptr->n_rr > 0)
		finding_at(r->au->findings, f, r->ptr, &r->ptr->rr[0], (struct str){ NULL, 0 });
	else
		finding_absent(f, &owner, RR_PTR);
	finding_evidence(f, r->ptr);
	return f;
}

static void
read_names(struct reverse *r)
{
	size_t n = r->ptr->n_rr < MAX_PTR_NAMES ? r->ptr->n_rr : MAX_PTR_NAMES;

	r->names = arena_array(r->au->arena, MAX_PTR_NAMES, sizeof(*r->names));
	for (size_t i = 0; i < n; i++)
		if (rr_target(&r->ptr->rr[i], &r->names[r->n_names]) &&
		    name_labels(&r->names[r->n_names]) > 0)
			r->n_names++;
	r->fact->names = r->names;
	r->fact->n_names = r->n_names;
}

/* An address record for a name of the subject's that has none yet. */
static void
propose_address(struct reverse *r, struct finding *f, const struct name *name)
{
	const struct name *domain = &r->au->subject->domain;
	uint16_t type = r->ip.v6 ? RR_AAAA : RR_A;
	const struct answer *a = ask_dns(r->au->q, name, type);

	/* beside an alias nothing else may stand (RFC 1034 3.6.2) */
	if (!name_is_set(domain) || !name_is_below(name, domain) || !answer_is_absent(a) ||
	    a->n_chain > 0)
		return;
	finding_change(r->au->findings, f, CHANGE_ADD, name, type)->new = r->text;
}

/* The HELO name that is said at the address; no name where nobody said. */
static const struct name *
helo_of(const struct reverse *r)
{
	const struct sender *x;
	size_t n = senders_of(r->au->arena, r->au->subject, &x);

	for (size_t s = 0; s < n; s++)
		for (size_t i = 0; i < x[s].n_ips; i++) {
			struct addr ip = addr_unmap(&x[s].ips[i]);

			if (addr_eq(&ip, &r->ip) && name_is_set(&x[s].helo))
				return &x[s].helo;
		}
	return &r->au->subject->helo;
}

/* The HELO name for a reverse name, when it leads back to the address. */
static void
judge_no_name(struct reverse *r)
{
	const struct name *helo = helo_of(r);
	const struct answer *failed = NULL;
	struct finding *f = add(r, RULE_PTR_NONE);
	struct buf *b = &r->au->findings->scratch;
	bool pending = false;

	if (name_labels(helo) < 2 || !answer_is_absent(r->ptr) ||
	    !ptr_confirms(r->au, helo, &r->ip, &pending, &failed))
		return;
	buf_reset(b);
	name_print(b, helo);
	buf_addc(b, '.');
	finding_change(r->au->findings, f, CHANGE_ADD, answer_owner(r->ptr), RR_PTR)->new =
	    arena_str(r->au->arena, buf_str(b));
}

/* RFC 1912 2.1: the name has to lead back to the address. */
static void
judge_names(struct reverse *r)
{
	const struct answer *failed = NULL;
	bool pending = false;
	struct finding *f;

	for (size_t i = 0; i < r->n_names; i++)
		if (ptr_confirms(r->au, &r->names[i], &r->ip, &pending, &failed))
			r->fact->confirmed = true;
	if (pending)
		return;
	if (!r->fact->confirmed) {
		r->fact->unknown = failed != NULL;
		f = add(r, failed != NULL ? RULE_PTR_LOOKUP_FAILED : RULE_PTR_UNCONFIRMED);
		if (failed != NULL)
			finding_name(r->au->findings, f, "name", &failed->q.name);
		else
			finding_name(r->au->findings, f, "name", &r->names[0]);
		if (failed == NULL && r->n_names == 1)
			propose_address(r, f, &r->names[0]);
		for (size_t i = 0; i < r->n_names; i++)
			finding_evidence(
			    f, ask_dns(r->au->q, &r->names[i], r->ip.v6 ? RR_AAAA : RR_A));
	}
	if (ptr_is_generic(&r->names[0], &r->ip))
		finding_name(r->au->findings, add(r, RULE_PTR_GENERIC), "name", &r->names[0]);
	if (r->ptr->n_rr > 1)
		finding_number(add(r, RULE_PTR_MANY), "count", (int64_t)r->ptr->n_rr);
}

static void
judge_address(struct reverse *r)
{
	struct name owner = addr_ptr_name(&r->ip);
	struct finding *f;

	r->ptr = ask_dns(r->au->q, &owner, RR_PTR);
	if (is_pending(r->ptr))
		return;
	if (r->ptr->status == ANSWER_FAILED) {
		r->fact->unknown = true;
		f = add(r, RULE_PTR_LOOKUP_FAILED);
		finding_name(r->au->findings, f, "name", &owner);
		return;
	}
	if (r->ptr->status == ANSWER_FOUND)
		read_names(r);
	if (r->n_names > 0)
		judge_names(r);
	else
		judge_no_name(r);
}

void
check_ptr(struct audit *au)
{
	const struct subject *t = au->subject;
	struct ptr_facts *facts;

	if (t->n_ips == 0)
		return;
	facts = arena_alloc(au->arena, sizeof(*facts));
	facts->ptr = arena_array(au->arena, t->n_ips, sizeof(*facts->ptr));
	for (size_t i = 0; i < t->n_ips; i++) {
		struct reverse r = { .au = au, .ip = addr_unmap(&t->ips[i]) };

		r.text = finding_address(au->findings, &r.ip);
		r.fact = &facts->ptr[facts->n++];
		r.fact->ip = r.ip;
		judge_address(&r);
	}
	au->facts->ptr = facts;
}
