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

#endif
