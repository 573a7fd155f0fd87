/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "golden_analysis.h"

#include "analysis/analysis_view.h"

#include "test.h"

/* Fields of a line of CSV in place; quotes removed. Returns how many there are. */
static int split(char *line, char *fields[], int most)
{
    int count = 0;
    while (count < most) {
        char *out = line;
        fields[count++] = out;
        bool quoted = *line == '"';
        line += quoted;
        while (*line != '\0' && (quoted || *line != ',')) {
            if (quoted && *line == '"') {
                if (line[1] != '"') {
                    quoted = false;
                    line++;
                    continue;
                }
                line++;
            }
            *out++ = *line++;
        }
        bool more = *line == ',';
        line++;
        *out = '\0';
        if (!more)
            break;
    }
    return count;
}

static uint32_t find_slice(const struct assay_analysis *analysis, const char *key,
                           const char *value)
{
    for (uint32_t s = 0; s < analysis->slice_count; s++)
        if (strcmp(analysis->slices[s].key, key) == 0 &&
            strcmp(analysis->slices[s].value, value) == 0)
            return s;
    ck_abort_msg("no slice %s = %s", key, value);
    return 0;
}

static const struct assay_metric_result *find_result(const struct assay_analysis *analysis,
                                                     const char *metric, const char *comparison,
                                                     uint32_t slice)
{
    for (size_t i = 0; i < analysis->result_count; i++) {
        const struct assay_metric_result *result = &analysis->results[i];
        if (result->slice == slice && strcmp(result->comparison_id, comparison) == 0 &&
            strcmp(analysis->plan->metrics[result->metric].id, metric) == 0)
            return result;
    }
    ck_abort_msg("no result %s %s", metric, comparison);
    return NULL;
}

static double srm_field(const struct assay_srm_result *srm, const char *field)
{
    if (strcmp(field, "statistic") == 0)
        return srm->test.statistic;
    if (strcmp(field, "p") == 0)
        return srm->test.p;
    ck_assert_str_eq(field, "log10P");
    return srm->test.log10_p;
}

double golden_result_field(const struct assay_metric_result *result, const char *field)
{
    const struct assay_look_result *look = &result->looks[result->look_count - 1];
    struct assay_comparison shown, *c = &shown;
    assay__kept_show(&look->comparison, NULL, &shown);
    const struct {
        const char *name;
        double value;
    } FIELDS[] = {{"baselineEstimate", c->baseline.estimate},
                  {"comparedEstimate", c->compared.estimate},
                  {"baselineUnadjusted", c->baseline.unadjusted},
                  {"comparedUnadjusted", c->compared.unadjusted},
                  {"baselineStandardError", c->baseline.standard_error},
                  {"comparedStandardError", c->compared.standard_error},
                  {"alpha", result->alpha},
                  {"estimate", c->difference.estimate},
                  {"standardError", c->difference.standard_error},
                  {"df", c->difference.df},
                  {"statistic", c->difference.statistic},
                  {"critical", c->difference.critical},
                  {"lower", c->difference.lower},
                  {"upper", c->difference.upper},
                  {"p", c->difference.p},
                  {"log10P", c->difference.log10_p},
                  {"relative", c->relative.estimate},
                  {"fiellerLower", c->relative.fieller_lower},
                  {"fiellerUpper", c->relative.fieller_upper},
                  {"deltaStandardError", c->relative.delta_standard_error},
                  {"deltaLower", c->relative.delta_lower},
                  {"deltaUpper", c->relative.delta_upper},
                  {"logLower", c->relative.log_lower},
                  {"logUpper", c->relative.log_upper},
                  {"scaledLower", c->relative.scaled_lower},
                  {"scaledUpper", c->relative.scaled_upper},
                  {"rate", c->reduction.rate},
                  {"baselineSlope1", c->reduction.baseline_slopes[0]},
                  {"baselineSlope2", c->reduction.baseline_slopes[1]},
                  {"comparedSlope1", c->reduction.compared_slopes[0]},
                  {"comparedSlope2", c->reduction.compared_slopes[1]},
                  {"deteriorationP", assay__harm_test(look)->difference.p},
                  {"deteriorationCritical", assay__harm_test(look)->difference.critical},
                  {"sliceP", result->slice_p},
                  {"required", look->size.required},
                  {"poweredEffect", look->size.powered_effect_abs}};
    unsigned covariate;
    char what[16];
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (strcmp(FIELDS[i].name, field) == 0)
            return FIELDS[i].value;
    if (sscanf(field, "balance%u%15s", &covariate, what) == 2) {
        ck_assert_uint_le(covariate, result->balance_count);
        const struct assay_balance *balance = &result->balance[covariate - 1];
        return strcmp(what, "P") == 0 ? balance->p : balance->difference;
    }
    ck_abort_msg("no field %s", field);
    return NAN;
}

static double cochran_field(const struct assay_analysis *analysis, char *const fields[])
{
    for (size_t i = 0; i < analysis->heterogeneity_count; i++) {
        const struct assay_heterogeneity *one = &analysis->heterogeneity[i];
        const struct assay_metric_result *total = find_result(analysis, fields[0], fields[1], 0);
        if (one->metric == total->metric && one->baseline == total->baseline &&
            one->compared == total->compared && strcmp(one->dimension, fields[2]) == 0)
            return strcmp(fields[4], "cochranQ") == 0   ? one->q
                   : strcmp(fields[4], "cochranP") == 0 ? one->p
                                                        : one->df;
    }
    ck_abort_msg("no heterogeneity of %s in %s", fields[0], fields[2]);
    return NAN;
}

unsigned golden_check(const struct assay_analysis *analysis, const char *path, double tolerance,
                      double *worst)
{
    char *text = test_read_file(path, NULL), *rest = text, *line;
    unsigned count = 0;
    *worst = 0.0;
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *fields[6];
        if (line[0] == '#' || line[0] == '\0' || strncmp(line, "metric,", 7) == 0)
            continue;
        ck_assert_int_eq(split(line, fields, 6), 6);
        bool is_cochran = strncmp(fields[4], "cochran", 7) == 0;
        uint32_t slice = is_cochran ? 0 : find_slice(analysis, fields[2], fields[3]);
        double want = strtod(fields[5], NULL);
        double got = is_cochran ? cochran_field(analysis, fields)
                     : strcmp(fields[0], "@srm") == 0
                         ? srm_field(&analysis->srm[slice], fields[4])
                         : golden_result_field(find_result(analysis, fields[0], fields[1], slice),
                                               fields[4]);
        bool is_p = fields[4][strlen(fields[4]) - 1] == 'p' || fields[4][0] == 'p';
        if (is_p && want < 1e-300 && want > -1e-300 && strcmp(fields[4], "poweredEffect") != 0)
            continue; /* its log is in the file too */
        double error = test_relative_error(got, want);
        ck_assert_msg(error <= tolerance, "%s %s %s=%s %s: %.17g, expected %s (%.2g)", fields[0],
                      fields[1], fields[2], fields[3], fields[4], got, fields[5], error);
        *worst = error > *worst ? error : *worst;
        count++;
    }
    free(text);
    return count;
}
