/* SPDX-License-Identifier: ISC */
/*
 * count.h - fates counted: refusals in groups, mails by sender domain, provider
 * and sending address, failing recipients.
 *
 * A mail is one message to one recipient, whatever the number of attempts, and
 * its last word counts: deferred first and sent later is delivered.  No clock,
 * no file; memory grows with the failing recipients and, within bounds, with
 * what logs can make up.
 */
#ifndef AUDIT_BOUNCE_COUNT_H
#define AUDIT_BOUNCE_COUNT_H
#include "audit/bounce/classify.h"
#include "audit/bounce/join.h"
#include "audit/bounce/recipients.h"
#include "audit/bounce/relays.h"

#define MAX_GROUPS ((uint32_t)1 << 14)  /* a bad week has hundreds; some 1 KB each */
#define MAX_STREAMS ((uint32_t)1 << 16) /* senders x providers x addresses */
#define MAX_BUCKETS ((uint32_t)1 << 21) /* days of streams, hours of providers: 24 bytes each */
#define MAX_SAMPLE 512                  /* bytes of a reply that is shown */
#define NO_STREAM UINT32_MAX

/* Mails of a day of a stream, or of an hour of a provider. */
struct bucket {
	int32_t when; /* day or hour since 1970 */
	uint32_t sent, hard, policy, soft;
	uint32_t next; /* the one before it in the list, + 1; 0 = none */
};

struct flow_key {
	uint32_t domain, provider; /* words */
	struct addr ip;
	bool has_ip;
};

struct flow {
	struct flow_key key;
	uint64_t delivered, deferred, hard, soft, policy, complaints; /* mails, each once */
	uint64_t delayed; /* of the delivered: deferred before */
	time_t first, last;
	time_t last_delivered; /* 0 = no time was told */
	uint32_t days;         /* buckets, latest first, + 1 */
	uint32_t relay;        /* most of it goes there: a candidate, of Boyer and Moore */
	uint32_t relay_lead;
	enum known_from ip_from;
};

struct group_key {
	uint32_t domain, provider, receiver; /* receiver: the relay's domain, provider not known */
	struct addr ip;
	bool has_ip, inbound, permanent;
	enum mechanism mechanism;
	uint16_t code;
	struct enhanced enhanced;
	/* Words; where it is about us: what the text names, for one code has many reasons. */
	uint32_t named, list, selector;
};

struct group {
	struct group_key key;
	uint64_t count;     /* mails whose last word it is */
	uint64_t mails;     /* that were refused so at least once */
	uint64_t recovered; /* of these: delivered later */
	uint64_t expired;   /* of count: given up for age */
	time_t first, last;
	time_t retry_until;   /* of those that are deferred; 0 = not known */
	const char *retry_of; /* reader whose default that is; NULL = not known */
	uint32_t stream;
	/* Delivered of the stream when the first of these came, and the last. */
	uint64_t delivered_first, delivered_last;
	bool own_log; /* a log of ours tells it, not only a report that somebody sent us */
	bool own_ip;  /* the address is that of the server that wrote such a log */
	enum known_from ip_from;
	const char *signature;
	enum confidence confidence;
	enum identity identity;
	struct str sample, named_domain, list_zone, list_key, provider_id;
	struct str from_domain, mail_from_domain, helo, dkim_domain, dkim_selector;
};

struct count_options {
	const struct config *config; /* NULL = none */
	struct bounce_limits limits;
	time_t since, until; /* 0 = no bound; UNTIL is outside */
	struct str domain;   /* lower case: of the sender, or above it; empty = any */
	struct str provider; /* empty = any */
	bool inbound;        /* count what we refused too */
};

struct count {
	struct count_options o;
	struct arena text;
	struct word_list words;
	struct relays relays;
	struct recipients recipients;
	struct flow *streams;
	struct group *groups;
	struct bucket *buckets;
	uint32_t n_streams, room_streams, n_groups, room_groups, n_buckets, room_buckets;
	struct slots stream_slots, group_slots;
	uint32_t *hours; /* of a provider's word: first bucket, + 1 */
	size_t n_hours;
	uint64_t overflowed; /* mails counted under "(others)", or without a day */
	time_t first, last;  /* of all that was counted */
	uint64_t left_out;   /* fates outside the window, domain or provider asked for */
	uint64_t internal;   /* deliveries that are none: filters, probes, own mailboxes */
	uint64_t refused_by_us;
	uint32_t ip_domain; /* the domain that CONFIG_IP was looked up for, + 1 */
	struct addr config_ip;
	bool has_config_ip;
};

/* What became of one recipient, as count_fate() takes it. */
struct fate {
	const struct bounce_event *e; /* joined */
	struct open_mail *mail;       /* NULL = not known */
	const struct reply *reply;    /* NULL = delivered, or nothing was said */
	const struct classified *what;
	/* Called before texts of *REPLY and *WHAT are read, which it may set; NULL = they are set.
	 */
	void (*complete)(void *ctx);
	void *ctx;
};

/* Make C empty; *O is copied, what it refers to must live as long. */
void count_init(struct count *c, const struct count_options *o);

/* Give back what C holds. */
void count_free(struct count *c);

/* Whether E is to be counted at all: its direction, its time. */
bool count_wants(struct count *c, const struct bounce_event *e);

/*
 * One more fate.  The group it went to when this is news of its mail, NULL when
 * it is not (delivered, the same deferral again, outside of what was asked for).
 * *F's sending address may be filled in from the configuration.
 */
const struct group *count_fate(struct count *c, const struct fate *f);

/* M was given up for its age: its pending recipients failed.  Calls TOLD for each. */
void count_expired(struct count *c, struct open_mail *m, const struct bounce_event *e,
    void (*told)(void *ctx, const struct group *g, struct str recipient), void *ctx);

#endif
