/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of results: the drawings of metrics and looks, and tables of pairs. */
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

START_TEST(metrics_of_one_pair_are_drawn_beside_each_other_on_one_scale)
{
    page_store_text(
        &endpoint, "pair",
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
    struct reply page = page_of(&endpoint, "pair");
    page_assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    reply_release(&page);
}
END_TEST

/* Long bounds stand in words only: beside the drawing they would be cut. */
START_TEST(drawn_bounds_are_as_long_as_there_is_room)
{
    page_store_text(&endpoint, "bounds",
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
    struct reply page = page_of(&endpoint, "bounds");
    page_assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    ck_assert_uint_eq(page_count_of(page.body.data, "class=\"bound\""), 2);
    reply_release(&page);
}
END_TEST

START_TEST(metrics_of_several_pairs_are_a_table_with_a_column_for_each)
{
    page_store_text(
        &endpoint, "pairs",
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
    struct reply page = page_of(&endpoint, "pairs");
    page_assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    reply_release(&page);
    page_store_text(&endpoint, "baselines",
                    "{'results':[{'result':[{" PAIR("t", "c") "},{" PAIR("c", "t") "}]},{}]}");
    page = page_of(&endpoint, "baselines");
    ck_assert_ptr_nonnull(strstr(page.body.data, "class=\"pair\"><bdi>c</bdi> <span class=\"dim\">"
                                                 "against</span> <bdi>t</bdi></th>"));
    reply_release(&page);
    page_store_text(&endpoint, "single", "{'results':[{'result':[{" PAIR("t", "c") "}]}]}");
    page = page_of(&endpoint, "single");
    ck_assert_ptr_null(strstr(page.body.data, "All metrics"));
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
        page_store_text(&endpoint, CASES[i].id, text.data);
        assay__text_release(&text);
        struct reply page = page_of(&endpoint, CASES[i].id);
        const char *chart = strstr(page.body.data, "<svg class=\"looks\"");
        ck_assert_ptr_nonnull(chart);
        *strstr(chart, "</svg>") = '\0';
        ck_assert_msg(page_count_of(chart, "class=\"path\"") == CASES[i].lines, "%s: %s",
                      CASES[i].id, chart);
        ck_assert_uint_eq(page_count_of(chart, "class=\"point\""), CASES[i].points);
        reply_release(&page);
    }
}
END_TEST

/* The lowest estimate is drawn lowest, in the line as in the points. */
START_TEST(looks_are_drawn_at_their_height)
{
    page_store_text(&endpoint, "heights",
                    "{'results':[{'result':[{" PAIR("t", "c") ",'result':[" LOOK("0.1") "," LOOK(
                        "0.4") "],'lastResult':" LOOK("0.4") "}]}]}");
    struct reply page = page_of(&endpoint, "heights");
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

/* Looks to come are drawn as far as their units rise above those of the last look, whatever their
 * lists have. */
START_TEST(looks_to_come_are_drawn_as_far_as_they_rise)
{
#define UNITS_LOOK                                                                                 \
    "{'baselineSampleSize':{'value':50},'comparedSampleSize':{'value':50},'baselineEstimateAbs':{" \
    "'value':10},'differenceEstimateAbs':{'estimate':{'value':1},'lower':{'value':-1},'upper':{"   \
    "'value':3}}}"
    static const struct {
        const char *id, *units, *parts;
        unsigned marks, rows;
    } CASES[] = {{"rise", "200 300", "0.5 0.25", 2, 2},
                 {"fall", "300 200 400", "0.5 0.4 0.3", 1, 1},
                 {"made", "100 200", "0.5 0.25", 0, 0},
                 {"words", "many 200", "0.5 0.25", 0, 0},
                 {"endless", "200 1e999 300", "0.5 0.25 0.2", 1, 1},
                 {"huge", "200 1e300", "0.5 0.25", 1, 1},
                 {"short", "200 300 400", "0.5", 1, 3},
                 {"none", "200 300", "none none", 0, 0},
                 {"negative", "-5 200", "0.5 0.25", 0, 0},
                 {"blanks", "200  300", "0.5 0.25", 1, 1},
                 {"empty", "", "0.5", 0, 0}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay__text text = {0};
        assay__text_format(
            &text,
            "{'results':[{'id':'m','result':[{" PAIR(
                "t", "c") ",'comparisonId':'id','result':[" UNITS_LOOK "," UNITS_LOOK
                          "],'lastResult':" UNITS_LOOK "}],'annotations':[{'info':'x',"
                          "'context':[{'value':'m'},{'value':'role=success'},{'value':'direction="
                          "increase'},{"
                          "'value':'hypothesis=better'},{'value':'sided=one'}]},{'info':'y','"
                          "context':[{'value':"
                          "'m'},{'value':'id'},{'value':'horizon=group "
                          "sequential'},{'value':'plannedUnits=400'},"
                          "{'value':'unitsAhead=%s'},{'value':'boundaryAhead=%s'}]}]}]}",
            CASES[i].units, CASES[i].parts);
        page_store_text(&endpoint, CASES[i].id, text.data);
        assay__text_release(&text);
        struct reply page = page_of(&endpoint, CASES[i].id);
        const char *table = strstr(page.body.data, "Look to come, at units");
        ck_assert_msg(page_count_of(page.body.data, "<svg class=\"ahead\"") == CASES[i].marks,
                      "%s: %u marks", CASES[i].id,
                      page_count_of(page.body.data, "<svg class=\"ahead\""));
        ck_assert_msg((table != NULL) == (CASES[i].rows > 0), "%s", CASES[i].id);
        if (table != NULL)
            ck_assert_msg(page_count_of(table, "<th scope=\"row\"") == CASES[i].rows, "%s",
                          CASES[i].id);
        reply_release(&page);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, metrics_of_one_pair_are_drawn_beside_each_other_on_one_scale);
    tcase_add_test(cases, drawn_bounds_are_as_long_as_there_is_room);
    tcase_add_test(cases, metrics_of_several_pairs_are_a_table_with_a_column_for_each);
    tcase_add_test(cases, looks_are_joined_only_to_the_next);
    tcase_add_test(cases, looks_are_drawn_at_their_height);
    tcase_add_test(cases, looks_to_come_are_drawn_as_far_as_they_rise);
}

int main(void)
{
    return test_main("serve_drawings", add);
}
