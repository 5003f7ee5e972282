/* SPDX-License-Identifier: ISC */
/*
 * replywrap.c - what stands around a reply.
 *
 * A lead counts only when a code follows it: "said:" is a word of prose too.
 */
#include "audit/bounce/replywrap.h"

#define MAX_LEAD 400 /* bytes between a lead and its code: a command, an address, a host */

/* clang-format off */
static const struct {
	struct str word; /* lower case */
	enum phase phase;
} commands[] = { /* the longer before what begins it */
	{ STR("end of data"), PHASE_END_OF_DATA },
	{ STR("end of message"), PHASE_END_OF_DATA },
	{ STR("text"), PHASE_END_OF_DATA },
	{ STR("body"), PHASE_END_OF_DATA },
	{ STR("data"), PHASE_DATA },
	{ STR("mail from"), PHASE_MAIL },
	{ STR("mail_from"), PHASE_MAIL },
	{ STR("rcpt to"), PHASE_RCPT },
	{ STR("rcpt_to"), PHASE_RCPT },
	{ STR("initial connection"), PHASE_CONNECT },
	{ STR("initial greeting"), PHASE_CONNECT },
	{ STR("greeting"), PHASE_CONNECT },
	{ STR("connect"), PHASE_CONNECT },
	{ STR("helo"), PHASE_HELO },
	{ STR("ehlo"), PHASE_HELO },
	{ STR("lhlo"), PHASE_HELO },
	{ STR("starttls"), PHASE_STARTTLS },
	{ STR("auth"), PHASE_AUTH },
};

/* What introduces a reply; the command, if one is named, stands right behind. */
static const struct {
	struct str word;
	enum phase phase;
} leads[] = {
	{ STR("smtp error from remote mail server after "), PHASE_UNKNOWN },
	{ STR("smtp error from remote mailer after "), PHASE_UNKNOWN },
	{ STR("smtp error from remote server for "), PHASE_UNKNOWN },
	{ STR("smtp error from remote server after "), PHASE_UNKNOWN },
	{ STR("lmtp error after "), PHASE_UNKNOWN },
	{ STR("refused to talk to me:"), PHASE_CONNECT },
	{ STR("did not like our "), PHASE_UNKNOWN },
	{ STR("does not like recipient."), PHASE_RCPT },
	{ STR("sender was rejected."), PHASE_MAIL },
	{ STR("failed after i sent the message."), PHASE_END_OF_DATA },
	{ STR("failed on data command."), PHASE_DATA },
	{ STR("but greeting failed."), PHASE_CONNECT },
	{ STR("but my name was rejected."), PHASE_HELO },
	{ STR("remote host said:"), PHASE_UNKNOWN },
	{ STR("remote server returned"), PHASE_UNKNOWN },
	{ STR("remote server said"), PHASE_UNKNOWN },
	{ STR("other server returned was:"), PHASE_UNKNOWN },
	{ STR("the server responded"), PHASE_UNKNOWN },
	{ STR("the response was"), PHASE_UNKNOWN },
	{ STR("the response from the remote server was:"), PHASE_UNKNOWN },
	{ STR("server responded with"), PHASE_UNKNOWN },
	{ STR("responded with"), PHASE_UNKNOWN },
	{ STR("failed with:"), PHASE_UNKNOWN },
	{ STR("upstream error:"), PHASE_UNKNOWN },
	{ STR("upstream response:"), PHASE_UNKNOWN },
	{ STR("deferred:"), PHASE_UNKNOWN },
	{ STR("rejected:"), PHASE_UNKNOWN },
	{ STR("bounced"), PHASE_UNKNOWN },
	{ STR("said:"), PHASE_UNKNOWN },
	{ STR("<<<"), PHASE_UNKNOWN },
	{ STR("smtp;"), PHASE_UNKNOWN },
	{ STR("reason:"), PHASE_UNKNOWN },
	{ STR("led="), PHASE_UNKNOWN },
};

/* How a mail server begins what it says itself, without a remote. */
static const struct str local_leads[] = {
	STR("connect to "), STR("connection to "), STR("lost connection with "), STR("conversation with "),
	STR("host or domain name not found"), STR("name service error"), STR("unable to look up host"),
	STR("tls is required"), STR("server certificate not"), STR("cannot start tls"), STR("mail for "),
	STR("sasl authentication failed"), STR("unrouteable"), STR("retry timeout"), STR("message size "),
	STR("all hosts for"), STR("remote host address is"), STR("no such host"), STR("timed out "),
	STR("bad address syntax"), STR("maildir delivery"), STR("unknown user:"), STR("user unknown in"),
	STR("envelope expired"), STR("no mx "), STR("network error"),
};
/* clang-format on */

