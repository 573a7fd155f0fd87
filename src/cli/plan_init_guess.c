/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What columns are for, from their names and values. Guesses only have to be good enough to be
 * corrected: the plan they make says at every line why it is there.
 */
#include "cli/plan_init_guess.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "source/csv/suggest.h"

enum { WORDS_BYTES = 256, GROUPS_MAX = 20, DIMENSION_VALUES_MAX = 30, DIMENSIONS_MAX = 10 };

static const char *const GROUP_WORDS[] = {
    "group",     "variant", "variation", "treatment", "arm",    "bucket", "condition", "assignment",
    "testgroup", "abgroup", "version",   "gruppe",    "groupe", "grupo",  NULL};
static const char *const UNIT_WORDS[] = {
    "unit",     "user", "customer",  "visitor",     "member", "account", "device",      "client",
    "subject",  "uid",  "cookie",    "participant", "userid", "kunde",   "kunden",      "nutzer",
    "besucher", "uuid", "household", "customerid",  "player", "usuario", "utilisateur", NULL};
static const char *const ID_ONLY_WORDS[] = {"id", "session", NULL};
static const char *const EVENT_WORDS[] = {
    "order",   "transaction", "purchase", "event",         "invoice",    "payment",
    "request", "click",       "row",      "booking",       "impression", "pageview",
    "item",    "sku",         "receipt",  "transactionid", "orderid",    NULL};
static const char *const ID_WORDS[] = {"id", "uuid", "uid", "userid", "zip", "postcode", NULL};
static const char *const BEFORE_WORDS[] = {
    "pre",      "before",     "prior",  "previous", "prev",        "past",
    "history",  "historical", "hist",   "baseline", "preexposure", "preperiod",
    "lifetime", "recency",    "tenure", "age",      NULL};
static const char *const PERIOD_WORDS[] = {"exposure", "period", "experiment", NULL};
static const char *const CONTROL_WORDS[] = {"control", "baseline", "holdout",  "placebo", "none",
                                            "no",      "default",  "original", "off",     "a",
                                            "0",       "false",    NULL};
static const char *const LESS_WORDS[] = {
    "latency",    "bounce",      "bounced",  "bounces",     "error",        "errors",
    "crash",      "crashes",     "crashed",  "churn",       "churned",      "refund",
    "refunds",    "refunded",    "cost",     "costs",       "complaint",    "delay",
    "complaints", "cancelled",   "canceled", "failure",     "failures",     "failed",
    "wait",       "timeout",     "timeouts", "unsubscribe", "unsubscribed", "unsubscribes",
    "abandoned",  "abandonment", NULL};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The words of a name in small letters, each after a blank: preSpend_eur is " pre spend eur". */
static void split_words(const char *name, char out[WORDS_BYTES])
{
    size_t length = 0;
    bool is_open = false;
    for (const char *p = name; *p != '\0' && length + 3 < WORDS_BYTES; p++) {
        if (!is_letter(*p)) {
            is_open = false;
            continue;
        }
        if (!is_open || (is_upper(*p) && !is_upper(p[-1])))
            out[length++] = ' ';
        out[length++] = is_upper(*p) ? (char)(*p - 'A' + 'a') : *p;
        is_open = true;
    }
    out[length] = '\0';
}

static bool is_listed(const char *word, size_t length, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strlen(*list) == length && memcmp(*list, word, length) == 0)
            return true;
    return false;
}

/* Next word of split words; false at the end. */
static bool next_word(const char **at, const char **word, size_t *length)
{
    if (**at == '\0')
        return false;
    *word = *at + 1;
    *length = strcspn(*word, " ");
    *at = *word + *length;
    return true;
}

static bool has_word(const char *name, const char *const *list)
{
    char words[WORDS_BYTES];
    const char *at = words, *word;
    size_t length;
    split_words(name, words);
    while (next_word(&at, &word, &length))
        if (is_listed(word, length, list))
            return true;
    return false;
}

/* A name without the words that say "before": the metric's name, if it is a twin. */
static bool without_before(const char *name, char out[WORDS_BYTES])
{
    char words[WORDS_BYTES];
    const char *at = words, *word;
    size_t length, kept = 0;
    bool is_before = false;
    split_words(name, words);
    while (next_word(&at, &word, &length)) {
        bool says_before = is_listed(word, length, BEFORE_WORDS);
        is_before |= says_before;
        if (says_before || is_listed(word, length, PERIOD_WORDS))
            continue;
        memcpy(out + kept, word - 1, length + 1);
        kept += length + 1;
    }
    out[kept] = '\0';
    return is_before && kept > 0;
}

static bool is_usable(const struct column_profile *column)
{
    return column->name[0] != '\0' && strlen(column->name) <= PROFILE_VALUE_BYTES_MAX;
}

