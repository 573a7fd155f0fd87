/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that options have in other tools, and what they are called here. */
#include "cli/option_elsewhere.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* names: separated by blanks. The first row counts whose option the command has. */
static const struct {
    const char *names, *option, *write;
} ROWS[] = {
    {"control control-group reference", "baseline", "--baseline=GROUP"},
    {"delimiter delim sep field-separator fs", "separator", "--separator=CHARACTER"},
    {"na na-values na-rep null nullvalue null-string nan", "missing-text", "--missing-text=TEXT"},
    {"cuped pre-metric pre-period", "metric", "--metric=ID:covariate=COLUMN"},
    {"cuped", "covariate", "--covariate=COLUMN"},
    {"variant variation arm bucket treatment experiment-group cell", "group", "--group=COLUMN"},
    {"user user-id uid id-column randomization-unit entity", "unit", "--unit=COLUMN"},
    {"date timestamp ts datetime", "time", "--time=COLUMN"},
    {"confidence confidence-level conf conf-level ci level", "interval",
     "--interval=95 beside the decision's own intervals, whose level follows --alpha"},
    {"confidence confidence-level conf conf-level ci level", "alpha", "--alpha=0.05 for 95 %"},
    {"significance significance-level sig-level", "alpha", "--alpha=A"},
    {"two-sided two-tailed one-sided tails tail alternative sides", "side", "--side=two"},
    {"two-sided two-tailed one-sided tails tail alternative sides", "metric",
     "--metric=ID:direction=any for two sides"},
    {"two-sided two-tailed one-sided tails tail alternative sides", "direction",
     "--direction=any for two sides"},
    {"mde minimum-detectable-effect effect", "metric", "--metric=ID:mde=0.02"},
    {"margin nim non-inferiority-margin non-inferiority", "metric", "--metric=ID:margin=0.02"},
    {"guardrail guardrails", "metric", "--metric=ID:role=guardrail"},
    {"breakdown by group-by strata stratum slice segment-by", "dimension", "--dimension=COLUMN"},
    {"filter query", "where", "--where=CONDITION"},
    {"bonferroni holm correction mtc p-adjust fdr", "adjustment", "--adjustment=METHOD"},
    {"sequential method-sequential", "horizon", "--horizon=groupSequential or alwaysValid"},
    {"binary conversion conversions binomial", "proportion", "--proportion=COLUMN"},
    {"skip skip-rows skiprows skip-header", "skip-lines", "--skip-lines=N"},
    {"charset codec", "encoding", "--encoding=NAME"},
    {"decimal-mark dec decimal-point", "decimal", "--decimal=,"},
    {"out out-file file", "output", "--output=FILE"},
    {"json csv", "format", "--format=NAME (the help lists the names)"},
    {"markdown md html", "format", "--format=markdown or --format=html with 'assay report'"},
    {"jobs cores workers cpus nproc", "threads", "--threads=N"},
    {"baseline baseline-conversion conversion-rate bcr p0 p1 rate", "baseline-rate",
     "--baseline-rate=P"},
    {"lift uplift effect effect-size delta", "mde", "--mde=R"},
    {"std stddev stdev sigma standard-deviation", "sd", "--sd=S"},
    {"n sample-size nobs", "size", "--size=N"},
    {"split allocation allocations ratio expected expected-ratio traffic-split", "weights",
     "--weights=1,1"},
    {"observed units", "counts", "--counts=N,N"},
    {"url endpoint server", "base-url", "--base-url=URL"},
    {"token bearer api-key apikey auth", "token-file", "--token-file=FILE"},
    {"bind listen interface", "address", "--address=IP"},
    {"database", "db", "--db=FILE"},
    {"config", "plan", "--plan=FILE"},
};

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; length > 0 && at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ' ? 1 : 0;
        if (strncmp(at, word, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

static bool has_option(const struct option *options, const char *name)
{
    for (; options->name != NULL; options++)
        if (strcmp(options->name, name) == 0)
            return true;
    return false;
}

const char *option_elsewhere(const struct option *options, const char *name)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (has_word(ROWS[i].names, name) && has_option(options, ROWS[i].option))
            return ROWS[i].write;
    return NULL;
}
