/* SPDX-License-Identifier: ISC */
/*
 * signing.h - signed messages for tests: a key made on the spot, and libopendkim
 * signing with it.
 */
#ifndef TESTS_SIGNING_H
#define TESTS_SIGNING_H
#include "checks/core/arena.h"
#include "checks/core/str.h"

struct signing_key {
	struct str pem;    /* the private key */
	struct str record; /* the text of its TXT record */
};

/* How to sign; what is left out has the usual value. */
struct sign_options {
	const char *domain, *selector; /* "example.com", "s1" */
	const char *algorithm;         /* "rsa-sha256", "rsa-sha1" */
	bool simple;                   /* canonicalization; both relaxed otherwise */
	bool partial;                  /* with l= */
	uint64_t time, ttl;            /* t= (the present), x= behind it (none); seconds */
};

/* A new RSA key of BITS, in memory of A. */
struct signing_key signing_new(struct arena *a, unsigned bits);

/* The same from the PEM text of a private key. */
struct signing_key signing_read(struct arena *a, struct str pem);

/* MESSAGE, whose lines end in CRLF, with a signature on top; ends the program on a failure. */
struct str signing_sign(
    struct arena *a, const struct signing_key *s, const struct sign_options *o, struct str message);

#endif