/* Columns of one name cannot be told apart; only the first is used. */
static bool is_first_of_name(const struct table_profile *profile, uint32_t column)
{
    uint32_t first;
    return assay__rows_find(profile->table, profile->columns[column].name, &first) &&
           first == column;
}

static uint32_t find_group(const struct table_profile *profile)
{
    uint32_t control = GUESS_NONE;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        const struct column_profile *column = &profile->columns[i];
        if (!is_usable(column) || column->distinct < 2 || column->distinct > GROUPS_MAX ||
            column->is_time || column->is_long)
            continue;
        if (has_word(column->name, GROUP_WORDS))
            return i;
        for (uint32_t v = 0; v < column->values.count && control == GUESS_NONE; v++)
            if (!column->is_numeric && strstr(column->values.keys[v].bytes, "ontrol") != NULL)
                control = i;
    }
    return control;
}

/* Few values of like size: what a draw by lot leaves behind, when no name tells. */
static uint32_t find_group_by_sizes(const struct table_profile *profile)
{
    uint32_t best = GUESS_NONE;
    double best_share = 0.0;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        const struct column_profile *column = &profile->columns[i];
        if (!is_usable(column) || column->distinct < 2 || column->distinct > 5 ||
            column->is_numeric || column->is_choice || column->is_time || column->is_long ||
            column->present < 4 * column->distinct)
            continue;
        double share = (double)column->least / (double)column->most;
        if (share > 0.7 && share > best_share) {
            best = i;
            best_share = share;
        }
    }
    return best;
}

/* How much a column looks like a unit's id: by its name, and by lying within one group. */
static int unit_score(const struct table_profile *profile, const struct table_guess *guess,
                      uint32_t column)
{
    const struct column_profile *one = &profile->columns[column];
    if (!is_usable(one) || column == guess->group || one->is_time || one->distinct < 3)
        return 0;
    bool is_event = has_word(one->name, EVENT_WORDS);
    int score = has_word(one->name, UNIT_WORDS) && !is_event      ? 3
                : has_word(one->name, ID_ONLY_WORDS) && !is_event ? 1
                                                                  : 0;
    if (score > 0 && guess->group != GUESS_NONE &&
        profile_scattered(profile, column, guess->group) * 5 > one->distinct)
        return 0;
    /* "id" alone is a unit's where it is unique; one that repeats could be anything. */
    return score == 1 && one->distinct * 2 < one->present ? 0 : score;
}

static uint32_t find_unit(const struct table_profile *profile, const struct table_guess *guess)
{
    uint32_t best = GUESS_NONE;
    int best_score = 0;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        int score = unit_score(profile, guess, i);
        if (score > best_score) {
            best = i;
            best_score = score;
        }
    }
    return best;
}

const char *left_out_reason(const struct column_profile *column)
{
    if (column->present == 0)
        return "no values";
    if (column->distinct < 2)
        return "one value only";
    if (column->is_time)
        return "times";
    if (has_word(column->name, ID_WORDS) || has_word(column->name, EVENT_WORDS))
        return "ids";
    if (column->is_long)
        return "long texts";
    return column->has_number ? "numbers and other texts" : "many different texts";
}

static uint32_t find_time(const struct table_profile *profile)
{
    for (uint32_t i = 0; i < profile->column_count; i++)
        if (is_usable(&profile->columns[i]) && profile->columns[i].is_time)
            return i;
    return GUESS_NONE;
}

static bool is_metric(const struct column_guess *column)
{
    return column->use == USE_PROPORTION || column->use == USE_MEAN;
}

/* Numbers are metrics until their name says that they are from before the exposure. */
static void guess_metrics(const struct table_profile *profile, struct table_guess *guess)
{
    for (uint32_t i = 0; i < profile->column_count; i++) {
        const struct column_profile *column = &profile->columns[i];
        struct column_guess *one = &guess->columns[i];
        if (one->use != USE_OTHER || !is_usable(column) || !is_first_of_name(profile, i))
            continue;
        if (column->distinct < 2 || has_word(column->name, ID_WORDS) ||
            (has_word(column->name, EVENT_WORDS) && column->distinct == column->present))
            continue;
        if (column->is_choice)
            one->use = USE_PROPORTION;
        else if (column->is_numeric)
            one->use = USE_MEAN;
        one->wants_decrease = has_word(column->name, LESS_WORDS);
    }
}

static void guess_twins(const struct table_profile *profile, struct table_guess *guess)
{
    char own[WORDS_BYTES], other[WORDS_BYTES];
    for (uint32_t i = 0; i < profile->column_count; i++) {
        if (!is_metric(&guess->columns[i]) || !has_word(profile->columns[i].name, BEFORE_WORDS))
            continue;
        guess->columns[i].use = USE_BEFORE;
        if (!without_before(profile->columns[i].name, own))
            continue;
        for (uint32_t j = 0; j < profile->column_count; j++) {
            if (!is_metric(&guess->columns[j]))
                continue;
            split_words(profile->columns[j].name, other);
            if (strcmp(own, other) != 0)
                continue;
            guess->columns[i].use = USE_TWIN;
            guess->columns[i].metric = j;
            break;
        }
    }
}

