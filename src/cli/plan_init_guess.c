/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What columns are for, from their names and values. Guesses only have to be good enough to be
 * corrected: the plan they make says at every line why it is there.
 */
#include "cli/plan_init_guess.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/plan_init_words.h"

enum { DIMENSION_VALUES_MAX = 30, DIMENSIONS_MAX = 10 };

/* A column that has one value in each group says what the group says. */
static bool follows_from_group(const struct table_profile *profile, const struct table_guess *guess,
                               uint32_t column)
{
    struct nesting nesting;
    return guess->group != GUESS_NONE && profile->columns[column].distinct >= 2 &&
           profile->columns[column].distinct <= GUESS_GROUPS_MAX &&
           profile_nest(profile, guess->group, column, &nesting) && nesting.repeated >= 2 &&
           nesting.scattered == 0;
}

static bool is_metric(const struct column_guess *column)
{
    return column->use == USE_PROPORTION || column->use == USE_MEAN;
}

/* Latitude is "lat" where a longitude stands beside it. */
static bool is_place(const struct table_profile *profile, const char *name)
{
    bool is_lat = words_are(name, "lat"), is_place = words_have(name, WORD_PLACE);
    for (uint32_t i = 0; is_lat && i < profile->column_count; i++)
        is_place = is_place || words_have(profile->columns[i].name, WORD_PLACE) ||
                   words_are(profile->columns[i].name, "long");
    return is_place;
}

/* Years, and smaller numbers of months, weeks or hours, but not visits_per_hour. */
static bool is_date_part(const struct column_profile *column)
{
    enum { FIRST_YEAR = 1900, LAST_YEAR = 2100, PARTS_MAX = 60 };
    return words_end(column->name, WORD_DATE_PART) && !words_have(column->name, WORD_PER) &&
           (profile_is_within(column, FIRST_YEAR, LAST_YEAR) ||
            (profile_is_within(column, 0, PARTS_MAX) &&
             words_direction(column->name) == WORDS_SILENT));
}

/* Why numbers cannot be a quantity that is measured; NULL when they may. */
static const char *no_quantity(const struct table_profile *profile,
                               const struct column_profile *column)
{
    enum { FIRST_DAY = 30000, LAST_DAY = 70000 }; /* of spreadsheets: 1982 to 2091 */
    if (words_have(column->name, WORD_ID) || words_end(column->name, WORD_LAST_ID) ||
        (words_have(column->name, WORD_EVENT) && column->distinct == column->present))
        return "ids";
    if (!column->is_numeric || column->is_choice)
        return NULL;
    if (is_place(profile, column->name))
        return "a place";
    if (is_date_part(column))
        return "a part of a date";
    bool is_silent = words_direction(column->name) == WORDS_SILENT;
    if (is_silent && column->is_named_time && profile_is_within(column, FIRST_DAY, LAST_DAY))
        return "days of a spreadsheet: give --time-format=excel";
    if (profile_is_like_times(column) || (is_silent && profile_is_like_ids(column)))
        return "numbers as ids or times are";
    return words_end(column->name, WORD_CODE) ? "codes" : NULL;
}

/* Which direction is better: by the name, and where it says nothing, so that it is to be checked.
 */
static void guess_direction(const struct column_profile *column, struct column_guess *one)
{
    enum words_direction says = words_direction(column->name);
    one->is_guardrail = says == WORDS_LESS || says == WORDS_NOT_MORE || says == WORDS_OF_BOTH;
    one->wants_decrease = one->is_guardrail;
    if (says == WORDS_SILENT)
        one->check = "its name does not say whether more of it is better";
    else if (says != WORDS_MORE && says != WORDS_LESS)
        one->check = "the words of its name point both ways";
    bool is_outflow = column->has_below && !column->has_above;
    if (is_outflow && says == WORDS_MORE)
        one->check = "no value is above 0";
    if (!is_outflow || says == WORDS_MORE || (says == WORDS_SILENT && !column->has_zero))
        return;
    one->check = "no value is above 0; nearer to 0 is taken for better";
    one->is_guardrail = true;
    one->wants_decrease = false;
}

/* Numbers are metrics until their name says that they are from before the exposure. */
static void guess_metrics(const struct table_profile *profile, struct table_guess *guess)
{
    for (uint32_t i = 0; i < profile->column_count; i++) {
        const struct column_profile *column = &profile->columns[i];
        struct column_guess *one = &guess->columns[i];
        if (one->use != USE_OTHER || !profile_is_usable(column))
            continue;
        if (column->distinct < 2 || column->is_time || column->is_running ||
            no_quantity(profile, column) != NULL || follows_from_group(profile, guess, i))
            continue;
        if (column->is_choice)
            one->use = USE_PROPORTION;
        else if (column->is_numeric)
            one->use = USE_MEAN;
        one->is_rate = one->use == USE_MEAN && words_have(column->name, WORD_RATE);
        one->has_gaps = column->present * 5 < profile->rows * 4;
        guess_direction(column, one);
    }
}

