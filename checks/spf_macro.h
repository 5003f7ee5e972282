/* SPDX-License-Identifier: ISC */
/*
 * spf_macro.h - macro-strings and domain-specs of SPF records (RFC 7208 7.1).
 *
 * Checks syntax, and expands with the values it is given.  It asks nothing:
 * who sends, and what the letters stand for then, is the caller's affair.
 */
#ifndef CHECKS_SPF_MACRO_H
#define CHECKS_SPF_MACRO_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/buf.h"
#include "checks/core/name.h"
#include "checks/core/str.h"

enum spec_fault {
	SPEC_OK,
	SPEC_MACRO,  /* a macro that the grammar does not know */
	SPEC_DOMAIN, /* empty, no dot, or a last label that can be no top-level domain */
	SPEC_NAME    /* good by the grammar, but no name in use: an empty label, a colon */
};

struct spec {
	enum spec_fault fault;
	size_t offset, length; /* of the part at fault, or of the first macro */
	bool has_macro;
	bool has_p; /* %{p}: the validated name of the client */
};

/*
 * Walk the macro-string TEXT.  EXPLAIN: it is explanation text, where blanks
 * and the letters c, r and t are allowed (RFC 7208 6.2, 7.2).
 */
struct spec spf_macro_string(struct str text, bool explain);

/*
 * Judge TEXT as a domain-spec (RFC 7208 7.1).  *NAME is the name that it is where it has
 * no macros; n = 0 where it is none.
 */
struct spec spf_domain_spec(struct str text, struct name *name);

/*
 * The name that an expanded domain-spec means: without final dot, and without
 * labels in front until 253 octets are left (RFC 7208 7.3).  A view into TEXT.
 */
struct str spf_target_text(struct str text);

/* What the macro letters stand for, 'a' first; p NULL = not known. */
struct spf_letters {
	struct str of[26];
};

/*
 * Append TEXT with all macros expanded (RFC 7208 7.3).  EXPLAIN: as above.
 * False, with B in an unknown state, when a letter stands in it whose value is
 * not known, when its syntax is bad, or when B is over.
 */
bool spf_macro_fill(
    struct buf *b, struct str text, bool explain, const struct spf_letters *letters);

/*
 * The same for a domain-spec where only %{d} (the domain CURRENT) and %{o} (the
 * domain of the sender, SENDER) are known: false when another letter stands in
 * it, for then only the sender's mail can tell.
 */
bool spf_macro_expand(
    struct buf *b, struct str text, const struct name *current, const struct name *sender);

#endif
