/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Possible and impossible tables of sufficient statistics: read with exact figures, or refused. */
#include "test.h"

#include <unistd.h>

#include "analysis/dataset_read.h"
#include "source/summary/summary_read.h"

#define PLAN(metric)                                                                               \
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},"                         \
    "\"dimensions\":[\"land\"],\"segments\":[{\"id\":\"new\",\"filter\":\"age < 2\"}],"            \
    "\"metrics\":[" metric "]}"
#define MEAN PLAN("{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}")
#define SHARE PLAN("{\"id\":\"y\",\"role\":\"success\",\"type\":\"proportion\"}")
#define RATIO                                                                                      \
    PLAN("{\"id\":\"y\",\"role\":\"success\",\"type\":\"ratio\",\"value\":\"v\","                  \
         "\"denominator\":\"w\"}")
#define CUPED PLAN("{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"covariates\":[\"x\"]}")
#define TWO                                                                                        \
    PLAN("{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"covariates\":[\"x\",\"z\"]}")

/* Heads of tables; rows follow them. */
#define H "metric,group,n,mean,variance\n"
#define HS "metric,group,n,sum,sum_squares\n"
#define HT "metric,group,time,n,mean,variance\n"
#define HD "metric,group,dimension,value,n,mean,variance\n"
#define HDS "metric,group,dimension,value,n,sum,sum_squares\n"
#define HU "metric,group,time,dimension,value,n,mean,variance\n"
#define HR                                                                                         \
    "metric,group,n,mean,variance,denominator_mean,denominator_variance,denominator_covariance\n"
#define HC "metric,group,n,mean,variance,covariate_mean,covariate_variance,covariance\n"
#define HCS                                                                                        \
    "metric,group,n,sum,sum_squares,covariate1_sum,covariate1_sum_squares,covariate1_sum_"         \
    "products\n"
#define H2                                                                                         \
    "metric,group,n,mean,variance,covariate_mean,covariate_variance,covariance,covariate2_mean,"   \
    "covariate2_variance,covariate2_covariance,covariate1_covariate2_covariance\n"
#define DAY1 "2026-01-01"
#define DAY2 "2026-01-02"
#define DAY3 "2026-01-03"

/* A table, in one file or two, and what group a has at the last look: or what refuses it. */
struct table {
    const char *plan, *first, *second;
    const char *refusal; /* NULL: it is read */
    uint64_t units, n;
    double mean;
    const char *note; /* a warning that is there; NULL: none is */
};

