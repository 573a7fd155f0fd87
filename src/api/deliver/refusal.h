/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_REFUSAL_H
#define ASSAY_API_DELIVER_REFUSAL_H

#include <stddef.h>

#include "base/text.h"

enum {
    ASSAY__QUOTE_BYTES_MAX = 400 /* of a server's words in a message of ours */
};

/**
 * assay__refusal_clean() appends what a server wrote, fit for a terminal and a log: one line,
 * control characters, bytes that are not UTF-8 and characters that reorder text replaced, runs of
 * blanks made one, the secrets (NULL ones skipped) blanked, at most bytes_max bytes.
 *
 * A secret is also found where it is written as URLs (%2B), JSON (\u002b) or HTML (&#43;) write it,
 * in base64, alone or as a part of more, where blanks and line ends break it, and where only its
 * beginning is there, as in a text that was cut. What else a server may make of it is not
 * recognised, nor are secrets of fewer than four bytes.
 */
void assay__refusal_clean(struct assay__text *out, const char *bytes, size_t length,
                          size_t bytes_max, const char *const *secrets, size_t secret_count);

/** assay__refusal_quote() is the same with at most ASSAY__QUOTE_BYTES_MAX bytes. */
void assay__refusal_quote(struct assay__text *out, const char *bytes, size_t length,
                          const char *const *secrets, size_t secret_count);

/**
 * assay__refusal_explain() appends what an error response says: the message and field violations of
 * a google.rpc.Status (bare, or inside "error"), an OAuth error's description, and of any other
 * body its beginning. Appends nothing for an empty body.
 */
void assay__refusal_explain(struct assay__text *out, const char *body, size_t length,
                            const char *const *secrets, size_t secret_count);

#endif