size_t
reply_ifind(struct str s, size_t from, struct str needle)
{
	char first = needle.p[0] | 0x20, second = needle.p[needle.n > 1] | 0x20;
	size_t next = needle.n > 1; /* offset of SECOND */

	while (!ascii_isalpha(needle.p[0]) && from < s.n) {
		from = str_find(s, from, needle.p[0]);
		if (str_has_iprefix(str_sub(s, from, s.n), needle))
			return from;
		from++;
	}
	/* Bit 0x20 set makes capitals small, and little else alike. */
	for (size_t i = from; needle.n <= s.n && i <= s.n - needle.n; i++)
		if ((s.p[i] | 0x20) == first && (s.p[i + next] | 0x20) == second &&
		    str_has_iprefix(str_sub(s, i, s.n), needle))
			return i;
	return s.n;
}

static enum phase
command_at(struct str s)
{
	if (str_has_iprefix(s, STR("pipelined ")) || str_has_iprefix(s, STR("sending ")))
		s = str_sub(s, str_find(s, 0, ' ') + 1, s.n);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (str_has_iprefix(s, commands[i].word))
			return commands[i].phase;
	return PHASE_UNKNOWN;
}

/* Whether AT of S can begin a reply: a code, or an enhanced code of its own. */
static bool
begins_reply(struct str s, size_t at)
{
	struct enhanced e;
	uint16_t code;

	return reply_code_at(s, at, &code) || (at < s.n && s.p[at] == '#') ||
	       enhanced_parse(str_sub(s, at, s.n), &e) > 0;
}

/*
 * The reply behind a lead that ended at FROM of S: at once, or where a ':', a
 * quote, a parenthesis or a line break ends what stands between.  S.n = none.
 */
static size_t
reply_behind(struct str s, size_t from)
{
	size_t end = s.n - from > MAX_LEAD ? from + MAX_LEAD : s.n;
	bool may = true;

	for (size_t i = from; i < end; i++) {
		if (strchr(" \n'\":([", s.p[i]) != NULL) {
			may = may || s.p[i] != ' ';
			continue;
		}
		if (may && begins_reply(s, i))
			return i;
		may = false;
	}
	return s.n;
}

/* "H[ip]", "H [ip]" or "H (ip)" at the beginning of S. */
static bool
host_and_ip(struct str s, struct reply_wrap *out)
{
	size_t end = 0, at;
	char close;

	while (end < s.n && strchr(" [(\n", s.p[end]) == NULL)
		end++;
	at = end;
	while (at < s.n && s.p[at] == ' ')
		at++;
	if (end == 0 || at >= s.n || (s.p[at] != '[' && s.p[at] != '('))
		return false;
	close = s.p[at] == '[' ? ']' : ')';
	out->host = str_sub(s, 0, end);
	out->ip = str_sub(s, at + 1, str_find(s, at, close) - at - 1);
	return str_find(s, at, close) < s.n;
}

/* The host that BEFORE, the words in front of the reply, names. */
static void
find_host(struct str before, struct reply_wrap *out)
{
	static const struct str names[] = { STR("host: "), STR("host "), STR("connect to "),
		STR("lost connection with "), STR("conversation with "), STR("server "),
		STR("to server ") };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t at = reply_ifind(before, 0, names[i]);

		if (at < before.n && host_and_ip(str_sub(before, at + names[i].n, before.n), out))
			return;
	}
	out->host = out->ip = STR("");
}

/* Cut " (in reply to RCPT TO command)" and " [RCPT_TO]" from the end of *REST. */
static void
cut_tail(struct str *rest, struct reply_wrap *out)
{
	size_t at = reply_ifind(*rest, 0, STR("(in reply to "));
	enum phase p;

	if (at < rest->n) {
		p = command_at(str_sub(*rest, at + 13, rest->n));
		if (p != PHASE_UNKNOWN)
			out->phase = p;
		*rest = str_trim(str_sub(*rest, 0, at));
		return;
	}
	for (at = rest->n; at > 0 && rest->n - at < 16 && rest->p[at - 1] != '['; at--)
		;
	if (at == 0 || rest->n - at >= 16 || rest->p[rest->n - 1] != ']')
		return;
	p = command_at(str_sub(*rest, at, rest->n));
	if (p == PHASE_UNKNOWN || rest->p[at] > 'Z')
		return;
	out->phase = p;
	*rest = str_trim(str_sub(*rest, 0, at - 1));
}

