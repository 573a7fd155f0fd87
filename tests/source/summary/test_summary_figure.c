/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far printed figures may be off. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "number/number.h"
#include "source/summary/summary_figure.h"
#include "test.h"

START_TEST(slack_is_rounded_up_to_twenty_bits)
{
    for (uint64_t i = 0, seed = 1; i < 100000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        double slack, rest;
        memcpy(&slack, &seed, sizeof slack);
        slack = fabs(slack);
        if (!isnormal(slack) || slack > DBL_MAX / 2)
            continue;
        double got = assay__slack_round_up(slack);
        int exponent;
        double fraction = frexp(slack, &exponent);
        ck_assert(got == ldexp(ceil(fraction * 0x1p20), exponent - 20));
        ck_assert(got >= slack && modf(frexp(got, &exponent) * 0x1p20, &rest) == 0.0);
    }
    ck_assert(assay__slack_round_up(0.0) == 0.0);
    ck_assert(assay__slack_round_up(0.5) == 0.5);
    /* What no double of 20 bits can hold, or is not known, is the largest of them. */
    const double most = 0x1.ffffep1023;
    ck_assert(assay__slack_round_up((double)INFINITY) == most);
    ck_assert(assay__slack_round_up(DBL_MAX) == most);
    ck_assert(assay__slack_round_up((double)NAN) == most);
    ck_assert(assay__slack_round_up(most) == most);
    ck_assert(assay__slack_add(most, 1.0) == most);
    ck_assert(assay__slack_add(0.5 * most, most) == most);
    ck_assert(assay__slack_add(0.25, 0.5) == 0.75);
}
END_TEST

static struct assay__figure figure(const char *text)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal number;
    ck_assert_int_eq(assay__decimal_parse(text, strlen(text), &number, digits), ASSAY__PARSE_OK);
    return assay__figure_of(&number, text, strlen(text), '.');
}

START_TEST(figures_know_how_far_they_may_be_off)
{
    ck_assert(figure("12").value == 12.0 && figure("12").slack == 0.0);
    ck_assert(figure("0.25").value == 0.25);
    ck_assert(figure("0.25").slack >= 0.005 && figure("0.25").slack < 0.0052);
    ck_assert(figure("-1.5e-40").value == -15 * pow(10.0, -41));
    ck_assert(figure("1e30").slack == 0.0);
    /* Powers of ten below 1e-308 have fewer digits; what they make of many digits has not. */
    const double small = figure("9800000000000000000000000000e-326").value;
    ck_assert(fabs(small - 98e-300) <= 1e-15 * 98e-300);
    ck_assert(fabs(figure("123456789012345678e-320").value / 1.23456789012345678e-303 - 1.0) <
              1e-15);
    ck_assert(figure("0.123456789012345678").slack > 1.2e-11);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, slack_is_rounded_up_to_twenty_bits);
    tcase_add_test(cases, figures_know_how_far_they_may_be_off);
}

int main(void)
{
    return test_main("summary_figure", add);
}