static void guess_dimensions(const struct table_profile *profile, struct table_guess *guess)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < profile->column_count && count < DIMENSIONS_MAX; i++) {
        const struct column_profile *column = &profile->columns[i];
        if (guess->columns[i].use != USE_OTHER || !is_usable(column) || column->is_numeric ||
            column->is_long || column->is_time || column->distinct < 2 ||
            column->distinct > DIMENSION_VALUES_MAX || !is_first_of_name(profile, i))
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

static void guess_baseline(const struct table_profile *profile, struct table_guess *guess)
{
    guess->baseline = GUESS_NONE;
    if (guess->group == GUESS_NONE)
        return;
    const struct assay__index *values = &profile->columns[guess->group].values;
    for (const char *const *word = CONTROL_WORDS; *word != NULL; word++) {
        const char *const list[] = {*word, NULL};
        for (uint32_t v = 0; v < values->count; v++)
            if (has_word(values->keys[v].bytes, list)) {
                guess->baseline = v;
                guess->is_sure_baseline = true;
                return;
            }
    }
    guess->baseline = 0;
    for (uint32_t v = 1; v < values->count; v++)
        if (strcmp(values->keys[v].bytes, values->keys[guess->baseline].bytes) < 0)
            guess->baseline = v;
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

/* Nothing to measure: mostly since numbers are written in another way, which is then said. */
static enum assay_status fail_unmeasured(const struct table_profile *profile,
                                         const struct table_guess *guess, struct assay_error *err)
{
    static const struct assay_dialect PLAIN = {0};
    enum assay_status status =
        assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(profile->table), 0, 0,
                       "No column can be measured: none holds numbers that differ.");
    for (uint32_t i = 0; err != NULL && i < profile->column_count; i++) {
        const struct column_profile *column = &profile->columns[i];
        struct assay__field cells[PROFILE_VALUES_MAX];
        struct assay__column_sample sample = {ASSAY__COLUMN_NUMBER, cells, 0};
        char remedy[ASSAY__REMEDY_BYTES];
        for (uint32_t v = 0; v < column->values.count; v++)
            cells[sample.count++] =
                (struct assay__field){column->values.keys[v].bytes,
                                      (uint32_t)column->values.keys[v].length, false, false};
        if (guess->columns[i].use == USE_GROUP || guess->columns[i].use == USE_UNIT ||
            sample.count < 2)
            continue;
        assay__suggest_format(&PLAIN, &sample, remedy);
        if (remedy[0] == '\0')
            continue;
        (void)assay__fail_at(err, status, assay__rows_name(profile->table), 0, 0,
                             "No column can be measured as it is written. '%.*s' looks like "
                             "numbers in another spelling.",
                             assay__utf8_shown(column->name, strlen(column->name)), column->name);
        return assay__fail_format(err, status, remedy);
    }
    return status;
}

enum assay_status guess_table(const struct table_profile *profile, const char *group,
                              const char *unit, const char *time, struct table_guess *guess,
                              struct assay_error *err)
{
    guess->columns = calloc(profile->column_count, sizeof *guess->columns);
    if (guess->columns == NULL)
        return assay__fail_memory(err);
    uint32_t found = find_group(profile);
    if (found == GUESS_NONE && group == NULL) {
        found = find_group_by_sizes(profile);
        guess->is_group_by_sizes = found != GUESS_NONE;
    }
    enum assay_status status = settle(profile, group, found, USE_GROUP, guess, &guess->group, err);
    if (status == ASSAY_OK)
        status = check_group(profile, guess, err);
    if (status == ASSAY_OK)
        status =
            settle(profile, unit, find_unit(profile, guess), USE_UNIT, guess, &guess->unit, err);
    if (status == ASSAY_OK)
        status = settle(profile, time, find_time(profile), USE_TIME, guess, &guess->time, err);
    if (status != ASSAY_OK)
        return status;
    guess->unit_repeats = guess->unit != GUESS_NONE && profile->columns[guess->unit].distinct <
                                                           profile->columns[guess->unit].present;
    guess_metrics(profile, guess);
    guess_twins(profile, guess);
    guess_dimensions(profile, guess);
    count_metrics(profile, guess);
    guess_baseline(profile, guess);
    return guess->metric_count > 0 ? ASSAY_OK : fail_unmeasured(profile, guess, err);
}

void guess_release(struct table_guess *guess)
{
    free(guess->columns);
    memset(guess, 0, sizeof *guess);
}
