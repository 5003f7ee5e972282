/* SPDX-License-Identifier: ISC */
/*
 * read_arf.c - files of feedback reports.  What one says is read in arf.c; this is
 * how an input of them is known.
 */
#include "audit/bounce/fields.h"
#include "audit/bounce/readers.h"

static unsigned
claims_arf(struct str record)
{
	struct str head = str_sub(record, 0, (size_t)64 << 10);

	if (reader_dsn.claims(record) == 0)
		return 0;
	return str_ifind(head, 0, STR("feedback-report")) < head.n ? 90 : 0;
}

static enum record_fate
read_arf(void *state, struct arena *a, struct str record, struct reader_clock *clock,
    const struct sink *out)
{
	/* A mailbox holds reports of both kinds: each message goes to its own. */
	return reader_dsn.read(state, a, record, clock, out);
}

const struct reader reader_arf = {
	.name = "arf",
	.about = "feedback reports: complaints, failed authentication (RFC 5965, RFC 6591)",
	.unit = READS_MESSAGES,
	.claims = claims_arf,
	.read = read_arf,
};
