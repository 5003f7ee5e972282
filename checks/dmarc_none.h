/* SPDX-License-Identifier: ISC */
/*
 * dmarc_none.h - between the files of the check `dmarc`: what stands at the names where
 * a record belongs and counts for nothing, what stands at others instead, and the first
 * record of a domain that has none.
 */
#ifndef CHECKS_DMARC_NONE_H
#define CHECKS_DMARC_NONE_H
#include <stdbool.h>
#include "checks/dmarc_policy.h"
#include "checks/mx.h"

/* What is judged, and what is known of its mail. */
struct dmarc_scene {
	struct audit *au;
	struct name author;
	const struct dmarc_policy *p;
	enum mail_reach reach; /* of the author domain */
	bool has_mail;         /* mail is sent as or to the author domain, as far as DNS tells */
	bool pending;
};

/*
 * What stands at _dmarc of the author, and of its registrable domain when
 * nothing applies.  True = that explains why there is no record.
 */
bool dmarc_judge_owners(struct dmarc_scene *s);

/* There is no record, and nothing explains it. */
void dmarc_judge_none(struct dmarc_scene *s);

/* The record that applies is that of the public suffix above the author. */
void dmarc_judge_suffix_only(struct dmarc_scene *s);

#endif
