# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers as sources: types of columns that they have, what these make of a value, and how rows get there.

ORACLE_ENGINE names the engine, ORACLE_SOURCE the source of assay, ORACLE_RUN the command that runs statements
of standard input, and ORACLE_ASK, if there is one, the command that prints a table of what one gives; all with
%s for a database: whole, part0, part1 or part2.
"""
import os
import re
import struct
import subprocess
import urllib.request
from fractions import Fraction as F

from cells import BAD, DAY, EPOCH, SECOND, missing
from database import Database
from datetime import timedelta


def decimal(value, least=0):
    """A fraction as a decimal, with at least so many digits after the point; None where it has no end."""
    for digits in range(least, 80):
        whole = value * 10**digits
        if whole.denominator == 1:
            text = str(abs(whole.numerator)).rjust(digits + 1, "0")
            return "-" * (value < 0) + (text[:-digits] + "." + text[-digits:] if digits else text)
    return None


def single(x):
    """The shortest text of the nearest number of 32 bits."""
    near = struct.unpack("f", struct.pack("f", x))[0]
    for digits in range(1, 10):
        text = "%.*g" % (digits, near)
        if struct.unpack("f", struct.pack("f", float(text)))[0] == near:
            return text


# ---- what a type makes of a number: (text, meaning), or None where it cannot hold it -----------------
def whole(bits):
    def hold(text, value, r):
        fits = value is not BAD and value.denominator == 1 and abs(value) < 2 ** (bits - 1)
        return (str(int(value)), value) if fits else None

    return hold


def fixed(digits, scale):
    def hold(text, value, r):
        if value is BAD or abs(value) >= 10 ** (digits - scale):
            return None
        value = F(round(value * 10**scale), 10**scale)
        return (decimal(value, scale), value) if abs(value) < 10 ** (digits - scale) else None

    return hold


def any_length(text, value, r):
    if value is BAD or decimal(value) is None:
        return None
    return decimal(value, r.choice([0, 0, 3])), value


def is_tie(text, x, form, bits):
    """Whether a text lies between two numbers: engines differ on whether it stands for one."""
    at = struct.unpack(bits, struct.pack(form, abs(x)))[0]
    beside = [struct.unpack(form, struct.pack(bits, at + i))[0] for i in (-1, 1) if at + i >= 0]
    return any(abs(F(text)) * 2 == F(abs(x)) + F(y) for y in beside)


def double(text, value, r):
    if value is BAD:
        return ("-inf" if text[0] == "-" else "inf"), BAD
    x = float(value)
    text = repr(x)
    if is_tie(text, x, "d", "Q"):
        return None
    return ("-0" if value == 0 and r.random() < 0.3 else text), F(text)


def real(text, value, r):
    if value is BAD:
        return double(text, value, r)
    if value and not 1e-30 < abs(value) < 1e30:
        return None
    text = single(float(value))
    near = struct.unpack("f", struct.pack("f", float(text)))[0]
    return None if is_tie(text, near, "f", "I") else (text, F(text))


def of_six_digits(text, value, r):
    """A real that is shown with six digits."""
    found = real(text, value, r)
    return (
        found if found and (found[1] is BAD or float("%.6g" % float(found[0])) == float(found[0])) else None
    )


def boolean(text, value, r):
    return (str(int(value)), value) if value in (0, 1) else None


# ---- what a type makes of a text -------------------------------------------------------------------
def kept(text):
    return text


def padded(text):
    """Of a type that passes over blanks at the end."""
    return text.rstrip(" ") if len(text.rstrip(" ")) <= 30 else None


def without_blanks(text):
    return text if text == text.rstrip(" ") else None


# ---- times: the literal of an instant ----------------------------------------------------------------
def at(t, zone=0):
    d = EPOCH + timedelta(microseconds=t // 1000 + zone * 60 * 10**6)
    return d.strftime("%Y-%m-%d %H:%M:%S.") + "%06d" % d.microsecond


def stamp(t, r):
    return at(t)


def stamp_of_zone(t, r):
    zone = r.choice([0, 60, -300, 330, 840])
    return at(t, zone) + "%s%02d:%02d" % ("-" if zone < 0 else "+", abs(zone) // 60, abs(zone) % 60)


def stamp_of_utc(t, r):
    return at(t).replace(" ", r.choice(" T")) + r.choice(["", "Z"])


def of_seconds(t, r):
    return at(t)[:19] if t % SECOND == 0 else None


def day(t, r):
    return at(t)[:10] if t % DAY == 0 else None


class Engine:
    """What an engine has; digits are those of a number, with third powers and without, None for any."""

    def __init__(self, name, digits, numbers, texts, times, booleans, **more):
        self.name, self.digits = name, digits
        self.numbers, self.texts, self.times, self.booleans = numbers, texts, times, booleans
        self.quote, self.escapes, self.has_nan, self.end = '"', False, True, ""
        self.__dict__.update(more)

    def identifier(self, name):
        name = name.replace("\\", "\\\\") if self.escapes else name
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def text(self, text):
        text = text.replace("\\", "\\\\") if self.escapes else text
        return "'" + text.replace("'", "\\'" if self.escapes else "''") + "'"

    def source(self, database):
        return os.environ["ORACLE_SOURCE"].replace("%s", database)

    def run(self, database, statements):
        """Runs statements as the engine's client does; raises an error of it."""
        command = os.environ["ORACLE_RUN"].replace("%s", database)
        if command.startswith("http"):
            headers = {"X-ClickHouse-User": "assay", "X-ClickHouse-Key": "secret"}
            for statement in statements:
                asked = urllib.request.Request(command, statement.encode(), headers)
                urllib.request.urlopen(asked).read()
            return
        text = "".join(s + ";\n" for s in statements)
        done = subprocess.run(command, shell=True, input=text.encode(), capture_output=True)
        if done.returncode:
            raise RuntimeError(done.stderr.decode("utf-8", "replace"))

    def ask(self, database, statement):
        """What the engine's client prints of a statement: (None, table) or (error, None)."""
        command = os.environ["ORACLE_ASK"].replace("%s", database)
        done = subprocess.run(command, shell=True, input=statement.encode(), capture_output=True)
        error = done.stderr.decode("utf-8", "replace")
        return (error, None) if done.returncode else (None, done.stdout.decode())


