/* SPDX-License-Identifier: ISC */
/*
 * profile.c - the table of profiles.
 */
#include "audit/profile.h"
#include <assert.h>
#include <string.h>

/* clang-format off */
static const struct {
	const char *profile, *slug;
	enum rule_level level;
} levels[] = {
	{ "preflight", "dmarc-none", LEVEL_ERROR },
};

static const struct {
	const char *profile, *check;
} off[] = {
	{ "ci", "dnsbl" },
	{ "ci", "ptr" },
};
/* clang-format on */

void
profile_levels(const char *profile, int8_t *level)
{
	for (size_t i = 0; profile != NULL && i < ARRAY_LEN(levels); i++) {
		enum rule_id id;
		bool found;

		if (strcmp(levels[i].profile, profile) != 0)
			continue;
		found = rule_find(str_of(levels[i].slug), &id);
		assert(found);
		if (found)
			level[id] = (int8_t)levels[i].level;
	}
}

bool
profile_wants(const char *profile, const char *check)
{
	for (size_t i = 0; profile != NULL && i < ARRAY_LEN(off); i++)
		if (strcmp(off[i].profile, profile) == 0 && strcmp(off[i].check, check) == 0)
			return false;
	return true;
}
