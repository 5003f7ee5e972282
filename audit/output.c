/* SPDX-License-Identifier: ISC */
/*
 * output.c - bytes are written as they grow, so that a fleet's report needs no
 * more memory than one domain's (but for formats that must know the end first).
 */
#include "audit/output.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include "audit/error.h"
#include "checks/core/arena.h"
#include "report/disarm.h"

#define DEFAULT_WIDTH 80
#define MIN_WIDTH 40
#define MAX_WIDTH 160 /* longer lines are hard to read */

static unsigned
terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	uint32_t n = 0;

	if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		n = w.ws_col;
	else if (columns == NULL || !parse_u32(str_of(columns), 10000, &n) || n == 0)
		n = DEFAULT_WIDTH;
	return n < MIN_WIDTH ? MIN_WIDTH : n > MAX_WIDTH ? MAX_WIDTH : (unsigned)n;
}

/* https://no-color.org: set and not empty means no. */
static bool
wants_color(enum option_when when, FILE *to)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return isatty(fileno(to)) != 0 && (no == NULL || no[0] == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

struct report_style
output_style(const struct report_style *base, enum option_when color, FILE *to)
{
	struct report_style s = *base;

	s.color = wants_color(color, to);
	s.width = terminal_width(fileno(to));
	if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		s.ascii = true;
	return s;
}

int
output_lose(const char *file, bool over, bool *lost)
{
	const char *what = file != NULL ? file : "standard output";

	if (!*lost && over)
		audit_warn("%s: the report is larger than a report may be", what);
	else if (!*lost)
		(void)audit_write_failed(what);
	*lost = true;
	return AUDIT_EWRITE;
}

static int
lose(struct output *o)
{
	return output_lose(o->file, o->bytes.over || o->report.held.over, &o->lost);
}

/* Whether all of S went to FD: at once, for the stream's own buffer is smaller than a domain. */
static bool
write_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			s = str_sub(s, (size_t)n, s.n);
	}
	return true;
}

static int
flush(struct output *o)
{
	bool bad;

	if (o->report.format->lines)
		disarm(&o->bytes);
	bad = o->lost || o->bytes.over || o->report.held.over;
	if (!bad && o->bytes.n > 0)
		bad = !write_all(fileno(o->to), buf_str(&o->bytes));
	if (bad)
		(void)lose(o);
	buf_reset(&o->bytes);
	return bad ? AUDIT_EWRITE : AUDIT_OK;
}

/* Whether WANT goes to the file that R read. */
static bool
is_resumed(const struct output_option *want, const struct resume *r)
{
	struct stat st;

	if (r == NULL)
		return false;
	if (want->file == NULL)
		return fstat(STDOUT_FILENO, &st) == 0 && resume_is_file(r, &st);
	return stat(want->file, &st) == 0 && resume_is_file(r, &st);
}

/* Go on in TO behind what R keeps: the rest is a torn line, or the end of that run. */
static int
go_on(FILE *to, const struct resume *r)
{
	if (ftruncate(fileno(to), (off_t)r->keep) != 0 ||
	    lseek(fileno(to), (off_t)r->keep, SEEK_SET) < 0) {
		audit_warn("%s: %s", r->file, strerror(errno));
		return AUDIT_EWRITE;
	}
	return AUDIT_OK;
}

static int
open_file(struct output *out, const struct output_option *want, const struct resume *r)
{
	bool resumed = is_resumed(want, r);

	if (resumed && strcmp(want->format->name, "jsonl") != 0) {
		audit_warn("%s: --resume reads it: only --report jsonl can go on in it", r->file);
		return AUDIT_EUSAGE;
	}
	out->file = want->file;
	out->to = want->file != NULL ? fopen(want->file, resumed ? "r+" : "w") : stdout;
	if (out->to == NULL) {
		audit_warn("%s: %s", want->file, strerror(errno));
		return AUDIT_EWRITE;
	}
	out->goes_on = resumed;
	return resumed ? go_on(out->to, r) : AUDIT_OK;
}

static int
open_one(struct output *out, const struct output_option *want, const struct check_options *o,
    const struct resume *r)
{
	struct report_style style;
	int rc;

	if ((rc = open_file(out, want, r)) != AUDIT_OK) {
		if (out->to != NULL && out->file != NULL)
			(void)fclose(out->to);
		return rc;
	}
	buf_init(&out->bytes, MAX_REPORT_BYTES);
	style = output_style(&o->style, o->color, out->to);
	style.fail_on = o->fail_on;
	report_init(&out->report, want->format, &style, &out->bytes);
	return AUDIT_OK;
}

