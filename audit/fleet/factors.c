/* SPDX-License-Identifier: ISC */
/*
 * factors.c - batch greatest common divisors, by GMP.
 *
 * The tree holds products: leaves are the moduli, the root is the product P of
 * all.  With them goes up the sum of P/n over all moduli n, which is P' when P
 * is derived as a product is.  P' modulo n is P/n modulo n, for n divides each of
 * the other terms: so P' goes down the tree, at each node modulo its product, and
 * a leaf learns what it has in common with all others together.
 */
#include "audit/fleet/factors.h"
#include <stdlib.h>
#include <gmp.h>
#include "audit/fleet/tally.h"
#include "checks/core/arena.h"

struct modulus {
	mpz_t n, common; /* itself; what it has in common with the rest */
};

struct node {
	mpz_t product;
	struct node *left, *right; /* NULL in a leaf */
	struct modulus *leaf;
};

static void
tree_free(struct node *t)
{
	if (t == NULL)
		return;
	tree_free(t->left);
	tree_free(t->right);
	mpz_clear(t->product);
	free(t);
}

/* The tree over M[0..N), N > 0, and its P' into SUM; its depth is the logarithm of N. */
static struct node *
tree_new(struct modulus *m, size_t n, mpz_t sum)
{
	struct node *t = xcalloc(1, sizeof(*t));
	mpz_t right;

	if (n == 1) {
		t->leaf = m;
		mpz_init_set(t->product, m->n);
		mpz_set_ui(sum, 1);
		return t;
	}
	mpz_init(right);
	mpz_init(t->product);
	t->left = tree_new(m, n / 2, sum);
	t->right = tree_new(m + n / 2, n - n / 2, right);
	mpz_mul(t->product, t->left->product, t->right->product);
	mpz_mul(sum, sum, t->right->product);
	mpz_mul(right, right, t->left->product);
	mpz_add(sum, sum, right);
	mpz_clear(right);
	return t;
}

/* Go down from T with SUM, which is P' modulo some multiple of its product. */
static void
go_down(const struct node *t, const mpz_t sum)
{
	mpz_t rest;

	mpz_init(rest);
	mpz_tdiv_r(rest, sum, t->product);
	if (t->leaf != NULL) {
		mpz_gcd(t->leaf->common, rest, t->leaf->n);
	} else {
		go_down(t->left, rest);
		go_down(t->right, rest);
	}
	mpz_clear(rest);
}

/*
 * Whether A and B share a factor that breaks both.  Who publishes a multiple of
 * somebody's modulus breaks his own key and no other.
 */
static bool
share(const mpz_t a, const mpz_t b)
{
	bool shared;
	mpz_t g;

	mpz_init(g);
	mpz_gcd(g, a, b);
	shared = mpz_cmp_ui(g, 1) != 0 && mpz_cmp(g, a) < 0 && mpz_cmp(g, b) < 0;
	mpz_clear(g);
	return shared;
}

static bool
is_whole(const struct modulus *m)
{
	return mpz_cmp(m->common, m->n) >= 0;
}

/*
 * Take out who stands alone in its group and was compared with all: what it has in
 * common is a modulus as a whole, which breaks nobody.  When not ALL were compared that
 * is left open, for anybody can publish multiples; false when it was for one.
 */
static bool
drop_lone(const struct modulus *m, size_t *group, size_t n, bool all)
{
	size_t *members = xcalloc(n + 1, sizeof(*members));
	bool sure = true;

	for (size_t i = 0; i < n; i++)
		members[group[i]]++;
	for (size_t i = 0; i < n; i++)
		if (group[i] != 0 && members[group[i]] == 1 && (all || is_whole(&m[i]))) {
			group[i] = 0;
			sure = all;
		}
	free(members);
	return sure;
}

/* The number in SEEN of what M has in common, when that is a part of M; else TALLY_FULL. */
static size_t
divisor_number(struct tally *seen, const struct modulus *m)
{
	size_t n, i;
	void *bytes;

	if (is_whole(m))
		return TALLY_FULL;
	bytes = mpz_export(NULL, &n, 1, 1, 1, 0, m->common);
	i = tally_number(seen, (struct str){ bytes, n });
	free(bytes);
	return i;
}

/*
 * Numbers for the keys whose divisor is not 1.  The same divisor is the same
 * prime, mostly; keys of which both primes are shared, or that are broken in
 * other ways, are compared one by one, as long as there are not too many.  False when
 * there were, and one was left out.
 */
static bool
number_groups(const struct modulus *m, size_t n, size_t *group)
{
	size_t *found = xcalloc(n, sizeof(*found)), n_found = 0, pairs = 0;
	size_t *first = xcalloc(n, sizeof(*first)); /* group of a divisor, by number */
	struct tally seen;
	bool sure;

	tally_init(&seen);
	for (size_t i = 0; i < n; i++) {
		size_t number;

		if (mpz_cmp_ui(m[i].common, 1) == 0)
			continue;
		number = divisor_number(&seen, &m[i]);
		if (number != TALLY_FULL)
			group[i] = first[number];
		for (size_t k = 0; k < n_found && group[i] == 0; k++) {
			if (pairs++ >= MAX_FACTORS_PAIRS)
				break;
			if (share(m[i].n, m[found[k]].n))
				group[i] = group[found[k]];
		}
		if (group[i] == 0)
			group[i] = i + 1;
		if (number != TALLY_FULL && first[number] == 0)
			first[number] = group[i];
		found[n_found++] = i;
	}
	sure = drop_lone(m, group, n, pairs < MAX_FACTORS_PAIRS);
	tally_free(&seen);
	free(first);
	free(found);
	return sure;
}

/* Whether the moduli V can be compared: there are not too many, and none is 0. */
static bool
is_bounded(const struct str *v, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		size_t zeros = 0;

		while (zeros < v[i].n && v[i].p[zeros] == '\0')
			zeros++;
		if (zeros == v[i].n || v[i].n > MAX_FACTORS_BITS / 8 - bytes)
			return false;
		bytes += v[i].n;
	}
	return true;
}

bool
factors_shared(const struct str *v, size_t n, size_t *group)
{
	struct modulus *m;
	struct node *tree;
	mpz_t sum;
	bool sure;

	for (size_t i = 0; i < n; i++)
		group[i] = 0;
	if (n < 2 || !is_bounded(v, n))
		return n < 2;
	m = xcalloc(n, sizeof(*m));
	for (size_t i = 0; i < n; i++) {
		mpz_init(m[i].common);
		mpz_init(m[i].n);
		mpz_import(m[i].n, v[i].n, 1, 1, 1, 0, v[i].p);
	}
	mpz_init(sum);
	tree = tree_new(m, n, sum);
	go_down(tree, sum);
	mpz_clear(sum);
	tree_free(tree);
	sure = number_groups(m, n, group);
	for (size_t i = 0; i < n; i++) {
		mpz_clear(m[i].n);
		mpz_clear(m[i].common);
	}
	free(m);
	return sure;
}
