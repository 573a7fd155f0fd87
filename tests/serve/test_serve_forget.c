/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the endpoint forgets while it reads a post must make no difference: every value of a large
 * result is made wrong in every way, one after the other, and both ways of reading must lead to the
 * same problems and the same document.
 */
#include "test.h"

#include "json/json_read.h"
#include "json/json_write.h"
#include "serve/contract.h"

enum { COMPARISONS = 3, LOOKS = 3, BODY_BYTES = 30000 };

#define VALUE(name) "\"" name "\":{\"value\":0.5}"
#define DIFFERENCE                                                                                 \
    "{" VALUE("estimate") "," VALUE("lower") "," VALUE("upper") "," VALUE(                         \
        "powered") ",\"isSignificant\":{\"value\":true}}"
#define LOOK                                                                                       \
    "{\"resultTime\":\"t\"," VALUE("baselineEstimateAbs") "," VALUE(                               \
        "comparedEstimateAbs") ",\"differenceEstimateAbs\":" DIFFERENCE                            \
                               ",\"differenceEstimateRel\":" DIFFERENCE "}"

static size_t write_body(char *text)
{
    size_t length = (size_t)sprintf(
        text, "{\"parent\":\"p\",\"analysisResult\":{\"exposureFilter\":\"f\",\"annotations\":"
              "[{\"context\":[{\"value\":\"c\"}],\"info\":\"i\"}],\"results\":[");
    for (int metric = 0; metric < 2; metric++) {
        length += (size_t)sprintf(text + length, "%s{\"id\":\"m%d\",\"result\":[",
                                  metric > 0 ? "," : "", metric);
        for (int i = 0; i < COMPARISONS; i++) {
            length += (size_t)sprintf(text + length,
                                      "%s{\"groups\":{\"baseline\":\"a\",\"compared\":\"b\"},"
                                      "\"dimensions\":[{\"key\":\"k\",\"value\":7}],\"result\":[",
                                      i > 0 ? "," : "");
            for (int look = 0; look < LOOKS; look++)
                length += (size_t)sprintf(text + length, "%s" LOOK, look > 0 ? "," : "");
            length += (size_t)sprintf(text + length, "],\"lastResult\":" LOOK "}");
        }
        length += (size_t)sprintf(text + length, "],\"metricDetails\":{\"hasRun\":true}}");
    }
    length += (size_t)sprintf(text + length, "],\"treatments\":[{\"id\":\"b\",\"recommendation\":"
                                             "{\"status\":\"x\"}}],\"labels\":[{\"key\":\"k\"}]}}");
    ck_assert_uint_lt(length, BODY_BYTES - 200);
    return length;
}

/* The byte behind a value that begins at text[at]: strings in it hold no brackets or quotes. */
static size_t value_end(const char *text, size_t at)
{
    int depth = 0;
    do {
        if (text[at] == '"')
            at += strcspn(text + at + 1, "\"") + 1;
        depth += (text[at] == '{' || text[at] == '[') - (text[at] == '}' || text[at] == ']');
        at++;
    } while (depth > 0 || strchr(",]}", text[at]) == NULL);
    return at;
}

static void write_value(struct assay__json *json, const struct assay__node *value)
{
    char bracket = value->type == ASSAY__NODE_OBJECT ? '{' : '[';
    bool is_leaf = value->type != ASSAY__NODE_OBJECT && value->type != ASSAY__NODE_ARRAY;
    if (value->is_compact)
        assay__json_raw_bytes(json, value->text, value->length);
    else if (value->type == ASSAY__NODE_STRING)
        assay__json_bytes(json, value->text, value->length);
    else if (is_leaf)
        assay__json_raw(json, value->type == ASSAY__NODE_NUMBER ? value->text
                              : value->type == ASSAY__NODE_BOOLEAN
                                  ? value->boolean ? "true" : "false"
                                  : "null");
    if (value->is_compact || is_leaf)
        return;
    assay__json_begin(json, bracket);
    for (const struct assay__node *child = value->first; child != NULL; child = child->next) {
        if (child->key != NULL)
            assay__json_key(json, child->key);
        write_value(json, child);
    }
    assay__json_end(json, bracket == '{' ? '}' : ']');
}