/* The type of a Diagnostic-Code (RFC 3464 2.3.6) at the beginning of *REST. */
static void
cut_type(struct str *rest, struct reply_wrap *out)
{
	size_t at = str_find(*rest, 0, ';');
	struct str type = str_trim(str_sub(*rest, 0, at));

	if (at >= rest->n || at > 40 ||
	    (!str_ieq(type, STR("smtp")) && !str_ieq(type, STR("local")) &&
		!str_has_iprefix(type, STR("x-"))))
		return;
	*rest = str_trim(str_sub(*rest, at + 1, rest->n));
	out->remote = str_ieq(type, STR("smtp"));
	if (str_ieq(type, STR("x-unix")) || str_ieq(type, STR("local")))
		out->phase = PHASE_LOCAL;
}

/*
 * Where the reply behind the first "said:" begins, as in most logs: no lead that is
 * further behind matters, and the text of a reply is long.
 */
static size_t
lead_limit(struct str s)
{
	static const struct str said = { "said:", 5 };
	size_t at = reply_ifind(s, 0, said);

	return at < s.n ? reply_behind(s, at + said.n) : s.n;
}

/* Find what introduces the reply and cut *REST to it; false when nothing does. */
static bool
cut_lead(struct str *rest, struct reply_wrap *out)
{
	size_t best = rest->n, limit = lead_limit(*rest);
	enum phase phase = PHASE_UNKNOWN;

	for (size_t i = 0; i < ARRAY_LEN(leads); i++) {
		struct str before = str_sub(*rest, 0, best < limit ? best : limit);
		size_t at = reply_ifind(before, 0, leads[i].word), code;

		if (at >= before.n) /* a code behind it could not be the first */
			continue;
		at += leads[i].word.n;
		code = reply_behind(*rest, at);
		if (code >= best)
			continue;
		best = code;
		phase = leads[i].phase;
		if (phase == PHASE_UNKNOWN)
			phase = command_at(str_sub(*rest, at, rest->n));
	}
	if (best >= rest->n)
		return false;
	if (phase != PHASE_UNKNOWN)
		out->phase = phase;
	find_host(str_sub(*rest, 0, best), out);
	*rest = str_sub(*rest, best, rest->n);
	out->remote = true;
	return true;
}

/*
 * "5.1.0 - Unknown address error 550-'5.7.1 ...'": a gateway's own word in
 * front of the reply that it quotes.
 */
static bool
cut_quoted(struct str *rest, struct reply_wrap *out)
{
	uint16_t code;
	size_t end;

	for (size_t i = 4; i + 5 < rest->n && i < MAX_LEAD; i++) {
		if (rest->p[i + 3] != '-' || rest->p[i + 4] != '\'' ||
		    !reply_code_at(*rest, i, &code))
			continue;
		for (end = rest->n; end > i + 5 && rest->p[end - 1] != '\''; end--)
			;
		if (end == i + 5)
			end = rest->n + 1;
		out->code = code;
		out->remote = true;
		*rest = str_trim(str_sub(*rest, i + 5, end - 1 - (i + 5)));
		return true;
	}
	return false;
}

/* No code, no lead: either our own server speaks, or only a text was kept. */
static void
read_local(struct str *rest, struct reply_wrap *out)
{
	static const struct str suspended = STR("delivery temporarily suspended: ");

	if (str_has_iprefix(*rest, suspended))
		*rest = str_sub(*rest, suspended.n, rest->n);
	for (size_t i = 0; i < ARRAY_LEN(local_leads); i++)
		if (str_has_iprefix(*rest, local_leads[i])) {
			out->phase = PHASE_LOCAL;
			out->remote = false;
			find_host(*rest, out);
			return;
		}
}

void
reply_unwrap(struct str *rest, struct reply_wrap *out)
{
	bool paren;

	cut_type(rest, out);
	cut_tail(rest, out);
	paren = rest->n > 1 && rest->p[0] == '(' && rest->p[rest->n - 1] == ')';
	while (paren || (rest->n > 1 && (rest->p[0] == '"' || rest->p[0] == '\''))) {
		*rest = str_trim(str_sub(*rest, 1, rest->n - (paren ? 2 : 1)));
		paren = false;
	}
	if (cut_quoted(rest, out) || begins_reply(*rest, 0) || cut_lead(rest, out))
		return;
	read_local(rest, out);
}
