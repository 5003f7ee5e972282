/* SPDX-License-Identifier: ISC */
/*
 * mx_hosts.h - between the files of the check `mx`: the hosts that the MX of a domain
 * name, and whether mail can get to them.
 */
#ifndef CHECKS_MX_HOSTS_H
#define CHECKS_MX_HOSTS_H
#include <stdbool.h>
#include "checks/check.h"

/* A domain under judgement. */
struct mx_scene {
	struct audit *au;
	const struct name *domain;
	bool is_sender; /* mail is sent as this domain, as the subject says */
	bool pending;
	const struct answer *mx;
};

/* What the addresses of one host say. */
struct mx_host {
	const struct answer *a, *aaaa;
	size_t n_a, n_aaaa;
	bool unknown; /* one family or both could not be looked up */
	bool judged;  /* its addresses were asked for */
};

/* How many records A holds; 0 unless it was found. */
size_t mx_count(const struct answer *a);

/* A finding of RULE about the MX record RR, with its host as argument. */
struct finding *mx_add_rr(struct mx_scene *s, enum rule_id rule, const struct rr *rr);

/* RR as it is written: "10 mx.example.com."; owned by the arena of S. */
struct str mx_rr_text(struct mx_scene *s, const struct rr *rr);

/* Ask for the host NAME of RR, into *H, and judge it. */
void mx_judge_host(
    struct mx_scene *s, const struct rr *rr, const struct name *name, struct mx_host *h);

/* The N hosts together: whether senders without IPv6 reach one (RFC 3974). */
void mx_judge_families(struct mx_scene *s, const struct mx_host *hosts, size_t n);

/* RFC 2182 3.1 by analogy; a mail service behind one name is many machines. */
void mx_judge_spread(struct mx_scene *s, const struct mx_host *hosts, size_t n);

#endif
