/* SPDX-License-Identifier: ISC */
/* table */
/*
 * reread_streams.c - what the senders of a domain, and whether providers would take their
 * mail, look like in a report: tables for reread_shape.c.
 */
#include "audit/fleet/reread_shape.h"

/* clang-format off */
static const struct field fields_alignment[] = {
	{ .name = "aligned", .want = WANT_BOOL, .needed = true },
	{ .name = "aligned_strict", .want = WANT_BOOL, .needed = true },
	{ .name = "aligned_relaxed", .want = WANT_BOOL },
};
SHAPE(alignment);
static const struct field fields_stream_key[] = {
	{ .name = "domain", .want = WANT_DOMAIN, .needed = true },
	{ .name = "selector", .want = WANT_TEXT, .needed = true },
	{ .name = "result", .want = WANT_TEXT, .needed = true },
	{ .name = "aligned", .want = WANT_BOOL, .needed = true },
	{ .name = "aligned_strict", .want = WANT_BOOL, .needed = true },
	{ .name = "aligned_relaxed", .want = WANT_BOOL },
};
SHAPE(stream_key);
static const struct field fields_stream_address[] = {
	{ .name = "ip", .want = WANT_ADDRESS, .needed = true },
	{ .name = "result", .want = WANT_TEXT, .needed = true },
};
SHAPE(stream_address);
static const struct field fields_stream[] = {
	{ .name = "sender", .want = WANT_TEXT, .needed = true },
	{ .name = "from", .want = WANT_DOMAIN },
	{ .name = "via", .want = WANT_TEXT },
	{ .name = "spf", .want = WANT_TEXT },
	{ .name = "dkim", .want = WANT_TEXT },
	{ .name = "aligned", .want = WANT_BOOL },
	{ .name = "dmarc", .want = WANT_TEXT },
	{ .name = "dmarc_rfc7489", .want = WANT_TEXT },
	{ .name = "policy", .want = WANT_TEXT },
	{ .name = "code", .want = WANT_TEXT },
	{ .name = "mail_from", .want = WANT_DOMAIN },
	{ .name = "mail_from_alignment", .want = WANT_OBJECT, .shape = &shape_alignment },
	{ .name = "addresses", .want = WANT_OBJECT, .list = true, .shape = &shape_stream_address },
	{ .name = "keys", .want = WANT_OBJECT, .list = true, .shape = &shape_stream_key },
	{ .name = "change", .want = WANT_TEXT },
	{ .name = "change_domain", .want = WANT_DOMAIN },
};
const struct shape shape_stream = { fields_stream, ARRAY_LEN(fields_stream) };
static const struct field fields_requirement[] = {
	{ .name = "requirement", .want = WANT_TEXT, .needed = true },
	{ .name = "who", .want = WANT_TEXT, .needed = true },
	{ .name = "binds", .want = WANT_BOOL, .needed = true },
	{ .name = "state", .want = WANT_TEXT, .needed = true },
	{ .name = "reason", .want = WANT_TEXT },
	{ .name = "code", .want = WANT_TEXT },
	{ .name = "since", .want = WANT_TEXT },
	{ .name = "source", .want = WANT_TEXT, .needed = true },
	{ .name = "read", .want = WANT_TEXT, .needed = true },
};
SHAPE(requirement);
static const struct field fields_readiness[] = {
	{ .name = "provider", .want = WANT_TEXT, .needed = true },
	{ .name = "verdict", .want = WANT_WORD, .needed = true, .words = "ready not-ready cannot-tell" },
	{ .name = "missing", .want = WANT_HEX, .list = true, .needed = true },
	{ .name = "unseen", .want = WANT_TEXT, .list = true, .needed = true },
	{ .name = "as_of", .want = WANT_TEXT, .needed = true },
	{ .name = "requirements", .want = WANT_OBJECT, .list = true, .shape = &shape_requirement },
};
const struct shape shape_readiness = { fields_readiness, ARRAY_LEN(fields_readiness) };
/* clang-format on */
