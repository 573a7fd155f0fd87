"""Made with Python 3.11: python3 tests/golden/events.py

An experiment of exposures and events with every complication, and what each look has of it, in exact
fractions: tests/golden/events/*.csv, plan-*.json and expected-*.csv. The joins are written as they
are defined, row by row over all rows, and know nothing of how the program does it. Sums and counts
of one metric are made once more by SQLite from scaled integers.
"""
import datetime
import json
import os
import random
import sqlite3
from fractions import Fraction

random.seed(20261128)
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "events")
UTC = datetime.timezone.utc
START = datetime.datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY = 3600, 86400
MISSING = ("", "NA", "NULL")


def text_of(second, style):
    """An instant as text: in UTC, with an offset, as Unix seconds, or as milliseconds."""
    when = START + datetime.timedelta(seconds=second)
    if style == 0:
        return when.strftime("%Y-%m-%dT%H:%M:%SZ")
    if style == 1:
        zone = datetime.timezone(datetime.timedelta(hours=random.choice([-8, 1, 2, 5])))
        return when.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S%z")
    return str(int(when.timestamp()) * (1000 if style == 3 else 1))


def make():
    exposures, orders, visits = [], [], []
    for i in range(260):
        unit = random.choice(["u%d", "%03d", "%d.0"]) % i
        group = random.choice("ABC")
        base = random.randrange(0, 6 * DAY)
        if i % 7 == 0:
            base = base // DAY * DAY  # on the edge of a look
        for k in range(random.choice([1, 1, 1, 2, 3])):
            late = base + (0 if k == 0 else random.choice([0, 60, 5 * HOUR, 2 * DAY]))
            other = random.random() < 0.2 and k > 0
            place = random.choice(["SE", "NO", ""]) if late > base else "SE" if i % 2 else "NO"
            if late == base and k > 0 and random.random() < 0.1:
                place = "DK"
            exposures.append((unit, random.choice("ABC") if other else group, late, place,
                              "yes" if random.random() > 0.02 else "no"))
        for _ in range(random.randrange(0, 9)):
            second = base + random.choice([
                0, -1, 1, DAY, DAY - 1, 2 * DAY, 2 * DAY + 1, -DAY, -2 * DAY, -2 * DAY - 1,
                random.randrange(-3 * DAY, 4 * DAY)])
            amount = random.choice(["", "NA", "7.5", "12.25", "-3", "0.01", "100", "1e2", "7.50"])
            orders.append((unit, second, amount, random.choice(["web", "app"]),
                           random.choice(["s1", "s2", "S1", "s01"])))
        for _ in range(random.randrange(0, 5)):
            visits.append((unit, base + random.randrange(-2 * DAY, 5 * DAY)))
    for k in range(40):
        orders.append(("nobody%d" % k, random.randrange(0, 6 * DAY), "9.75", "web", "s1"))
    return exposures, orders, visits


METRICS = [
    {"id": "revenue", "type": "mean", "events": "orders", "value": "amount", "aggregation": "sum",
     "window": "2d", "preExposureWindow": "2d"},
    {"id": "orders", "type": "mean", "events": "orders", "aggregation": "count", "window": "1d",
     "offset": "24h"},
    {"id": "paid", "type": "mean", "events": "orders", "value": "amount", "aggregation": "count",
     "where": "channel = 'web'", "window": "48h"},
    {"id": "sessions", "type": "mean", "events": "orders", "value": "session",
     "aggregation": "countDistinct", "window": "2d"},
    {"id": "average", "type": "mean", "events": "orders", "value": "amount", "aggregation": "mean",
     "window": "2d"},
    {"id": "least", "type": "mean", "events": "orders", "value": "amount", "aggregation": "min",
     "window": "2d"},
    {"id": "most", "type": "mean", "events": "orders", "value": "amount", "aggregation": "max",
     "window": "90m", "missing": "zero"},
    {"id": "first", "type": "mean", "events": "orders", "value": "amount", "aggregation": "first",
     "window": "2d"},
    {"id": "last", "type": "mean", "events": "orders", "value": "amount", "aggregation": "last",
     "window": "2d"},
    {"id": "converted", "type": "proportion", "events": "orders", "window": "1d",
     "preExposureWindow": "1d"},
    {"id": "kept", "type": "proportion", "events": "visits", "offset": "1d", "window": "1d"},
    {"id": "bought", "type": "proportion", "events": "orders", "value": "amount",
     "aggregation": "sum", "window": "2d"},
    {"id": "per visit", "type": "ratio", "events": "orders", "value": "amount",
     "aggregation": "sum", "window": "2d", "denominator": {"events": "visits",
                                                           "aggregation": "count"}},
    {"id": "so far", "type": "mean", "events": "orders", "value": "amount", "aggregation": "sum"},
    {"id": "visits so far", "type": "mean", "events": "visits", "aggregation": "count"},
]


