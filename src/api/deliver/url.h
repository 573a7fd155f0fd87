/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_URL_H
#define ASSAY_API_DELIVER_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

enum { ASSAY__URL_BYTES_MAX = 2048 };

/** struct assay__endpoint: a server that may be spoken to. */
struct assay__endpoint {
    char url[ASSAY__URL_BYTES_MAX]; /* normalised, without a slash at the end */
    bool is_loopback;               /* no proxy, no token needed; the only place for plain http */
    char resolve[64];               /* for CURLOPT_RESOLVE: localhost pinned to loopback, or "" */
};

/**
 * assay__endpoint_parse() checks the URL of a server: https anywhere, http only to 127.0.0.0/8, ::1
 * or localhost, which is then pinned to the loopback addresses whatever the resolver says. User
 * names, queries and fragments are refused. what names the option in messages.
 */
enum assay_status assay__endpoint_parse(const char *url, const char *what,
                                        struct assay__endpoint *out, struct assay_error *err);

/** assay__region_urls() gives the base URL and the token URL of a region ("eu", "us"). */
enum assay_status assay__region_urls(const char *region, const char **base_url,
                                     const char **token_url, struct assay_error *err);

/** assay__parent_check() accepts what assay__parent_split() accepts; else the error says what that
 * is. */
enum assay_status assay__parent_check(const char *parent, struct assay_error *err);

/** assay__id_check() does so for an analysisResultId and assay__result_id_ok(). */
enum assay_status assay__id_check(const char *id, struct assay_error *err);

#endif
