/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages for people: what they show first, and results that would make a page without end. */
#include "serve_client.h"

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

static void repeat(struct assay__text *text, const char *piece, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assay__text_puts(text, i > 0 ? "," : "");
        assay__text_puts(text, piece);
    }
}

/* Stores a result under an id. */
static void store(const char *id, const struct assay__text *result)
{
    struct assay__text body = {0};
    char path[256];
    snprintf(path, sizeof path, COLLECTION "?analysisResultId=%s", id);
    assay__text_format(&body, "{\"parent\":\"" PARENT "\",\"analysisResult\":");
    assay__text_append(&body, result->data, result->length);
    assay__text_puts(&body, "}");
    expect(ask_alice(&endpoint, "POST", path, body.data), 200, id);
    assay__text_release(&body);
}

static struct reply page_of(const char *id)
{
    char path[256];
    snprintf(path, sizeof path, "/results/checkout/july/%s", id);
    struct reply page = ask_alice(&endpoint, "GET", path, NULL);
    ck_assert_msg(page.status == 200, "%s: %ld", id, page.status);
    return page;
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
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
        repeat(&result, LISTS[i].piece, 90000);
        assay__text_puts(&result, LISTS[i].after);
        store(LISTS[i].id, &result);
        assay__text_release(&result);
        struct reply page = page_of(LISTS[i].id);
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
    repeat(&result, "{\"id\":\"t\",\"recommendation\":{\"status\":\"Wait\"}}", 1234);
    assay__text_puts(&result, "]}");
    store("many", &result);
    assay__text_release(&result);
    struct reply page = page_of("many");
    ck_assert_uint_eq(count_of(page.body.data, "<bdi>Wait</bdi>"), 50);
    ck_assert_ptr_nonnull(strstr(page.body.data, ">and 1184 more<"));
    ck_assert_ptr_null(strstr(page.body.data, "too large for one page"));
    reply_release(&page);
    struct reply list = ask_alice(&endpoint, "GET", "/", NULL);
    ck_assert_uint_eq(count_of(list.body.data, "<span>Wait</span>"), 50);
    ck_assert_ptr_nonnull(strstr(list.body.data, ">and 1184 more<"));
    reply_release(&list);
}
END_TEST

/* Stores a result that is a text, with ' for each ". */
static void store_text(const char *id, const char *text)
{
    struct assay__text result = {0};
    for (; *text != '\0'; text++)
        assay__text_putc(&result, *text == '\'' ? '"' : *text);
    store(id, &result);
    assay__text_release(&result);
}

/* Fails unless the texts stand in a page one behind the other. */
static void assert_order(const char *page, const char *const *texts, size_t count)
{
    const char *at = page;
    for (size_t i = 0; i < count; i++) {
        at = strstr(at, texts[i]);
        ck_assert_msg(at != NULL, "'%s' is not behind '%s'", texts[i], i > 0 ? texts[i - 1] : "");
        at += strlen(texts[i]);
    }
}

#define NARROW "\xE2\x80\xAF"
#define MINUS "\xE2\x88\x92"
#define PAIR(compared, baseline) "'groups':{'baseline':'" baseline "','compared':'" compared "'}"
#define COMPARISON(message, worse, shown)                                                          \
    "{" PAIR("t", "c") ",'status':{'message':'" message                                            \
                       "','decisionIsSignificant':{'value':" shown                                 \
                       "},'validationIsSignificant':{'value':" worse "}}}"
#define NOTHING COMPARISON("nothing", "false", "false")
#define LAST(field, lower, estimate, upper)                                                        \
    "'lastResult':{'" field "':{'lower':{'value':" lower "},'estimate':{'value':" estimate         \
    "},'upper':{'value':" upper "}}}"

START_TEST(mismatch_is_told_before_anything_else_whichever_metric_has_the_test)
{
    store_text("off", "{'results':[{'id':'a'},{'id':'b','srmResult':["
                      "{'isSignificant':false,'segmentId':'s'},{'isSignificant':true}]}],"
                      "'treatments':[{'id':'t'}]}");
    store_text("well", "{'results':[{'srmResult':[{'isSignificant':false},"
                       "{'isSignificant':true,'segmentId':'s'}]}]}");
    static const char *const ORDER[] = {"</h1>", "<strong class=\"bad\">Sample ratio mismatch.",
                                        "href=\"#groups\"", "Recommendation</h2>",
                                        "<h2 id=\"groups\">"};
    struct reply page = page_of("off");
    assert_order(page.body.data, ORDER, 5);
    reply_release(&page);
    page = page_of("well");
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
        {"There are no units here: the groups' sizes cannot be tested.", "Sizes not tested"},
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
        store(id, &text);
        assay__text_release(&text);
        struct reply page = page_of(id);
        ck_assert_msg(strstr(page.body.data, CASES[i].pill) != NULL, "%s", CASES[i].message);
        ck_assert_uint_eq(count_of(page.body.data, "Sizes as planned"), i == 0);
        reply_release(&page);
    }
}
END_TEST