def seconds(text):
    return int(text[:-1]) * {"d": DAY, "h": HOUR, "m": 60}[text[-1]]


def aggregate(rows, value, how):
    """rows: (second, record); value: index of the column, or None. None: missing."""
    if value is not None:
        rows = [r for r in rows if r[1][value] not in MISSING]
    if how == "count":
        return Fraction(len(rows))
    if how == "countDistinct":
        return Fraction(len({r[1][value] for r in rows}))
    numbers = [(r[0], Fraction(r[1][value])) for r in rows]
    if how == "sum":
        return sum((n for _, n in numbers), Fraction(0))
    if not numbers:
        return None
    if how == "mean":
        return sum(n for _, n in numbers) / len(numbers)
    if how in ("min", "max"):
        return (min if how == "min" else max)(n for _, n in numbers)
    edge = (min if how == "first" else max)(s for s, _ in numbers)
    return (min if how == "first" else max)(n for s, n in numbers if s == edge)


TABLES = {"orders": {"amount": 2, "channel": 3, "session": 4}, "visits": {}}


def chosen(events, definition, unit, begin, end):
    table = events[definition["events"]]
    rows = [(r[1], r) for r in table if r[0] == unit and begin <= r[1] < end]
    if "where" in definition:
        rows = [r for r in rows if r[1][3] == "web"]
    return rows


def value_at(events, metric, definition, unit, first, end):
    """end: of the window or the look, whichever is first, where there is no window."""
    begin = first + seconds(metric.get("offset", "0d"))
    stop = begin + seconds(metric["window"]) if "window" in metric else end
    column = definition.get("value")
    index = None if column is None else TABLES[definition["events"]][column]
    how = definition.get("aggregation", "count")
    value = aggregate(chosen(events, definition, unit, begin, stop), index, how)
    if metric["type"] == "proportion":
        value = Fraction(int(value > 0))
    return value


def describe(exposures, events, looks, is_single):
    lines = []
    units = sorted({e[0] for e in exposures if e[4] == "yes"})
    last = looks[-1]
    for look in looks:
        members = []
        for unit in units:
            rows = [e for e in exposures if e[0] == unit and e[4] == "yes"]
            seen = rows if is_single else [e for e in rows if e[2] < look]
            if not seen or len({e[1] for e in seen}) > 1:
                continue
            first = min(e[2] for e in rows)
            places = {e[3] for e in rows if e[2] == first}
            if len(places) > 1:
                continue
            members.append((unit, seen[0][1], first, places.pop()))
        for slice_name in ["", "SE", "NO", "@"]:
            for group in "ABC":
                inside = [m for m in members if m[1] == group and
                          (slice_name == "" or (slice_name == "@" and m[3] == "") or
                           m[3] == slice_name)]
                if not inside:
                    continue
                for metric in METRICS:
                    lines.append(line(events, metric, slice_name, group, look, inside, is_single))
    return lines


def line(events, metric, slice_name, group, look, inside, is_single):
    values = []
    for unit, _, first, _ in inside:
        length = seconds(metric.get("offset", "0d")) + seconds(metric.get("window", "0d"))
        if "window" in metric and first + length > look:
            continue
        end = 10 ** 12 if is_single else look
        value = value_at(events, metric, metric, unit, first, end)
        if value is None and metric.get("missing") == "zero":
            value = Fraction(0)
        if value is None:
            continue
        pre, under = "", ""
        if "preExposureWindow" in metric:
            before = chosen(events, metric, unit, first - seconds(metric["preExposureWindow"]), first)
            column = metric.get("value")
            pre = aggregate(before, None if column is None else TABLES["orders"][column],
                            metric.get("aggregation", "count"))
        if "denominator" in metric:
            under = value_at(events, metric, metric["denominator"], unit, first, end)
        values.append((value, pre, under))
    n = len(values)
    mean = sum((v[0] for v in values), Fraction(0)) / n if n else None
    variance = sum((v[0] - mean) ** 2 for v in values) / (n - 1) if n > 1 else None
    more = [v[1] if v[1] != "" else v[2] for v in values]
    second = sum(more, Fraction(0)) / n if n and more[0] != "" else None
    show = lambda x: "" if x is None else repr(float(x))
    return ",".join([metric["id"], group, str(look), slice_name, str(n), str(len(inside)),
                     show(mean), show(variance), show(second)])


