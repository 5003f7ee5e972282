/* SPDX-License-Identifier: ISC */
/*
 * reader.c - what readers tell beside events.
 */
#include "audit/bounce/reader.h"

void
sink_left(const struct sink *out)
{
	if (out->left != NULL)
		out->left(out->ctx);
}
