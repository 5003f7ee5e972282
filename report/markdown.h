/* SPDX-License-Identifier: ISC */
/*
 * markdown.h - text inside Markdown as GitHub and GitLab read it.
 *
 * What goes in is not Markdown and does not become any: it cannot end a span, a row or
 * a block, name a person, or make a link.
 */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H
#include "checks/core/buf.h"

#define MAX_SPAN_SHOWN 200 /* bytes of a code span; the records to paste stand in blocks */

/* Append S, printable, as words of a sentence. */
void markdown_words_add(struct buf *b, struct str s);

/* Append S, printable, as a code span that may stand in a table; cut to MAX_SPAN_SHOWN. */
void markdown_code_add(struct buf *b, struct str s);

/* Append S, lines, as a fenced block of the language INFO, which may be empty. */
void markdown_block_add(struct buf *b, const char *info, struct str s);

#endif