/* Reads and checks a body, and writes the problems and the document into out. Returns how many
 * comparisons and metrics were forgotten. */
static unsigned outcome(const char *text, size_t length, bool strict, bool may_forget,
                        struct assay__text *out)
{
    struct assay__json_options options = {.code = ASSAY_ERROR_DATA,
                                          .bytes_max = BODY_BYTES,
                                          .values_max = 10000,
                                          .depth_max = 32,
                                          .context = &strict};
    struct assay__arena arena = {0};
    struct assay__node *root = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    struct serve_problems problems = {.arena = &arena};
    unsigned forgotten = 0;
    if (may_forget)
        options.may_forget = serve_contract_may_forget;
    out->length = 0;
    assert_ok(assay__json_read(&arena, text, length, &options, &root, &err), &err);
    struct assay__node *result = assay__node_get(root, "analysisResult");
    const struct assay__node *metrics = assay__node_get(result, "results");
    for (const struct assay__node *metric = metrics != NULL ? metrics->first : NULL; metric != NULL;
         metric = metric->next)
        forgotten += metric->count > 0 && metric->first == NULL;
    const struct assay__node *labels = assay__node_get(result, "labels");
    ck_assert(labels == NULL || labels->count == 0 || labels->first != NULL);
    serve_contract_check(result, strict, &problems);
    assay__text_format(out, "%u problems\n", problems.count);
    for (const struct serve_problem *problem = problems.first; problem != NULL;
         problem = problem->next)
        assay__text_format(out, "%s: %s\n", problem->field, problem->description);
    struct assay__json json = {.out = out};
    write_value(&json, result);
    ck_assert(!out->failed);
    assay__arena_release(&arena);
    return forgotten;
}

static void compare(const char *text, size_t length)
{
    struct assay__text whole = {0}, forgetful = {0};
    for (int strict = 0; strict < 2; strict++) {
        ck_assert_uint_eq(outcome(text, length, strict, false, &whole), 0);
        (void)outcome(text, length, strict, true, &forgetful);
        ck_assert_msg(strcmp(whole.data, forgetful.data) == 0, "%.*s\n%s\n%s", (int)length, text,
                      whole.data, forgetful.data);
    }
    assay__text_release(&whole);
    assay__text_release(&forgetful);
}

START_TEST(forgetting_a_right_result_takes_all_its_metrics)
{
    static char text[BODY_BYTES];
    struct assay__text out = {0};
    size_t length = write_body(text);
    ck_assert_uint_eq(outcome(text, length, true, true, &out), 2);
    ck_assert_msg(strncmp(out.data, "0 problems\n", 11) == 0, "%s", out.data);
    compare(text, length);
    assay__text_release(&out);
}
END_TEST

static const char *const REPLACEMENTS[] = {"null",
                                           "1",
                                           "\"x\"",
                                           "true",
                                           "{}",
                                           "[]",
                                           "[{}]",
                                           "[null]",
                                           "[1]",
                                           "{\"value\":null}",
                                           " {}",
                                           "1,\"unknown\":2",
                                           "1,\"unknown\":null",
                                           "[],\"name\":\"n\"",
                                           "{},\"createTime\":null"};

START_TEST(forgetting_makes_no_difference_to_what_is_wrong)
{
    static char text[BODY_BYTES], changed[BODY_BYTES];
    size_t length = write_body(text);
    const char *replacement = REPLACEMENTS[_i];
    unsigned changes = 0;
    for (size_t at = (size_t)(strstr(text, "\"analysisResult\":{") - text) + 18; at < length;
         at++) {
        if (text[at] != ':')
            continue;
        size_t end = value_end(text, at + 1);
        size_t size =
            (size_t)sprintf(changed, "%.*s%s%s", (int)(at + 1), text, replacement, text + end);
        compare(changed, size);
        changes++;
    }
    ck_assert_uint_gt(changes, 700);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, forgetting_a_right_result_takes_all_its_metrics);
    tcase_add_loop_test(cases, forgetting_makes_no_difference_to_what_is_wrong, 0,
                        (int)(sizeof REPLACEMENTS / sizeof *REPLACEMENTS));
}

int main(void)
{
    return test_main("serve_forget", add);
}
