/* SPDX-License-Identifier: ISC */
/*
 * message_parts.h - what the parts of the check "message" share: the message as
 * far as it was read, and who judges which side of it.
 *
 * A part asks all that it needs first; nothing is judged while an answer is
 * pending, so that findings hang on the answers alone.
 */
#ifndef CHECKS_MESSAGE_PARTS_H
#define CHECKS_MESSAGE_PARTS_H
#include <time.h>
#include "checks/alignment.h"
#include "checks/check.h"
#include "checks/dkim_keys.h"
#include "checks/dmarc_policy.h"
#include "checks/header.h"
#include "checks/mailbox.h"
#include "checks/received.h"
#include "checks/signature.h"
#include "checks/spf_eval.h"
#include "checks/verify.h"

#define MAX_FACT_TEXT 2000 /* octets of a field that the reports show */
#define MAX_TOLD_TEXT 100  /* octets of the message that one argument shows */

/* One signature, its key and what became of it. */
struct message_signature {
	struct signature s;
	struct selector_key key;  /* state KEY_PENDING unless it was asked */
	const struct verified *v; /* NULL = the library was not asked about it, or failed */
	const char *result;       /* RFC 8601 2.7.1 */
	struct str why;           /* a few words; empty when it passed */
	enum rule_id rule;        /* to be told; RULE_COUNT = none, or the key's fault */
	struct alignment alignment;
	bool aligned;      /* by the mode that applies, by the tree walk */
	bool aligned_list; /* by the mode that applies, by the public suffix list */
	bool unknown;      /* nobody could say whether it is right */
};

struct message_scene {
	struct audit *au;
	const struct header *h;
	time_t now, arrived; /* ARRIVED: as the topmost Received field says, else now */
	bool pending;

	const struct header_field *from; /* the only one; NULL = none or several */
	struct mailboxes from_list;
	struct name author; /* n = 0 = not exactly one From with a domain that can be asked */
	const struct dmarc_policy *policy; /* of AUTHOR; NULL without one */

	struct message_signature *sigs;
	size_t n_sigs;
	size_t n_more;                /* beyond MAX_SIGNATURES */
	bool unsound;                 /* the header has a NUL, or a line that is no field */
	const struct answer *verify;  /* NULL = not asked: no signature was fit for it */
	bool some_pass, aligned_pass; /* of the signatures */

	bool has_ip, from_received;
	bool received_unread; /* it was to be believed, and tells nothing */
	struct spf_sender sender;
	struct spf_verdict spf; /* if HAS_SENDER */
	bool has_sender;        /* SPF was evaluated */
	const char *wants;      /* what SPF lacks: "ip", "mail-from", "helo"; "" = nothing */
	struct alignment spf_alignment;
	bool spf_names_align;               /* by the mode that applies, by the tree walk */
	bool spf_aligned, spf_aligned_list; /* and passed */
	const char *dmarc;                  /* as in struct message_facts */
	bool dmarc_list;                    /* passes by the public suffix list */
	struct arc_fact *arc;               /* the ARC seals, by their instance */
	size_t n_arc;
};

/* A finding of rule ID about the message. */
struct finding *message_add(struct message_scene *m, enum rule_id id);

/* S cut to what one argument shows. */
struct str message_cut(struct str s);

/* Say in the facts that something was taken for granted: a literal. */
void message_assume(struct message_scene *m, const char *text);

/* message_fields.c: find the author; judge the fields and bytes of the header. */
void message_read_author(struct message_scene *m);
void message_judge_fields(struct message_scene *m);

/* message_signatures.c: read, ask about and judge the signatures. */
void message_read_signatures(struct message_scene *m);
void message_judge_signatures(struct message_scene *m);

/* message_dmarc.c: who sent it by SPF, what DMARC makes of all; judge that. */
void message_read_sender(struct message_scene *m);
void message_read_dmarc(struct message_scene *m);
void message_judge_dmarc(struct message_scene *m);

/* message_bulk.c: one-click unsubscription. */
void message_judge_bulk(struct message_scene *m);

/* message_arc.c: who sealed the message on its way. */
void message_judge_arc(struct message_scene *m);

/* message_facts.c: all of it for the reports. */
struct message_facts *message_facts_of(struct message_scene *m);

#endif
