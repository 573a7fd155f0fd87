# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of sufficient statistics as people make them by hand, what they mean, and ones that must be refused."""
import json
import random
from collections import Counter
from fractions import Fraction as F

from cells import DAY, T0, spell, spell_time, write_table
from experiment import PLAIN

TOTAL = ("", "")


def sums_of(units, names):
    """The count of units, and sums of their columns and of products of them."""
    sums = {"n": F(len(units))}
    for i, a in enumerate(names):
        sums[a] = sum((u[a] for u in units), F(0))
        for b in names[i:]:
            sums[a, b] = sum((u[a] * u[b] for u in units), F(0))
    return sums


def title(a, b=None):
    """Names of the columns of a sum, or of a product: (in sums, in moments)."""
    stem = lambda x: "" if x == "y" else "denominator_" if x == "d" else "covariate%s_" % x[1:]
    if b is None:
        return stem(a) + "sum", stem(a) + "mean"
    if a == b:
        return stem(a) + "sum_squares", stem(a) + "variance"
    if a == "y":
        return stem(b) + "sum_products", stem(b) + "covariance"
    return stem(a) + stem(b) + "sum_products", stem(a) + stem(b) + "covariance"


class Handmade:
    """A plan and tables, in the shape that compare_detail() asks of an experiment and of its expectation."""

    def __init__(self, seed, folder):
        self.r = r = random.Random(seed)
        self.dir, self.files, self.error = folder, [], None
        self.f = dict(PLAIN, exp=r.choice([0, 0, 0.3]), zeros=0, plus=r.random() < 0.2)
        self.f["decimal"] = "," if r.random() < 0.2 else "."
        self.groups = r.choice([["A", "B", "C"], ["control", "new page", 'q"t'], ["0", "1", "10"]])
        self.groups = self.groups[: r.choice([2, 2, 3])]
        self.gran, self.weights = None, None
        self.has_time = r.random() < 0.4
        self.ends = [T0 + (i + 1) * DAY for i in range(r.choice([1, 2, 4]))] if self.has_time else [None]
        self.is_sequential = self.has_time and r.random() < 0.6
        self.dim = "country" if r.random() < 0.4 else None
        self.segment = "s0" if r.random() < 0.25 else None
        self.has_units = r.random() < 0.5
        self.draw_metrics(), self.draw_units(), self.plan_json()
        self.rows = self.make_rows()
        self.spoil = r.choice(SPOILS) if r.random() < 0.35 else None
        if self.spoil and not self.spoil(self, r):
            self.spoil = None
        self.write()
        self.counts = Counter()
        self.gran = DAY if self.is_sequential else None

    def draw_metrics(self):
        self.m = []
        for i in range(self.r.randint(1, 3)):
            m = {"id": "m%d" % i, "type": self.r.choice(["mean", "mean", "proportion", "ratio"])}
            if m["type"] == "mean" and self.r.random() < 0.4:
                m["covariates"] = ["x1", "x2"][: self.r.choice([1, 1, 2])]
                if self.r.random() < 0.5:
                    m["varianceReduction"] = "pooled"
            self.m.append(m)

    def names(self, m):
        return ["y"] + ["d"] * (m["type"] == "ratio") + m.get("covariates", [])

    def draw_units(self):
        r, self.units = self.r, []
        step = r.choice([1, F(1, 100), F(1, 2)])
        for g in self.groups:
            for i in range(r.choice([2, 5, 12, 40])):
                u = {"g": g, "at": r.randrange(len(self.ends)), "dim": r.choice(["se", "no", "a,b"])}
                u["part"], u["in"] = r.randrange(3), r.random() < 0.5
                for m in self.m:
                    x = {a: F(r.randint(-20, 60)) * step for a in self.names(m)}
                    if m["type"] == "proportion":
                        x["y"] = F(r.random() < 0.4)
                    if "d" in x:
                        x["d"] = F(r.randint(1, 9))
                    u[m["id"]] = x if r.random() < 0.95 else None
                self.units.append(u)

    def plan_json(self):
        p = {"columns": {"group": "group"}, "comparisons": {"baseline": self.groups[0]}, "metrics": []}
        if self.is_sequential:
            p["horizon"] = {"type": "alwaysValid", "optimalSampleSize": 100}
        for m in self.m:
            p["metrics"].append(dict(m, value=m["id"]))
            if m["type"] == "ratio":
                p["metrics"][-1]["denominator"] = m["id"] + "d"
        if self.dim:
            p["dimensions"] = [self.dim]
        if self.segment:
            p["segments"] = [{"id": self.segment, "filter": "v = 1"}]
        if self.f["decimal"] == ",":
            p["format"] = {"decimal": ","}
        with open(self.dir + "/plan.json", "w") as h:
            json.dump(p, h)

    def slices(self):
        out = [(TOTAL, lambda u: True)]
        if self.dim:
            out += [((self.dim, v), lambda u, v=v: u["dim"] == v) for v in ("se", "no", "a,b")]
        return out + [(("@segment", self.segment), lambda u: u["in"])] * bool(self.segment)

    def make_rows(self):
        """Rows of all parts: dicts of column -> text, with their key and sums as they are meant."""
        r, rows = self.r, []
        self.parts = r.choice([1, 1, 2, 3])
        self.is_split_by_unit = self.parts > 1 and r.random() < 0.5 and not self.has_time
        for part in range(self.parts if self.is_split_by_unit else 1):
            mine = [u for u in self.units if not self.is_split_by_unit or u["part"] % self.parts == part]
            for i, end in enumerate(self.ends):
                for g in self.groups:
                    for s, holds in self.slices():
                        of = [u for u in mine if u["g"] == g and u["at"] <= i and holds(u)]
                        key = (g, end, s, part)
                        if self.has_units and of:
                            rows.append(self.row("@units", key, {"n": F(len(of))}))
                        for m in self.m:
                            seen = [u[m["id"]] for u in of if u[m["id"]]]
                            if seen:
                                sums = sums_of(seen, self.names(m))
                                rows.append(self.row(m["id"], key, sums, m))
        return rows

    def row(self, metric, key, sums, m=None):
        r, (g, end, s, part) = self.r, key
        row = {"metric": metric, "group": g, "n": str(int(sums["n"]))}
        row["@"] = (metric, g, end, s)
        row["@part"] = part
        if self.has_time:
            row["time"] = spell_time(r, r.choice(["rfc", "date"]), end)
        if self.dim or self.segment:
            row["dimension"], row["value"] = s
        row["@sums"] = {"n": sums["n"]}
        if m:
            self.spell_sums(row, sums, m)
        return row

    def number(self, row, column, value, digits=None):
        """Puts a number in a row, rounded to some digits; the number as it is written."""
        is_exact = digits is None
        if is_exact:
            digits = next(d for d in range(40) if (value * 10**d).denominator == 1)
        whole = round(value * 10**digits)
        f = self.f if is_exact else dict(self.f, exp=0)  # decimals say how far a figure is rounded
        row[column] = spell(self.r, f, whole < 0, abs(whole), -digits)[0]
        return F(whole) / 10**digits

    def spell_sums(self, row, sums, m):
        r, n, names, got = self.r, sums["n"], self.names(m), row["@sums"]
        if r.random() < 0.5:
            for i, a in enumerate(names):
                got[a] = self.number(row, title(a)[0], sums[a])
                for b in names[i:]:
                    got[a, b] = self.number(row, title(a, b)[0], sums[a, b])
            if m["type"] == "proportion" and r.random() < 0.5:
                del row["sum_squares"]
        else:
            digits = r.choice([1, 2, 3, 4, 6, 10, 16])
            means = {a: self.number(row, title(a)[1], sums[a] / n, digits) for a in names}
            for i, a in enumerate(names):
                got[a] = n * means[a]
                for b in names[i:]:
                    if m["type"] == "proportion":
                        got[a, b] = got[a]
                        continue
                    c = F(0)
                    if n > 1:
                        c = (sums[a, b] - sums[a] * sums[b] / n) / (n - 1)
                        c = self.number(row, title(a, b)[1], c, digits)
                    got[a, b] = (n - 1) * c + n * means[a] * means[b]

    def write(self):
        r, of = self.r, {}
        for row in self.rows:  # a file must be whole by itself: it has all rows of a metric
            if not self.is_split_by_unit:
                of.setdefault(row["metric"], 0 if self.has_units else r.randrange(self.parts))
                row["@part"] = of[row["metric"]]
        for part in range(self.parts):
            rows = [w for w in self.rows if w["@part"] == part]
            if rows:
                columns = sorted({c for w in rows for c in w if c[0] != "@"})
                r.shuffle(columns), r.shuffle(rows)
                rows = [dict({c: r.choice(["", "", "NA"]) for c in columns}, **w) for w in rows]
                for w in rows:
                    w.update((c, "") for c in ("dimension", "value", "time") if w.get(c) == "NA")
                path, starts = write_table(
                    r, "%s/sums%d.csv" % (self.dir, part), columns, rows, self.f, r.choice(",;\t|")
                )
                self.files.append(path)

    def sums(self):
        """What the tables mean: as Expected.sums() has it."""
        table, units = {}, {}
        for row in self.rows:
            metric, g, end, s = row["@"]
            if metric == "@units":
                units[g, end, s] = units.get((g, end, s), 0) + int(row["@sums"]["n"])
                continue
            t = table.setdefault((metric, g, end, s, 0), {})
            for k, v in row["@sums"].items():
                k = "n" if k == "n" else title(*((k,) if isinstance(k, str) else k))[0]
                t[k] = t.get(k, F(0)) + v
        if not self.has_units:
            for (metric, g, end, s, mask), t in table.items():
                units[g, end, s] = max(units.get((g, end, s), 0), int(t["n"]))
        return table, units, {}


