/* SPDX-License-Identifier: ISC */
/*
 * model.h - plain structs that audit/ fills and report/ renders, besides the
 * results of checks (report.h).
 *
 * Text in them is in presentation form, as JSON fields hold it, but for the
 * text of a place, which is raw; what is not printable is escaped where it is
 * shown.
 */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "checks/core/str.h"
#include "report/report.h"

#define MAX_FLEET_TOP 20   /* commonest findings, includes: what one screen holds */
#define MAX_FLEET_NAMES 10 /* domains named for an include; the rest is counted */
#define MAX_FLEET_KEYS 100 /* keys told, and selectors of one key; the rest is counted */

/* A finding of a report that was read again, as it was told then. */
struct told_finding {
	struct str id;
	enum rule_level level;
	struct str reason;
	struct str where;   /* "example.com TXT (zones/example.com:12:34)"; empty = no record */
	struct place place; /* name.n = 0 = no record; rr is NULL */
	struct str remedy, url, reference;
	enum rule_who who;
	const struct change *changes;
	size_t n_changes;
};

/* A domain of such a report. */
struct told_domain {
	struct str label;
	enum rule_level verdict;
	size_t count[N_LEVELS];
	const struct told_finding *findings; /* in the order of the report: worst first */
	size_t n_findings;
};

/* How often a finding was found. */
struct fleet_finding {
	struct str id;
	enum rule_level level;
	size_t domains, findings;
};

/* An SPF record that several domains include. */
struct fleet_include {
	struct str target;      /* "_spf.example.net" */
	size_t domains;         /* whose SPF tree has it */
	size_t direct;          /* whose own record names it */
	uint32_t lookups;       /* what it costs, its own lookup included; the most that was seen */
	const struct str *some; /* the first MAX_FLEET_NAMES of these domains by name */
	size_t n_some;
};

/* Where a key stands. */
struct fleet_selector {
	struct str name; /* "s1._domainkey.a.example" */
	struct str domain, selector;
	struct str target; /* where its CNAME leads; empty = the key stands there */
};

/* A DKIM key that stands at several domains, not counting what one provider serves to all. */
struct fleet_key {
	struct str type; /* "rsa"; may be empty */
	uint32_t bits;   /* 0 = not known */
	const struct fleet_selector *at;
	size_t n_at;    /* told, at most MAX_FLEET_KEYS */
	size_t n_names; /* in all */
};

/* What can be said of a fleet as a whole. */
struct fleet {
	size_t files, runs;
	time_t from, to; /* the first and the last run; from 0 = no run told its time */
	size_t replaced; /* results that a later one of the same domain stands for */
	size_t left_out; /* lines that could not be read */
	size_t torn;     /* files whose last line was cut off */
	size_t n_kinds;  /* different findings, passes not counted */
	const struct fleet_finding *findings; /* all of these, commonest first */
	const struct fleet_include *includes; /* at most MAX_FLEET_TOP, by domains */
	size_t n_includes, n_shared_includes; /* shown, and in all */
	const struct fleet_key *keys;         /* at most MAX_FLEET_KEYS, by number of names */
	size_t n_keys, n_shared_keys;
	const struct fleet_key *factors; /* keys with a prime in common; at most MAX_FLEET_KEYS */
	size_t n_factors, n_shared_factors;
	size_t n_moduli;                /* RSA keys compared, each with all others */
	const struct told_finding *run; /* about the runs themselves */
	size_t n_run;
};

/* What became of the search for the cause of a group's refusals. */
enum bounce_verdict {
	VERDICT_NONE, /* was not looked for */
	VERDICT_CONFIRMED,
	VERDICT_FIXED,
	VERDICT_CONTRADICTED,
	VERDICT_NOT_DNS,
	VERDICT_NOT_OURS,
	VERDICT_UNKNOWN,
	N_VERDICTS
};

/* One line of the reasoning. */
struct bounce_step {
	const char *kind;  /* "said", "means", "now", "then", "seen", "so" */
	struct str text;   /* printable */
	struct str dig;    /* the command that shows it; empty = none does */
	struct str answer; /* what it printed; empty = the text says it */
};

/* A finding of today's audit that explains a group. */
struct bounce_finding {
	struct told_finding told;
	char fingerprint[17];
};

