/* SPDX-License-Identifier: ISC */
/*
 * mx.h - where mail for a domain goes, and what is wrong with that (RFC 5321
 * section 5.1, RFC 7505).
 *
 * A domain that nobody sends mail as and that takes none is no mail domain:
 * it gets facts and no finding.
 */
#ifndef CHECKS_MX_H
#define CHECKS_MX_H
#include "checks/check.h"

enum mail_reach {
	MAIL_PENDING,  /* call again when answers are in */
	MAIL_TAKEN,    /* by MX */
	MAIL_IMPLICIT, /* without MX, by the name's own address */
	MAIL_REFUSED,  /* null MX (RFC 7505) */
	MAIL_NOWHERE,  /* neither MX nor address */
	MAIL_UNKNOWN   /* a lookup failed */
};

/* Whether mail to NAME has anywhere to go.  Asks A and AAAA only without MX. */
enum mail_reach mail_reach(struct audit *au, const struct name *name);

/* Judge the MX of the subject's domain and of other domains it sends as. */
void check_mx(struct audit *au);

/*
 * Whether DOMAIN does not exist at all, or that is not known yet (pending).
 * Each check that would tell of something absent there tells this in its place;
 * it is one finding, whoever met it (audit/judge.c).
 */
bool tell_nonexistent(struct audit *au, const struct name *domain);

/* The v=spf1 record in the answer TXT that lists anything that may send; NULL = none does. */
const struct rr *mx_spf_senders(const struct answer *txt);

/*
 * Whether a null MX at DOMAIN, said to be parked, does no harm: its SPF record lists
 * nobody, and no DMARC record has reports sent to a mailbox there.
 */
bool is_null_mx_right(struct audit *au, const struct name *domain);

#endif
