/* SPDX-License-Identifier: ISC */
/*
 * factors.c - batch greatest common divisors.
 *
 * The tree holds products: leaves are the moduli, the root is the product of
 * all.  On the way down each node gets the product of all moduli that are not
 * below it, modulo its own product; a leaf then knows what it has in common
 * with all others together.  OpenSSL divides as one does on paper, which would
 * take minutes here, but multiplies well: so a remainder is taken by
 * multiplying with a reciprocal (Barrett), and that is found by Newton's steps.
 */
#include "audit/fleet/factors.h"
#include <stdlib.h>
#include "checks/core/arena.h"

#define PLAIN_BITS 8192    /* up to here division on paper is as fast */
#define WORD 64            /* bits of a word of a BIGNUM; on 32-bit machines two of them */
#define FEW_WORDS 64       /* up to here OpenSSL's plain multiplication is as fast */
#define MAX_CORRECTIONS 16 /* a reciprocal is off by a few units at most */

static bool multiply(BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx);

struct node {
	BIGNUM *product;
	struct node *left, *right; /* NULL in a leaf */
	size_t leaf;               /* number of the modulus */
};

/* R = A * B by pieces of A that are as long as B, the shorter one. */
static bool
multiply_pieces(BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx)
{
	int k = (BN_num_bits(b) + WORD - 1) / WORD * WORD, at = BN_num_bits(a) / k * k;
	BIGNUM *part, *sum;
	bool ok = false;

	BN_CTX_start(ctx);
	part = BN_CTX_get(ctx);
	sum = BN_CTX_get(ctx);
	if (sum == NULL)
		goto out;
	for (BN_zero(sum); at >= 0; at -= k) {
		if (!BN_rshift(part, a, at) || (BN_num_bits(part) > k && !BN_mask_bits(part, k)) ||
		    !multiply(part, part, b, ctx) || !BN_lshift(sum, sum, k) ||
		    !BN_add(sum, sum, part))
			goto out;
	}
	ok = BN_copy(r, sum) != NULL;
out:
	BN_CTX_end(ctx);
	return ok;
}

/*
 * R = A * B.  OpenSSL multiplies fast (Karatsuba) only where both have the same
 * number of words, so the shorter one is moved up to the longer one's, or the
 * longer one is cut.  Calls itself, by way of the pieces, with operands of
 * which the longer is no longer than B.
 */
static bool
multiply(BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx)
{
	const BIGNUM *longer = BN_num_bits(a) >= BN_num_bits(b) ? a : b;
	const BIGNUM *shorter = longer == a ? b : a;
	int words = (BN_num_bits(longer) + WORD - 1) / WORD;
	int more = words - (BN_num_bits(shorter) + WORD - 1) / WORD;
	BIGNUM *t;
	bool ok;

	if (more <= 1 || words - more <= FEW_WORDS)
		return BN_mul(r, a, b, ctx) == 1;
	if (more > words / 3)
		return multiply_pieces(r, longer, shorter, ctx);
	BN_CTX_start(ctx);
	t = BN_CTX_get(ctx);
	ok = t != NULL && BN_lshift(t, shorter, more * WORD) && BN_mul(r, longer, t, ctx) &&
	     BN_rshift(r, r, more * WORD);
	BN_CTX_end(ctx);
	return ok;
}

/* X = about 2^(2K) / N, where K are the bits of N. */
static bool
reciprocal(BIGNUM *x, const BIGNUM *n, BN_CTX *ctx)
{
	int k = BN_num_bits(n), half = k / 2 + 8;
	BIGNUM *t;
	bool ok = false;

	BN_CTX_start(ctx);
	if ((t = BN_CTX_get(ctx)) == NULL)
		goto out;
	if (k <= PLAIN_BITS) {
		ok = BN_set_word(t, 1) && BN_lshift(t, t, 2 * k) && BN_div(x, NULL, t, n, ctx);
		goto out;
	}
	/* Half of the digits from half of N, then 2x - nx^2 has all of them. */
	ok = BN_rshift(t, n, k - half) && reciprocal(x, t, ctx) && BN_lshift(x, x, k - half) &&
	     BN_rshift(t, x, k - half) && BN_sqr(t, t, ctx) && multiply(t, t, n, ctx) &&
	     BN_rshift(t, t, 2 * half) && BN_lshift1(x, x) && BN_sub(x, x, t);
out:
	BN_CTX_end(ctx);
	return ok;
}

