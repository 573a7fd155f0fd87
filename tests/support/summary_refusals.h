/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What test_summary_refused.c expects of mistakes in sufficient statistics: a table, in its place
 * there. */
#ifndef ASSAY_TESTS_SUMMARY_REFUSALS_H
#define ASSAY_TESTS_SUMMARY_REFUSALS_H

struct refusal {
    const char *type, *text;
    uint64_t line, column;
    const char *message;
};

/* clang-format off */
static const struct refusal REFUSALS[] = {
    {MEAN, "metric,group,n,variance\ny,A,5,1\n", 2, 1, "give mean and variance"},
    {MEAN, "metric,group,n,mean\ny,A,5,1\n", 2, 1, "variance (or sum_squares) is needed"},
    {MEAN, "metric,group,n,mean\ny,A,5,7\n", 2, 1, "variance (or sum_squares) is needed"},
    {SHARE, "metric,group,n,mean\ny,A,5,7\n", 2, 1, "lies between 0 and 1"},
    {SHARE, "metric,group,n,sum\ny,A,5,-1\n", 2, 1, "lies between 0 and 1"},
    {MEAN, HEAD "y,A,5,1,1\ny,B,5,1x,1\n", 3, 4, "'1x' in column 'mean' is not a number"},
    {MEAN, HEAD "y,A,5,\"1,5\",1\n", 2, 4, "decimal point"},
    {MEAN, HEAD "y,A,5,1e20000,1\n", 2, 4, "too large an exponent"},
    {MEAN, HEAD "y,A,5,1,-0.5\n", 2, 5, "is negative"},
    {MEAN, HEAD "y,A,5.5,1,1\n", 2, 3, "not a whole number"},
    {MEAN, HEAD "y,A,-5,1,1\n", 2, 3, "not a whole number"},
    {MEAN, HEAD "y,A,,1,1\n", 2, 3, "not a whole number"},
    {MEAN, HEAD "y,A,1000000000000001,1,1\n", 2, 3, "larger than a count may be"},
    {MEAN, HEAD "y,A,99999999999999999999999,1,1\n", 2, 3, "larger than a count may be"},
    {MEAN, HEAD "y,A,5,1,1\ny,B,5,1,1\ny,A,5,1,1\n", 4, 1, "second row for the same group"},
    {MEAN, HEAD "y,,5,1,1\n", 2, 2, "does not name a group"},
    {MEAN, HEAD ",A,5,1,1\n", 2, 1, "does not name a metric"},
    {MEAN, HEAD "@unit,A,5,,\n", 2, 1, "not a row that 'assay summarize' writes"},
    {MEAN, HEAD "@units,,5,,\n", 2, 2, "does not name a group"},
    {MEAN, "metric,group,n,mean,variance,mean\ny,A,5,1,1,2\n", 1, 6, "both named 'mean'"},
    {MEAN, HEAD, 1, 0, "no row of sufficient statistics"},
    {MEAN, "metric,group,time,n,mean,variance\ny,A,noon,5,1,1\n", 2, 3, "is not a time"},
    {MEAN, "metric,group,n,mean,variance,value\ny,A,5,1,1,SE\n", 2, 6, "has no dimension beside"},
    {MEAN, "metric,group,n,sum,sum_squares\ny,A,2,10,49\n", 2, 5, "variance would be negative"},
    {ADJUSTED, "metric,group,n,sum,sum_squares,covariate1_sum\ny,A,2,1,1,1\n", 2, 1,
     "needs a column 'covariate1_sum_products'"},
    {ADJUSTED, "metric,group,n,mean,variance,covariate17_mean\ny,A,5,1,1,1\n", 2, 6, "past 16"},
    {ADJUSTED, "metric,group,n,mean,variance,covariate_mean\ny,A,5,1,1,1\n", 2, 1,
     "needs a column 'covariate1_covariance'"},
    {ADJUSTED, "metric,group,n,mean,variance,covariate_mean,covariate_variance,covariance\n"
           "y,A,5,1,1,1,,1\n", 2, 7, "must not be empty"},
    {TWICE_ADJUSTED, "metric,group,n,mean,variance,covariate_mean,covariate_variance,covariance\n"
           "y,A,5,1,1,1,1,1\n", 2, 1, "number of covariates differs"},
    {MEAN, "metric,group,n,mean,variance,denominator_mean,denominator_variance,"
           "denominator_covariance\ny,A,5,1,1,1,1,1\n", 2, 1, "type is not ratio"},
    {"{\"id\":\"y\",\"role\":\"success\",\"type\":\"ratio\",\"denominator\":\"w\"}",
     HEAD "y,A,5,1,1\n", 2, 1, "a ratio needs denominator_mean"},
    {"{\"id\":\"y\",\"role\":\"success\",\"type\":\"ratio\",\"denominator\":\"w\"}",
     "metric,group,n,mean,variance,denominator_mean,denominator_variance,denominator_covariance\n"
     "y,A,5,1,1,1,1,1.5\n", 2, 1, "a covariance is larger than its two variances allow"},
    {"{\"id\":\"y\",\"role\":\"success\",\"type\":\"ratio\",\"denominator\":\"w\"}",
     "metric,group,n,sum,sum_squares,denominator_sum,denominator_sum_squares,"
     "denominator_sum_products\ny,A,2,2,3,10,9,9\n", 2, 7, "variance would be negative"},
    {SHARE, HEAD "y,A,5,1.5,1\n", 2, 1, "lies between 0 and 1"},
    {ADJUSTED, "metric,group,n,mean,variance,covariates_missing\ny,A,5,1,1,1\n", 2, 6,
     "names covariates that this row does not have"},
    {ADJUSTED, "metric,group,n,covariates_missing,mean,variance,covariate_mean,covariate_variance,"
           "covariance\ny,A,5,1,1,1,1,1,1\n", 2, 4, "goes with sums"},
    {ADJUSTED, "metric,group,time,n,covariates_missing,sum,sum_squares,covariate1_sum,"
           "covariate1_sum_squares,covariate1_sum_products\ny,A,,5,0,1,1,1,1,1\ny,A,,5,1,1,1,,,\n",
     3, 1, "other columns filled"},
};
/* clang-format on */

#endif
