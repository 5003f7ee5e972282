/* SPDX-License-Identifier: ISC */
/*
 * message.h - builds DNS responses for tests, right ones and wrong ones.
 *
 * Names are written in full.  Nothing is checked but the room.
 */
#ifndef TESTS_MESSAGE_H
#define TESTS_MESSAGE_H
#include <stddef.h>
#include <stdint.h>
#include "checks/core/answer.h"
#include "checks/core/buf.h"
#include "checks/core/name.h"

/* Flags of a header beside the RCODE. */
#define MSG_QR 0x8000
#define MSG_AA 0x0400
#define MSG_TC 0x0200
#define MSG_RA 0x0080
#define MSG_AD 0x0020

enum message_section { IN_ANSWER = 1, IN_AUTHORITY, IN_ADDITIONAL };

struct message {
	uint8_t b[65535];
	size_t n;
};

/* A record in words: OWNER TYPE DATA, as a zone file has them; NULL owner = none. */
struct message_rr {
	enum message_section section;
	const char *owner;
	uint16_t type;
	const char *data; /* "192.0.2.1", "10 mx.example.com", "text"; SOA: the minimum */
	uint32_t ttl_s;   /* 0 = 300 */
};

/* The name TEXT; fails the test when it is none. */
struct name name_of(const char *text);

/* Begin with a header of ID and FLAGS and no records. */
void message_begin(struct message *m, uint16_t id, uint16_t flags);

/* Add the question as the LEN bytes QUESTION (name, type, class), or built. */
void message_question(struct message *m, const uint8_t *question, size_t len);
void message_ask(struct message *m, const char *name, uint16_t type);

/* Add a record; sections in their order. */
void message_add(struct message *m, const struct message_rr *rr);

/* Add a record of bytes. */
void message_raw(struct message *m, enum message_section section, const struct name *owner,
    uint16_t type, struct str rdata);

/* Add an OPT record that says extended error EDE (0 = says none) and RCODE_HIGH. */
void message_opt(struct message *m, unsigned ede, unsigned rcode_high);

/* Append A in words: "found [b.example] A 192.0.2.1 ttl 300", "failed timeout". */
void answer_describe(struct buf *b, const struct answer *a);

#endif
