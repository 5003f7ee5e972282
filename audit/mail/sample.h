/* SPDX-License-Identifier: ISC */
/*
 * sample.h - a message that was read becomes a subject.
 */
#ifndef AUDIT_MAIL_SAMPLE_H
#define AUDIT_MAIL_SAMPLE_H
#include "audit/mail/mailfile.h"
#include "audit/source.h"
#include "checks/core/subject.h"

/*
 * What MAIL says of a subject into *OUT, beside what stands there already, in
 * memory of A: the message with line ends as on the wire, its From domain, the
 * keys its signatures name.  False when it has no header field.
 *
 * Out of an mbox, a '>' before "From " at the start of a line may be the writer's:
 * it is taken away where the body hash of a signature matches only then, as
 * VERIFIER (opendkim.h) says.
 */
bool sample_subject(
    struct arena *a, struct source *verifier, const struct mail *mail, struct subject *out);

#endif
