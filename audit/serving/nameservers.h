/* SPDX-License-Identifier: ISC */
/*
 * nameservers.h - the servers of a zone: those given, or those that the DNS names.
 */
#ifndef AUDIT_SERVING_NAMESERVERS_H
#define AUDIT_SERVING_NAMESERVERS_H
#include "audit/loop.h"
#include "audit/sources/resolver.h"
#include "audit/world.h"
#include "checks/core/arena.h"
#include "report/serving.h"

#define MAX_NAME_SERVERS 16    /* of a zone; the root has 13 */
#define MAX_SERVER_ADDRESSES 4 /* of one of them and each family */

/* The servers of D are the N at TO. */
void nameservers_given(
    struct arena *a, struct serving_domain *d, const struct resolver_server *to, size_t n);

/*
 * The servers of D are all addresses of the name servers of its zone, as W tells (which
 * LOOP drives).  An address that is none of the Internet is not asked: a zone must not
 * make us send anything into the network that we stand in.  When none is found D->trouble
 * says why.  AUDIT_OK or AUDIT_ESYS.
 */
int nameservers_find(struct arena *a, struct serving_domain *d, struct world *w, struct loop *loop)
    __attribute__((warn_unused_result));

#endif
