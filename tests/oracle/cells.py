# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells and tables as people write them: the text of each is drawn together with its meaning."""
import gzip
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from fractions import Fraction as F

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
T0 = int((datetime(2026, 1, 1, tzinfo=timezone.utc) - EPOCH).total_seconds()) * 10**9
SECOND, HOUR, DAY, WEEK = 10**9, 3600 * 10**9, 86400 * 10**9, 7 * 86400 * 10**9
MISSING = ["", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "(null)", "\\N", "NaN", "nan", "None", "<NA>"]
BAD = object()


# ---- cells: text and meaning ---------------------------------------------------------------------
def spell(r, f, negative, digits, exponent):
    """A text for (-1)^negative * digits * 10^exponent in the format f."""
    how = r.random()
    text = str(digits)
    grouped = False
    if how < f["exp"]:
        point = r.randint(0, len(text))
        e = exponent + len(text) - point
        text = text[:point] + "." + text[point:]
        if text.endswith(".") and r.random() < 0.7:
            text = text[:-1]
        sign = "-" if e < 0 else r.choice(["", "+", ""])
        text += r.choice("eE") + sign + r.choice(["", "", "0"]) + str(abs(e))
    elif -25 < exponent < 25:
        if exponent >= 0:
            whole, part = text + "0" * exponent, ""
        else:
            text = text.rjust(-exponent, "0")
            whole, part = text[:exponent] if exponent else text, text[exponent:]
        whole = whole.lstrip("0")
        if r.random() < f["zeros"]:
            part += "0" * r.randint(1, 4)
        if r.random() < f["zeros"] and not f["thousands"]:
            whole = "0" * r.randint(1, 3) + whole
        if not whole and (not part or r.random() < 0.6):
            whole = "0"
        if f["thousands"] and len(whole) > 3 and r.random() < 0.7:
            grouped, i = True, len(whole) % 3 or 3
            whole = f["thousands"].join([whole[:i]] + [whole[j : j + 3] for j in range(i, len(whole), 3)])
        text = whole + ("." + part if part or r.random() < f["zeros"] / 4 else "")
        if text == ".":
            text = "0"
    else:
        text += "e%d" % exponent
    text = (
        text.replace(".", "\0", 1)
        if not grouped
        else text[: len(whole)] + text[len(whole) :].replace(".", "\0", 1)
    )
    text = text.replace("\0", f["decimal"])
    sign = "-" if negative else r.choice(["", "", "", "+"]) if f["plus"] else ""
    value = F(digits) * F(10) ** exponent * (-1 if negative else 1)
    if f["percent"] and r.random() < 0.5:
        text, value = text + r.choice(["%", " %"]), value / 100
    if f["currency"] and r.random() < 0.6:
        c = r.choice(f["currency"])
        if text.endswith("%"):
            pass
        elif r.random() < 0.5:
            return (r.choice([sign + c, c + sign]) + text, value)
        else:
            text += r.choice(["", " "]) + c
    return (sign + text, value)


def missing(f):
    return f["missing"] + [""] if f["missing"] else MISSING


def number(r, f, style):
    if style == "int":
        return spell(r, f, r.random() < 0.1, r.randint(0, 30), 0)
    if style == "money":
        return spell(r, f, r.random() < 0.1, r.randint(0, 999999), -2)
    if style == "zero":
        return spell(
            r, f, r.random() < 0.2, 0 if r.random() < 0.8 else r.randint(1, 9), r.choice([0, -1, -3])
        )
    if style == "long":
        return spell(r, f, r.random() < 0.3, r.randint(0, 10 ** r.randint(1, 28)), r.randint(-24, 6))
    if style == "wide":
        return spell(r, f, r.random() < 0.3, r.randint(0, 10 ** r.randint(1, 5)), r.randint(-40, 30))
    if style == "same":
        return spell(r, f, False, 15, -1)
    return spell(r, f, r.random() < 0.3, r.randint(0, 10 ** r.randint(1, 6)), -r.randint(0, 6))


