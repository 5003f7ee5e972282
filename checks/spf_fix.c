/* SPDX-License-Identifier: ISC */
/*
 * spf_fix.c - certain cures, term by term, and the record they make.
 */
#include "checks/spf_fix.h"

#define MAX_WORD 300 /* no term that can be cured is longer: names end at 255 */
#define MAX_TYPO 16  /* nor is a name that resembles a mechanism */

/* clang-format off */
static const struct {
	struct str written, meant;
} typos[] = {	/* what people write that can mean one thing only */
	{ { "ipv4", 4 }, { "ip4", 3 } },
	{ { "ip", 2 }, { "ip4", 3 } },
	{ { "ipv6", 4 }, { "ip6", 3 } },
	{ { "ip", 2 }, { "ip6", 3 } },
	{ { "ip4", 3 }, { "ip6", 3 } },
	{ { "ip6", 3 }, { "ip4", 3 } },
	{ { "incl", 4 }, { "include", 7 } },
	{ { "includes", 8 }, { "include", 7 } },
	{ { "nclude", 6 }, { "include", 7 } },
	{ { "inlcude", 7 }, { "include", 7 } },
	{ { "inclue", 6 }, { "include", 7 } },
	{ { "a", 1 }, { "ip4", 3 } },	/* a:192.0.2.1: only good with a literal behind it */
	{ { "include", 7 }, { "ip4", 3 } },
};
static const struct str modifiers[] = { { "redirect", 8 }, { "exp", 3 } };
/* clang-format on */

/* Whether C is one of the bytes of SET. */
static bool
is_among(struct str set, char c)
{
	return str_find(set, 0, c) < set.n;
}

void
spf_fix_init(struct spf_fix *f, struct arena *a, const struct spf_record *r)
{
	f->arena = a;
	f->record = r;
	f->words = arena_array(a, r->n_terms, sizeof(*f->words));
	f->touched = arena_array(a, r->n_terms, sizeof(*f->touched));
	for (size_t i = 0; i < r->n_terms; i++)
		f->words[i] = r->terms[i].text;
}

void
spf_fix_put(struct spf_fix *f, size_t i, struct str word)
{
	f->words[i] = arena_str(f->arena, word);
	f->touched[i] = true;
}

void
spf_fix_drop(struct spf_fix *f, size_t i)
{
	spf_fix_put(f, i, STR(""));
}

/* Whether WORD is one good term, or several with blanks between them. */
static bool
is_good(struct str word)
{
	struct spf_term t;
	struct spf_fault fault;
	size_t n = 0;
	for (size_t i = 0; i < word.n;) {
		size_t end = str_find(word, i, ' ');
		if (end > i && !spf_term_parse(str_sub(word, i, end - i), &t, &fault))
			return false;
		n += end > i;
		i = end + 1;
	}
	return n > 0;
}

/*
 * Whether TEXT is so plainly the start of a term that it is one even where the
 * text in front of it would take it in: a mechanism and its colon, or all with
 * a qualifier.
 */
static bool
is_plain_start(struct str text)
{
	struct spf_term t;
	struct spf_fault fault;
	if (!spf_term_parse(text, &t, &fault) || t.kind == TERM_MODIFIER)
		return false;
	if (t.kind == TERM_ALL)
		return text.n == 4;
	return t.domain.n > 0 || t.kind == TERM_IP4 || t.kind == TERM_IP6;
}

size_t
spf_glued_at(const struct rr *rr, struct str word)
{
	struct spf_term t;
	struct spf_fault fault;
	size_t joined = 0, start = (size_t)(word.p - rr->text.p);
	if (rr->data.n == (size_t)(unsigned char)rr->data.p[0] + 1)
		return 0; /* one string: nothing was joined */
	bool good = spf_term_parse(word, &t, &fault);
	for (size_t i = 0; i < rr->data.n && joined < start + word.n;) {
		size_t len = (unsigned char)rr->data.p[i];
		i += len + 1;
		joined += len;
		if (joined <= start || joined >= start + word.n)
			continue;
		struct str left = str_sub(word, 0, joined - start);
		struct str right = str_sub(word, joined - start, word.n);
		if (is_good(left) && (good ? is_plain_start(right) : is_good(right)))
			return left.n;
	}
	return 0;
}

/* Room to put a word together; what is too long cures nothing. */
struct word {
	char p[MAX_WORD];
	size_t n;
	bool over;
};

static void
word_add(struct word *w, struct str s)
{
	if (s.n > sizeof(w->p) - w->n) {
		w->over = true;
		return;
	}
	if (s.n > 0)
		memcpy(w->p + w->n, s.p, s.n);
	w->n += s.n;
}