int
output_close(const char *file, FILE *to)
{
	if (file == NULL)
		return fflush(to);
	return fclose(to);
}

int
output_write(const struct buf *b, const char *file)
{
	FILE *to = file != NULL ? fopen(file, "w") : stdout;
	bool bad;

	if (to == NULL) {
		audit_warn("%s: %s", file, strerror(errno));
		return AUDIT_EWRITE;
	}
	bad = b->over || fwrite(b->p, 1, b->n, to) != b->n;
	if (output_close(file, to) != 0)
		bad = true;
	return bad ? audit_write_failed(file != NULL ? file : "standard output") : AUDIT_OK;
}

static int
close_one(struct output *o)
{
	int rc = output_close(o->file, o->to) == 0 ? AUDIT_OK : lose(o);

	buf_free(&o->bytes);
	report_free(&o->report);
	return rc;
}

/* Whether another report of OUT goes to FILE, whatever path leads there. */
static bool
is_written(const struct outputs *out, const char *file)
{
	struct stat a, b;

	if (file == NULL || stat(file, &a) != 0 || !S_ISREG(a.st_mode))
		return false;
	for (size_t i = 0; i < out->n; i++)
		if (fstat(fileno(out->v[i].to), &b) == 0 && a.st_dev == b.st_dev &&
		    a.st_ino == b.st_ino)
			return true;
	return false;
}

int
outputs_open(struct outputs *out, const struct check_options *o, const struct run_result *run,
    const struct resume *r)
{
	struct output_option text = { report_format_find(STR("text")), NULL };
	const struct output_option *want = o->n_outputs > 0 ? o->outputs : &text;
	size_t n = o->n_outputs > 0 ? o->n_outputs : 1;
	int rc = AUDIT_OK;

	*out = (struct outputs){ .v = xcalloc(n, sizeof(*out->v)) };
	for (size_t i = 0; i < n && rc == AUDIT_OK; i++) {
		struct output *one = &out->v[i];

		if (is_written(out, want[i].file)) {
			audit_warn("%s: another report goes to that file", want[i].file);
			rc = AUDIT_EUSAGE;
			break;
		}
		if ((rc = open_one(one, &want[i], o, r)) != AUDIT_OK)
			break;
		out->n++;
		out->goes_on = out->goes_on || one->goes_on;
		if (one->report.format->begin != NULL)
			one->report.format->begin(&one->report, run);
		rc = flush(one);
	}
	if (rc == AUDIT_OK)
		return AUDIT_OK;
	for (size_t i = 0; i < out->n; i++)
		(void)close_one(&out->v[i]);
	free(out->v);
	*out = (struct outputs){ .n = 0 };
	return rc;
}

int
outputs_domain(struct outputs *out, const struct domain_result *d)
{
	int rc = AUDIT_OK;

	for (size_t i = 0; i < out->n; i++) {
		struct output *one = &out->v[i];

		one->report.format->domain(&one->report, d);
		one->report.n++;
		if (flush(one) != AUDIT_OK)
			rc = AUDIT_EWRITE;
	}
	return rc;
}

int
outputs_end(struct outputs *out, const struct run_result *run)
{
	int rc = AUDIT_OK;

	for (size_t i = 0; i < out->n; i++) {
		struct output *one = &out->v[i];

		if (one->report.format->end != NULL)
			one->report.format->end(&one->report, run);
		if (flush(one) != AUDIT_OK)
			rc = AUDIT_EWRITE;
		if (close_one(one) != AUDIT_OK)
			rc = AUDIT_EWRITE;
	}
	free(out->v);
	*out = (struct outputs){ .n = 0 };
	return rc;
}

bool
outputs_any_order(const struct check_options *o)
{
	for (size_t i = 0; i < o->n_outputs; i++)
		if (strcmp(o->outputs[i].format->name, "jsonl") != 0)
			return false;
	return o->n_outputs > 0;
}

int
outputs_status(const struct check_options *o, const struct run_result *run, int status)
{
	const struct report_format *f = o->n_outputs == 1 ? o->outputs[0].format : NULL;

	if (f == NULL || f->status == NULL)
		return status;
	if (run != NULL)
		return f->status(run);
	(void)printf("MAILVET UNKNOWN - nothing was audited, standard error says why\n");
	return f->status(&(struct run_result){ .domains = 0 });
}
