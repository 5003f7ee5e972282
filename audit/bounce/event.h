/* SPDX-License-Identifier: ISC */
/*
 * event.h - one recipient's fate at one moment, as a log, a DSN or a webhook
 * tells it.
 *
 * Readers fill it and know nothing of what it means; classification, joining
 * and counting stand behind them.  Text is as written, bytes of the other
 * side: escape it before it is shown.
 */
#ifndef AUDIT_BOUNCE_EVENT_H
#define AUDIT_BOUNCE_EVENT_H
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include "audit/bounce/reply.h"
#include "checks/core/addr.h"
#include "checks/core/str.h"

enum event_kind {
	EVENT_DELIVERED,
	EVENT_DEFERRED,
	EVENT_BOUNCED,       /* given up, at once or at last */
	EVENT_EXPIRED,       /* given up for its age: the last deferral says why */
	EVENT_ATTEMPT,       /* one host of several refused: another line tells the fate */
	EVENT_COMPLAINT,     /* a recipient said it is spam (RFC 5965) */
	EVENT_REFUSED_BY_US, /* what our own server refused */
	EVENT_SENDER,        /* no fate: ties the queue id to sender, Message-ID or signature */
	EVENT_GONE,          /* the queue id is free again */
	EVENT_AUTH_REPORT,   /* a receiver tells that authentication failed (RFC 6591) */
	EVENT_OPT_OUT        /* a recipient wants no more of it; no complaint */
};

/* Why what a report says of its recipient is not believed; anybody can write one. */
enum doubt {
	DOUBT_NONE,
	DOUBT_NOT_NAMED, /* the message that came back was not addressed to it */
	DOUBT_NOT_OURS   /* the message that came back is of a domain that is none of ours */
};

enum direction { DIRECTION_OUT, DIRECTION_IN, DIRECTION_INTERNAL };

/* How we know the sending address. */
enum known_from { KNOWN_NOT, KNOWN_LOG, KNOWN_TEXT, KNOWN_CONFIG };

struct bounce_event {
	enum event_kind kind;
	enum direction direction;
	bool repeats; /* an earlier failure told again: no new attempt was made */
	bool has_time;
	time_t time;         /* UTC; year and zone as the reader inferred them */
	struct str host;     /* that wrote the line */
	struct str instance; /* "postfix-out1" of several on one host */
	struct str queue_id;
	struct str message_id;
	struct str sender;               /* envelope; "<>" = null reverse-path; empty = not known */
	struct str recipient;            /* final */
	struct str original;             /* as first addressed, if it differs */
	struct str from;                 /* header From address; empty = not known */
	struct str relay_host, relay_ip; /* the peer: of EVENT_REFUSED_BY_US the client */
	struct str helo;                 /* that we said */
	enum known_from ip_from;
	struct addr sender_ip;
	struct str dkim_domain, dkim_selector;
	struct str reply; /* as written: reply_parse() unwraps it */
	enum phase phase;
	struct enhanced local;  /* dsn= of our own MTA */
	struct str why;         /* the source's own word: "Permanent/General", bounceCat */
	struct str provider_id; /* the source's own id of the event */
	enum doubt doubt;
	uint32_t count;     /* lines it stands for ("message repeated N times"); at least 1 */
	uint32_t attempts;  /* made so far, when the source counts them; 0 = not told */
	const char *reader; /* "postfix": set with file and line; NULL = not known */
	struct str file;
	uint64_t line; /* from 1 */
};

#endif
