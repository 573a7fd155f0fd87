/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads a shared library and finds its functions when they are first needed. */
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Under the lock. ISO C has no way from void * to a function but this copy. */
static enum assay_status load(const struct assay__library *library, struct assay_error *err)
{
    errno = 0;
    void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL && errno == ENOMEM)
        return assay__fail_memory(err);
    if (handle == NULL)
        return assay__fail(err, ASSAY_ERROR_UNAVAILABLE,
                           "%s cannot be loaded; the package %s has it (%s).", library->file,
                           library->package, dlerror());
    for (size_t i = 0; i < library->count; i++) {
        void *function = dlsym(handle, library->names[i]);
        if (function == NULL) {
            dlclose(handle);
            return assay__fail(err, ASSAY_ERROR_UNAVAILABLE,
                               "%s is too old, it has no %s(); a newer package %s is needed.",
                               library->file, library->names[i], library->package);
        }
        memcpy((char *)library->functions + i * sizeof function, &function, sizeof function);
    }
    return ASSAY_OK;
}

enum assay_status assay__library_load(const struct assay__library *library, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (atomic_load_explicit(library->is_loaded, memory_order_acquire))
        return ASSAY_OK;
    pthread_mutex_lock(&lock);
    if (!atomic_load_explicit(library->is_loaded, memory_order_relaxed)) {
        status = load(library, err);
        if (status == ASSAY_OK)
            atomic_store_explicit(library->is_loaded, true, memory_order_release);
    }
    pthread_mutex_unlock(&lock);
    return status;
}
