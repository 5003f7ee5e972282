/* SPDX-License-Identifier: ISC */
/*
 * profile.c - the table of profiles.
 */
#include "audit/profile.h"
#include <assert.h>
#include <string.h>

/* clang-format off */
static const struct {
	const char *name, *about; /* what the tables below do not say */
} profiles[] = {
	{ "preflight", "wants --ip, --via or senders in --config; guesses selectors, asks block lists, "
	  "tells whether each large provider would take the mail" },
	{ "scheduled", "guesses no selectors, asks block lists for senders of --config" },
	{ "ci", "guesses no selectors" },
	{ "parked", "guesses no selectors, takes it that the domain sends no mail" },
};

static const struct {
	const char *profile, *slug;
	enum rule_level level;
} levels[] = {
	{ "preflight", "dmarc-none", LEVEL_ERROR },
	{ "preflight", "dmarc-only-suffix", LEVEL_ERROR },
	{ PROFILE_BULK, "dkim-none-exists", LEVEL_ERROR },
	{ PROFILE_BULK, "dmarc-none", LEVEL_ERROR },
	{ PROFILE_BULK, "message-dmarc-fails-none", LEVEL_ERROR },
	{ PROFILE_BULK, "message-unsigned", LEVEL_ERROR },
	{ PROFILE_BULK, "spf-none", LEVEL_ERROR },
	{ PROFILE_BULK, "stream-unaligned-none", LEVEL_ERROR },
	{ PROFILE_BULK, "stream-unsigned", LEVEL_ERROR },
	{ PROFILE_BULK, "via-key-missing", LEVEL_ERROR },
	{ "ci", "zone-cname-and-other-data", LEVEL_ERROR },
	{ "ci", "zone-hidden-record", LEVEL_ERROR },
	{ "ci", "zone-twice", LEVEL_ERROR },
	{ "ci", "zone-unbalanced", LEVEL_ERROR },
	{ "parked", "dmarc-none-no-mail", LEVEL_WARNING },
	{ "parked", "dmarc-not-sending", LEVEL_WARNING },
	{ "parked", "mx-implicit", LEVEL_WARNING },
	{ "parked", "spf-no-mail-record", LEVEL_WARNING },
};

static const struct {
	const char *profile, *check;
} off[] = {
	{ "ci", "dnsbl" },
	{ "ci", "ptr" },
	{ "parked", "dnsbl" },
	{ "parked", "helo" },
	{ "parked", "ptr" },
	{ "parked", "streams" },
	{ "parked", "via" },
};
/* clang-format on */

const char *
profile_find(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		if (str_eq(word, str_of(profiles[i].name)))
			return profiles[i].name;
	return NULL;
}

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
level_parse(struct str word, enum rule_level *out)
{
	for (int l = LEVEL_PASS; l <= LEVEL_ERROR; l++)
		if (str_eq(word, str_of(level_name((enum rule_level)l)))) {
			*out = (enum rule_level)l;
			return true;
		}
	return false;
}

const char *
level_override(int8_t *level, struct str id, struct str word)
{
	enum rule_level l;
	enum rule_id rule;
	bool more, any = false;

	if (!level_parse(word, &l) || l == LEVEL_PASS || l == LEVEL_UNKNOWN)
		return "error, warning or note is wanted";
	if (!rule_find(id, &rule))
		return "names a rule there is not (see mailvet rules)";
	for (more = true; more; more = rule_next(id, &rule)) {
		enum rule_level own = rule_of(rule)->level;

		if (own == LEVEL_UNKNOWN || own == LEVEL_PASS)
			continue;
		level[rule] = (int8_t)l;
		any = true;
	}
	return any ? NULL : "what passed or could not be checked keeps its level";
}

bool
profile_wants(const char *profile, const char *check)
{
	for (size_t i = 0; profile != NULL && i < ARRAY_LEN(off); i++)
		if (strcmp(off[i].profile, profile) == 0 && strcmp(off[i].check, check) == 0)
			return false;
	return true;
}

static void
print_level(struct buf *b, const char *slug, enum rule_level level)
{
	enum rule_id id;

	if (!rule_find(str_of(slug), &id))
		return;
	buf_adds(b, "  ");
	buf_adds(b, slug);
	buf_adds(b, ": ");
	buf_adds(b, level_name(level));
	buf_adds(b, " in place of ");
	buf_adds(b, level_name(rule_of(id)->level));
	buf_addc(b, '\n');
}

void
profile_print(struct buf *b, const char *profile)
{
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		if (strcmp(profiles[i].name, profile) == 0) {
			buf_adds(b, profile);
			buf_adds(b, ": ");
			buf_adds(b, profiles[i].about);
			buf_addc(b, '\n');
		}
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (strcmp(levels[i].profile, profile) == 0)
			print_level(b, levels[i].slug, levels[i].level);
	for (size_t i = 0; i < ARRAY_LEN(off); i++)
		if (strcmp(off[i].profile, profile) == 0) {
			buf_adds(b, "  check ");
			buf_adds(b, off[i].check);
			buf_adds(b, ": off\n");
		}
}
