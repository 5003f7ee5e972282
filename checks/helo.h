/* SPDX-License-Identifier: ISC */
/*
 * helo.h - the name a sender says in HELO or EHLO (RFC 5321 sections 2.3.5 and
 * 4.1.1.1).
 *
 * Judges a name that was given; it does not connect to anybody to hear one.
 */
#ifndef CHECKS_HELO_H
#define CHECKS_HELO_H
#include "checks/check.h"

/* Judge the HELO name of the subject, if there is one. */
void check_helo(struct audit *au);

#endif
