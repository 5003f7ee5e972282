/* SPDX-License-Identifier: ISC */
/*
 * json.h - a JSON writer (RFC 8259): it writes, it does not read.
 *
 * What comes out is well-formed as long as containers are closed and each
 * member has a key, whatever bytes the strings hold.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include "checks/core/buf.h"

#define MAX_JSON_KEY 60 /* bytes of a key; ours have under 30 */

struct json {
	struct buf *out;
	unsigned depth; /* open containers */
	bool pretty;    /* one item a line */
	bool first;     /* nothing stands in the open container yet */
	bool keyed;     /* a key was written, its value not */
};

/* Begin a text on OUT. */
void json_init(struct json *j, struct buf *out, bool pretty);

/*
 * Go on with a text that is DEPTH containers deep; FIRST tells whether the
 * innermost is still empty.
 */
void json_resume(struct json *j, struct buf *out, unsigned depth, bool first);

/* Open an object ('{') or array ('['), and close it with its own bracket. */
void json_open(struct json *j, char bracket);
void json_close(struct json *j, char bracket);

/*
 * The key of the next value: at most MAX_JSON_KEY bytes that need no escaping, a
 * literal of ours or what was looked through.
 */
void json_key_str(struct json *j, struct str key);

/* The same; half of a report is keys, and the length of a literal is known here. */
static inline void
json_key(struct json *j, const char *key)
{
	json_key_str(j, (struct str){ key, strlen(key) });
}

/*
 * Length of the UTF-8 sequence at AT of S (RFC 3629 4), which begins with a byte over
 * 0x7f; 0 when it is none, or a control character of the second table (U+0080 to U+009F).
 */
size_t utf8_length(struct str s, size_t at);

/* S as it is: valid UTF-8 stays, other bytes become U+FFFD. */
void json_str(struct json *j, struct str s);

/* S with bytes outside 0x20-0x7e as \DDD and '\' as '\\'. */
void json_escaped(struct json *j, struct str s);

/* TEXT, one whole value that a writer like J made with the same PRETTY. */
void json_made(struct json *j, struct str text);

/* true or false. */
void json_bool(struct json *j, bool v);

/* V in decimal: all 64 bits, whatever a reader makes of them. */
void json_uint(struct json *j, uint64_t v);
void json_int(struct json *j, int64_t v);

/* RFC 3339, UTC. */
void json_time(struct json *j, time_t t);

/*
 * A member: key and value.  Text that is empty is left out, as is a false
 * flag: an absent field is never null.
 */
static inline void
json_member_escaped(struct json *j, const char *key, struct str s)
{
	if (s.n == 0)
		return;
	json_key(j, key);
	json_escaped(j, s);
}

static inline void
json_member_str(struct json *j, const char *key, struct str s)
{
	if (s.n == 0)
		return;
	json_key(j, key);
	json_str(j, s);
}

static inline void
json_member(struct json *j, const char *key, const char *text)
{
	json_member_str(j, key, str_of(text));
}

static inline void
json_member_uint(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_uint(j, v);
}

static inline void
json_member_flag(struct json *j, const char *key, bool v)
{
	if (!v)
		return;
	json_key(j, key);
	json_bool(j, true);
}

#endif
