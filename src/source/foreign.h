/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_FOREIGN_H
#define ASSAY_SOURCE_FOREIGN_H

#include <stddef.h>

/**
 * assay__foreign_sentence() recognises files other than CSV by their first bytes, and says what
 * they are and which program makes CSV of them. NULL: none of them. Static text.
 */
const char *assay__foreign_sentence(const unsigned char *bytes, size_t length);

#endif
