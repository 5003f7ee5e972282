/* SPDX-License-Identifier: ISC */
/*
 * refusal.h - whether what is published explains why a receiver refused mail.
 *
 * One refusal at a time: who sent, and what that receiver says was lacking.  The
 * check asks what the receiver asked, about the very address, MAIL FROM, selector,
 * list, and writes its reasoning down as steps, each to be looked at with dig.  It
 * knows nothing of logs, of counts and of what was so at another time: what becomes
 * of its result is weighed by whoever has those.  It appends no finding and proposes
 * no record; it names the rules of the catalogue that tell the same.
 */
#ifndef CHECKS_REFUSAL_H
#define CHECKS_REFUSAL_H
#include <stdbool.h>
#include "checks/check.h"
#include "checks/dnsbl_lists.h"

#define MAX_REFUSAL_STEPS 10  /* of one refusal; a reader follows six */
#define MAX_REFUSAL_CAUSES 24 /* rules that may tell of one cause */
#define MAX_REFUSAL_KEYS 8    /* selectors of one stream that are looked up */
#define MAX_REFUSAL_TEXT 200  /* bytes of a record, or of a list's words, in a step */

/* What the receiver demands and says was lacking. */
enum refusal_demand {
	DEMAND_NONE,      /* nothing that DNS could show */
	DEMAND_SPF,       /* SPF has to pass */
	DEMAND_DKIM,      /* a signature has to pass */
	DEMAND_EITHER,    /* SPF or DKIM */
	DEMAND_ALL,       /* SPF, DKIM and DMARC, each */
	DEMAND_DMARC,     /* an aligned pass, where the policy refuses the rest */
	DEMAND_ALIGNMENT, /* an aligned pass, whatever the policy */
	DEMAND_RECORD,    /* a DMARC record, with a policy */
	DEMAND_PTR,       /* a reverse name that leads back */
	DEMAND_HELO,      /* a HELO name that is a host's */
	DEMAND_LIST,      /* not to be listed */
	DEMAND_DOMAIN,    /* a MAIL FROM domain that takes mail */
	DEMAND_MX,        /* no null MX at the MAIL FROM domain (RFC 7505 4.2) */
	DEMAND_COUNT
};

/* One refusal, as much as is known of it.  Text is the log's, views that live as long. */
struct refusal {
	enum refusal_demand demand;
	struct name author;  /* From domain; n = 0 = not known */
	bool author_assumed; /* nobody said it: that of MAIL FROM is taken */
	struct name path;    /* of MAIL FROM; n = 0 = not known, or null */
	bool path_null;
	struct name helo; /* n = 0 = not known */
	bool has_ip;
	struct addr ip; /* that the mail left from, unmapped */
	struct selector keys[MAX_REFUSAL_KEYS];
	size_t n_keys;
	bool keys_seen;       /* the log shows that this mail was signed with them */
	struct str spf, dkim; /* results the reply states: "fail", "did not pass"; or empty */
	struct str dmarc;     /* the same */
	const struct dnsbl_list *list; /* DEMAND_LIST; a row of our own where no catalogue has it */
	struct name listed; /* DEMAND_LIST: the domain that is listed; n = 0 = the address */
};

/* What the check makes of it. */
enum refusal_finds {
	REFUSAL_EXPLAINED, /* what is published explains it */
	REFUSAL_PARTLY, /* as far as can be seen from here; the receiver's word stands for the rest
			 */
	REFUSAL_NOT,    /* what is published would have been taken */
	REFUSAL_LACKS   /* something is not known: a lookup failed, or nobody told */
};

/* One step of the reasoning. */
struct refusal_step {
	struct str words;  /* a statement of fact; what a record says of it is escaped */
	struct question q; /* that shows it; name.n = 0 = none does */
	struct str shows;  /* the answer in a few words, escaped; empty = see words */
};

struct refusal_fact {
	enum refusal_finds finds;
	const struct answer *failed;             /* REFUSAL_LACKS: the lookup; NULL = nobody told */
	const char *lacks;                       /* then: what; static words */
	enum rule_id causes[MAX_REFUSAL_CAUSES]; /* that tell the same, the most telling first */
	size_t n_causes;
	struct refusal_step steps[MAX_REFUSAL_STEPS];
	size_t n_steps;
	uint32_t ttl_s; /* of the answer that decided; 0 = not known */
};

/* Whether S bears a refusal that DNS could explain. */
bool has_refusal(const struct subject *s);

/* The check: judge the refusal of AU's subject into facts->refusal. */
void check_refusal(struct audit *au);

/* What the receiver demands, in a few words: "SPF has to pass"; "" for DEMAND_NONE. */
const char *refusal_demand_text(enum refusal_demand d);

#endif
