/* SPDX-License-Identifier: ISC */
/*
 * sample.c - a message that was read becomes a subject.
 */
#include "audit/mail/sample.h"
#include "audit/idn.h"
#include "audit/mail/mbox.h"
#include "audit/sources/opendkim.h"
#include "checks/header.h"
#include "checks/mailbox.h"
#include "checks/signature.h"

/* Bytes of TEXT in A, each line end CRLF; but a file that has both kinds keeps them. */
static struct str
wire_text(struct arena *a, struct str text)
{
	return lines_have_crlf(text) ? arena_str(a, text) : lines_to_crlf(a, text);
}

/* TEXT as it was before a writer of mbox put marks into it, if a body hash tells. */
static struct str
unescape(struct arena *a, struct source *verifier, struct str text, bool *done)
{
	struct str tries[2];

	*done = false;
	if (!mbox_is_escaped(text) || opendkim_body_matches(verifier, text))
		return text;
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		tries[i] = mbox_unescape(a, text, i == 1);
		if (opendkim_body_matches(verifier, tries[i])) {
			*done = true;
			return tries[i];
		}
	}
	return text;
}

/* The domain of the only From of H, made ASCII; n = 0 = there is none that can be asked. */
static struct name
author_of(struct arena *a, const struct header *h)
{
	const struct header_field *f = header_find(h, STR("From"), 0);
	struct name none = { .n = 0 }, name;
	const struct mailbox *author;
	struct mailboxes list;

	if (header_count(h, STR("From")) != 1)
		return none;
	mailboxes_parse(a, header_unfold(a, str_sub(f->value, 0, MAX_MAILBOX_FIELD + 1)), &list);
	if ((author = mailboxes_author(&list)) == NULL)
		return none;
	if (!author->u_label)
		return name_is_set(&author->name) ? author->name : none;
	return idn_parse(author->domain, &name) == NULL ? name : none;
}

static bool
is_known(const struct subject *s, size_t n, const struct name *domain, struct str selector)
{
	for (size_t i = 0; i < n; i++)
		if (name_eq(&s->selectors[i].domain, domain) &&
		    str_ieq(s->selectors[i].name, selector))
			return true;
	return false;
}

/* The keys that the signatures SIGS name, each once. */
static void
add_selectors(struct arena *a, const struct signatures *sigs, struct subject *out)
{
	struct selector *list = arena_array(a, sigs->n, sizeof(*list));

	out->selectors = list;
	out->n_selectors = 0;
	for (size_t i = 0; i < sigs->n; i++) {
		const struct signature *s = &sigs->list[i];

		if (s->key_name.n == 0 || is_known(out, out->n_selectors, &s->domain, s->s))
			continue;
		list[out->n_selectors++] = (struct selector){
			.domain = s->domain, .name = s->s, .provenance = FROM_MESSAGE
		};
	}
}

bool
sample_subject(
    struct arena *a, struct source *verifier, const struct mail *mail, struct subject *out)
{
	struct signatures *sigs = arena_alloc(a, sizeof(*sigs));
	struct header *h = arena_alloc(a, sizeof(*h));
	struct str text = wire_text(a, mail->text);

	if (mail->mbox)
		text = unescape(a, verifier, text, &out->message_unescaped);
	header_parse(a, text, h);
	if (h->n == 0)
		return false;
	out->message = h;
	out->message_file = arena_str(a, str_of(mail->file));
	out->message_number = mail->number;
	out->domain = out->from = author_of(a, h);
	out->guess = false;
	signatures_read(a, h, sigs);
	out->signatures = sigs;
	add_selectors(a, sigs, out);
	return true;
}
