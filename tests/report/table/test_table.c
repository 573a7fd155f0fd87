/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables against golden files, and what must hold for every table: width, no control bytes, no
 * trailing blanks. ASSAY_GOLDEN=1 writes the golden files anew (`make golden`); review the diff.
 */
#include "test.h"

#include "report/table/interval_plot.h"
#include "report/table/terminal.h"
#include "sample_analysis.h"

static struct sample sample;

static char *write_table_of(const struct assay_analysis *analysis,
                            const struct assay_write_options *options)
{
    struct assay_error err;
    char *text;
    assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_TABLE, options, &text, NULL, &err), &err);
    return text;
}

static char *write_table(const struct assay_write_options *options)
{
    return write_table_of(sample_analysis(&sample), options);
}

static const struct {
    const char *path;
    struct assay_write_options options;
} TABLES[] = {
    {"tests/golden/table-80-ascii.txt", {.width = 80, .slices = true}},
    {"tests/golden/table-80-unicode.txt", {.width = 80, .unicode = true}},
    {"tests/golden/table-120-unicode-looks.txt",
     {.width = 120, .unicode = true, .all_looks = true, .slices = true, .interval = 0.95}},
    {"tests/golden/table-80-color.txt",
     {.width = 80, .unicode = true, .color = true, .slices = true, .slices_max = 2}},
    {"tests/golden/table-80-brief.txt", {.width = 80, .brief = true}},
};

START_TEST(tables_are_the_golden_ones)
{
    char *text = write_table(&TABLES[_i].options);
    if (getenv("ASSAY_GOLDEN") != NULL)
        test_write_file(TABLES[_i].path, text, strlen(text));
    char *golden = test_read_file(TABLES[_i].path, NULL);
    ck_assert_str_eq(text, golden);
    free(golden);
    free(text);
}
END_TEST

START_TEST(tables_keep_their_width_and_hold_no_control_bytes)
{
    static const int widths[] = {60, 72, 80, 100, 120, 200};
    for (size_t i = 0; i < 2 * sizeof widths / sizeof *widths; i++) {
        struct assay_write_options options = {
            .width = widths[i / 2], .unicode = i % 2 == 1, .slices = true, .interval = 0.9};
        char *text = write_table(&options);
        for (char *line = text; *line != '\0';) {
            char *end = strchr(line, '\n');
            ck_assert_ptr_nonnull(end);
            *end = '\0';
            for (const char *c = line; *c != '\0'; c++)
                ck_assert_msg((unsigned char)*c >= 0x20 && *c != 0x7f, "%s", line);
            ck_assert_msg(end == line || end[-1] != ' ', "blanks end '%s'", line);
            /* figures are never cut, so below 80 columns they may stand out */
            if (options.width >= 80)
                ck_assert_msg(assay__page_width(line) <= options.width, "%s", line);
            line = end + 1;
        }
        free(text);
    }
}
END_TEST

/* Levels of many digits stand in the heading whole, and apart from what is left of them. */
START_TEST(levels_are_never_cut_nor_rounded_to_100)
{
    static const int widths[] = {60, 80, 100, 140};
    static const struct {
        double alpha;
        const char *title;
    } CASES[] = {{0.05, " change 95 % interval\n"},
                 {0.0333333, " change 96.667 % interval\n"},
                 {0.00004, " change 99.996 % interval\n"},
                 {1e-6, " change 99.9999 % interval\n"},
                 {1e-9, " change 99.9999999 % interval\n"}};
    const struct assay_analysis *analysis = sample_analysis(&sample);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (size_t k = 0; k < 2 * sizeof widths / sizeof *widths; k++) {
            struct assay_write_options options = {.width = widths[k / 2], .unicode = k % 2 == 1};
            for (size_t r = 0; r < analysis->result_count; r++) {
                bool is_two_sided = sample.results[r].side == ASSAY_SIDE_BOTH;
                sample.results[r].alpha = CASES[i].alpha / (is_two_sided ? 1.0 : 2.0);
            }
            char *text = write_table_of(analysis, &options);
            size_t count = 0;
            for (const char *at = text; (at = strstr(at, CASES[i].title)) != NULL; at++)
                count++;
            ck_assert_msg(count == analysis->plan->metric_count, "%zu with%s%.900s", count,
                          CASES[i].title, strstr(text, "RESULTS"));
            free(text);
        }
}
END_TEST

