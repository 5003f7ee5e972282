/* SPDX-License-Identifier: ISC */
/*
 * spf_record.c - the grammar of RFC 7208 section 12, term by term.
 */
#include "checks/spf_record.h"

#include "checks/spf_macro.h"

/* clang-format off */
const struct spf_word spf_mechanisms[] = {
	{ { "all", 3 }, TERM_ALL },
	{ { "include", 7 }, TERM_INCLUDE },
	{ { "a", 1 }, TERM_A },
	{ { "mx", 2 }, TERM_MX },
	{ { "ptr", 3 }, TERM_PTR },
	{ { "ip4", 3 }, TERM_IP4 },
	{ { "ip6", 3 }, TERM_IP6 },
	{ { "exists", 6 }, TERM_EXISTS },
};
const size_t n_spf_mechanisms = ARRAY_LEN(spf_mechanisms);
/* clang-format on */

bool
is_spf_record(struct str text)
{
	const char *p = text.p;
	if (text.n < 6 || ascii_lower(p[0]) != 'v' || p[1] != '=')
		return false;
	return ascii_lower(p[2]) == 's' && ascii_lower(p[3]) == 'p' && ascii_lower(p[4]) == 'f' &&
	       p[5] == '1' && (text.n == 6 || p[6] == ' ');
}

bool
is_spf_fatal(enum spf_fault_kind k)
{
	return k != FAULT_NAME && k != FAULT_MANY;
}

bool
is_spf_lookup(enum spf_kind kind)
{
	return kind == TERM_INCLUDE || kind == TERM_A || kind == TERM_MX || kind == TERM_PTR ||
	       kind == TERM_EXISTS || kind == TERM_REDIRECT;
}

/* Says that the LENGTH bytes of the term at OFFSET are at fault; returns false. */
static bool
bad(struct spf_fault *f, enum spf_fault_kind kind, size_t offset, size_t length)
{
	*f = (struct spf_fault){ .kind = kind, .offset = offset, .length = length };
	return false;
}

/* ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ): the bytes of a name at START of W. */
static size_t
name_end(struct str w, size_t start)
{
	size_t i = start;
	if (i >= w.n || !ascii_isalpha(w.p[i]))
		return start;
	while (
	    i < w.n && (ascii_isalnum(w.p[i]) || w.p[i] == '-' || w.p[i] == '_' || w.p[i] == '.'))
		i++;
	return i;
}

/*
 * Reads a prefix length: no leading zero (RFC 7208 12), at most MAX.
 */
static bool
cidr_parse(struct str digits, uint32_t max, uint8_t *out)
{
	uint32_t v;
	if ((digits.n > 1 && digits.p[0] == '0') || !parse_u32(digits, max, &v))
		return false;
	*out = (uint8_t)v;
	return true;
}

/* Where the digits that end S begin. */
static size_t
digits_start(struct str s)
{
	size_t i = s.n;
	while (i > 0 && ascii_isdigit(s.p[i - 1]))
		i--;
	return i;
}

/*
 * Takes the dual-cidr-length off the end of *S (RFC 7208 5.3).  BASE is where
 * *S stands in the term.
 */
static bool
take_dual_cidr(struct str *s, size_t base, struct spf_term *t, struct spf_fault *f)
{
	size_t i = digits_start(*s);
	if (i > 1 && s->p[i - 1] == '/' && s->p[i - 2] == '/') {
		if (!cidr_parse(str_sub(*s, i, s->n), 128, &t->cidr6))
			return bad(f, FAULT_CIDR, base + i - 2, s->n - i + 2);
		s->n = i - 2;
		i = digits_start(*s);
		if (i == s->n || i == 0 || s->p[i - 1] != '/')
			return true;
	}
	if (i == 0 || s->p[i - 1] != '/')
		return true;
	if (!cidr_parse(str_sub(*s, i, s->n), 32, &t->cidr4))
		return bad(f, FAULT_CIDR, base + i - 1, s->n - i + 1);
	s->n = i - 1;
	return true;
}

