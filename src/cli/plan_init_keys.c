/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns are the group, the unit and the time: by names, by values, by their sizes. */
#include "cli/plan_init_guess.h"

#include <stdlib.h>
#include <string.h>

#include "cli/plan_init_words.h"

/* Few values of like size: what a draw by lot leaves behind. */
static bool is_evenly_split(const struct column_profile *column)
{
    return column->distinct <= 5 && column->present >= 4 * column->distinct &&
           column->least * 10 > column->most * 7;
}

/* How many values are names of groups, such as control or B; all of them when numbers count. */
static bool names_arms(const struct column_profile *column)
{
    uint32_t count = 0;
    for (uint32_t v = 0; v < column->values.count; v++)
        count += words_have(column->values.keys[v].bytes, WORD_ARM);
    return count > 0 && count == column->values.count;
}

static bool names_control(const struct column_profile *column)
{
    for (uint32_t v = 0; v < column->values.count; v++)
        if (!column->is_numeric && strstr(column->values.keys[v].bytes, "ontrol") != NULL)
            return true;
    return false;
}

enum { SCORE_LEAST = 40, SCORE_SURE = 60 };

/* How much a column looks like the group: by its name, by its values, by their sizes. */
static int group_score(const struct column_profile *column)
{
    if (!profile_is_usable(column) || column->distinct < 2 || column->distinct > GUESS_GROUPS_MAX ||
        column->is_time || column->is_long)
        return 0;
    bool is_text = !column->is_numeric && !column->is_choice;
    int score = words_have(column->name, WORD_GROUP)   ? 100
                : words_have(column->name, WORD_MAYBE) ? 30
                                                       : 0;
    if (words_have(column->name, WORD_BEFORE)) /* age group */
        score -= 70;
    score += names_control(column) ? 60 : 0;
    score += is_text && names_arms(column) ? 40 : 0;
    if (score > 0 && is_evenly_split(column))
        score += 20;
    return score;
}

uint32_t guess_find_group(const struct table_profile *profile, bool *is_sure)
{
    uint32_t best = GUESS_NONE;
    int best_score = SCORE_LEAST - 1, second = 0;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        int score = group_score(&profile->columns[i]);
        if (score > best_score) {
            second = best == GUESS_NONE ? 0 : best_score;
            best = i;
            best_score = score;
        } else if (score > second) {
            second = score;
        }
    }
    /* A name is sure; values alone only where no other column's say the same. */
    *is_sure = best_score >= SCORE_SURE && (second < SCORE_LEAST || best_score - second >= 40);
    return best;
}

/* When neither names nor values tell. */
uint32_t guess_find_group_by_sizes(const struct table_profile *profile)
{
    uint32_t best = GUESS_NONE;
    double best_share = 0.0;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        const struct column_profile *column = &profile->columns[i];
        if (!profile_is_usable(column) || column->distinct < 2 || column->is_numeric ||
            column->is_choice || column->is_time || column->is_long || !is_evenly_split(column))
            continue;
        double share = (double)column->least / (double)column->most;
        if (share > best_share) {
            best = i;
            best_share = share;
        }
    }
    return best;
}

enum { REPEATED_LEAST = 10 };

/* Values that repeat, and do so within one group: lots were drawn for them. */
static bool lies_within_groups(const struct table_profile *profile, const struct table_guess *guess,
                               uint32_t column)
{
    struct nesting nesting;
    return guess->group != GUESS_NONE && profile_nest(profile, column, guess->group, &nesting) &&
           nesting.repeated >= REPEATED_LEAST && nesting.scattered * 20 <= nesting.repeated;
}

/* Whole numbers, or texts: what ids are written as. */
static bool may_be_id(const struct column_profile *column)
{
    return !column->is_choice && !column->is_time && !column->is_long &&
           (!column->is_numeric || column->is_whole);
}

enum { UNIT_BY_ID = 4, UNIT_BY_NAME = 3, UNIT_BY_PLACE = 2, ANY_ID = 1 };

/* Ids of units by their name: user_id, shopify_customer; lead_score and revenue_per_user are not.
 */
static int unit_name_score(const struct column_profile *column)
{
    const char *name = column->name;
    if (words_have(name, WORD_EVENT) || words_have(name, WORD_PER))
        return 0;
    if (!words_have(name, WORD_UNIT))
        return words_have(name, WORD_ID_ONLY) ? ANY_ID : 0;
    if (words_have(name, WORD_ID) || words_end(name, WORD_LAST_ID) || words_end(name, WORD_KEY))
        return UNIT_BY_ID;
    if (words_end(name, WORD_UNIT) && words_direction(name) == WORDS_SILENT &&
        (!column->is_numeric || column->is_whole || words_count(name) == 1))
        return UNIT_BY_ID;
    return column->is_numeric ? 0 : UNIT_BY_NAME;
}

