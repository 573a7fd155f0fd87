/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --fail-on: exit statuses for what an analysis found, or could not look for. */
#include "cli/health.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/outcome.h"
#include "cli/args.h"

enum { EXIT_SRM = 10, EXIT_DETERIORATION = 11, EXIT_UNTESTED = 12 };

int health_take(const char *command, const char *list, struct health_wanted *wanted)
{
    static const char *const NAMES[] = {"srm", "deterioration", "untested", NULL};
    bool *const places[] = {&wanted->srm, &wanted->deterioration, &wanted->untested};
    char name[64];
    for (;;) {
        size_t length = strcspn(list, ",");
        unsigned index = 0;
        snprintf(name, sizeof name, "%.*s", (int)length, list);
        int code = args_choice((struct args_where){command, "fail-on"}, name, NAMES, &index);
        if (code != 0)
            return code;
        *places[index] = true;
        if (list[length] == '\0')
            return 0;
        list += length + 1;
    }
}

/* A harm test was wanted of this result, and could not be made, or not relied on. */
static bool lacks_harm_test(const struct assay_metric_result *result)
{
    if (isnan(result->deterioration_alpha))
        return false;
    return result->deteriorated == ASSAY_UNKNOWN || assay__moved_covariate(result) != UINT32_MAX ||
           (result->deteriorated == ASSAY_YES && !assay__harm_stands(result));
}

/* A test of this result was wanted, be it of its role or for harm, and could not be made. */
static bool lacks_test(const struct assay_analysis *analysis,
                       const struct assay_metric_result *result)
{
    const struct assay_metric_plan *metric = &analysis->plan->metrics[result->metric];
    bool is_wanted =
        metric->role != ASSAY_ROLE_DETERIORATION || !isnan(result->deterioration_alpha);
    return (is_wanted && result->outcome == ASSAY_OUTCOME_NOT_TESTED) || lacks_harm_test(result);
}

/* What was found beats what could not be looked for; only the total counts. */
int health_code(const struct health_wanted *wanted, const struct assay_analysis *analysis)
{
    int code = 0;
    if (wanted->srm && analysis->srm[0].test.significant)
        return EXIT_SRM;
    for (size_t i = 0; i < analysis->result_count; i++) {
        const struct assay_metric_result *result = &analysis->results[i];
        if (result->slice != 0)
            continue;
        if (wanted->deterioration && assay__harm_stands(result))
            return EXIT_DETERIORATION;
        if ((wanted->deterioration && lacks_harm_test(result)) ||
            (wanted->untested && lacks_test(analysis, result)))
            code = EXIT_UNTESTED;
    }
    return code;
}