/* A slash after the last dot of a faulty domain-spec was meant as a prefix length. */
static bool
bad_domain(struct str s, size_t base, const struct spec *spec, struct spf_fault *f)
{
	size_t slash = str_find(s, spec->offset, '/');
	if (spec->fault == SPEC_MACRO)
		return bad(f, FAULT_MACRO, base + spec->offset, spec->length);
	if (spec->fault == SPEC_NAME)
		return bad(f, FAULT_NAME, base, s.n);
	if (slash < s.n && slash > spec->offset)
		return bad(f, FAULT_CIDR, base + slash, s.n - slash);
	return bad(f, FAULT_DOMAIN, base, s.n);
}

/* Takes S as the domain-spec of T, *NAME without macros; BASE is where it stands in the term. */
static bool
take_domain(struct str s, size_t base, struct spf_term *t, struct spf_fault *f, struct name *name)
{
	struct spec spec = spf_domain_spec(s, name);
	t->domain = s;
	t->has_macro = spec.has_macro;
	t->has_p = spec.has_p;
	if (s.n == 0)
		return bad(f, FAULT_ARGUMENT, 0, t->text.n);
	return spec.fault == SPEC_OK || bad_domain(s, base, &spec, f);
}

/* ip4-network or ip6-network with its prefix length (RFC 7208 5.6). */
static bool
take_network(struct str s, size_t base, struct spf_term *t, struct spf_fault *f)
{
	bool v6 = t->kind == TERM_IP6;
	size_t slash = str_find(s, 0, '/');
	struct str lit = str_sub(s, 0, slash);
	enum addr_error e = v6 ? addr_parse6(lit, &t->net.addr) : addr_parse4(lit, &t->net.addr);
	if (s.n == 0)
		return bad(f, FAULT_ARGUMENT, 0, t->text.n);
	if (e != ADDR_OK)
		return bad(f, FAULT_ADDRESS, base, lit.n > 0 ? lit.n : s.n);
	t->net.bits = v6 ? 128 : 32;
	if (slash < s.n && !cidr_parse(str_sub(s, slash + 1, s.n), v6 ? 128 : 32, &t->net.bits))
		return bad(f, FAULT_CIDR, base + slash, s.n - slash);
	return true;
}

/* What follows the name of mechanism T: REST, from ':' or '/' on, at BASE of the term. */
static bool
take_argument(
    struct str rest, size_t base, struct spf_term *t, struct spf_fault *f, struct name *name)
{
	bool colon = rest.n > 0 && rest.p[0] == ':';
	struct str arg = str_sub(rest, colon ? 1 : 0, rest.n);
	size_t at = base + (colon ? 1 : 0);

	switch (t->kind) {
	case TERM_ALL:
		return rest.n == 0 || bad(f, FAULT_ARGUMENT, 0, t->text.n);
	case TERM_IP4:
	case TERM_IP6:
		if (!colon)
			return bad(f, FAULT_ARGUMENT, 0, t->text.n);
		return take_network(arg, at, t, f);
	case TERM_A:
	case TERM_MX:
		if (!take_dual_cidr(&arg, at, t, f))
			return false;
		if (colon)
			return take_domain(arg, at, t, f, name);
		return arg.n == 0 || bad(f, FAULT_CIDR, base, rest.n);
	default:
		if (t->kind == TERM_PTR && rest.n == 0)
			return true;
		if (!colon)
			return bad(f, FAULT_ARGUMENT, 0, t->text.n);
		return take_domain(arg, at, t, f, name);
	}
}

/* Whether NAME is WORD, which is in lower case. */
static bool
is_word(struct str name, struct str word)
{
	size_t i = 0;
	if (name.n != word.n)
		return false;
	while (i < word.n && ascii_lower(name.p[i]) == word.p[i])
		i++;
	return i == word.n;
}

/* redirect=, exp= or an unknown modifier whose name ends at EQUALS (RFC 7208 6). */
static bool
take_modifier(
    struct spf_term *t, size_t start, size_t equals, struct spf_fault *f, struct name *name)
{
	struct str value = str_sub(t->text, equals + 1, t->text.n);
	t->name = str_sub(t->text, start, equals - start);
	t->domain = value;
	t->kind = is_word(t->name, STR("redirect")) ? TERM_REDIRECT
		  : is_word(t->name, STR("exp"))    ? TERM_EXP
						    : TERM_MODIFIER;
	if (start > 0)
		return bad(f, FAULT_QUALIFIED, 0, t->text.n);
	if (t->kind != TERM_MODIFIER)
		return take_domain(value, equals + 1, t, f, name);
	struct spec spec = spf_macro_string(value, false);
	return spec.fault == SPEC_OK || bad(f, FAULT_MACRO, equals + 1 + spec.offset, spec.length);
}

