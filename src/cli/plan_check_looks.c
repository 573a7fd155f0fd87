/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often is looked, and what keeps the error rates then, in words. */
#include <inttypes.h>
#include <math.h>

#include "cli/plan_check_words.h"
#include "plan/names.h"

static void add_spending(struct assay__text *line, const struct assay_spending *spending)
{
    assay__text_puts(line, assay__name_spending(spending->family));
    if (!isnan(spending->parameter)) {
        assay__text_puts(line, " ");
        plan_words_number(line, spending->parameter);
    }
}

static void say_group_sequential(struct assay__text *line, const struct assay_horizon_plan *horizon)
{
    assay__text_puts(line, "group sequential: alpha is spent as data come (");
    add_spending(line, &horizon->spending);
    assay__text_puts(line, "), all of it at ");
    plan_words_units(line, horizon->expected_sample_size);
    assay__text_puts(line, " units of all groups");
    if (horizon->planned_looks > 0)
        assay__text_format(line, "; sizes count %" PRIu32 " look%s", horizon->planned_looks,
                           horizon->planned_looks == 1 ? "" : "s");
    if (horizon->has_futility) {
        assay__text_puts(line, "; futility bounds spend beta (");
        add_spending(line, &horizon->futility);
        assay__text_puts(line, horizon->futility_is_binding ? "), binding" : "), not binding");
    }
}

static void say_always_valid(struct assay__text *line, const struct assay_horizon_plan *horizon)
{
    assay__text_puts(line, "always valid: look at any time, as often as you like");
    if (!isnan(horizon->tau)) {
        assay__text_puts(line, "; mixture over effects with standard deviation ");
        plan_words_number(line, horizon->tau);
    } else if (!isnan(horizon->optimal_sample_size)) {
        assay__text_puts(line, "; intervals are tightest at ");
        plan_words_units(line, horizon->optimal_sample_size);
        assay__text_puts(line, " units of all groups");
    }
}

static void say_horizon(struct plan_words *words, const char *whose,
                        const struct assay_horizon_plan *horizon)
{
    struct assay__text *line = &words->line;
    assay__text_format(line, "%s: ", whose);
    if (horizon->kind == ASSAY_HORIZON_GROUP_SEQUENTIAL)
        say_group_sequential(line, horizon);
    else if (horizon->kind == ASSAY_HORIZON_ALWAYS_VALID)
        say_always_valid(line, horizon);
    else
        assay__text_puts(line, "fixed: one look decides");
    assay__text_putc(line, '.');
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

void plan_words_looks(struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    say_horizon(words, "Horizon", &plan->horizon);
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (plan->metrics[m].has_horizon)
            say_horizon(words, plan->metrics[m].id, &plan->metrics[m].horizon);
    for (uint32_t s = 0; s < plan->segment_count; s++)
        if (plan->segments[s].has_horizon)
            say_horizon(words, plan->segments[s].id, &plan->segments[s].horizon);
    if (plan->granularity == ASSAY_GRANULARITY_NONE)
        return;
    assay__text_format(&words->line, "Looks: one a%s %s, at its end (UTC).",
                       plan->granularity == ASSAY_GRANULARITY_HOUR ? "n" : "",
                       assay__name_granularity(plan->granularity));
    if (plan->horizon.kind == ASSAY_HORIZON_FIXED)
        assay__text_puts(&words->line, " Under a fixed horizon the last one decides; harm is "
                                       "looked for at each, always valid.");
    plan_words_flush(words, PLAN_WORDS_INDENT);
}