static void guess_twins(const struct table_profile *profile, struct table_guess *guess)
{
    char own[WORDS_BYTES], other[WORDS_BYTES];
    for (uint32_t i = 0; i < profile->column_count; i++) {
        if (!is_metric(&guess->columns[i]) || !words_have(profile->columns[i].name, WORD_BEFORE))
            continue;
        guess->columns[i].use = USE_BEFORE;
        if (!words_without_before(profile->columns[i].name, own))
            continue;
        for (uint32_t j = 0; j < profile->column_count; j++) {
            if (!is_metric(&guess->columns[j]))
                continue;
            words_split(profile->columns[j].name, other);
            if (strcmp(own, other) != 0)
                continue;
            guess->columns[i].use = USE_TWIN;
            guess->columns[i].metric = j;
            break;
        }
    }
}

/*
 * Whether rows of a unit have several values: they would leave the unit without one, where no time
 * tells which is the earliest.
 */
static bool varies_within_units(const struct table_profile *profile,
                                const struct table_guess *guess, uint32_t column)
{
    struct nesting nesting;
    if (guess->unit == GUESS_NONE || !profile_nest(profile, guess->unit, column, &nesting) ||
        nesting.scattered * 100 <= nesting.repeated)
        return false;
    const struct column_profile *time =
        guess->time == GUESS_NONE ? NULL : &profile->columns[guess->time];
    return time == NULL || time->distinct * 2 < time->present; /* dates are early together */
}

/* Numbers that are names. */
static bool is_code(const struct table_profile *profile, const struct column_profile *column)
{
    const char *reason = no_quantity(profile, column);
    return reason != NULL && strcmp(reason, "codes") == 0;
}

/* Numbers that nobody can read as they stand: most likely to be measured, so that it must be said.
 */
static const char *unread_numbers(const struct table_profile *profile,
                                  const struct table_source *source, uint32_t index)
{
    const struct column_profile *column = &profile->columns[index];
    const char *open = source->open[index];
    if (column->is_rounded &&
        (words_have(column->name, WORD_UNIT) || words_have(column->name, WORD_ID)))
        return "its ids are rounded, as spreadsheets do with long ones; export them as text";
    if (!profile_is_usable(column) || column->is_long || column->is_named_time ||
        no_quantity(profile, column) != NULL || words_have(column->name, WORD_EVENT))
        return NULL;
    if (strstr(open, "decimal=") != NULL || strstr(open, "thousands=") != NULL ||
        strstr(open, "percent=") != NULL)
        return "it is left out, since its numbers can be read in two ways";
    return column->other != NULL && column->numbers * 2 > column->present
               ? "it is left out, since it holds other texts beside numbers"
               : NULL;
}

static void guess_dimensions(const struct table_profile *profile, const struct table_source *source,
                             struct table_guess *guess)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < profile->column_count && count < DIMENSIONS_MAX; i++) {
        const struct column_profile *column = &profile->columns[i];
        if (guess->columns[i].use != USE_OTHER || !profile_is_usable(column) ||
            (column->is_numeric && !is_code(profile, column)) || column->is_long ||
            column->is_time || column->distinct < 2 || column->distinct > DIMENSION_VALUES_MAX ||
            column->distinct * 2 > column->present || source->open[i][0] != '\0' ||
            follows_from_group(profile, guess, i) || varies_within_units(profile, guess, i) ||
            unread_numbers(profile, source, i) != NULL)
            continue;
        guess->columns[i].use = USE_DIMENSION;
        count++;
    }
}

/* A table of numbers from before only: then they are all there is to measure. */
static void count_metrics(const struct table_profile *profile, struct table_guess *guess)
{
    for (int pass = 0; pass < 2 && guess->metric_count == 0; pass++)
        for (uint32_t i = 0; i < profile->column_count; i++) {
            struct column_guess *one = &guess->columns[i];
            if (pass == 1 && one->use == USE_BEFORE)
                one->use = profile->columns[i].is_choice ? USE_PROPORTION : USE_MEAN;
            guess->metric_count += is_metric(one);
        }
}

/* Of a unit, not of its rows, as a join brings them in: a sum would count each row. */
static bool is_of_unit(const struct column_profile *column, const struct nesting *nesting)
{
    enum { REPEATED_LEAST = 10 };
    return nesting->scattered == 0 && nesting->repeated >= REPEATED_LEAST &&
           column->most * 2 <= column->present;
}

