/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Noncentral t. With S = sqrt(chi2(df) / df), P(T > t) is the mean of P(Z > t S - delta). Either
 * tail is that integral over S directly: its integrand is positive, so no digits are lost however
 * small it is, while the usual series lose small tails to cancellation. The peak is found,
 * everything is measured from there (h = s - peak, so df of 1e15 costs nothing), and each piece
 * that is smooth on its own scale is integrated by the rule of dist_tail.c, or by tanh-sinh
 * (Takahasi and Mori 1974) where the power s^(df-1) of few df has its branch point close by.
 */
#include <math.h>
#include <stdbool.h>

#include "assay/dist.h"
#include "stats/dist/normal.h"
#include "stats/dist/tail.h"

static const double delta_most = 1e12, df_most = 0x1p60;
static const double few_df = 50.0;
static const double turn_width = 8.5; /* P(Z > 8.5) is below 2^-53 */
static const double depth = 42.0;     /* the integrand is followed down to e^-42 of its peak */
static const double root_2pi = 2.5066282746310002;
static const double pi = 3.14159265358979324;

struct integrand {
    double df, t, sign; /* sign 1: P(Z > w), w = t s - delta; -1: P(Z <= t s - delta), w negated */
    double peak;        /* reference s */
    double slope;       /* derivative at the peak of -ln of the density of S */
    double w;           /* w at the peak */
    bool normal_base;   /* measured from the normal density at w (w > 0) rather than from 1 */
};

/* minus the derivative of ln P(Z > w) */
static double normal_hazard(double w)
{
    if (w >= 0.0)
        return 1.0 / assay__mills_ratio(w);
    if (w < -38.0) /* exp() would set errno */
        return 0.0;
    return exp(-0.5 * w * w) / (root_2pi * 0.5 * erfc(w * 0.70710678118654752));
}

/*
 * Where the integrand is largest, roughly: the rest of the slope there is part of the exponent.
 * Away from the turn the normal tail is 1, or falls as exp(-w^2/2); from the peak of either,
 * Newton's steps on the slope, halving the bracket where they would leave it.
 */
static double find_peak(const struct integrand *f, double delta)
{
    const double df = f->df, t = f->t;
    double low = 1e-12 / fmax(t, 1.0), high = 1e12, s = sqrt((df - 1.0) / df);
    if (f->sign * (t * s - delta) > 0.0) {
        double total = df + t * t, push = t * delta, root;
        root = sqrt(push * push + 4.0 * total * (df - 1.0));
        s = push > 0.0 ? 0.5 * (push + root) / total : 2.0 * (df - 1.0) / (root - push);
    }
    for (int i = 0; i < 100; i++) {
        s = fmin(fmax(s, low), high);
        double w = f->sign * fma(t, s, -delta), hazard = normal_hazard(w);
        double slope = (df - 1.0) / s - df * s - f->sign * t * hazard;
        double curve = (df - 1.0) / s / s + df + t * t * hazard * (hazard - w);
        if (slope > 0.0)
            low = s;
        else
            high = s;
        if (fabs(slope) <= 1e-3 * sqrt(curve) || high <= low * (1.0 + 1e-15))
            break;
        double next = s + slope / curve;
        s = next > low && next < high ? next : sqrt(low * high);
    }
    return s;
}

/* -ln of the integrand at s = peak + h, less its base, by parts that are each small and exact, but
 * for a factor of the normal tail at *w: Mills's ratio for w > 0, where it is below 1/2, else the
 * tail, which is 1/2 to 1. */
static inline double depth_at(const struct integrand *f, double h, double *w)
{
    double move = f->sign * f->t * h;
    double exponent = f->slope * h + 0.5 * f->df * h * h;
    *w = f->w + move;
    if (f->df > 1.0)
        exponent -= (f->df - 1.0) * assay__log1pmx(h / f->peak);
    if (*w > 0.0)
        return exponent + (f->normal_base ? move * (f->w + 0.5 * move) : 0.5 * *w * *w);
    return exponent - (f->normal_base ? 0.5 * f->w * f->w : 0.0);
}

