/* SPDX-License-Identifier: ISC */
/*
 * prose.c - the recipients that the text of a report shows.
 */
#include "audit/bounce/prose.h"

/* Words before an address that make it the recipient / anybody else. */
static const struct str to_words[] = {
	STR("to"),
	STR("recipient"),
	STR("recipients"),
	STR("recipient(s)"),
	STR("rcpt"),
	STR("address"),
	STR("address(es)"),
	STR("addresses"),
	STR("addressee"),
	STR("user"),
	STR("userid"),
	STR("for"),
	STR("mailbox"),
	STR("destination"),
	STR("unknown"),
	STR("account"),
	STR("list"),
	STR("rfc822"),
};
static const struct str other_words[] = {
	STR("from"),
	STR("sender"),
	STR("by"),
	STR("contact"),
	STR("reply-to"),
	STR("return-path"),
	STR("mail"),
	STR("e-mail"),
	STR("email"),
	STR("at"),
	STR("message-id"),
	STR("id"),
	STR("postmaster"),
	STR("dear"),
	STR("hi"),
	STR("hello"),
	STR("via"),
	STR("or"),
};

static bool
in_words(struct str w, const struct str *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(w, words[i]))
			return true;
	return false;
}

/* S without the bytes of SET at its end / its start. */
static struct str
trim_end(struct str s, const char *set)
{
	while (s.n > 0 && s.p[s.n - 1] != '\0' && strchr(set, s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

static struct str
trim_start(struct str s, const char *set)
{
	while (s.n > 0 && s.p[0] != '\0' && strchr(set, s.p[0]) != NULL)
		s = str_sub(s, 1, s.n);
	return s;
}

static struct str
last_word(struct str s)
{
	size_t from;

	s = trim_end(s, " \t:;=<\"'");
	from = s.n;
	while (from > 0 && s.p[from - 1] > ' ')
		from--;
	return trim_start(str_sub(s, from, s.n), "<(\"'*[");
}

/* "550 ", "<<< 550-5.1.1", "smtp;550" at the start of S. */
static bool
begins_with_code(struct str s)
{
	s = trim_start(s, "<> \t#");
	if (str_has_iprefix(s, STR("smtp;")))
		s = str_trim(str_sub(s, 5, s.n));
	return s.n >= 3 && (s.p[0] == '4' || s.p[0] == '5') && ascii_isdigit(s.p[1]) &&
	       ascii_isdigit(s.p[2]) && (s.n == 3 || s.p[3] == ' ' || s.p[3] == '-');
}

/* Whether what follows an address at the start of a line is about it, and no sentence with it. */
static bool
is_about(struct str after)
{
	static const struct str on[] = { STR("on "), STR("..."), STR("<mailto:") };

	if (after.n == 0 || strchr(":(,;-|[", after.p[0]) != NULL)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(on); i++)
		if (str_has_iprefix(after, on[i]))
			return true;
	return begins_with_code(after) || after.p[0] == '.';
}

enum shown
prose_shows(struct str line, size_t from, size_t to)
{
	struct str before = str_trim(str_sub(line, 0, from));
	struct str after = str_sub(line, to, line.n), word;
	bool closed = after.n > 0 && strchr(">\"')", after.p[0]) != NULL;

	if (str_has_iprefix(after, STR(">SIZE")) || str_has_iprefix(after, STR("> SIZE")))
		return SHOWN_NOT;
	before = trim_end(before, " \t<\"'([");
	after = str_trim(closed ? trim_start(after, ">\"')") : after);
	if (str_ieq(last_word(before), STR("mailto")))
		return SHOWN_NOT; /* the link beside the address itself */
	if (trim_start(before, " \t*-\"'>0123456789.)").n == 0)
		return is_about(after) ? SHOWN_ALONE : SHOWN_WRAPPED;
	word = last_word(before);
	if (in_words(word, other_words, ARRAY_LEN(other_words)))
		return SHOWN_NOT;
	if (str_ieq(before, STR("To:")) || str_ieq(before, STR("Cc:")) || str_ieq(word, STR("cc")))
		return SHOWN_SUMMARY;
	if (in_words(word, to_words, ARRAY_LEN(to_words)))
		return SHOWN_AS_RECIPIENT;
	if (begins_with_code(before))
		return SHOWN_IN_REPLY;
	/* "Invalid recipient: <...>", in any language */
	return before.p[before.n - 1] == ':' ? SHOWN_AS_RECIPIENT : SHOWN_SOMEWHERE;
}

/* Add the addresses that are shown as HOW, but for those that EXCEPT has. */
static void
collect(struct arena *a, struct str text, enum shown how, const struct address_list *except,
    struct address_list *out)
{
	struct str line, one;

	for (size_t pos = 0; line_next(text, &pos, &line);)
		for (size_t at = 0; address_next(line, &at, &one);) {
			size_t from = (size_t)(one.p - line.p);

			if (prose_shows(line, from, from + one.n) == how &&
			    (except == NULL || !address_list_has(except, one)))
				address_list_add(a, out, one);
		}
}

/* Those of L that TO has too; L itself when none is in both. */
static void
settle(struct address_list *l, const struct address_list *to)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (address_list_has(to, l->items[i]))
			n++;
	if (n == 0)
		return;
	n = 0;
	for (size_t i = 0; i < l->n; i++)
		if (address_list_has(to, l->items[i]))
			l->items[n++] = l->items[i];
	l->n = n;
}

enum shown
prose_recipients(struct arena *a, const struct prose *p, const struct address_list *not_of,
    const struct address_list *to, struct address_list *out)
{
	struct str text = str_sub(p->text, 0, MAX_PROSE);

	for (int how = SHOWN_ALONE; how > SHOWN_NOT; how--) {
		collect(a, text, (enum shown)how, not_of, out);
		if (out->n == 0)
			continue;
		if (how <= SHOWN_WRAPPED)
			settle(out, to);
		/* Of several in sentences the first is as good as any. */
		if (how == SHOWN_SOMEWHERE && out->n > 1 && !address_list_has(to, out->items[0]))
			out->n = 1;
		return (enum shown)how;
	}
	for (int how = SHOWN_ALONE; how >= SHOWN_IN_REPLY; how--) {
		collect(a, text, (enum shown)how, NULL, out);
		if (out->n > 0)
			return (enum shown)how;
	}
	return SHOWN_NOT;
}
