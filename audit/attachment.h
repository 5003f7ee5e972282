/* SPDX-License-Identifier: ISC */
/*
 * attachment.h - what mail carries: each part of a message, decoded (RFC 2045).
 *
 * The adapter of GMime for bytes that are no prose: no type of it leaves here.  It
 * reads messages, one or an mbox of them, and looks at no name of a file.
 */
#ifndef AUDIT_ATTACHMENT_H
#define AUDIT_ATTACHMENT_H
#include <stdbool.h>
#include "checks/core/str.h"

#define MAX_ATTACHMENT_MAIL ((size_t)96 << 20)  /* of all messages in one file */
#define MAX_ATTACHMENT_BYTES ((size_t)64 << 20) /* decoded, of one part */
#define MAX_ATTACHMENT_DEPTH 20       /* multiparts and messages in one another; reports have 3 */
#define MAX_ATTACHMENT_PARTS 100000   /* of all messages in one file */
#define MAX_ATTACHMENT_MESSAGES 20000 /* of one mbox: GLib is not given more than we bear */

/* Whether BYTES begin as mail does: with a header field, or with the "From " of an mbox. */
bool is_mail(struct str bytes);

/*
 * Call PART(CTX, its decoded bytes) for each part without parts of the messages in BYTES.
 * NULL, or static words for why BYTES, or the rest of them, were not read.
 */
const char *attachments_each(
    struct str bytes, void (*part)(void *ctx, struct str bytes), void *ctx);

#endif
