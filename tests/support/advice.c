/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Advice of tests: the reasons as one text, and checks of them. */
#include "advice.h"

const char *advice_ids(const struct run *run, const struct assay_treatment *treatment)
{
    static char ids[512];
    size_t length = 0;
    ids[0] = '\0';
    for (uint32_t r = 0; r < treatment->reason_count; r++) {
        const struct assay_advice_reason *reason = &treatment->reasons[r];
        bool has_metric = reason->metric >= 0;
        length += (size_t)snprintf(ids + length, sizeof ids - length, "%s%s%s%s", r == 0 ? "" : " ",
                                   reason->id, has_metric ? ":" : "",
                                   has_metric ? run->plan->metrics[reason->metric].id : "");
    }
    return ids;
}

void advice_check_groups(const struct run *run, const struct assay_treatment *treatment)
{
    for (uint32_t r = 0; r < treatment->reason_count; r++) {
        const char *text = treatment->reasons[r].text;
        if (strstr(text, " against ") == NULL)
            continue;
        char pair[64];
        snprintf(pair, sizeof pair, "%s against %s", run->analysis->groups[treatment->group].id,
                 run->analysis->groups[treatment->baseline].id);
        ck_assert_msg(strstr(text, pair) != NULL, "%s", text);
    }
}

void advice_check(const struct run *run, enum assay_recommendation recommendation, const char *ids)
{
    assert_ok(run->status, &run->err);
    ck_assert_uint_eq(run->analysis->treatment_count, 1);
    const struct assay_treatment *treatment = run->analysis->treatments;
    ck_assert_str_eq(advice_ids(run, treatment), ids);
    ck_assert_int_eq(treatment->recommendation, recommendation);
    advice_check_groups(run, treatment);
    ck_assert(treatment->final);
}
