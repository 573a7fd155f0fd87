/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_UTF16_H
#define ASSAY_SOURCE_WAREHOUSE_UTF16_H

#include "base/text.h"

/** assay__utf16_of() is a text as UTF-16, ended by 0: free() it; NULL without memory. */
uint16_t *assay__utf16_of(const char *text, size_t *length);

/** assay__utf16_append() appends count units as UTF-8; what is not a character becomes U+FFFD. */
void assay__utf16_append(struct assay__text *out, const uint16_t *units, size_t count);

#endif
