/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_MEMORY_H
#define ASSAY_MEMORY_H

#include "assay/export.h"

/**
 * assay_free() frees text that a function of the library handed over, where its description says
 * free(): the free() of the C library that libassay runs with, for languages and programs that have
 * another one. NULL is fine. Handles have a function of their own, such as assay_plan_free().
 */
ASSAY_API void assay_free(void *text);

#endif
