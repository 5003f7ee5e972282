/* SPDX-License-Identifier: ISC */
/*
 * readers.c - the readers, and which of them reads an input.
 */
#include "audit/bounce/readers.h"

const struct reader *const readers[] = {
	&reader_arf,
	&reader_dsn,
	&reader_exchange,
	&reader_exim,
	&reader_haraka,
	&reader_opensmtpd,
	&reader_pmta,
	&reader_postfix,
	&reader_postqueue,
	&reader_sendmail,
	&reader_webhook,
	&reader_webhook_lines,
};
const size_t n_readers = ARRAY_LEN(readers);

#define MIN_CLAIM 10 /* below it lies what any line of syslog gets */

/* The best claim on the lines at FIRST, or on all of them; *SUM over the lines breaks a tie. */
static unsigned
claim_of(const struct reader *r, const struct str *first, size_t n, size_t *sum)
{
	struct str whole = { first[0].p, (size_t)(first[n - 1].p - first[0].p) + first[n - 1].n };
	unsigned best = 0;

	*sum = 0;
	if (r->unit != READS_LINES)
		return r->claims(whole);
	for (size_t i = 0; i < n; i++) {
		unsigned claim = r->claims(first[i]);

		*sum += claim;
		if (claim > best)
			best = claim;
	}
	return best;
}

bool
reader_is_report(const struct reader *r)
{
	return r == &reader_webhook_lines || r->unit != READS_LINES;
}

const struct reader *
reader_choose(const struct str *first, size_t n)
{
	const struct reader *chosen = NULL;
	unsigned best = MIN_CLAIM - 1;
	size_t best_sum = 0;

	for (size_t i = 0; i < n_readers && n > 0; i++) {
		size_t sum;
		unsigned claim = claim_of(readers[i], first, n, &sum);

		if (claim < best || (claim == best && sum <= best_sum) || claim < MIN_CLAIM)
			continue;
		best = claim;
		best_sum = sum;
		chosen = readers[i];
	}
	return chosen;
}
