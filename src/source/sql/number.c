/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the text of a column to an exact number, and from instants to looks. Nothing is rounded:
 * where numbers have so and so many digits, a regular expression lets only those through, and the
 * others are counted as unfit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "source/sql/layout.h"
#include "source/units/look_ends.h"

static const char ANY_NUMBER[] = "^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,3})?$";
/* As doubles are printed. No two numbers of 15 digits are one double: what is equal as doubles is
 * equal. */
static const char SCIENTIFIC[] = "^[-+]?[0-9]([.][0-9]{1,14})?[eE][-+]?[0-9]{1,2}$";
static const char CHOICE[] = "^(([+]?0*[01]|-0+)([.]0*)?|[-+]?[.]0+)$";

uint32_t assay__sql_read(struct assay__sql *sql, uint32_t source, uint32_t cell,
                         enum assay__sql_read_kind kind)
{
    for (uint32_t i = 0; i < sql->read_count; i++)
        if (sql->reads[i].source == source && sql->reads[i].cell == cell &&
            sql->reads[i].kind == kind)
            return i;
    if (sql->read_count == sql->read_capacity) {
        uint32_t capacity = sql->read_capacity * 2 + 16;
        struct assay__sql_read *reads = assay__arena_array(&sql->arena, capacity, sizeof *reads);
        if (reads == NULL) {
            assay__sql_fail(sql, ASSAY_ERROR_MEMORY, "Memory ran out.");
            return 0;
        }
        if (sql->read_count > 0)
            memcpy(reads, sql->reads, sql->read_count * sizeof *reads);
        sql->reads = reads;
        sql->read_capacity = capacity;
    }
    sql->reads[sql->read_count] = (struct assay__sql_read){source, cell, kind};
    return sql->read_count++;
}

unsigned assay__sql_scale(const struct assay__sql *sql, enum assay__sql_read_kind kind)
{
    bool is_choice = kind == ASSAY__SQL_READ_CHOICE || kind == ASSAY__SQL_READ_FILTER_CHOICE;
    return is_choice ? 0 : sql->scale;
}

const char *assay__sql_power(struct assay__sql *sql, unsigned n)
{
    static const char ZEROS[] = "0000000000000000000000000000000000000000";
    return assay__sql_format(sql, "1%.*s", (int)n, ZEROS);
}

const char *assay__sql_whole(struct assay__sql *sql, const char *digits)
{
    return assay__sql_fill(sql, sql->dialect->literal, digits, "", "");
}

static const char *matches(struct assay__sql *sql, const char *text, const char *pattern)
{
    const char *whole = assay__sql_format(sql, "%s%s", pattern, sql->dialect->very_end);
    return assay__sql_fill(sql, sql->dialect->matches, text, assay__sql_literal(sql, whole), "");
}

/* The pattern of numbers that fit the digits there are; zeros at either end take none. */
static const char *fitting_pattern(struct assay__sql *sql, unsigned scale)
{
    unsigned whole = sql->value_digits - scale;
    if (scale == 0)
        return assay__sql_format(sql, "^[-+]?0*[0-9]{1,%u}([.]0*)?$", whole);
    return assay__sql_format(sql, "^[-+]?0*([0-9]{1,%u}([.][0-9]{0,%u}0*)?|[.][0-9]{1,%u}0*)$",
                             whole, scale, scale);
}

static const char *scaled(struct assay__sql *sql, const char *text, unsigned scale)
{
    return assay__sql_fill(sql, sql->dialect->whole, text, assay__sql_format(sql, "%u", scale),
                           assay__sql_power(sql, scale));
}

/*
 * Whether a number in scientific notation, as long as a double's, fits: it does when the double
 * nearest to what is left of it is still the same.
 */
static const char *scientific_fits(struct assay__sql *sql, const char *text, unsigned scale)
{
    const char *cell =
        assay__sql_format(sql, "case when %s then %s end", matches(sql, text, SCIENTIFIC), text);
    const char *value = assay__sql_fill(sql, sql->dialect->as_double, cell, "", "");
    const char *left =
        assay__sql_fill(sql, sql->dialect->as_double, scaled(sql, cell, scale), "", "");
    return assay__sql_format(sql, "abs(%s) < 1e%u and %s / 1e%u = %s", value,
                             sql->value_digits - scale, left, scale, value);
}

