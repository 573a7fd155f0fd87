/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_CURL_LIBRARY_H
#define ASSAY_API_DELIVER_CURL_LIBRARY_H

#define CURL_DISABLE_TYPECHECK /* its macros call functions by their own names */
#include <curl/curl.h>

#include <stdbool.h>

#include "assay/status.h"

/**
 * libcurl is loaded by assay__curl_load() when it is first needed. The names below are
 * then its functions; with ASSAY_LINKED the program is linked with it instead.
 */
ASSAY_MUST_CHECK enum assay_status assay__curl_load(struct assay_error *err);

/** assay__curl_is_loaded(): a call of assay__curl_load() succeeded. */
bool assay__curl_is_loaded(void);

#ifndef ASSAY_LINKED
#define ASSAY__CURL_FUNCTIONS(X)                                                                   \
    X(curl_easy_cleanup)                                                                           \
    X(curl_easy_escape)                                                                            \
    X(curl_easy_getinfo)                                                                           \
    X(curl_easy_init)                                                                              \
    X(curl_easy_perform)                                                                           \
    X(curl_easy_reset)                                                                             \
    X(curl_easy_setopt)                                                                            \
    X(curl_easy_strerror)                                                                          \
    X(curl_free)                                                                                   \
    X(curl_global_cleanup)                                                                         \
    X(curl_global_init)                                                                            \
    X(curl_multi_add_handle)                                                                       \
    X(curl_multi_cleanup)                                                                          \
    X(curl_multi_info_read)                                                                        \
    X(curl_multi_init)                                                                             \
    X(curl_multi_perform)                                                                          \
    X(curl_multi_poll)                                                                             \
    X(curl_multi_remove_handle)                                                                    \
    X(curl_slist_append)                                                                           \
    X(curl_slist_free_all)                                                                         \
    X(curl_url)                                                                                    \
    X(curl_url_cleanup)                                                                            \
    X(curl_url_get)                                                                                \
    X(curl_url_set)                                                                                \
    X(curl_url_strerror)

struct assay__curl_functions {
#define X(name) __typeof__(&name) name;
    ASSAY__CURL_FUNCTIONS(X)
#undef X
};

/** Filled by assay__curl_load(), read only afterwards. */
extern struct assay__curl_functions assay__curl;

#undef curl_easy_setopt
#undef curl_easy_getinfo
#define curl_easy_cleanup assay__curl.curl_easy_cleanup
#define curl_easy_escape assay__curl.curl_easy_escape
#define curl_easy_getinfo assay__curl.curl_easy_getinfo
#define curl_easy_init assay__curl.curl_easy_init
#define curl_easy_perform assay__curl.curl_easy_perform
#define curl_easy_reset assay__curl.curl_easy_reset
#define curl_easy_setopt assay__curl.curl_easy_setopt
#define curl_easy_strerror assay__curl.curl_easy_strerror
#define curl_free assay__curl.curl_free
#define curl_global_cleanup assay__curl.curl_global_cleanup
#define curl_global_init assay__curl.curl_global_init
#define curl_multi_add_handle assay__curl.curl_multi_add_handle
#define curl_multi_cleanup assay__curl.curl_multi_cleanup
#define curl_multi_info_read assay__curl.curl_multi_info_read
#define curl_multi_init assay__curl.curl_multi_init
#define curl_multi_perform assay__curl.curl_multi_perform
#define curl_multi_poll assay__curl.curl_multi_poll
#define curl_multi_remove_handle assay__curl.curl_multi_remove_handle
#define curl_slist_append assay__curl.curl_slist_append
#define curl_slist_free_all assay__curl.curl_slist_free_all
#define curl_url assay__curl.curl_url
#define curl_url_cleanup assay__curl.curl_url_cleanup
#define curl_url_get assay__curl.curl_url_get
#define curl_url_set assay__curl.curl_url_set
#define curl_url_strerror assay__curl.curl_url_strerror
#endif

#endif