/* Rows of a unit that are equal in what is measured are one row written twice. */
static void find_repeats(const struct table_profile *profile, struct table_guess *guess)
{
    struct nesting nesting;
    if (guess->unit == GUESS_NONE ||
        profile->columns[guess->unit].distinct == profile->columns[guess->unit].present)
        return;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        if (!is_metric(&guess->columns[i]))
            continue;
        bool is_known = profile_nest(profile, guess->unit, i, &nesting);
        guess->unit_repeats |= !is_known || nesting.scattered > 0;
        guess->columns[i].is_of_unit = is_known && guess->columns[i].use == USE_MEAN &&
                                       is_of_unit(&profile->columns[i], &nesting);
    }
    guess->has_equal_rows = !guess->unit_repeats;
}

const char *guess_aggregation(const struct table_guess *guess, uint32_t column)
{
    const struct column_guess *one = &guess->columns[column];
    return !guess->unit_repeats || one->is_of_unit ? NULL : one->is_rate ? "mean" : "sum";
}

static void guess_baseline(const struct table_profile *profile, struct table_guess *guess)
{
    guess->baseline = GUESS_NONE;
    if (guess->group == GUESS_NONE)
        return;
    const struct assay__index *values = &profile->columns[guess->group].values;
    unsigned best = 0;
    bool is_twice = false; /* control and Control */
    for (uint32_t v = 0; v < values->count; v++) {
        unsigned rank = words_control_rank(values->keys[v].bytes);
        is_twice = is_twice || (rank > 0 && rank == best);
        if (rank > 0 && (best == 0 || rank < best)) {
            is_twice = false;
            best = rank;
            guess->baseline = v;
        }
    }
    guess->is_sure_baseline = best > 0 && !is_twice;
    for (uint32_t v = 0; best == 0 && v < values->count; v++)
        if (guess->baseline == GUESS_NONE ||
            strcmp(values->keys[v].bytes, values->keys[guess->baseline].bytes) < 0)
            guess->baseline = v;
}

/* Why a column is in no part of the plan. */
static const char *reason_of(const struct table_profile *profile, const struct table_source *source,
                             const struct table_guess *guess, uint32_t index)
{
    const struct column_profile *column = &profile->columns[index];
    if (column->name[0] == '\0')
        return "no name";
    if (column->is_copy)
        return "the same as an earlier column of its name";
    if (!profile_is_usable(column) || column->is_long)
        return "long texts";
    if (column->present == 0)
        return "no values";
    if (column->distinct < 2)
        return "one value only";
    if (column->is_time)
        return "times";
    if (column->is_rounded && words_have(column->name, WORD_ID))
        return "ids that a spreadsheet rounded: export them as text";
    if (no_quantity(profile, column) != NULL)
        return no_quantity(profile, column);
    if (words_have(column->name, WORD_EVENT))
        return "ids";
    if (column->is_running)
        return "numbers one after the other";
    if (follows_from_group(profile, guess, index))
        return "it follows from the group";
    if (source->open[index][0] != '\0')
        return "it can be read in two ways";
    if (column->has_number)
        return "numbers and other texts";
    return column->distinct > DIMENSION_VALUES_MAX  ? "many different texts"
           : column->distinct * 2 > column->present ? "texts that hardly repeat"
           : varies_within_units(profile, guess, index)
               ? "rows of a unit have several of its values"
               : "more dimensions than are explored at once";
}

static void find_reasons(const struct table_profile *profile, const struct table_source *source,
                         struct table_guess *guess)
{
    for (uint32_t i = 0; i < profile->column_count; i++)
        if (guess->columns[i].use == USE_OTHER) {
            guess->columns[i].reason = reason_of(profile, source, guess, i);
            guess->columns[i].check = unread_numbers(profile, source, i);
        }
}

/* The column the user named, or what find made of it. */
static enum assay_status settle(const struct table_profile *profile, const char *name,
                                uint32_t found, enum column_use use, struct table_guess *guess,
                                uint32_t *column, struct assay_error *err)
{
    *column = found;
    if (name != NULL) {
        enum assay_status status = assay__rows_column(profile->table, name, column, err);
        if (status != ASSAY_OK)
            return status;
    }
    if (*column != GUESS_NONE)
        guess->columns[*column].use = use;
    return ASSAY_OK;
}