/* R = A mod N for A of at most twice the bits of N, by X, the reciprocal of N. */
static bool
reduce(BIGNUM *r, const BIGNUM *a, const BIGNUM *n, const BIGNUM *x, BN_CTX *ctx)
{
	int k = BN_num_bits(n);
	BIGNUM *q;
	bool ok = false;

	BN_CTX_start(ctx);
	if ((q = BN_CTX_get(ctx)) == NULL || !BN_rshift(q, a, k - 1) || !multiply(q, q, x, ctx) ||
	    !BN_rshift(q, q, k + 1) || !multiply(q, q, n, ctx) || !BN_sub(r, a, q))
		goto out;
	for (int i = 0; i < MAX_CORRECTIONS; i++) {
		if (!BN_is_negative(r) && BN_ucmp(r, n) < 0)
			break;
		if (!(BN_is_negative(r) ? BN_add(r, r, n) : BN_sub(r, r, n)))
			goto out;
	}
	ok = (!BN_is_negative(r) && BN_ucmp(r, n) < 0) || BN_nnmod(r, r, n, ctx);
out:
	BN_CTX_end(ctx);
	return ok;
}

/* R = A mod N, A not negative: in pieces of the bits of N from the top. */
static bool
remainder_of(BIGNUM *r, const BIGNUM *a, const BIGNUM *n, const BIGNUM *x, BN_CTX *ctx)
{
	int k = BN_num_bits(n), at = BN_num_bits(a) / k * k;
	BIGNUM *part, *sum;
	bool ok = false;

	if (BN_ucmp(a, n) < 0)
		return BN_copy(r, a) != NULL;
	if (k <= PLAIN_BITS)
		return BN_nnmod(r, a, n, ctx) == 1;
	if (BN_num_bits(a) <= 2 * k)
		return reduce(r, a, n, x, ctx);
	BN_CTX_start(ctx);
	part = BN_CTX_get(ctx);
	sum = BN_CTX_get(ctx);
	if (sum == NULL)
		goto out;
	for (BN_zero(sum); at >= 0; at -= k) {
		if (!BN_rshift(part, a, at) || (BN_num_bits(part) > k && !BN_mask_bits(part, k)) ||
		    !BN_lshift(sum, sum, k) || !BN_add(sum, sum, part) ||
		    !reduce(sum, sum, n, x, ctx))
			goto out;
	}
	ok = BN_copy(r, sum) != NULL;
out:
	BN_CTX_end(ctx);
	return ok;
}

static void
tree_free(struct node *t)
{
	if (t == NULL)
		return;
	tree_free(t->left);
	tree_free(t->right);
	BN_free(t->product);
	free(t);
}

/* The tree over the moduli ORDER[0..N) of V; its depth is the logarithm of N. NULL = no memory. */
static struct node *
tree_new(BIGNUM *const *v, const size_t *order, size_t n, BN_CTX *ctx)
{
	struct node *t = xcalloc(1, sizeof(*t));

	if (n == 1) {
		t->leaf = order[0];
		t->product = BN_dup(v[order[0]]);
	} else {
		t->left = tree_new(v, order, n / 2, ctx);
		t->right = tree_new(v, order + n / 2, n - n / 2, ctx);
		t->product = BN_new();
		if (t->left == NULL || t->right == NULL ||
		    (t->product != NULL &&
			!multiply(t->product, t->left->product, t->right->product, ctx))) {
			BN_free(t->product);
			t->product = NULL;
		}
	}
	if (t->product != NULL)
		return t;
	tree_free(t);
	return NULL;
}

