/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 and MD5 of bytes, as hexadecimal digits. */
#include "base/digest.h"

#include <nettle/md5.h>
#include <nettle/sha2.h>
#include <stdint.h>

static void write_hex(const uint8_t *digest, size_t size, char *out)
{
    static const char HEX[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = HEX[digest[i] >> 4];
        out[2 * i + 1] = HEX[digest[i] & 15];
    }
    out[2 * size] = '\0';
}

void assay__sha256_begin(struct assay__sha256 *digest)
{
    sha256_init(&digest->context);
}

void assay__sha256_add(struct assay__sha256 *digest, const void *bytes, size_t length)
{
    sha256_update(&digest->context, length, bytes);
}

void assay__sha256_end(struct assay__sha256 *digest, char out[65])
{
    uint8_t bytes[SHA256_DIGEST_SIZE];
    sha256_digest(&digest->context, sizeof bytes, bytes);
    write_hex(bytes, sizeof bytes, out);
}

void assay__sha256_hex(const void *bytes, size_t length, char out[65])
{
    struct assay__sha256 digest;
    assay__sha256_begin(&digest);
    assay__sha256_add(&digest, bytes, length);
    assay__sha256_end(&digest, out);
}

void assay__md5_hex(const void *bytes, size_t length, char out[33])
{
    struct md5_ctx context;
    uint8_t digest[MD5_DIGEST_SIZE];
    md5_init(&context);
    md5_update(&context, length, bytes);
    md5_digest(&context, sizeof digest, digest);
    write_hex(digest, sizeof digest, out);
}