/* clang-format off */
static const struct table TABLES[] = {
    /* Shares: divisor n - 1, divisor n, to the digits printed; sums. */
    {SHARE, H "y,a,100,0.2,0.161616161616\n", NULL, NULL, 100, 100, 0.2, NULL},
    {SHARE, H "y,a,100,0.2,0.16\n", NULL, NULL, 100, 100, 0.2, NULL},
    {SHARE, H "y,a,100,0.2,0.162\n", NULL, NULL, 100, 100, 0.2, NULL},
    {SHARE, H "y,a,100,0.2,0.1616\n", NULL, NULL, 100, 100, 0.2, NULL},
    {SHARE, H "y,a,3,0.333,0.3333\n", NULL, NULL, 3, 3, 0.333, NULL},
    {SHARE, H "y,a,7,0,0\n", NULL, NULL, 7, 7, 0.0, NULL},
    {SHARE, H "y,a,7,1,0\n", NULL, NULL, 7, 7, 1.0, NULL},
    {SHARE, H "y,a,1,1,\n", NULL, NULL, 1, 1, 1.0, NULL},
    {SHARE, H "y,a,2,0.5,0.5\n", NULL, NULL, 2, 2, 0.5, NULL},
    {SHARE, H "y,a,2,0.5,0.25\n", NULL, NULL, 2, 2, 0.5, NULL},
    {SHARE, H "y,a,188065,0.10780847047563343,0.096185804\n", NULL, NULL, 188065, 188065,
     0.10780847047563343, NULL},
    {SHARE, H "y,a,1000000,0.000012,0.000012\n", NULL, NULL, 1000000, 1000000, 0.000012, NULL},
    {SHARE, HS "y,a,100,20,20\n", NULL, NULL, 100, 100, 0.2, NULL},
    {SHARE, HS "y,a,100,20.0,2e1\n", NULL, NULL, 100, 100, 0.2, NULL},
    {SHARE, "metric,group,n,mean\ny,a,100,0.2\n", NULL, NULL, 100, 100, 0.2, NULL},
    {SHARE, "metric,group,n,sum\ny,a,100,20\n", NULL, NULL, 100, 100, 0.2, NULL},
    {SHARE, H "y,a,100,0.2,0.17\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, H "y,a,100,0.2,0.1618\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, H "y,a,100,0.2,0.4\n", NULL, "not that of a share", 0, 0, 0, NULL}, /* a deviation */
    {SHARE, H "y,a,100,0.2,0.0016\n", NULL, "not that of a share", 0, 0, 0, NULL}, /* of the mean */
    {SHARE, H "y,a,100,0.2,0\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, H "y,a,100,0.5,7\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, H "y,a,2,0.5,7\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, H "y,a,1,0.5,\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, HS "y,a,10000,5000,75000\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, HS "y,a,100,20,21\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, H "y,a,100,1.5,1\n", NULL, "between 0 and 1", 0, 0, 0, NULL},
    {SHARE, H "y,a,100,-0.1,1\n", NULL, "between 0 and 1", 0, 0, 0, NULL},
    /* The same figures are fit for a mean. */
    {MEAN, H "y,a,100,0.5,7\n", NULL, NULL, 100, 100, 0.5, NULL},
    {MEAN, HS "y,a,10000,5000,75000\n", NULL, NULL, 10000, 10000, 0.5, NULL},
    /* Variances no values have. */
    {MEAN, HS "y,a,2,10,49\n", NULL, "variance would be negative", 0, 0, 0, NULL},
    {MEAN, H "y,a,9,1,-1\n", NULL, "is negative", 0, 0, 0, NULL},
    /* Covariances: pairs and matrices. */
    {CUPED, HC "y,a,100,10,1,5,4,2\n", NULL, NULL, 100, 100, 10.0, NULL},
    {CUPED, HC "y,a,100,10,1,5,4,-2\n", NULL, NULL, 100, 100, 10.0, NULL},
    {CUPED, HC "y,a,100,10,0.33,5,0.33,0.333\n", NULL, NULL, 100, 100, 10.0, NULL},
    {CUPED, HC "y,a,100,10,1,5,4,2.1\n", NULL, "larger than its two variances", 0, 0, 0, NULL},
    {CUPED, HC "y,a,100,10,1,5,0,0.5\n", NULL, "larger than its two variances", 0, 0, 0, NULL},
    {CUPED, HC "y,a,100,10,1,5,0,0\n", NULL, NULL, 100, 100, 10.0, NULL},
    {CUPED, HCS "y,a,3,6,14,6,14,14\n", NULL, NULL, 3, 3, 2.0, NULL},
    {CUPED, HCS "y,a,3,6,14,6,14,15\n", NULL, "larger than its two variances", 0, 0, 0, NULL},
    {RATIO, HR "y,a,5,4,12.5,2,1.5,4\n", NULL, NULL, 5, 5, 4.0, NULL},
    {RATIO, HR "y,a,5,4,12.5,2,1.5,4.5\n", NULL, "larger than its two variances", 0, 0, 0, NULL},
    {TWO, H2 "y,a,100,10,1,5,1,0.9,5,1,0.9,0.9\n", NULL, NULL, 100, 100, 10.0, NULL},
    {TWO, H2 "y,a,100,10,1,5,1,0.9,5,1,0.9,0.62\n", NULL, NULL, 100, 100, 10.0, NULL},
    {TWO, H2 "y,a,100,10,1,5,1,1,5,1,1,1\n", NULL, NULL, 100, 100, 10.0, NULL},
    {TWO, H2 "y,a,100,10,1,5,1,0.9,5,1,0.9,-0.9\n", NULL, "not positive", 0, 0, 0, NULL},
    {TWO, H2 "y,a,100,10,1,5,1,0.9,5,1,0.9,0.2\n", NULL, "not positive", 0, 0, 0, NULL},
    {TWO, H2 "y,a,100,10,1,5,1,1,5,1,1,0\n", NULL, "not positive", 0, 0, 0, NULL},
    /* Counts from look to look. */
    {MEAN, HT "y,a," DAY1 ",10,1,1\ny,a," DAY2 ",20,2,1\n", NULL, NULL, 20, 20, 2.0, NULL},
    {MEAN, HT "y,a," DAY2 ",20,2,1\ny,a," DAY1 ",10,1,1\n", NULL, NULL, 20, 20, 2.0, NULL},
    {MEAN, HT "y,a," DAY1 ",20,1,1\ny,a," DAY2 ",20,1,1\n", NULL, NULL, 20, 20, 1.0, NULL},
    {MEAN, HT "y,a," DAY1 ",1000,1,1\ny,a," DAY2 ",40,1,1\n", NULL, "table per day", 0, 0, 0, NULL},
    {MEAN, HT "y,a," DAY1 ",1000,1,1\ny,a," DAY2 ",990,1,1\n", NULL, "the count falls", 0, 0, 0,
     NULL},
    {MEAN, HT "y,a," DAY1 ",1000,1,1\ny,a," DAY2 ",991,1,1\n", NULL, NULL, 991, 991, 1.0,
     "falls from 1,000 to 991"},
    {MEAN, HU "@units,a," DAY1 ",,,50,,\ny,a," DAY1 ",,,9,1,1\n@units,a," DAY2 ",,,40,,\n"
           "y,a," DAY2 ",,,10,1,1\n", NULL, "the count falls from 50", 0, 0, 0, NULL},
    {MEAN, HT "y,a," DAY1 ",10,1,1\ny,a,,20,2,1\n", NULL, "some have none", 0, 0, 0, NULL},
    /* A group or a file without a row at a later look keeps its last one. */
    {MEAN, HT "y,a," DAY1 ",10,1,1\ny,b," DAY1 ",10,1,1\ny,b," DAY2 ",20,1,1\n", NULL, NULL, 10, 10,
     1.0, NULL},
    {MEAN, HT "y,a," DAY1 ",10,1,1\ny,a," DAY2 ",20,1,1\n", HT "y,a," DAY1 ",90,3,1\n", NULL, 110,
     110, 290.0 / 110.0, "keep their last counts"},
    {MEAN, HT "y,a," DAY1 ",90,3,1\n", HT "y,a," DAY1 ",10,1,1\ny,a," DAY2 ",20,1,1\n", NULL, 110,
     110, 290.0 / 110.0, "keep their last counts"},
    {MEAN, HT "y,a," DAY1 ",90,3,1\ny,a," DAY3 ",100,3,1\n", HT "y,a," DAY2 ",10,1,1\n", NULL, 110,
     110, 310.0 / 110.0, "keep their last counts"},
    {MEAN, HT "y,a," DAY2 ",10,1,1\n", HT "y,a," DAY2 ",30,3,1\n", NULL, 40, 40, 2.5, NULL},
    {MEAN, HT "y,a," DAY1 ",10,1,1\n", H "y,a,10,1,1\n", "looks cannot be told apart", 0, 0, 0,
     NULL},
    /* Units with a value, without one, and all. */
    {MEAN, HU "@units,a,,,,12,,\ny,a,,,,9,1,1\n", NULL, NULL, 12, 9, 1.0, NULL},
    {MEAN, HU "@units,a,,,,12,,\ny,a,,,,12,1,1\n", NULL, NULL, 12, 12, 1.0, NULL},
    {MEAN, HU "@units,a,,,,3,,\ny,a,,,,50,1,1\n", NULL, "more than the 3 units", 0, 0, 0, NULL},
    {MEAN, HU "@units,b,,,,30,,\ny,a,,,,5,1,1\n", NULL, "no row '@units'", 0, 0, 0, NULL},
    {MEAN, HU "@units,a,,,,12,,\n@missing,,,,y,3,,\ny,a,,,,9,1,1\n", NULL, NULL, 12, 9, 1.0, NULL},
    {MEAN, HU "@units,a,,,,12,,\n@missing,,,,y,2,,\ny,a,,,,9,1,1\n", NULL, "not the 12", 0, 0, 0,
     NULL},
    {MEAN, HU "@units,a,,,,12,,\n@units,b,,,,5,,\n@missing,,,,y,3,,\ny,a,,,,9,1,1\n", NULL,
     "are not the 17", 0, 0, 0, NULL},
    {MEAN, HU "@units,a," DAY1 ",,,5,,\ny,a," DAY1 ",,,4,1,1\ny,a," DAY2 ",,,6,1,1\n", NULL,
     "more than the 5 units", 0, 0, 0, NULL},
    /* Dimensions and segments against the total. */
    {MEAN, HD "y,a,,,4,2,2\ny,a,land,N,2,3,0\ny,a,land,S,2,1,1\n", NULL, "other sums", 0, 0, 0,
     NULL},
    {MEAN, HDS "y,a,,,4,8,22\ny,a,land,N,2,6,18\ny,a,land,S,2,2,4\n", NULL, NULL, 4, 4, 2.0, NULL},
    {MEAN, HDS "y,a,,,4,8,22\ny,a,land,N,2,6,18\ny,a,land,S,2,3,5\n", NULL, "other sums", 0, 0, 0,
     NULL},
    {MEAN, HDS "y,a,,,4,8,22\ny,a,land,N,2,6,18\ny,a,land,S,2,2,5\n", NULL, "other sums", 0, 0, 0,
     NULL},
    {MEAN, HDS "y,a,,,4,8,22\ny,a,land,N,2,6,18\ny,a,land,,2,2,4\n", NULL, NULL, 4, 4, 2.0, NULL},
    {MEAN, HD "y,a,,,3,1.67,0.33\ny,a,land,N,2,1.5,0.5\ny,a,land,S,1,2,\n", NULL, NULL, 3, 3, 1.67,
     NULL},
    {MEAN, HD "y,a,,,3,1.67,0.33\ny,a,land,N,2,1.5,.5\ny,a,land,S,1,3,\n", NULL, "other sums", 0, 0,
     0, NULL},
    {MEAN, HDS "y,a,,,4,8,22\ny,a,land,N,3,6,18\ny,a,land,S,2,2,4\n", NULL, "add up to 5", 0, 0, 0,
     NULL},
    {MEAN, HDS "y,a,,,4,8,22\ny,a,land,N,3,6,18\n", NULL, NULL, 4, 4, 2.0, "leave out 1 of 4"},
    {MEAN, HDS "y,a,land,N,3,6,18\n", NULL, "no row of all units", 0, 0, 0, NULL},
    {MEAN, HDS "y,a,,,4,8,22\ny,a,@segment,new,5,6,18\n", NULL, "the segment has 5", 0, 0, 0, NULL},
    {MEAN, HDS "y,a,,,4,8,22\ny,a,@segment,new,4,8,22\n", NULL, NULL, 4, 4, 2.0, NULL},
    {MEAN, HU "@units,a,,,,4,,\ny,a,,,,4,2,2\n@units,a,,land,N,3,,\n@units,a,,land,S,2,,\n", NULL,
     "add up to 5", 0, 0, 0, NULL},
    /* Rounded by hand or by SQL: to 4 digits, 2 decimals, whole numbers; parts of such tables. */
    {MEAN, H "y,a,1000,12.35,4.571\n", H "y,a,3000,12.41,4.602\n", NULL, 4000, 4000,
     49580.0 / 4000.0, NULL},
    {MEAN, H "y,a,1000,1.235e1,4.6\n", H "y,a,1,12,\n", NULL, 1001, 1001, 12362.0 / 1001.0, NULL},
    {MEAN, H "y,a,100,12,5\n", H "y,a,200,13,4\n", NULL, 300, 300, 3800.0 / 300.0, NULL},
    {MEAN, "metric,group,n,sum,variance\ny,a,4,8.2,1.5\n", NULL, "goes with a mean", 0, 0, 0, NULL},
    {SHARE, "metric,group,n,sum,variance\ny,a,4,2,.3\n", NULL, "goes with a mean", 0, 0, 0, NULL},
    {MEAN, "metric,group,n,sum,variance\ny,a,1,8.2,0\n", NULL, NULL, 1, 1, 8.2, NULL},
    {MEAN, HD "y,a,,,6,2.05,0.92\ny,a,land,N,4,1.85,.57\ny,a,land,S,2,2.45,2.42\n",
     HD "y,a,,,2,9.17,.33\ny,a,land,N,2,9.17,.33\n", NULL, 8, 8, 30.64 / 8.0, NULL},
    {MEAN, HDS "y,a,,,4,8.01,22.1\ny,a,land,N,2,6.00,18.0\ny,a,land,S,2,2.00,4.0\n", NULL, NULL, 4,
     4, 2.0025, NULL},
    {MEAN, HDS "y,a,,,4,8.1,22.1\ny,a,land,N,2,6.00,18.0\ny,a,land,S,2,2.00,4.0\n", NULL,
     "other sums", 0, 0, 0, NULL},
    {MEAN, HU "y,a," DAY1 ",,,3,1.67,.33\ny,a," DAY1 ",land,N,2,1.5,.5\ny,a," DAY1 ",land,S,1,2,\n"
           "y,b," DAY2 ",,,3,1.67,.33\ny,b," DAY2 ",land,N,3,1.67,.33\n", NULL, NULL, 3, 3, 1.67,
     NULL},
    {SHARE, H "y,a,7,0.4286,0.2857\n", H "y,a,6,0.1667,0.1667\n"
        "", NULL, 13, 13, 4.0004 / 13.0, NULL},
    {SHARE, H "y,a,7,0.4286,0.2449\n", H "y,a,6,0.1667,0.1389\n"
        "", NULL, 13, 13, 4.0004 / 13.0, NULL},
    {SHARE, H "y,a,7,0.43,0.24\n", H "y,a,6,0.17,0.14\n", NULL, 13, 13, 4.03 / 13.0, NULL},
    {SHARE, H "y,a,7,0.4286,0.27\n", NULL, "not that of a share", 0, 0, 0, NULL},
    {SHARE, HD "y,a,,,13,0.308,0.231\ny,a,land,N,7,0.429,0.286\ny,a,land,S,6,0.167,0.167\n", NULL,
     NULL, 13, 13, 0.308, NULL},
    {SHARE, HD "y,a,,,13,0.308,0.231\ny,a,land,N,7,0.571,0.286\ny,a,land,S,6,0.167,0.167\n", NULL,
     "other sums", 0, 0, 0, NULL},
    {CUPED, HC "y,a,100,10.12,0.33,5.04,0.33,0.333\n", HC "y,a,50,10.31,0.28,5.11,0.41,0.338\n"
        "", NULL,
     150, 150, 1527.5 / 150.0, NULL},
    {CUPED, HC "y,a,100,10.12,0.33,5.04,0.33,0.341\n", NULL, "larger than its two "
        "variances", 0, 0, 0,
     NULL},
    {RATIO, HR "y,a,5,4.00,12.50,2.00,1.50,4.331\n", HR "y,a,7,1.1,.1,1.2,.2,.14\n", NULL, 12, 12,
     27.7 / 12.0, NULL},
    {TWO, H2 "y,a,100,10.1,1.0,5.1,1.0,0.9,5.1,1.0,0.9,0.6\n",
     H2 "y,a,100,10.2,1.0,5.2,1.0,0.9,5.2,1.0,0.9,0.6\n", NULL, 200, 200, 10.15, NULL},
    {TWO, H2 "y,a,100,10.1,1.00,5.1,1.00,0.90,5.1,1.00,0.90,0.20\n"
        "", NULL, "not positive", 0, 0, 0, NULL},
    {MEAN, HU "@units,a,,,,12,,\n@missing,,,,y,3,,\ny,a,,,,9,1.11,0.98\n",
     HU "@units,a,,,,9,,\n@missing,,,,y,2,,\ny,a,,,,7,1.29,1.02\n"
         "", NULL, 21, 16, 19.02 / 16.0, NULL},
    /* Only rows that the plan needs must be complete. */
    {MEAN, H "y,a,9,1,1\nx,a,9,,\n", NULL, NULL, 9, 9, 1.0, NULL},
    {MEAN, H "y,a,9,1,1\nx,a,9,oops,\n", NULL, NULL, 9, 9, 1.0, NULL},
    {MEAN, HD "y,a,,,9,1,1\ny,a,town,X,9,,\n", NULL, NULL, 9, 9, 1.0, NULL},
    {MEAN, H "y,a,9,,\n", NULL, "neither mean nor sum", 0, 0, 0, NULL},
    {MEAN, HT "y,a," DAY1 ",9,1,\ny,a," DAY2 ",10,2,1\n", NULL, NULL, 10, 10, 2.0, "variance: 1"},
    {MEAN, HT "y,a," DAY1 ",9,-7,\ny,a," DAY2 ",10,2,1\n", NULL, NULL, 10, 10, 2.0,
     "no variance: 1"},
    {MEAN, HT "y,a," DAY1 ",9,1,1\ny,a," DAY2 ",10,2,\n", NULL, NULL, 10, 0, NAN, "no variance: 1"},
};
/* clang-format on */

