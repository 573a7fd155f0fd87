/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The choice of kernels: the best that this processor runs, or the one that is asked for. */
#include <string.h>

#include "source/scan/scan_layout.h"

static const struct assay__scan_kernels KERNELS[] = {
#if defined(__x86_64__)
    {"avx512", assay__fields_avx512, assay__numbers_avx2},
    {"avx2", assay__fields_avx2, assay__numbers_avx2},
    {"sse2", assay__fields_sse2, assay__numbers_plain},
#endif
    {"plain", assay__fields_plain, assay__numbers_plain},
};

enum { KERNEL_COUNT = sizeof KERNELS / sizeof *KERNELS };

static bool runs_here(const char *name)
{
#if defined(__x86_64__)
    bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    if (strcmp(name, "avx512") == 0)
        return has_avx2 && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    if (strcmp(name, "avx2") == 0)
        return has_avx2;
#else
    (void)name;
#endif
    return true;
}

const struct assay__scan_kernels *assay__scan_kernels(const char *name)
{
    for (size_t i = 0; i < KERNEL_COUNT; i++)
        if ((name == NULL || strcmp(name, KERNELS[i].name) == 0) && runs_here(KERNELS[i].name))
            return &KERNELS[i];
    return NULL;
}

bool assay__scan_runs(const char *name)
{
    return name == NULL || strcmp(name, "careful") == 0 || assay__scan_kernels(name) != NULL;
}

const char *assay__scan_kernel_name(size_t index)
{
    return index < KERNEL_COUNT ? KERNELS[index].name : NULL;
}