# ---- tables that contradict themselves -------------------------------------------------------------
def pick(e, r, holds):
    rows = [w for w in e.rows if w["metric"][0] != "@" and holds(w)]
    return r.choice(rows) if rows else None


def kind(e, w):
    return next(m["type"] for m in e.m if m["id"] == w["metric"])


def negative_variance(e, r):
    w = pick(e, r, lambda w: "variance" in w)
    if w:
        e.number(w, "variance", F(-1, 2))
    return w


def few_squares(e, r):
    w = pick(e, r, lambda w: "sum_squares" in w and w["@sums"]["y"] ** 2 > w["@sums"]["n"])
    if w:
        e.number(w, "sum_squares", F(int(w["@sums"]["y"] ** 2 / w["@sums"]["n"] / 2)))
    return w


def share_beyond(e, r):
    w = pick(e, r, lambda w: kind(e, w) == "proportion")
    if w:
        e.number(w, "mean" if "mean" in w else "sum", F(3, 2) if "mean" in w else w["@sums"]["n"] + 1)
    return w


def share_variance(e, r):
    w = pick(e, r, lambda w: kind(e, w) == "proportion" and "mean" in w and w["@sums"]["n"] > 3)
    if w:
        e.number(w, "variance", F(3, 4))
    return w


def covariance_beyond(e, r):
    c = r.choice(["covariate1_covariance", "denominator_covariance"])
    w = pick(e, r, lambda w: c in w and w["@sums"]["n"] > 1)
    if w:
        e.number(w, c, F(10**6))
    return w


