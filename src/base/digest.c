/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 of bytes, as hexadecimal digits. */
#include "base/digest.h"

#include <nettle/sha2.h>
#include <stdint.h>

void assay__sha256_hex(const void *bytes, size_t length, char out[65])
{
    static const char HEX[] = "0123456789abcdef";
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, length, bytes);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        out[2 * i] = HEX[digest[i] >> 4];
        out[2 * i + 1] = HEX[digest[i] & 15];
    }
    out[64] = '\0';
}
