/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_WHOLE_H
#define ASSAY_SOURCE_WAREHOUSE_WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ASSAY__WHOLE_LIMBS = 24,        /* of 18 digits each */
    ASSAY__WHOLE_EXPONENT_MAX = 300 /* in either direction */
};

/** ASSAY__WHOLE_TEXT: the longest text of a number, its NUL included. */
#define ASSAY__WHOLE_TEXT (ASSAY__WHOLE_LIMBS * 18 + 2 * ASSAY__WHOLE_EXPONENT_MAX + 4)

/** struct assay__whole: a decimal, limbs times 10^exponent; lowest limb first, of 18 digits. */
struct assay__whole {
    uint64_t limbs[ASSAY__WHOLE_LIMBS];
    uint32_t count; /* of limbs; 0: the number is 0 */
    int32_t exponent;
    bool is_negative;
};

/** assay__whole_read() reads a decimal, as -12.5e3 is; false for others, and for longer ones. */
bool assay__whole_read(const char *text, size_t length, struct assay__whole *out);

/** assay__whole_of() makes one of an integer. */
struct assay__whole assay__whole_of(int64_t value);

/** assay__whole_multiply(): false where the product has too many digits. */
bool assay__whole_multiply(const struct assay__whole *a, const struct assay__whole *b,
                           struct assay__whole *out);

/** assay__whole_write() writes all digits, without an exponent; returns the length. */
size_t assay__whole_write(const struct assay__whole *number, char out[ASSAY__WHOLE_TEXT]);

/** A limb of a sum, with room for carries; memory that a database gives is aligned to 8 bytes. */
__extension__ typedef __int128 assay__whole_limb __attribute__((aligned(8)));

/** struct assay__whole_sum adds whole numbers, exponents 0 and above; zero-initialise it. */
struct assay__whole_sum {
    assay__whole_limb limbs[ASSAY__WHOLE_LIMBS];
};

/** assay__whole_add() adds sign times a number: false where it is not a whole number, or too long.
 */
bool assay__whole_add(struct assay__whole_sum *sum, const struct assay__whole *number, int sign);

/** assay__whole_total() is the sum: false where it has too many digits. */
bool assay__whole_total(const struct assay__whole_sum *sum, struct assay__whole *out);

#endif
