"""Exact and score tests of two shares in mpmath, for the oracles of this folder."""
import mpmath as mp

SMALL = 20


def is_small(units, hits):
    return min(hits + [n - k for n, k in zip(units, hits)]) < SMALL


def is_skewed(units, hits):
    """A group of fewer than 100 units, or a skewness of the difference above 1/50."""
    (n_c, n_t), s, all_units = units, sum(hits), sum(units)
    return min(units) < 100 or 2500 * (all_units - 2 * s) ** 2 * (n_c - n_t) ** 2 > (
        s * (all_units - s) * n_c * n_t * all_units)


def is_exact(units, hits, has_covariates=False):
    return is_small(units, hits) or (not has_covariates and is_skewed(units, hits))


def fisher(units, hits, side):
    """p and log10 p of Fisher's test; two-sided: all tables that are no more probable."""
    with mp.workdps(80):
        (n_c, n_t), s, x = units, sum(hits), hits[1]
        least, most = max(0, s - n_c), min(s, n_t)

        # Each probability from the one before, divided by their sum: no log gamma function.
        weights = [mp.mpf(1)]
        for k in range(least, most):
            weights.append(weights[-1] * ((s - k) * (n_t - k)) / ((k + 1) * (n_c - s + k + 1)))
        whole = mp.fsum(weights)

        def probability(k):
            return weights[k - least] / whole

        def total(values):
            return mp.fsum(probability(k) for k in values)
        if side == "both":
            seen = probability(x) * (1 + mp.mpf(10) ** -30)
            values = [k for k in range(least, most + 1) if probability(k) <= seen]
            rest = [k for k in range(least, most + 1) if probability(k) > seen]
        elif side == "upper":
            values, rest = range(x, most + 1), range(least, x)
        else:
            values, rest = range(least, x + 1), range(x + 1, most + 1)
        if len(values) <= len(rest) or side == "both":
            p = total(values)
        else:
            p = 1 - total(rest)
        log_p = mp.log1p(-total(rest)) if p > 0.5 else mp.log(p)
        return +p, +log_p / mp.log(10)


def slope_of(counts):
    """Derivative of the log likelihood: counts is [(successes, failures, how far the share is moved)]."""
    def slope(p):
        value = mp.mpf(0)
        for k, rest, moved in counts:
            for count, share, sign in ((k, p + moved, 1), (rest, 1 - p - moved, -1)):
                if count > 0:
                    value += sign * (count / share if share > 0 else mp.inf)
        return value
    return slope


def best_shares(units, hits, null):
    """The most likely shares that differ by null: the likelihood is concave, its slope falls."""
    d = mp.mpf(null)
    low, high = max(mp.mpf(0), -d), min(mp.mpf(1), 1 - d)
    slope = slope_of([(hits[0], units[0] - hits[0], 0), (hits[1], units[1] - hits[1], d)])
    if not slope(low) > 0:
        p = low
    elif not slope(high) < 0:
        p = high
    else:
        p = crossing(slope, low, high)
    return p, p + d


def crossing(f, a, b):
    """Where f changes sign between a and b: the secant, held in the bracket (Illinois)."""
    fa, fb, side = f(a), f(b), 0
    for _ in range(500):
        if mp.isinf(fa) or mp.isinf(fb):
            x = (a + b) / 2
        else:
            x = (a * fb - b * fa) / (fb - fa)
        fx = f(x)
        if fx == 0 or abs(b - a) <= mp.mpf(10) ** -50 or x in (a, b):
            return x
        if (fx > 0) == (fa > 0):
            a, fa = x, fx
            fb = fb / 2 if side < 0 else fb
            side = -1
        else:
            b, fb = x, fx
            fa = fa / 2 if side > 0 else fa
            side = 1
    return x


def statistic(units, hits, null):
    (n_c, n_t), n = units, sum(units)
    p, r = best_shares(units, hits, null)
    variance = (p * (1 - p) / n_c + r * (1 - r) / n_t) * n / (n - 1)
    distance = mp.mpf(hits[1]) / n_t - mp.mpf(hits[0]) / n_c - null
    return distance / mp.sqrt(variance) if variance > 0 else mp.sign(distance) * mp.inf


def ratio_statistic(units, hits, null):
    (n_c, n_t), (c, t), n = units, hits, sum(units)
    a, b = n * null, null * (n_t + c) + n_c + t
    p = 2 * (c + t) / (b + mp.sqrt(b * b - 4 * a * (c + t)))
    r = null * p
    variance = (r * (1 - r) / n_t + null ** 2 * p * (1 - p) / n_c) * n / mp.mpf(n - 1)
    distance = mp.mpf(t) / n_t - null * mp.mpf(c) / n_c
    return distance / mp.sqrt(variance) if variance > 0 else mp.sign(distance) * mp.inf


def bound(of, inside, outside, critical):
    """Where the statistic's size passes critical, on one side of the estimate."""
    if not abs(of(outside)) > critical:
        return outside

    def excess(x):
        z = abs(of(x))
        return (mp.mpf(0) if mp.isnan(z) else z) - critical  # 0/0 is no distance
    return crossing(excess, inside, outside)


def bounds(units, hits, critical):
    d = mp.mpf(hits[1]) / units[1] - mp.mpf(hits[0]) / units[0]
    return [bound(lambda x: statistic(units, hits, x), d, mp.mpf(end), critical)
            for end in (-1, 1)]


def ratio_bounds(units, hits, critical):
    if hits[0] == 0:
        return None
    ratio = mp.mpf(hits[1]) / units[1] * units[0] / hits[0]
    far = ratio + 1
    while not abs(ratio_statistic(units, hits, far)) > critical:
        far *= 2
    return [bound(lambda x: ratio_statistic(units, hits, x), ratio, end, critical) - 1
            for end in (mp.mpf(0), far)]


def agree(interval, null, d, side, significant):
    """Bounds that reach the null where it is not rejected, and no further."""
    low, high = interval
    if side == "upper" or (side == "both" and (d >= null or not significant)):
        if (low > null) != significant:
            low = null
    if side == "lower" or (side == "both" and (d < null or not significant)):
        if (high < null) != significant:
            high = null
    return [low, high]


def compare(units, hits, side, alpha, null, critical, normal_upper):
    d = mp.mpf(hits[1]) / units[1] - mp.mpf(hits[0]) / units[0]
    f = {"estimate": d, "critical": critical}
    if null == 0:
        f["p"], f["log10P"] = fisher(units, hits, side)
    else:
        z = f["statistic"] = statistic(units, hits, null)
        z = abs(z) if side == "both" else -z if side == "lower" else z
        f["p"] = (2 if side == "both" else 1) * normal_upper(z)
        f["log10P"] = (mp.log1p(-normal_upper(-z)) if z < 0 and side != "both"
                       else mp.log(f["p"])) / mp.log(10)
    f["significant"] = bool(f["p"] < alpha)
    f["lower"], f["upper"] = agree(bounds(units, hits, critical), null, d, side, f["significant"])
    relative = ratio_bounds(units, hits, critical)
    if relative is not None:
        if null == 0:
            relative = agree(relative, 0, d, side, f["significant"])
        f["relativeLower"], f["relativeUpper"] = relative
    return f
