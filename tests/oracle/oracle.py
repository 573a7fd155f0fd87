#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random experiments, and what assay must say of them, computed naively with fractions.

    tests/oracle/oracle.py PROGRAM FIRST COUNT

draws the experiments of seeds FIRST on, has the program summarize, merge or analyze them, from files or
from SQLite, and prints where it differs: exact sums, figures, counts of rows and events, looks, slices.
Every sixth seed is a table of sums made by hand, some of which contradict themselves.
Nothing here reads CSV or numbers as assay does, or was written from its code: docs/ says what is meant.
"""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

from database import may_refuse, run_statement
from engines import engine
from compare import compare_detail, compare_sums
from expected import Expected
from experiment import Experiment
from sums import Handmade


def run(args):
    p = subprocess.run(args, capture_output=True)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def without_cubes(table):
    third = ("sum_cubes", "denominator_sum_cubes", "sum_squares_denominator", "sum_denominator_squares")
    return {k: {c: v for c, v in sums.items() if c not in third} for k, sums in table.items()}


class Run:
    """One experiment and what the program makes of it."""

    def __init__(self, program, seed, folder):
        self.program, self.folder, self.plan = program, folder, folder + "/plan.json"
        self.engine = engine()
        self.experiment = e = Experiment(seed, folder, bool(self.engine) or seed % 4 == 3, self.engine)
        self.expected = Expected(e)
        quantiles = any("Quantile" in k for m in e.m for k in m.get("cap", {}))
        ways = ["summarize"] if quantiles else ["summarize", "summarize", "merge", "sums"]
        if e.sql:
            self.way = e.r.choice(["summarize", "analyze"])
            self.is_statement, self.is_split = (
                e.r.random() < 0.4,
                e.parts and not quantiles and e.r.random() < 0.4,
            )
            self.scale, self.cubes = e.r.choice([2] + [6] * 9 + [4, 8]), e.r.random() < 0.8
            self.limits = ["--scale", str(self.scale)] + ["--no-cubes"] * (not self.cubes)
            self.digits = self.engine.digits[not self.cubes] if self.engine else 18
            if self.engine:
                self.is_statement = self.is_statement and bool(os.environ.get("ORACLE_ASK"))
            return
        self.way = e.r.choice(ways) if e.parts and e.r.random() < 0.6 else "analyze"
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

    def from_database(self):
        """The sums, or figures, that SQLite computes: asked by the program, or its statement by Python."""
        e, r = self.experiment, self.experiment.r
        args = ["--plan", self.plan, "--table", "units"] + self.limits
        if self.engine and not self.is_statement:
            args += ["--source-timeout", "60"]
        elif self.engine and self.engine.name == "mariadb":
            args += ["--schema", "whole"]  # "units" is a subquery's name
        for name in e.event_rows:
            args += ["--events", name + "=" + name]
        command = ["summarize"] if self.way == "summarize" else ["analyze", "--format", "detail"]
        if self.is_statement:
            rc, text, err = self.ask("sql", "--dialect", self.engine.name if self.engine else "sqlite", *args)
            if rc:
                return rc, text, err
            path = e.database.whole()
            err, text = self.engine.ask("whole", text) if self.engine else run_statement(path, text)
            if err:
                return -1, "", err
            with open(self.folder + "/sums", "w", newline="") as h:
                h.write(text)
            return self.ask(*command, "--plan", self.plan, self.folder + "/sums")
        paths = e.database.parts(r.choice([2, 3])) if self.is_split else [e.database.whole()]
        for path in paths:
            args += ["--source", path if self.engine else "sqlite:" + path]
        return self.ask(*command, *args)

    def answer(self):
        e = self.experiment
        if e.sql:
            return self.from_database()
        if self.way in ("merge", "sums"):
            return self.from_parts()
        args = self.files(e.files, e.event_files) + ["--threads", e.r.choice("12")]
        return self.ask(self.way, *args, *(["--format", "detail"] if self.way == "analyze" else []))

    def problems(self):
        """What is wrong with the answer: a list, empty when nothing is."""
        e, o = self.experiment, self.expected
        rc, text, err = self.answer()
        if self.engine and "did not answer within" in err:
            self.is_slow = True
            return []
        is_analyzed = self.way in ("analyze", "sums")
        if rc and e.sql and may_refuse(e, err, self.scale, self.digits):
            return [] if rc in (65, 78) else ["exit %d: %s" % (rc, err)]
        if rc:
            is_right = "differ" in err if o.error else is_analyzed and o.refuses(err)
            return [] if rc == 65 and is_right else ["exit %d: %s" % (rc, err)]
        if o.error:
            return ["accepted, though " + o.error]
        o.table = o.sums()
        if e.sql and not self.cubes:
            o.table = (without_cubes(o.table[0]), *o.table[1:])

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


class Sums:
    """A table of sums made by hand, and what the program makes of it."""

    def __init__(self, program, seed, folder):
        self.program, self.folder, self.table = program, folder, Handmade(seed, folder)

    def ask(self, *args):
        self.args = list(args)
        return run([self.program] + self.args)

    def problems(self):
        t, files = self.table, self.table.files
        if not t.spoil and t.f["decimal"] == "." and t.r.random() < 0.3:
            rc, text, err = self.ask("merge", "--output", self.folder + "/merged", *files)
            if rc:
                return ["exit %d: %s" % (rc, err)]
            files = [self.folder + "/merged"]
        rc, text, err = self.ask(
            "analyze", "--plan", self.folder + "/plan.json", "--format", "detail", *files
        )
        if t.spoil:
            is_named = rc == 65 and any("%s:" % f in err for f in files)
            return [] if is_named else ["exit %d with %s: %s" % (rc, t.spoil.__name__, err)]
        if rc:
            return ["exit %d: %s" % (rc, err)]
        t.table = t.sums()
        return compare_detail(t, t, text, lambda metric, column: False)


def main():
    program, first, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    failed = 0
    for seed in range(first, first + count):
        folder = tempfile.mkdtemp(prefix="assay-oracle-")
        trial = (Sums if seed % 6 == 5 and not engine() else Run)(program, seed, folder)
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
