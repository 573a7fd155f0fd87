/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words such as 100/1000 or 1000,20.3,5.1 to exact sums. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/counts.h"
#include "number/number.h"
#include "stats/moments.h"

enum { SQUARE_BYTES = 48 };

static int fail_memory(void)
{
    struct assay_error err;
    (void)assay__fail_memory(&err);
    return cli_fail(&err);
}

/* A failure at a word of a metric. */
static int fail_word(const struct counts_metric *metric, const char *word, const char *what)
{
    return cli_usage_error("test", "--%s: '%.*s' %s", metric->flag,
                           assay__utf8_shown(word, strlen(word)), word, what);
}

/* Figures have a / or a comma; a name has neither, or a colon before its attributes. */
static bool is_figures(const char *flag, const char *word)
{
    char mark = strcmp(flag, "mean") == 0 ? ',' : '/';
    return strchr(word, ':') == NULL && strchr(word, mark) != NULL;
}

static bool is_taken(const struct counts *counts, const char *name)
{
    for (size_t i = 0; i + 1 < counts->metric_count; i++)
        if (strcmp(counts->metrics[i].name, name) == 0)
            return true;
    return false;
}

static const char *free_name(struct counts *counts, const char *flag)
{
    const char *name = flag;
    for (size_t i = 2; name != NULL && is_taken(counts, name); i++)
        name = assay__arena_format(&counts->arena, "%s%zu", flag, i);
    return name;
}

int counts_begin(struct counts *counts, const char *flag, const char *word)
{
    if (counts->metric_count == counts->metric_capacity) {
        size_t capacity = 2 * counts->metric_capacity + 8;
        struct counts_metric *metrics =
            assay__arena_array(&counts->arena, capacity, sizeof *metrics);
        if (metrics == NULL)
            return fail_memory();
        if (counts->metric_count > 0)
            memcpy(metrics, counts->metrics, counts->metric_count * sizeof *metrics);
        counts->metrics = metrics;
        counts->metric_capacity = capacity;
    }
    struct counts_metric *metric = &counts->metrics[counts->metric_count++];
    *metric = (struct counts_metric){.flag = flag, .attributes = ""};
    metric->words = assay__arena_array(&counts->arena, ASSAY_GROUPS_MAX, sizeof *metric->words);
    if (is_figures(flag, word)) {
        metric->name = free_name(counts, flag);
    } else {
        size_t length = strcspn(word, ":");
        metric->name = assay__arena_copy(&counts->arena, word, length);
        metric->attributes = word[length] == ':' ? word + length + 1 : "";
    }
    if (metric->words == NULL || metric->name == NULL)
        return fail_memory();
    if (!args_is_utf8(word))
        return cli_usage_error("test", "--%s: the value is not UTF-8", flag);
    if (metric->name[0] == '\0')
        return cli_usage_error("test", "--%s: the name is missing", flag);
    if (is_taken(counts, metric->name))
        return cli_usage_error("test", "--%s: '%s' is there twice", flag, metric->name);
    return is_figures(flag, word) ? counts_add(counts, word) : 0;
}

int counts_add(struct counts *counts, const char *word)
{
    if (counts->metric_count == 0)
        return cli_usage_error("test",
                               "'%.*s' belongs to no metric: give --proportion or --mean before it",
                               assay__utf8_shown(word, strlen(word)), word);
    struct counts_metric *metric = &counts->metrics[counts->metric_count - 1];
    if (metric->word_count == ASSAY_GROUPS_MAX)
        return cli_usage_error("test", "--%s: more than %d groups", metric->flag,
                               (int)ASSAY_GROUPS_MAX);
    if (!args_is_utf8(word))
        return cli_usage_error("test", "--%s: a word is not UTF-8", metric->flag);
    metric->words[metric->word_count++] = word;
    return 0;
}

/* ---- Groups ---------------------------------------------------------------------------------- */

/* The name in --groups of that number; NULL when there are fewer names. */
static const char *listed_name(struct counts *counts, size_t number)
{
    const char *list = counts->groups;
    for (; number > 0; number--) {
        list += strcspn(list, ",");
        if (*list++ == '\0')
            return NULL;
    }
    return assay__arena_copy(&counts->arena, list, strcspn(list, ","));
}

static size_t listed_count(const char *list)
{
    size_t count = 1;
    for (; *list != '\0'; list++)
        count += *list == ',';
    return count;
}

