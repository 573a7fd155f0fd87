/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libmicrohttpd, loaded when it is first needed. */
#include "serve/http/microhttpd_library.h"

#include "base/library.h"

#ifdef ASSAY_LINKED
enum assay_status serve_microhttpd_load(struct assay_error *err)
{
    (void)err;
    return ASSAY_OK;
}
#else
struct serve_microhttpd_functions serve_microhttpd;

static const char *const NAMES[] = {
#define X(name) #name,
    SERVE_MICROHTTPD_FUNCTIONS(X)
#undef X
};

enum assay_status serve_microhttpd_load(struct assay_error *err)
{
    static atomic_bool is_loaded;
    static const struct assay__library LIBRARY = {.file = "libmicrohttpd.so.12",
                                                  .package = "libmicrohttpd12",
                                                  .names = NAMES,
                                                  .count = sizeof NAMES / sizeof *NAMES,
                                                  .functions = &serve_microhttpd,
                                                  .is_loaded = &is_loaded};
    return assay__library_load(&LIBRARY, err);
}
#endif
