/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcurl, loaded when it is first needed. */
#include "base/curl_library.h"

#include "base/library.h"

#ifdef ASSAY_LINKED
enum assay_status assay__curl_load(struct assay_error *err)
{
    (void)err;
    return ASSAY_OK;
}

bool assay__curl_is_loaded(void)
{
    return true;
}
#else
struct assay__curl_functions assay__curl;

static const char *const NAMES[] = {
#define X(name) #name,
    ASSAY__CURL_FUNCTIONS(X)
#undef X
};

static atomic_bool is_loaded;

enum assay_status assay__curl_load(struct assay_error *err)
{
    static const struct assay__library LIBRARY = {.file = "libcurl.so.4",
                                                  .package = "libcurl4",
                                                  .names = NAMES,
                                                  .count = sizeof NAMES / sizeof *NAMES,
                                                  .functions = &assay__curl,
                                                  .is_loaded = &is_loaded};
    return assay__library_load(&LIBRARY, err);
}

bool assay__curl_is_loaded(void)
{
    return atomic_load(&is_loaded);
}
#endif
