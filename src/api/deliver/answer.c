/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of servers, read by cJSON within the limits of a result. */
#define _GNU_SOURCE 1 /* memmem() */

#include "api/deliver/answer.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "api/deliver/envelope.h"
#include "base/utf8.h"

/* More values than a result may have would fill the memory: a value has 64 bytes as a tree and may
 * have two as text. Each but the first follows a comma, a colon or an opening bracket. */
static bool has_too_many_values(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == ',' || text[i] == '[' || text[i] == ':';
    return count > ASSAY__BODY_VALUES_MAX;
}

/* An escaped NUL would end a text before its end. */
static bool has_nul(const char *text, size_t length)
{
    static const char ESCAPE[] = "\\u0000";
    const char *end = text + length;
    for (const char *at = text;
         (at = memmem(at, (size_t)(end - at), ESCAPE, sizeof ESCAPE - 1)) != NULL; at++) {
        const char *first = at;
        while (first > text && first[-1] == '\\')
            first--;
        if ((at - first) % 2 == 0)
            return true;
    }
    return memchr(text, '\0', length) != NULL;
}

const char *assay__answer_parse(const char *text, size_t length, cJSON **out)
{
    static const char NOT_JSON[] = "its body is not JSON";
    const char *end = NULL;
    *out = NULL;
    if (length == 0)
        return "its body is empty";
    if (length > ASSAY__BODY_BYTES_MAX || has_too_many_values(text, length))
        return "its body is beyond the limits of a result";
    if (has_nul(text, length) || assay__utf8_valid_run(text, length) < length)
        return NOT_JSON;
    cJSON *root = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    while (root != NULL && end < text + length && strchr(" \t\r\n", *end) != NULL)
        end++;
    if (root == NULL || end != text + length) {
        cJSON_Delete(root);
        return NOT_JSON;
    }
    *out = root;
    return NULL;
}

const char *assay__answer_text(const cJSON *object, const char *key)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(member) && member->valuestring[0] != '\0' ? member->valuestring : NULL;
}
