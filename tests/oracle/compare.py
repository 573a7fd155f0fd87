# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a table of sums, or a detail document, differs from what is expected."""
import csv
import io
import json
from datetime import timedelta
from fractions import Fraction as F

from cells import EPOCH, SECOND
from sizes import faults


# ---- comparison ----------------------------------------------------------------------------------
def iso(t):
    if t is None:
        return ""
    s, ns = divmod(t, SECOND)
    return (
        (EPOCH + timedelta(seconds=s)).strftime("%Y-%m-%dT%H:%M:%S")
        + (("." + "%09d" % ns).rstrip("0") if ns else "")
        + "Z"
    )


def compare_sums(e, o, text, loose):
    """Differences between a table of sums and the oracle's."""
    out, got, units, counts, miss = [], {}, {}, {}, {}
    end = {iso(t): t for t in o.ends} if e.gran else {"": o.ends[-1]}
    end[""] = o.ends[-1] if o.ends else None
    table, want_units, want_missing = o.table
    for w in csv.DictReader(io.StringIO(text, newline="")):
        m, g = w["metric"], w["group"]
        if not m.startswith("@") and w["n"] == "0":
            continue  # says nothing
        s = (w.get("dimension", ""), w.get("value", ""))
        if m.startswith("@"):
            if m == "@units":
                if w["time"] not in end:
                    out.append("look %s is not expected" % w["time"])
                else:
                    units[g, end[w["time"]], s] = int(w["n"]) or None
            elif m == "@missing":
                miss[w["value"], end.get(w.get("time", ""))] = int(w["n"])
            elif not g and not w.get("dimension") and not w.get("value"):
                counts[m[1:]] = int(w["n"])
            continue
        if w.get("time", "") not in end:
            out.append("look %s is not expected" % w["time"])
            continue
        got[m, g, end[w.get("time", "")], s, int(w.get("covariates_missing") or 0)] = w
    for k in sorted(set(units) | set(want_units), key=str):
        if units.get(k) != want_units.get(k):
            out.append("units %s: %s, not %s" % (k, units.get(k), want_units.get(k)))
    for k in sorted(set(got) | set(table), key=str):
        a, b = got.get(k), table.get(k)
        if a is None or b is None:
            out.append("row %s: %s" % (k, "absent" if a is None else "not expected: " + str(a)))
            continue
        for c, v in b.items():
            x = F(a[c]) if a.get(c) else None
            if x != v and not (loose(k[0], c) and x is not None and abs(x - v) <= abs(v) * F(1, 10**12)):
                out.append("%s of %s: %s, not %s" % (c, k, a.get(c), float(v)))
    last = o.ends[-1] if o.ends else None
    for mid in {m["id"] for m in e.m}:
        if sum(v for (m, t), v in miss.items() if m == mid and (t == last or t is None)) != want_missing.get(
            (mid, last), 0
        ):
            out.append("missing of %s: %s, not %s" % (mid, miss, want_missing))
    names = {
        "read": "rows_read",
        "bad": "rows_bad",
        "left_out": "rows_left_out",
        "after": "rows_after",
        "duplicate": "rows_duplicate",
        "in_two_groups": "rows_in_two_groups",
        "unclear": "rows_unclear",
        "used": "rows_used",
        "no_group": "rows_no_group",
        "no_unit": "rows_no_unit",
    }
    for k, v in o.counts.items():
        if counts.get(names.get(k, k), 0) != v:
            out.append("count %s: %s, not %s" % (k, counts.get(names.get(k, k)), v))
    return out


def merged(table, key):
    """Sums of a cell over the covariates that its units lack; and whether some lack any."""
    rows = [(k[4], t) for k, t in table.items() if k[:4] == key]
    out = {}
    for mask, t in rows:
        for c, v in t.items():
            out[c] = out.get(c, F(0)) + v
    return out, any(mask for mask, t in rows)


