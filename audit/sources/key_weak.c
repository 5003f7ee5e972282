/* SPDX-License-Identifier: ISC */
/*
 * key_weak.c - RSA moduli that can be broken at once.
 */
#include "audit/sources/key_weak.h"

#include <assert.h>
#include <string.h>

#define MAX_SMALL_FACTOR 2000 /* trial division up to here: some 300 primes */
#define FERMAT_ROUNDS 100     /* primes that differ in their lower half fall in the first rounds */
#define ROCA_LAST_PRIME 167   /* the primes whose product the faulty chips used: 3 to 167 */

/* Two more for the square of a number just above a root, and one to count it below 0. */
#define MAX_DIGITS (MAX_WEAK_BITS / 32 + 3)

/* Remainders modulo this tell all but one in 300 numbers from squares. */
#define SIEVE (16u * 9 * 5 * 7 * 11 * 13 * 17 * 19)

static bool
is_small_prime(unsigned n)
{
	if (n < 2)
		return false;
	for (unsigned d = 2; d * d <= n; d++)
		if (n % d == 0)
			return false;
	return true;
}

/* A number: pairs of digits of 32 bits, the lowest first. */
struct number {
	uint32_t d[MAX_DIGITS];
	size_t n;
};

/*
 * Division without division: modulo 2^64 an odd M has an inverse, with which the
 * words of a number are done away one by one from the lowest, a multiple of M being
 * taken off each time.  What is left over, times a power of 2^64, is minus the number
 * modulo M: so a prime of the product M divides the number if it divides that.
 *
 * The words of N itself are added up first, each times its weight, the power of 2^64
 * that it stands for modulo M: two words are left of that to be done away.
 */
#define MAX_WORDS (MAX_WEAK_BITS / 64)
#define MAX_MODULI 64 /* products below 2^56: five primes at least in all but the last */
#define MAX_PRIMES 16 /* of one modulus: 3 to 53 */

struct prime {
	uint64_t inverse, most; /* X is a multiple if X * INVERSE is no more than MOST */
};

struct modulus {
	uint64_t product, inverse;
	uint64_t weights[MAX_WORDS]; /* 2^0, 2^-64, 2^-128 ...: of the words from the highest on */
	struct prime primes[MAX_PRIMES];
	size_t n;
};

_Static_assert(MAX_WORDS <= 1 << 7, "their sum has 56, 64 and 7 bits");

static struct modulus moduli[MAX_MODULI];
static size_t n_moduli;

/* The inverse of the odd M modulo 2^64; each round doubles the bits that are right. */
static uint64_t
inverse_of(uint64_t m)
{
	uint64_t x = m; /* three of them */

	for (int i = 0; i < 5; i++)
		x *= 2 - m * x;
	return x;
}

/* A times B: the upper half, and the lower one into *LOW. */
static inline uint64_t
multiply(uint64_t a, uint64_t b, uint64_t *low)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 all = (unsigned __int128)a * b;

	*low = (uint64_t)all;
	return (uint64_t)(all >> 64);
#else
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t mid = a1 * b0 + (a0 * b0 >> 32), below = a0 * b1 + (uint32_t)mid;

	*low = a * b;
	return a1 * b1 + (mid >> 32) + (below >> 32);
#endif
}

/* REST, what is left of the words before, and WORD: what is left by M. */
static uint64_t
rest_on(uint64_t rest, uint64_t word, const struct modulus *m)
{
	uint64_t low;

	return multiply((word - rest) * m->inverse, m->product, &low) + (word < rest);
}

static void
fill_moduli(void)
{
	struct modulus *m = moduli;

	m->product = 1;
	for (unsigned p = 3; p < MAX_SMALL_FACTOR; p += 2) {
		if (!is_small_prime(p))
			continue;
		if (m->product > (UINT64_MAX >> 8) / p || m->n == MAX_PRIMES) {
			m++;
			assert(m < moduli + MAX_MODULI);
			m->product = 1;
		}
		m->product *= p;
		m->primes[m->n++] =
		    (struct prime){ .inverse = inverse_of(p), .most = UINT64_MAX / p };
	}
	n_moduli = (size_t)(m - moduli) + 1;
	for (m = moduli; m < moduli + n_moduli; m++) {
		m->inverse = inverse_of(m->product);
		m->weights[0] = 1;
		for (size_t i = 1; i < MAX_WORDS; i++)
			m->weights[i] = m->product - rest_on(0, m->weights[i - 1], m);
	}
}

/* What is left of N by M. */
static uint64_t
rest_by(const struct number *n, const struct modulus *m)
{
	uint64_t low = 0, high = 0, part;

	for (size_t i = 0; i < n->n / 2; i++) {
		const uint32_t *d = n->d + n->n - 2 * i - 2;

		high += multiply((uint64_t)d[1] << 32 | d[0], m->weights[i], &part);
		low += part;
		high += low < part;
	}
	return rest_on(rest_on(0, low, m), high, m);
}

