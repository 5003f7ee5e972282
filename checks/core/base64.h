/* SPDX-License-Identifier: ISC */
/*
 * base64.h - RFC 4648 section 4 with the folding blanks of RFC 6376 2.10.
 */
#ifndef CHECKS_CORE_BASE64_H
#define CHECKS_CORE_BASE64_H
#include <stdbool.h>
#include "checks/core/arena.h"
#include "checks/core/buf.h"
#include "checks/core/str.h"

/*
 * Decode TEXT, blanks (space, tab, CR, LF) passed over, into memory of A.
 * False when a byte does not belong or the padding is wrong; *BAD is then the
 * offset of the first byte at fault (TEXT.n for what is missing at the end).
 */
bool base64_decode(struct arena *a, struct str text, struct str *out, size_t *bad);

/* Append DATA in base64, with padding and without line ends. */
void base64_add(struct buf *b, struct str data);

#endif
