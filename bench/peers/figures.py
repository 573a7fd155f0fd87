# SPDX-License-Identifier: GPL-3.0-or-later
"""What the makers of recorded figures share: rows in, lines out, and modules that are left out."""
import csv
import math
import sys
import types
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")


class Stub(types.ModuleType):
    """A module of which any name may be asked."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def leave_out(*names):
    """Modules that have no part in the figures: they need not be there."""
    for name in names:
        module = sys.modules.setdefault(name, Stub(name))
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def show(name, value):
    print(name, "%.17g" % value)


def show_head(engine):
    """The first line; the engine's version is the program's first argument."""
    print("# %s %s, Python %d.%d, NumPy %s" % ((engine, sys.argv[1]) + sys.version_info[:2] + (np.__version__,)))


def answered(ask, count):
    """What ask() returns; where it cannot answer, count NaN, which are no digits."""
    try:
        return ask()
    except Exception:
        return (math.nan,) * count


def welch_rows():
    """Number, side, and n, mean and variance of both groups, of the rows for Welch's test."""
    for i, row in enumerate(rows_of("tests/golden/compare.csv")):
        if (row["type"], row["test"]) == ("mean", "t") and float.fromhex(row["null"]) == 0.0:
            yield i, row["side"], [(int(row["n_" + g]), float.fromhex(row["mean_" + g]),
                                    float.fromhex(row["variance_" + g])) for g in "ct"]


def sums(n, mean, variance):
    """n, sum and sum of squares, of which some engines begin."""
    return n, mean * n, variance * (n - 1) + mean * mean * n


def srm_rows():
    """Number, counts and weights of the rows for the chi-square test of counts."""
    for i, row in enumerate(rows_of("tests/golden/srm.csv")):
        if row["method"] == "chi2":
            yield (i, *([float(v) for v in row[key].split()] for key in ("counts", "weights")))
