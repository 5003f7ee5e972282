/* SPDX-License-Identifier: ISC */
/*
 * junit.c - the format junit: XML as Jenkins, GitLab and others read it.
 *
 * A domain is a suite, a finding a case; a check that found nothing wrong is a case
 * that passed.  A failure is what the exit status counts: at --fail-on or above, and
 * not known to base.  What could not be determined is an error where an answer is
 * needed, else skipped, as is what base has too or a waiver bears.
 */
#include "report/ci.h"
#include "report/located.h"
#include "report/words.h"
#include "report/xml.h"

enum outcome { PASSED, FAILED, NOT_DETERMINED, SKIPPED, N_OUTCOMES };

static enum outcome
outcome_of(const struct judged *g, enum rule_level fail_on)
{
	if (g->level == LEVEL_UNKNOWN)
		return weight_of(g) >= WEIGHT_WARNING ? NOT_DETERMINED : SKIPPED;
	if (weight_of(g) == WEIGHT_KEPT)
		return SKIPPED;
	return is_failing(g, fail_on) ? FAILED : PASSED;
}

/* What the suite of D is called; NULL: that of the run. */
static void
label_add(struct buf *b, const struct domain_result *d)
{
	printed_add(b, d != NULL ? d->label : STR("mailvet"));
}

/* How many before the I-th of LIST are of its rule and about the same record. */
static size_t
like_before(const struct judged *list, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < i; k++)
		n += list[k].f->id == list[i].f->id &&
		     name_eq(&list[k].f->place.name, &list[i].f->place.name);
	return n;
}

/* "spf-lookup-limit", of another name "spf-unknown-term news.example.com", the second "... 2". */
static void
case_name_add(struct buf *b, struct str label, const struct judged *list, size_t i)
{
	const struct finding *f = list[i].f;
	size_t same = like_before(list, i), from;

	buf_adds(b, rule_of(f->id)->slug);
	if (f->place.name.n > 0) {
		from = b->n;
		buf_addc(b, ' ');
		name_print(b, &f->place.name);
		if (!b->over && str_eq(str_sub(buf_str(b), from + 1, b->n), label))
			b->n = from;
	}
	if (list[i].waiver != NULL)
		buf_adds(b, " accepted");
	if (same > 0) {
		buf_addc(b, ' ');
		buf_addu(b, same + 1);
	}
}

/* "zones/example.com:12:34", all that is told of G, what a waiver says. */
static void
body_add(struct buf *b, const struct domain_result *d, const struct judged *g,
    const struct report_style *style)
{
	struct located at;

	locate(d, g, &at);
	path_add(b, at.file);
	if (at.is_file) {
		buf_addc(b, ':');
		buf_addu(b, at.line);
	}
	if (at.column > 0) {
		buf_addc(b, ':');
		buf_addu(b, at.column);
	}
	buf_adds(b, "\n");
	if (g->level != LEVEL_UNKNOWN) {
		buf_adds(b, level_name(g->level));
		buf_adds(b, ": ");
	}
	all_told_add(b, g, style);
}

/* An element NAME with what is told; system-out has no attributes. */
static void
element_xml(
    struct report *r, const struct domain_result *d, const struct judged *g, const char *name)
{
	const char *change = change_word(g);
	struct buf b;

	buf_init(&b, 2 * MAX_TOLD);
	buf_adds(r->out, "      <");
	buf_adds(r->out, name);
	if (strcmp(name, "system-out") != 0) {
		xml_attribute(r->out, "type", str_of(rule_of(g->f->id)->slug));
		if (change[0] != '\0') {
			buf_adds(&b, change);
			buf_adds(&b, ": ");
		}
		if (g->level == LEVEL_UNKNOWN)
			buf_adds(&b, "not determined: ");
		told_add(&b, g, &r->style);
		xml_attribute(r->out, "message", buf_str(&b));
		buf_reset(&b);
	}
	buf_addc(r->out, '>');
	body_add(&b, d, g, &r->style);
	if (g->waiver != NULL) {
		buf_addc(&b, '\n');
		waived_add(&b, g->waiver);
	}
	xml_add(r->out, buf_str(&b));
	buf_adds(r->out, "</");
	buf_adds(r->out, name);
	buf_adds(r->out, ">\n");
	buf_free(&b);
}

static void
case_xml(struct report *r, const struct domain_result *d, const struct judged *list, size_t i)
{
	static const char *const elements[N_OUTCOMES] = { "system-out", "failure", "error",
		"skipped" };
	const struct judged *g = &list[i];
	struct buf name, label;

	buf_init(&name, MAX_TOLD);
	buf_init(&label, MAX_TOLD);
	label_add(&label, d);
	case_name_add(&name, buf_str(&label), list, i);
	buf_adds(r->out, "    <testcase");
	xml_attribute(r->out, "name", buf_str(&name));
	xml_attribute(r->out, "classname", buf_str(&label));
	buf_free(&name);
	buf_free(&label);
	if (g->level == LEVEL_PASS) {
		buf_adds(r->out, "/>\n");
		return;
	}
	buf_adds(r->out, ">\n");
	element_xml(r, d, g, elements[outcome_of(g, r->style.fail_on)]);
	buf_adds(r->out, "    </testcase>\n");
}

static void
count(size_t *n, const struct judged *list, size_t n_list, enum rule_level fail_on)
{
	for (size_t i = 0; i < n_list; i++)
		n[outcome_of(&list[i], fail_on)]++;
}

/* The suite of D, NULL = of the run, whose cases are the N in LIST and what waivers bear. */
static void
suite_xml(struct report *r, const struct domain_result *d, const struct judged *list, size_t n)
{
	const struct judged *suppressed = d != NULL ? d->suppressed : NULL;
	size_t n_suppressed = suppressed != NULL ? d->n_suppressed : 0;
	size_t by[N_OUTCOMES] = { 0 };
	struct buf label;

	count(by, list, n, r->style.fail_on);
	if (n_suppressed > 0)
		count(by, suppressed, n_suppressed, r->style.fail_on);
	buf_adds(r->out, "  <testsuite");
	buf_init(&label, MAX_TOLD);
	label_add(&label, d);
	xml_attribute(r->out, "name", buf_str(&label));
	buf_free(&label);
	xml_attribute_uint(r->out, "tests", n + n_suppressed);
	xml_attribute_uint(r->out, "failures", by[FAILED]);
	xml_attribute_uint(r->out, "errors", by[NOT_DETERMINED]);
	xml_attribute_uint(r->out, "skipped", by[SKIPPED]);
	buf_adds(r->out, ">\n");
	for (size_t i = 0; i < n; i++)
		case_xml(r, d, list, i);
	for (size_t i = 0; i < n_suppressed; i++)
		case_xml(r, d, suppressed, i);
	buf_adds(r->out, "  </testsuite>\n");
}

void
junit_report_begin(struct report *r, const struct run_result *run)
{
	(void)run;
	xml_begin(r->out);
	/* its counts are optional, and not known before the end of a fleet */
	buf_adds(r->out, "<testsuites name=\"mailvet\">\n");
}

void
junit_report_domain(struct report *r, const struct domain_result *d)
{
	suite_xml(r, d, d->findings, d->n_findings);
}

void
junit_report_end(struct report *r, const struct run_result *run)
{
	if (run->n_findings > 0)
		suite_xml(r, NULL, run->findings, run->n_findings);
	buf_adds(r->out, "</testsuites>\n");
}
