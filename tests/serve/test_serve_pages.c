/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of results: what they show first, fold or cut. */
#include "serve_page.h"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
    endpoint.options.open_pages = true;
    endpoint_start(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

/* Every list of a result, so long that its page would have 60 MB or more: what a page repeats is
 * much longer than the two bytes of an element. */
START_TEST(page_of_a_result_without_end_is_cut_and_says_so)
{
    static const struct {
        const char *id, *before, *piece, *after;
    } LISTS[] = {
        {"metrics", "{\"results\":[", "{}", "]}"},
        {"comparisons", "{\"results\":[{\"result\":[", "{}", "]}]}"},
        {"slices", "{\"results\":[{\"result\":[", "{\"segmentId\":\"s\"}", "]}]}"},
        {"tests", "{\"results\":[{\"srmResult\":[", "{}", "]}]}"},
        {"groups", "{\"results\":[{\"srmResult\":[{\"result\":[", "{}", "]}]}]}"},
        {"remarks", "{\"annotations\":[", "{}", "]}"},
        {"reasons", "{\"treatments\":[{\"id\":\"t\"}],\"results\":[{\"result\":[",
         "{\"groups\":{\"compared\":\"t\"},\"status\":{\"message\":\"m\"}}", "]}]}"},
    };
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        struct assay__text result = {0};
        assay__text_puts(&result, LISTS[i].before);
        page_repeat(&result, LISTS[i].piece, 90000);
        assay__text_puts(&result, LISTS[i].after);
        page_store(&endpoint, LISTS[i].id, &result);
        assay__text_release(&result);
        struct reply page = page_of(&endpoint, LISTS[i].id);
        ck_assert_msg(page.body.length > (4 << 20) && page.body.length < (5 << 20), "%s: %zu",
                      LISTS[i].id, page.body.length);
        ck_assert_ptr_nonnull(strstr(page.body.data, "This result is too large for one page"));
        ck_assert_ptr_nonnull(strstr(page.body.data, "</main>"));
        reply_release(&page);
    }
}
END_TEST

START_TEST(treatments_beyond_a_number_are_counted)
{
    struct assay__text result = {0};
    assay__text_puts(&result, "{\"treatments\":[");
    page_repeat(&result, "{\"id\":\"t\",\"recommendation\":{\"status\":\"Wait\"}}", 1234);
    assay__text_puts(&result, "]}");
    page_store(&endpoint, "many", &result);
    assay__text_release(&result);
    struct reply page = page_of(&endpoint, "many");
    ck_assert_uint_eq(page_count_of(page.body.data, "<bdi>Wait</bdi>"), 50);
    ck_assert_ptr_nonnull(strstr(page.body.data, ">and 1184 more<"));
    ck_assert_ptr_null(strstr(page.body.data, "too large for one page"));
    reply_release(&page);
    struct reply list = ask_alice(&endpoint, "GET", "/", NULL);
    ck_assert_uint_eq(page_count_of(list.body.data, "<span>Wait</span>"), 50);
    ck_assert_ptr_nonnull(strstr(list.body.data, ">and 1184 more<"));
    reply_release(&list);
}
END_TEST

START_TEST(mismatch_is_told_before_anything_else_whichever_metric_has_the_test)
{
    page_store_text(&endpoint, "off",
                    "{'results':[{'id':'a'},{'id':'b','srmResult':["
                    "{'isSignificant':false,'segmentId':'s'},{'isSignificant':true}]}],"
                    "'treatments':[{'id':'t'}]}");
    page_store_text(&endpoint, "well",
                    "{'results':[{'srmResult':[{'isSignificant':false},"
                    "{'isSignificant':true,'segmentId':'s'}]}]}");
    static const char *const ORDER[] = {"</h1>", "<strong class=\"bad\">Sample ratio mismatch.",
                                        "href=\"#groups\"", "Recommendation</h2>",
                                        "<h2 id=\"groups\">"};
    struct reply page = page_of(&endpoint, "off");
    page_assert_order(page.body.data, ORDER, 5);
    reply_release(&page);
    page = page_of(&endpoint, "well");
    ck_assert_ptr_null(strstr(page.body.data, "Sample ratio mismatch."));
    reply_release(&page);
}
END_TEST

