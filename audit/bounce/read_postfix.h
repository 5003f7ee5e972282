/* SPDX-License-Identifier: ISC */
/*
 * read_postfix.h - between the files of the Postfix reader.
 */
#ifndef AUDIT_BOUNCE_READ_POSTFIX_H
#define AUDIT_BOUNCE_READ_POSTFIX_H
#include "audit/bounce/event.h"
#include "audit/bounce/reader.h"
#include "audit/bounce/syslog.h"
#include "checks/core/addr.h"

#define MAX_TAG 64 /* bytes of "postfix-out1/submission/smtpd"; longer ones are of others */

/* What the programs of Postfix write that is of use. */
enum postfix_writes {
	WRITES_NOTHING, /* for us */
	WRITES_FATES,   /* deliveries */
	WRITES_QUEUE,   /* from=, removed, expired; deferrals of old versions */
	WRITES_CLEANUP, /* Message-ID; refusals of content */
	WRITES_REFUSALS,
	WRITES_OTHERS /* no program of Postfix */
};

/* A program's name as its lines have it, taken apart once for all of them. */
struct postfix_tag {
	char text[MAX_TAG];
	size_t n, instance_n; /* "postfix-out1" of "postfix-out1/smtp" */
	enum postfix_writes writes;
	bool smtp;   /* smtp(8), which speaks with others */
	bool tells;  /* error(8) or a queue manager, which tell of what smtp was to do */
	bool has_ip; /* the instance's name holds our address, "postfix-192.0.2.1" */
	struct addr ip;
};

/* A line, taken apart as far as all of Postfix has in common.  Views into it. */
struct postfix_line {
	struct syslog_line log;
	const struct postfix_tag *tag;
	struct str queue_id; /* "NOQUEUE" too; empty = none */
	struct str rest;     /* behind the queue id */
	const struct sink *out;
};

/* Make *E an event of KIND with what L says of every event. */
void postfix_event(const struct postfix_line *l, enum event_kind kind, struct bounce_event *e);

/* "mx.example.com[192.0.2.1]:25" into host and address; "none" is neither. */
void postfix_peer(struct str text, struct str *host, struct str *ip);

/* The rest is "to=<...>, relay=..., ..., status=WORD (TEXT)": a recipient's fate. */
enum record_fate postfix_fate(const struct postfix_line *l);

/* The rest is "host H[ip] said: ..." or its like: one server of several failed. */
enum record_fate postfix_attempt(const struct postfix_line *l);

/* The rest is "reject: RCPT from ...", "milter-reject: ..." ...: what we refused. */
enum record_fate postfix_refusal(const struct postfix_line *l);

#endif
