/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_FINGERPRINT_H
#define ASSAY_BASE_FINGERPRINT_H

#include <stddef.h>

#include "base/hash.h"

/**
 * Fingerprints tell texts apart by 128 bits (XXH3 without a seed), the same in every process and
 * on every machine. They find what was changed by chance or by hand; they do not protect against
 * somebody who makes two texts with one fingerprint on purpose.
 */
enum { ASSAY__FINGERPRINT_BYTES = 33 }; /* 32 hex digits and a NUL */

/** assay__fingerprint() is that of bytes; _write() writes it in hex. */
assay__uint128 assay__fingerprint(const void *bytes, size_t length);
void assay__fingerprint_write(assay__uint128 fingerprint, char out[ASSAY__FINGERPRINT_BYTES]);

/** struct assay__fingerprinter takes bytes as they come. _new() is NULL without memory. */
struct assay__fingerprinter;
struct assay__fingerprinter *assay__fingerprinter_new(void);
void assay__fingerprinter_add(struct assay__fingerprinter *printer, const void *bytes,
                              size_t length);
assay__uint128 assay__fingerprinter_value(const struct assay__fingerprinter *printer);
void assay__fingerprinter_free(struct assay__fingerprinter *printer);

#endif
