/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_FRAMING_H
#define ASSAY_SERVE_HTTP_FRAMING_H

#include "serve/http/microhttpd_library.h"
#include <stdbool.h>
#include <stdint.h>

/** struct serve_head: what the headers of a request say about the message itself. */
struct serve_head {
    const char *flaw; /* why the message cannot be told from what follows it; NULL: it can */
    bool has_length, is_chunked, waits_for_100;
    uint64_t length; /* of the body; 0 when it has none, or chunks */
};

/**
 * serve_head_read() looks at all headers. A message whose end two readers could see at two places
 * has a flaw: both Content-Length and Transfer-Encoding, one of them twice, another coding than
 * chunked, chunks in HTTP/1.0, or a name that only nearly is one of these. So have a Host that is
 * missing or given twice, and names that are not tokens (RFC 9112, sections 3.2, 5.1, 6.1 and 6.3),
 * and an Authorization, Content-Type or Content-Encoding that is given twice.
 */
struct serve_head serve_head_read(struct MHD_Connection *connection, const char *version);

/** serve_head_is_json() is true for application/json, in UTF-8 when it names a charset. */
bool serve_head_is_json(const char *content_type);

#endif
