/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite, loaded when it is first needed. */
#include "base/sqlite_library.h"

#include "base/library.h"

#ifdef ASSAY_LINKED
enum assay_status assay__sqlite_load(struct assay_error *err)
{
    (void)err;
    return ASSAY_OK;
}
#else
struct assay__sqlite_functions assay__sqlite;

static const char *const NAMES[] = {
#define X(name) #name,
    ASSAY__SQLITE_FUNCTIONS(X)
#undef X
};

enum assay_status assay__sqlite_load(struct assay_error *err)
{
    static atomic_bool is_loaded;
    static const struct assay__library LIBRARY = {.file = "libsqlite3.so.0",
                                                  .package = "libsqlite3-0",
                                                  .names = NAMES,
                                                  .count = sizeof NAMES / sizeof *NAMES,
                                                  .functions = &assay__sqlite,
                                                  .is_loaded = &is_loaded};
    return assay__library_load(&LIBRARY, err);
}
#endif