/* Whether a prime below MAX_SMALL_FACTOR divides N, which is larger than any of them. */
static bool
has_small_factor(const struct number *n)
{
	if (n_moduli == 0)
		fill_moduli();
	for (const struct modulus *m = moduli; m < moduli + n_moduli; m++) {
		uint64_t rest = rest_by(n, m);

		for (size_t i = 0; i < m->n; i++)
			if (rest * m->primes[i].inverse <= m->primes[i].most)
				return true;
	}
	return false;
}

/* Whether REST is a power of 65537 modulo the prime P. */
static bool
is_power(unsigned rest, unsigned p)
{
	unsigned x = 1;

	for (unsigned i = 0; i < p; i++) {
		if (x == rest)
			return true;
		x = x * (65537u % p) % p;
	}
	return false;
}

/* What N leaves modulo M. */
static uint32_t
rest_of(const struct number *n, uint32_t m)
{
	uint64_t rest = 0;

	for (size_t i = n->n; i-- > 0;)
		rest = (rest << 32 | n->d[i]) % m;
	return (uint32_t)rest;
}

/*
 * CVE-2017-15361: the chips took primes k*M + (65537^a mod M), M the product of
 * small primes, so the modulus is a power of 65537 modulo each of them.  A
 * sound modulus passes by chance once in some 2^27 times.  REST is what N leaves
 * modulo SIEVE, which the first of those primes divide.
 */
static bool
is_roca(const struct number *n, uint32_t rest)
{
	for (unsigned p = 3; p <= ROCA_LAST_PRIME; p += 2)
		if (is_small_prime(p) && !is_power(SIEVE % p == 0 ? rest % p : rest_of(n, p), p))
			return false;
	return true;
}

/* X without the pairs of digits at its upper end that are 0. */
static void
trim(struct number *x)
{
	while (x->n > 0 && (x->d[x->n - 1] | x->d[x->n - 2]) == 0)
		x->n -= 2;
}

/* BYTES, big-endian, of which there are MAX_WEAK_BITS / 8 at most. */
static void
read_number(struct str bytes, struct number *out)
{
	const uint8_t *p = (const uint8_t *)bytes.p + bytes.n;
	size_t n = 0, left = bytes.n;

	assert(left <= MAX_WEAK_BITS / 8);
	for (; left >= 4; left -= 4) {
		p -= 4;
		out->d[n++] =
		    (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	}
	out->d[n] = out->d[n + 1] = 0;
	for (size_t i = 0; i < left; i++)
		out->d[n] |= (uint32_t) * --p << 8 * i;
	out->n = (n + 2) / 2 * 2;
	trim(out);
}

/* The square root of TOP, rounded down, or 2^32 - 1. */
static uint32_t
word_root(uint64_t top)
{
	uint64_t root = UINT32_MAX, next;

	while ((next = (root + top / root) / 2) < root)
		root = next;
	return (uint32_t)root;
}

/*
 * X > 0 times 2^SHIFT into *OUT, with a digit 0 above, so that the first bit or the second
 * of its pairs is set; SHIFT is even.
 */
static unsigned
shift_up(const struct number *x, struct number *out)
{
	uint64_t pair, low = 0, top = (uint64_t)x->d[x->n - 1] << 32 | x->d[x->n - 2];
	unsigned shift = 0;

	for (; top >> 62 == 0; top <<= 2)
		shift += 2;
	for (size_t i = 0; i < x->n; i += 2) {
		pair = (uint64_t)x->d[i + 1] << 32 | x->d[i];
		low |= pair << shift;
		out->d[i] = (uint32_t)low;
		out->d[i + 1] = (uint32_t)(low >> 32);
		low = shift > 0 ? pair >> (64 - shift) : 0;
	}
	out->d[x->n] = 0;
	out->n = x->n;
	return shift;
}

/* REST[N + 1] less Q times T[N]: below 0, its highest digit is not 0. */
static void
take_off(uint32_t *rest, const uint32_t *t, size_t n, uint32_t q)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t product = (uint64_t)q * t[i] + carry;
		uint32_t low = (uint32_t)product;

		carry = (product >> 32) + (rest[i] < low);
		rest[i] -= low;
	}
	rest[n] -= (uint32_t)carry;
}

/* REST[N + 1] and T[N], of which the lowest digit counts as 2 Q + 1, into REST. */
static void
put_back(uint32_t *rest, const uint32_t *t, size_t n, uint32_t q)
{
	uint64_t carry = 2 * (uint64_t)q + 1 + rest[0];

	rest[0] = (uint32_t)carry;
	for (size_t i = 1; i < n; i++) {
		carry = (carry >> 32) + rest[i] + t[i];
		rest[i] = (uint32_t)carry;
	}
	rest[n] += (uint32_t)(carry >> 32);
}

/* The next digit of a root, by the first digits of what is left and of TWICE it; never too small.
 */
