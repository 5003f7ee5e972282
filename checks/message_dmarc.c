/* SPDX-License-Identifier: ISC */
/*
 * message_dmarc.c - what SPF says about the host that handed a message over, and
 * what DMARC makes of that and of the signatures (RFC 9989 section 5).
 */
#include "checks/message_parts.h"

/* The topmost Received field with a sender: those above it are hops within one host. */
static void
read_received(struct message_scene *m)
{
	struct received r = { .has_ip = false };
	enum addr_space space;

	m->received_unread = true;
	for (size_t i = 0; i < m->h->n; i++) {
		if (!str_ieq(m->h->fields[i].name, STR("Received")))
			continue;
		received_parse(m->au->arena, m->h->fields[i].value, &r);
		if (r.has_from)
			break;
		r.has_ip = false;
	}
	if (!r.has_ip)
		return;
	space = addr_space(&r.ip);
	if (space != ADDR_PUBLIC && space != ADDR_DOCUMENTATION)
		return; /* an internal hop: nobody outside sends from there */
	m->received_unread = false;
	m->has_ip = m->from_received = true;
	m->sender.ip = r.ip;
	m->sender.helo = r.helo;
	message_assume(m, "sending address and HELO taken from the topmost Received field");
}

/* MAIL FROM as given, else as the Return-Path says; false = it is not known, which is not null. */
static bool
read_mail_from(struct message_scene *m)
{
	const struct subject *s = m->au->subject;
	const struct header_field *f = header_find(m->h, STR("Return-Path"), 0);
	struct mailboxes list;

	if (s->mail_from_given) {
		const struct name *n = name_is_set(&s->mail_from) ? &s->mail_from : &s->domain;

		m->sender.local = s->mail_from_local;
		if (!s->mail_from_null && name_is_set(n))
			m->sender.domain = name_text(m->au->arena, n);
		return true;
	}
	if (f == NULL)
		return false;
	message_assume(m, "MAIL FROM taken from the Return-Path field");
	if (str_eq(str_trim(f->value), STR("<>")))
		return true;
	mailboxes_parse(m->au->arena,
	    header_unfold(m->au->arena, str_sub(f->value, 0, MAX_MAILBOX_FIELD + 1)), &list);
	if (list.n != 1 || list.bad || list.list[0].name.n == 0)
		return false;
	m->sender.local = list.list[0].local;
	m->sender.domain = list.list[0].domain;
	return true;
}

void
message_read_sender(struct message_scene *m)
{
	const struct subject *s = m->au->subject;
	struct name domain;

	if (s->n_ips > 0) {
		m->sender.ip = s->ips[0];
		m->has_ip = true;
	} else if (s->trust_received) {
		read_received(m);
	}
	if (name_is_set(&s->helo))
		m->sender.helo = name_text(m->au->arena, &s->helo);
	m->wants = !m->has_ip                                         ? "ip"
		   : !read_mail_from(m)                               ? "mail-from"
		   : m->sender.domain.n == 0 && m->sender.helo.n == 0 ? "helo"
								      : "";
	if (m->wants[0] != '\0')
		return;
	m->has_sender = true;
	spf_eval(m->au, &m->sender, &m->spf);
	if (m->spf.pending) {
		m->pending = true;
		return;
	}
	if (m->author.n == 0 || name_parse_raw(m->spf.domain, &domain) != NAME_OK)
		return;
	m->spf_alignment = alignment_of(m->au, &m->author, &domain);
	m->pending = m->pending || m->spf_alignment.pending;
}

/* Whether a failed lookup hides if A is an alignment: where the very domain is wanted, none does.
 */
static bool
is_hidden(const struct alignment *a, bool strict)
{
	return !strict && a->failed != NULL;
}

static const struct dmarc_record *
record_of(const struct message_scene *m)
{
	static const struct dmarc_record none;

	return m->policy != NULL && m->policy->applied != NULL ? m->policy->applied->record : &none;
}

