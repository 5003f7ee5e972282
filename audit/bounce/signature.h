/* SPDX-License-Identifier: ISC */
/*
 * signature.h - the rows by which refusals are told apart.
 *
 * Facts, no code: which words, by whom, with which codes, mean what.  Each row
 * carries a sample that must be classified by this very row, and where it is
 * from.  In a table the first row that fits wins: specific before general.
 */
#ifndef AUDIT_BOUNCE_SIGNATURE_H
#define AUDIT_BOUNCE_SIGNATURE_H
#include "audit/bounce/classify.h"

enum signature_flag {
	SIG_ONLY = 1,  /* counts only when the provider is known to be this row's */
	SIG_CODE = 2,  /* one of the codes must be there; else they only corroborate */
	SIG_WORD = 4,  /* the needle is a whole word, and no part of a host name */
	SIG_START = 8, /* the text begins with the needle */
	SIG_ALL = 16,  /* the needle is the whole text but for marks at its end */
};

struct signature {
	const char *id;       /* unique */
	const char *provider; /* NULL = anybody's */
	const char *codes;    /* "550 5.7.26 x.7.25 5.7.606-649"; NULL = any */
	const char *needle;   /* lower case; NULL = the codes alone */
	const char *then;     /* lower case, stands behind the needle; NULL = nothing wanted */
	const char *without;  /* lower case, must not stand in the text */
	const char *ere;      /* POSIX ERE over the text in lower case */
	const char *sample;
	const char *source, *checked;
	enum mechanism mechanism;
	enum identity identity; /* that is refused, when the row knows */
	unsigned flags;
};

/* A table with its length. */
struct signature_table {
	const struct signature *rows;
	size_t n;
};

/* In the order in which they are asked. */
enum signature_tier {
	TIER_PROVIDER,
	TIER_SOFTWARE,
	TIER_CODE,
	TIER_WORD,
	TIER_LAST, /* codes that mean nearly nothing */
	TIER_COUNT
};
extern const struct signature_table signatures_provider, signatures_software, signatures_code,
    signatures_word, signatures_last;

/* What rows are asked about, besides the text. */
struct refusal {
	uint16_t code;
	struct enhanced enhanced;
	enum phase phase;
	const char *provider; /* "" = not known */
};

/* Whether one of CODES is that of Q; false for NULL. */
bool signature_codes_fit(const char *codes, const struct refusal *q);

enum fit { FIT_NO, FIT_DOUBTFUL, FIT_YES };

/*
 * Whether a server can know M in phase P: no header and no signature before
 * the message came, no sender before MAIL (RFC 5321 3.1 to 3.3).
 */
enum fit signature_phase_fit(enum mechanism m, enum phase p);

/* Whether S ends with the name of a mechanism, which "SPFilter" does not hold. */
bool signature_ends_in_name(struct str s);

/* A literal with marks of hosts, paths and parameters is meant to be found in those too. */
bool signature_is_technical(const char *needle);

#endif