/* A group column must give at least two groups that a plan can name. */
static enum assay_status check_group(const struct table_profile *profile,
                                     const struct table_guess *guess, struct assay_error *err)
{
    if (guess->group == GUESS_NONE)
        return ASSAY_OK;
    const struct column_profile *column = &profile->columns[guess->group];
    if (column->distinct >= 2 && column->distinct <= PROFILE_VALUES_MAX && !column->is_long)
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(profile->table), 0, 0,
                          "The column '%.*s' cannot be the group: it has %s.",
                          assay__utf8_shown(column->name, strlen(column->name)), column->name,
                          column->is_long        ? "values longer than a group's name may be"
                          : column->distinct < 2 ? "fewer than two values"
                                                 : "more than 64 values");
}

/* Nothing to measure: mostly since numbers are written in a way that has two readings. */
static enum assay_status fail_unmeasured(const struct table_profile *profile,
                                         const struct table_source *source, struct assay_error *err)
{
    const char *file = assay__rows_name(profile->table);
    for (uint32_t i = 0; i < source->column_count && i < profile->column_count; i++) {
        const char *name = profile->columns[i].name;
        if (source->open[i][0] == '\0')
            continue;
        return assay__fail_format(err,
                                  assay__fail_at(err, ASSAY_ERROR_DATA, file, 0, 0,
                                                 "No column can be measured as it is written. "
                                                 "'%.*s' can be read in two ways.",
                                                 assay__utf8_shown(name, strlen(name)), name),
                                  source->open[i]);
    }
    if (profile->rows == 0)
        return assay__fail_at(err, ASSAY_ERROR_DATA, file, 1, 0,
                              "There is a header but no row of data.");
    for (uint32_t i = 0; i < profile->column_count; i++) {
        const struct column_profile *column = &profile->columns[i];
        if (unread_numbers(profile, source, i) != NULL && column->other != NULL)
            return assay__fail_at(
                err, ASSAY_ERROR_DATA, file, 0, 0,
                "No column can be measured: '%.*s' holds other texts beside "
                "numbers, such as '%.*s'.",
                assay__utf8_shown(column->name, strlen(column->name)), column->name,
                assay__utf8_shown(column->other, strlen(column->other)), column->other);
    }
    return assay__fail_at(err, ASSAY_ERROR_DATA, file, 0, 0,
                          "No column can be measured: none holds numbers that differ and do more "
                          "than count the rows. Values that are in another file are joined by "
                          "--events NAME=FILE.");
}

/* In rows of one metric each, the column of their names. */
static uint32_t find_metric_names(const struct table_profile *profile,
                                  const struct table_guess *guess)
{
    static const char *const NAMES[] = {"metric", "metric name", "kpi", "measure", "metrics"};
    for (uint32_t i = 0; i < profile->column_count; i++)
        for (size_t n = 0; n < sizeof NAMES / sizeof *NAMES; n++)
            if (i != guess->group && words_are(profile->columns[i].name, NAMES[n]) &&
                !profile->columns[i].has_number && !profile->columns[i].is_choice &&
                profile->columns[i].values.count > 0)
                return i;
    return GUESS_NONE;
}

enum assay_status guess_table(const struct table_profile *profile,
                              const struct table_source *source, const struct named_columns *named,
                              struct table_guess *guess, struct assay_error *err)
{
    guess->columns = calloc(profile->column_count, sizeof *guess->columns);
    if (guess->columns == NULL)
        return assay__fail_memory(err);
    uint32_t found = guess_find_group(profile, &guess->is_sure_group);
    if (found == GUESS_NONE && named->group == NULL) {
        found = guess_find_group_by_sizes(profile);
        guess->is_group_by_sizes = found != GUESS_NONE;
    }
    enum assay_status status =
        settle(profile, named->group, found, USE_GROUP, guess, &guess->group, err);
    if (status == ASSAY_OK)
        status = check_group(profile, guess, err);
    if (status == ASSAY_OK)
        status = settle(profile, named->unit, guess_find_unit(profile, guess), USE_UNIT, guess,
                        &guess->unit, err);
    if (status == ASSAY_OK)
        status = settle(profile, named->time, guess_find_time(profile), USE_TIME, guess,
                        &guess->time, err);
    if (status != ASSAY_OK)
        return status;
    guess_find_clusters(profile, guess);
    guess->names = find_metric_names(profile, guess);
    guess->strata = guess_find_strata(profile, guess);
    guess_metrics(profile, guess);
    guess_twins(profile, guess);
    guess_dimensions(profile, source, guess);
    count_metrics(profile, guess);
    find_repeats(profile, guess);
    guess_baseline(profile, guess);
    find_reasons(profile, source, guess);
    return guess->metric_count > 0 || named->has_metrics ? ASSAY_OK
                                                         : fail_unmeasured(profile, source, err);
}

void guess_release(struct table_guess *guess)
{
    free(guess->columns);
    memset(guess, 0, sizeof *guess);
}
