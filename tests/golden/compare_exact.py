"""What a comparison should give, at 60 digits (shared by compare.py and compare_data.py).

Written from the formulas of the documentation. Inputs are Fractions, everything from the first square root
on is mpmath. Debian packages: python3-mpmath, python3-scipy (starting values of quantiles only).
"""
import mpmath as mp
import scipy.stats

import dist

mp.mp.dps = 60

COLUMNS = """estimate_c estimate_t se_c se_t raw_c raw_t raw_se_c raw_se_t skew_c skew_t difference se df
statistic critical lower upper p log10_p significant relative fieller_kind fieller_lower fieller_upper
delta_se delta_lower delta_upper log_lower log_upper scaled_lower scaled_upper rate dropped tail_lower
tail_upper slopes_c slopes_t""".split()


def real(x):
    return mp.mpf(x.numerator) / mp.mpf(x.denominator)


def upper(x, df):
    """P(T > x); df None is the normal distribution."""
    if df is None:
        return dist.normal(x)
    if x < 0:
        return 1 - upper(-x, df)
    if x * x > df / 50:  # the continued fraction converges fast here, quadrature would not
        return dist.beta_lower(df / 2, mp.mpf(1) / 2, df / (df + x * x), x * x / (df + x * x)) / 2
    return dist.student(x, df)


def density(x, df):
    if df is None:
        return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)
    log = mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df * mp.pi) / 2
    return mp.exp(log - (df + 1) / 2 * mp.log1p(x * x / df))


def quantile(tail, df):
    x = mp.mpf(float(scipy.stats.norm.isf(float(tail)) if df is None
                     else scipy.stats.t.isf(float(tail), float(df))))
    for _ in range(20):
        step = (upper(x, df) - tail) / density(x, df)
        x += step
        if abs(step) < abs(x) * mp.mpf(10) ** -40:
            return x
    raise ArithmeticError("no quantile")


def relative(c, t, vc, vt, cov, q):
    """All relative figures at the critical value q."""
    d, vd = t - c, vc + vt - 2 * cov
    f = {"relative": d / c}
    # (t - rho c)^2 <= q^2 (V_t - 2 rho cov + rho^2 V_c), solved for rho
    a2, a1, a0 = c * c - q * q * vc, -2 * (t * c - q * q * cov), t * t - q * q * vt
    disc = a1 * a1 - 4 * a2 * a0
    if disc < 0:
        f["fieller_kind"] = 3
    else:
        f["fieller_kind"] = 1 if a2 > 0 else 2
        roots = sorted([(-a1 - mp.sqrt(disc)) / (2 * a2), (-a1 + mp.sqrt(disc)) / (2 * a2)])
        f["fieller_lower"], f["fieller_upper"] = roots[0] - 1, roots[1] - 1
    se = mp.sqrt(vt / c ** 2 + t * t * vc / c ** 4 - 2 * t * cov / c ** 3)
    f["delta_se"], f["delta_lower"], f["delta_upper"] = se, d / c - q * se, d / c + q * se
    if c * t > 0:
        se = mp.sqrt(vt / t ** 2 + vc / c ** 2 - 2 * cov / (t * c))
        f["log_lower"] = mp.expm1(mp.log(t / c) - q * se)
        f["log_upper"] = mp.expm1(mp.log(t / c) + q * se)
    f["scaled_lower"], f["scaled_upper"] = sorted([(d - q * mp.sqrt(vd)) / c,
                                                   (d + q * mp.sqrt(vd)) / c])
    return f


def compare(value, error2, cov, welch, method):
    """The figures of a difference. value, error2: [baseline, compared], mpf; welch: [(e2, f), ...]."""
    c, t = value
    d, se = t - c, mp.sqrt(error2[0] + error2[1] - 2 * cov)
    df = None
    if method["test"] == "t":
        df = sum(e for e, _ in welch) ** 2 / sum(e * e / f for e, f in welch if e > 0)
    side, alpha = method["side"], mp.mpf(method["alpha"])
    q = quantile(alpha / 2 if side == "both" else alpha, df)
    stat = (d - mp.mpf(method["null"])) / se
    x = {"upper": stat, "lower": -stat, "both": abs(stat)}[side]
    tail = upper(x, df)
    p = 2 * tail if side == "both" else tail
    log_p = mp.log1p(-upper(-x, df)) if x < 0 else mp.log(p)
    f = {"difference": d, "se": se, "df": df, "statistic": stat, "critical": q,
         "lower": d - q * se, "upper": d + q * se, "p": p, "log10_p": log_p / mp.log(10),
         "significant": int(p < alpha)}
    if c != 0:
        f.update(relative(c, t, error2[0], error2[1], cov, q))
    return f


def tails(third, error2, method):
    """third: [m3_c/n_c^2, m3_t/n_t^2]; error2 of the raw estimates."""
    alpha = mp.mpf(method["alpha"]) / (2 if method["side"] == "both" else 1)
    z = quantile(alpha, None)
    a = (third[1] - third[0]) / mp.sqrt(error2[0] + error2[1]) ** 3
    shift = a * (2 * z * z + 1) / 6 * density(z, None)
    return {"tail_lower": max(mp.mpf(0), alpha + shift), "tail_upper": max(mp.mpf(0), alpha - shift)}


def sensitive(f, again):
    """How far the bounds move, of their scale, when the critical value moves by 1e-6 of itself."""
    worst = mp.mpf(0)
    for kind in ("", "fieller_", "delta_", "log_", "scaled_"):
        low, high = f.get(kind + "lower"), f.get(kind + "upper")
        if low is None:
            continue
        for name, bound in ((kind + "lower", low), (kind + "upper", high)):
            if name not in again:
                return mp.inf
            worst = max(worst, abs(again[name] - bound) / max(abs(bound), abs(high - low) / 2))
    return worst / mp.mpf("1e-6")


def well_conditioned(value, error2, cov, f):
    """A critical value good to an ulp determines every bound to 1e-14 of its scale."""
    if "relative" not in f:
        return True
    again = relative(value[0], value[1], error2[0], error2[1], cov, f["critical"] * (1 + mp.mpf("1e-6")))
    return sensitive({k: v for k, v in f.items() if k in again}, again) < 50


def text(v):
    if v is None:
        return "nan"
    if isinstance(v, (int, str)):
        return str(v)
    if abs(v) > mp.mpf("1.797693134862315e308"):
        return "nan"
    return mp.nstr(v, 34)


def row(f):
    return [text(f.get(name)) for name in COLUMNS]