static void put_list(struct assay__sql *sql, struct assay__text *list, const char *const *words,
                     uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        assay__text_format(list, "%s%s", list->length == 0 ? "" : ", ",
                           assay__sql_literal(sql, words[i]));
}

/*
 * The words for 0 and 1, those of the plan in place of the usual ones. The later ones go with no
 * others in a column, which a filter does not ask.
 */
static const char *words(struct assay__sql *sql, const char *text, bool is_true, bool is_filter)
{
    static const char *const WORDS[2][13] = {
        {"false", "FALSE", "False", "no", "NO", "No", "f", "F", "n", "N", "off", "OFF", "Off"},
        {"true", "TRUE", "True", "yes", "YES", "Yes", "t", "T", "y", "Y", "on", "ON", "On"}};
    const struct assay_dialect *dialect = &sql->plan->dialect;
    struct assay__text list = {0};
    if (dialect->true_count > 0)
        put_list(sql, &list, is_true ? dialect->true_texts : dialect->false_texts,
                 is_true ? dialect->true_count : dialect->false_count);
    else
        put_list(sql, &list, WORDS[is_true], is_filter ? 13 : 6);
    const char *kept = assay__sql_keep(sql, &list);
    return assay__sql_format(sql, " when %s in (%s) then '%d'", text, kept[0] == '\0' ? "''" : kept,
                             is_true);
}

/* Whether the text of a cell has all that the number in the column has. */
static const char *is_whole(struct assay__sql *sql, uint32_t cell)
{
    if (sql->dialect->is_whole == NULL)
        return "";
    const char *text = assay__sql_format(sql, "n%u", cell + 1);
    const char *column = assay__sql_format(sql, "as_is%u", cell + 1);
    return assay__sql_format(sql, " and %s",
                             assay__sql_fill(sql, sql->dialect->is_whole, text, column, ""));
}

const char *assay__sql_number(struct assay__sql *sql, const struct assay__sql_read *read)
{
    const char *text = assay__sql_format(sql, "n%u", read->cell + 1), *when;
    unsigned scale = assay__sql_scale(sql, read->kind);
    bool is_choice =
        read->kind == ASSAY__SQL_READ_CHOICE || read->kind == ASSAY__SQL_READ_FILTER_CHOICE;
    if (is_choice)
        when = assay__sql_format(sql, "when %s then %s", matches(sql, text, CHOICE), text);
    else if (sql->dialect->digits == 0)
        when = assay__sql_format(sql, "when %s then %s", matches(sql, text, ANY_NUMBER), text);
    else
        when =
            assay__sql_format(sql,
                              sql->dialect->is_whole == NULL ? "when %s or %s%s then %s"
                                                             : "when (%s or %s)%s then %s",
                              matches(sql, text, fitting_pattern(sql, scale)),
                              scientific_fits(sql, text, scale), is_whole(sql, read->cell), text);
    if (is_choice || read->kind == ASSAY__SQL_READ_EITHER) {
        bool is_filter = read->kind == ASSAY__SQL_READ_FILTER_CHOICE;
        const char *yes = words(sql, text, true, is_filter),
                   *no = words(sql, text, false, is_filter);
        /* The plan's own words may be numbers: they come first, but not where a sum is made. */
        bool words_first = is_choice && sql->plan->dialect.true_count > 0;
        when = words_first ? assay__sql_format(sql, "%s%s %s", yes + 1, no, when)
                           : assay__sql_format(sql, "%s%s%s", when, yes, no);
    }
    if (read->kind == ASSAY__SQL_READ_NUMBER) /* as booleans are printed */
        when = assay__sql_format(sql, "%s when %s = 'true' then '1' when %s = 'false' then '0'",
                                 when, text, text);
    if (sql->plan->dialect.has_missing) /* what stands for no value may look like a number */
        when = assay__sql_format(sql, "when %s then null %s",
                                 assay__sql_is_missing(sql, text, false), when);
    return scaled(sql, assay__sql_format(sql, "case %s end", when), scale);
}

