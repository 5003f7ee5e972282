/* SPDX-License-Identifier: ISC */
/*
 * answer.h - questions and their answers.
 *
 * An answer is immutable once it is finished, reference-counted, one block of
 * memory, and the same whoever asks; what follows from it alone may be kept
 * with it (answer_derive()).  Its records stand in canonical order
 * (RFC 4034 6.3), so that two servers, or a server and a zone file, that hold
 * the same RRset give the same answer.
 */
#ifndef CHECKS_CORE_ANSWER_H
#define CHECKS_CORE_ANSWER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "checks/core/name.h"
#include "checks/core/rr.h"
#include "checks/core/str.h"

#define MAX_ANSWER_RR 2000         /* records in one RRset; 64 KiB of the smallest are fewer */
#define MAX_ANSWER_BYTES (1 << 20) /* all of one answer */
#define MAX_CHAIN 16               /* CNAMEs in a row; resolvers in use give up at 8 to 17 */

enum question_kind {
	ASK_DNS,      /* name, type: an RRset */
	ASK_NAMES,    /* name: the names that exist below it, as NS-less records (rr.name) */
	ASK_SUFFIX,   /* name: public suffix and registrable domain */
	ASK_KEY,      /* data: facts about public key bytes */
	ASK_ZONE,     /* name: faults of the zone file that holds it */
	ASK_NOW,      /* the time, pinned per subject */
	ASK_RECEIVER, /* type: which; name: the sender's domain; data: receiver.h */
	ASK_VERIFY,   /* data: a message and its keys (verify.h): are its signatures right */
	ASK_KINDS
};

struct question {
	enum question_kind kind;
	uint16_t type;    /* enum rr_type, for ASK_DNS; key algorithm for ASK_KEY; enum receiver */
	struct name name; /* n = 0 where the kind has none */
	struct str
	    data;  /* ASK_KEY: the bytes of p= after base64; ASK_RECEIVER, ASK_VERIFY: see there */
	bool base; /* as it was before the change that is judged: inquiry_before() */
};

/* FROM to TO, by name_copy(). */
static inline void
question_copy(struct question *to, const struct question *from)
{
	to->kind = from->kind;
	to->type = from->type;
	to->data = from->data;
	to->base = from->base;
	name_copy(&to->name, &from->name);
}

enum answer_status {
	ANSWER_PENDING,
	ANSWER_FOUND,
	ANSWER_NODATA,   /* the name exists, records of the type do not */
	ANSWER_NXDOMAIN, /* the name does not exist */
	ANSWER_FAILED    /* nobody could say: never "absent" */
};

enum answer_cause {
	CAUSE_NONE,
	CAUSE_TIMEOUT,
	CAUSE_SERVFAIL,
	CAUSE_REFUSED,
	CAUSE_BOGUS,
	CAUSE_MALFORMED,
	CAUSE_TOO_LARGE,
	CAUSE_NETWORK,      /* no route, port unreachable, TCP refused */
	CAUSE_LAME,         /* the server asked does not hold the name and does not recurse */
	CAUSE_CHAIN,        /* a CNAME loop, or more than MAX_CHAIN links */
	CAUSE_NOT_RECORDED, /* --replay, and the recording lacks it */
	CAUSE_NOT_PROVIDED, /* --offline, and no zone given holds it */
	CAUSE_NOT_LISTABLE, /* ASK_NAMES of a live resolver */
	CAUSE_BAD_NAME,     /* the name cannot be asked: too long, an empty label */
	CAUSE_LIMIT,        /* a bound of the subject */
	CAUSE_DIED,         /* the process that was asked ended instead of answering */
	CAUSE_NOT_STARTED,  /* the process to ask could not be started */
	CAUSE_COUNT
};

/* What an ASK_SUFFIX answer says (libpsl). */
struct suffix_facts {
	bool is_suffix;          /* the name itself is a public suffix */
	bool is_listed;          /* by a rule of the list, not only by the default `*` */
	bool is_private;         /* the suffix stands in the list's private section */
	struct name suffix;      /* the public suffix of the name */
	struct name registrable; /* suffix plus one label; n = 0 when the name is a suffix */
};

enum key_form { KEY_UNREADABLE, KEY_SPKI, KEY_PKCS1, KEY_RAW };
enum key_type { KEY_TYPE_OTHER, KEY_TYPE_RSA, KEY_TYPE_ED25519 };

/* What an ASK_KEY answer says (OpenSSL). */
struct key_facts {
	enum key_form form; /* how the bytes are wrapped */
	enum key_type type; /* of the key material itself */
	uint32_t bits;      /* modulus bits for RSA, 256 for ed25519 */
	uint64_t exponent;  /* RSA; UINT64_MAX = larger than that */
	bool modulus_even, fermat_close, roca, small_factor, is_private;
	struct str modulus; /* big-endian, no leading zero; empty unless RSA */
};

/* RFC 7208 2.6, in the words of RFC 8601 2.7.2: spf_result_name(). */
enum spf_result {
	RESULT_NONE,
	RESULT_NEUTRAL,
	RESULT_PASS,
	RESULT_FAIL,
	RESULT_SOFTFAIL,
	RESULT_TEMPERROR,
	RESULT_PERMERROR,
	SPF_RESULTS
};

/*
 * What an ASK_RECEIVER answer says: a verdict, or, with MISSING set, which answer
 * the receiver lacks for one.
 */