def figures(m, t):
    """(n, estimate, variance) as exact fractions, None where there is none."""
    n = t.get("n", F(0))
    if not n:
        return 0, None, None
    y, yy = t["sum"], t["sum_squares"]
    if m["type"] == "proportion":
        return n, y / n, y / n * (1 - y / n)
    if m["type"] == "mean":
        return n, y / n, (yy - y * y / n) / (n - 1) if n > 1 else None
    w, ww, yw = t["denominator_sum"], t["denominator_sum_squares"], t["denominator_sum_products"]
    if w == 0:
        return n, None, None
    q = y / w
    if n == 1:
        return n, q, None
    v = ((yy - y * y / n) - 2 * q * (yw - y * w / n) + q * q * (ww - w * w / n)) / (n - 1) / (w / n) ** 2
    # assay has 320 bits for what cancels here: 96 digits.
    return n, q, F(0) if v < (yy + q * q * ww) / (w / n) ** 2 / F(10) ** 90 else v


def solve(a, b):
    """x of a x = b, or None."""
    n = len(b)
    a = [row[:] + [b[i]] for i, row in enumerate(a)]
    for i in range(n):
        p = next((j for j in range(i, n) if a[j][i] != 0), None)
        if p is None:
            return None
        a[i], a[p] = a[p], a[i]
        for j in range(n):
            if j != i:
                k = a[j][i] / a[i][i]
                a[j] = [x - k * y for x, y in zip(a[j], a[i])]
    return [a[i][n] / a[i][i] for i in range(n)]


def cross(t, q):
    """S_xx and S_xy of a cell's sums, and means of the covariates."""
    n, name = t["n"], lambda i, j: "covariate%d_covariate%d_sum_products" % (
        j + 1,
        i + 1,
    ) if i != j else "covariate%d_sum_squares" % (i + 1)
    x = [t["covariate%d_sum" % (i + 1)] for i in range(q)]
    sxx = [[t[name(max(i, j), min(i, j))] - x[i] * x[j] / n for j in range(q)] for i in range(q)]
    sxy = [t["covariate%d_sum_products" % (i + 1)] - x[i] * t["sum"] / n for i in range(q)]
    return sxx, sxy, [v / n for v in x]


def adjusted(e, table, m, look, s, groups):
    """Adjusted means by group, exactly; None where they are not sure to be defined."""
    q = len(m.get("covariates", [])) or ("@pre" in m)
    cells = {g: merged(table, (m["id"], g, look, s)) for g in groups}
    cells = (
        {g: c for g, (c, lacks) in cells.items() if c}
        if not any(lacks for c, lacks in cells.values())
        else {}
    )
    if not cells or any(c["n"] < q + 3 for c in cells.values()) or len(cells) < len(groups):
        return None
    parts = {g: cross(c, q) for g, c in cells.items()}
    n = sum(c["n"] for c in cells.values())
    mean = [sum(cells[g]["n"] * parts[g][2][i] for g in cells) / n for i in range(q)]
    if m.get("varianceReduction") == "pooled":
        b = solve(
            [[sum(p[0][i][j] for p in parts.values()) for j in range(q)] for i in range(q)],
            [sum(p[1][i] for p in parts.values()) for i in range(q)],
        )
        slopes = {g: b for g in cells}
    else:
        slopes = {g: solve(p[0], p[1]) for g, p in parts.items()}
    if any(b is None for b in slopes.values()):
        return None
    return {
        g: cells[g]["sum"] / cells[g]["n"] - sum(slopes[g][i] * (parts[g][2][i] - mean[i]) for i in range(q))
        for g in cells
    }


