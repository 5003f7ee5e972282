/* SPDX-License-Identifier: ISC */
/*
 * read_exim.h - between the files of the Exim reader.
 */
#ifndef AUDIT_BOUNCE_READ_EXIM_H
#define AUDIT_BOUNCE_READ_EXIM_H
#include "audit/bounce/event.h"

/* Fields of a line, views into it; what is not there is empty. */
struct exim_fields {
	struct str host, ip;   /* H=name [ip] */
	struct str local_ip;   /* I=[ip]:port */
	struct str sender;     /* F=<...>; "<>" = null */
	struct str transport;  /* T= without quotes */
	struct str message_id; /* id= */
	struct str reply;      /* C="..." */
	bool deferred;         /* "defer (N)" */
	int defer;             /* N */
};

/*
 * Take fields off the front of S, left to right: a quoted value may hold what
 * looks like one.  What is left in *S is what follows the colon that ends them,
 * or the first word that is no field.
 */
void exim_fields(struct str *s, struct exim_fields *out);

/* The addresses in front of the fields: "final (parent) <original>", "|command <original>". */
void exim_addresses(struct str *s, struct str *recipient, struct str *original);

/* Where in the dialogue the words of Exim put a failure; *NAMED = a remote server spoke. */
enum phase exim_phase(struct str text, bool *named);

#endif