static double value_of_depth(double exponent, double w)
{
    if (!(exponent < 745.0)) /* exp() would set errno */
        return 0.0;
    double factor =
        w > 0.0 ? assay__mills_ratio(w) / root_2pi : 0.5 * erfc(w * 0.70710678118654752);
    return exp(-exponent) * factor;
}

static double value_at(const struct integrand *f, double h)
{
    double w;
    if (h <= -f->peak) /* s = 0; log1p() would set errno */
        return 0.0;
    double exponent = depth_at(f, h, &w);
    return value_of_depth(exponent, w);
}

/* Whether the integrand is above least = exp(-level): mostly the exponent tells. A factor is above
 * 1/(2.6 (w + 1)), and so above exp(-6) for w < 100. */
static bool is_above(const struct integrand *f, double h, double least, double level)
{
    const double far = 100.0, least_log_factor = -6.0, margin = 1e-3;
    double w;
    if (h <= -f->peak)
        return false;
    double exponent = depth_at(f, h, &w);
    if (level < 700.0 && exponent > level + margin)
        return false;
    if (level < 700.0 && w < far && exponent < level + least_log_factor)
        return true;
    return value_of_depth(exponent, w) > least;
}

/* How far from the peak in one direction the integrand matters, by its value there; at most
 * limit. */
static double reach(const struct integrand *f, double peak_value, double direction, double limit)
{
    double least = peak_value * exp(-depth), level = least > 0.0 ? -log(least) : HUGE_VAL;
    double inside = 0.0, outside = 1.0 / sqrt(f->df + f->t * f->t);
    while (outside < limit && is_above(f, direction * outside, least, level)) {
        inside = outside;
        outside *= 2.0;
    }
    if (outside >= limit)
        outside = limit;
    if (is_above(f, direction * outside, least, level))
        return outside;
    for (int i = 0; i < 6; i++) {
        double middle = 0.5 * (inside + outside);
        if (is_above(f, direction * middle, least, level))
            inside = middle;
        else
            outside = middle;
    }
    return outside;
}

/* For x = 1/16, 2/16, ... 54/16: the distance of both nodes from their ends as a part of the width,
 * e/(1 + e) with e = exp(-pi sinh x), and their weight, pi cosh x e/(1 + e)^2. */