static const char *put_file(int number, const char *text)
{
    static char paths[2][64];
    snprintf(paths[number], sizeof paths[number], "%s/tables-%ld-%d.csv", test_tmp(),
             (long)getpid(), number);
    test_write_file(paths[number], text, strlen(text));
    return paths[number];
}

static const struct assay__cell *last_cell(const struct assay_dataset *dataset)
{
    uint32_t last = 0, group = 0;
    for (uint32_t look = 1; look < assay__dataset_look_count(dataset); look++)
        if (assay__dataset_look_time(dataset, look) > assay__dataset_look_time(dataset, last))
            last = look;
    while (strcmp(assay__dataset_group_id(dataset, group), "a") != 0)
        group++;
    return assay__dataset_find(dataset, 0, last, group);
}

static void check_notes(const struct assay_dataset *dataset, const char *want)
{
    bool found = want == NULL;
    for (uint32_t i = 0; i < assay__dataset_note_count(dataset); i++) {
        enum assay_annotation_level level;
        int32_t metric;
        const char *text;
        assay__dataset_note_at(dataset, i, &level, &metric, &text);
        if (level == ASSAY_NOTE_INFO)
            continue;
        ck_assert_msg(want != NULL, "%s", text);
        found = found || strstr(text, want) != NULL;
    }
    ck_assert_msg(found, "no note: %s", want);
}

