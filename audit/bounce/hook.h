/* SPDX-License-Identifier: ISC */
/*
 * hook.h - what the readers of JSON events share: values by path, times,
 * the shapes of services.
 *
 * No type of the JSON library leaves the files that include this one.
 */
#ifndef AUDIT_BOUNCE_HOOK_H
#define AUDIT_BOUNCE_HOOK_H
#include "audit/bounce/reader.h"

struct json_t;

/* What one record is read with. */
struct hook {
	struct arena *a;
	const struct sink *out;
	unsigned depth;  /* envelopes around, at most MAX_HOOK_DEPTH */
	bool understood; /* some object was of a known shape */
	size_t n_events; /* given so far */
};

#define MAX_HOOK_DEPTH 6 /* SNS in a Lambda record in an array: 4 */

/*
 * The value at PATH below J, names joined by '.', "0" the first of an array;
 * NULL when there is none.  A name with dots in it cannot be asked for.
 */
const struct json_t *hook_at(const struct json_t *j, const char *path);

/* Its text, owned by A: a string, a number in decimal, the first of an array; else empty. */
struct str hook_text(struct arena *a, const struct json_t *j, const char *path);

/* The first of the N paths, joined by '|', that has text. */
struct str hook_first(struct arena *a, const struct json_t *j, const char *paths);

/*
 * A moment as services write it: seconds or milliseconds since 1970, RFC 3339
 * with or without zone (UTC then), RFC 5322.  False, *OUT untouched, else.
 */
bool hook_time(struct arena *a, struct str text, time_t *out);

/* "550" before "5.1.1 No such user", where the text has no code of its own; owned by A. */
struct str hook_reply(struct arena *a, struct str code, struct str text);

/* Set E's sending address from TEXT, "ADDRESS" or "ADDRESS:PORT". */
void hook_sender_ip(struct str text, struct bounce_event *e);

/* Give E to H's sink. */
void hook_emit(struct hook *h, struct bounce_event *e);

/*
 * Events out of the object J, when it is one of Amazon SES / a record of
 * KumoMTA's log / of a shape in the table.  False when it is not.
 */
bool hook_ses(struct hook *h, const struct json_t *j);
bool hook_kumo(struct hook *h, const struct json_t *j);
bool hook_shape(struct hook *h, const struct json_t *j);

#endif
