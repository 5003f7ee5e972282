/* SPDX-License-Identifier: ISC */
/*
 * classify.h - what a refusal means: provider, mechanism, and what its text
 * names.
 *
 * A table of facts decides (signatures_*.c, one row a text, each with a sample
 * and its source): the provider's own rows, then the default texts of
 * software, then codes, then weak words.  The code alone never decides where
 * receivers use it for two things.  All literals are looked for in one pass;
 * expressions are tried on candidates only.
 */
#ifndef AUDIT_BOUNCE_CLASSIFY_H
#define AUDIT_BOUNCE_CLASSIFY_H
#include <stdbool.h>
#include <stddef.h>
#include "audit/bounce/mechanism.h"
#include "audit/bounce/reply.h"
#include "checks/core/addr.h"

enum confidence { CONFIDENCE_NONE, CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };

/* Which identity a text names (RFC 5598). */
enum identity { IDENTITY_NONE, IDENTITY_FROM, IDENTITY_MAIL_FROM, IDENTITY_HELO, IDENTITY_DKIM };

/*
 * What stands in the text of a refusal.  Views into the reply; a list that is
 * named by a word ("Spamhaus") stands as its zone, a static text.
 */
struct lifted {
	bool has_ip;
	struct addr ip;    /* ours, as the receiver saw it */
	struct str domain; /* that it names */
	enum identity identity;
	struct str list_zone;        /* "zen.spamhaus.org" */
	struct str list_key;         /* what is listed there when it is no address: a domain */
	struct str id;               /* the provider's own: "S3140", "TSS04", a URL's token */
	struct str spf, dkim, dmarc; /* results the text states: "pass", "fail", "did not pass" */
};

struct classified {
	const char *provider; /* "google", "microsoft" ...; "" = not known */
	enum mechanism mechanism;
	enum confidence confidence;
	bool permanent;        /* by the reply, or by the local status when there is no reply */
	const char *signature; /* id of the row that decided, owned by the classifier; "" = none */
	struct lifted lifted;
};

/* What is known besides the text. */
struct classify_context {
	struct str relay_host; /* empty = not known */
	struct str recipient_domain;
	enum phase phase;      /* from the log line; PHASE_UNKNOWN = as the reply says */
	struct enhanced local; /* the status our own MTA gave */
	bool out;              /* we were the client */
};

struct classifier;

/* A row of a user's own, which comes before all others. */
struct user_signature {
	struct str id, provider, text; /* TEXT: POSIX ERE, letters of either case */
	uint16_t code;                 /* 0 = any */
	struct enhanced enhanced;      /* class 0 = any */
	enum mechanism mechanism;
};

/* A classifier with the N rows at OWN in front; NULL when one is no expression (*BAD = its index).
 */
struct classifier *classifier_new(const struct user_signature *own, size_t n, size_t *bad);
void classifier_free(struct classifier *c);

/* What R means.  Never fails; results are kept by masked text, in bounded memory. */
void classify(struct classifier *c, const struct reply *r, const struct classify_context *x,
    struct classified *out);

#endif
