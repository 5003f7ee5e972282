/* SPDX-License-Identifier: ISC */
/*
 * replymask.c - the form in which two refusals of one kind are the same text.
 *
 * Short tokens of letters and digits stay, for they are codes of providers
 * ("S3150", "OFR006_102"); what only tells one mail from another goes.
 */
#include "audit/bounce/reply.h"
#include "checks/core/addr.h"

#define MIN_ID 14        /* letters and digits mixed, this long: an id, not a code */
#define MAX_KEPT_WORD 40 /* longer words are ids, whatever they are made of */

static bool
in_word(char c)
{
	return ascii_isalnum(c) || (c != '\0' && strchr(".-_@+=:%~/#?&", c) != NULL) ||
	       (unsigned char)c >= 0x80;
}

/* The mask for WORD; the word itself when nothing of it differs. */
static struct str
mask_of(struct str word)
{
	size_t digits = 0, letters = 0, dots = 0, others = 0;
	struct addr ip;

	if (addr_parse(word, &ip) == ADDR_OK)
		return STR("[ip]");
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '@' && i > 0 && i + 1 < word.n)
			return STR("<@>");
		digits += ascii_isdigit(word.p[i]);
		letters += ascii_isalpha(word.p[i]);
		dots += word.p[i] == '.';
		others += !ascii_isalnum(word.p[i]) && word.p[i] != '.' && word.p[i] != '-';
	}
	if (letters == 0 && digits > 0 && dots != 2)
		return STR("#"); /* two dots: an enhanced code */
	if (dots > 0 && letters > 0 && others == 0)
		return STR("[host]");
	if (word.n > MAX_KEPT_WORD || (word.n >= MIN_ID && digits > 2 && letters > 0))
		return STR("[id]");
	return word;
}

struct str
reply_mask(struct arena *a, struct str text)
{
	/* "<@>" for "a@" and the like: a mask is longer than its word by at most five bytes */
	char *p = arena_alloc(a, text.n * 6 + 1);
	size_t n = 0;

	for (size_t i = 0, end; i < text.n; i = end) {
		struct str word, tail, m;

		for (end = i; end < text.n && in_word(text.p[end]); end++)
			;
		if (end == i) {
			p[n++] = ascii_lower(text.p[end++]);
			continue;
		}
		word = str_sub(text, i, end - i);
		while (word.n > 1 && strchr(".:-/?=", word.p[word.n - 1]) != NULL)
			word.n--; /* the end of a sentence */
		tail = str_sub(text, i + word.n, end - i - word.n);
		m = mask_of(word);
		for (size_t k = 0; k < m.n; k++)
			p[n++] = ascii_lower(m.p[k]);
		if (tail.n > 0)
			memcpy(p + n, tail.p, tail.n);
		n += tail.n;
	}
	return (struct str){ p, n };
}
