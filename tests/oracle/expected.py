# SPDX-License-Identifier: GPL-3.0-or-later
"""What assay must say of an experiment, computed naively with fractions, row by row over all rows."""
from fractions import Fraction as F

from cells import BAD, DAY, T0, WEEK


# ---- what assay must say -------------------------------------------------------------------------
def ceil_rank(values, q):
    values = sorted(values)
    k = -(-F(str(q)) * len(values) // 1)
    return values[max(int(k), 1) - 1]


def round18(x):
    if x == 0:
        return x
    e = 0
    while abs(x) * F(10) ** e < 10**17:
        e += 1
    while abs(x) * F(10) ** e >= 10**18:
        e -= 1
    return F(round(x * F(10) ** e)) / F(10) ** e


def aggregate(how, cells):
    """cells: (time, value, text); value None is missing. Returns a fraction or None."""
    if how == "count":
        return F(len(cells))
    if how == "countDistinct":
        return F(len({c[2] for c in cells}))
    v = [c[1] for c in cells]
    if how == "sum":
        return sum(v, F(0))
    if not v:
        return None
    if how == "mean":
        return round18(sum(v) / len(v))
    if how in ("min", "max"):
        return min(v) if how == "min" else max(v)
    at = (min if how == "first" else max)(c[0] for c in cells)
    return (min if how == "first" else max)(c[1] for c in cells if c[0] == at)


def cap_of(cap, side, values):
    """The lower or upper cap, as a value or a quantile of the values; None without one."""
    if side in cap:
        return F(str(cap[side]))
    return ceil_rank(values, cap[side + "Quantile"]) if values and side + "Quantile" in cap else None


class Expected:
    def __init__(self, e):
        self.e = e
        self.error = None
        self.counts = c = dict.fromkeys(
            [
                "read",
                "bad",
                "left_out",
                "after",
                "duplicate",
                "in_two_groups",
                "unclear",
                "used",
                "no_group",
                "no_unit",
                "units_in_two_groups",
                "units_unclear",
                "events_read",
                "events_bad",
                "events_after",
                "events_unexposed",
                "events_excluded",
                "events_used",
                "events_no_unit",
            ],
            0,
        )
        kept = []
        for w in e.all_rows:
            c["read"] += 1
            fate = self.fate(
                w, e.needed, "arm", "user" if e.has_unit else None, "seen" if e.has_time else None, e.where
            )
            if fate == "kept":
                kept.append(w)
            else:
                c[fate] += 1
        self.units = {}
        for i, w in enumerate(kept):
            self.units.setdefault(w["user"][0] if e.has_unit else i, []).append(w)
        self.read_events()
        self.times = [w["seen"][1] for w in kept] if e.has_time else []
        self.ends = self.looks()
        self.prepare()
        for w_unit, rows in self.units.items():
            if w_unit in self.two:
                c["in_two_groups"] += len(rows)
            elif w_unit in self.unclear:
                c["unclear"] += len(rows)
            else:
                d = len(rows) - 1 if self.no_aggregation else 0
                c["duplicate"] += d
                c["used"] += len(rows) - d
        for (name, u), rows in self.events.items():
            c[
                "events_unexposed"
                if u not in self.units
                else "events_excluded"
                if u in self.two or u in self.unclear
                else "events_used"
            ] += len(rows)
        c["units_in_two_groups"], c["units_unclear"] = len(self.two), len(self.unclear - set(self.two))

    def fate(self, w, needed, group, unit, time, where):
        if "@damage" in w:
            return "bad"
        if where and not where[1](w):
            return "left_out"
        if time and w[time][1] in (None, BAD):
            return "bad"
        if time and self.e.asof is not None and w[time][1] >= self.e.asof:
            return "after"
        if group and w[group][1] is None:
            return "no_group"
        if unit and w[unit][1] is None:
            return "no_unit"
        return "bad" if any(w[k][1] is BAD and (not f or f(w)) for k, f in needed) else "kept"

    def read_events(self):
        e, c = self.e, self.counts
        self.events, self.event_times = {}, []
        for name, (rows, unit, time, needed) in e.event_rows.items():
            for w in rows:
                c["events_read"] += 1
                fate = self.fate(w, needed, None, unit, time, None)
                if fate != "kept":
                    c["events_" + fate] += 1
                else:
                    self.event_times.append(w[time][1])
                    self.events.setdefault((name, w[unit][0]), []).append((w[time][1], w))

    def looks(self):
        e = self.e
        if not e.gran:
            return (
                [e.asof if e.asof is not None else max(self.times + self.event_times, default=None)]
                if e.has_time
                else [None]
            )
        times = self.times + self.event_times
        if not self.times:
            return []
        if e.asof is not None and any("@window" in m for m in e.m):
            times.append(e.asof - 1)  # looks go on until all windows are complete
        zero = T0 - 3 * DAY if e.gran == WEEK else 0  # 2025-12-29 was a Monday
        out, t = [], (min(self.times) - zero) // e.gran * e.gran + zero
        while t <= max(times):
            t += e.gran
            out.append(t if e.asof is None else min(t, e.asof))
        return out

    def before(self, t, end):
        e = self.e
        return end is None or t < end or not e.gran and e.asof is None and t <= end

    def prepare(self):
        """Who is excluded, and whether rows of a unit contradict each other."""
        e = self.e
        self.two, self.unclear = {}, set()
        fixed = {m["value"] for m in e.m if "aggregation" not in m and "events" not in m} | {
            c for m in e.m for c in m.get("covariates", [])
        }
        fixed |= {m["denominator"] for m in e.m if isinstance(m.get("denominator"), str)}
        self.no_aggregation = not any("aggregation" in m or "events" in m for m in e.m) or e.kind != "rows"
        self.first = {}
        for u, rows in self.units.items():
            t = min(w["seen"][1] for w in rows) if e.has_time else None
            early = [w for w in rows if not e.has_time or w["seen"][1] == t]
            self.first[u] = (t, early[0])
            for w in rows:
                if w["arm"][0] != rows[0]["arm"][0]:
                    arms = {x["arm"][0] for x in rows}
                    self.two[u] = (
                        sorted(min(x["seen"][1] for x in rows if x["arm"][0] == g) for g in arms)[1]
                        if e.has_time
                        else None
                    )
            if (
                len(
                    {
                        (tuple(w[d][0] for d in e.dims), tuple(bool(s[1](w)) for s in e.segments.values()))
                        for w in early
                    }
                )
                > 1
            ):
                self.unclear.add(u)  # at all looks, also of those that are in two groups later
            if u not in self.two and any(rows[0][c][1] != w[c][1] for w in rows for c in fixed):
                self.error = "rows of a unit differ"

    def cells(self, u, m, source, value, where, low, high):
        """(time, value, text) of the rows of unit u at low <= time < high."""
        e, out = self.e, []
        rows = (
            self.events.get((source, u), [])
            if source
            else [(w["seen"][1] if e.has_time else None, w) for w in self.units[u]]
        )
        for t, w in rows:
            if t is not None and (
                low is not None and t < low or high is not None and not self.before(t, high)
            ):
                continue
            if where and not where(w):
                continue
            if value and w[value][1] is None:
                continue
            out.append((t, w[value][1] if value else None, w[value][0] if value else None))
        return out

    def pair(self, u, m, end):
        """(value, denominator, covariates, complete) of unit u at a look."""
        e, (x, row) = self.e, self.first[u]
        if "aggregation" not in m and "events" not in m:
            d = row[m["denominator"]][1] if "denominator" in m else None
            return row[m["value"]][1], d, [row[c][1] for c in m.get("covariates", [])], True
        how, source = m.get("aggregation", "count"), m.get("events")
        value = m.get("value")

        def over(low, high, how=how, value=value, source=source, where=m.get("@where")):
            v = aggregate(how, self.cells(u, m, source, value, where, low, high))
            return v

        low, high, covs, complete = None, end, [row[c][1] for c in m.get("covariates", [])], True
        if source:
            low = x + m.get("@offset", 0)
            if "@window" in m:
                high = low + m["@window"]
                complete = high <= end
                over = (lambda f: lambda *a: self.strict(f, *a))(over)
        v = over(low, high) if complete or "@window" not in m else None
        d = None
        if isinstance(m.get("denominator"), dict):
            n = m["denominator"]
            d = (
                over(low, high, n["aggregation"], n.get("value"), n.get("events", source), n.get("@where"))
                if complete
                else None
            )
        elif "denominator" in m:
            d = over(low, high, how, m["denominator"], source)
        if m["type"] == "proportion" and v is not None:
            v = F(v > 0)
        if "@pre" in m:
            covs = [self.strict(over, x - m["@pre"], x)]
        return v, d, covs, complete

    def strict(self, over, *a):
        """The same with a strict end, also where a single look includes its last instant."""
        keep, self.before = self.before, lambda t, end: t < end
        v = over(*a)
        self.before = keep
        return v

    def values(self, end):
        """unit -> group, slices and metric -> (y, d, covariates) at a look."""
        e, out = self.e, {}
        for u, rows in self.units.items():
            t, row = self.first[u]
            if (
                e.has_time
                and not self.before(t, end)
                or u in self.unclear
                or u in self.two
                and (not e.has_time or self.before(self.two[u], end))
            ):
                continue
            early = [w for w in rows if not e.has_time or w["seen"][1] == t]
            slices = (
                [("", "")]
                + [(d, row[d][0]) for d in e.dims]
                + [("@segment", s) for s, f in e.segments.items() if f[1](row)]
            )
            got, lacks = {}, set()
            for m in e.m:
                y, d, x, complete = self.pair(u, m, end)
                if not complete or y is None or "denominator" in m and d is None:
                    lacks.add(m["id"])  # counted as missing, also where it counts as zero
                if m.get("missing") == "zero" and complete:
                    y = F(0) if y is None else y
                    d = F(0) if d is None and "denominator" in m else d
                if not complete or y is None or "denominator" in m and d is None:
                    y = None
                got[m["id"]] = (y, d, x)
            out[u] = (early[0]["arm"][0], slices, got, lacks)
        return out

    def caps(self):
        self.cap = {}
        last = self.values(self.ends[-1]) if self.ends else {}
        for m in self.e.m:
            if "cap" in m:
                v = [g[m["id"]][0] for _, _, g, _ in last.values() if g[m["id"]][0] is not None]
                c = m["cap"]
                self.cap[m["id"]] = cap_of(c, "lower", v), cap_of(c, "upper", v)

    def refuses(self, err):
        """Whether there is nothing to compare, and the message says so."""
        now = [x[0] for x in self.values(self.ends[-1]).values()] if self.ends else []
        base, found = self.e.groups[0], sorted({w["arm"][0] for rows in self.units.values() for w in rows})
        planned, counted = self.e.weights or found, self.e.weights or set(now)
        return (
            "no rows to analyze" in err
            and not self.counts["used"]
            or "The baseline group '%s'" % base in err
            and base not in now
            or "only one group" in err
            and (len(planned) == 1 or len(counted) == 1)
        )

    def sums(self):
        """(metric, group, look, slice, missing covariates) -> sums, and units."""
        self.caps()
        table, units, missing, lacks = {}, {}, {}, {}
        for end in self.ends:
            now = self.values(end)
            for u, (g, slices, got, lacks[u]) in now.items():
                for s in slices:
                    units[g, end, s] = units.get((g, end, s), 0) + 1
                for mid, (y, d, x) in got.items():
                    if mid in lacks[u]:
                        missing[mid, end] = missing.get((mid, end), 0) + 1
                    if y is None:
                        continue
                    low, high = self.cap.get(mid, (None, None))
                    y = low if low is not None and y < low else y
                    y = high if high is not None and y > high else y
                    mask = sum(1 << i for i, v in enumerate(x) if v is None)
                    for s in slices:
                        t = table.setdefault((mid, g, end, s, mask), {})

                        def add(k, v):
                            t[k] = t.get(k, F(0)) + v

                        add("n", F(1)), add("sum", y), add("sum_squares", y * y), add("sum_cubes", y**3)
                        if d is not None:
                            for k, v in (
                                ("denominator_sum", d),
                                ("denominator_sum_squares", d * d),
                                ("denominator_sum_products", y * d),
                                ("denominator_sum_cubes", d**3),
                                ("sum_squares_denominator", y * y * d),
                                ("sum_denominator_squares", y * d * d),
                            ):
                                add(k, v)
                        for i, v in enumerate(x):
                            z = F(0) if v is None else v
                            add("covariate%d_sum" % (i + 1), z), add(
                                "covariate%d_sum_squares" % (i + 1), z * z
                            ), add("covariate%d_sum_products" % (i + 1), y * z)
                            for j in range(i):
                                add(
                                    "covariate%d_covariate%d_sum_products" % (j + 1, i + 1),
                                    z * (x[j] or F(0)),
                                )
        return table, units, missing
