/* SPDX-License-Identifier: ISC */
/*
 * relays.h - the hosts that mail was handed to, whose they are, and which of
 * them is no recipient's own server.
 *
 * A relay that takes mail for everybody (a smarthost, a delivery service) answers
 * for itself: that it accepted says nothing of what the recipients' servers did.
 * No DNS is asked; what gives it away is the mail that it takes.
 */
#ifndef AUDIT_BOUNCE_RELAYS_H
#define AUDIT_BOUNCE_RELAYS_H
#include "audit/bounce/event.h"
#include "audit/bounce/words.h"

#define RELAY_MIN_DOMAINS 10 /* recipient domains, of a relay that takes nearly all mail */
#define DOMAIN_CACHE 4096

struct relay {
	uint64_t domains; /* a bit for each recipient domain, by hash */
	uint64_t n;
	uint32_t provider; /* a word */
	uint32_t domain;   /* a word: its name without the first label */
	uint8_t foreign;   /* a bit for each large provider whose mailboxes it took mail for */
	bool known;        /* the fields above are set */
};

struct relays {
	struct relay *v; /* by the word of the host */
	size_t room;
	uint64_t n; /* mails that went to one */
	struct {
		uint64_t hash;
		uint32_t provider; /* a word */
		uint8_t large;     /* a bit, as in struct relay */
	} cache[DOMAIN_CACHE];
};

/* Give back what R holds; zeroed it is empty. */
void relays_free(struct relays *r);

/*
 * The relay that E, a fate, went to; it took one more mail.  *PROVIDER: whose server
 * that is, a word of W, by its name or by what it said first; without a host it is who
 * runs the mailboxes of the recipient's domain.  The relay's word; WORD_NONE without host.
 */
uint32_t relays_take(
    struct relays *r, struct word_list *w, const struct bounce_event *e, uint32_t *provider);

/* The relay under WORD, which relays_take() gave and is not WORD_NONE. */
const struct relay *relay_at(const struct relays *r, uint32_t word);

/* Whether the relay under WORD is no recipient's own server, as far as can be seen. */
bool relay_is_smarthost(const struct relays *r, uint32_t word);

#endif