/* The first run of bytes of W that no record may hold; false when there is none. */
static bool
find_bad_byte(struct str w, struct spf_fault *f)
{
	size_t i = 0, end;
	while (i < w.n && ascii_isprint(w.p[i]))
		i++;
	for (end = i; end < w.n && !ascii_isprint(w.p[end]);)
		end++;
	bad(f, FAULT_BYTE, i, end - i);
	return i < w.n;
}

/* A term with a fatal fault is none; returns OK. */
static bool
settle(struct spf_term *t, bool ok, const struct spf_fault *f)
{
	if (!ok && is_spf_fatal(f->kind))
		t->kind = TERM_BAD;
	return ok;
}

/* The mechanism called NAME; TERM_BAD when there is none. */
static enum spf_kind
mechanism_kind(struct str name)
{
	for (size_t i = 0; i < n_spf_mechanisms; i++)
		if (is_word(name, spf_mechanisms[i].name))
			return spf_mechanisms[i].kind;
	return TERM_BAD;
}

/* spf_term_parse() but for the bytes that no record may hold. */
static bool
read_term(struct str word, struct spf_term *out, struct spf_fault *fault, struct name *name)
{
	size_t start = 0;
	*out = (struct spf_term){
		.text = word, .kind = TERM_BAD, .qualifier = '+', .cidr4 = 32, .cidr6 = 128
	};
	name->n = 0;
	if (word.n > 0 &&
	    (word.p[0] == '+' || word.p[0] == '-' || word.p[0] == '?' || word.p[0] == '~')) {
		out->qualifier = word.p[0];
		start = 1;
	}
	size_t end = name_end(word, start);
	out->name = str_sub(word, start, end - start);
	if (end > start && end < word.n && word.p[end] == '=')
		return settle(out, take_modifier(out, start, end, fault, name), fault);
	if (end == start || (end < word.n && word.p[end] != ':' && word.p[end] != '/'))
		return bad(fault, FAULT_SYNTAX, 0, word.n);
	out->kind = mechanism_kind(out->name);
	if (out->kind == TERM_BAD)
		return bad(fault, FAULT_UNKNOWN, 0, word.n);
	struct str rest = str_sub(word, end, word.n);
	return settle(out, take_argument(rest, end, out, fault, name), fault);
}

/* spf_term_parse(), with *NAME what the domain-spec is without macros; n = 0 = not known. */
static bool
term_parse(struct str word, struct spf_term *out, struct spf_fault *fault, struct name *name)
{
	struct spf_fault byte;
	if (read_term(word, out, fault, name))
		return true; /* what is a term holds no such byte */
	if (find_bad_byte(word, &byte)) {
		*fault = byte;
		*out = (struct spf_term){
			.text = word, .kind = TERM_BAD, .qualifier = '+', .cidr4 = 32, .cidr6 = 128
		};
	}
	return false;
}

bool
spf_term_parse(struct str word, struct spf_term *out, struct spf_fault *fault)
{
	struct name name;
	return term_parse(word, out, fault, &name);
}

/* Keeps FAULT, whose offsets are from OFFSET of the record, for term TERM. */
static void
add_fault(struct spf_record *r, struct spf_fault fault, size_t term, size_t offset)
{
	fault.term = term;
	fault.offset += offset;
	if (is_spf_fatal(fault.kind))
		r->n_fatal++;
	if (r->n_faults < MAX_SPF_FAULTS)
		r->faults[r->n_faults++] = fault;
}

