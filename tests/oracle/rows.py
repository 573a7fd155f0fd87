# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of units and events, some of them damaged, and the files that hold them."""
import os

from cells import BAD, DAY, HOUR, WEEK, spell_time, write_table


class Rows:
    def instant(self):
        return self.base + self.r.randint(0, self.span // self.step) * self.step

    def rows(self):
        """Rows of units: dicts of column -> (text, meaning), with @unit, @group, @time."""
        r = self.r
        n = r.choice([4, 8, 20, 60])
        needed = self.numbers(None)
        self.needed = needed
        fixed = {m["value"] for m in self.m if "aggregation" not in m and m.get("value")} | {
            c for m in self.m for c in m.get("covariates", [])
        }
        fixed |= {m["denominator"] for m in self.m if isinstance(m.get("denominator"), str)}
        self.cols = list(self.num) + list(self.prop) + list(self.text)
        style = r.choice(["plain", "forms", "text"])
        ids = {
            "plain": [str(i) for i in range(n)],
            "forms": [
                str(i // 3) if i % 3 == 0 else "00%d" % (i // 3) if i % 3 == 1 else "%d.0" % (i // 3)
                for i in range(n)
            ],
            "text": ["user %d" % i if i % 2 else 'u"%d,é\n' % i for i in range(n)],
        }[style]
        self.ids = ids
        rows = []
        for u in ids:
            g, own, first = r.choice(self.groups), {c: self.cell(c) for c in self.cols}, None
            for k in range(
                1 if not self.has_unit or r.random() < (0.85, 0.3)[self.kind == "rows"] else r.randint(2, 4)
            ):
                row = {
                    c: own[c] if c in fixed or c in self.text and r.random() < 0.8 else self.cell(c)
                    for c in self.cols
                }
                row["arm"] = (g, g) if r.random() > 0.02 else (lambda x: (x, x))(r.choice(self.groups))
                t = self.instant() if first is None or r.random() < 0.6 else first
                first = t
                row["seen"], row["user"] = (
                    spell_time(r, self.f["time"] if self.form == "own" else self.form, t),
                    t,
                ), (u, u)
                rows.append(row)
        for row in rows:
            self.damage(
                row,
                needed,
                ["arm"] * (not self.by_file) + ["user"] * self.has_unit + ["seen"] * self.has_time,
            )
        r.shuffle(rows)
        self.all_rows = rows
        cols = self.cols + ["arm"] + ["user"] * self.has_unit + ["seen"] * self.has_time
        self.write("units", cols, rows, self.files)

    def numbers(self, source):
        """(column, filter) of the cells of a table that must be numbers where the filter holds."""
        out = []
        for m in self.m:
            if m.get("events") == source and m.get("value"):
                if m.get("aggregation", "count" if source else "") not in ("count", "countDistinct"):
                    out.append((m["value"], m.get("@where")))
            d = m.get("denominator")
            if isinstance(d, str) and not source:
                out.append((d, None))
            elif (
                isinstance(d, dict)
                and d.get("events", m.get("events")) == source
                and d.get("value")
                and d["aggregation"] not in ("count", "countDistinct")
            ):
                out.append((d["value"], d.get("@where")))
            if not source:
                out += [(c, None) for c in m.get("covariates", [])]
        return out

    def damage(self, row, needed, keys):
        r = self.r
        if self.sql:
            return self.damage_in_database(row, needed, keys)
        if not self.skip or r.random() > 0.06:
            return
        x = r.random()
        if x < 0.5 and needed:
            c = r.choice(sorted({c for c, f in needed}))
            if c not in self.text:
                row[c] = (r.choice(["abc", "1.2.3", "--5", "1e", "12abc", "#REF!", "0x1A", "inf"]), BAD)
        elif x < 0.6:
            row["@damage"] = "few"
        elif x < 0.7:
            row["@damage"] = "many"
        elif x < 0.75:
            row["@damage"] = "quote"
        elif x < 0.85:
            c = r.choice(keys)
            row[c] = (r.choice(["", "NA", "NULL", "null", "NaN"]), None)
        elif "seen" in keys or "at" in keys:
            row["at" if "at" in keys else "seen"] = (
                r.choice(
                    ["yesterday", "2026-13-01", "2026-02-30", "03/04/2026"]
                    + ["20260314", "1970-01-01T00:00:00Z", "5"] * (not self.f["time"])
                ),
                BAD,
            )

    def damage_in_database(self, row, needed, keys):
        r = self.r
        if r.random() < 0.02:
            row[r.choice([c for c in keys if c not in ("seen", "at")])] = (
                r.choice(["", "NA", "NULL", "null", "NaN"]),
                None,
            )
        elif self.is_dirty and needed and r.random() < 0.05:
            c = r.choice(sorted({c for c, f in needed}))
            if c not in self.text:
                odd = ["abc", "1.2.3", "--5", "1e", "12abc", "#REF!", "0x1A", "inf"]
                row[c] = (r.choice(odd + ["5\n", " 5", "5 "] * bool(self.engine)), BAD)

    def write(self, name, cols, rows, files):
        r = self.r
        parts = r.choice([1, 1, 1, 2, 3])
        shares = [("%s/%s%d.csv" % (self.dir, name, i), rows[i::parts]) for i in range(parts)]
        if self.by_file and "arm" in cols:  # each group has a file that is called by it
            os.makedirs(self.dir + "/" + name, exist_ok=True)
            shares = [(g, [w for w in rows if w["arm"][0] == g]) for g in sorted({w["arm"][0] for w in rows})]
            shares = [("%s/%s/of %s.csv" % (self.dir, name, g), mine) for g, mine in shares]
            cols = [c for c in cols if c != "arm"]
        for path, mine in shares:
            sep = r.choice(",;\t|")
            order = cols[:]
            r.shuffle(order)
            alike = iter(sorted(c for c in order if c in self.titles))
            order = [next(alike) if c in self.titles else c for c in order]
            path, starts = write_table(
                r,
                path,
                order,
                [{c: v[0] if isinstance(v, tuple) else v for c, v in w.items()} for w in mine],
                self.f,
                sep,
                self.titles,
            )
            files.append(path)
            for w, line in zip(mine, starts):
                w["@file"], w["@line"] = path, line

    def split(self, k):
        """The same rows in k parts by unit: (files, event files) of each."""
        r, of, live = self.r, {}, range(k)

        def part(w, unit):
            return of.setdefault(w[unit][0], r.choice(live)) if unit else r.choice(live)

        cols = self.cols + ["arm"] + ["user"] * self.has_unit + ["seen"] * self.has_time
        parts = [([], {}) for i in range(k)]
        rows = [[] for i in range(k)]
        for w in self.all_rows:
            rows[part(w, "user" if self.has_unit else None)].append(w)
        live = [i for i in range(k) if rows[i]]  # events of units without rows go where rows are
        for i in live:
            self.write("p%d-units" % i, cols, rows[i], parts[i][0])
        for name, (events, unit, time, needed) in self.event_rows.items():
            rows = [[] for i in range(k)]
            for w in events:
                rows[part(w, unit)].append(w)
            for i in live:
                self.write(
                    "p%d-%s" % (i, name), self.cols + [unit, time], rows[i], parts[i][1].setdefault(name, [])
                )
        return [p for p in parts if p[0]]

    def events(self):
        r = self.r
        self.event_rows = {}
        for e in self.plan.get("events", []):
            name = e["name"]
            unit, time = ("buyer", "at") if name == "orders" else ("user", "seen")
            rows = []
            for u in self.ids + ["nobody", "none2"]:
                for k in range(r.choice([0, 0, 1, 2, 5])):
                    row = {c: self.cell(c) for c in self.cols}
                    t = self.instant() + r.randint(-3, 8) * DAY // 2 // self.step * self.step
                    row[unit], row[time] = (u, u), (
                        spell_time(r, self.f["time"] if self.form == "own" else self.form, t),
                        t,
                    )
                    rows.append(row)
            needed = self.numbers(name)
            for row in rows:
                self.damage(row, needed, [unit, time])
            r.shuffle(rows)
            self.event_rows[name] = (rows, unit, time, needed)
            self.event_files[name] = []
            self.write(name, self.cols + [unit, time], rows, self.event_files[name])
