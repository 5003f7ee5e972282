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
#include "checks/core/name.h"

#define MAX_JSON_KEY 60 /* bytes of a key; ours have under 30 */

struct json {
	struct buf *out;
	unsigned depth; /* open containers */
	bool pretty;    /* one item a line */
	bool comma;     /* one goes before what comes next: neither an opening nor a key is there */
	bool keyed;     /* a key was written, its value not */

	/* Of the text that is put together: where its item and where its bytes begin. */
	size_t item, text;
	bool was_comma; /* what `comma` was before it */
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

/*
 * The same for a literal.  Half of a report is keys, and the length of this one is known
 * here: where lines are not broken and there is room, writing it is a few moves.
 */
static inline void
json_key(struct json *j, const char *key)
{
	struct buf *b = j->out;
	size_t n = strlen(key);
	char *p;

	if (j->pretty || b->over || b->room - b->n < n + 4) {
		json_key_str(j, (struct str){ key, n });
		return;
	}
	p = b->p + b->n;
	*p = ','; /* and the quote goes over it where nothing stands before */
	p += j->comma;
	*p++ = '"';
	memcpy(p, key, n);
	memcpy(p + n, "\":", 2);
	b->n = (size_t)(p + n + 2 - b->p);
	j->comma = false;
	j->keyed = true;
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

/* BYTES as hexadecimal digits, two each. */
void json_hex(struct json *j, struct str bytes);

/*
 * A string that is put together where it stands: what is appended to the buffer returned,
 * which is J's own, becomes one as json_str() writes it when json_text_end() is called.
 * Nothing else may be written in between.  json_text_begin() is for an item of an array.
 * A string that stays empty is left out, with its key.
 */
struct buf *json_text_begin(struct json *j);
void json_text_end(struct json *j);

/* The end of one that cannot be empty, and cannot hold what JSON escapes: an address, a time. */
static inline void
json_text_end_plain(struct json *j)
{
	buf_addc(j->out, '"');
}

static inline struct buf *
json_text_member(struct json *j, const char *key)
{
	size_t item = j->out->n;
	bool comma = j->comma;

	json_key(j, key);
	(void)json_text_begin(j);
	j->item = item;
	j->was_comma = comma;
	return j->out;
}

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

/* The member KEY: N, as json_str() writes it; left out when N is not set. */
void json_member_name(struct json *j, const char *key, const struct name *n);

#endif