/* How much a column looks like a unit's id: by its name, and by how it lies within the groups. */
static int unit_score(const struct table_profile *profile, const struct table_guess *guess,
                      uint32_t column)
{
    const struct column_profile *one = &profile->columns[column];
    if (!profile_is_usable(one) || column == guess->group || one->is_time || one->is_rounded ||
        one->distinct < 3)
        return 0;
    int score = unit_name_score(one);
    struct nesting nesting;
    bool is_within = may_be_id(one) && lies_within_groups(profile, guess, column);
    if (score > 0 && guess->group != GUESS_NONE &&
        (!profile_nest(profile, column, guess->group, &nesting) ||
         nesting.scattered * 5 > one->distinct))
        return 0;
    if (score < UNIT_BY_NAME && is_within)
        return UNIT_BY_PLACE;
    /* "id" alone is a unit's where it is unique; one that repeats could be anything. */
    return score == ANY_ID && one->distinct * 2 < one->present ? 0 : score;
}

/* Few enough to hold several units each. */
static bool is_coarser(const struct column_profile *column, const struct column_profile *unit)
{
    return column->distinct * 10 <= unit->distinct * 9;
}

uint32_t guess_find_unit(const struct table_profile *profile, const struct table_guess *guess)
{
    uint32_t best = GUESS_NONE;
    int best_score = 0;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        const struct column_profile *one = &profile->columns[i];
        int score = unit_score(profile, guess, i);
        /* Of devices and their users, the users: lots were drawn by what lies within the groups. */
        bool is_drawn = score == best_score && score >= UNIT_BY_NAME &&
                        one->present >= profile->columns[best].present &&
                        is_coarser(one, &profile->columns[best]) &&
                        lies_within_groups(profile, guess, i);
        if (score > best_score || is_drawn) {
            best = i;
            best_score = score;
        }
    }
    return best;
}

void guess_find_clusters(const struct table_profile *profile, struct table_guess *guess)
{
    for (uint32_t i = 0; guess->unit != GUESS_NONE && i < profile->column_count; i++)
        guess->columns[i].is_cluster =
            i != guess->unit && i != guess->group && profile_is_usable(&profile->columns[i]) &&
            may_be_id(&profile->columns[i]) &&
            is_coarser(&profile->columns[i], &profile->columns[guess->unit]) &&
            lies_within_groups(profile, guess, i);
}

/* The exposure's time before any other; never that of signing up or of birth. */
static int time_score(const struct column_profile *column)
{
    if (!profile_is_usable(column) || !column->is_time || column->distinct < 2)
        return 0;
    return words_have(column->name, WORD_EXPOSED)        ? 4
           : words_have(column->name, WORD_OWN_TIME)     ? 0
           : words_have(column->name, WORD_UPDATED_TIME) ? 2
                                                         : 3;
}

uint32_t guess_find_time(const struct table_profile *profile)
{
    uint32_t best = GUESS_NONE;
    int best_score = 0;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        int score = time_score(&profile->columns[i]);
        if (score > best_score) {
            best = i;
            best_score = score;
        }
    }
    return best;
}

static int compare_hashes(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Whether each value stands once, and once only, in nearly every group. */
static bool is_once_in_groups(const struct table_profile *profile, uint32_t column, uint32_t group)
{
    const struct column_profile *one = &profile->columns[column];
    const struct column_profile *groups = &profile->columns[group];
    uint64_t *pairs = malloc((profile->rows + 1) * sizeof *pairs), count = 0, twice = 0;
    for (uint64_t row = 0; pairs != NULL && row < profile->rows; row++) {
        pairs[count] = one->row_hashes[row] * 31 + groups->row_hashes[row];
        count += one->row_hashes[row] != 0 && groups->row_hashes[row] != 0;
    }
    if (pairs != NULL)
        qsort(pairs, count, sizeof *pairs, compare_hashes);
    for (uint64_t i = 1; i < count; i++)
        twice += pairs[i] == pairs[i - 1];
    free(pairs);
    return count > 0 && twice == 0 && one->distinct * groups->distinct * 9 <= count * 10;
}

uint32_t guess_find_strata(const struct table_profile *profile, const struct table_guess *guess)
{
    enum { STRATA_LEAST = 4 };
    for (uint32_t i = 0; guess->group != GUESS_NONE && i < profile->column_count; i++) {
        const struct column_profile *one = &profile->columns[i];
        bool is_name = one->is_time || !one->is_numeric || words_have(one->name, WORD_ID) ||
                       words_have(one->name, WORD_UNIT) || words_end(one->name, WORD_DATE_PART) ||
                       one->is_named_time;
        if (i != guess->group && profile_is_usable(one) && !one->is_choice && !one->is_long &&
            is_name && one->distinct >= STRATA_LEAST && is_once_in_groups(profile, i, guess->group))
            return i;
    }
    return GUESS_NONE;
}
