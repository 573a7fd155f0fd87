/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "base/time.h"

START_TEST(time_parse_reads_every_documented_form)
{
    static const struct {
        const char *text;
        int64_t ns;
    } CASES[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-23T10:15:30.25Z", 1795428930250000000},
        {"2026-11-23t10:15:30z", 1795428930000000000},
        {"2026-11-23 10:15:30", 1795428930000000000},
        {"2026-11-23 10:15:30 UTC", 1795428930000000000},
        {"2026-11-23T12:15:30+02:00", 1795428930000000000},
        {"2026-11-23T12:15:30+0200", 1795428930000000000},
        {"2026-11-23 12:15:30.5+02", 1795428930500000000},
        {"2026-11-23T03:45:30-06:30", 1795428930000000000},
        {"2026-11-23T10:15", 1795428900000000000},
        {"2026-11-23", 1795392000000000000},
        {"2026-11-23T10:15:30.1234567899Z", 1795428930123456789},
        {"1969-12-31T23:59:59.999999999Z", -1},
        {"2000-02-29", 951782400000000000},
        {"2016-12-31T23:59:60Z", 1483228799000000000},
        {"2017-01-01T01:59:60.5+02:00", 1483228799500000000},
        {"1678-01-01", -9214560000000000000},
        {"2261-12-31T23:59:59Z", 9214646399000000000},
        {"999999999", 999999999000000000},
        {"1795428930", 1795428930000000000},
        {"1795428930250", 1795428930250000000},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t ns = 42;
        ck_assert_msg(assay__time_parse(CASES[i].text, strlen(CASES[i].text), &ns), "%s",
                      CASES[i].text);
        ck_assert_msg(ns == CASES[i].ns, "%s is %lld", CASES[i].text, (long long)ns);
    }
}
END_TEST

/* The quick way takes what the usual way takes with a fraction of 0, but for leap seconds. */
START_TEST(time_parse_written_reads_as_all_others)
{
    static const char LETTERS[] = "00112233456789-:TZ/ .";
    uint32_t taken = 0;
    for (uint64_t i = 0, seed = 1; i < 200000; i++) {
        char text[24] = "2026-11-23T10:15:30Z", longer[48], again[ASSAY__TIME_BYTES];
        for (uint64_t n = i % 5; n > 0; n--) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[(seed >> 33) % 20] = LETTERS[(seed >> 40) % (sizeof LETTERS - 1)];
        }
        snprintf(longer, sizeof longer, "%.19s.0%s", text, text + 19);
        int64_t quick = 1, usual = 2;
        bool is_written = assay__time_parse_written(text, 20, &quick);
        bool is_time = assay__time_parse(longer, 22, &usual) && text[10] == 'T' &&
                       text[19] == 'Z' && memcmp(text + 17, "60", 2) != 0;
        ck_assert_msg(is_written == is_time, "%s", text);
        if (!is_written)
            continue;
        taken++;
        ck_assert_int_eq(quick, usual);
        ck_assert_uint_eq(assay__time_write(quick, again), 20);
        ck_assert_str_eq(again, text);
    }
    ck_assert_uint_gt(taken, 40000);
    int64_t ns;
    ck_assert(!assay__time_parse_written("2026-11-23T10:15:30", 19, &ns));
    ck_assert(!assay__time_parse_written("2026-11-23T10:15:30.Z", 21, &ns));
}
END_TEST

START_TEST(time_parse_refuses_what_is_no_instant)
{
    /* clang-format off */
    static const char *const WRONG[] = {
        "",           "now",        "12345678",   "123456789012345", "2026-13-01", "2026-00-01",
        "2026-02-29", "2100-02-29", "2026-04-31", "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z",
        "2026-11-23T10:15:61Z", "2026-11-23T10:15:60Z", "2026-11-23T10:15:30.Z",
        "2026-11-23T10:15:30+25:00", "2026-11-23T10:15:30+02:", "2026-11-23T10:15:30 ",
        "1677-12-31", "2262-01-01", "23/11/2026", "2026-11-23T", "2026-1-23", "-1795428930",
        "20261123",   "2026-11-23T10:15:30ZZ", "2026-11-23T10", "99999999999"};
    /* clang-format on */
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        int64_t ns;
        ck_assert_msg(!assay__time_parse(WRONG[i], strlen(WRONG[i]), &ns), "%s", WRONG[i]);
    }
}
END_TEST

START_TEST(time_write_uses_as_many_digits_as_needed)
{
    static const struct {
        int64_t ns;
        const char *text;
    } CASES[] = {
        {0, "1970-01-01T00:00:00Z"},
        {1795428930250000000, "2026-11-23T10:15:30.250Z"},
        {1795428930250001000, "2026-11-23T10:15:30.250001Z"},
        {-1, "1969-12-31T23:59:59.999999999Z"},
        {-9214560000000000000, "1678-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[ASSAY__TIME_BYTES];
        ck_assert_uint_eq(assay__time_write(CASES[i].ns, text), strlen(CASES[i].text));
        ck_assert_str_eq(text, CASES[i].text);
    }
}
END_TEST

START_TEST(time_written_reads_back_equal)
{
    uint64_t state = 7;
    for (int i = 0; i < 100000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        int64_t ns = (int64_t)(state >> 1) - INT64_MAX / 2;
        char text[ASSAY__TIME_BYTES];
        size_t length = assay__time_write(ns, text);
        int64_t back;
        ck_assert_msg(assay__time_parse(text, length, &back) && back == ns, "%s", text);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, time_parse_reads_every_documented_form);
    tcase_add_test(cases, time_parse_written_reads_as_all_others);
    tcase_add_test(cases, time_parse_refuses_what_is_no_instant);
    tcase_add_test(cases, time_write_uses_as_many_digits_as_needed);
    tcase_add_test(cases, time_written_reads_back_equal);
}

int main(void)
{
    return test_main("time", add);
}
