/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the table of number/powers.h as C, when the program is built: 10^k for each k as the 128
 * bits ceil(10^k / 2^(floor(log2 10^k) - 127)). Runs on the machine that builds, with nothing but
 * C.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "number/powers.h"

/* Whole numbers below 2^1280, low limb first: 10^324 has 1077 bits. */
enum { LIMBS = 40 };

struct whole {
    uint32_t limbs[LIMBS];
};

static struct whole power_of_ten(int k)
{
    struct whole power = {{1}};
    for (; k > 0; k--) {
        uint64_t carry = 0;
        for (int i = 0; i < LIMBS; i++) {
            carry += (uint64_t)power.limbs[i] * 10;
            power.limbs[i] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    return power;
}

static int compare(const struct whole *a, const struct whole *b)
{
    for (int i = LIMBS - 1; i >= 0; i--)
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    return 0;
}

static void subtract(struct whole *a, const struct whole *b)
{
    uint64_t borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
        uint64_t difference = (uint64_t)a->limbs[i] - b->limbs[i] - borrow;
        a->limbs[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
}

static void twice(struct whole *a)
{
    for (int i = LIMBS - 1; i > 0; i--)
        a->limbs[i] = a->limbs[i] << 1 | a->limbs[i - 1] >> 31;
    a->limbs[0] <<= 1;
}

/* The first 128 bits of numerator / denominator, by long division, rounded up. */
static struct assay__power first_bits(struct whole numerator, struct whole denominator)
{
    static const struct whole ZERO;
    struct assay__power bits = {0, 0};
    while (compare(&numerator, &denominator) >= 0)
        twice(&denominator);
    while (compare(&numerator, &denominator) < 0)
        twice(&numerator);
    for (int i = 0; i < 128; i++) {
        bits.high = bits.high << 1 | bits.low >> 63;
        bits.low <<= 1;
        if (compare(&numerator, &denominator) >= 0) {
            subtract(&numerator, &denominator);
            bits.low |= 1;
        }
        twice(&numerator);
    }
    if (compare(&numerator, &ZERO) != 0 && ++bits.low == 0)
        bits.high++;
    return bits;
}

int main(void)
{
    puts("/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
         "/* Powers of ten; made by scripts/powers.c. */\n"
         "#include \"number/powers.h\"\n\n"
         "const struct assay__power\n"
         "    ASSAY__POWERS[ASSAY__POWER_LAST - ASSAY__POWER_FIRST + 1] = {");
    for (int k = ASSAY__POWER_FIRST; k <= ASSAY__POWER_LAST; k++) {
        struct assay__power bits = k < 0 ? first_bits(power_of_ten(0), power_of_ten(-k))
                                         : first_bits(power_of_ten(k), power_of_ten(0));
        printf("    {0x%016llx, 0x%016llx},\n", (unsigned long long)bits.high,
               (unsigned long long)bits.low);
    }
    puts("};");
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
