/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of CSV tables: which are quoted, and what stands in the quotes. */
#include "test.h"

#include "base/csv_quote.h"

static const struct cell {
    const char *text, *also, *want;
} CELLS[] = {
    {"", NULL, ""},
    {"plain text", NULL, "plain text"},
    {"a,b", NULL, "\"a,b\""},
    {"say \"a\"", NULL, "\"say \"\"a\"\"\""},
    {"two\nlines", NULL, "\"two\nlines\""},
    {"mac\r", NULL, "\"mac\r\""},
    {" before", NULL, "\" before\""},
    {"behind ", NULL, "\"behind \""},
    {" ", NULL, "\" \""},
    {"a;b", NULL, "a;b"},
    {"a;b", ";|\t", "\"a;b\""},
    {"a|b", ";|\t", "\"a|b\""},
    {"a\tb", ";|\t", "\"a\tb\""},
    {"\xC3\xA9", NULL, "\xC3\xA9"},
    {"a\xFFz", NULL, "a\xEF\xBF\xBDz"},
};

START_TEST(a_cell_is_quoted_when_it_must_be)
{
    const struct cell *cell = &CELLS[_i];
    struct assay__text out = {0};
    assay__csv_quote(&out, cell->text, cell->also);
    assay__text_putc(&out, '\0');
    ck_assert(!out.failed);
    ck_assert_str_eq(out.data, cell->want);
    assay__text_release(&out);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, a_cell_is_quoted_when_it_must_be, 0, sizeof CELLS / sizeof *CELLS);
}

int main(void)
{
    return test_main("csv_quote", add);
}
