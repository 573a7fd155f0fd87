/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay simulate as users run it: advice followed at every look ships no more often than alpha
 * without an effect, under every horizon, and as often as planned with it.
 */
#include <cjson/cJSON.h>
#include <math.h>
#include <unistd.h>

#include "assay/dist.h"
#include "assay/horizon.h"
#include "calibrate.h"

enum { EXPERIMENTS = 4000, TEXT_MAX = 1 << 20 };

/* Values have deviation DEVIATION; the planned effect is EFFECT. */
static const double ALPHA = 0.05, HARM = 0.051, POWER = 0.8, DEVIATION = 5.0, EFFECT = 0.5;

/* One plan. Where has_power, its units are those that the boundaries need for
 * POWER: END comes once the planned power is there, or, where looks are not planned, the
 * planned units. */
struct whole {
    const char *name;
    const char *groups;    /* with weights */
    const char *metrics;   /* after the success metric m */
    const char *horizon;   /* of m and the plan; @ stands for the units of all groups */
    const char *arguments; /* draws of further metrics */
    enum assay_spending_family family;
    double parameter;
    int looks;
    bool has_power;
};

#define TWO "{\"id\":\"control\",\"weight\":1},{\"id\":\"new\",\"weight\":1}"
#define SPENDING(family, looks)                                                                    \
    "\"type\":\"groupSequential\",\"expectedSampleSize\":@,\"plannedLooks\":" looks                \
    ",\"spending\":{\"family\":\"" family "\"}"
#define GUARDRAIL                                                                                  \
    ",{\"id\":\"g\",\"type\":\"mean\",\"role\":\"guardrail\",\"direction\":\"increase\","          \
    "\"nonInferiorityMargin\":0.05"
#define DRAW_G " --draw g:gamma,mean=20,sd=20"

static const struct whole WHOLES[] = {
    {"power spending", TWO, "", SPENDING("power", "5"), "", ASSAY_SPENDING_POWER, 2.0, 5, true},
    {"O'Brien and Fleming's spending", TWO, "", SPENDING("obrienFleming", "5"), "",
     ASSAY_SPENDING_OBRIEN_FLEMING, NAN, 5, true},
    {"Pocock's spending", TWO, "", SPENDING("pocock", "5"), "", ASSAY_SPENDING_POCOCK, NAN, 5,
     true},
    {"Hwang, Shih and DeCani's spending", TWO, "", SPENDING("hwangShihDeCani", "5"), "",
     ASSAY_SPENDING_HWANG_SHIH_DECANI, -4.0, 5, true},
    {"power spending, 20 looks", TWO, "", SPENDING("power", "20"), "", ASSAY_SPENDING_POWER, 2.0,
     20, true},
    {"always valid", TWO, "", "\"type\":\"alwaysValid\",\"optimalSampleSize\":@", "",
     ASSAY_SPENDING_POWER, 2.0, 20, false},
    {"fixed, harm at every look", TWO, GUARDRAIL "}", "\"type\":\"fixed\"", DRAW_G,
     ASSAY_SPENDING_POWER, 2.0, 10, false},
    {"group sequential, guardrail always valid", TWO,
     GUARDRAIL ",\"horizon\":{\"type\":\"alwaysValid\",\"optimalSampleSize\":3000}}",
     SPENDING("pocock", "5"), DRAW_G, ASSAY_SPENDING_POCOCK, NAN, 5, false},
    {"three groups, 2:1:1",
     "{\"id\":\"control\",\"weight\":2},{\"id\":\"new\",\"weight\":1},"
     "{\"id\":\"newer\",\"weight\":1}",
     GUARDRAIL "}", SPENDING("obrienFleming", "5"), DRAW_G, ASSAY_SPENDING_OBRIEN_FLEMING, NAN, 5,
     false},
    {"power spending, 20 looks, not planned", TWO, "",
     "\"type\":\"groupSequential\",\"expectedSampleSize\":@,\"spending\":{\"family\":\"power\"}",
     "", ASSAY_SPENDING_POWER, 2.0, 20, true},
};

enum { WHOLE_COUNT = sizeof WHOLES / sizeof *WHOLES };

/* Units of two equal groups that equal looks need for the power. */
static long units_of(const struct whole *w)
{
    const struct assay_horizon_design design = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                                .alpha = ALPHA,
                                                .spending = w->family,
                                                .spending_parameter = w->parameter,
                                                .expected_size = 1.0};
    struct assay_horizon *horizon;
    struct assay_boundary boundary;
    struct assay_horizon_cost plan;
    struct assay_error err;
    assert_ok(assay_horizon_open(&design, &horizon, &err), &err);
    for (int k = 1; k <= w->looks; k++)
        assert_ok(assay_horizon_at(horizon, (double)k / w->looks, NAN, &boundary, &err), &err);
    assert_ok(assay_horizon_cost(horizon, POWER, &plan, &err), &err);
    assay_horizon_free(horizon);
    double deviations = 2.0 * plan.drift * DEVIATION / EFFECT;
    return 2 * lround(0.5 * deviations * deviations);
}

