/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an answer holds beside its name. Some servers give back the resource that they have instead
 * of HTTP 409; what was sent is not stored then, though the name is right.
 */
#include "api/deliver/content.h"

#include <string.h>

#include "api/deliver/answer.h"
#include "api/deliver/envelope.h"
#include "api/resource/resource_compare.h"
#include "base/time.h"

static bool is_older(const cJSON *resource, int64_t begin_ns)
{
    static const int64_t ROOM_NS = INT64_C(300) * 1000000000; /* for clocks that differ */
    const char *text = assay__answer_text(resource, "createTime");
    int64_t created;
    return text != NULL && assay__time_parse(text, strlen(text), &created) &&
           created < begin_ns - ROOM_NS;
}

enum assay_status assay__content_judge(const char *body, size_t length, const cJSON *resource,
                                       int64_t begin_ns, enum assay__content *out, char *where,
                                       size_t size, struct assay_error *err)
{
    struct assay__arena arena = {0};
    const struct assay__node *sent = NULL;
    *out = ASSAY__CONTENT_SENT;
    if (!assay__canonical_tells(resource))
        return ASSAY_OK;
    enum assay_status status = assay__body_resource(&arena, body, length, &sent, err);
    if (status == ASSAY_OK && assay__canonical_contradicts(sent, resource, where, size))
        *out = is_older(resource, begin_ns) ? ASSAY__CONTENT_OLDER : ASSAY__CONTENT_OTHER;
    assay__arena_release(&arena);
    return status;
}
