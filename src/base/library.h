/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_LIBRARY_H
#define ASSAY_BASE_LIBRARY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/**
 * struct assay__library is a shared library that is loaded when it is first needed, so that
 * commands which do not deliver or serve start without it. functions is a struct of nothing but
 * pointers to functions, in the order of names.
 */
struct assay__library {
    const char *file;         /* its soname: libcurl.so.4 */
    const char *package;      /* what to install, in Debian's words */
    const char *const *names; /* of the functions */
    size_t count;
    void *functions;
    atomic_bool *is_loaded;
};

/**
 * assay__library_load() loads it unless it is there: ASSAY_ERROR_UNAVAILABLE names the package when
 * it is not installed, ASSAY_ERROR_MEMORY without memory. A failure is tried again by the next
 * call. A library stays until the process ends. Threads: any; the functions may be used by a thread
 * that called this, and by those it starts afterwards.
 */
ASSAY_MUST_CHECK enum assay_status assay__library_load(const struct assay__library *library,
                                                       struct assay_error *err);

#endif