/* The group of a word: named in it, by --groups, or by a letter. figures: what follows the name. */
static int name_group(struct counts *counts, const struct counts_metric *metric, size_t number,
                      const char **group, const char **figures)
{
    const char *word = metric->words[number], *sign = strchr(word, '=');
    *figures = sign == NULL ? word : sign + 1;
    if (sign != NULL)
        *group = assay__arena_copy(&counts->arena, word, (size_t)(sign - word));
    else if (counts->groups != NULL)
        *group = listed_name(counts, number);
    else if (number < 26)
        *group = assay__arena_format(&counts->arena, "%c", (char)('A' + (int)number));
    else
        *group = assay__arena_format(&counts->arena, "%zu", number + 1);
    if (*group == NULL)
        return fail_memory();
    if (**group == '\0')
        return fail_word(metric, word, "names no group");
    for (size_t i = 0; i < number; i++)
        if (strcmp(metric->arms[i].group, *group) == 0)
            return cli_usage_error("test", "--%s: group '%s' is there twice", metric->flag, *group);
    return 0;
}

/* ---- Figures --------------------------------------------------------------------------------- */

static bool read_count(const char *text, size_t length, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || *out > (uint64_t)ASSAY__WHOLE_MAX / 10)
            return false;
        *out = *out * 10 + (uint64_t)(text[i] - '0');
    }
    return length > 0 && *out <= (uint64_t)ASSAY__WHOLE_MAX;
}

/* Half a unit of a percentage's last decimal, as a share. */
static double rounding_of(const char *text, size_t length)
{
    double half = 0.005;
    const char *point = memchr(text, '.', length);
    for (const char *c = point; c != NULL && c + 1 < text + length - 1; c++)
        half /= 10.0;
    return half;
}

/* A percentage stands for the count that it may be rounded from. */
static int read_percentage(struct counts *counts, struct counts_metric *metric, const char *word,
                           const char *text, size_t length, uint64_t units, uint64_t *successes)
{
    double share, all = (double)units;
    if (!assay__percent_parse(text, length, &share) || !(share >= 0.0 && share <= 1.0))
        return fail_word(metric, word, "has no percentage from 0% to 100% before the /");
    double nearest = round(share * all), room = rounding_of(text, length) * all;
    if (fabs(nearest - share * all) > room * (1.0 + 1e-9))
        return fail_word(metric, word,
                         "is not a share of that many units: give the count before the /");
    *successes = (uint64_t)nearest;
    if (fabs(nearest - share * all) <= 1e-12 * all)
        return 0;
    metric->is_vague = metric->is_vague || room >= 1.0;
    metric->remark = assay__arena_format(
        &counts->arena, "%s%s%.*s of %s units is taken as %s",
        metric->remark == NULL ? "" : metric->remark, metric->remark == NULL ? "" : ", ",
        (int)length, text, assay__count(units).text, assay__count((uint64_t)nearest).text);
    return metric->remark == NULL ? fail_memory() : 0;
}

static int read_proportion(struct counts *counts, struct counts_metric *metric, const char *word,
                           const char *figures, struct counts_arm *arm)
{
    static const char FORM[] = "is not successes/units, such as 100/1000 or 10%/1000";
    struct assay_error err;
    uint64_t successes = 0, units;
    size_t length = strcspn(figures, "/");
    if (figures[length] != '/' ||
        !read_count(figures + length + 1, strlen(figures + length + 1), &units))
        return fail_word(metric, word, FORM);
    if (length > 0 && figures[length - 1] == '%') {
        int code = read_percentage(counts, metric, word, figures, length, units, &successes);
        if (code != 0)
            return code;
    } else if (!read_count(figures, length, &successes)) {
        return fail_word(metric, word, FORM);
    }
    if (successes > units)
        return fail_word(metric, word, "has more successes than units");
    /* Zeros and ones: the sum of squares is the sum. */
    const struct assay_decimal sum = {(int64_t)successes, 0, 0, NULL};
    const struct assay_decimal sums[] = {sum, sum};
    if (assay__moments_add_sums(arm->moments, 0, units, sums, false, &err) != ASSAY_OK)
        return cli_fail(&err);
    return 0;
}

/* The square of a number of at most 18 digits, exactly, in three limbs of nine digits. */
static struct assay_decimal square(const struct assay_decimal *number, char digits[SQUARE_BYTES])
{
    const uint64_t limb = 1000000000;
    uint64_t whole =
        number->mantissa < 0 ? -(uint64_t)number->mantissa : (uint64_t)number->mantissa;
    uint64_t a = whole / limb, b = whole % limb;
    uint64_t low = b * b, middle = 2 * a * b + low / limb, high = a * a + middle / limb;
    low %= limb;
    middle %= limb;
    if (high == 0)
        return (struct assay_decimal){(int64_t)(middle * limb + low), 2 * number->exponent, 0,
                                      NULL};
    int length =
        snprintf(digits, SQUARE_BYTES, "%" PRIu64 "%09" PRIu64 "%09" PRIu64, high, middle, low);
    return (struct assay_decimal){1, 2 * number->exponent, (uint32_t)length, digits};
}