/* Only sizes that match the plan are said to. */
START_TEST(sizes_are_as_planned_only_where_the_test_says_so)
{
    static const struct {
        const char *message, *pill;
    } CASES[] = {
        {"The groups' sizes match the plan (p 0.9).", "Sizes as planned"},
        {"The groups' sizes match equal weights, which were assumed (p 0.9).",
         "Sizes equal, as assumed"},
        {"The groups' sizes are borderline against the plan (p 0.0086).", "Sizes borderline"},
        {"The groups' sizes are within the tolerance of the plan (p 1e-9).",
         "Sizes within the tolerance"},
        {"Without units the groups' sizes cannot be tested.", "Sizes not tested"},
        {"Ratios were looked at.", "No sample ratio mismatch"},
        {"", "No sample ratio mismatch"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char id[24];
        struct assay__text text = {0};
        snprintf(id, sizeof id, "sizes-%zu", i);
        assay__text_format(&text,
                           "{\"results\":[{\"srmResult\":[{\"isSignificant\":false,"
                           "\"status\":{\"message\":\"%s\"}}]}]}",
                           CASES[i].message);
        page_store(&endpoint, id, &text);
        assay__text_release(&text);
        struct reply page = page_of(&endpoint, id);
        ck_assert_msg(strstr(page.body.data, CASES[i].pill) != NULL, "%s", CASES[i].message);
        ck_assert_uint_eq(page_count_of(page.body.data, "Sizes as planned"), i == 0);
        reply_release(&page);
    }
}
END_TEST

START_TEST(groups_are_marked_only_under_a_mismatch)
{
#define GROUP "{'group':'g','observed':120,'expected':100,'isSignificant':true}"
    page_store_text(&endpoint, "tolerated",
                    "{'results':[{'srmResult':[{'isSignificant':false,'result':[" GROUP
                    "],'status':"
                    "{'message':'The groups\\u0027 sizes are within the tolerance of the plan "
                    "(p 1e-9).'}}]}]}");
    page_store_text(&endpoint, "mismatch",
                    "{'results':[{'srmResult':[{'isSignificant':true,'result':[" GROUP "]}]}]}");
#undef GROUP
    struct reply page = page_of(&endpoint, "tolerated");
    ck_assert_ptr_nonnull(strstr(page.body.data, "Sizes within the tolerance"));
    ck_assert_ptr_nonnull(strstr(page.body.data, "<bdi>g</bdi>"));
    ck_assert_uint_eq(page_count_of(page.body.data, ">Off<"), 0);
    reply_release(&page);
    page = page_of(&endpoint, "mismatch");
    ck_assert_uint_eq(page_count_of(page.body.data, ">Off<"), 1);
    reply_release(&page);
}
END_TEST

START_TEST(reasons_tell_of_harm_first_and_fold_what_shows_nothing)
{
    page_store_text(
        &endpoint, "reasons",
        "{'treatments':[{'id':'t'},{'id':'other'}],'results':[{'result':[" NOTHING
        "," COMPARISON("gain", "false", "true") "," NOTHING "," NOTHING "," NOTHING "," NOTHING
                                                "," COMPARISON("harm", "true", "true") "," NOTHING
                                                                                       "]}]}");
    static const char *const ORDER[] = {"<ul class=\"reasons\">",
                                        "<div>harm</div>",
                                        "<div>gain</div>",
                                        "</ul><details>",
                                        "<summary>6 more, not significant</summary>",
                                        "<div>nothing</div>",
                                        "</details></article>",
                                        "<bdi>other</bdi>",
                                        "</bdi></p>\n</article>"};
    struct reply page = page_of(&endpoint, "reasons");
    page_assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    reply_release(&page);
    page_store_text(&endpoint, "few",
                    "{'treatments':[{'id':'t'}],'results':[{'result':[" NOTHING "," NOTHING "]}]}");
    page = page_of(&endpoint, "few");
    ck_assert_ptr_null(strstr(page.body.data, "not significant</summary>"));
    ck_assert_uint_eq(page_count_of(page.body.data, "<div>nothing</div>"), 2);
    reply_release(&page);
}
END_TEST

/* Every remark says something, if only that it has no words. */
START_TEST(remarks_without_words_say_so)
{
    static const char *const ORDER[] = {
        "<li class=\"error\">",
        "<strong>Error:</strong> <span class=\"dim\">A remark without text<",
        "<li class=\"info\"><span><svg",
        "<div><span class=\"dim\">A remark without text</span></div>",
        "<div> <span class=\"dim\">(<bdi>where</bdi>)</span></div></li>",
        "<div>words</div></li>"};
    page_store_text(&endpoint, "remarks",
                    "{'annotations':[{},{'error':{}},{'context':[{'value':'where'}]},"
                    "{'info':'words'}]}");
    struct reply page = page_of(&endpoint, "remarks");
    page_assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_uint_eq(page_count_of(page.body.data, "A remark without text"), 2);
    reply_release(&page);
}
END_TEST

/* As in the table: one line with whose they are, how many places, and what to do. */
START_TEST(remarks_of_one_kind_are_gathered)
{
    page_store_text(
        &endpoint, "kinds",
        "{'annotations':[{'info':'Rows: 5.'}],'results':["
        "{'id':'a','annotations':[{'context':[{'value':'a'}],'warning':'In 1 comparison, in "
        "18 slices: Odd. Remedy: more.'},{'warning':'In 3 of 4 cases: rain.'}]},"
        "{'id':'b','annotations':[{'context':[{'value':'b'},{'value':'x-vs-y'}],"
        "'warning':'Odd. Remedy: more.'}]},"
        "{'id':'c','annotations':[{'error':{'details':'Bad.'}}]},"
        "{'id':'d','annotations':[{'warning':'In 2 comparisons of segments: "
        "Odd. Remedy: more.'}]},{'id':'e','annotations':[{'warning':"
        "'Odd. Remedy: more.'}]}]}");
    static const char *const ORDER[] = {
        "<a href=\"#remarks\">2 remarks</a>",
        "<a href=\"#remarks\">1 remark</a>",
        "<h2 id=\"remarks\">",
        "<strong>Error:</strong> <a href=\"#metric-3\"><bdi>c</bdi></a>: Bad.</div></li>",
        "<strong>Warning:</strong> <a href=\"#metric-1\"><bdi>a</bdi></a>, "
        "<a href=\"#metric-2\"><bdi>b</bdi></a>, <a href=\"#metric-4\"><bdi>d</bdi></a> and 1 "
        "more, "
        "in 3 comparisons and 20 slices: Odd. Remedy: more. "
        "<span class=\"dim\">(<bdi>x-vs-y</bdi>)</span></div>",
        "<bdi>a</bdi></a>: In 3 of 4 cases: rain.</div>",
        "<div>Rows: 5.</div>"};
    struct reply page = page_of(&endpoint, "kinds");
    page_assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_uint_eq(page_count_of(page.body.data, "Odd."), 1);
    reply_release(&page);
}
END_TEST

#define CITY(dimensions, units)                                                                    \
    "{" PAIR("t", "c") ",'dimensions':" dimensions                                                 \
                       ",'lastResult':{'comparedSampleSize':{'value':" units                       \
                       "},'differenceEstimateAbs':{'lower':{'value':1},'upper':{'value':2}}}}"

/* Those with the most units are shown, in their order; the others are one row, and can be asked. */
START_TEST(smaller_values_of_a_dimension_are_gathered)
{
    static const char *const ORDER[] = {
        "<summary>By slice (5)</summary>",
        "<bdi>b</bdi>",
        "<bdi>d</bdi>",
        ">(other)</th><td colspan=\"3\">2 smaller: 2 higher, 0 lower</td><td>30</td>",
        "?slices=1000000",
        "<bdi>segment</bdi>"};
    /* In each form that there is. */
    page_store_text(
        &endpoint, "cities",
        "{'results':[{'result':[" CITY("[{'key':'city','value':'a'}]", "10") "," CITY(
            "[{'city':'b'}]", "40") "," CITY("{'city':'c'}",
                                             "20") "," CITY("{'city':'d'}",
                                                            "30") ",{'segmentId':'segment'}]}]}");
    struct reply page = ask_alice(&endpoint, "GET", "/results/checkout/july/cities?slices=2", NULL);
    page_assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_ptr_null(strstr(page.body.data, "<bdi>a</bdi>"));
    reply_release(&page);
    static const char *const OTHERS[] = {"",           "?slices=4", "?slices=0",
                                         "?slices=-1", "?slices=x", "?slices=12345678"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        char path[96];
        snprintf(path, sizeof path, "/results/checkout/july/cities%s", OTHERS[i]);
        page = ask_alice(&endpoint, "GET", path, NULL);
        ck_assert_int_eq(page.status, 200);
        ck_assert_ptr_null(strstr(page.body.data, "(other)"));
        reply_release(&page);
    }
}
END_TEST

/* Size, detectable effect and what was planned, on the scale that the metric is shown on. */
START_TEST(facts_are_shown_where_there_are_any)
{
#define SIZE                                                                                       \
    "'sampleSize':{'current':4000,'required':5000,'poweredEffectRel':{'value':0.0123},"            \
    "'poweredEffectAbs':{'value':7.5}}"
#define GROUPS                                                                                     \
    "'baselineEstimateAbs':{'value':10},'baselineSampleSize':{'value':1234},"                      \
    "'comparedEstimateAbs':{'value':11},'comparedSampleSize':{'value':4321}"
    page_store_text(
        &endpoint, "facts",
        "{'results':[{'id':'m','statsSettings':{'adjustedAlpha':0.0125,"
        "'hasVarianceReduction':true},'metricDetails':{'plannedEffectSize':{'value':'0.02'}"
        "},'result':[{" PAIR("t", "c") "," SIZE ",'lastResult':{'differenceEstimateRel':{"
                                       "'estimate':{'value':0.1}}," GROUPS "}}]}]}");
    static const char *const RELATIVE[] = {
        "<dt>Adjusted alpha</dt><dd>0.0125</dd>",
        "<dt>Planned effect or margin</dt><dd><bdi>0.02</bdi></dd>",
        "<dt>Variance</dt><dd>reduced by covariates</dd></div></dl>",
        "<dl class=\"facts\"><div><dt><bdi>c</bdi></dt><dd>10",
        "1" NARROW "234 units",
        "<dt><bdi>t</bdi></dt><dd>11",
        "4" NARROW "321 units",
        "<dt>Sample</dt><dd>4" NARROW "000 units <span class=\"dim\">(5" NARROW "000 needed)",
        "<dt>Detectable effect</dt><dd>1.2" NARROW "%</dd></div></dl>"};
    struct reply page = page_of(&endpoint, "facts");
    page_assert_order(page.body.data, RELATIVE, sizeof RELATIVE / sizeof *RELATIVE);
    reply_release(&page);
    page_store_text(&endpoint, "units",
                    "{'results':[{'result':[{" PAIR("t", "c") "," SIZE "," LAST(
                        "differenceEstimateAbs", "1", "2", "3") "}]}]}");
    page = page_of(&endpoint, "units");
    ck_assert_ptr_nonnull(strstr(page.body.data, "<dt>Detectable effect</dt><dd>7.5</dd>"));
    reply_release(&page);
    page_store_text(&endpoint, "none", "{'results':[{'result':[{" PAIR("t", "c") "}]}]}");
    page = page_of(&endpoint, "none");
    static const char *const ABSENT[] = {"<dt>Sample",         "<dt>Detectable",
                                         "<dt>Adjusted alpha", "<dt>Planned effect",
                                         "<dt>Variance",       " units</dd>"};
    for (size_t i = 0; i < sizeof ABSENT / sizeof *ABSENT; i++)
        ck_assert_msg(strstr(page.body.data, ABSENT[i]) == NULL, "the page has %s", ABSENT[i]);
    reply_release(&page);
}
END_TEST

/* Tests of slices are folded away and counted, but for those that found something. */
START_TEST(sizes_of_slices_are_folded_unless_they_are_off)
{
    page_store_text(&endpoint, "folded",
                    "{'results':[{'srmResult':[{'segmentId':'calm'},{'result':[{'group':'whole'}]},"
                    "{'segmentId':'off','isSignificant':true},{'segmentId':'still',"
                    "'isSignificant':false}]}]}");
    static const char *const ORDER[] = {
        "<h2 id=\"groups\">",    "<bdi>whole</bdi>",
        "<bdi>off</bdi>",        "<details><summary>Sizes by slice (2)</summary>",
        "<bdi>calm</bdi>",       "<bdi>still</bdi>",
        "</details>\n</section>"};
    struct reply page = page_of(&endpoint, "folded");
    page_assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_uint_eq(page_count_of(page.body.data, "aria-label=\"Group sizes\""), 4);
    ck_assert_uint_eq(page_count_of(page.body.data, "<details>"), 1);
    reply_release(&page);
    page_store_text(&endpoint, "open",
                    "{'results':[{'srmResult':[{},{'segmentId':'off','isSignificant':true}]}]}");
    page = page_of(&endpoint, "open");
    ck_assert_uint_eq(page_count_of(page.body.data, "aria-label=\"Group sizes\""), 2);
    ck_assert_ptr_null(strstr(page.body.data, "details>"));
    reply_release(&page);
}
END_TEST

/* Minus signs of figures are told from hyphens by the characters around them. */
START_TEST(messages_have_minus_signs_before_digits_only)
{
    static const struct {
        const char *message, *shown;
    } CASES[] = {{"a (-0.5)", "(" MINUS "0.5)"}, {"b (-9)", "(" MINUS "9)"},
                 {"c (-/)", "c (-/)"},           {"d (-:)", "d (-:)"},
                 {"e 1e-9", "1e" MINUS "9"},     {"f 0e-0", "0e" MINUS "0"},
                 {"g /e-1", "g /e-1"},           {"h :e-1", "h :e-1"},
                 {"i size-9", "i size-9"},       {"j 9-9", "j 9-9"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char id[24];
        struct assay__text text = {0};
        snprintf(id, sizeof id, "message-%zu", i);
        assay__text_format(&text, "{'annotations':[{'info':'%s'}]}", CASES[i].message);
        page_store_text(&endpoint, id, text.data);
        assay__text_release(&text);
        struct reply page = page_of(&endpoint, id);
        ck_assert_msg(strstr(page.body.data, CASES[i].shown) != NULL, "%s", CASES[i].message);
        reply_release(&page);
    }
}
END_TEST

START_TEST(pairs_beyond_a_number_are_left_to_the_metrics)
{
    struct assay__text result = {0};
    assay__text_puts(&result, "{\"results\":[{},{\"result\":[");
    for (int i = 0; i < 41; i++)
        assay__text_format(&result, "%s{\"groups\":{\"compared\":\"t%d\"}}", i > 0 ? "," : "", i);
    assay__text_puts(&result, "]}]}");
    page_store(&endpoint, "wide", &result);
    assay__text_release(&result);
    struct reply page = page_of(&endpoint, "wide");
    ck_assert_uint_eq(page_count_of(page.body.data, "class=\"pair\""), 40);
    ck_assert_ptr_nonnull(strstr(page.body.data, "More groups were compared than fit here"));
    ck_assert_uint_eq(page_count_of(page.body.data, "class=\"comparison\""), 41);
    reply_release(&page);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, page_of_a_result_without_end_is_cut_and_says_so);
    tcase_add_test(cases, treatments_beyond_a_number_are_counted);
    tcase_add_test(cases, mismatch_is_told_before_anything_else_whichever_metric_has_the_test);
    tcase_add_test(cases, sizes_are_as_planned_only_where_the_test_says_so);
    tcase_add_test(cases, groups_are_marked_only_under_a_mismatch);
    tcase_add_test(cases, reasons_tell_of_harm_first_and_fold_what_shows_nothing);
    tcase_add_test(cases, remarks_without_words_say_so);
    tcase_add_test(cases, remarks_of_one_kind_are_gathered);
    tcase_add_test(cases, smaller_values_of_a_dimension_are_gathered);
    tcase_add_test(cases, facts_are_shown_where_there_are_any);
    tcase_add_test(cases, sizes_of_slices_are_folded_unless_they_are_off);
    tcase_add_test(cases, messages_have_minus_signs_before_digits_only);
    tcase_add_test(cases, pairs_beyond_a_number_are_left_to_the_metrics);
}

int main(void)
{
    return test_main("serve_pages", add);
}
