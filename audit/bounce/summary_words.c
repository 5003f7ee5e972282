/* SPDX-License-Identifier: ISC */
/*
 * summary_words.c - what was counted in the words of a report, one at a time.
 */
#include "audit/bounce/summary_words.h"
#include "checks/core/buf.h"

const char *
confidence_word(enum confidence confidence)
{
	static const char *const words[] = { "", "low", "medium", "high" };

	return words[confidence];
}

const char *
known_word(enum known_from known)
{
	static const char *const words[] = { "", "log", "text", "config" };

	return words[known];
}

const char *
identity_word(enum identity identity)
{
	static const char *const words[] = { "", "from", "mail-from", "helo", "dkim" };

	return words[identity];
}

struct str
addr_text(struct arena *arena, const struct addr *ip)
{
	struct str out;
	struct buf b;

	buf_init(&b, 64);
	addr_print(&b, ip);
	out = arena_str(arena, buf_str(&b));
	buf_free(&b);
	return out;
}

struct str
enhanced_text(struct arena *a, struct enhanced e)
{
	struct str out = { NULL, 0 };
	struct buf b;

	if (e.class == 0)
		return out;
	buf_init(&b, 32);
	buf_addu(&b, e.class);
	buf_addc(&b, '.');
	buf_addu(&b, e.subject);
	buf_addc(&b, '.');
	buf_addu(&b, e.detail);
	out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}
