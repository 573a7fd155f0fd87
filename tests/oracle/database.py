# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of an experiment in SQLite, typed as people type them, and its statement run by Python."""
import csv
import io
import os
import re
import sqlite3
from decimal import Context, Decimal
from fractions import Fraction as F

from cells import BAD, SECOND, missing

WIDE = Context(prec=2000)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def typed(value):
    """The value as a number of SQLite, None where it has none that is as exact."""
    if value.denominator == 1 and abs(value) < 2**63:
        return int(value)
    return float(value) if F("%.15g" % value) == value else None  # as SQLite prints doubles


class Database:
    """How the columns of the tables are stored; their cells then mean what is read from there."""

    def __init__(self, e):
        self.e = e
        self.tables = {
            "units": (e.all_rows, e.cols + ["arm"] + ["user"] * e.has_unit + ["seen"] * e.has_time)
        }
        for name, (rows, unit, time, needed) in e.event_rows.items():
            self.tables[name] = (rows, e.cols + [unit, time])
        self.types = {}
        for name, (rows, columns) in self.tables.items():
            for c in columns:
                self.types[name, c] = self.store(rows, c)

    def store(self, rows, c):
        """Draws the type of a column, and puts numbers in place of texts; the type's name."""
        e, r = self.e, self.e.r
        if c in e.text or c == "seen" and e.form == "sql" or c == "at" and e.form == "sql":
            return r.choice(["text", "varchar(20)", ""])
        is_measured = c in e.num or c in e.prop
        if r.random() < 0.4 or is_measured and (e.f["missing"] or c in e.prop and e.f["true"]):
            return "text"
        for w in rows:
            text, value = w[c]
            if value is None:
                w[c] = (None, None) if is_measured or r.random() < 0.5 else w[c]
            elif is_measured or c in ("seen", "at"):
                number = None if value is BAD else typed(value if is_measured else F(text))
                if number is not None:
                    w[c] = (str(number), value)
                    w["@" + c] = number
            elif re.fullmatch("0|[1-9][0-9]*", text):
                w["@" + c] = int(text)
        is_whole = all("@" + c in w or w[c][0] is None for w in rows)  # else SQLite makes 1 of the text 1.0
        return r.choice(["", "blob"] + ["numeric", "integer"] * is_whole)

    def write(self, name, tables):
        """A file of SQLite with rows of each table; its name."""
        r, path = self.e.r, "%s/%s.db" % (self.e.dir, name)
        if os.path.exists(path):
            os.unlink(path)
        db = sqlite3.connect(path)
        for table, rows in tables.items():
            columns = self.tables[table][1][:]
            r.shuffle(columns)
            described = ", ".join(quoted(c) + " " + self.types[table, c] for c in columns)
            db.execute("create table %s (%s)" % (quoted(table), described))
            db.executemany(
                "insert into %s values (%s)" % (quoted(table), ", ".join("?" * len(columns))),
                [[self.cell(w, c) for c in columns] for w in rows],
            )
        db.commit()
        db.close()
        return path

    def cell(self, w, c):
        if w[c][0] == "" and "" in missing(self.e.f) and c not in self.e.text and self.e.r.random() < 0.5:
            return None
        return w.get("@" + c, w[c][0])

    def whole(self):
        return self.write("data", {name: rows for name, (rows, columns) in self.tables.items()})

    def parts(self, k):
        """The rows in k databases by unit."""
        r, of = self.e.r, {}
        parts = [{name: [] for name in self.tables} for i in range(k)]
        for name, (rows, columns) in self.tables.items():
            unit = "buyer" if "buyer" in columns else "user" if "user" in columns else None
            for w in rows:
                i = r.randrange(k)
                parts[of.setdefault(w[unit][0], i) if unit else i][name].append(w)
        return [self.write("part%d" % i, p) for i, p in enumerate(parts)]


# ---- what SQLite's shell has and its library lacks -------------------------------------------------
class DecimalSum:
    def __init__(self):
        self.terms, self.sum = 0, Decimal(0)

    def add(self, x, sign):
        if x is not None:
            self.terms += sign
            self.sum = WIDE.add(self.sum, WIDE.multiply(Decimal(str(x)), Decimal(sign)))

    def step(self, x):
        self.add(x, 1)

    def inverse(self, x):
        self.add(x, -1)

    def value(self):
        return format(self.sum, "f") if self.terms else None

    finalize = value


def decimal_mul(a, b):
    return None if a is None or b is None else format(WIDE.multiply(Decimal(str(a)), Decimal(str(b))), "f")


def run_statement(path, statement):
    """(None, table as CSV) or (error, None)."""
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    db.create_function("decimal_mul", 2, decimal_mul)
    db.create_window_function("decimal_sum", 1, DecimalSum)
    db.create_function("regexp", 2, lambda p, t: None if t is None else re.search(p, str(t)) is not None)
    try:
        cursor = db.execute(statement)
        out = io.StringIO(newline="")
        table = csv.writer(out)
        table.writerow([c[0] for c in cursor.description])
        table.writerows(["" if x is None else x for x in row] for row in cursor)
        return None, out.getvalue()
    except sqlite3.Error as error:
        return str(error), None
    finally:
        db.close()


# ---- what a statement cannot do --------------------------------------------------------------------
DOUBLE = r"-?[0-9](\.[0-9]{1,14})?e[-+][0-9]{2,3}"


def is_long(cell, scale, digits):
    """Whether a number has more digits than a statement of that scale can take; digits None: any."""
    value, text = cell
    if digits is None:
        return False
    x = abs(value) * F(10) ** scale
    if "e" in text.lower() and not re.fullmatch(DOUBLE, text):
        return True
    return x.denominator != 1 or x >= F(10) ** digits


def may_refuse(e, err, scale, digits):
    """Whether the message names something that the statement cannot compute, and it is there."""
    for m in e.m:
        d = m["denominator"] if isinstance(m.get("denominator"), dict) else {}
        if "mean" in (m.get("aggregation"), d.get("aggregation")):
            return "a mean per unit is not a decimal" in err and "'%s'" % m["id"] in err
        if "cap" in m and "The cap" in err and (m["aggregation"][:5] == "count" or scale < 9):
            return True
    if e.is_dirty and "values differ between the rows of a unit" in err:
        return True  # one of them is no number
    for name, (rows, columns) in e.database.tables.items():
        for c in list(e.num) + list(e.prop):
            if "'%s'" % c not in err:
                continue
            if c in e.prop and e.prop[c][0] in ("t", "T", "y", "Y", "on", "ON"):
                return True
            if c in e.prop and any("e" in (w[c][0] or "").lower() for w in rows if w[c][1] in (0, 1)):
                return True
            units, unit = {}, "buyer" if "buyer" in columns else "user" if "user" in columns else None
            for i, w in enumerate(rows):
                value = w[c][1]
                if value is BAD or value is not None and is_long((value, w[c][0]), scale, digits):
                    return True
                if value is not None:
                    units.setdefault(w[unit][0] if unit else i, []).append(value)
            for values in units.values():
                up, down = (sum((v for v in values if v * sign > 0), F(0)) for sign in (1, -1))
                if is_long((max(up, -down), ""), scale, digits):
                    return True
    return False