ENGINES = {
    e.name: e
    for e in [
        Engine(
            "postgresql",
            (None, None),
            {
                "integer": whole(32),
                "bigint": whole(64),
                "smallint": whole(16),
                "numeric(12,3)": fixed(12, 3),
                "numeric(30,10)": fixed(30, 10),
                "numeric": any_length,
                "double precision": double,
                "real": real,
            },
            {
                "text": kept,
                "varchar(60)": kept,
                "char(30)": padded,
                "enum": kept,
                'text collate "und-x-icu"': kept,
                "text collate folding": kept,
            },
            {"timestamp": stamp, "timestamptz": stamp_of_zone, "date": day},
            {"boolean": boolean},
            begin=["set client_min_messages = error", "drop schema public cascade", "create schema public"]
            + ["create collation folding (provider=icu, locale='und-u-ks-level1', deterministic=false)"],
            named_enum="create type %s as enum (%s)",
        ),
        Engine(
            "mariadb",
            (16, 19),
            {
                "int": whole(32),
                "bigint": whole(64),
                "tinyint": whole(8),
                "decimal(12,3)": fixed(12, 3),
                "decimal(30,10)": fixed(30, 10),
                "double": double,
                "float": of_six_digits,
            },
            {
                "text": kept,
                "varchar(60)": kept,
                "char(30)": padded,
                "varchar(60) collate utf8mb4_bin": kept,
                "varchar(60) collate utf8mb4_unicode_ci": kept,
                "varbinary(120)": kept,
                "enum": without_blanks,
            },
            {
                "datetime(6)": stamp,
                "timestamp(6) null": stamp,
                "date": day,
                "datetime": of_seconds,
                "varchar(40)": stamp_of_utc,
            },
            {"boolean": boolean},
            begin=["set sql_mode = 'NO_BACKSLASH_ESCAPES', time_zone = '+00:00'"],
            quote="`",
            has_nan=False,
            inline_enum="enum(%s) collate utf8mb4_bin",
        ),
        Engine(
            "duckdb",
            (12, 19),
            {
                "integer": whole(32),
                "bigint": whole(64),
                "hugeint": whole(64),
                "utinyint": lambda t, v, r: whole(8)(t, v, r) if v is not BAD and v >= 0 else None,
                "decimal(12,3)": fixed(12, 3),
                "decimal(30,10)": fixed(30, 10),
                "double": double,
                "float": real,
            },
            {"varchar": kept, "enum": kept, "varchar collate nocase": kept},
            {
                "timestamp": stamp,
                "timestamptz": stamp_of_zone,
                "timestamp_ns": stamp,
                "timestamp_s": of_seconds,
                "date": day,
            },
            {"boolean": boolean},
            begin=[],
            named_enum="create type %s as enum (%s)",
        ),
        Engine(
            "clickhouse",
            (20, 30),
            {
                "Int32": whole(32),
                "Int64": whole(64),
                "Int256": whole(64),
                "Decimal(12,3)": fixed(12, 3),
                "Decimal(38,10)": fixed(38, 10),
                "Float64": double,
                "Float32": real,
            },
            {"String": kept, "LowCardinality(%s)": kept, "enum": kept},
            {
                "DateTime64(6,'UTC')": stamp,
                "DateTime64(6,'America/New_York')": stamp_of_zone,
                "DateTime64(9,'UTC')": stamp,
                "DateTime('Asia/Kolkata')": lambda t, r: stamp_of_zone(t, r) if t % SECOND == 0 else None,
                "Date": day,
                "Date32": day,
            },
            {"Bool": boolean},
            begin=[],
            quote="`",
            escapes=True,
            inline_enum="Enum16(%s)",
            end=" engine = Memory",
        ),
    ]
}


