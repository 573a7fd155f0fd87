/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of every enumerator, as plans, results and flags write them. */
#include "plan/names.h"

#define DEFINE(name, type, ...)                                                                    \
    static const char *const name##_names[] = {__VA_ARGS__};                                       \
    const struct assay__choices assay__choices_##name = {                                          \
        sizeof name##_names / sizeof *name##_names, name##_names};                                 \
    const char *assay__name_##name(type value)                                                     \
    {                                                                                              \
        return (size_t)value < assay__choices_##name.count ? name##_names[value] : "unknown";      \
    }
ASSAY__NAME_LIST(DEFINE)
