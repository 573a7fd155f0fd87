#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random experiments, and what assay must say of them, computed naively with fractions.

    tests/oracle/oracle.py PROGRAM FIRST COUNT

draws the experiments of seeds FIRST on, has the program summarize, merge or analyze them, from files or
from SQLite, and prints where it differs: exact sums, figures, counts of rows and events, looks, slices.
Nothing here reads CSV or numbers as assay does, or was written from its code: docs/ says what is meant.
"""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

from compare import compare_detail, compare_sums
from expected import Expected
from experiment import Experiment


def run(args):
    p = subprocess.run(args, capture_output=True)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


class Run:
    """One experiment and what the program makes of it."""

    def __init__(self, program, seed, folder):
        self.program, self.folder, self.plan = program, folder, folder + "/plan.json"
        self.experiment = e = Experiment(seed, folder, sql=seed % 4 == 3)
        self.expected = Expected(e)
        quantiles = any("Quantile" in k for m in e.m for k in m.get("cap", {}))
        ways = ["summarize"] if quantiles else ["summarize", "summarize", "merge", "sums"]
        self.way = "sqlite" if e.sql else e.r.choice(ways) if e.parts and e.r.random() < 0.6 else "analyze"
        self.args = []

    def ask(self, *args):
        self.args = list(args)
        return run([self.program] + self.args)

    def files(self, files, events):
        args = ["--plan", self.plan] + files
        for name, paths in events.items():
            args += ["--events", name + "=" + ",".join(paths)]
        return args + (["--bad-rows", "skip"] if self.experiment.skip else [])

    def from_parts(self):
        e, sums = self.experiment, []
        for i, (files, events) in enumerate(e.split(e.r.choice([2, 3]))):
            sums.append("%s/part%d" % (self.folder, i))
            rc, text, err = self.ask("summarize", "--output", sums[-1], *self.files(files, events))
            if rc:
                return rc, text, err
        e.r.shuffle(sums)
        rc, text, err = self.ask("merge", *sums)
        if rc or self.way == "merge":
            return rc, text, err
        if e.r.random() < 0.5:
            sums = [self.folder + "/all"]
            with open(sums[0], "w", newline="") as h:
                h.write(text)
        return self.ask("analyze", "--plan", self.plan, "--format", "detail", *sums)

    def answer(self):
        e = self.experiment
        if self.way == "sqlite":
            args = [
                "--plan",
                self.plan,
                "--source",
                "sqlite:" + e.database(),
                "--table",
                "units",
                "--scale",
                "6",
            ]
            for name in e.event_rows:
                args += ["--events", name + "=" + name]
            return self.ask("summarize", *args)
        if self.way in ("merge", "sums"):
            return self.from_parts()
        args = self.files(e.files, e.event_files) + ["--threads", e.r.choice("12")]
        return self.ask(self.way, *args, *(["--format", "detail"] if self.way == "analyze" else []))

    def problems(self):
        """What is wrong with the answer: a list, empty when nothing is."""
        e, o = self.experiment, self.expected
        rc, text, err = self.answer()
        is_analyzed = self.way in ("analyze", "sums")
        if rc:
            is_right = "differ" in err if o.error else is_analyzed and o.refuses(err)
            return [] if rc == 65 and is_right else ["exit %d: %s" % (rc, err)]
        if o.error:
            return ["accepted, though " + o.error]
        o.table = o.sums()

        def loose(metric, column):
            return metric in means

        means = {
            m["id"]
            for m in e.m
            if m.get("aggregation") == "mean"
            or isinstance(m.get("denominator"), dict)
            and m["denominator"]["aggregation"] == "mean"
        }
        return (compare_detail if is_analyzed else compare_sums)(e, o, text, loose)


def main():
    program, first, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    failed = 0
    for seed in range(first, first + count):
        folder = tempfile.mkdtemp(prefix="assay-oracle-")
        trial = Run(program, seed, folder)
        problems = trial.problems()
        if problems:
            failed += 1
            print("seed %d: assay %s" % (seed, shlex.join(trial.args)))
            for p in problems[:6]:
                print("   " + p.strip()[:600])
        else:
            shutil.rmtree(folder)
    print("%d experiments, %d differ" % (count, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