/* Whether a result that is not known, or a lookup that failed, could still turn a fail. */
static bool
could_pass(const struct message_scene *m)
{
	const struct dmarc_record *r = record_of(m);

	if (m->n_more > 0 || m->h->cut)
		return true; /* nobody looked at those */
	for (size_t i = 0; i < m->n_sigs; i++) {
		const struct message_signature *s = &m->sigs[i];
		bool pass = strcmp(s->result, "pass") == 0;
		bool temp = s->unknown || strcmp(s->result, "temperror") == 0;

		if ((pass || temp) && is_hidden(&s->alignment, r->adkim_strict))
			return true;
		if (temp && s->aligned)
			return true;
	}
	if (!m->has_sender)
		return m->has_ip; /* who sends is half known: what is missing may pass */
	if (m->spf.result != RESULT_PASS && m->spf.result != RESULT_TEMPERROR)
		return false;
	return m->spf_names_align || is_hidden(&m->spf_alignment, r->aspf_strict);
}

static const char *
conclude(const struct message_scene *m)
{
	if (m->policy == NULL) /* a From field may stand where nobody looked */
		return m->h->cut && m->from == NULL ? "" : "permerror";
	if (m->policy->state == DMARC_UNKNOWN)
		return "temperror";
	if (m->policy->state != DMARC_APPLIES)
		return "none";
	if (m->aligned_pass || m->spf_aligned)
		return "pass";
	if (could_pass(m))
		return "temperror";
	return m->has_sender ? "fail" : "";
}

void
message_read_dmarc(struct message_scene *m)
{
	bool strict = record_of(m)->aspf_strict;
	const struct alignment *a = &m->spf_alignment;

	if (m->has_sender) {
		m->spf_names_align = strict ? a->strict : a->relaxed;
		m->spf_aligned = m->spf_names_align && m->spf.result == RESULT_PASS;
		m->spf_aligned_list =
		    (strict ? a->strict : a->relaxed_list) && m->spf.result == RESULT_PASS;
	}
	m->dmarc_list = m->spf_aligned_list;
	for (size_t i = 0; i < m->n_sigs; i++)
		if (m->sigs[i].aligned_list && strcmp(m->sigs[i].result, "pass") == 0)
			m->dmarc_list = true;
	m->dmarc = conclude(m);
}

/* The best signature of those that pass (PASS) or fail, aligned (ALIGNED) or not; NULL = none. */
static const struct message_signature *
pick(const struct message_scene *m, bool pass, bool aligned)
{
	for (size_t i = 0; i < m->n_sigs; i++) {
		const struct message_signature *s = &m->sigs[i];

		if ((strcmp(s->result, "pass") == 0) == pass && s->aligned == aligned &&
		    s->s.domain.n > 0)
			return s;
	}
	return NULL;
}

/* The one thing that is nearest to a pass. */
static struct str
turn(struct message_scene *m)
{
	const struct message_signature *s;
	struct buf *b = &m->au->findings->scratch;

	buf_reset(b);
	if ((s = pick(m, false, true)) != NULL) {
		buf_adds(b, "a signature by ");
		name_print(b, &s->s.domain);
		buf_adds(b, " that verifies (now: ");
		buf_add(b, s->why);
		buf_adds(b, ")");
	} else if ((s = pick(m, true, false)) != NULL) {
		buf_adds(b, "a signature with d=");
		name_print(b, &m->author);
		buf_adds(b, " (the one that passes is by ");
		name_print(b, &s->s.domain);
		buf_adds(b, ")");
	} else if (m->spf.result == RESULT_PASS) {
		buf_adds(b, "a MAIL FROM of ");
		name_print(b, &m->author);
		buf_adds(b, " (SPF passes for ");
		buf_add(b, message_cut(m->spf.domain));
		buf_adds(b, ")");
	} else if (m->spf_names_align) {
		buf_adds(b, "a pass of SPF for ");
		addr_print(b, &m->sender.ip);
		buf_adds(b, " (now: ");
		buf_adds(b, spf_result_name(m->spf.result));
		buf_adds(b, ")");
	} else {
		buf_adds(b, "a signature with d=");
		name_print(b, &m->author);
	}
	return arena_str(m->au->arena, buf_str(b));
}