struct receiver_facts {
	struct name missing; /* n = 0 = nothing: there is a verdict */
	uint16_t missing_type;
	enum spf_result result;
	uint8_t error;    /* its own code, 0 = none; receiver_error_text() */
	bool is_local;    /* the client is a loopback address, which it passes unasked */
	uint16_t lookups; /* as it counts terms, in the record it began with */
	uint16_t asked;   /* questions to DNS, those for type 99 apart */
};

/* A fault of a zone file; CODE is a slug of the catalogue (zone-...). */
struct zone_fault {
	struct str code;
	struct name owner;     /* n = 0 when the line gave none */
	uint16_t type;         /* 0 = not known */
	struct str file, text; /* TEXT: what stands there, at most 200 bytes */
	const char *reason;    /* what is wrong with TEXT, static words; NULL = the code says all */
	uint32_t line, column;
};

struct verify_facts;

/* Who answered. */
struct answer_from {
	struct str source; /* "zone", "resolver", "recording", "edit" ... */
	struct str where;  /* server and port, file, or empty */
};

struct derived;

struct answer {
	unsigned refs;
	struct question q; /* of ASK_VERIFY without its data */
	enum answer_status status;
	enum answer_cause cause; /* CAUSE_NONE unless ANSWER_FAILED */
	const struct rr *rr;
	size_t n_rr;
	const struct name *chain; /* targets of the CNAMEs walked, in order */
	size_t n_chain;
	const struct name *names; /* ASK_NAMES, sorted */
	size_t n_names;
	const struct suffix_facts *suffix;
	const struct key_facts *key;
	const struct receiver_facts *receiver;
	const struct verify_facts *verify; /* ASK_VERIFY; verify.h */
	const struct zone_fault *faults;
	size_t n_faults;
	time_t now;         /* ASK_NOW */
	uint32_t ttl_s;     /* the least of chain and records; of the SOA when negative */
	bool authoritative; /* AA, or out of a zone file */
	bool ad;            /* AD as seen: a claim, not evidence */
	bool tcp;           /* came by TCP */
	uint32_t wire_size; /* bytes of the message; 0 when there was none */
	struct answer_from from;
	time_t when;             /* when it was obtained */
	size_t bytes;            /* of the block and what was derived, for the cache's cap */
	size_t *account;         /* where a cache counts the same bytes; NULL = none holds it */
	struct derived *derived; /* answer_derive() alone looks at it */
};

/*
 * Builds an answer.  Fill in the plain fields of A, add records and links, and
 * finish: everything is copied then, so pointers may lead into the source's
 * own buffers; SCRATCH holds the growing arrays.
 */
struct answer_draft {
	struct answer a;
	struct arena *scratch;
	struct rr *rr;
	struct name *chain;
	size_t n_rr, cap_rr, n_chain, cap_chain;
	bool over;       /* a bound of this file was passed */
	bool chain_over; /* it was MAX_CHAIN */
};

/* Begin an answer to Q, which must live until answer_finish(). */
void draft_init(struct answer_draft *d, struct arena *scratch, const struct question *q,
    enum answer_status status);

/*
 * Add a record of wire rdata RDATA (names in it uncompressed and in lower
 * case), and return it so that a zone source can add its position.  NULL when
 * RDATA is not a well-formed rdata of TYPE (nothing is added) or a bound is
 * passed (`over`).  Doubles are dropped by answer_finish().
 */
struct rr *draft_add_rr(struct answer_draft *d, uint16_t type, uint32_t ttl_s, struct str rdata);

/* Add the CNAME target TO to the chain. */
void draft_add_link(struct answer_draft *d, const struct name *to);

/*
 * The finished answer, one reference, freed by answer_unref().  Records are
 * sorted and doubles dropped; a draft that went over its bounds becomes
 * ANSWER_FAILED, CAUSE_TOO_LARGE, or CAUSE_CHAIN for its links.
 */
struct answer *answer_finish(struct answer_draft *d);

/* A finished ANSWER_FAILED to Q with CAUSE. */
struct answer *answer_failed(const struct question *q, enum answer_cause cause);

/*
 * What MAKE gives for the record RR of A, made when it is first asked for and
 * then kept, in memory of KEEP, as long as A: thousands of subjects include the
 * same record, which is then read once.  It may hang on A and RR alone, and
 * nobody may change it.  The caller sees to it that one record makes no more
 * than a fixed multiple of its own size.
 */
void *answer_derive(const struct answer *a, const struct rr *rr,
    void *(*make)(struct arena *keep, const struct answer *a, const struct rr *rr));

/* A counts from now on in *ACCOUNT, which holds its bytes already; NULL = no more. */
void answer_account(const struct answer *a, size_t *account);

/* One more reference to A, which is returned. */
struct answer *answer_ref(const struct answer *a);

/* One reference less; the last frees A.  NULL is taken. */
void answer_unref(const struct answer *a);

/* The one answer that is ANSWER_PENDING. */
const struct answer *answer_pending(void);

/* Total order and equality of questions; the hash of one. */
int question_cmp(const struct question *a, const struct question *b);
bool question_eq(const struct question *a, const struct question *b);
uint64_t question_hash(const struct question *q);

/* An ASK_DNS question. */
struct question question_dns(const struct name *name, uint16_t type);

/* The name the records of A stand at: the last of the chain, or the one asked. */
const struct name *answer_owner(const struct answer *a);

/* Whether A is final and says that there is nothing: no data or no such name. */
bool answer_is_absent(const struct answer *a);

/* "found", "no data", "no such name", "failed", "pending". */
const char *status_name(enum answer_status s);

/* "timeout", "SERVFAIL", "refused" ...; "" for CAUSE_NONE. */
const char *cause_name(enum answer_cause c);

#endif