const char *assay__sql_is_missing(struct assay__sql *sql, const char *column, bool is_name)
{
    static const char *const BLANKS[] = {"",     "NA",     "NULL", "null", "NaN",  "N/A", "n/a",
                                         "#N/A", "(null)", "\\N",  "nan",  "None", "<NA>"};
    enum { NAME_BLANKS = 5 };
    const struct assay_dialect *dialect = &sql->plan->dialect;
    struct assay__text list = {0};
    if (!is_name && dialect->has_missing) {
        put_list(sql, &list, BLANKS, 1);
        put_list(sql, &list, dialect->missing, dialect->missing_count);
    } else {
        put_list(sql, &list, BLANKS, is_name ? NAME_BLANKS : sizeof BLANKS / sizeof *BLANKS);
    }
    const char *kept = assay__sql_keep(sql, &list);
    return assay__sql_format(sql, "(%s is null or %s in (%s))", column, column,
                             kept[0] == '\0' ? "''" : kept);
}

const char *assay__sql_unfit(struct assay__sql *sql, const char *alias, uint32_t read)
{
    const struct assay__sql_read *what = &sql->reads[read];
    const char *text = assay__sql_format(sql, "%s.n%u", alias, what->cell + 1);
    const char *missing = assay__sql_is_missing(sql, text, false);
    if (what->kind != ASSAY__SQL_READ_FILTER)
        return assay__sql_format(sql, "%s.v%u is null and not %s", alias, read + 1, missing);
    const char *number = matches(sql, text, ANY_NUMBER);
    if (sql->plan->dialect.has_missing)
        number = assay__sql_format(sql, "not %s and %s", missing, number);
    return assay__sql_format(sql, "%s.v%u is null and %s", alias, read + 1, number);
}

uint32_t assay__sql_variable_read(struct assay__sql *sql, uint32_t source,
                                  const struct assay__variable *variable)
{
    switch (variable->kind) {
    case ASSAY__VARIABLE_NUMBER:
        return assay__sql_read(sql, source, variable->cell, ASSAY__SQL_READ_NUMBER);
    case ASSAY__VARIABLE_CHOICE:
        return assay__sql_read(sql, source, variable->cell, ASSAY__SQL_READ_CHOICE);
    case ASSAY__VARIABLE_EITHER:
        return assay__sql_read(sql, source, variable->cell, ASSAY__SQL_READ_EITHER);
    default:
        return UINT32_MAX;
    }
}

unsigned assay__sql_number_scale(const struct assay__sql *sql, uint32_t number)
{
    const struct assay__binding *binding = &sql->binding;
    if (number < binding->variable_count)
        return binding->variables[number].kind == ASSAY__VARIABLE_CHOICE ? 0 : sql->scale;
    const struct assay__fold *fold = &binding->folds[number - binding->variable_count];
    enum assay__variable_kind kind = binding->channels[fold->channel].variable.kind;
    bool is_count = fold->is_share || fold->aggregation == ASSAY_AGGREGATE_COUNT ||
                    fold->aggregation == ASSAY_AGGREGATE_COUNT_DISTINCT;
    return is_count || kind == ASSAY__VARIABLE_CHOICE ? 0 : sql->scale;
}

bool assay__sql_has_looks(const struct assay__sql *sql)
{
    return sql->plan->granularity != ASSAY_GRANULARITY_NONE;
}

const char *assay__sql_look(struct assay__sql *sql, const char *instant)
{
    const struct assay_plan *plan = sql->plan;
    int64_t length = assay__look_length(plan->granularity) / 1000;
    int64_t begin = length - assay__look_end(plan->granularity, 0) / 1000;
    char size[24];
    snprintf(size, sizeof size, "%" PRId64, length);
    const char *from =
        begin == 0 ? instant : assay__sql_format(sql, "%s + %" PRId64, instant, begin);
    const char *end = assay__sql_format(
        sql, "%s * %s + %" PRId64, assay__sql_fill(sql, sql->dialect->quotient, from, size, ""),
        size, length - begin);
    if (!plan->has_as_of)
        return end;
    return assay__sql_fill(sql, sql->dialect->least, end,
                           assay__sql_format(sql, "%" PRId64, plan->as_of_ns / 1000), "");
}
