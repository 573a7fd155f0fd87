/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_CONTENT_H
#define ASSAY_API_DELIVER_CONTENT_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/** enum assay__content: what a resource that was acknowledged holds. */
enum assay__content {
    ASSAY__CONTENT_SENT,  /* nothing else than was sent */
    ASSAY__CONTENT_OTHER, /* another value: the server has stored it otherwise */
    ASSAY__CONTENT_OLDER  /* another value, and it was made before: this delivery did not make it */
};

/**
 * assay__content_judge() compares the resource of a 2xx answer with the body that was sent. It was
 * made before where its createTime is more than five minutes before begin_ns, nanoseconds since
 * 1970. where is that of assay__canonical_contradicts(). The body is read only for an answer that
 * has values of its own. Fails without memory only, for a body that was read before.
 */
enum assay_status assay__content_judge(const char *body, size_t length, const cJSON *resource,
                                       int64_t begin_ns, enum assay__content *out, char *where,
                                       size_t size, struct assay_error *err);

#endif