/* Mails of one sender that one receiver refused for one reason. */
struct bounce_group {
	struct str sender_domain; /* "<>" = the null reverse-path; empty = not known */
	struct str from_domain, mail_from_domain, helo, named_domain;
	const char
	    *identity; /* "from", "mail-from", "helo", "dkim": of named_domain; "" = not known */
	struct str provider; /* empty = not known: then RECEIVER is the domain of its host */
	struct str receiver;
	struct str sender_ip;
	const char *ip_from; /* "log", "text", "config"; "" = not known */
	struct str mechanism, enhanced_code;
	unsigned reply_code; /* 0 = none was given */
	bool permanent, inbound;
	uint64_t count;            /* mails whose last word it is */
	uint64_t accepted;         /* of the same stream at the same provider */
	uint64_t sent;             /* the same stream at the same provider, all */
	uint64_t accepted_between; /* of accepted: while these were refused */
	uint64_t accepted_since;   /* of accepted: after the last of these */
	size_t accepted_elsewhere; /* other providers that took mail of the sender */
	size_t stream;             /* number + 1 of the stream in this report; 0 = not known */
	bool own_log;     /* a log of ours tells it; false = only a report that somebody sent us */
	bool own_ip;      /* sender_ip is that of the server that wrote such a log */
	uint64_t delayed; /* mails that were refused so and delivered later; not in count */
	uint64_t expired; /* of count: given up for age */
	time_t first, last; /* 0 = not told */
	time_t retries_end;
	const char *retries_of; /* "postfix": whose default that is; "" = not known */
	struct str sample, signature, list_zone, list_key, provider_id;
	struct str dkim_domain, dkim_selector;
	const char *confidence; /* that the mechanism is right: "low", "medium", "high" */
	enum rule_level level;
	/* Of the audit; VERDICT_NONE = there was none, and all below is empty. */
	enum bounce_verdict verdict;
	const char *verdict_confidence; /* "low", "medium", "high"; "" = there is none to have */
	const char *cause;              /* slug of the rule that tells it; "" = none */
	const struct bounce_step *steps;
	size_t n_steps;
	const char *const *maybe; /* what else could explain it; static words */
	size_t n_maybe;
	const struct bounce_finding *findings; /* the cause first */
	size_t n_findings;
	struct str advice;   /* where no record is to be changed: what to do instead */
	const char *page;    /* the provider's page or portal; "" = not known */
	const char *lacks;   /* VERDICT_UNKNOWN: what could not be determined; "" = nothing */
	size_t explain_case; /* index + 1 of the case (audit/explain/cases.h); 0 = none */
};

/* What became of the mail of one sender to one provider from one address. */
struct bounce_rate {
	struct str sender_domain, provider, sender_ip;
	const char *ip_from;
	time_t from, to;
	uint64_t sent, delivered, deferred, hard, soft, policy, complaints, delayed;
	bool has_rates;              /* enough attempts, and no smarthost */
	double hard_rate, soft_rate; /* 0 to 1 */
	const char *level;           /* "ok", "warn", "act", "stop"; "" = too few attempts */
	uint64_t peak_day;           /* mails of the day with the most; 0 = no times */
	time_t peak_date;
	struct str smarthost; /* it takes mail for everybody; empty = none */
};

/* An address that is not to be written to, or not judged yet. */
struct bounce_address {
	struct str recipient;
	const char *why;
	uint64_t count;
	time_t last; /* 0 = not told */
};

/* Addresses in order, made one by one: there may be millions. */
struct bounce_addresses {
	size_t n;
	const void *ctx;
	void (*at)(const void *ctx, size_t i, struct bounce_address *out);
};

/* What somebody should look at. */
struct bounce_alert {
	const char *kind; /* "rise", "surge", "throttled", "growth", "volume", "smarthost" */
	struct str sender_domain, provider, sender_ip, host; /* each may be empty */
	struct str text;
	time_t from, to;
	uint64_t count;
};

/* How the input was read. */
struct bounce_input {
	uint64_t files, unreadable, bytes, lines, parsed, irrelevant, not_understood, events;
	uint64_t internal, refused_by_us, left_out, dropped, overflowed;
	uint64_t merged; /* events that told of a failure again */
	bool year_guessed, zone_guessed, from_documentation;
};

struct plan;

struct bounce_report {
	const char *version;
	time_t generated, now;
	time_t from, to; /* of what was counted; 0 = no times */
	struct bounce_input input;
	const struct bounce_group *groups; /* most mails first */
	size_t n_groups;
	uint64_t few;                    /* groups that --min-count leaves out */
	const struct bounce_rate *rates; /* most mails first */
	size_t n_rates;
	const struct bounce_alert *alerts;
	size_t n_alerts;
	struct bounce_addresses suppress, held; /* by address */
	bool audited;                           /* false: no DNS was asked */
	struct str answers;                     /* where answers came from; empty = nowhere */
	size_t cases, cases_over;     /* subjects that were audited; left out over a bound */
	size_t n_verdict[N_VERDICTS]; /* groups */
	uint64_t n_verdict_mails[N_VERDICTS];
	const struct plan *plan; /* report/plan.h; NULL = there is none */
};

/* One event, a line of jsonl. */
struct bounce_line {
	time_t time; /* 0 = not told */
	const char *direction, *status;
	struct str queue_id, message_id, sender, recipient, relay_host, relay_ip;
	unsigned reply_code; /* 0 = none was given */
	struct str enhanced_code, local_code, text;
	struct str mechanism, provider, sender_ip, dkim_domain, dkim_selector, signature;
	struct str named_domain, list_zone;
	const char *ip_from, *confidence, *identity;
	bool permanent;
	time_t retries_end;
	const char *retries_of;
	struct str file;
	uint64_t line;
};

/* One reply, explained by itself. */
struct bounce_reading {
	unsigned reply_code; /* 0 = none was given */
	struct str text, enhanced_code, mechanism, provider, signature, phase;
	const char *confidence;
	bool permanent;
	const char *meaning; /* of the mechanism, in plain words */
	const char *who;     /* who can do something */
	struct str named_ip, named_domain, list_zone, list_key, provider_id, spf, dkim, dmarc;
	const char *identity;
	const struct str *next; /* what to look at, a line each */
	size_t n_next;
	const char *page; /* of the provider; "" = not known */
};

#endif
