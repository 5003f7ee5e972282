/* SPDX-License-Identifier: ISC */
/*
 * options.h - what the user typed for `mailvet check` and the commands that take
 * a part of its options.
 */
#ifndef AUDIT_OPTIONS_H
#define AUDIT_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include "audit/sources/signer.h"
#include "checks/check.h"
#include "checks/core/subject.h"
#include "checks/rules.h"
#include "report/report.h"

#define MAX_OPTION_REPEAT 64 /* --zone, --ip, --selector ... each */

struct list_key;

enum option_when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

struct output_option {
	const struct report_format *format;
	const char *file; /* NULL = stdout */
};

struct option_list {
	const char *v[MAX_OPTION_REPEAT];
	size_t n;
};

/* Of `mailvet gate`. */
struct gate_options {
	const char *base, *head; /* zones before and after the change; NULL = not given */
	const char *baseline, *write_baseline;
	bool changed_only, require_known, trust_head;
};

struct check_options {
	struct option_list zones, resolvers, only, skip, aggregates;
	bool offline;
	const char *record, *replay, *resume, *config;
	unsigned qps, timeout_ms, in_flight;
	bool now_given;
	time_t now;
	struct addr ips[MAX_OPTION_REPEAT];
	size_t n_ips;
	struct name helo, mail_from, from, authserv_id;
	bool mail_from_given, mail_from_null;
	struct str mail_from_local;
	struct selector selectors[MAX_OPTION_REPEAT];
	size_t n_selectors;
	const char *private_key;
	struct signer_half signer_half;    /* of private_key, and */
	struct signer_key signer;          /* the same for checks; refers to it */
	struct str via[MAX_OPTION_REPEAT]; /* ids of services */
	size_t n_via;
	bool via_list; /* print the services there are */
	bool bulk, dnsbl, trust_received;
	const char *profile, *dnsbl_zones;
	int8_t level[RULE_COUNT]; /* -1 = as the rule says */
	struct output_option outputs[MAX_OPTION_REPEAT];
	size_t n_outputs;
	enum rule_level fail_on; /* LEVEL_PASS = never */
	struct report_style style;
	enum option_when color, progress;
	bool trace, explain;
	bool help;
	struct gate_options gate;
	const struct list_key *list_keys; /* of --config; secret */
	size_t n_list_keys;
	char **names; /* what is left: domains, or "-" */
	size_t n_names;
};

struct option_table;

/* Which options a command takes. */
struct option_choice {
	const char *command;
	const char *const *names;
	size_t n;
	bool others;                    /* it takes all but NAMES, not only NAMES */
	const struct option_table *own; /* before all others; NULL = it has none of its own */
	bool plain; /* its report is none of checks: text, json and jsonl alone */
};

/*
 * As options_parse() and options_print(), for the command C: an option that it
 * does not take is none.
 */
int options_parse_for(struct check_options *o, const struct option_choice *c, int argc, char **argv)
    __attribute__((warn_unused_result));
void options_print_for(const struct option_choice *c);

/*
 * Read ARGV[0..ARGC) (behind `check`) into *O.  AUDIT_OK, or AUDIT_EUSAGE
 * after having said why.
 */
int options_parse(struct check_options *o, int argc, char **argv)
    __attribute__((warn_unused_result));

/*
 * What O says of a subject into *S; its domain and its lists stay as they are.
 * *S refers to O.
 */
void options_subject(const struct check_options *o, struct subject *s);

/*
 * Whether CTX, a struct check_options, lets C run: --only, --skip and --profile.
 * For struct engine_options.
 */
bool options_want(const void *ctx, const struct check *c);

/* Print the options, one a line, to stdout. */
void options_print(void);

#endif