def share(r, f, style):
    one = r.random() < 0.4
    if style == "number":
        forms = (
            ["1", "1.0", "1.00", "1e0", "+1", "01", "10e-1", "0.1e1", "1.", "100E-2"],
            ["0", "0.0", "0.00", "0e5", "-0", "-0.0", ".0", "00", "0.", "+0"],
        )[not one]
        return (r.choice(forms).replace(".", f["decimal"]), F(one))
    if style == "plain":
        return ("1" if one else "0", F(one))
    if style == "point":
        return (("1.0" if one else "0.0").replace(".", f["decimal"]), F(one))
    if style == "own":
        return (r.choice(f["true"] if one else f["false"]), F(one))
    if style == "words":
        return (
            r.choice(["true", "TRUE", "yes", "True", "1"] if one else ["false", "FALSE", "no", "False", "0"]),
            F(one),
        )
    pair = {
        "t": "tf",
        "T": "TF",
        "y": "yn",
        "Y": "YN",
        "on": ("on", "off"),
        "ON": ("ON", "OFF"),
        "true": ("true", "false"),
        "yes": ("yes", "no"),
        "YES": ("YES", "NO"),
    }[style]
    return (pair[0] if one else pair[1], F(one))


def spell_time(r, form, t):
    s, ns = divmod(t, SECOND)
    d = EPOCH + timedelta(seconds=s)
    frac = ("." + "%09d" % ns).rstrip("0") if ns else ""
    if form == "date" and t % DAY == 0 and r.random() < 0.5:
        return d.strftime("%Y-%m-%d")
    if form in ("date", "rfc"):
        z = r.choice(
            ["Z", "", "z", "+00:00", "-00:00", "+02:00", "-05:30", "+0200", "+14:00"]
            if form == "rfc"
            else ["Z", ""]
        )
        if len(z) > 2:
            sg = -1 if z[0] == "-" else 1
            d += sg * timedelta(hours=int(z[1:3]), minutes=int(z[-2:]))
        sep = r.choice("TTt ") if form == "rfc" else "T"
        if not frac and r.random() < 0.1:
            frac = r.choice([".0", ".000", ".000000"])
        if d.second == 0 and not ns and r.random() < 0.1:
            return d.strftime("%Y-%m-%d" + sep + "%H:%M") + z
        return d.strftime("%Y-%m-%d" + sep + "%H:%M:%S") + frac + z
    if form == "sql":
        return d.strftime("%Y-%m-%d %H:%M:%S") + frac
    if form == "s":
        return str(s) + frac
    if form in ("ms", "us", "ns"):
        k = {"ms": 10**6, "us": 10**3, "ns": 1}[form]
        return str(t // k)
    return d.strftime(form)


# ---- files ---------------------------------------------------------------------------------------
def compressed(data, how):
    """The data in another form, and the end of such names; gzip where there is no zstd."""
    if how == "zstd" and shutil.which("zstd"):
        return subprocess.run(["zstd", "-1", "-q", "-c"], input=data, capture_output=True).stdout, ".zst"
    half = len(data) // 2 if how == "members" else 0  # a file may be several, one behind the other
    return b"".join(gzip.compress(part, 1) for part in (data[:half], data[half:]) if part), ".gz"


def write_table(r, path, columns, rows, f, f_sep, titles={}):
    """rows: dicts of column -> text; titles: of columns that are called by another name in the file.
    Returns the path, and the line on which each row begins."""
    sep, eol = f_sep, r.choice(["\n", "\n", "\r\n", "\r"])
    quote_all = r.random() < 0.15
    tail = r.random() < 0.05

    def cell(t, name=False):
        blank = " " * r.randint(0, 2) if f["trim"] and "\n" not in t and '"' not in t and not name else ""
        if quote_all or any(c in t for c in sep + '"\r\n') or r.random() < 0.03:
            return '"' + t.replace('"', '""') + '"'
        return blank + t + blank

    out, line, starts = "", 1, []
    for i in range(f["skip"]):
        out, line = out + r.choice(["report of, users; x", '# a "quote', "", "a,b,c"]) + eol, line + 1
    if r.random() < 0.03 and not f["skip"] and len(columns) > 1:
        out, line = out + "sep=" + sep + eol, line + 1
    header = sep.join(cell(titles.get(c, c), True) for c in columns) + (sep if tail else "")
    out, line = out + header + eol, line + 1
    for row in rows:
        while r.random() < 0.02:
            out, line = out + eol, line + 1
        if r.random() < 0.01 and len(columns) > 1:
            out, line = out + header + eol, line + 1
        starts.append(line)
        cells = [cell(row[c]) for c in columns]
        if row.get("@damage") == "few":
            cells = cells[:-1]
        elif row.get("@damage") == "many":
            cells += ["9", "9"] if tail else ["9"]
        elif row.get("@damage") == "quote":
            i = r.randrange(len(cells))
            cells[i] = '"a"b'
        text = sep.join(cells) + (sep if tail and "@damage" not in row else "")
        out, line = out + text + eol, line + 1 + text.count("\n") + text.replace("\r\n", "").count("\r")
    if r.random() < 0.2 and out.endswith(eol):
        out = out[: -len(eol)]
    data = out.encode(f["encoding"] or "utf-8")
    if not f["encoding"] and r.random() < 0.15:
        data = b"\xef\xbb\xbf" + data
    if r.random() < 0.15:
        data, end = compressed(data, r.choice(["gzip", "members", "zstd"]))
        path += end if r.random() < 0.5 else ""
    with open(path, "wb") as h:
        h.write(data)
    return path, starts


# ---- filters -------------------------------------------------------------------------------------
def draw_filter(r, numbers, texts, depth=0):
    """(text, function of a row of (text, value) cells)"""
    x = r.random()
    if depth < 2 and x < 0.25:
        a, b = draw_filter(r, numbers, texts, depth + 1), draw_filter(r, numbers, texts, depth + 1)
        if r.random() < 0.5:
            return "(%s and %s)" % (a[0], b[0]), lambda w: a[1](w) and b[1](w)
        return "(%s or %s)" % (a[0], b[0]), lambda w: a[1](w) or b[1](w)
    if depth < 2 and x < 0.35:
        a = draw_filter(r, numbers, texts, depth + 1)
        return "not (%s)" % a[0], lambda w: not a[1](w)
    c = r.choice(numbers + texts)
    name = (
        c
        if c.isalnum() and r.random() < 0.6
        else "[%s]" % c
        if r.random() < 0.5
        else '"%s"' % c.replace('"', '""')
    )
    if x < 0.45:
        return name + " is missing", lambda w: w[c][1] is None
    if c in numbers:
        v = F(r.choice([0, 1, 3, 25, -2])) + F(r.choice([0, 0, 5]), 10)
        t = ("%g" % float(v)) if r.random() < 0.7 else "%.2f" % float(v)
        op = r.choice(["=", "!=", "<", "<=", ">", ">="])
        do = {
            "=": lambda y: y == v,
            "!=": lambda y: y != v,
            "<": lambda y: y < v,
            "<=": lambda y: y <= v,
            ">": lambda y: y > v,
            ">=": lambda y: y >= v,
        }[op]
        return "%s %s %s" % (name, op, t), lambda w: w[c][1] is not None and w[c][1] is not BAD and do(
            w[c][1]
        )
    pick = r.sample(TEXTS, 2)
    q = ['"' + p.replace('"', '""') + '"' for p in pick]
    if r.random() < 0.3:
        return "%s in (%s, %s)" % (name, *q), lambda w: w[c][0] in pick
    if r.random() < 0.5:
        return "%s = %s" % (name, q[0]), lambda w: w[c][0] == pick[0]
    return "%s != %s" % (name, q[0]), lambda w: w[c][0] != pick[0]


TEXTS = ["web", "app", 'say "hi"', "a,b;c|d", "two\nlines", "NA", "", "Ünï", "x y", "0", "00", "web shop"]
# What collations take for one, and what may be more than data.
ODD_TEXTS = [
    "Web",
    "WEB",
    "web ",
    "wéb",
    "we\u0301b",
    "ü",
    "Ü",
    "ß",
    "ss",
    "1",
    "1 ",
    "01",
    "\\",
    "\\n",
    "'",
    "`",
    "%",
]
ODD_TEXTS += ["😀", "web\u00a0", "\tweb", "{d}", "?", "$1", "-- x", "/*"]
