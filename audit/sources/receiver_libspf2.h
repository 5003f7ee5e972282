/* SPDX-License-Identifier: ISC */
/*
 * receiver_libspf2.h - the library libspf2, which Exim and others use, put to one
 * sender with the answers that came with the question.
 *
 * For the process of receiver_child.c, and for tests and measurements that know
 * what they feed it: published records have crashed this library, and mailvet
 * never calls it in its own process.  It asks nothing but what it was given.
 */
#ifndef AUDIT_SOURCES_RECEIVER_LIBSPF2_H
#define AUDIT_SOURCES_RECEIVER_LIBSPF2_H
#include "audit/sources/receiver_wire.h"

/*
 * Callbacks of one evaluation.  It counts lookups by include, so that a zone of
 * includes makes many: 28 were seen to pass.  Includes nest at most 20 deep in it.
 */
#define MAX_LIBSPF2_ASKED 300

struct libspf2;

/*
 * The library, ready; NULL when it refuses.  GUARDED is what all but one test want:
 * explanations are not compiled, which is where Debian's version writes beyond its
 * memory (CVE-2023-42118).
 */
struct libspf2 *libspf2_open(bool guarded);
void libspf2_close(struct libspf2 *l);

/*
 * Put C to the library; what it says into *OUT, a missing answer, or why it was not
 * asked.  A is scratch.  May end the process.
 */
void libspf2_ask(
    struct libspf2 *l, struct arena *a, const struct receiver_case *c, struct receiver_reply *out);

#endif
