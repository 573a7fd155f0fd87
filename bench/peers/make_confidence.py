#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of spotify/confidence for the accuracy bench, as "id value" lines.

    PYTHONPATH=confidence bench/peers/make_confidence.py VERSION FOLDER >bench/peers/confidence.txt

FOLDER holds the rows that build/release/bench/bench_accuracy_rows writes. Its Student's t test begins
from a table of sums, sums of squares and counts: here NumPy's sums of doubles. What draws its charts
(chartify, ipywidgets) has no part in the figures and is left out. Means with one covariate are its
"z-test-linreg", which has one slope for all groups: other figures than a slope for each, so no line.
"""
import sys
import types

import numpy as np
import pandas as pd

from figures import Stub, answered, leave_out, rows_of, show, show_head, srm_rows, sums, welch_rows


leave_out("chartify", "ipywidgets", "IPython", "IPython.display", "bokeh", "bokeh.models", "bokeh.models.tools")
resources = Stub("pkg_resources")
resources.require = lambda name: [types.SimpleNamespace(version=sys.argv[1])]
sys.modules["pkg_resources"] = resources
from spotify_confidence import StudentsTTest  # noqa: E402
from spotify_confidence.analysis.frequentist.sample_ratio_test import sample_ratio_test  # noqa: E402

SIDES = {"upper": "increase", "lower": "decrease"}


def compared(both, side=None):
    """Difference, standard error and p of group t against group c; both: (n, sum, sum of squares)."""
    table = pd.DataFrame([(g,) + row for g, row in zip("ct", both)], columns=["group", "n", "s", "q"])
    test = StudentsTTest(table, "s", "q", "n", "group")
    preference = {} if side is None else {"non_inferiority_margins": (None, SIDES[side])}
    found = test.difference("c", "t", absolute=True, **preference)
    error = np.sqrt(sum(v / n for v, n in zip(test.summary(verbose=True)["variance"], table["n"])))
    return found["difference"][0], error, found["p-value"][0]


def welch():
    for i, side, groups in welch_rows():
        both = [sums(*group) for group in groups]
        show("welch:%d" % i, answered(lambda: compared(both, side if side in SIDES else None), 3)[2])


def from_data(folder):
    for case in rows_of("tests/golden/accuracy_data.csv"):
        if case["reduction"] != "none":
            continue
        data = np.loadtxt("%s/%s.csv" % (folder, case["case"]), delimiter=",", skiprows=1, ndmin=2)
        both = [data[data[:, 0] == g][:, 1] for g in (0, 1)]
        both = [(len(y), float(y.sum()), float((y * y).sum())) for y in both]
        for name, value in zip(("d", "se", "p"), answered(lambda: compared(both), 3)):
            show("data:%s:%s" % (case["case"], name), value)


def srm():
    for i, counts, weights in srm_rows():
        kept = [(c, w) for c, w in zip(counts, weights) if w > 0]
        table = pd.DataFrame([("g%d" % j, c) for j, (c, _) in enumerate(kept)], columns=["group", "n"])
        shares = {"g%d" % j: w / sum(weights) for j, (_, w) in enumerate(kept)}
        show("srm:%d" % i, answered(lambda: sample_ratio_test(
            table, all_group_columns=["group"], denominator="n", expected_proportions=shares), 1)[0])


show_head("confidence")
welch()
from_data(sys.argv[2])
srm()