static uint32_t
guess_digit(const uint32_t *rest, const uint32_t *t, size_t n)
{
	uint64_t left = ((uint64_t)rest[n] << 63) + ((uint64_t)rest[n - 1] << 31) + rest[n - 2] / 2;
	uint64_t digit = left / (UINT32_C(1) << 31 | t[n - 2] / 2);

	return digit > UINT32_MAX ? UINT32_MAX : (uint32_t)digit;
}

/*
 * ROOT = the square root of X > 0, rounded down; returns whether X is a square.
 *
 * By hand as in school, two digits of X for one of the root: X is shifted so that its
 * first bit or the second is set, from which one of the root is right at once or a
 * little too large.  Of what has been found twice as much is kept, for that is what
 * the next digit is divided by.
 */
static bool
root_of(const struct number *x, struct number *root)
{
	struct number rest;
	uint32_t twice[MAX_DIGITS / 2 + 1] = { 0 }, any = 0;
	unsigned shift = shift_up(x, &rest);
	size_t digits = x->n / 2;

	for (size_t j = digits; j-- > 0;) {
		uint32_t *r = rest.d + 2 * j, *t = twice + j, q;
		size_t n = digits - j + 1;

		q = n == 2 ? word_root((uint64_t)r[1] << 32 | r[0]) : guess_digit(r, t, n);
		t[0] = q;
		for (take_off(r, t, n, q); r[n] != 0;)
			put_back(r, t, n, --q);
		t[0] = q << 1;
		t[1] += q >> 31;
	}
	for (size_t i = 0; i < x->n; i++)
		any |= rest.d[i];
	root->n = digits;
	for (size_t i = 0; i < digits; i++)
		root->d[i] =
		    (uint32_t)(((uint64_t)twice[i + 1] << 32 | twice[i]) >> shift / 2 >> 1);
	return any == 0;
}

/* Whether a number that leaves the remainder R modulo SIEVE may be a square. */
static bool
may_be_square(uint32_t r)
{
	/* bit I of the mask: squares leave the remainder I */
	return (0x213 >> r % 16 & 1) != 0 && (0x93 >> r % 9 & 1) != 0 && (0x13 >> r % 5 & 1) != 0 &&
	       (0x17 >> r % 7 & 1) != 0 && (0x23b >> r % 11 & 1) != 0 &&
	       (0x161b >> r % 13 & 1) != 0 && (0x1a317 >> r % 17 & 1) != 0 &&
	       (0x30af3 >> r % 19 & 1) != 0;
}

/* OUT = (A + MORE)^2 - N, which is more than 0 and less than 2^32 times A. */
static void
square_less(const struct number *a, uint32_t more, const struct number *n, struct number *out)
{
	struct number sum = *a;
	uint64_t carry = more;

	for (size_t i = 0; i < sum.n; i++, carry >>= 32) {
		carry += sum.d[i];
		sum.d[i] = (uint32_t)carry;
	}
	if (carry != 0) {
		sum.d[sum.n++] = (uint32_t)carry;
		carry = 0;
	}
	out->n = 2 * sum.n;
	memset(out->d, 0, out->n * sizeof(*out->d));
	for (size_t i = 0; i < sum.n; i++) {
		for (size_t k = 0; k < sum.n; k++) {
			carry += (uint64_t)sum.d[i] * sum.d[k] + out->d[i + k];
			out->d[i + k] = (uint32_t)carry;
			carry >>= 32;
		}
		out->d[i + sum.n] = (uint32_t)carry;
		carry = 0;
	}
	for (size_t i = 0; i < out->n; i++) {
		uint64_t off = (i < n->n ? n->d[i] : 0) + carry;

		carry = out->d[i] < off;
		out->d[i] -= (uint32_t)off;
	}
	trim(out);
}

/*
 * Fermat: N = a^2 - b^2 with a just above the root of N when its primes are close.
 * N_REST is what N leaves modulo SIEVE.
 */
static bool
is_fermat_close(const struct number *n, uint32_t n_rest)
{
	struct number a, square, unused;
	uint64_t a_rest;

	if (root_of(n, &a))
		return true;
	a_rest = rest_of(&a, SIEVE);
	for (uint32_t i = 1; i < FERMAT_ROUNDS; i++) {
		a_rest++;
		if (!may_be_square((uint32_t)((a_rest * a_rest + SIEVE - n_rest) % SIEVE)))
			continue;
		square_less(&a, i, n, &square);
		if (root_of(&square, &unused))
			return true;
	}
	return false;
}

void
key_weak_judge(struct key_facts *f)
{
	struct number n;
	uint32_t rest;

	f->modulus_even = f->bits == 0 || (f->modulus.p[f->modulus.n - 1] & 1) == 0;
	if (f->modulus_even || f->bits > MAX_WEAK_BITS || f->bits < 16)
		return;
	read_number(f->modulus, &n);
	assert(n.n >= 2); /* it has 16 bits */
	rest = rest_of(&n, SIEVE);
	f->small_factor = has_small_factor(&n);
	f->roca = is_roca(&n, rest);
	f->fermat_close = is_fermat_close(&n, rest);
}
