#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of tea-tasting for the accuracy bench, as "id value" lines.

    PYTHONPATH=tea-tasting/src:narwhals/src bench/peers/make_tea_tasting.py VERSION FOLDER >bench/peers/tea_tasting.txt

FOLDER holds the rows that build/release/bench/bench_accuracy_rows writes. tea-tasting adds up a pandas
frame by narwhals, less its mean; its tests begin from counts, means and variances. What reads databases
(ibis) and Arrow tables (pyarrow) has no part in the figures and is left out. With a covariate it has one
slope for all groups: other figures than a slope for each, so no line. Its sizes are real numbers of all
units: the compared group's share of them is rounded up. A checkout has no tea_tasting/_version.txt, which
its build writes: put VERSION into it.
"""
import csv
import math
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


for missing in ("ibis", "ibis.expr", "ibis.expr.types", "ibis.expr.operations", "pyarrow", "pyarrow.compute"):
    sys.modules.setdefault(missing, Stub(missing))
sys.modules["ibis"].expr = sys.modules["ibis.expr"]
sys.modules["ibis.expr"].types = sys.modules["ibis.expr.types"]
sys.modules["ibis.expr"].operations = sys.modules["ibis.expr.operations"]


class Table:
    """What narwhals hands a frame of sums on in: tea-tasting asks for its rows."""

    def __init__(self, frame):
        self.frame = frame

    @classmethod
    def from_pandas(cls, frame):
        return cls(frame)

    def to_pylist(self):
        return self.frame.to_dict("records")


sys.modules["pyarrow"].Table = Table
from tea_tasting.aggr import Aggregates, read_aggregates  # noqa: E402
from tea_tasting.metrics import Mean, SampleRatio  # noqa: E402

SIDES = {"upper": "greater", "lower": "less"}


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def show(name, value):
    print(name, "%.17g" % value)


def answered(ask, count):
    try:
        return ask()
    except Exception:  # what it cannot answer counts as no digits
        return (math.nan,) * count


def welch():
    for i, row in enumerate(rows_of("tests/golden/compare.csv")):
        if (row["type"], row["test"]) != ("mean", "t") or float.fromhex(row["null"]) != 0.0:
            continue
        both = [Aggregates(int(row["n_" + g]), {"y": float.fromhex(row["mean_" + g])},
                           {"y": float.fromhex(row["variance_" + g])}) for g in "ct"]
        test = Mean("y", alternative=SIDES.get(row["side"], "two-sided"))
        show("welch:%d" % i, answered(lambda: (test.analyze_aggregates(*both).pvalue,), 1)[0])


def from_data(folder):
    for case in rows_of("tests/golden/accuracy_data.csv"):
        if case["reduction"] != "none":
            continue
        frame = pd.read_csv("%s/%s.csv" % (folder, case["case"]))
        group, y = frame.columns[:2]
        test = Mean(y)

        def ask():
            sums = read_aggregates(frame, group, **test.aggr_cols._asdict())
            found = test.analyze_aggregates(sums[0], sums[1])
            return found.effect_size, found.effect_size / found.statistic, found.pvalue

        for name, value in zip(("d", "se", "p"), answered(ask, 3)):
            show("data:%s:%s" % (case["case"], name), value)


def srm():
    for i, row in enumerate(rows_of("tests/golden/srm.csv")):
        counts, weights = ([float(v) for v in row[key].split()] for key in ("counts", "weights"))
        if row["method"] != "chi2" or len(counts) != 2 or min(weights) <= 0.0:
            continue
        test = SampleRatio(ratio=weights[1] / weights[0], method="norm", correction=False)
        groups = {g: Aggregates(int(n)) for g, n in enumerate(counts)}
        show("srm:%d" % i, answered(lambda: (test.analyze(groups, 0, 1).pvalue,), 1)[0])


def sizes():
    for i, row in enumerate(rows_of("tests/golden/size.csv")):
        value = {key: float(text) for key, text in row.items()
                 if key not in ("kind", "type", "test", "side", "method")}
        at, planned = value["n_compared"] / value["n_baseline"], value["wt"] / value["wc"]
        if (row["type"] != "mean" or row["kind"] == "effect" or row["side"] == "both" or value["vc"] != value["vt"]
                or (row["test"] == "t" and at != 1)):
            continue
        variance, effect = value["factor"] * value["vc"], abs(value["effect"] - value["null"])

        def test(ratio):
            return Mean("y", alternative="greater", equal_var=False, use_t=row["test"] == "t",
                        alpha=value["alpha"], ratio=ratio)

        def need():
            units = test(planned)._solve_power_from_stats(variance, effect_size=effect, power=value["power"])
            return (math.ceil(units * planned / (1 + planned)),)

        def attain():
            return (test(at)._power_from_stats(variance, value["n_baseline"] + value["n_compared"], effect),)

        if row["kind"] == "required":
            show("size:%d:n" % i, answered(need, 1)[0])
        show("size:%d:power" % i, answered(attain, 1)[0])


print("# tea-tasting %s, Python %d.%d, NumPy %s" % ((sys.argv[1],) + sys.version_info[:2] + (np.__version__,)))
welch()
from_data(sys.argv[2])
srm()
sizes()
