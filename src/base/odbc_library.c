/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unixODBC, loaded when it is first needed. */
#include "base/odbc_library.h"

#include "base/library.h"

#ifdef ASSAY_LINKED
struct assay__odbc_functions assay__odbc = {
#define X(name) .name = name,
    ASSAY__ODBC_FUNCTIONS(X)
#undef X
};

enum assay_status assay__odbc_load(struct assay_error *err)
{
    (void)err;
    return ASSAY_OK;
}
#else
struct assay__odbc_functions assay__odbc;

static const char *const NAMES[] = {
#define X(name) #name,
    ASSAY__ODBC_FUNCTIONS(X)
#undef X
};

enum assay_status assay__odbc_load(struct assay_error *err)
{
    static atomic_bool is_loaded;
    static const struct assay__library LIBRARY = {.file = "libodbc.so.2",
                                                  .package = "libodbc2",
                                                  .names = NAMES,
                                                  .count = sizeof NAMES / sizeof *NAMES,
                                                  .functions = &assay__odbc,
                                                  .is_loaded = &is_loaded};
    return assay__library_load(&LIBRARY, err);
}
#endif
