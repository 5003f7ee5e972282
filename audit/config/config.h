/* SPDX-License-Identifier: ISC */
/*
 * config.h - what mailvet.yaml says (mailvet.yaml(5)).
 *
 * A file that does not fit is refused as a whole, with every fault told: a
 * configuration that is half understood audits something else than was meant.
 * Keys of block lists are kept here and nowhere else; nothing prints them.
 */
#ifndef AUDIT_CONFIG_CONFIG_H
#define AUDIT_CONFIG_CONFIG_H
#include "audit/bounce/classify.h"
#include "audit/config/faults.h"
#include "audit/sources/listkeys.h"
#include "checks/core/subject.h"
#include "checks/dnsbl_lists.h"
#include "checks/rules.h"
#include "report/report.h"

#define CONFIG_DEFAULT_FILE "mailvet.yaml"
#define MAX_CONFIG_SIGNATURES 500 /* each is tried on each new kind of refusal */
#define MAX_RATE 10000            /* hundredths of a percent: 100 % */
/* More than anybody runs, and few enough to compare each with each. */
#define MAX_CONFIG_SENDERS 2000
#define MAX_CONFIG_WORDS                                                                           \
	2000 /* selectors of a domain or sender; addresses, networks of a sender                   \
	      */

/* A growing list of single words, of addresses. */
struct words {
	struct str *v;
	size_t n, cap;
};

struct config_domain {
	struct name name;
	enum role role;
	bool role_given, bulk;
	struct words selectors; /* in use, of whichever sender */
	size_t at;              /* where it stands, for faults */
};

/* A From domain, first its name: name_cmp() sorts them. */
struct config_from {
	struct name name;
	size_t at;
};

struct config_sender {
	struct sender s; /* its lists are filled in when the file is read */
	struct words selectors, via;
	struct config_from
	    *from; /* sorted; 0 = every domain that is not parked nor a return path */
	size_t n_from, cap_from;
	struct addr *ips;
	size_t cap_ips;
	struct prefix *prefixes;
	size_t cap_prefixes;
	struct config_signer *dkim;
	size_t n_dkim, cap_dkim;
	size_t mail_from_at; /* where it stands */
};

struct config_signer {
	struct name domain; /* n = 0 = that of the From header */
	struct words selectors;
};

/* Rates are in hundredths of a percent. */
struct bounce_limits {
	uint32_t hard_warn, hard_act, hard_stop; /* bounces for good, of all attempts */
	uint32_t soft_warn;                      /* for now */
	uint32_t attempts;                       /* under so many no rate is told */
	/* A deferral becomes one for good after so long, */
	uint32_t soft_days;
	/* after so many attempts in so many hours, */
	uint32_t soft_attempts, soft_hours;
	/* or when so many mails in a row to the address were deferred. */
	uint32_t soft_in_a_row;
};

struct config {
	struct arena arena; /* owns all the rest */
	struct config_domain *domains;
	size_t n_domains, cap_domains;
	const struct config_domain **by_name; /* the same, sorted */
	struct config_sender *senders;
	size_t n_senders, cap_senders;
	int8_t level[RULE_COUNT]; /* an enum rule_level, or -1: as the rule says */
	struct waiver *waivers;
	struct waiver_at {
		size_t domain, until; /* where they stand */
	} * waivers_at;
	size_t n_waivers, cap_waivers, cap_waivers_at;
	const struct dnsbl_list **ask; /* the lists named; 0 = the default ones */
	size_t n_ask, cap_ask;
	struct list_key *keys;
	size_t n_keys, cap_keys;
	struct dnsbl_list *lists; /* those of ask as struct subject wants them */
	struct bounce_limits bounces;
	struct user_signature *signatures; /* in the order of the file */
	size_t n_signatures, cap_signatures;
};

/*
 * Read the text of a file into *OUT, to be given back by config_free() whatever
 * comes.  AUDIT_EFORMAT when FS, whose arena is OUT's, has faults.
 */
int config_parse(struct config *out, struct str text, struct faults *fs)
    __attribute__((warn_unused_result));

/* The same of the file at PATH; what is wrong is told.  Also AUDIT_EREAD. */
int config_read(struct config *out, const char *path) __attribute__((warn_unused_result));

/* The same of BYTES, which stand at PATH somewhere else than on the disk. */
int config_take(struct config *out, struct str bytes, const char *path)
    __attribute__((warn_unused_result));

/*
 * What of C, read from the text that FS was made for, bears nothing at NOW: waivers
 * that are over, or of domains that no list of C names.  Added to FS; no fault.
 */
void config_doubts(const struct config *c, time_t now, struct faults *fs);

/*
 * As config_read(), and tell of what config_doubts() finds as well.
 */
int config_check(struct config *out, const char *path, time_t now)
    __attribute__((warn_unused_result));

/* Give back what C holds. */
void config_free(struct config *c);

/* The domain called NAME; NULL when the file does not name it. */
const struct config_domain *config_domain(const struct config *c, const struct name *name);

/* Append all keys that the file may have, with what each wants. */
void config_keys(struct buf *b);

#endif
