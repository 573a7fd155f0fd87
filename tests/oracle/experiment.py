# SPDX-License-Identifier: GPL-3.0-or-later
"""Random experiments: a plan, tables of units and events, and what their cells mean."""
import json
import random

from cells import (
    DAY,
    HOUR,
    MISSING,
    SECOND,
    T0,
    ODD_TEXTS,
    TEXTS,
    WEEK,
    draw_filter,
    missing,
    number,
    share,
    spell_time,
)
from database import Database
from engines import ServerDatabase
from rows import Rows


# ---- an experiment -------------------------------------------------------------------------------
PLAIN = dict(
    decimal=".",
    thousands="",
    missing=None,
    true=None,
    false=None,
    time=None,
    skip=0,
    trim=False,
    currency=None,
    percent=False,
    encoding=None,
    exp=0,
    zeros=0.1,
    plus=False,
)


def draw_format(r):
    f = dict(PLAIN)
    f["exp"] = r.choice([0, 0, 0.2, 1])
    f["zeros"] = r.choice([0, 0.1, 0.5])
    f["plus"] = r.random() < 0.2
    if r.random() < 0.2:
        f["decimal"] = ","
    if r.random() < 0.15:
        f["thousands"] = r.choice([c for c in ".,' _\u00a0\u202f" if c != f["decimal"]])
    if r.random() < 0.15:
        f["missing"] = r.sample(["-", "n.a.", "", "?", "unknown", "999"], 2)
    if r.random() < 0.15:
        f["true"], f["false"] = r.choice(
            [(["ja"], ["nein"]), (["x", "Y"], ["-1"]), (["2"], ["1"]), (["oui", "o"], ["non", ""])]
        )
        if (
            f["missing"]
            and set(f["missing"]) & set(f["true"] + f["false"])
            or not f["missing"]
            and "" in f["false"]
        ):
            f["true"], f["false"] = ["ja"], ["nein"]
    if r.random() < 0.1:
        f["skip"] = r.randint(1, 3)
    f["trim"] = r.random() < 0.1
    if r.random() < 0.12:
        f["currency"] = r.choice([["$"], ["€", "EUR"], ["US$", "$"]])
    f["percent"] = r.random() < 0.08
    if r.random() < 0.08:
        latin = not f["currency"] or f["currency"][0] != "€"
        f["encoding"] = r.choice(
            ["UTF-16", "UTF-16LE", "UTF-8"]
            + ["ISO-8859-1", "WINDOWS-1252"] * (latin and f["thousands"] != "\u202f")
        )
    return f


def sql_window(e):
    return e.sql and any("@window" in m for m in e.m)


