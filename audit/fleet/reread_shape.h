/* SPDX-License-Identifier: ISC */
/*
 * reread_shape.h - the form of the tables that say what a report looks like; for
 * reread_shape.c and the files of tables beside it.
 */
#ifndef AUDIT_FLEET_REREAD_SHAPE_H
#define AUDIT_FLEET_REREAD_SHAPE_H
#include <stdbool.h>
#include <stddef.h>
#include "checks/core/str.h"

enum want {
	WANT_TEXT,
	WANT_WORD, /* one of field.words */
	WANT_SLUG,
	WANT_HEX,
	WANT_DOMAIN,
	WANT_TYPE,
	WANT_ADDRESS,
	WANT_SCHEMA,
	WANT_COUNT,
	WANT_PLACE, /* line or column: from 1 on */
	WANT_TRUE,
	WANT_BOOL,
	WANT_TIME,
	WANT_ARGUMENTS,
	WANT_OBJECT /* of field.shape */
};

struct shape;

struct field {
	const char *name;
	enum want want;
	bool list; /* an array of them */
	bool needed;
	const char *words;
	const struct shape *shape;
};

struct shape {
	const struct field *fields;
	size_t n;
};

#define SHAPE(name)                                                                                \
	static const struct shape shape_##name = { fields_##name, ARRAY_LEN(fields_##name) }

/* reread_streams.c: a sender, and whether a provider would take its mail. */
extern const struct shape shape_stream, shape_readiness;

#endif
