/* SPDX-License-Identifier: ISC */
/*
 * spf_sender.h - what receivers conclude about the addresses the subject sends
 * from, and the record that would let them pass.
 *
 * An address is proposed only because it was given as ours; nothing wider
 * than it is, and nothing where the record has another fault.
 */
#ifndef CHECKS_SPF_SENDER_H
#define CHECKS_SPF_SENDER_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/spf_judge.h"
#include "checks/spf_eval.h"

/* The verdicts for the addresses of the subject's senders, in their order, each address once. */
struct spf_senders {
	const struct spf_verdict *v;
	const struct addr *ips;              /* of each verdict */
	const struct sender *const *of;      /* whose address it is */
	const struct spf_sender *const *who; /* as it was evaluated */
	size_t n; /* 0 = NAME is not the one that is evaluated, or no address is known */
	bool pending;
	bool all_pass; /* false when there is none */
};

/*
 * Evaluate the addresses of those senders whose mail is checked by NAME: the domain
 * of MAIL FROM, or HELO under a null reverse-path (RFC 7208 2.4).  Owned by the
 * arena of AU.
 */
struct spf_senders spf_senders(struct audit *au, const struct name *name);

/*
 * "ip4:192.0.2.7 ip6:2001:db8::7": the addresses of the subject that pass once the
 * record of J names them; empty when there are none, or where the record has another
 * fault that they would only hide.  Owned by the arena of J.
 */
struct str spf_missing(const struct spf_judge *j);

/*
 * Tell the addresses of W that do not pass as NAME.  J is the record that was
 * judged; NULL when there are several.
 */
void spf_judge_senders(struct audit *au, const struct name *name, const struct spf_senders *w,
    const struct spf_judge *j);

#endif
