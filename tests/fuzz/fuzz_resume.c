/* SPDX-License-Identifier: ISC */
/*
 * fuzz_resume.c - any bytes as a line of an earlier output: the same whether
 * they come at once or in two, and what is whole is not without its last byte.
 */
#include <assert.h>
#include "audit/resume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct resume_line one, two;
	struct str s = str_trim((struct str){ (const char *)data, len });
	enum resume_kind kind;

	resume_line_begin(&one);
	resume_line_add(&one, s);
	kind = resume_line_end(&one);
	resume_line_begin(&two);
	resume_line_add(&two, str_sub(s, 0, s.n / 2));
	resume_line_add(&two, str_sub(s, s.n / 2, s.n));
	assert(resume_line_end(&two) == kind && one.n_domain == two.n_domain);
	assert(one.n_domain <= sizeof(one.domain) && one.depth <= MAX_JSON_DEPTH);
	resume_line_begin(&two);
	resume_line_add(&two, str_sub(s, 0, s.n > 0 ? s.n - 1 : 0));
	assert(kind == RESUME_BAD || resume_line_end(&two) == RESUME_BAD);
	return 0;
}
