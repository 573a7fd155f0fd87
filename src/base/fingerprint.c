/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fingerprints of texts: XXH3 of 128 bits without a seed. */
#include "base/fingerprint.h"

#include <stdio.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/memory.h"

static assay__uint128 join(XXH128_hash_t hash)
{
    return (assay__uint128)hash.high64 << 64 | hash.low64;
}

assay__uint128 assay__fingerprint(const void *bytes, size_t length)
{
    return join(XXH3_128bits(bytes, length));
}

void assay__fingerprint_write(assay__uint128 fingerprint, char out[ASSAY__FINGERPRINT_BYTES])
{
    snprintf(out, ASSAY__FINGERPRINT_BYTES, "%016llx%016llx",
             (unsigned long long)(fingerprint >> 64), (unsigned long long)fingerprint);
}

/* The state has an alignment of its own, which it finds in room that is as much longer. */
struct assay__fingerprinter {
    unsigned char room[sizeof(XXH3_state_t) + _Alignof(XXH3_state_t) - 1];
};

static XXH3_state_t *state_of(const struct assay__fingerprinter *printer)
{
    const uintptr_t align = _Alignof(XXH3_state_t);
    return (XXH3_state_t *)(((uintptr_t)printer->room + align - 1) / align * align);
}

struct assay__fingerprinter *assay__fingerprinter_new(void)
{
    struct assay__fingerprinter *printer = assay__malloc(sizeof *printer);
    if (printer != NULL)
        XXH3_128bits_reset(state_of(printer));
    return printer;
}

void assay__fingerprinter_add(struct assay__fingerprinter *printer, const void *bytes,
                              size_t length)
{
    XXH3_128bits_update(state_of(printer), bytes, length);
}

assay__uint128 assay__fingerprinter_value(const struct assay__fingerprinter *printer)
{
    return join(XXH3_128bits_digest(state_of(printer)));
}

void assay__fingerprinter_free(struct assay__fingerprinter *printer)
{
    assay__free(printer);
}