static struct str
word_str(const struct word *w)
{
	return (struct str){ w->p, w->over ? 0 : w->n };
}

void
spf_fix_split(struct spf_fix *f, size_t i, size_t offset)
{
	struct str text = f->words[i];
	char *p = arena_alloc(f->arena, text.n + 2);
	memcpy(p, text.p, offset);
	p[offset] = ' ';
	memcpy(p + offset + 1, text.p + offset, text.n - offset);
	f->words[i] = (struct str){ p, text.n + 1 };
	f->touched[i] = true;
}

/* Whether WORD is an address that no mail comes from: then it was meant otherwise. */
static bool
is_nowhere(struct str word)
{
	struct spf_term t;
	struct spf_fault fault;
	if (!spf_term_parse(word, &t, &fault) || (t.kind != TERM_IP4 && t.kind != TERM_IP6))
		return false;
	enum addr_space space = addr_space(&t.net.addr);
	return space != ADDR_PUBLIC && space != ADDR_DOCUMENTATION;
}

/* Takes WORD as the cure of term I if it is good. */
static bool
try_word(struct spf_fix *f, size_t i, struct str word)
{
	if (!is_good(word) || is_nowhere(word))
		return false;
	spf_fix_put(f, i, word);
	return true;
}

/* Quotes around a term, commas, semicolons and dots behind it. */
static bool
cure_punctuation(struct spf_fix *f, size_t i, struct str w)
{
	size_t start = 0;
	while (start < w.n && (w.p[start] == '"' || w.p[start] == '\'' || w.p[start] == ','))
		start++;
	while (w.n > start && is_among(STR(",;\"'.\\"), w.p[w.n - 1]))
		w.n--;
	return try_word(f, i, str_sub(w, start, w.n - start));
}

/* Blanks of other kinds: tab, CR, LF, no-break space; and those of no width. */
static bool
cure_blanks(struct spf_fix *f, size_t i, struct str w)
{
	struct word out = { .n = 0 };
	for (size_t k = 0; k < w.n;) {
		struct str rest = str_sub(w, k, w.n);
		if (w.p[k] == '\t' || w.p[k] == '\r' || w.p[k] == '\n') {
			word_add(&out, STR(" "));
			k++;
		} else if (str_has_prefix(rest, STR("\xc2\xa0"))) {
			word_add(&out, STR(" "));
			k += 2;
		} else if (str_has_prefix(rest, STR("\xe2\x80\x8b")) ||
			   str_has_prefix(rest, STR("\xef\xbb\xbf"))) {
			k += 3;
		} else {
			word_add(&out, str_sub(w, k, 1));
			k++;
		}
	}
	return try_word(f, i, word_str(&out));
}

/* Another name for what was meant; the value decides between two. */
static bool
cure_name(struct spf_fix *f, size_t i, struct str w)
{
	size_t q = w.n > 0 && is_among(STR("+-?~"), w.p[0]) ? 1 : 0;
	size_t colon = str_find(w, 0, ':');
	if (colon == w.n)
		return false;
	for (size_t k = 0; k < ARRAY_LEN(typos); k++) {
		struct word out = { .n = 0 };
		if (!str_ieq(str_sub(w, q, colon - q), typos[k].written))
			continue;
		word_add(&out, str_sub(w, 0, q));
		word_add(&out, typos[k].meant);
		word_add(&out, str_sub(w, colon, w.n));
		if (try_word(f, i, word_str(&out)))
			return true;
	}
	if (!str_ieq(str_sub(w, 0, colon), STR("redirect")))
		return false;
	struct word out = { .n = 0 };
	word_add(&out, STR("redirect="));
	word_add(&out, str_sub(w, colon + 1, w.n));
	return f->record->all == SPF_NO_TERM && try_word(f, i, word_str(&out));
}

/* An address without a mechanism. */
static bool
cure_bare_address(struct spf_fix *f, size_t i, struct str w)
{
	static const struct str names[] = { { "ip4:", 4 }, { "ip6:", 4 } };
	for (size_t k = 0; k < ARRAY_LEN(names); k++) {
		struct word out = { .n = 0 };
		word_add(&out, names[k]);
		word_add(&out, w);
		if (try_word(f, i, word_str(&out)))
			return true;
	}
	return false;
}

/* The final all, stuck to the term in front of it. */
static bool
cure_stuck_all(struct spf_fix *f, size_t i, struct str w)
{
	if (w.n < 6 || !str_ieq(str_sub(w, w.n - 3, 3), STR("all")) ||
	    !is_among(STR("+-?~"), w.p[w.n - 4]) || !is_good(str_sub(w, 0, w.n - 4)))
		return false;
	spf_fix_split(f, i, w.n - 4);
	return true;
}

