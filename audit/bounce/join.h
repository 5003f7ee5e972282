/* SPDX-License-Identifier: ISC */
/*
 * join.h - lines of one mail brought together: a fate with the sender,
 * Message-ID and signature that other lines told of its queue id.
 *
 * A mail is open from the first line of its queue id to the line that says it
 * is gone; a queue id is used again after that.  Where there is no queue id,
 * as in webhooks, the Message-ID stands for it.
 */
#ifndef AUDIT_BOUNCE_JOIN_H
#define AUDIT_BOUNCE_JOIN_H
#include "audit/bounce/event.h"
#include "audit/bounce/slots.h"
#include "audit/bounce/words.h"

/*
 * At once.  A queue of a million mails is that of a very large sender; some 150
 * bytes each.
 */
#define MAX_OPEN_MAILS ((size_t)1 << 20)
#define MAX_OPEN_PENDING                                                                           \
	1000 /* deferred recipients of one mail: Postfix' own limit of a delivery */
#define MAX_JOINED_TEXT                                                                            \
	1024 /* bytes of sender and of Message-ID that are kept (RFC 5321 4.5.3.1) */

/* A recipient of an open mail whose last word is a deferral. */
struct pending {
	uint32_t recipient, group, stream; /* of count.h */
	int32_t day;                       /* of the mail, in the stream */
};

struct open_mail {
	uint64_t key;
	uint64_t host; /* hash of who wrote the lines; 0 = not told */
	char *text;    /* sender, behind it the Message-ID */
	uint32_t sender_n, message_id_n;
	uint32_t dkim_domain, dkim_selector; /* of the join's words */
	struct pending *pending;
	uint32_t n_pending, room_pending;
	bool used, seen; /* seen: since the hand of the clock passed */
	time_t begun;    /* of its first line with a time; 0 = none had one */
};

struct join {
	struct open_mail *v;
	size_t n, room; /* n = slots of v in use, free ones among them */
	uint32_t *free_list;
	size_t n_free, room_free;
	size_t hand;      /* of the clock that chooses what is dropped */
	size_t max;       /* MAX_OPEN_MAILS, less in tests */
	uint64_t dropped; /* mails that were open still */
	struct slots slots;
	struct word_list words;
};

/* Make J empty. */
void join_init(struct join *j);

/* Give back what J holds. */
void join_free(struct join *j);

/*
 * One more event.  True when E is a fate that is to be counted: *OUT is E with
 * what other lines told of its mail, and *MAIL the open mail, NULL when there is
 * nothing to know it by; both live until the next call.  An EVENT_EXPIRED without
 * recipient is about all that are pending.  Refusals of one server among several
 * (EVENT_ATTEMPT) are no fate: another line tells it.
 */
bool join_event(struct join *j, const struct bounce_event *e, struct bounce_event *out,
    struct open_mail **mail);

/* One more recipient of M that is deferred; false when it has MAX_OPEN_PENDING. */
bool join_pend(struct open_mail *m, const struct pending *p);

/* The place of RECIPIENT in M's pending ones; NULL = none.  M may be NULL. */
struct pending *join_pending(struct open_mail *m, uint32_t recipient);

/* RECIPIENT is pending no more. */
void join_settle(struct open_mail *m, struct pending *p);

#endif