def compare_detail(e, o, text, loose):
    out, d = [], json.loads(text, parse_int=lambda t: int(t) if len(t) < 16 else float(t))
    table, want_units, want_missing = o.table
    end = {iso(t): t for t in o.ends}
    metrics = {m["id"]: m for m in e.m}
    c = d["counts"]
    flat = {k: v for k, v in c.items() if k != "rowsSkipped"} | c["rowsSkipped"]
    for k, v in (
        ("rowsRead", "read"),
        ("rowsUsed", "used"),
        ("unreadable", "bad"),
        ("leftOut", "left_out"),
        ("afterAsOf", "after"),
        ("duplicate", "duplicate"),
        ("inTwoGroups", "in_two_groups"),
        ("unclear", "unclear"),
        ("withoutGroup", "no_group"),
        ("withoutUnit", "no_unit"),
        ("eventsRead", "events_read"),
        ("eventsUsed", "events_used"),
        ("eventsUnexposed", "events_unexposed"),
        ("eventsExcluded", "events_excluded"),
        ("eventsUnreadable", "events_bad"),
        ("eventsAfterAsOf", "events_after"),
        ("eventsWithoutUnit", "events_no_unit"),
        ("unitsInTwoGroups", "units_in_two_groups"),
        ("unitsUnclear", "units_unclear"),
    ):
        if flat[k] != o.counts[v]:
            out.append("%s: %s, not %s" % (k, flat[k], o.counts[v]))
    last = o.ends[-1] if o.ends else None
    groups = [g["id"] for g in d["groups"] if g["planned"]]
    for g in d["groups"]:
        if g["units"] != want_units.get((g["id"], last, ("", "")), 0):
            out.append(
                "units of %s: %s, not %s" % (g["id"], g["units"], want_units.get((g["id"], last, ("", ""))))
            )
    for m in d["metrics"]:
        if m["unitsMissing"] != want_missing.get((m["id"], last), 0):
            out.append(
                "unitsMissing of %s: %s, not %s"
                % (m["id"], m["unitsMissing"], want_missing.get((m["id"], last), 0))
            )
    key = (
        lambda s: ("", "")
        if s["kind"] == "total"
        else (s["key"], s["value"])
        if s["kind"] == "dimension"
        else ("@segment", s.get("id", s.get("value")))
    )
    weights = {g["id"]: g["weight"] if g["planned"] else 0 for g in d["groups"]}
    for s in d["slices"]:
        out += ["srm %s: %s" % (key(s["slice"]), what) for what in faults(s["srm"], weights)]
        for g in s["srm"]["groups"]:
            if g["observed"] != want_units.get((g["group"], last, key(s["slice"])), 0):
                out.append(
                    "srm %s: %s, not %s"
                    % (key(s["slice"]), g, want_units.get((g["group"], last, key(s["slice"]))))
                )
    seen = set()
    for r in d["comparisons"]:
        m, s, look = (
            metrics[r["metric"]],
            key(r["slice"]),
            end.get(r.get("time"), last) if e.has_time else None,
        )
        if e.gran and r["time"] not in end:
            out.append("look " + r["time"])
            continue
        seen.add((r["metric"], r["compared"], s, look))
        adj = adjusted(e, table, m, look, s, groups) if r["varianceReduction"]["method"] != "none" else None
        for side in ("baseline", "compared"):
            got, g = r[side + "Stats"], r[side]
            t, lacks = merged(table, (m["id"], g, look, s))
            n, mean, v = figures(m, t)
            where = (m["id"], g, iso(look), s)
            near = (
                lambda a, b, f: a is None
                and b is None
                or a is not None
                and b is not None
                and (a == float(b) or (f and abs(F(a) - b) <= abs(b) * F(1, 10**f)))
            )
            tolerance = 11 if loose(m["id"], "") else 0
            if got["n"] != n:
                out.append("n of %s: %s, not %s" % (where, got["n"], n))
            if not near(got.get("unadjusted"), mean, tolerance):
                out.append("mean of %s: %s, not %s" % (where, got.get("unadjusted"), mean and float(mean)))
            if r["varianceReduction"]["method"] == "none":
                if got.get("estimate") != got.get("unadjusted"):
                    out.append("estimate of %s" % (where,))
                if m["type"] == "ratio" and n <= 1:
                    continue
                if not near(got.get("variance"), v, tolerance and 8 or (14 if m["type"] == "ratio" else 0)):
                    out.append(
                        "variance of %s: %s, not %s"
                        % (where, got.get("variance"), v is not None and float(v))
                    )
            elif adj and abs(F(got["estimate"]) - adj[g]) > F(1, 10**12) * max(abs(adj[g]), abs(mean)):
                out.append("adjusted mean of %s: %s, not %s" % (where, got["estimate"], float(adj[g])))
    for m in e.m:
        for g in groups[1:] if groups and groups[0] == e.groups[0] else []:
            if (
                (m["id"], g, ("", ""), last) not in seen
                and o.ends
                and all(merged(table, (m["id"], h, last, ("", "")))[0] for h in (g, groups[0]))
            ):
                out.append("no comparison of %s %s" % (m["id"], g))
    return out