static int read_mean(struct counts_metric *metric, const char *word, const char *figures,
                     struct counts_arm *arm)
{
    static const char FORM[] = "is not units,mean,deviation, such as 1000,20.3,5.1";
    struct assay_error err;
    struct assay_decimal mean, deviation, variance;
    char mean_digits[ASSAY__DIGITS_MAX], digits[ASSAY__DIGITS_MAX], squared[SQUARE_BYTES];
    uint64_t units;
    size_t first = strcspn(figures, ",");
    const char *rest = figures[first] == ',' ? figures + first + 1 : "";
    size_t second = strcspn(rest, ",");
    const char *last = rest[second] == ',' ? rest + second + 1 : "";
    if (!read_count(figures, first, &units) || strchr(last, ',') != NULL ||
        assay__decimal_parse(rest, second, &mean, mean_digits) != ASSAY__PARSE_OK ||
        assay__decimal_parse(last, strlen(last), &deviation, digits) != ASSAY__PARSE_OK)
        return fail_word(metric, word, FORM);
    if (deviation.digits != NULL)
        return fail_word(metric, word, "has a deviation of more than 18 digits");
    if (deviation.mantissa < 0)
        return fail_word(metric, word, "has a negative standard deviation");
    if (units < 2 && deviation.mantissa != 0)
        return fail_word(metric, word, "has a standard deviation, but is a single unit");
    variance = square(&deviation, squared);
    enum assay_status status =
        assay__moments_add_centred(arm->moments, units, &mean, &variance, &err);
    if (status == ASSAY_ERROR_LIMIT || status == ASSAY_ERROR_DOMAIN)
        return fail_word(metric, word, "has figures beyond the range of numbers");
    return status == ASSAY_OK ? 0 : cli_fail(&err);
}

static int read_metric(struct counts *counts, struct counts_metric *metric)
{
    const struct assay_moments_shape shape = {0, 0};
    struct assay_error err;
    metric->arms = assay__arena_array(&counts->arena, metric->word_count, sizeof *metric->arms);
    if (metric->arms == NULL)
        return fail_memory();
    for (size_t i = 0; i < metric->word_count; i++) {
        struct counts_arm *arm = &metric->arms[i];
        const char *figures;
        int code = name_group(counts, metric, i, &arm->group, &figures);
        if (code != 0)
            return code;
        if (assay_moments_new(shape, &arm->moments, &err) != ASSAY_OK)
            return cli_fail(&err);
        code = strcmp(metric->flag, "mean") == 0
                   ? read_mean(metric, metric->words[i], figures, arm)
                   : read_proportion(counts, metric, metric->words[i], figures, arm);
        if (code != 0)
            return code;
    }
    return 0;
}

/* Every metric is of the same groups, at least two of them. */
static int check_groups(const struct counts *counts, const struct counts_metric *metric)
{
    const struct counts_metric *first = &counts->metrics[0];
    if (metric->word_count < 2)
        return cli_usage_error("test", "--%s: '%s' has %zu group%s; at least two are needed",
                               metric->flag, metric->name, metric->word_count,
                               metric->word_count == 1 ? "" : "s");
    if (metric->word_count != first->word_count)
        return cli_usage_error("test", "'%s' has %zu groups and '%s' %zu", first->name,
                               first->word_count, metric->name, metric->word_count);
    if (counts->groups != NULL && listed_count(counts->groups) != metric->word_count)
        return cli_usage_error("test", "--groups names %zu groups, and '%s' has %zu",
                               listed_count(counts->groups), metric->name, metric->word_count);
    return 0;
}

/* Every metric's groups are those of the first. */
static int check_names(const struct counts *counts, const struct counts_metric *metric)
{
    const struct counts_metric *first = &counts->metrics[0];
    for (size_t i = 0; i < metric->word_count; i++) {
        size_t k = 0;
        while (k < first->word_count && strcmp(first->arms[k].group, metric->arms[i].group) != 0)
            k++;
        if (k == first->word_count)
            return cli_usage_error("test", "'%s' has a group '%s', which '%s' does not have",
                                   metric->name, metric->arms[i].group, first->name);
    }
    return 0;
}

int counts_read(struct counts *counts)
{
    if (counts->metric_count == 0)
        return cli_usage_error("test", "there is nothing to test: give --proportion 100/1000 "
                                       "143/1100, or --mean 1000,20.3,5.1 1100,20.9,5.2");
    for (size_t i = 0; i < counts->metric_count; i++) {
        int code = check_groups(counts, &counts->metrics[i]);
        if (code == 0)
            code = read_metric(counts, &counts->metrics[i]);
        if (code == 0)
            code = check_names(counts, &counts->metrics[i]);
        if (code != 0)
            return code;
    }
    return 0;
}

/* ---- Dataset --------------------------------------------------------------------------------- */

void counts_release(struct counts *counts)
{
    for (size_t m = 0; m < counts->metric_count; m++)
        for (size_t i = 0; counts->metrics[m].arms != NULL && i < counts->metrics[m].word_count;
             i++)
            assay_moments_free(counts->metrics[m].arms[i].moments);
    assay__arena_release(&counts->arena);
}
