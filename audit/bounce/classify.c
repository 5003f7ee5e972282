/* SPDX-License-Identifier: ISC */
/*
 * classify.c - what a refusal means.
 *
 * One pass finds every literal of every row; the rows whose literal is there
 * are asked in order, and the first that fits decides.  What was decided is
 * kept by the masked text, the codes and the literals found, so that an
 * expression runs once for refusals of one kind.
 */
#include "audit/bounce/classify.h"
#include <regex.h>
#include <stdlib.h>
#include "audit/bounce/decision.h"
#include "audit/bounce/lift.h"
#include "audit/bounce/needles.h"
#include "audit/bounce/provider.h"
#include "audit/bounce/replywrap.h"
#include "audit/bounce/signature.h"

#define MAX_BETWEEN 120 /* bytes from a literal to what stands behind it: one sentence */
#define ABSENT SIZE_MAX

/* One row of a table, compiled. */
struct row {
	const struct signature *sig;
	enum signature_tier tier;
	size_t next;  /* with the same literal; ABSENT */
	regex_t *ere; /* compiled when first needed */
};

struct own_row {
	char *id, *provider; /* NUL-terminated copies */
	uint16_t code;
	struct enhanced enhanced;
	enum mechanism mechanism;
	regex_t ere;
};

/* Where a literal was found in the text at hand: offsets behind it, ABSENT = not so. */
struct hit {
	size_t any, prose, word;
};

struct classifier {
	struct own_row *own;
	size_t n_own;
	struct row *rows;
	size_t n_rows, n_literals;
	struct str *literals; /* of the rows, then of the marks of providers */
	size_t *mark_of;      /* of a literal: its place among the marks; ABSENT */
	struct needles *needles;
	struct hit *hits;
	size_t *found; /* literals found, in order of place */
	size_t n_found;
	size_t *candidates; /* rows whose literal was found */
	size_t n_candidates;
	struct arena scratch;
	char lower[MAX_REPLY_TEXT + 1];
	bool inside[MAX_REPLY_TEXT + 1]; /* a URL or an address */
	struct str text;                 /* lower */
	struct decision_cache *cache;
};

static size_t
count_rows(void)
{
	return signatures_provider.n + signatures_software.n + signatures_code.n +
	       signatures_word.n + signatures_last.n;
}

static void
add_table(struct classifier *c, const struct signature_table *t, enum signature_tier tier)
{
	for (size_t i = 0; i < t->n; i++)
		c->rows[c->n_rows++] =
		    (struct row){ .sig = &t->rows[i], .tier = tier, .next = ABSENT };
}

static int
by_literal(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;
	int d = strcmp((*x)->sig->needle, (*y)->sig->needle);

	return d != 0 ? d : (*x > *y) - (*x < *y);
}

/* Rows of one literal hang on the first of them. */
static void
link_rows(struct classifier *c)
{
	struct row **order = xcalloc(c->n_rows, sizeof(struct row *));
	size_t n = 0;

	for (size_t i = 0; i < c->n_rows; i++)
		if (c->rows[i].sig->needle != NULL)
			order[n++] = &c->rows[i];
	qsort(order, n, sizeof(struct row *), by_literal);
	for (size_t i = 1; i < n; i++)
		if (strcmp(order[i - 1]->sig->needle, order[i]->sig->needle) == 0)
			order[i - 1]->next = (size_t)(order[i] - c->rows);
	free(order);
}

/* A mark that is the needle of a row too is found under the row's index. */
static void
link_marks(struct classifier *c)
{
	c->mark_of = xcalloc(c->n_literals, sizeof(*c->mark_of));
	for (size_t i = 0; i < c->n_literals; i++) {
		c->mark_of[i] = ABSENT;
		for (size_t k = 0; k < n_provider_marks && c->mark_of[i] == ABSENT; k++)
			if (str_eq(c->literals[i], provider_marks[k].text))
				c->mark_of[i] = k;
	}
}

