/* SPDX-License-Identifier: ISC */
/*
 * differ.h - our verdict beside that of libspf2, for tests: every difference has to
 * be one that spf_differ() explains.
 */
#ifndef TESTS_DIFFER_H
#define TESTS_DIFFER_H
#include "checks/spf_receiver.h"

/* What came out of many. */
struct differ {
	const char *title;
	size_t n, same, not_asked; /* all; alike; refused by our guards, or loopback */
	size_t by_quirk[QUIRK_COUNT];
	size_t unexplained;
	/* Whether the difference is one that has no quirk; NULL = none is. */
	bool (*known)(void *ctx, const struct spf_verdict *v, const struct receiver_facts *theirs);
	void *ctx;
};

/*
 * Evaluate S with the answers of ASKER, and let libspf2 do the same in this process.
 * LABEL is printed where nothing explains the difference.  Our result is returned.
 */
enum spf_result differ_one(struct differ *d,
    const struct answer *(*asker)(void *, const struct question *), void *ctx,
    const struct spf_sender *s, const char *label);

/* Print the counts; fails the test when a difference was not explained. */
void differ_end(const struct differ *d);

#endif