def check_with_sqlite(exposures, orders, looks):
    """Units and the sum of revenue of each group at a single look, by SQL."""
    base = sqlite3.connect(":memory:")
    base.execute("create table e(u, g, t, d)")
    base.executemany("insert into e values(?,?,?,?)", [x[:4] for x in exposures if x[4] == "yes"])
    base.execute("create table o(u, t, a)")
    base.executemany("insert into o values(?,?,?)",
                     [(x[0], x[1], None if x[2] in MISSING else int(Fraction(x[2]) * 100))
                      for x in orders])
    rows = base.execute("""
        with f as (select u, min(t) t from e group by u having count(distinct g) = 1),
        p as (select f.u u, f.t t, min(e.g) g from f join e on e.u = f.u and e.t = f.t
              group by f.u having count(distinct e.d) = 1)
        select p.g, count(*), sum((select coalesce(sum(a), 0) from o where o.u = p.u and
            o.t >= p.t and o.t < p.t + 172800)) from p where p.t + 172800 <= ? group by 1 order by 1
        """, (looks[-1],)).fetchall()
    return {g: (n, Fraction(s, 100)) for g, n, s in rows}


def write(name, header, rows):
    with open(os.path.join(HERE, name), "w", newline="") as file:
        file.write(header + "\n" + "".join(",".join(r) + "\n" for r in rows))


def plan(granularity):
    metrics = [dict(m, role="success" if m["id"] == "revenue" else "deterioration") for m in METRICS]
    out = {"columns": {"unit": "user", "group": "arm", "time": "seen"},
           "events": [{"name": "orders", "columns": {"unit": "buyer", "time": "at"}},
                      {"name": "visits"}],
           "where": "ok = 'yes'", "comparisons": {"baseline": "A"}, "dimensions": ["place"],
           "metrics": metrics}
    if granularity:
        out["granularity"] = granularity
    return json.dumps(out, indent=1) + "\n"


def main():
    exposures, orders, visits = make()
    events = {"orders": orders, "visits": visits}
    style = lambda: random.choice([0, 0, 1, 2, 3])
    os.makedirs(HERE, exist_ok=True)
    write("exposures.csv", "user,arm,seen,place,ok",
          [(u, g, text_of(t, style()), p, ok) for u, g, t, p, ok in exposures])
    write("orders.csv", "buyer,at,amount,channel,session",
          [(u, text_of(t, style()), a, c, s) for u, t, a, c, s in orders])
    for part in range(2):
        write("visits-%d.csv" % (part + 1), "user,seen",
              [(u, text_of(t, style())) for u, t in visits[part::2]])
    times = [e[2] for e in exposures if e[4] == "yes"]
    end = max(times + [o[1] for o in orders] + [v[1] for v in visits])
    first = min(times) // DAY * DAY + DAY
    looks = list(range(first, end // DAY * DAY + DAY + 1, DAY))
    for name, granularity, instants in [("whole", None, [end]), ("day", "day", looks)]:
        lines = describe(exposures, events, instants, granularity is None)
        epoch = int(START.timestamp())
        with open(os.path.join(HERE, "plan-%s.json" % name), "w") as file:
            file.write(plan(granularity))
        with open(os.path.join(HERE, "expected-%s.csv" % name), "w") as file:
            file.write("metric,group,time,place,n,units,mean,variance,second\n")
            for text in lines:
                parts = text.split(",")
                parts[2] = str(int(parts[2]) + epoch) if granularity else ""
                file.write(",".join(parts) + "\n")
    sums = check_with_sqlite(exposures, orders, [end])
    for group in "ABC":
        whole = [x.split(",") for x in describe(exposures, events, [end], True)]
        row = [x for x in whole if x[0] == "revenue" and x[1] == group and x[3] == ""][0]
        n, total = sums[group]
        assert int(row[4]) == n and float(row[6]) == float(total / n), (row, n, total)


main()