def twice(e, r):
    if e.is_split_by_unit or e.parts > 1:
        return None  # in another file it is another part
    w = pick(e, r, lambda w: True)
    e.rows.append(dict(w))
    return w


def more_than_units(e, r):
    w = e.has_units and e.parts == 1 and not e.has_time and pick(e, r, lambda w: w["@"][3] == TOTAL)
    if w:
        w["n"] = str(int(w["n"]) + 1000)
    return w


def more_than_total(e, r):
    if e.parts > 1 or e.has_time or e.has_units:
        return None
    w = pick(e, r, lambda w: w["@"][3][0] == "country")
    if w:
        w["n"] = str(int(w["n"]) + 1000)
    return w


def falls(e, r):
    w = len(e.ends) > 1 and e.is_sequential and pick(e, r, lambda w: w["@"][2] == e.ends[0])
    if w and any(x["@"][::2] == w["@"][::2] for x in e.rows if x is not w):
        later = [x for x in e.rows if x["@"][:2] == w["@"][:2] and x["@"][3] == w["@"][3]]
        if len(later) > 1:
            w["n"] = str(max(int(x["n"]) for x in later) * 2 + 10)
            return w
    return None


def sum_and_variance(e, r):
    w = pick(e, r, lambda w: "sum_squares" in w and kind(e, w) == "mean" and w["n"] != "1")
    if w:
        del w["sum_squares"]
        e.number(w, "variance", F(5))
    return w


def no_group(e, r):
    w = pick(e, r, lambda w: True)
    w["group"] = ""
    return w


def broken_count(e, r):
    w = pick(e, r, lambda w: True)
    w["n"] = r.choice(["-3", "1.5", "many", "1e400"])
    return w


SPOILS = [
    negative_variance,
    few_squares,
    share_beyond,
    share_variance,
    covariance_beyond,
    twice,
    more_than_units,
    more_than_total,
    falls,
    sum_and_variance,
    no_group,
    broken_count,
]
