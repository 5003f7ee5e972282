/* SPDX-License-Identifier: ISC */
/*
 * subject.h - what is audited: a domain, addresses, or both, and what is
 * known about its senders.
 */
#ifndef CHECKS_CORE_SUBJECT_H
#define CHECKS_CORE_SUBJECT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "checks/core/addr.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

/* The key a signer uses: of the pair, the half that everybody may know. */
struct signer_key {
	bool ed25519;    /* else RSA */
	struct str data; /* what p= holds in base64: SubjectPublicKeyInfo, or 32 bytes of Ed25519 */
};

struct dnsbl_list;
struct seen_source;
struct header;
struct signatures;
struct refusal;

enum provenance { FROM_GIVEN, FROM_CONFIG, FROM_LOG, FROM_MESSAGE, FROM_REPORT, FROM_GUESS };

/* A DKIM selector and how we know of it.  All but FROM_GUESS are "in use". */
struct selector {
	struct name domain; /* the d= domain; n = 0 = the subject's */
	struct str name;    /* as in s=, may hold dots */
	enum provenance provenance;
};

/* What a domain is for, as its owner says. */
enum role {
	ROLE_MAIL,        /* sends and takes mail; also where nobody said */
	ROLE_SEND_ONLY,   /* sends, takes none: needs no MX */
	ROLE_RETURN_PATH, /* MAIL FROM only: bounces come back to it, no author writes as it */
	ROLE_PARKED       /* no mail at all */
};

/* Who signs the mail of a sender. */
struct signer {
	struct name domain; /* d=; n = 0 = the domain of the From header */
	const struct str *selectors;
	size_t n_selectors;
};

/* One stream of mail that leaves as the subject's domain. */
struct sender {
	struct str name;        /* as its owner calls it; empty = the command line's */
	const struct addr *ips; /* single addresses, unmapped */
	size_t n_ips;
	const struct prefix
	    *prefixes; /* networks that it sends from: asked of as a whole or not at all */
	size_t n_prefixes;
	struct name helo; /* n = 0 = not known */
	bool mail_from_given, mail_from_null;
	struct str mail_from_local; /* empty = "postmaster" */
	struct name mail_from;      /* n = 0 = the domain of the subject */
	struct name from;           /* the From domain; n = 0 = the subject's */
	const struct signer *dkim;
	size_t n_dkim;
	const struct str *via; /* services that it leaves through, as their rows are called */
	size_t n_via;
	bool path_only;  /* the subject is its return path; who writes through it are others */
	bool bulk;       /* the demands on bulk senders bind: said, or by volume */
	bool marketing;  /* subscribed mail: one-click unsubscription is demanded */
	uint32_t volume; /* messages a day; 0 = not known */
};

/*
 * Everything here lives as long as the subject, and is not written by a check.
 *
 * Who sends stands in `senders`; senders_of() (checks/senders.h) gives them.  Of the
 * fields below, ips holds the addresses of all of them; helo, mail_from and from are
 * those of the sender when there is one, and not set when there are several.
 */
struct subject {
	struct name domain; /* n = 0 = only addresses are audited */
	enum role role;
	const struct sender *senders; /* n_senders = 0 = what helo, mail_from, ips say */
	size_t n_senders;
	const struct addr *ips; /* addresses it sends from */
	size_t n_ips;
	struct name helo; /* n = 0 = not given */
	bool mail_from_given, mail_from_null;
	struct str mail_from_local; /* empty = "postmaster" */
	struct name mail_from;      /* n = 0 = the domain */
	struct name from;           /* the From domain; n = 0 = the domain */
	const struct selector *selectors;
	size_t n_selectors;
	const struct seen_source *const *seen; /* that reports saw send as it: checks/seen.h */
	size_t n_seen;
	const struct refusal *refusal; /* of its mail, to be explained: checks/refusal.h; or NULL */
	const struct signer_key *signer;     /* of the one selector FROM_GIVEN; NULL = not given */
	const struct header *message;        /* a sample message; NULL = none */
	const struct signatures *signatures; /* of it: checks/signature.h; NULL = no message */
	struct str message_file;             /* where it was read; empty unless there is one */
	size_t message_number;               /* in that file, from 1 */
	bool message_unescaped;              /* an mbox writer's marks were taken out of it */
	struct name authserv_id; /* who writes Authentication-Results; n = 0 = nobody's name */
	bool trust_received;     /* its topmost Received says who handed it over */
	const struct str *via;   /* services that mail leaves through: --via */
	size_t n_via;
	bool bulk;       /* bulk rules bind */
	bool guess;      /* probing for selectors is allowed */
	bool parked;     /* profile parked */
	bool preflight;  /* profile preflight */
	bool zone_files; /* zone files were given: their faults are told */
	bool compared;   /* with the state before a change, which can be asked about */
	bool ask_lists;  /* block lists are on */
	const struct dnsbl_list *lists; /* what to ask; the built-in catalogue or --dnsbl-zones */
	size_t n_lists;
};

#endif
