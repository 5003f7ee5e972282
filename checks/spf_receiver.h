/* SPDX-License-Identifier: ISC */
/*
 * spf_receiver.h - the second opinion: what receivers that use libspf2 conclude
 * about a sender, where that is not what RFC 7208 says, and which term is to blame.
 *
 * Our own verdict is never changed by it.
 */
#ifndef CHECKS_SPF_RECEIVER_H
#define CHECKS_SPF_RECEIVER_H
#include "checks/core/receiver.h"
#include "checks/spf_sender.h"

/* What libspf2 does otherwise than RFC 7208 wants. */
enum spf_quirk {
	QUIRK_NONE,         /* of those below, none explains it */
	QUIRK_TRUNCATED,    /* terms behind the first 64 or so are dropped without a word */
	QUIRK_CIDR_ZERO,    /* /0 is an error */
	QUIRK_REDIRECT,     /* redirect= is followed where it stands */
	QUIRK_MODIFIER_DOT, /* a dot in the name of a modifier is an error */
	QUIRK_MACRO_NUMBER, /* of %{d2} with two labels the first letter is lost */
	QUIRK_LOOKUPS,      /* lookups are counted for each include apart */
	QUIRK_VOIDS,        /* there is no limit of void lookups */
	QUIRK_PTR_NAMES,    /* more than 10 PTR records are an error */
	QUIRK_MX_NAMES,     /* of more than 10 exchangers the first 10 are looked at */
	QUIRK_ERRORS,       /* any failed lookup for a PTR record is a temperror */
	QUIRK_TWICE,        /* redirect= and exp= may stand twice */
	QUIRK_MACRO,        /* what is no macro is taken as it stands */
	QUIRK_CIDR_FORM,    /* a prefix length may begin with 0 */
	QUIRK_DOMAIN,       /* names are taken as they stand */
	QUIRK_COLON,        /* redirect: stands for redirect= */
	QUIRK_BYTE,         /* bytes beyond ASCII are taken as they stand */
	QUIRK_COUNT
};

/* A difference, and where it comes from. */
struct spf_difference {
	enum spf_quirk quirk;
	struct str term;   /* empty = no single one */
	struct str domain; /* whose record it stands in */
};

/*
 * What libspf2 concludes about S; see ask_receiver().  NULL = it was not asked: its
 * verdict on a loopback address is pass whatever is published, and without a domain
 * there is nothing to ask.
 */
const struct answer *spf_receiver(struct audit *au, const struct spf_sender *s);

/* Why V, our verdict, is not THEIRS.  Asks nothing that V did not ask. */
struct spf_difference spf_differ(
    struct audit *au, const struct spf_verdict *v, const struct receiver_facts *theirs);

/*
 * The answer without which nobody knows what THEIRS would be: libspf2 went further
 * than V, our verdict on IP, met a lookup that failed, and says temperror; THEIRS
 * itself where it cannot be told which that was.  NULL = none is lacking; also where
 * a PTR lookup failed, which RFC 7208 5.5 passes over and libspf2 never does.
 */
const struct answer *spf_receiver_lacks(struct audit *au, const struct spf_verdict *v,
    const struct addr *ip, const struct answer *theirs);

/*
 * Tell where libspf2 differs on the addresses of W, which send as NAME.  J as
 * spf_judge_senders() says.  Silent while an answer is pending.
 */
void spf_judge_receiver(struct audit *au, const struct name *name, const struct spf_senders *w,
    const struct spf_judge *j);

/*
 * A check of its own, for `mailvet evaluate`: our verdict for the first address of the
 * subject, with the walk, and that of libspf2, into the facts.  Finds nothing.
 */
void check_sender(struct audit *au);

/* What libspf2 does, of quirk Q: a part of a sentence that begins with "libspf2". */
const char *spf_quirk_text(enum spf_quirk q);

#endif