/* OUT = OUTSIDE * SIDE mod the product of T. */
static bool
step(BIGNUM *out, const BIGNUM *outside, const BIGNUM *side, const struct node *t, BN_CTX *ctx)
{
	BIGNUM *x, *a;
	bool ok = false;

	BN_CTX_start(ctx);
	x = BN_CTX_get(ctx);
	a = BN_CTX_get(ctx);
	if (a == NULL ||
	    (BN_num_bits(t->product) > PLAIN_BITS && !reciprocal(x, t->product, ctx)) ||
	    !remainder_of(out, outside, t->product, x, ctx) ||
	    !remainder_of(a, side, t->product, x, ctx) || !multiply(out, out, a, ctx) ||
	    !remainder_of(out, out, t->product, x, ctx))
		goto out;
	ok = true;
out:
	BN_CTX_end(ctx);
	return ok;
}

/* Go down from T with OUTSIDE, the product of all that is not below it; fill COMMON at leaves. */
static bool
go_down(const struct node *t, const BIGNUM *outside, BIGNUM **common, BN_CTX *ctx)
{
	BIGNUM *next;
	bool ok;

	if (t->left == NULL) {
		common[t->leaf] = BN_dup(outside);
		return common[t->leaf] != NULL;
	}
	if ((next = BN_new()) == NULL)
		return false;
	ok = step(next, outside, t->right->product, t->left, ctx) &&
	     go_down(t->left, next, common, ctx) &&
	     step(next, outside, t->left->product, t->right, ctx) &&
	     go_down(t->right, next, common, ctx);
	BN_free(next);
	return ok;
}

/*
 * G = what A, below N, and N have in common.  Euclid by remainders: OpenSSL's own
 * function hides how long it takes, for secrets, and takes ten times as long.
 */
static bool
common_of(BIGNUM *g, const BIGNUM *a, const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *b;
	bool ok = false;

	BN_CTX_start(ctx);
	if ((b = BN_CTX_get(ctx)) == NULL || BN_copy(g, n) == NULL || BN_copy(b, a) == NULL)
		goto out;
	while (!BN_is_zero(b)) {
		if (!BN_mod(g, g, b, ctx))
			goto out;
		BN_swap(g, b);
	}
	ok = true;
out:
	BN_CTX_end(ctx);
	return ok;
}

/* Each COMMON[i] becomes what V[i] has in common with the rest. */
static bool
to_divisors(BIGNUM *const *v, BIGNUM **common, size_t n, BN_CTX *ctx)
{
	BIGNUM *g = BN_new();
	bool ok = g != NULL;

	for (size_t i = 0; i < n && ok; i++) {
		ok = common_of(g, common[i], v[i], ctx);
		BN_swap(g, common[i]);
	}
	BN_free(g);
	return ok;
}

/*
 * Whether A and B share a factor into *SHARED that breaks both.  Who publishes a
 * multiple of somebody's modulus breaks his own key and no other.
 */
static bool
share(const BIGNUM *a, const BIGNUM *b, bool *shared, BN_CTX *ctx)
{
	BIGNUM *g, *rest;
	bool ok = false;

	BN_CTX_start(ctx);
	g = BN_CTX_get(ctx);
	rest = BN_CTX_get(ctx);
	if (rest == NULL || !BN_nnmod(rest, a, b, ctx) || !common_of(g, rest, b, ctx))
		goto out;
	*shared = !BN_is_one(g) && BN_ucmp(g, a) < 0 && BN_ucmp(g, b) < 0;
	ok = true;
out:
	BN_CTX_end(ctx);
	return ok;
}

/*
 * Take out who stands alone in its group and was compared with all: what it has in
 * common is a modulus as a whole, which breaks nobody.
 */