static const double BRANCH[][2] = {
    {0.45103805735608393, 0.77938667776666515},
    {0.40282149833753228, 0.76164185931735273},
    {0.35606003362864203, 0.73300721335848296},
    {0.31139513091798293, 0.69480737962362815},
    {0.26937322803020713, 0.64873787521248882},
    {0.23042664730601614, 0.59673151292457849},
    {0.19486317124968056, 0.54081749274503521},
    {0.1628642538757821, 0.48298828970615054},
    {0.13449098260371928, 0.42508642822831011},
    {0.10969628050839986, 0.3687189241807739},
    {0.088341497246798809, 0.31520256758237175},
    {0.070215470655051695, 0.26553913771402704},
    {0.055054298607869902, 0.22041661813692912},
    {0.042560368367712688, 0.1802307092346718},
    {0.032419571239007669, 0.14512033965622712},
    {0.024316017963626535, 0.11501119725739438},
    {0.017943917888226357, 0.089662206055364166},
    {0.013016565902161279, 0.068711053866583868},
    {0.0092725866613324204, 0.051716077111666474},
    {0.0064797197463115578, 0.038192871785416173},
    {0.0044365037791506004, 0.027644841871120297},
    {0.0029722466842989287, 0.019587502746800389},
    {0.001945667281245731, 0.013566755006856016},
    {0.0012425717713878076, 0.009171583494963928},
    {0.00077289561615113142, 0.0060417717995789781},
    {0.00046740177210707651, 0.0038713005130321188},
    {0.00027428278236269724, 0.0024081490719642324},
    {0.00015586798582339543, 0.0014512588739506564},
    {8.5588963562529199e-05, 0.00084543699907132001},
    {4.5307652428000167e-05, 0.00047497340214173534},
    {2.3064497186019641e-05, 0.00025669691203395188},
    {1.1261403769203559e-05, 0.00013310025687635833},
    {5.2589925907482024e-06, 6.6026170628049986e-05},
    {2.3419793897357848e-06, 3.1241279620372038e-05},
    {9.9142970228396177e-07, 1.4055082163970087e-05},
    {3.97631442643668e-07, 5.9918506815853636e-06},
    {1.5055292369438961e-07, 2.4118591016307714e-06},
    {5.3609193790808997e-08, 9.1316602968553205e-07},
    {1.7880459542328881e-08, 3.2388783017964906e-07},
    {5.5621675590076595e-09, 1.0715602278471506e-07},
    {1.6064004508478815e-09, 3.2917592563591728e-08},
    {4.2864745391083898e-10, 9.3436411343682102e-09},
    {1.0513356888205773e-10, 2.4380030487120374e-09},
    {2.3571775911611344e-11, 5.8155829071279057e-10},
    {4.8030332392542415e-12, 1.2608173959265097e-10},
    {8.839173464193585e-13, 2.4689269388315918e-11},
    {1.4595133205087626e-13, 4.3379657074898198e-12},
    {2.147080527939115e-14, 6.7908921372695274e-13},
    {2.7930583194191148e-15, 9.401035865375326e-14},
    {3.1874392475222058e-16, 1.1417463351306927e-14},
    {3.1641035673415832e-17, 1.206211519215439e-15},
    {2.7076114119036213e-18, 1.0985396181489923e-16},
    {1.9782306697338332e-19, 8.5422663862028899e-18},
    {1.2214686395426108e-20, 5.6137657140907857e-19},
};

/*
 * Tanh-sinh over [from, to]; an end at h = 0 keeps its relative precision. The integrand is
 * log-concave: where the value on one side is less than that on the other, it falls from there to
 * the end of its side. So once it does not count beside the other it need not be computed again.
 */
static double integrate_branch(const struct integrand *f, double from, double to)
{
    const double step = 1.0 / 16, half_pi = 1.57079632679489662, nothing = 0x1p-56;
    const double width = to - from;
    double sum = 0.5 * half_pi * value_at(f, from + 0.5 * width), low = HUGE_VAL, high = HUGE_VAL;
    for (unsigned i = 0; i < sizeof BRANCH / sizeof *BRANCH; i++) {
        double near = width * BRANCH[i][0];
        bool is_known = low < nothing * high;
        if (!is_known)
            low = value_at(f, from + near);
        if (is_known || !(high < nothing * low))
            high = value_at(f, to - near);
        if (is_known && !(low < nothing * high))
            low = value_at(f, from + near);
        sum += BRANCH[i][1] * (low + high);
    }
    return width * step * sum;
}

static double value_of(const void *context, double h)
{
    return value_at(context, h);
}