static enum assay_status read_table(const struct table *table, const struct assay_plan *plan,
                                    struct assay_dataset **dataset, struct assay_error *err)
{
    const char *paths[2] = {put_file(0, table->first), NULL};
    size_t count = 1;
    if (table->second != NULL)
        paths[count++] = put_file(1, table->second);
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    enum assay_status status = assay_dataset_read(*dataset, paths, count, NULL, err);
    for (size_t i = 0; i < count; i++)
        unlink(paths[i]);
    return status;
}

START_TEST(tables_are_read_or_refused)
{
    const struct table *table = &TABLES[_i];
    struct assay_plan *plan = test_plan(table->plan);
    struct assay_dataset *dataset;
    struct assay_error err;
    enum assay_status status = read_table(table, plan, &dataset, &err);
    if (table->refusal != NULL) {
        ck_assert_msg(status == ASSAY_ERROR_DATA, "read: %s", table->first);
        ck_assert_msg(strstr(err.message, table->refusal) != NULL, "%s", err.message);
        ck_assert_uint_gt(err.line, 1);
        ck_assert_ptr_nonnull(strstr(err.file, "/tables-"));
    } else {
        assert_ok(status, &err);
        const struct assay__cell *cell = last_cell(dataset);
        const struct assay_moments *moments = cell->states[0];
        ck_assert_uint_eq(cell->units, table->units);
        ck_assert_uint_eq(moments == NULL ? 0 : assay_moments_count(moments), table->n);
        ck_assert(moments == NULL || assay_moments_mean(moments, 0) == table->mean);
        check_notes(dataset, table->note);
    }
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

/* Merges one or two tables, as 'assay merge' does; "" where a row that no plan needs is damaged. */
static char *merge_tables(const char *first, const char *second)
{
    const char *paths[2] = {put_file(0, first), second == NULL ? NULL : put_file(1, second)};
    struct assay_error err;
    char *text;
    size_t length;
    enum assay_status status =
        assay_sums_merge(paths, second == NULL ? 1 : 2, &text, &length, &err);
    if (status != ASSAY_OK)
        return strdup("");
    return text;
}

/*
 * What is accepted is accepted again after 'assay merge' has made exact sums of it, with the same
 * figures, and merging once more changes nothing.
 */
START_TEST(merged_tables_stay_possible)
{
    struct table table = TABLES[_i];
    struct assay_error err;
    if (table.refusal != NULL)
        return;
    char *merged = merge_tables(table.first, table.second), *again;
    if (table.second != NULL) {
        again = merge_tables(table.second, table.first);
        ck_assert_str_eq(again, merged);
        free(again);
    }
    if (merged[0] != '\0') {
        struct assay_plan *plan = test_plan(table.plan);
        struct assay_dataset *dataset;
        again = merge_tables(merged, NULL);
        ck_assert_str_eq(again, merged);
        free(again);
        table.first = merged;
        table.second = NULL;
        assert_ok(read_table(&table, plan, &dataset, &err), &err);
        const struct assay__cell *cell = last_cell(dataset);
        const struct assay_moments *moments = cell->states[0];
        ck_assert_uint_eq(cell->units, table.units);
        ck_assert(moments == NULL || assay_moments_mean(moments, 0) == table.mean);
        assay_dataset_free(dataset);
        assay_plan_free(plan);
    }
    free(merged);
}
END_TEST

static void add(TCase *cases)
{
    int count = (int)(sizeof TABLES / sizeof *TABLES);
    tcase_add_loop_test(cases, tables_are_read_or_refused, 0, count);
    tcase_add_loop_test(cases, merged_tables_stay_possible, 0, count);
}

int main(void)
{
    return test_main("summary_tables", add);
}
