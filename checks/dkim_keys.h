/* SPDX-License-Identifier: ISC */
/*
 * dkim_keys.h - which DKIM keys a subject has, and how we know of them.
 *
 * A fact as a function: any check may ask for the keys.  It finds, reads and
 * sorts them; it finds no fault and says nothing.
 */
#ifndef CHECKS_DKIM_KEYS_H
#define CHECKS_DKIM_KEYS_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/check.h"
#include "checks/dkim_record.h"

#define MAX_SELECTORS 200 /* in use at one subject; logs of a large sender name a few dozen */
#define MAX_LISTED_SELECTORS 100 /* that a zone file tells of by itself */

enum key_state {
	KEY_PENDING,  /* an answer is missing: nothing is known yet */
	KEY_BAD_NAME, /* selector and domain do not make a name */
	KEY_FAILED,   /* nobody could say */
	KEY_ABSENT,   /* no TXT record, and no CNAME that leads elsewhere */
	KEY_DANGLING, /* a CNAME to a name without TXT record */
	KEY_NOT_KEY,  /* text that is no key record */
	KEY_SEVERAL,  /* more than one TXT record, one of them a key */
	KEY_FOUND     /* one key record: see key */
};

/* One selector and what stands there. */
struct selector_key {
	struct str selector;
	struct name domain; /* d= */
	struct name name;   /* SELECTOR._domainkey.DOMAIN; n = 0 for KEY_BAD_NAME */
	enum provenance provenance;
	enum key_state state;
	const struct answer *answer;   /* NULL for KEY_BAD_NAME */
	const struct rr *rr;           /* the record read: KEY_FOUND, KEY_NOT_KEY, KEY_SEVERAL */
	size_t n_txt;                  /* TXT records at the name */
	struct dkimkey key;            /* KEY_FOUND; the key itself judged too */
	const struct key_facts *facts; /* KEY_FOUND; NULL when nobody could read the key */
	struct name target;            /* where CNAMEs lead; n = 0 = there is none */
	bool delegated;                /* the target belongs to somebody else */
	bool others; /* of a signature by another organization than the author's: not judged */
	struct name meant; /* KEY_NOT_KEY: a host name, a CNAME's target; n = 0 = it is none */
};

/* How looking for keys that nobody named went. */
enum probe_state {
	PROBE_PENDING,
	PROBE_OFF,     /* not allowed */
	PROBE_FAILED,  /* the name servers did not answer */
	PROBE_NOTHING, /* _domainkey does not exist: there is no key at all */
	PROBE_DONE
};

struct selector_keys {
	struct selector_key *keys; /* those in use first, in the order given; then others found */
	size_t n, cap, n_in_use;
	size_t n_probed;             /* probes that were answered */
	size_t n_unknown;            /* looked for, and nobody could say */
	const struct answer *failed; /* the first of those answers; NULL = none */
	size_t n_keys;               /* keys found that are not known to be in use */
	enum probe_state probe;
	struct name root; /* _domainkey of the subject's domain; n = 0 = cannot be asked */
	const struct answer *root_answer; /* NULL when not asked */
	const struct answer *adsp;        /* of _adsp._domainkey; NULL when not asked */
	bool all_listed; /* a source listed all names below root, and each could be read */
	struct selector_key wildcard; /* what a selector nobody uses gets; KEY_ABSENT if none */
	bool pending;                 /* an answer is missing: the rest may not be judged */
};

/* Whether K is known to sign mail: everything but a guess. */
bool selectors_in_use(const struct selector_key *k);

/* What K is, in a word: "valid", "revoked", "absent", "invalid", "unknown". */
const char *selector_key_word(const struct selector_key *k);

/* Look for the key of SELECTOR at DOMAIN, which a message names, into *OUT. */
void selector_key_find(
    struct audit *au, struct str selector, const struct name *domain, struct selector_key *out);

/*
 * The keys of AU's subject, owned by its arena.  Asks for what is in use, and
 * where the subject allows it for the common selectors and, of a source that
 * can list names, for all.
 */
struct selector_keys *selectors_keys(struct audit *au);

#endif
