#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doubles, their shortest text and texts that read as them: bits (hex), repr, long text.

The long text is the exact value, or a point just beside the midpoint to the next double, so that
reading it wrongly rounds the other way. CPython's repr and float() are correctly rounded.
"""
import random
import struct
import sys
from decimal import Decimal, getcontext

getcontext().prec = 1200
random.seed(20261124)


def double(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def long_text(x, bits):
    after = double(bits + 1)
    if after == float("inf"):
        return str(Decimal(x))
    middle = (Decimal(x) + Decimal(after)) / 2
    nudge = Decimal(10) ** (middle.adjusted() - random.choice([20, 300, 790, 900]))
    return str(middle + random.choice([-1, 0, 1]) * nudge)


print("# Made by: python3 tests/golden/number.py (Python %s)" % sys.version.split()[0])
special = [1, 2, 3, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x7FEFFFFFFFFFFFFF,
           0x3CD0000000000000, 0x44B52D02C7E14AF6, 0x4340000000000000, 0x4340000000000001]
powers = [(e << 52) for e in range(1, 2046, 41)]
random_bits = [random.randrange(1, 0x7FF0000000000000 - 1) for _ in range(300)]
decimals = [struct.unpack("<Q", struct.pack("<d", round(random.uniform(0, 1e6), d)))[0]
            for d in range(7) for _ in range(10)]
subnormal = [random.randrange(1, 1 << random.randrange(2, 52)) for _ in range(40)]
for bits in special + powers + random_bits + decimals + subnormal:
    x = double(bits)
    text = long_text(x, bits)
    want = struct.unpack("<Q", struct.pack("<d", float(text)))[0]
    print("%016x,%s,%016x,%s" % (bits, repr(x), want, text))