static void
judge_fail(struct message_scene *m)
{
	const struct dmarc_step *step = m->policy->applied;
	enum dmarc_word word = m->policy->word;
	struct findings *fs = m->au->findings;
	bool asks;
	struct finding *f;
	struct str text;

	if (step->record->testing)
		word = dmarc_word_testing(word);
	asks = word == DMARC_QUARANTINE || word == DMARC_REJECT;
	text = turn(m);
	f = message_add(m, asks ? RULE_MESSAGE_DMARC_FAILS : RULE_MESSAGE_DMARC_FAILS_NONE);
	finding_at(fs, f, step->answer, step->rr, str_sub(step->rr->text, 0, 0));
	finding_name(fs, f, "author", &m->author);
	finding_text(fs, f, "policy", str_of(dmarc_word_name(word)));
	finding_text(fs, f, "turn", text);
	for (size_t i = 0; i < m->n_sigs; i++)
		finding_evidence(f, m->sigs[i].key.answer);
	if (m->has_sender)
		finding_evidence(f, m->spf.last);
}

/* Signatures pass, and none counts; or nobody could say whether one does. */
static void
judge_alignment(struct message_scene *m)
{
	const struct message_signature *s = pick(m, true, false);
	bool strict = record_of(m)->adkim_strict, hidden;
	struct findings *fs = m->au->findings;
	struct finding *f;

	if (m->author.n == 0 || m->aligned_pass || s == NULL)
		return;
	for (size_t i = 0; i < m->n_sigs; i++)
		if (strcmp(m->sigs[i].result, "pass") == 0 &&
		    is_hidden(&m->sigs[i].alignment, strict))
			s = &m->sigs[i];
	hidden = is_hidden(&s->alignment, strict);
	f = message_add(m, hidden ? RULE_MESSAGE_ALIGNMENT_UNKNOWN : RULE_MESSAGE_UNALIGNED);
	finding_name(fs, f, "author", &m->author);
	finding_name(fs, f, "domain", &s->s.domain);
	if (hidden)
		finding_evidence(f, s->alignment.failed);
}

/* Whether a lookup that failed hides if the public suffix list would call it a pass. */
static bool
list_is_hidden(const struct message_scene *m)
{
	const struct dmarc_record *r = record_of(m);

	for (size_t i = 0; i < m->n_sigs; i++)
		if (strcmp(m->sigs[i].result, "pass") == 0 && !r->adkim_strict &&
		    m->sigs[i].alignment.failed_list != NULL)
			return true;
	return m->has_sender && m->spf.result == RESULT_PASS && !r->aspf_strict &&
	       m->spf_alignment.failed_list != NULL;
}

static void
judge_difference(struct message_scene *m)
{
	bool walk = strcmp(m->dmarc, "pass") == 0;
	struct findings *fs = m->au->findings;
	struct finding *f;

	if (walk == m->dmarc_list || (!walk && strcmp(m->dmarc, "fail") != 0))
		return;
	if (walk && list_is_hidden(m))
		return;
	f = message_add(m, RULE_MESSAGE_DMARC_DIFFERS);
	finding_name(fs, f, "author", &m->author);
	finding_text(fs, f, "walk", walk ? STR("a pass") : STR("a fail"));
	finding_text(fs, f, "list", walk ? STR("a fail") : STR("a pass"));
}

void
message_judge_dmarc(struct message_scene *m)
{
	bool fails = strcmp(m->dmarc, "fail") == 0;

	if (m->received_unread)
		(void)message_add(m, RULE_MESSAGE_RECEIVED_UNREADABLE);
	/* without an address nobody asked about SPF, and where a signature counts it decides
	 * nothing */
	if (m->has_ip && !m->has_sender && strcmp(m->dmarc, "temperror") == 0)
		finding_text(m->au->findings, message_add(m, RULE_MESSAGE_SENDER_UNKNOWN), "what",
		    strcmp(m->wants, "helo") == 0 ? STR("the HELO name under a null MAIL FROM")
						  : STR("MAIL FROM"));
	/* a fail names what would turn it: what is told else is its cause */
	if (fails)
		judge_fail(m);
	else if (m->n_sigs > 0)
		judge_alignment(m);
	else if (m->author.n > 0 && !m->h->cut) /* else nobody's key is missing, and why was told */
		(void)message_add(m, RULE_MESSAGE_UNSIGNED);
	judge_difference(m);
}
