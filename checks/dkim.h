/* SPDX-License-Identifier: ISC */
/*
 * dkim.h - judge the DKIM keys of a sending domain (RFC 6376, RFC 8301, RFC 8463).
 *
 * Keys in use are judged by what breaks; of keys that were only found, what is
 * plainly broken is told, the rest is a note, and a guess that failed is
 * nothing.  Signatures are not verified here.
 */
#ifndef CHECKS_DKIM_H
#define CHECKS_DKIM_H
#include "checks/check.h"

/*
 * The check "dkim": appends findings to AU and fills au->facts->dkim, unless an
 * answer is pending.
 */
void check_dkim(struct audit *au);

/*
 * dkim_misplaced.c: tell key records that stand at the subject's domain itself.
 * False while an answer is pending.
 */
bool dkim_judge_misplaced(struct audit *au);

#endif
