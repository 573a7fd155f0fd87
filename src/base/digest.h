/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_DIGEST_H
#define ASSAY_BASE_DIGEST_H

#include <nettle/sha2.h>
#include <stddef.h>

/** assay__sha256_hex() writes the SHA-256 of the bytes as 64 lower-case hex digits and a NUL. */
void assay__sha256_hex(const void *bytes, size_t length, char out[65]);

/** The same of bytes that come piece by piece. */
struct assay__sha256 {
    struct sha256_ctx context;
};
void assay__sha256_begin(struct assay__sha256 *digest);
void assay__sha256_add(struct assay__sha256 *digest, const void *bytes, size_t length);
void assay__sha256_end(struct assay__sha256 *digest, char out[65]);

/** assay__md5_hex() writes its MD5, which databases have, too; against nobody's intent. */
void assay__md5_hex(const void *bytes, size_t length, char out[33]);

#endif
