/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_ANSWER_H
#define ASSAY_API_DELIVER_ANSWER_H

#include <cjson/cJSON.h>
#include <stddef.h>

/**
 * assay__answer_parse() reads the JSON that a server or a token endpoint answers with. *out is for
 * cJSON_Delete(). Returns NULL, or why there is no tree, such as "its body is not JSON". What
 * there is no memory for counts as that, too: cJSON does not say which it was, and trying again
 * helps against both.
 *
 * cJSON is more lenient than the reader of plans and bodies (src/json): of a name that is given
 * twice the first counts. It reads numbers of up to 63 characters.
 */
const char *assay__answer_parse(const char *text, size_t length, cJSON **out);

/** assay__answer_text() is a member that is a text and not empty; NULL for any other. */
const char *assay__answer_text(const cJSON *object, const char *key);

#endif
