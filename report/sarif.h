/* SPDX-License-Identifier: ISC */
/*
 * sarif.h - the parts of a SARIF log (sarif.c).
 */
#ifndef REPORT_SARIF_H
#define REPORT_SARIF_H
#include "report/json.h"
#include "report/located.h"

#define MAX_SARIF_RESULTS 25000 /* that GitHub takes of a run; with more it takes none */

/* What is remembered from domain to domain: which rules spoke, in the order they did. */
struct sarif_state {
	size_t results, left_out;
	uint16_t n_rules;
	uint16_t index[RULE_COUNT]; /* of the rule in the log, from 1; 0 = it did not speak */
};

/* A result: G of D; SAME findings of D before it have its fingerprint; RULE is its index. */
struct sarif_result {
	const struct domain_result *d;
	const struct judged *g;
	size_t same;
	unsigned rule;
	const struct report_style *style;
};
void sarif_result_json(struct json *j, const struct sarif_result *r);

/* The member `tool` with the rules that spoke. */
void sarif_tool_json(struct json *j, const struct sarif_state *st, const char *version);

/* "error", "warning", "note". */
const char *sarif_level(const struct judged *g);

/* The member KEY { text } of S, in which nothing is a link or a placeholder. */
void sarif_text_json(struct json *j, const char *key, struct str s);

#endif
