# SPDX-License-Identifier: GPL-3.0-or-later
"""Sample ratio mismatch of a slice of a detail document, from its counts and the plan's weights."""
import math
from fractions import Fraction as F


def chi2_tail(x, df):
    """The upper tail, in closed form."""
    half = x / 2
    if df % 2 == 0:
        return math.exp(-half) * sum(half**i / math.factorial(i) for i in range(df // 2))
    terms = (half ** (i - 0.5) / math.gamma(i + 0.5) for i in range(1, (df + 1) // 2))
    return math.erfc(math.sqrt(half)) + math.exp(-half) * sum(terms)


def as_far(n, share, found):
    """The probability of a count at least as far from n share as the one found: a fraction."""
    off = abs(found - n * share)
    return sum(
        math.comb(n, k) * share**k * (1 - share) ** (n - k)
        for k in range(n + 1)
        if abs(k - n * share) >= off
    )


def exact_p(n, shares, counts):
    times = 1 if len(shares) == 2 else len(shares)
    return min(F(1), times * min(as_far(n, w, o) for w, o in zip(shares, counts)))


def near(a, b):
    return a is not None and abs(a - b) <= 1e-10 * abs(b)


def faults(srm, weights):
    """What is wrong; weights by group. Groups without a weight may have no units."""
    observed = {g["group"]: g["observed"] for g in srm["groups"]}
    given = {g: F(repr(float(w))) for g, w in weights.items() if w}
    counts = [observed[g] for g in given]
    n, total = sum(counts), sum(given.values())
    shares = [w / total for w in given.values()]
    unplanned = any(o for g, o in observed.items() if g not in given)
    out = []
    if srm["unplannedUnits"] != unplanned:
        out.append("unplannedUnits is not %s" % unplanned)
    if srm["method"] != "chi2" or n == 0 or len(given) < 2:
        return out
    statistic = sum((o - n * w) ** 2 / (n * w) for o, w in zip(counts, shares))
    p = chi2_tail(float(statistic), len(given) - 1)
    is_exact = min(n * w for w in shares) < 5
    decides = exact_p(n, shares, counts) if is_exact else p
    if not near(srm.get("statistic"), float(statistic)) or not near(srm["p"], p):
        out.append("statistic and p are not %s, %s" % (float(statistic), p))
    if ("exactP" in srm) != is_exact or (is_exact and not near(srm["exactP"], float(decides))):
        out.append("exactP is not %s" % (float(decides) if is_exact else "absent"))
    beyond = max(abs(o - n * w) / n for o, w in zip(counts, shares)) > F(repr(float(srm["tolerance"])))
    significant = unplanned or (decides < srm["alpha"] and beyond)
    if srm["significant"] != significant:
        out.append("significant is not %s" % significant)
    return out
