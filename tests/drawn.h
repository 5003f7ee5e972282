/* SPDX-License-Identifier: ISC */
/*
 * drawn.h - zones with SPF, MX and DMARC records put together from what people write.
 */
#ifndef TESTS_DRAWN_H
#define TESTS_DRAWN_H
#include "checks/core/buf.h"

/* Append to B vector (tests/vector.h) number I: the same bytes each time. */
void drawn_zone(struct buf *b, uint64_t i);

#endif