static void write_plan(const struct whole *w, long units, const char *path)
{
    const char *place = strchr(w->horizon, '@');
    char horizon[300];
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    snprintf(horizon, sizeof horizon, "%s", w->horizon);
    if (place != NULL)
        snprintf(horizon, sizeof horizon, "%.*s%ld%s", (int)(place - w->horizon), w->horizon, units,
                 place + 1);
    fprintf(file,
            "{\"groups\":[%s],\"comparisons\":{\"baseline\":\"control\"},\"alpha\":%g,\"power\":%g,"
            "\"horizon\":{%s},\"metrics\":[{\"id\":\"m\",\"type\":\"mean\",\"role\":\"success\","
            "\"direction\":\"increase\",\"minimumDetectableEffectAbs\":%g}%s]}",
            w->groups, ALPHA, POWER, horizon, EFFECT, w->metrics);
    ck_assert_int_eq(fclose(file), 0);
}

static cJSON *simulate(const struct whole *w, long units, int seed)
{
    static char text[TEXT_MAX];
    char command[600], path[] = "/tmp/slow_simulate.XXXXXX";
    const char *program = getenv("ASSAY");
    ck_assert_msg(program != NULL, "ASSAY names the program");
    int handle = mkstemp(path);
    ck_assert_int_ge(handle, 0);
    close(handle);
    write_plan(w, units, path);
    snprintf(command, sizeof command,
             "'%s' simulate --plan %s --draw m:normal,mean=10,sd=%g%s --units %ld --looks %d "
             "--experiments %d --seed %d --format detail",
             program, path, DEVIATION, w->arguments, units, w->looks, EXPERIMENTS, seed);
    FILE *output = popen(command, "r");
    ck_assert_ptr_nonnull(output);
    size_t length = fread(text, 1, sizeof text - 1, output);
    ck_assert_msg(pclose(output) == 0, "%s", command);
    text[length] = '\0';
    unlink(path);
    cJSON *json = cJSON_Parse(text);
    ck_assert_msg(json != NULL, "%s", text);
    return json;
}

/* A share of one kind of experiments: 0 without an effect, 1 with it. */
static double share_of(const cJSON *json, int kind, const char *name)
{
    const cJSON *scenarios = cJSON_GetObjectItemCaseSensitive(json, "scenarios");
    const cJSON *scenario = cJSON_GetArrayItem(scenarios, kind);
    const cJSON *figure = cJSON_GetObjectItemCaseSensitive(scenario, name);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(figure, "value");
    ck_assert_msg(cJSON_IsNumber(value), "no figure %s", name);
    return value->valuedouble;
}

static double errors_of(double share)
{
    return 4.0 * sqrt(share * (1.0 - share) / EXPERIMENTS);
}

START_TEST(advice_at_every_look)
{
    const struct whole *w = &WHOLES[_i];
    long units = w->has_power ? units_of(w) : 3000;
    cJSON *json = simulate(w, units, 100 + _i);
    double ship = share_of(json, 0, "ship"), abort = share_of(json, 0, "abort");
    double power = share_of(json, 1, "ship");
    double used = share_of(json, 0, "unitShare"), with_effect = share_of(json, 1, "unitShare");
    cJSON_Delete(json);
    calibrate_row("| followed, %s, %d looks, %ld units | %g | SHIP %.4f | ABORT %.4f | with the "
                  "effect SHIP %.4f | units used %.3f, %.3f | | | | | at most %.4f, %.4f%s |\n",
                  w->name, w->looks, units, ALPHA, ship, abort, power, used, with_effect,
                  ALPHA + errors_of(ALPHA), HARM + errors_of(HARM),
                  w->has_power ? "; 0.8 -+ 0.0253" : "");
    ck_assert_msg(ship <= ALPHA + errors_of(ALPHA), "%s: SHIP %.4f", w->name, ship);
    ck_assert_msg(abort <= HARM + errors_of(HARM), "%s: ABORT %.4f", w->name, abort);
    if (w->has_power)
        ck_assert_msg(fabs(power - POWER) <= errors_of(POWER), "%s: power %.4f", w->name, power);
    ck_assert_msg(power > ship, "%s: power %.4f", w->name, power);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 3600);
    tcase_add_loop_test(cases, advice_at_every_look, 0, WHOLE_COUNT);
}

int main(void)
{
    return test_main("slow_simulate", add);
}
