/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which column is the group: by its name, by its values, by their sizes. */
#include "cli/plan_init_guess.h"

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
