/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which comparisons of the total are listed: all, or of many the few that found most: harm first,
 * then by p. What is left out is counted.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "analysis/outcome.h"
#include "number/number.h"
#include "report/table/table.h"

/* With more comparisons than this, in all or of a metric, only some are listed. */
enum { COMPARISONS_MAX = 100, COMPARISONS_OF_METRIC_MAX = 12, FOUND_MAX = 6 };

static size_t count_total(const struct assay_analysis *analysis)
{
    size_t count = 0;
    for (size_t i = 0; i < analysis->result_count; i++)
        count += analysis->results[i].slice == 0;
    return count;
}

/* The test is one for harm, which is not found in most comparisons. */
static bool looks_for_harm(const struct assay_analysis *analysis,
                           const struct assay_metric_result *result)
{
    const struct assay_metric_plan *metric = &analysis->plan->metrics[result->metric];
    return metric->role == ASSAY_ROLE_DETERIORATION ||
           (metric->role == ASSAY_ROLE_GUARDRAIL && !metric->margin.is_set);
}

static bool is_found(const struct assay_analysis *analysis,
                     const struct assay_metric_result *result)
{
    return result->deteriorated == ASSAY_YES ||
           (!looks_for_harm(analysis, result) && result->significant == ASSAY_YES);
}

/* What was found, in the order in which it is to be listed. */
struct found {
    size_t index;
    bool is_harm;
    double log10_p;
};

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->is_harm != y->is_harm)
        return x->is_harm ? -1 : 1;
    if (x->log10_p < y->log10_p || x->log10_p > y->log10_p)
        return x->log10_p < y->log10_p ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static void take_some(struct assay__choice *choice, const struct assay_analysis *analysis,
                      struct found *found)
{
    for (size_t i = 0; i < analysis->result_count; i++) {
        const struct assay_metric_result *result = &analysis->results[i];
        if (result->slice != 0)
            continue;
        if (!is_found(analysis, result)) {
            choice->untested += result->significant == ASSAY_UNKNOWN;
            continue;
        }
        const struct assay_look_result *look = assay__shown_look(result);
        bool is_harm = result->deteriorated == ASSAY_YES;
        found[choice->found++] = (struct found){i, is_harm,
                                                is_harm ? assay__harm_test(look)->difference.log10_p
                                                        : look->comparison.difference.log10_p};
    }
    qsort(found, choice->found, sizeof *found, compare_found);
    for (size_t i = 0; i < choice->found && i < FOUND_MAX; i++) {
        choice->is_listed[found[i].index] = true;
        choice->listed++;
    }
}

bool assay__choice_make(struct assay__choice *choice, const struct assay_analysis *analysis,
                        bool lists_all)
{
    *choice = (struct assay__choice){.total = count_total(analysis)};
    choice->is_listed = assay__calloc(analysis->result_count + 1, sizeof *choice->is_listed);
    struct found *found = assay__calloc(choice->total + 1, sizeof *found);
    size_t most = (size_t)COMPARISONS_OF_METRIC_MAX * analysis->plan->metric_count;
    bool is_made = choice->is_listed != NULL && found != NULL;
    if (is_made && !lists_all && (choice->total > COMPARISONS_MAX || choice->total > most)) {
        take_some(choice, analysis, found);
    } else if (is_made) {
        for (size_t i = 0; i < analysis->result_count; i++)
            choice->is_listed[i] = analysis->results[i].slice == 0;
        choice->listed = choice->total;
    }
    assay__free(found);
    return is_made;
}

void assay__choice_words(const struct assay__choice *choice, struct assay__text *words)
{
    size_t found = choice->found - choice->listed;
    const char *between = "";
    assay__text_format(words, "%s comparisons of %s are not listed: ",
                       assay__count(choice->total - choice->listed).text,
                       assay__count(choice->total).text);
    if (found > 0) {
        assay__text_format(words, "%s found something", assay__count(found).text);
        between = ", ";
    }
    if (choice->untested > 0) {
        assay__text_format(words, "%s%s not tested", between, assay__count(choice->untested).text);
        between = ", ";
    }
    if (choice->listed + found + choice->untested < choice->total)
        assay__text_format(words, "%snothing clear was found in %s", between,
                           found + choice->untested > 0 ? "the others" : "them");
}

void assay__choice_release(struct assay__choice *choice)
{
    assay__free(choice->is_listed);
}