/* "include: _spf.example.net": a blank behind the colon. */
static bool
cure_gap(struct spf_fix *f, size_t i, struct str w)
{
	struct word out = { .n = 0 };
	if (w.n == 0 || i + 1 >= f->record->n_terms || f->touched[i + 1] ||
	    (w.p[w.n - 1] != ':' && w.p[w.n - 1] != '=') || is_good(f->words[i + 1]))
		return false;
	word_add(&out, w);
	word_add(&out, f->words[i + 1]);
	if (!try_word(f, i, word_str(&out)))
		return false;
	spf_fix_drop(f, i + 1);
	return true;
}

bool
spf_fix_term(struct spf_fix *f, size_t i)
{
	struct str w = f->words[i];
	if (f->touched[i])
		return true;
	if (w.n > MAX_WORD)
		return false;
	/* A qualifier on a modifier means nothing: it is left off. */
	bool qualified = w.n > 1 && is_among(STR("+-?~"), w.p[0]);
	return cure_blanks(f, i, w) || cure_punctuation(f, i, w) || cure_name(f, i, w) ||
	       cure_bare_address(f, i, w) || cure_stuck_all(f, i, w) || cure_gap(f, i, w) ||
	       (qualified && str_find(w, 0, '=') < w.n && try_word(f, i, str_sub(w, 1, w.n)));
}

bool
is_spf_sound(struct arena *a, struct str text)
{
	struct spf_record r;
	spf_record_parse(a, text, &r);
	for (size_t i = 0; i < r.n_terms; i++) {
		const struct spf_term *t = &r.terms[i];
		bool all = t->kind == TERM_ALL ||
			   ((t->kind == TERM_IP4 || t->kind == TERM_IP6) && t->net.bits == 0);
		if ((all && t->qualifier == '+') || is_spf_dead(&r, i))
			return false;
	}
	return r.n_faults == 0;
}

/* Whether word I, or one in front of it, became by its cure what stands there already. */
static bool
is_again(const struct spf_fix *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if ((f->touched[i] || f->touched[k]) && str_eq(f->words[i], f->words[k]))
			return true;
	return false;
}

struct str
spf_fix_text(const struct spf_fix *f)
{
	size_t n = 6, n_terms = f->record->n_terms;
	bool touched = false;
	for (size_t i = 0; i < n_terms; i++) {
		n += f->words[i].n + 1;
		touched = touched || f->touched[i];
	}
	/* What was not read cannot be kept. */
	if (!touched || n_terms == MAX_SPF_TERMS)
		return STR("");
	char *p = arena_alloc(f->arena, n + 1);
	memcpy(p, f->record->text.p, 6);
	n = 6;
	for (size_t i = 0; i < n_terms; i++) {
		if (f->words[i].n == 0 || is_again(f, i))
			continue;
		p[n++] = ' ';
		memcpy(p + n, f->words[i].p, f->words[i].n);
		n += f->words[i].n;
	}
	struct str text = { p, n };
	return is_spf_sound(f->arena, text) ? text : STR("");
}

/* Letters left out, added, changed, or two swapped, between A and B; both short. */
static unsigned
distance_of(struct str a, struct str b)
{
	unsigned d[MAX_TYPO + 1][MAX_TYPO + 1];
	for (size_t i = 0; i <= a.n; i++) {
		for (size_t k = 0; k <= b.n; k++) {
			if (i == 0 || k == 0) {
				d[i][k] = (unsigned)(i + k);
				continue;
			}
			bool same = ascii_lower(a.p[i - 1]) == ascii_lower(b.p[k - 1]);
			unsigned best = d[i - 1][k - 1] + !same;
			if (d[i - 1][k] + 1 < best)
				best = d[i - 1][k] + 1;
			if (d[i][k - 1] + 1 < best)
				best = d[i][k - 1] + 1;
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] &&
			    a.p[i - 2] == b.p[k - 1] && d[i - 2][k - 2] + 1 < best)
				best = d[i - 2][k - 2] + 1;
			d[i][k] = best;
		}
	}
	return d[a.n][b.n];
}

struct str
spf_suggest(struct str name, bool modifier, unsigned distance)
{
	size_t n = modifier ? ARRAY_LEN(modifiers) : n_spf_mechanisms;
	struct str found = STR("");
	if (name.n > MAX_TYPO)
		return found;
	for (size_t i = 0; i < n; i++) {
		struct str word = modifier ? modifiers[i] : spf_mechanisms[i].name;
		unsigned d = distance_of(name, word);
		/* A word of one or two letters resembles everything. */
		if (d > distance || d >= word.n)
			continue;
		found = word;
		distance = d > 0 ? d - 1 : 0;
	}
	return found;
}
