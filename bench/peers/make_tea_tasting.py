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
import math
import sys

import pandas as pd

from figures import answered, leave_out, rows_of, show, show_head, srm_rows, welch_rows

leave_out("ibis", "ibis.expr", "ibis.expr.types", "ibis.expr.operations", "pyarrow", "pyarrow.compute")


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


def welch():
    for i, side, groups in welch_rows():
        both = [Aggregates(n, {"y": mean}, {"y": variance}) for n, mean, variance in groups]
        test = Mean("y", alternative=SIDES.get(side, "two-sided"))
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
    for i, counts, weights in srm_rows():
        if len(counts) != 2 or min(weights) <= 0.0:
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


show_head("tea-tasting")
welch()
from_data(sys.argv[2])
srm()
sizes()