static void
drop_lone(size_t *group, size_t n)
{
	size_t *members = xcalloc(n + 1, sizeof(*members));

	for (size_t i = 0; i < n; i++)
		members[group[i]]++;
	for (size_t i = 0; i < n; i++)
		if (members[group[i]] == 1)
			group[i] = 0;
	free(members);
}

/*
 * Numbers for the keys whose divisor COMMON is not 1.  The same divisor is the
 * same prime, mostly; keys of which both primes are shared, or that are broken in
 * other ways, are compared one by one, as long as there are not too many.
 */
static bool
number_groups(BIGNUM *const *v, BIGNUM *const *common, size_t n, size_t *group, BN_CTX *ctx)
{
	size_t *found = xcalloc(n, sizeof(*found)), n_found = 0, pairs = 0;
	bool ok = true;

	for (size_t i = 0; i < n && ok; i++) {
		bool shared = false;

		if (BN_is_one(common[i]))
			continue;
		for (size_t k = 0; k < n_found && group[i] == 0; k++)
			if (BN_ucmp(common[i], common[found[k]]) == 0 &&
			    BN_ucmp(common[i], v[i]) < 0 && BN_ucmp(common[i], v[found[k]]) < 0)
				group[i] = group[found[k]];
		for (size_t k = 0; k < n_found && ok && group[i] == 0; k++) {
			if (pairs++ >= MAX_FACTORS_PAIRS)
				break;
			ok = share(v[i], v[found[k]], &shared, ctx);
			if (shared)
				group[i] = group[found[k]];
		}
		if (group[i] == 0)
			group[i] = i + 1;
		found[n_found++] = i;
	}
	if (pairs < MAX_FACTORS_PAIRS)
		drop_lone(group, n);
	free(found);
	return ok;
}

/* The order of V by bits, so that the two sides of a node are of about the same size. */
struct sized {
	size_t at;
	int bits;
};

static int
sized_cmp(const void *pa, const void *pb)
{
	const struct sized *a = pa, *b = pb;

	if (a->bits != b->bits)
		return a->bits < b->bits ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static size_t *
order_of(BIGNUM *const *v, size_t n)
{
	struct sized *s = xcalloc(n, sizeof(*s));
	size_t *order = xcalloc(n, sizeof(*order));

	for (size_t i = 0; i < n; i++)
		s[i] = (struct sized){ .at = i, .bits = BN_num_bits(v[i]) };
	qsort(s, n, sizeof(*s), sized_cmp);
	for (size_t i = 0; i < n; i++)
		order[i] = s[i].at;
	free(s);
	return order;
}

/* What each of V has in common with the rest, into COMMON. */
static bool
all_common(BIGNUM *const *v, size_t n, BIGNUM **common, BN_CTX *ctx)
{
	size_t *order = order_of(v, n);
	struct node *tree = tree_new(v, order, n, ctx);
	bool ok = tree != NULL && go_down(tree, BN_value_one(), common, ctx);

	tree_free(tree);
	free(order);
	return ok && to_divisors(v, common, n, ctx);
}

bool
factors_shared(BIGNUM *const *v, size_t n, size_t *group)
{
	BN_CTX *ctx;
	BIGNUM **common;
	size_t bits = 0;
	bool ok;

	for (size_t i = 0; i < n; i++) {
		bits += (size_t)BN_num_bits(v[i]);
		group[i] = 0;
	}
	if (n < 2 || bits > MAX_FACTORS_BITS)
		return n < 2;
	ctx = BN_CTX_new();
	common = xcalloc(n, sizeof(*common));
	ok =
	    ctx != NULL && all_common(v, n, common, ctx) && number_groups(v, common, n, group, ctx);
	for (size_t i = 0; i < n; i++) {
		BN_free(common[i]);
		if (!ok)
			group[i] = 0;
	}
	free(common);
	BN_CTX_free(ctx);
	return ok;
}