/* Pieces end at the peak and, if that is sharp, around the turn of the normal tail from 1 to 0. */
static double integrate(const struct integrand *f)
{
    double peak_value = value_at(f, 0.0);
    double low = -reach(f, peak_value, -1.0, f->peak);
    double high = reach(f, peak_value, 1.0, HUGE_VAL);
    double turn = -f->w / (f->sign * f->t), width = turn_width / f->t, sum = 0.0;
    double ends[] = {turn - width, turn, turn + width, 0.0, high};
    int count = sizeof ends / sizeof *ends;
    if (width > 2.0 * (high - low)) { /* smooth on the scale of all */
        ends[0] = 0.0;
        ends[1] = high;
        count = 2;
    }
    for (int i = 3; i > 0 && count > 2 && ends[i] < ends[i - 1]; i--) { /* 0 to its place */
        ends[i] = ends[i - 1];
        ends[i - 1] = 0.0;
    }
    double from = low;
    for (int i = 0; i < count; i++) {
        double to = fmin(ends[i], high);
        if (!(to > from))
            continue;
        /* The power's branch point at s = 0 counts where it is close on the scale of the piece. */
        bool is_close = f->df < few_df && f->peak + from < 0.25 * (to - from);
        sum +=
            is_close ? integrate_branch(f, from, to) : assay__range_integral(value_of, f, from, to);
        from = to;
    }
    return sum;
}

/* slope and w at the peak: differences of large numbers, in pairs; and ln of the density of S
 * at the peak times the base, less the Stirling part: a (2 ln s + 1 - s^2) - w^2 / 2, a = df/2. */
static struct assay__pair measure_peak(struct integrand *f, double delta)
{
    struct assay__pair s = pair_of(f->peak), square = pair_product(f->peak, f->peak);
    struct assay__pair pull = pair_div(pair_of(f->df - 1.0), s);
    f->slope = pair_sub(pair_product(f->df, f->peak), pull).hi;
    struct assay__pair w = pair_add(pair_product(f->t, f->peak), pair_of(-delta));
    f->w = f->sign * w.hi;
    f->normal_base = f->w > 0.0;
    struct assay__pair excess = pair_add(square, pair_of(-1.0));
    struct assay__pair exponent =
        pair_scale(0.5 * f->df, assay__pair_log1pmx(excess, square, pair_of(1.0)));
    if (f->normal_base)
        exponent = pair_sub(exponent, pair_scale(0.5, pair_mul(w, w)));
    return exponent;
}

/* t > 0, all arguments finite and in range. */
static double positive_t_tail(double t, double df, double delta, bool upper)
{
    const double endless = 1e30; /* so far out, the upper tail is exactly a power of t */
    struct integrand f = {.df = df, .t = fmin(t, endless), .sign = upper ? 1.0 : -1.0};
    f.peak = find_peak(&f, delta);
    struct assay__tail tail = {.exponent = measure_peak(&f, delta)};
    if (upper && t > endless) {
        struct assay__pair log_ratio =
            assay__pair_log1p(pair_of(1.0), pair_of(t), pair_of(endless));
        tail.exponent = pair_sub(tail.exponent, pair_scale(df, log_ratio));
    }
    /* The density of S is 2 a^a / Gamma(a) s^(2a-1) e^(-a s^2). */
    double a = 0.5 * df;
    double height = 2.0 / f.peak * sqrt(a / (2.0 * pi)) * exp(-assay__stirling(a));
    tail.mass = height * integrate(&f);
    return fmin(assay__tail_probability(&tail), 1.0);
}

static double nct_tail(double t, double df, double delta, bool upper)
{
    bool endless = df == HUGE_VAL;
    if (isnan(t) || !(endless || (df >= 1.0 && df <= df_most)) || !(fabs(delta) <= delta_most))
        return NAN;
    if (isinf(t))
        return upper == (t > 0.0) ? 0.0 : 1.0;
    if (t < 0.0) { /* -T has noncentrality -delta */
        t = -t;
        delta = -delta;
        upper = !upper;
    }
    if (t < 1e-100 || endless)
        return upper ? assay_normal_upper(t - delta) : assay_normal_lower(t - delta);
    if (delta == 0.0)
        return upper ? assay_t_upper(t, df) : assay_t_lower(t, df);
    return positive_t_tail(t, df, delta, upper);
}

double assay_nct_lower(double t, double df, double delta)
{
    return nct_tail(t, df, delta, false);
}

double assay_nct_upper(double t, double df, double delta)
{
    return nct_tail(t, df, delta, true);
}