static void
build_rows(struct classifier *c)
{
	size_t n = count_rows();

	c->rows = xcalloc(n, sizeof(*c->rows));
	add_table(c, &signatures_provider, TIER_PROVIDER);
	add_table(c, &signatures_software, TIER_SOFTWARE);
	add_table(c, &signatures_code, TIER_CODE);
	add_table(c, &signatures_word, TIER_WORD);
	add_table(c, &signatures_last, TIER_LAST);
	link_rows(c);
	c->n_literals = n + n_provider_marks;
	c->literals = xcalloc(c->n_literals, sizeof(*c->literals));
	for (size_t i = 0; i < n; i++)
		c->literals[i] = str_of(c->rows[i].sig->needle);
	for (size_t i = 0; i < n_provider_marks; i++)
		c->literals[n + i] = provider_marks[i].text;
	link_marks(c);
	c->needles = needles_new(c->literals, c->n_literals);
	c->hits = xcalloc(c->n_literals, sizeof(*c->hits));
	for (size_t i = 0; i < c->n_literals; i++)
		c->hits[i] = (struct hit){ ABSENT, ABSENT, ABSENT };
	c->found = xcalloc(c->n_literals, sizeof(*c->found));
	c->candidates = xcalloc(n, sizeof(*c->candidates));
}

