"""Student's t in mpmath for the oracles of this folder: tails, quantiles, power of Welch's test."""
import functools

import mpmath as mp


def normal_upper(z):
    return mp.erfc(z / mp.sqrt(2)) / 2


@functools.lru_cache(None)
def normal_quantile(p):
    """The z with upper tail p."""
    p = mp.mpf(p)
    guess = mp.sqrt(2) * mp.erfinv(1 - 2 * p) if p > 1e-20 else mp.sqrt(
        -2 * mp.log(p) - mp.log(-4 * mp.pi * mp.log(p)))
    return mp.findroot(lambda z: mp.log(normal_upper(z)) - mp.log(p), guess)


def chi_tail(t, df, delta):
    """P(T > t), T noncentral with delta: the normal tail averaged over s = sqrt(chi2 / df)."""
    log_c = mp.log(2) + df / 2 * mp.log(df / 2) - mp.loggamma(df / 2)

    def f(s):
        if s <= 0:
            return mp.mpf(0)
        weight = mp.exp(log_c + (df - 1) * mp.log(s) - df * s * s / 2)
        return weight * mp.erfc((t * s - delta) / mp.sqrt(2)) / 2
    sd = 1 / mp.sqrt(2 * df)
    low, high = max(mp.mpf(0), 1 - 14 * sd), 1 + 16 * sd
    points = [low + (high - low) * k / 12 for k in range(13)]
    if low == 0 and df < 4:
        points = [mp.mpf(0)] + [mp.mpf(2) ** -k for k in range(10, 0, -1)] + points[3:]
        points = sorted(set(points))
    return mp.quad(f, points)


@functools.lru_cache(None)
def t_upper(t, df):
    """By the series of the incomplete beta function at the smaller of its two arguments."""
    if t < 0:
        return 1 - t_upper(-t, df)
    square, half = t * t, mp.mpf(1) / 2
    if square > df:
        return tail_by_series(df / 2, half, df / (df + square)) / 2
    with mp.workdps(mp.mp.dps + 10 + int(square / 4)):
        return half - central_by_series(df / 2, square / (df + square)) / 2


def tail_by_series(a, b, x):
    """I_x(a, b): x^a / B(a, b) times the sum of (1 - b)_k / (k! (a + k)) x^k."""
    term, total, k = mp.mpf(1), 1 / a, 0
    while term > mp.eps * total * a:
        k += 1
        term *= (k - b) / k * x
        total += term / (a + k)
    return mp.exp(a * mp.log(x) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)) * total


def central_by_series(b, y):
    """I_y(1/2, b): 2 sqrt(y) (1 - y)^b / B(1/2, b) times the sum of (b + 1/2)_k / (3/2)_k y^k."""
    half, term, total, k = mp.mpf(1) / 2, mp.mpf(1), mp.mpf(1), 0
    while term > mp.eps * total:
        term *= (b + half + k) / (3 * half + k) * y
        total += term
        k += 1
    return 2 * total * mp.exp(mp.log(y) / 2 + b * mp.log1p(-y) - mp.loggamma(half) - mp.loggamma(b)
                              + mp.loggamma(b + half)) if y > 0 else mp.mpf(0)


def gamma_upper(s, x):
    """Upper tail of a gamma distribution of shape s, from the series of the lower one."""
    with mp.workdps(mp.mp.dps + 40):
        term, total, k = mp.mpf(1), mp.mpf(1), 0
        while term > mp.eps * total:
            k += 1
            term *= x / (s + k)
            total += term
        return 1 - total * mp.exp(s * mp.log(x) - x - mp.loggamma(s + 1))


@functools.lru_cache(None)
def t_quantile(p, df):
    """The t with upper tail p, by Newton's steps on log p from the normal quantile."""
    z = normal_quantile(p)
    t = z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df ** 2)
    for _ in range(30):
        density = mp.exp(mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df * mp.pi) / 2
                         - (df + 1) / 2 * mp.log1p(t * t / df))
        tail = t_upper(t, df)
        step = mp.log(tail / p) * tail / density
        t += step
        if abs(step) < abs(t) * mp.mpf(10) ** -25:
            break
    return t


def welch_df(parts, dfs):
    """(sum of squared errors)^2 over the sum of their squares by degrees of freedom."""
    below = sum(e * e / f for e, f in zip(parts, dfs) if e != 0)
    return sum(parts) ** 2 / below if below else None


def welch_power(tail, v_c, v_t, n_c, n_t, distance):
    """To 25 digits: the integral is the slow part of sizes."""
    with mp.workdps(28):
        a, b = v_c / n_c, v_t / n_t
        df = welch_df([a, b], [mp.mpf(n_c) - 1, mp.mpf(n_t) - 1])
        return chi_tail(t_quantile(tail, df), df, distance / mp.sqrt(a + b))