START_TEST(reasons_tell_of_harm_first_and_fold_what_shows_nothing)
{
    store_text("reasons",
               "{'treatments':[{'id':'t'},{'id':'other'}],'results':[{'result':[" NOTHING
               "," COMPARISON("gain", "false",
                              "true") "," NOTHING "," NOTHING "," NOTHING "," NOTHING
                                      "," COMPARISON("harm", "true", "true") "," NOTHING "]}]}");
    static const char *const ORDER[] = {"<ul class=\"reasons\">",
                                        "<div>harm</div>",
                                        "<div>gain</div>",
                                        "</ul><details>",
                                        "<summary>6 more, not significant</summary>",
                                        "<div>nothing</div>",
                                        "</details></article>",
                                        "<bdi>other</bdi>",
                                        "</bdi></p>\n</article>"};
    struct reply page = page_of("reasons");
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    reply_release(&page);
    store_text("few",
               "{'treatments':[{'id':'t'}],'results':[{'result':[" NOTHING "," NOTHING "]}]}");
    page = page_of("few");
    ck_assert_ptr_null(strstr(page.body.data, "not significant</summary>"));
    ck_assert_uint_eq(count_of(page.body.data, "<div>nothing</div>"), 2);
    reply_release(&page);
}
END_TEST

START_TEST(metrics_of_one_pair_are_drawn_beside_each_other_on_one_scale)
{
    store_text(
        "pair",
        "{'results':["
        "{'id':'wide','result':[{'isSignificant':{'value':true}," PAIR("t", "c") "," LAST(
            "differenceEstimateRel", "-0.5", "0",
            "0.5") "}]},"
                   "{'id':'narrow','result':[{'segmentId':'s'," PAIR("other", "c") "},{" PAIR(
                       "t",
                       "c") "," LAST("differenceEstimateRel", "0", "0.25",
                                     "0.5") "}]},"
                                            "{'id':'units','result':[{" PAIR("t", "c") "," LAST(
                                                "differenceEstimateAbs", "-9000", "-8000",
                                                "-7000") "}]},"
                                                         "{'id':'bounds','result':[{" PAIR(
                                                             "t", "c") ",'lastResult':{'"
                                                                       "differenceEstimateAbs':"
                                                                       "{'lower':{'value':-3},'"
                                                                       "upper':{'value':5}}}}]}]}");
    /* clang-format off */
    static const char *const ORDER[] = {
        "aria-label=\"All metrics\"",
        "<th scope=\"col\" class=\"left\">Drawn</th>",
        "<a href=\"#metric-1\"><bdi>wide</bdi></a>",
        "x1=\"4.0%\" y1=\"10\" x2=\"96.0%\"",
        ">Significant<",
        "<bdi>narrow</bdi></a>",
        "x1=\"50.0%\" y1=\"10\" x2=\"96.0%\"",
        "+25.0" NARROW "%</td>",
        "<bdi>units</bdi></a></th><td class=\"picture\"></td>",
        MINUS "8" NARROW "000</td>",
        "</table>",
        "id=\"metric-1\"",
        "id=\"metric-4\"",
        "No estimate",
        MINUS "3.0 to +5.0</p>",
        "class=\"interval\""};
    /* clang-format on */
    struct reply page = page_of("pair");
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
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
    store_text("remarks", "{'annotations':[{},{'error':{}},{'context':[{'value':'where'}]},"
                          "{'info':'words'}]}");
    struct reply page = page_of("remarks");
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_uint_eq(count_of(page.body.data, "A remark without text"), 2);
    reply_release(&page);
}
END_TEST

