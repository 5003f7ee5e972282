/* SPDX-License-Identifier: ISC */
/*
 * edit.h - records changed before they are published: the source that lets a
 * remedy be rehearsed and a proposal be judged.
 *
 * It answers nothing itself.  It changes what later sources answer: an RRset
 * that they could not give stays failed, whatever the edit.
 */
#ifndef AUDIT_SOURCES_EDIT_H
#define AUDIT_SOURCES_EDIT_H
#include "audit/source.h"
#include "checks/core/finding.h"

/*
 * One edit; OLD_DATA and NEW_DATA are wire rdata, empty where ACTION has none.
 * TTL_S 0 = as the RRset has it.  A TXT to be taken away is known by its text,
 * however that is cut into strings.
 */
struct edit {
	enum change_action action;
	struct name owner;
	uint16_t type;
	uint32_t ttl_s;
	struct str old_data, new_data;
};

/*
 * A source that applies the N edits in order.  EDITS is copied.  An add where
 * no name was makes the name, and those above it, exist; a removed CNAME leaves
 * no data at its name.
 */
struct source *edit_new(const struct edit *edits, size_t n);

#endif
