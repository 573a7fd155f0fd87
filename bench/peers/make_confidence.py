#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of spotify/confidence for the accuracy bench, as "id value" lines.

    PYTHONPATH=confidence bench/peers/make_confidence.py VERSION FOLDER >bench/peers/confidence.txt

FOLDER holds the rows that build/release/bench/bench_accuracy_rows writes. Its Student's t test begins
from a table of sums, sums of squares and counts: here NumPy's sums of doubles. What draws its charts
(chartify, ipywidgets) has no part in the figures and is left out. Means with one covariate are its
"z-test-linreg", which has one slope for all groups: other figures than a slope for each, so no line.
"""
import csv
import sys
import types
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
np.seterr(all="ignore")


class Stub(types.ModuleType):
    """A module of which any name may be asked."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


for missing in ("chartify", "ipywidgets", "IPython", "IPython.display", "bokeh", "bokeh.models", "bokeh.models.tools"):
    sys.modules.setdefault(missing, Stub(missing))
resources = Stub("pkg_resources")
resources.require = lambda name: [types.SimpleNamespace(version=sys.argv[1])]
sys.modules["pkg_resources"] = resources
from spotify_confidence import StudentsTTest  # noqa: E402
from spotify_confidence.analysis.frequentist.sample_ratio_test import sample_ratio_test  # noqa: E402

SIDES = {"upper": "increase", "lower": "decrease"}


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def show(name, value):
    print(name, "%.17g" % value)


def compared(sums, side=None):
    """Difference, standard error and p of group t against group c; sums: (n, sum, sum of squares)."""
    table = pd.DataFrame([(g,) + row for g, row in zip("ct", sums)], columns=["group", "n", "s", "q"])
    test = StudentsTTest(table, "s", "q", "n", "group")
    preference = {} if side is None else {"non_inferiority_margins": (None, SIDES[side])}
    found = test.difference("c", "t", absolute=True, **preference)
    error = np.sqrt(sum(v / n for v, n in zip(test.summary(verbose=True)["variance"], table["n"])))
    return found["difference"][0], error, found["p-value"][0]


def answered(*question):
    try:
        return compared(*question)
    except Exception:  # what it cannot answer counts as no digits
        return (np.nan,) * 3


def welch():
    for i, row in enumerate(rows_of("tests/golden/compare.csv")):
        if (row["type"], row["test"]) != ("mean", "t") or float.fromhex(row["null"]) != 0.0:
            continue
        sums = []
        for g in "ct":
            n, mean = int(row["n_" + g]), float.fromhex(row["mean_" + g])
            variance = float.fromhex(row["variance_" + g])
            sums.append((n, mean * n, variance * (n - 1) + mean * mean * n))
        show("welch:%d" % i, answered(sums, row["side"] if row["side"] in SIDES else None)[2])


def from_data(folder):
    for case in rows_of("tests/golden/accuracy_data.csv"):
        if case["reduction"] != "none":
            continue
        data = np.loadtxt("%s/%s.csv" % (folder, case["case"]), delimiter=",", skiprows=1, ndmin=2)
        both = [data[data[:, 0] == g][:, 1] for g in (0, 1)]
        sums = [(len(y), float(y.sum()), float((y * y).sum())) for y in both]
        for name, value in zip(("d", "se", "p"), answered(sums)):
            show("data:%s:%s" % (case["case"], name), value)


def srm():
    for i, row in enumerate(rows_of("tests/golden/srm.csv")):
        if row["method"] != "chi2":
            continue
        counts, weights = ([float(v) for v in row[key].split()] for key in ("counts", "weights"))
        kept = [(c, w) for c, w in zip(counts, weights) if w > 0]
        table = pd.DataFrame([("g%d" % j, c) for j, (c, _) in enumerate(kept)], columns=["group", "n"])
        shares = {"g%d" % j: w / sum(weights) for j, (_, w) in enumerate(kept)}
        try:
            p = sample_ratio_test(table, all_group_columns=["group"], denominator="n",
                                  expected_proportions=shares)[0]
        except Exception:  # what it cannot answer counts as no digits
            p = np.nan
        show("srm:%d" % i, p)


print("# confidence %s, Python %d.%d, NumPy %s" % ((sys.argv[1],) + sys.version_info[:2] + (np.__version__,)))
welch()
from_data(sys.argv[2])
srm()