/* As in the table: one line with whose they are, how many places, and what to do. */
START_TEST(remarks_of_one_kind_are_gathered)
{
    store_text("kinds",
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
    struct reply page = page_of("kinds");
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_uint_eq(count_of(page.body.data, "Odd."), 1);
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
    store_text(
        "cities",
        "{'results':[{'result':[" CITY("[{'key':'city','value':'a'}]", "10") "," CITY(
            "[{'city':'b'}]", "40") "," CITY("{'city':'c'}",
                                             "20") "," CITY("{'city':'d'}",
                                                            "30") ",{'segmentId':'segment'}]}]}");
    struct reply page = ask_alice(&endpoint, "GET", "/results/checkout/july/cities?slices=2", NULL);
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
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

/* Long bounds stand in words only: beside the drawing they would be cut. */
START_TEST(drawn_bounds_are_as_long_as_there_is_room)
{
    store_text("bounds",
               "{'results':[{'result':[{" LAST(
                   "differenceEstimateAbs", "-1234567890123", "1e11",
                   "4234567890123") "}]},{'result':[{" LAST("differenceEstimateAbs", "-23456",
                                                            "1000", "34567") "}]}]}");
    static const char *const ORDER[] = {MINUS "1" NARROW "230" NARROW "000" NARROW "000" NARROW
                                              "000 to +4",
                                        "<svg class=\"forest",
                                        "</svg>",
                                        "class=\"bound\"",
                                        ">" MINUS "23" NARROW "456</text>",
                                        "class=\"bound\"",
                                        ">+34" NARROW "567</text>"};
    struct reply page = page_of("bounds");
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_uint_eq(count_of(page.body.data, "class=\"bound\""), 2);
    reply_release(&page);
}
END_TEST

START_TEST(metrics_of_several_pairs_are_a_table_with_a_column_for_each)
{
    store_text(
        "pairs",
        "{'results':[{'id':'a','result':[{'isSignificant':{'value':true}," PAIR("t", "c") "," LAST(
            "differenceEstimateRel", "0.01", "0.02",
            "0.03") "},"
                    "{'isSignificant':{'value':false}," PAIR(
                        "u", "c") "}]},"
                                  "{'id':'b','result':[{'status':{'validationIsSignificant':{'"
                                  "value':true}}," PAIR("u", "c") "}]}]}");
    static const char *const ORDER[] = {
        "Differences of groups <span class=\"dim\">against</span> <bdi>c</bdi></p>",
        "class=\"pair\"><bdi>t</bdi></th><th scope=\"col\" class=\"pair\"><bdi>u</bdi></th></tr>",
        "<bdi>a</bdi></a></th><td class=\"sure\">+2.00" NARROW "% ",
        "<span class=\"hidden\">Significant</span></td><td",
        "<span class=\"hidden\">Not significant</span></td></tr>",
        "<bdi>b</bdi></a></th><td></td><td class=\"bad\">",
        "<span class=\"hidden\">Got worse</span></td></tr>",
        "</table></div></div>"};
    struct reply page = page_of("pairs");
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    reply_release(&page);
    store_text("baselines",
               "{'results':[{'result':[{" PAIR("t", "c") "},{" PAIR("c", "t") "}]},{}]}");
    page = page_of("baselines");
    ck_assert_ptr_nonnull(strstr(page.body.data, "class=\"pair\"><bdi>c</bdi> <span class=\"dim\">"
                                                 "against</span> <bdi>t</bdi></th>"));
    reply_release(&page);
    store_text("single", "{'results':[{'result':[{" PAIR("t", "c") "}]}]}");
    page = page_of("single");
    ck_assert_ptr_null(strstr(page.body.data, "All metrics"));
    reply_release(&page);
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
    store_text("facts",
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
    struct reply page = page_of("facts");
    assert_order(page.body.data, RELATIVE, sizeof RELATIVE / sizeof *RELATIVE);
    reply_release(&page);
    store_text("units", "{'results':[{'result':[{" PAIR("t", "c") "," SIZE "," LAST(
                            "differenceEstimateAbs", "1", "2", "3") "}]}]}");
    page = page_of("units");
    ck_assert_ptr_nonnull(strstr(page.body.data, "<dt>Detectable effect</dt><dd>7.5</dd>"));
    reply_release(&page);
    store_text("none", "{'results':[{'result':[{" PAIR("t", "c") "}]}]}");
    page = page_of("none");
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
    store_text("folded",
               "{'results':[{'srmResult':[{'segmentId':'calm'},{'result':[{'group':'whole'}]},"
               "{'segmentId':'off','isSignificant':true},{'segmentId':'still',"
               "'isSignificant':false}]}]}");
    static const char *const ORDER[] = {
        "<h2 id=\"groups\">",    "<bdi>whole</bdi>",
        "<bdi>off</bdi>",        "<details><summary>Sizes by slice (2)</summary>",
        "<bdi>calm</bdi>",       "<bdi>still</bdi>",
        "</details>\n</section>"};
    struct reply page = page_of("folded");
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_uint_eq(count_of(page.body.data, "aria-label=\"Group sizes\""), 4);
    ck_assert_uint_eq(count_of(page.body.data, "<details>"), 1);
    reply_release(&page);
    store_text("open", "{'results':[{'srmResult':[{},{'segmentId':'off','isSignificant':true}]}]}");
    page = page_of("open");
    ck_assert_uint_eq(count_of(page.body.data, "aria-label=\"Group sizes\""), 2);
    ck_assert_ptr_null(strstr(page.body.data, "details>"));
    reply_release(&page);
}
END_TEST

/* A look without an estimate is a gap in the line: nothing is drawn across it. */
START_TEST(looks_are_joined_only_to_the_next)
{
#define LOOK(estimate) "{'differenceEstimateRel':{'estimate':{'value':" estimate "}}}"
    static const struct {
        const char *id, *looks;
        unsigned lines, points;
    } CASES[] = {{"joined", LOOK("0.1") "," LOOK("0.2") "," LOOK("0.3"), 2, 3},
                 {"gap", LOOK("0.1") ",{}," LOOK("0.3") "," LOOK("0.4"), 1, 3},
                 {"apart", LOOK("0.1") ",{}," LOOK("0.3"), 0, 2},
                 {"late", "{}," LOOK("0.1") "," LOOK("0.2"), 1, 2}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay__text text = {0};
        assay__text_format(
            &text,
            "{'results':[{'result':[{" PAIR("t", "c") ",'result':[%s],"
                                                      "'lastResult':" LOOK("0.3") "}]}]}",
            CASES[i].looks);
        store_text(CASES[i].id, text.data);
        assay__text_release(&text);
        struct reply page = page_of(CASES[i].id);
        const char *chart = strstr(page.body.data, "<svg class=\"looks\"");
        ck_assert_ptr_nonnull(chart);
        *strstr(chart, "</svg>") = '\0';
        ck_assert_msg(count_of(chart, "class=\"path\"") == CASES[i].lines, "%s: %s", CASES[i].id,
                      chart);
        ck_assert_uint_eq(count_of(chart, "class=\"point\""), CASES[i].points);
        reply_release(&page);
    }
}
END_TEST

/* The lowest estimate is drawn lowest, in the line as in the points. */
START_TEST(looks_are_drawn_at_their_height)
{
    store_text("heights", "{'results':[{'result':[{" PAIR("t", "c") ",'result':[" LOOK(
                              "0.1") "," LOOK("0.4") "],'lastResult':" LOOK("0.4") "}]}]}");
    struct reply page = page_of("heights");
    const char *chart = strstr(page.body.data, "<svg class=\"looks\"");
    ck_assert_ptr_nonnull(chart);
    const char *path = strstr(chart, "class=\"path\"");
    const char *first = strstr(chart, "class=\"point\" cx=");
    ck_assert(path != NULL && first != NULL);
    const char *second = strstr(first + 1, "class=\"point\" cx=");
    ck_assert_ptr_nonnull(second);
    int from = atoi(strstr(path, "y1=\"") + 4), to = atoi(strstr(path, "y2=\"") + 4);
    int low = atoi(strstr(first, "cy=\"") + 4), high = atoi(strstr(second, "cy=\"") + 4);
    ck_assert_int_gt(low, high); /* SVG counts down */
    ck_assert_int_eq(from, low);
    ck_assert_int_eq(to, high);
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
        store_text(id, text.data);
        assay__text_release(&text);
        struct reply page = page_of(id);
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
    store("wide", &result);
    assay__text_release(&result);
    struct reply page = page_of("wide");
    ck_assert_uint_eq(count_of(page.body.data, "class=\"pair\""), 40);
    ck_assert_ptr_nonnull(strstr(page.body.data, "More groups were compared than fit here"));
    ck_assert_uint_eq(count_of(page.body.data, "class=\"comparison\""), 41);
    reply_release(&page);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, metrics_of_one_pair_are_drawn_beside_each_other_on_one_scale);
    tcase_add_test(cases, remarks_without_words_say_so);
    tcase_add_test(cases, smaller_values_of_a_dimension_are_gathered);
    tcase_add_test(cases, remarks_of_one_kind_are_gathered);
    tcase_add_test(cases, sizes_are_as_planned_only_where_the_test_says_so);
    tcase_add_test(cases, drawn_bounds_are_as_long_as_there_is_room);
    tcase_add_test(cases, facts_are_shown_where_there_are_any);
    tcase_add_test(cases, sizes_of_slices_are_folded_unless_they_are_off);
    tcase_add_test(cases, looks_are_joined_only_to_the_next);
    tcase_add_test(cases, looks_are_drawn_at_their_height);
    tcase_add_test(cases, messages_have_minus_signs_before_digits_only);
    tcase_add_test(cases, metrics_of_several_pairs_are_a_table_with_a_column_for_each);
    tcase_add_test(cases, pairs_beyond_a_number_are_left_to_the_metrics);
    tcase_add_test(cases, mismatch_is_told_before_anything_else_whichever_metric_has_the_test);
    tcase_add_test(cases, reasons_tell_of_harm_first_and_fold_what_shows_nothing);
    tcase_add_test(cases, page_of_a_result_without_end_is_cut_and_says_so);
    tcase_add_test(cases, treatments_beyond_a_number_are_counted);
}

int main(void)
{
    return test_main("serve_pages", add);
}