/* Notes where the first all, redirect= and exp= are; a second modifier is a fault (RFC 7208 6). */
static void
note_term(struct spf_record *r, size_t i)
{
	struct spf_term *t = &r->terms[i];
	size_t *slot = t->kind == TERM_ALL        ? &r->all
		       : t->kind == TERM_REDIRECT ? &r->redirect
		       : t->kind == TERM_EXP      ? &r->exp
						  : NULL;
	if (slot == NULL)
		return;
	if (*slot == SPF_NO_TERM) {
		*slot = i;
	} else if (t->kind != TERM_ALL) {
		struct spf_fault f;
		bad(&f, FAULT_TWICE, 0, t->text.n);
		add_fault(r, f, i, (size_t)(t->text.p - r->text.p));
		t->kind = TERM_BAD;
	}
}

/* The name that the domain-spec of T means, owned by A; *NAME, if it was read already. */
static void
note_target(struct arena *a, struct spf_term *t, struct name *name)
{
	struct name *target;
	if (t->domain.n == 0 || t->has_macro || (!is_spf_lookup(t->kind) && t->kind != TERM_EXP))
		return;
	if (name->n == 0 && name_parse_raw(spf_target_text(t->domain), name) != NAME_OK)
		return;
	target = arena_alloc(a, sizeof(*target));
	name_copy(target, name);
	t->target = target;
}

/* How many words stand in TEXT from byte 6 on, MAX_SPF_TERMS at most. */
static size_t
count_words(struct str text)
{
	size_t n = 0, i = 6;
	while (i < text.n && n < MAX_SPF_TERMS) {
		if (text.p[i] == ' ') {
			i++;
			continue;
		}
		n++;
		i = str_find(text, i, ' ');
	}
	return n;
}

/* Reads the words of R's text from *POS on; a fault that ends it is kept. */
static void
read_terms(struct arena *a, struct spf_record *r, size_t pos)
{
	struct str text = r->text;
	while (pos < text.n) {
		if (text.p[pos] == ' ') {
			pos++;
			continue;
		}
		struct str word = str_sub(text, pos, str_find(text, pos, ' ') - pos);
		struct spf_fault fault;
		struct name name;
		size_t i = r->n_terms;
		if (i == MAX_SPF_TERMS) {
			bad(&fault, FAULT_MANY, 0, text.n - pos);
			add_fault(r, fault, i, pos);
			return;
		}
		r->n_terms++;
		bool ok = term_parse(word, &r->terms[i], &fault, &name);
		if (!ok)
			add_fault(r, fault, i, pos);
		if (ok || !is_spf_fatal(fault.kind)) {
			note_target(a, &r->terms[i], &name);
			note_term(r, i);
		}
		pos += word.n;
	}
}

/* Whether the network or hosts of T are every address of a family. */
static bool
is_everything(const struct spf_term *t)
{
	if (t->kind == TERM_IP4 || t->kind == TERM_IP6)
		return t->net.bits == 0;
	return (t->kind == TERM_A || t->kind == TERM_MX) && (t->cidr4 == 0 || t->cidr6 == 0);
}

static void
note_decider(struct spf_record *r)
{
	size_t i = 0;
	while (i < r->n_terms && r->terms[i].kind != TERM_ALL &&
	       (r->terms[i].qualifier != '+' || !is_everything(&r->terms[i])))
		i++;
	r->decider = i < r->n_terms ? i : SPF_NO_TERM;
}

/* Notes which terms of R, read to its end, cost a lookup. */
static void
note_lookups(struct arena *a, struct spf_record *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_terms; i++)
		n += is_spf_lookup(r->terms[i].kind) && !is_spf_dead(r, i);
	if (n == 0)
		return;
	r->lookups = arena_array(a, n, sizeof(*r->lookups));
	for (size_t i = 0; i < r->n_terms; i++)
		if (is_spf_lookup(r->terms[i].kind) && !is_spf_dead(r, i))
			r->lookups[r->n_lookups++] = &r->terms[i];
}

void
spf_record_parse(struct arena *a, struct str text, struct spf_record *out)
{
	out->text = text;
	out->all = out->redirect = out->exp = SPF_NO_TERM;
	out->lookups = NULL;
	out->n_lookups = out->n_terms = out->n_faults = out->n_fatal = 0;
	out->terms = arena_array(a, count_words(text), sizeof(*out->terms));
	read_terms(a, out, 6);
	note_decider(out);
	note_lookups(a, out);
}