static char *
copy(struct str s)
{
	char *p = xmalloc(s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

static bool
add_own(struct own_row *to, const struct user_signature *from)
{
	char *ere = copy(from->text);
	bool good = memchr(ere, '\0', from->text.n) == NULL &&
		    regcomp(&to->ere, ere, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0;

	free(ere);
	if (!good)
		return false;
	to->id = copy(from->id);
	to->provider = copy(from->provider);
	to->code = from->code;
	to->enhanced = from->enhanced;
	to->mechanism = from->mechanism;
	return true;
}

struct classifier *
classifier_new(const struct user_signature *own, size_t n, size_t *bad)
{
	struct classifier *c = xcalloc(1, sizeof(*c));

	arena_init(&c->scratch, 0);
	c->cache = decision_cache_new();
	c->own = xcalloc(n + 1, sizeof(*c->own));
	for (; c->n_own < n; c->n_own++)
		if (!add_own(&c->own[c->n_own], &own[c->n_own])) {
			*bad = c->n_own;
			classifier_free(c);
			return NULL;
		}
	build_rows(c);
	return c;
}

void
classifier_free(struct classifier *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_own; i++) {
		regfree(&c->own[i].ere);
		free(c->own[i].id);
		free(c->own[i].provider);
	}
	for (size_t i = 0; i < c->n_rows; i++)
		if (c->rows[i].ere != NULL) {
			regfree(c->rows[i].ere);
			free(c->rows[i].ere);
		}
	decision_cache_free(c->cache);
	needles_free(c->needles);
	free(c->own);
	free(c->rows);
	free(c->literals);
	free(c->mark_of);
	free(c->hits);
	free(c->found);
	free(c->candidates);
	arena_free(&c->scratch);
	free(c);
}

static bool
ends_token(char c)
{
	return c == ' ' || c == '<' || c == '>' || c == '"' || c == '\'' || c == ',' || c == ';' ||
	       c == '[' || c == ']' || c == '(' || c == ')';
}

/* Mark URLs and addresses: what they spell is nobody's statement. */
static void
mark_inside(struct classifier *c)
{
	memset(c->inside, 0, c->text.n + 1);
	for (size_t i = 0, end; i < c->text.n; i = end + 1) {
		struct str token;
		bool url;

		for (end = i; end < c->text.n && !ends_token(c->text.p[end]); end++)
			;
		token = str_sub(c->text, i, end - i);
		url = reply_ifind(token, 0, STR("://")) < token.n ||
		      str_has_prefix(token, STR("www.")) || str_has_prefix(token, STR("//"));
		if (url || (token.n > 2 && str_find(token, 1, '@') < token.n - 1))
			memset(c->inside + i, 1, end - i);
	}
}

static void
set_text(struct classifier *c, struct str text)
{
	size_t n = text.n < MAX_REPLY_TEXT ? text.n : MAX_REPLY_TEXT;

	for (size_t i = 0; i < n; i++)
		c->lower[i] = text.p[i] == '\0' ? '?' : ascii_lower(text.p[i]);
	c->lower[n] = '\0';
	c->text = (struct str){ c->lower, n };
	mark_inside(c);
}

/* Bytes of which host names are made count as letters. */
static bool
in_host(struct str s, size_t i)
{
	char c = i < s.n ? s.p[i] : ' ';

	if (c == '.')
		return i + 1 < s.n && ascii_isalnum(s.p[i + 1]) && i > 0 &&
		       ascii_isalnum(s.p[i - 1]);
	return ascii_isalnum(c) || c == '-' || c == '_' || c == '@';
}

static void
on_found(void *ctx, size_t id, size_t end)
{
	struct classifier *c = ctx;
	struct str s = c->text;
	size_t from = end - c->literals[id].n;
	struct hit *h = &c->hits[id];

	if (from > 0 && ascii_isalnum(s.p[from]) && ascii_isalnum(s.p[from - 1]))
		return; /* the end of another word */
	if (end < s.n && ascii_isalnum(s.p[end]) && signature_ends_in_name(c->literals[id]))
		return; /* the start of one */
	if (h->any == ABSENT) {
		h->any = end;
		c->found[c->n_found++] = id;
	}
	if (c->inside[from] || c->inside[end - 1])
		return;
	if (h->prose == ABSENT)
		h->prose = end;
	if (h->word == ABSENT && !in_host(s, end) && (from == 0 || !in_host(s, from - 1)))
		h->word = end;
}

static void
scan(struct classifier *c)
{
	for (size_t i = 0; i < c->n_found; i++)
		c->hits[c->found[i]] = (struct hit){ ABSENT, ABSENT, ABSENT };
	c->n_found = 0;
	needles_scan(c->needles, c->text, on_found, c);
}

static size_t
place_of(const struct classifier *c, size_t literal, const struct signature *s)
{
	const struct hit *h = &c->hits[literal];

	if ((s->flags & SIG_WORD) != 0)
		return h->word;
	return signature_is_technical(s->needle) ? h->any : h->prose;
}

static bool
is_whole(struct str text, const char *needle)
{
	while (text.n > 0 && strchr(" .!", text.p[text.n - 1]) != NULL)
		text.n--;
	return str_eq(text, str_of(needle));
}

static bool
ere_fits(struct classifier *c, struct row *r)
{
	if (r->ere == NULL) {
		r->ere = xcalloc(1, sizeof(*r->ere));
		if (regcomp(r->ere, r->sig->ere, REG_EXTENDED | REG_NOSUB) != 0)
			abort(); /* a row of ours; the test of samples meets each */
	}
	return regexec(r->ere, c->lower, 0, NULL, 0) == 0;
}

static bool
stands_behind(const struct classifier *c, size_t end, struct str then)
{
	struct str s = str_sub(c->text, 0, end + MAX_BETWEEN + then.n);
	bool name = signature_ends_in_name(then);

	for (size_t at = end; (at += reply_ifind(str_sub(s, at, s.n), 0, then)) < s.n; at++) {
		size_t to = at + then.n;

		if (!name || (!c->inside[at] && !in_host(c->text, to) &&
				 (at == 0 || !in_host(c->text, at - 1))))
			return true;
	}
	return false;
}

static bool
words_fit(struct classifier *c, struct row *r, size_t literal)
{
	const struct signature *s = r->sig;
	size_t end = place_of(c, literal, s);

	if (end == ABSENT)
		return false;
	if ((s->flags & SIG_START) != 0 && end != strlen(s->needle))
		return false;
	if ((s->flags & SIG_ALL) != 0 && !is_whole(c->text, s->needle))
		return false;
	if (s->then != NULL && !stands_behind(c, end, str_of(s->then)))
		return false;
	if (s->without != NULL && strstr(c->lower, s->without) != NULL)
		return false;
	return s->ere == NULL || ere_fits(c, r);
}

static enum confidence
confidence_of(const struct row *r, const struct refusal *q, bool coded)
{
	bool sure = coded || r->sig->codes == NULL;
	enum confidence k = CONFIDENCE_LOW;

	if (r->tier == TIER_PROVIDER)
		k = sure && strcmp(r->sig->provider, q->provider) == 0 ? CONFIDENCE_HIGH
								       : CONFIDENCE_MEDIUM;
	else if (r->tier == TIER_SOFTWARE)
		k = sure && coded ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	if (signature_phase_fit(r->sig->mechanism, q->phase) == FIT_DOUBTFUL && k > CONFIDENCE_LOW)
		k--;
	return k;
}

/* Whether row R fits, whose literal has index LITERAL; its decision into OUT. */
static bool
try_row(struct classifier *c, struct row *r, size_t literal, const struct refusal *q,
    struct decision *out)
{
	const struct signature *s = r->sig;
	bool coded = signature_codes_fit(s->codes, q);

	if (!coded && (s->needle == NULL || (s->flags & SIG_CODE) != 0))
		return false;
	if ((s->flags & SIG_ONLY) != 0 && strcmp(s->provider, q->provider) != 0)
		return false;
	if (signature_phase_fit(s->mechanism, q->phase) == FIT_NO)
		return false;
	if (s->needle != NULL && !words_fit(c, r, literal))
		return false;
	*out = (struct decision){ s, confidence_of(r, q, coded) };
	return true;
}

static int
by_row(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

/* The rows whose literal was found, in the order of the tables. */
static void
collect(struct classifier *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_found; i++)
		if (c->found[i] < c->n_rows)
			for (size_t r = c->found[i]; r != ABSENT; r = c->rows[r].next)
				c->candidates[n++] = r;
	qsort(c->candidates, n, sizeof(*c->candidates), by_row);
	c->n_candidates = n;
}

/* The index under which the literal of row R was found: the first row with it. */
static size_t
literal_of(const struct classifier *c, size_t r)
{
	for (size_t i = 0; i < c->n_found; i++)
		if (c->found[i] < c->n_rows && str_eq(c->literals[c->found[i]], c->literals[r]))
			return c->found[i];
	return r;
}

static bool
try_candidates(struct classifier *c, enum signature_tier tier, bool known, const struct refusal *q,
    struct decision *out)
{
	for (size_t i = 0; i < c->n_candidates; i++) {
		struct row *r = &c->rows[c->candidates[i]];

		if (r->tier != tier)
			continue;
		if (known && strcmp(r->sig->provider, q->provider) != 0)
			continue;
		if (try_row(c, r, literal_of(c, c->candidates[i]), q, out))
			return true;
	}
	return false;
}

static bool
try_codes(
    struct classifier *c, enum signature_tier tier, const struct refusal *q, struct decision *out)
{
	for (size_t i = 0; i < c->n_rows; i++)
		if (c->rows[i].tier == tier && c->rows[i].sig->needle == NULL &&
		    try_row(c, &c->rows[i], 0, q, out))
			return true;
	return false;
}

static void
decide(struct classifier *c, const struct refusal *q, struct decision *out)
{
	collect(c);
	*out = (struct decision){ NULL, CONFIDENCE_LOW };
	if (q->provider[0] != '\0' && try_candidates(c, TIER_PROVIDER, true, q, out))
		return;
	if (try_candidates(c, TIER_PROVIDER, false, q, out) ||
	    try_candidates(c, TIER_SOFTWARE, false, q, out) || try_codes(c, TIER_CODE, q, out) ||
	    try_candidates(c, TIER_WORD, false, q, out))
		return;
	(void)try_codes(c, TIER_LAST, q, out);
}

static void
decide_cached(struct classifier *c, const struct refusal *q, struct decision *out)
{
	struct str key = decision_key(&c->scratch, q, c->text, c->found, c->n_found);

	if (key.n > 0 && decision_cache_find(c->cache, key, out))
		return;
	decide(c, q, out);
	if (key.n > 0)
		decision_cache_keep(c->cache, key, out);
}

/* The first mark that was found, in the order of their table; "" = none. */
static const char *
marked_provider(const struct classifier *c)
{
	size_t best = n_provider_marks;

	for (size_t i = 0; i < c->n_found; i++) {
		size_t mark = c->mark_of[c->found[i]];

		if (mark < best)
			best = mark;
	}
	return best < n_provider_marks ? provider_marks[best].provider : "";
}

static const char *
find_provider(const struct classifier *c, const struct reply *r, const struct classify_context *x)
{
	const char *p = provider_of_host(x->relay_host);

	if (p[0] == '\0')
		p = provider_of_host(r->host);
	if (p[0] == '\0')
		p = marked_provider(c);
	if (p[0] == '\0' && x->relay_host.n == 0 && r->host.n == 0)
		p = provider_of_domain(x->recipient_domain);
	return p;
}

static bool
own_row(struct classifier *c, const struct refusal *q, struct classified *out)
{
	for (size_t i = 0; i < c->n_own; i++) {
		struct own_row *o = &c->own[i];

		if ((o->code != 0 && o->code != q->code) ||
		    (o->enhanced.class != 0 && (o->enhanced.class != q->enhanced.class ||
						   o->enhanced.subject != q->enhanced.subject ||
						   o->enhanced.detail != q->enhanced.detail)) ||
		    (o->provider[0] != '\0' && strcmp(o->provider, q->provider) != 0) ||
		    regexec(&o->ere, c->lower, 0, NULL, 0) != 0)
			continue;
		out->mechanism = o->mechanism;
		out->confidence = CONFIDENCE_HIGH;
		out->signature = o->id;
		return true;
	}
	return false;
}

static bool
is_permanent(const struct reply *r, const struct classify_context *x)
{
	if (r->code != 0)
		return r->code >= 500;
	return (r->enhanced.class != 0 ? r->enhanced.class : x->local.class) == 5;
}

/* Nothing was said, or what was said is no refusal. */
static bool
is_no_failure(const struct reply *r, const struct classify_context *x)
{
	if (r->code != 0)
		return r->code < 400;
	if (r->enhanced.class != 0)
		return r->enhanced.class == 2;
	return x->local.class == 2 || (x->local.class == 0 && r->text.n == 0);
}

void
classify(struct classifier *c, const struct reply *r, const struct classify_context *x,
    struct classified *out)
{
	struct refusal q = { .code = r->code,
		.enhanced = r->enhanced,
		.phase = x->phase != PHASE_UNKNOWN ? x->phase : r->phase };
	struct decision d;

	*out = (struct classified){ .provider = "", .signature = "" };
	arena_reset(&c->scratch);
	set_text(c, r->text);
	scan(c);
	q.provider = out->provider = find_provider(c, r, x);
	if (is_no_failure(r, x))
		return;
	if (r->code == 0 && r->enhanced.class == 0)
		q.enhanced = x->local;
	out->permanent = is_permanent(r, x);
	if (own_row(c, &q, out)) {
		lift(r, c->text, out->mechanism, IDENTITY_NONE, &out->lifted);
		return;
	}
	decide_cached(c, &q, &d);
	out->mechanism = d.sig == NULL ? MECH_OTHER : d.sig->mechanism;
	out->confidence = d.confidence;
	out->signature = d.sig == NULL ? "" : d.sig->id;
	lift(r, c->text, out->mechanism, d.sig == NULL ? IDENTITY_NONE : d.sig->identity,
	    &out->lifted);
}
