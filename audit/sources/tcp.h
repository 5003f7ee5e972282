/* SPDX-License-Identifier: ISC */
/*
 * tcp.h - one question over one TCP connection (RFC 7766).
 *
 * The deadline is the caller's: it calls tcp_stop().
 */
#ifndef AUDIT_SOURCES_TCP_H
#define AUDIT_SOURCES_TCP_H
#include "audit/loop.h"
#include "audit/sources/resolver.h"
#include "audit/sources/wire.h"
#include "checks/core/str.h"

struct tcp_call;

/*
 * Called once, from the loop, with the message that came, or with MESSAGE.p
 * NULL when the connection failed or ended before.  It must call tcp_stop().
 */
typedef void tcp_done(struct tcp_call *c, void *ctx, struct str message);

/* Connect to TO and send the message Q.  NULL when that fails at once (errno). */
struct tcp_call *tcp_start(struct loop *loop, const struct resolver_server *to,
    const struct wire_query *q, tcp_done *done, void *ctx);

/* End C, at any time; NULL is taken. */
void tcp_stop(struct tcp_call *c);

#endif
