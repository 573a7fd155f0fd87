#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes src/number/powers.c: ceil(10^k / 2^(floor(log2 10^k) - 127)), 128 bits, for each k."""

FIRST, LAST = -292, 324


def scaled(k):
    numerator, denominator = (10**k, 1) if k >= 0 else (1, 10**-k)
    exponent = numerator.bit_length() - denominator.bit_length()
    if numerator << max(-exponent, 0) < denominator << max(exponent, 0):
        exponent -= 1
    shift = 127 - exponent
    numerator <<= max(shift, 0)
    denominator <<= max(-shift, 0)
    return -(-numerator // denominator)


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print("/* Made by scripts/powers.py. */")
print('#include "number/powers.h"\n')
print("const struct assay__power ASSAY__POWERS[ASSAY__POWER_LAST - ASSAY__POWER_FIRST + 1] = {")
cells = ["{0x%016x, 0x%016x}," % (scaled(k) >> 64, scaled(k) & (2**64 - 1))
         for k in range(FIRST, LAST + 1)]
for i in range(0, len(cells), 2):
    print("    " + " ".join(cells[i:i + 2]))
print("};")