def engine():
    return ENGINES.get(os.environ.get("ORACLE_ENGINE"))


class ServerDatabase(Database):
    """As Database, in an engine that has types of its own."""

    def store(self, rows, c):
        e, r, engine = self.e, self.e.r, self.e.engine
        is_time, is_measured = c in ("seen", "at"), c in e.num or c in e.prop
        self.is_measured = is_measured
        texts = list(engine.texts.items())
        kinds = list(engine.numbers.items()) * 2 + texts[:1]
        if is_time:
            kinds = list(engine.times.items())
            if e.form != "sql":
                kinds = list(engine.numbers.items()) + texts[:1]
        elif c in e.prop:
            kinds = list(engine.booleans.items()) * 3 + kinds
        elif not is_measured:
            kinds = texts[:]
            if all(re.fullmatch("0|[1-9][0-9]*", w[c][0]) for w in rows if w[c][1] is not None):
                kinds += list(engine.numbers.items())
        if is_measured and (e.f["missing"] or c in e.prop and e.f["true"]):
            kinds = texts[:1]
        r.shuffle(kinds)
        for name, hold in kinds + texts[:1]:
            held = {}
            for w in rows:
                if w[c] not in held:
                    held[w[c]] = self.hold(name, hold, *w[c])
            if None not in held.values():
                break
        for w in rows:
            w["@" + c], w[c] = held[w[c]]
        return self.declare(name, c, rows)

    def hold(self, name, how, text, value):
        """(literal, cell) of a cell in a column of the type, or None."""
        e, r, engine = self.e, self.e.r, self.e.engine
        if name in engine.times and e.form == "sql":
            literal = how(value, r)
            return literal and ("'%s'" % literal, (text, value))
        if name in engine.texts:
            kept = how(text)
            if kept is None:
                return None
            if isinstance(value, str):  # else a number's, an instant's, or none
                value = None if kept == "" else kept
            blank = "" in missing(e.f) and kept == "" and r.random() < 0.5
            return ("null" if blank else engine.text(kept)), (kept, value)
        if value is None:
            nan = self.is_measured and engine.has_nan and how in (double, real) and r.random() < 0.4
            return ("'NaN'" if nan else "null"), ("NaN" if nan else "", None)
        is_number = value is BAD or isinstance(value, F)
        if not is_number and how in (double, real):
            return None
        found = how(text, value if is_number else F(text), r)
        if found is None or not engine.has_nan and found[1] is BAD or not is_number and found[0] != text:
            return None
        literal = engine.text(found[0]) if engine.name != "mariadb" else found[0]
        return (literal, found) if is_number else (literal, (text, value))

    def declare(self, name, c, rows):
        engine, r = self.e.engine, self.e.r
        if name == "enum":
            self.enums[c] = sorted({w["@" + c] for w in rows} - {"null"})
            r.shuffle(self.enums[c])
            if not self.enums[c]:
                return list(engine.texts)[0]
            if hasattr(engine, "named_enum"):
                name = engine.identifier("kind %d" % len(self.named))
                self.named.append(engine.named_enum % (name, ", ".join(self.enums[c])))
                return name
            name = engine.inline_enum % ", ".join(self.enums[c])
        if engine.name == "clickhouse":
            inner = "Nullable(%s)" % (name if "%s" not in name else "String")
            return name % inner if "%s" in name else inner
        return name

    def __init__(self, e):
        self.enums, self.named = {}, []
        Database.__init__(self, e)

    def write(self, name, tables):
        """Makes the tables in a database of the engine; the source of assay."""
        engine, r, database = self.e.engine, self.e.r, "whole" if name == "data" else name
        statements = engine.begin + self.named
        if engine.name == "duckdb":
            database = "%s/%s.duckdb" % (self.e.dir, database)
        for table, rows in tables.items():
            columns = self.tables[table][1][:]
            r.shuffle(columns)
            described = ", ".join(engine.identifier(c) + " " + self.types[table, c] for c in columns)
            if not hasattr(engine, "named_enum"):
                statements = statements + ["drop table if exists " + engine.identifier(table)]
            statements = statements + [
                "create table %s (%s)%s" % (engine.identifier(table), described, engine.end)
            ]
            if rows:
                cells = ",\n".join("(%s)" % ", ".join(w["@" + c] for c in columns) for w in rows)
                statements.append("insert into %s values %s" % (engine.identifier(table), cells))
        engine.run(database, statements)
        return engine.source(database)
