/* SPDX-License-Identifier: ISC */
/*
 * prose.h - what the text of a report says of whom it could not reach, and
 * why.
 *
 * By shape, not by vendor: a line that is an address, or begins with one, or
 * ends a phrase with one; a reply behind it, below it, or anywhere in the
 * text.  Works on any language, since codes and addresses are in none.
 */
#ifndef AUDIT_BOUNCE_PROSE_H
#define AUDIT_BOUNCE_PROSE_H
#include "audit/bounce/address.h"
#include "audit/bounce/reply.h"

#define MAX_PROSE ((size_t)64 << 10) /* bytes of text read; reports say it in 4 kB */

struct prose {
	struct str text;     /* written for the sender */
	struct str returned; /* the original message that follows it, from its first header on */
};

/* How a line shows an address; higher is surer. */
enum shown {
	SHOWN_NOT = 0,      /* the sender's, a contact's */
	SHOWN_SOMEWHERE,    /* inside a sentence */
	SHOWN_SUMMARY,      /* "To: ..." of the original's headers */
	SHOWN_WRAPPED,      /* begins a line that goes on as a sentence */
	SHOWN_IN_REPLY,     /* "550 5.1.1 <...>" */
	SHOWN_AS_RECIPIENT, /* "RCPT TO:<...>", "Recipient: ..." */
	SHOWN_ALONE         /* the line is the address, or it and what is said about it */
};

/* Part TEXT into what is for people and the returned message below; views. */
void prose_split(struct str text, struct prose *out);

/*
 * Add to OUT the recipients that P shows best.  NOT are addresses that are
 * taken only when shown as recipients beyond doubt (the sender's own); TO are
 * the returned message's recipients, which settle what is doubtful.  How they
 * were shown; SHOWN_NOT when there are none.
 */
enum shown prose_recipients(struct arena *a, const struct prose *p,
    const struct address_list *not_of, const struct address_list *to, struct address_list *out);

/*
 * What P says about ADDRESS (may be empty), on one line and owned by A: a
 * reply where there is one, else the sentence nearest to it.
 */
struct str prose_reply(struct arena *a, const struct prose *p, struct str address);

/*
 * The whole of the reply whose first line is FIRST ("550-5.7.1 ..."), out of
 * a transcript of "<<<" lines; FIRST when there is none.
 */
struct str prose_whole_reply(struct arena *a, const struct prose *p, struct str first);

/* Whether TEXT holds something like a reply code of 4xx or 5xx, or an enhanced code. */
bool prose_has_code(struct str text);

/* How LINE shows the address at its bytes FROM to TO. */
enum shown prose_shows(struct str line, size_t from, size_t to);

#endif