class Experiment(Rows):
    def __init__(self, seed, folder, sql=False, engine=None):
        self.r = r = random.Random(seed)
        self.sql, self.engine = sql, engine
        self.dir, self.files, self.event_files = folder, [], {}
        self.f = f = draw_format(r)
        if sql:
            for key in ("decimal", "thousands", "currency", "percent", "encoding", "trim", "skip"):
                f[key] = PLAIN[key]
        if sql and r.random() < 0.8:
            f["exp"] = 0  # most such texts are refused
        self.kind = r.choice(["units", "units", "rows", "events", "events"])
        self.has_unit = self.kind != "units" or r.random() < 0.7
        self.form = r.choice(
            ["rfc", "rfc", "date", "s", "ms", "us", "ns", "own"]
            if not sql
            else ["sql", "sql", "sql", "s", "ms", "us", "ns"]
        )
        if self.form == "own":
            f["time"] = r.choice(
                [
                    "%d.%m.%Y %H:%M:%S",
                    "%Y/%m/%d %H:%M:%S",
                    "%m/%d/%y %H:%M:%S",
                    "%Y%m%d%H%M%S",
                    "%d %b %Y %H:%M:%S",
                ]
            )
        elif self.form in ("s", "ms", "us", "ns") and (sql or r.random() < 0.3):
            f["time"] = self.form
        self.has_time = self.kind == "events" or r.random() < 0.6
        self.skip = r.random() < 0.3 and not sql
        self.by_file = not sql and r.random() < 0.08
        self.is_dirty = sql and r.random() < 0.05
        self.base = T0 + r.randint(0, 9) * DAY
        self.span = r.choice([3 * HOUR, 2 * DAY, 6 * DAY, 20 * DAY])
        fine = {
            "rfc": [SECOND, HOUR, DAY, 1, 10**6],
            "date": [DAY, DAY, HOUR],
            "s": [SECOND, HOUR, 10**8],
            "ms": [10**6, HOUR],
            "us": [10**3, HOUR],
            "ns": [1, HOUR],
            "own": [SECOND, HOUR, DAY],
            "sql": [10**3, SECOND, HOUR, DAY],
        }[self.form]
        self.step = r.choice(fine)
        if f["time"] == "s":
            self.step = max(self.step, SECOND)
        if sql:
            self.step = max(self.step, 10**3)
        n_groups = r.choice([2, 2, 2, 3, 4])
        self.groups = r.choice(
            [
                ["A", "B", "C", "D"],
                ["control", "new page", "x,y", 'q"t'],
                ["0", "1", "2", "10"],
                ["a", "A", "ä", " b" if not f["trim"] else "b"],
            ]
            + (
                [["b", "b ", "B", "\u00e9"], ["e\u0301", "\u00e9", "E", "e"], ["\\", "\\\\", "%", "_"]]
                if engine
                else []
            )
        )[:n_groups]
        self.columns(), self.metrics(), self.plan_json(), self.rows(), self.events()
        self.database = ServerDatabase(self) if engine else Database(self) if sql else None

    # columns of the units' table: name -> (kind, style, missing rate)
    def columns(self):
        r, f = self.r, self.f
        names = r.choice(
            [
                ["y", "z", "w", "v"],
                ["y#1", "y#2", "z", "y#3"] if not self.sql else ["y", "z", "w", "v"],
                ["spend (EUR)", "n.visits", "a b", "x,1"],
                ["value", "n", "metric", "mean"],
                ['q"x', "y:1", "ß", "#"],
            ]
            + ([["a`b", "c\\d", "e{f}", "?"], ["$1", "%s", "select", "имя 名"]] if self.engine else [])
        )
        self.titles = dict.fromkeys(["y#1", "y#2", "y#3"], "y") if "y#2" in names else {}
        styles = ["int", "money", "zero", "long", "wide", "same", "few", "few", "money"]
        if self.sql:
            styles = ["int", "money", "zero", "same", "few"] * 9 + ["long", "wide"]
            if self.engine and self.engine.digits[0] is None:
                styles += ["long", "wide"] * 15
        self.num = {c: (r.choice(styles), r.choice([0, 0, 0.1, 0.4])) for c in names[: r.randint(2, 4)]}
        kinds = ["number", "plain", "point", "words", "t", "T", "y", "Y", "on", "ON", "true", "yes", "YES"]
        if self.sql:
            kinds = ["plain", "point", "words", "true", "yes", "YES"] * 3 + ["number", "T", "on"]
        if f["true"]:
            kinds = ["own"]
        self.prop = {
            c: (r.choice(kinds), r.choice([0, 0, 0.1, 0.4])) for c in ["p", "paid?"][: r.randint(1, 2)]
        }
        self.text = {c: r.choice([0, 0.1]) for c in ["dim", "place of", "d3"][: r.randint(1, 3)]}
        self.texts = r.sample(TEXTS + (ODD_TEXTS if self.engine else []), 4)

    def cell(self, c):
        """(text, meaning) of one cell of column c."""
        r, f = self.r, self.f
        if c in self.text:
            t = r.choice(self.texts)
            return t, (None if t in missing(f) else t)
        style, rate = self.num.get(c) or self.prop[c]
        if r.random() < rate:
            return r.choice(f["missing"] or (MISSING if r.random() < 0.5 else [""])), None
        while True:
            text, value = number(r, f, style) if c in self.num else share(r, f, style)
            if text not in missing(f):
                return text, value

    def metrics(self):
        r = self.r
        self.m = []
        for i in range(r.randint(1, 4)):
            m = {"id": "m%d" % i, "type": r.choice(["mean", "mean", "proportion", "ratio"])}
            agg = self.kind == "rows" and r.random() < 0.7 or self.kind == "events" and r.random() < 0.8
            if self.kind == "events" and agg:
                m["events"] = r.choice(["orders", "visits"])
            aggs = (
                ["sum", "count", "countDistinct"]
                + ["mean"] * (not self.sql or r.random() < 0.03)
                + ["min", "max"]
                + ["first", "last"] * self.has_time
            )
            nums = list(self.num)
            if m["type"] == "proportion":
                if not agg:
                    m["value"] = r.choice(list(self.prop))
                else:
                    m["aggregation"] = r.choice(["count", "count", "sum"])
                    if m["aggregation"] == "sum":
                        m["value"] = r.choice(
                            list(self.prop) if r.random() < 0.5 and not self.f["true"] else nums
                        )
                    elif r.random() < 0.4:
                        m["value"] = r.choice(nums)
                    elif m.get("events") and r.random() < 0.5:
                        del m["aggregation"]
            else:
                m["value"] = r.choice(nums)
                if agg:
                    m["aggregation"] = r.choice(aggs)
                    if m["aggregation"] == "count" and r.random() < 0.5:
                        m["value"] = None
                    if m["aggregation"] == "countDistinct" and r.random() < 0.5:
                        m["value"] = r.choice(list(self.text))
            if m["type"] == "ratio":
                if not agg:
                    m["denominator"] = r.choice([c for c in nums if c != m["value"]])
                else:
                    d = {
                        "aggregation": r.choice(aggs),
                        "value": r.choice([c for c in nums if c != m["value"]]),
                    }
                    if d["aggregation"] == "count" and r.random() < 0.5:
                        del d["value"]
                    if r.random() < 0.3:
                        d["where"], d["@where"] = draw_filter(r, nums, list(self.text))
                    if "events" in m and r.random() < 0.3:
                        d["events"] = r.choice(["orders", "visits"])
                    same = d["aggregation"] == m["aggregation"] == "count" and d.get("value") == m.get(
                        "value"
                    )
                    if same and "where" not in d and d.get("events", m.get("events")) == m.get("events"):
                        d["aggregation"], d["value"] = "sum", nums[0]  # a ratio of 1 is refused
                    m["denominator"] = d
            if agg and r.random() < 0.3:
                m["where"], m["@where"] = draw_filter(r, nums, list(self.text))
            if "events" in m:
                if r.random() < 0.5:
                    m["@window"] = r.choice([HOUR, 12 * HOUR, DAY, 3 * DAY, WEEK])
                if r.random() < 0.3:
                    m["@offset"] = r.choice([HOUR, DAY, 90 * 60 * SECOND])
                if r.random() < 0.35 and m["type"] != "ratio":
                    m["@pre"] = r.choice([DAY, WEEK, 36 * HOUR])
            elif r.random() < 0.35 and m["type"] != "ratio":
                m["covariates"] = r.sample(
                    [c for c in nums if c != m.get("value")], r.randint(1, min(2, len(nums) - 1))
                )
                if r.random() < 0.2:
                    own = [c for c in self.prop if c != m.get("value")]
                    own = (
                        own
                        if not self.f["true"] or self.f["true"][0].isalpha() and self.f["false"][0].isalpha()
                        else None
                    )
                    m["covariates"] = own or m["covariates"] if m["type"] == "proportion" else m["covariates"]
            if r.random() < 0.3:
                m["missing"] = r.choice(["drop", "zero"])
            if m["type"] != "proportion" and r.random() < 0.3:
                cap = {}
                if r.random() < 0.4:
                    cap["lower"] = r.choice([0, -1.5, 2])
                elif r.random() < 0.3:
                    cap["lowerQuantile"] = r.choice([0.05, 0.25, 0.5])
                if r.random() < 0.4:
                    cap["upper"] = r.choice([20, 2.5, 100])
                elif r.random() < 0.7 or not cap:
                    cap["upperQuantile"] = r.choice([0.5, 0.75, 0.9, 0.99, 0.999])
                if "lowerQuantile" in cap and "upper" in cap or "upperQuantile" in cap and "lower" in cap:
                    cap = {k: v for k, v in cap.items() if "upper" in k}
                m["cap"] = cap
            if ("covariates" in m or "@pre" in m) and r.random() < 0.4:
                m["varianceReduction"] = r.choice(["full", "pooled"])
            self.m.append(m)
        self.dims = r.sample(list(self.text), r.randint(0, 1) if r.random() < 0.6 else len(self.text))
        self.segments = {
            "s%d" % i: draw_filter(r, list(self.num), list(self.text)) for i in range(r.choice([0, 0, 1, 2]))
        }
        self.where = draw_filter(r, list(self.num), list(self.text)) if r.random() < 0.25 else None
        self.gran = (
            r.choice([HOUR if self.span < 3 * DAY else DAY, DAY, DAY, WEEK])
            if self.has_time and r.random() < 0.45
            else None
        )
        self.asof = (
            self.base + r.randint(1, 12) * self.span // 8 // self.step * self.step
            if self.has_time
            and (
                r.random() < 0.4
                or sql_window(self)
                or r.random() < 0.8
                and any("@window" in m for m in self.m)
            )
            else None
        )
        self.parts = self.asof is not None or not any("@window" in m for m in self.m)

    def plan_json(self):
        r, f = self.r, self.f

        def length(t):
            for u, k in (("w", WEEK), ("d", DAY), ("h", HOUR), ("m", 60 * SECOND), ("s", SECOND)):
                if t % k == 0 and r.random() < 0.8:
                    return "%d%s" % (t // k, u)
            return "%ds" % (t // SECOND)

        columns = {"group": "arm"}
        if self.has_unit:
            columns["unit"] = "user"
        if self.has_time:
            columns["time"] = "seen"
        self.plan = p = {"columns": columns, "comparisons": {"baseline": self.groups[0]}, "metrics": []}
        fm = {
            k: f[k]
            for k in (
                "decimal",
                "thousands",
                "missing",
                "true",
                "false",
                "time",
                "trim",
                "currency",
                "percent",
                "encoding",
            )
            if f[k] and (k, f[k]) != ("decimal", ".")
        }
        if self.by_file:
            fm["groupFromFile"] = "of *.csv"
            del columns["group"]
        if f["skip"]:
            fm["skipLines"] = f["skip"]
        if fm:
            p["format"] = fm
        names = {WEEK: "week", DAY: "day", HOUR: "hour"}
        if self.gran:
            p["granularity"] = names[self.gran]
            p["horizon"] = {"type": "alwaysValid", "optimalSampleSize": 100}
        if self.asof:
            p["asOf"] = spell_time(r, "rfc", self.asof).upper().replace(" ", "T")
        self.weights = None
        if r.random() < 0.4:
            self.weights = {g: r.choice([1, 1, 2]) for g in self.groups}
            if r.random() < 0.3:
                self.weights["absent"] = 1
            if len(self.groups) > 2 and r.random() < 0.3:
                del self.weights[self.groups[2]]
            p["groups"] = [{"id": g, "weight": w} for g, w in self.weights.items()]
        if self.where:
            p["where"] = self.where[0]
        if self.dims:
            p["dimensions"] = self.dims
        if self.segments:
            p["segments"] = [{"id": i, "filter": t[0]} for i, t in self.segments.items()]
        if self.kind == "events":
            p["events"] = [{"name": "orders", "columns": {"unit": "buyer", "time": "at"}}, {"name": "visits"}]
            used = {m.get("events") for m in self.m} | {
                m["denominator"].get("events") for m in self.m if isinstance(m.get("denominator"), dict)
            }
            p["events"] = [e for e in p["events"] if e["name"] in used]
            if not p["events"]:
                del p["events"]
        for m in self.m:
            q = {k: v for k, v in m.items() if k[0] != "@" and v is not None}
            if isinstance(q.get("denominator"), dict):
                q["denominator"] = {k: v for k, v in q["denominator"].items() if k[0] != "@"}
            for k, n in (("@window", "window"), ("@offset", "offset"), ("@pre", "preExposureWindow")):
                if k in m:
                    q[n] = length(m[k])
            p["metrics"].append(q)
        with open(self.dir + "/plan.json", "w") as h:
            json.dump(p, h, ensure_ascii=False, indent=1)