START_TEST(ascii_tables_draw_with_ascii)
{
    struct assay_write_options options = {.width = 80};
    char *text = write_table(&options);
    static const char *const glyphs[] = {"\xE2\x94", "\xE2\x97", "\xE2\x80"};
    for (size_t i = 0; i < 3; i++)
        ck_assert_ptr_null(strstr(text, glyphs[i]));
    ck_assert_ptr_nonnull(strstr(text, "--o--"));
    free(text);
}
END_TEST

/* Without its escape sequences a coloured table is the plain one: colour only adds. */
START_TEST(colour_only_adds)
{
    struct assay_write_options options = {.width = 80, .unicode = true};
    char *plain = write_table(&options);
    options.color = true;
    char *color = write_table(&options);
    char *to = color;
    size_t escapes = 0;
    for (const char *from = color; *from != '\0'; from++) {
        if (*from == '\x1b') {
            from = strchr(from, 'm');
            ck_assert_ptr_nonnull(from);
            escapes++;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    ck_assert_uint_gt(escapes, 20);
    ck_assert_str_eq(color, plain);
    free(plain);
    free(color);
}
END_TEST

static void assert_cell(const char *text, int width, bool unicode, const char *wanted)
{
    struct assay__text out = {0};
    struct assay__page page = {.out = &out, .width = 80, .unicode = unicode};
    assay__page_cell(&page, text, width, ASSAY__ALIGN_LEFT, true, ASSAY__INK_PLAIN);
    ck_assert_str_eq(out.data, wanted);
    assay__text_release(&out);
}

START_TEST(names_are_cut_in_the_middle_by_columns)
{
    assert_cell("short", 8, true, "short   ");
    assert_cell("checkout_button_variant_b", 12, true,
                "checko\xE2\x80\xA6"
                "ant_b");
    assert_cell("checkout_button_variant_b", 12, false, "check..ant_b");
    assert_cell("\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97\xe7\xac\xa6", 8, true,
                "\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97\xe7\xac\xa6");
    assert_cell("\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97\xe7\xac\xa6", 6, true,
                "\xe4\xb8\xad\xE2\x80\xA6\xe7\xac\xa6 "); /* two columns each: one stays free */
    assert_cell("e\xcc\x81"
                "e\xcc\x81",
                4, true,
                "e\xcc\x81"
                "e\xcc\x81  "); /* combining */
    assert_cell("a\tb\xff\x1b[0m", 20, true, "a\\tb\xef\xbf\xbd\\x1b[0m        ");
    assert_cell("x\xe2\x80\xae"
                "evil",
                20, true, "x\\u202eevil         ");
}
END_TEST

static void assert_fixed(double value, int decimals, bool sign, const char *wanted)
{
    char out[ASSAY__FIGURE_BYTES];
    assay__figure_fixed(value, decimals, sign, out);
    ck_assert_str_eq(out, wanted);
}

START_TEST(figures_have_the_decimals_they_deserve)
{
    ck_assert_int_eq(assay__figure_decimals(0.0071, 0.0766, 2), 4);
    ck_assert_int_eq(assay__figure_decimals(8.2, 72.1, 2), 1);
    ck_assert_int_eq(assay__figure_decimals(123, 72.1, 2), 0);
    ck_assert_int_eq(assay__figure_decimals(1e-9, 72.1, 2), -1);
    ck_assert_int_eq(assay__figure_decimals((double)NAN, 0.1234, 2), 3);
    ck_assert_int_eq(assay__figure_apart(0.03, 52, 0.0, 0), 2);
    ck_assert_int_eq(assay__figure_apart(-0.7, 0.3, 0.0, 0), 1);
    ck_assert_int_eq(assay__figure_apart(0.0, 52, 0.0, 0), 0);
    ck_assert_int_eq(assay__figure_apart(-9.9, 52, -10.0, 0), 1);
    ck_assert_int_eq(assay__figure_apart(-10.0, 52, -10.0, 0), 0);
    ck_assert_int_eq(assay__figure_apart(1e-9, 52, 0.0, 1), 3);
    ck_assert_int_eq(assay__figure_apart(1e-9, 2e-9, 0.0, -1), -1);
    ck_assert_int_eq(assay__figure_apart((double)NAN, 0.4, 0.0, 0), 1);
    assert_fixed(0.07659, 4, true, "+0.0766");
    assert_fixed(-0.00004, 4, true, "0.0000");
    assert_fixed(-1.05, 1, true, "-1.1");
    assert_fixed(12345.678, 0, false, "12346");
    assert_fixed((double)NAN, 2, true, "-");
    assert_fixed(1.25e-9, -1, true, "+1.25e-9");
    char out[ASSAY__FIGURE_BYTES];
    assay__figure_count(1234567, out);
    ck_assert_str_eq(out, "1,234,567");
    assay__figure_count(999, out);
    ck_assert_str_eq(out, "999");
}
END_TEST

START_TEST(p_values_never_underflow)
{
    char out[ASSAY__FIGURE_BYTES];
    assay__figure_p(0.90349, -0.044, out);
    ck_assert_str_eq(out, "0.9035");
    assay__figure_p(0.000123, -3.9101, out);
    ck_assert_str_eq(out, "1.2e-4");
    assay__figure_p(0.0, -12345.25, out);
    ck_assert_str_eq(out, "5.6e-12346");
    assay__figure_p(9.99e-5, log10(9.99e-5), out);
    ck_assert_str_eq(out, "1.0e-4");
    assay__figure_p((double)NAN, (double)NAN, out);
    ck_assert_str_eq(out, "-");
}
END_TEST

static void assert_drawn(const struct assay__axis *axis, struct assay__drawn drawn,
                         const char *wanted)
{
    struct assay__text out = {0};
    struct assay__page page = {.out = &out, .width = 80};
    assay__axis_draw(&page, axis, &drawn, ASSAY__INK_PLAIN);
    ck_assert_str_eq(out.data, wanted);
    assay__text_release(&out);
}

START_TEST(intervals_are_drawn_to_scale)
{
    const double none = (double)NAN;
    const struct assay__axis axis = {.low = -5, .high = 5, .columns = 11};
    assert_drawn(&axis, (struct assay__drawn){1, 3, 5, none}, "     |(-o-)");
    assert_drawn(&axis, (struct assay__drawn){-2, 1, 4, none}, "   (-+o--) ");
    assert_drawn(&axis, (struct assay__drawn){-2, 1, 4, -4}, " : (-+o--) ");
    assert_drawn(&axis, (struct assay__drawn){-2, 1, 4, 3}, "   (-+o-+) ");
    assert_drawn(&axis, (struct assay__drawn){-50, 0, 50, none}, "<----o---->");
    assert_drawn(&axis, (struct assay__drawn){none, 2, none, none}, "     | o   ");
    assert_drawn(&axis, (struct assay__drawn){none, none, none, none}, "     |     ");
}
END_TEST

START_TEST(one_wide_interval_does_not_squeeze_the_others)
{
    const double none = (double)NAN;
    struct assay__drawn drawn[] = {{-1000, 0, 1000, none}, {1, 2, 3, none}, {1, 2, 3.5, none}};
    struct assay__axis axis = assay__axis_fit(drawn, 3, 20);
    assert_close(axis.low, 0, 0);
    assert_close(axis.high, 3.5, 0);
    ck_assert_int_eq(axis.columns, 20);
}
END_TEST

/* Values of a dimension beyond the largest are gathered, and counted. */
START_TEST(small_slices_are_gathered)
{
    struct assay_write_options options = {.width = 100, .slices = true, .slices_max = 1};
    struct assay_analysis *analysis = sample_analysis(&sample);
    for (uint32_t g = 0; g < analysis->group_count; g++)
        sample.units[3 * analysis->group_count + g] = 100000;
    char *text = write_table_of(analysis, &options);
    ck_assert_ptr_nonnull(strstr(text, "Web  "));
    ck_assert_ptr_null(strstr(text, "(empty)"));
    ck_assert_ptr_nonnull(strstr(text, "(other)"));
    ck_assert_ptr_nonnull(strstr(text, "2 values: 2 higher, 0 lower"));
    free(text);
}
END_TEST

/* Names that are cut keep what tells them apart. */
START_TEST(names_that_are_cut_stay_distinct)
{
    struct assay_write_options options = {.width = 80, .slices = true};
    struct assay_analysis *analysis = sample_analysis(&sample);
    sample.slices[1].value = "The Free and Hanseatic City of 0001, Germany, Europe, World";
    sample.slices[2].value = "The Free and Hanseatic City of 0002, Germany, Europe, World";
    sample.slices[3].value = "The Free and Hanseatic City of 0003, Germany, Europe, World";
    char *text = write_table_of(analysis, &options);
    for (int i = 1; i <= 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "000%d..", i);
        ck_assert_msg(strstr(text, name) != NULL, "%s", name);
    }
    free(text);
}
END_TEST

static const char *hint_of(const char *kind)
{
    return strcmp(kind, "skewed") == 0 ? "turn it round" : NULL;
}

/* Remarks of one kind are one, with the caller's remedy. */
START_TEST(notes_of_one_kind_are_one_line_with_the_remedy)
{
    struct assay_write_options options = {.width = 200, .hint = hint_of};
    struct assay_analysis *analysis = sample_analysis(&sample);
    static const char *const kinds[] = {"skewed", "fewUnits", "skewed"};
    for (size_t i = 0; i < 3; i++)
        sample.annotations[i] = (struct assay_annotation){.level = ASSAY_NOTE_WARNING,
                                                          .metric = (int32_t)i,
                                                          .text = "In 3 slices: As it is.",
                                                          .kind = kinds[i],
                                                          .comparisons = 2,
                                                          .slices = i == 2 ? 5 : 0,
                                                          .sentence = "As it is.",
                                                          .remedy = "wait"};
    char *text = write_table_of(analysis, &options);
    ck_assert_ptr_nonnull(strstr(text, "visit, returns, in 4 comparisons and 5 slices: As it is. "
                                       "Remedy: turn it round.\n"));
    ck_assert_ptr_nonnull(strstr(text, "spend, in 2 comparisons: As it is. Remedy: wait.\n"));
    ck_assert_ptr_null(strstr(text, "In 3 slices"));
    free(text);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, small_slices_are_gathered);
    tcase_add_test(cases, names_that_are_cut_stay_distinct);
    tcase_add_test(cases, notes_of_one_kind_are_one_line_with_the_remedy);
    tcase_add_loop_test(cases, tables_are_the_golden_ones, 0,
                        (int)(sizeof TABLES / sizeof *TABLES));
    tcase_add_test(cases, tables_keep_their_width_and_hold_no_control_bytes);
    tcase_add_test(cases, levels_are_never_cut_nor_rounded_to_100);
    tcase_add_test(cases, ascii_tables_draw_with_ascii);
    tcase_add_test(cases, colour_only_adds);
    tcase_add_test(cases, names_are_cut_in_the_middle_by_columns);
    tcase_add_test(cases, figures_have_the_decimals_they_deserve);
    tcase_add_test(cases, p_values_never_underflow);
    tcase_add_test(cases, intervals_are_drawn_to_scale);
    tcase_add_test(cases, one_wide_interval_does_not_squeeze_the_others);
}

int main(void)
{
    return test_main("table", add);
}
