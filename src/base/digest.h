/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_DIGEST_H
#define ASSAY_BASE_DIGEST_H

#include <stddef.h>

/** assay__sha256_hex() writes the SHA-256 of the bytes as 64 lower-case hex digits and a NUL. */
void assay__sha256_hex(const void *bytes, size_t length, char out[65]);

/** assay__md5_hex() writes its MD5, which databases have, too; against nobody's intent. */
void assay__md5_hex(const void *bytes, size_t length, char out[33]);

#endif
