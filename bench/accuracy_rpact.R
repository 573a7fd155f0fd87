# SPDX-License-Identifier: GPL-3.0-or-later
# rpact's sample sizes and power at a fixed horizon, as "id value" lines (bench/bench_accuracy_cases.c):
# normal approximation for z tests of means and for shares (pooled under the null), else Student's t.
options(warn = -1)
suppressMessages(library(rpact))

size <- read.csv("tests/golden/size.csv", comment.char = "#", colClasses = "character")
number <- function(row, column) as.numeric(size[row, column])
show <- function(row, part, expression) {
    value <- tryCatch(suppressWarnings(expression), error = function(e) NaN)
    cat(sprintf("size:%d:%s %.17g\n", row - 1L, part, as.numeric(value)[1]))
}

means <- function(row) {
    approximate <- size$test[row] == "z"
    arguments <- list(alpha = number(row, "alpha"), sided = 1, groups = 2,
                      normalApproximation = approximate,
                      alternative = abs(number(row, "effect") - number(row, "null")),
                      stDev = sqrt(number(row, "factor") * number(row, "vc")))
    n <- c(number(row, "n_baseline"), number(row, "n_compared"))
    if (size$kind[row] == "required")
        show(row, "n", ceiling(do.call(getSampleSizeMeans, c(arguments, list(
            beta = 1 - number(row, "power"),
            allocationRatioPlanned = number(row, "wt") / number(row, "wc"))))$nFixed1))
    show(row, "power", do.call(getPowerMeans, c(arguments, list(
        maxNumberOfSubjects = sum(n), allocationRatioPlanned = n[2] / n[1])))$overallReject)
}

shares <- function(row) {
    arguments <- list(alpha = number(row, "alpha"), sided = 1, groups = 2, normalApproximation = TRUE,
                      pi1 = number(row, "mean") + number(row, "effect"), pi2 = number(row, "mean"))
    n <- c(number(row, "n_baseline"), number(row, "n_compared"))
    if (size$kind[row] == "required")
        show(row, "n", ceiling(do.call(getSampleSizeRates, c(arguments, list(
            beta = 1 - number(row, "power"),
            allocationRatioPlanned = number(row, "wt") / number(row, "wc"))))$nFixed1))
    show(row, "power", do.call(getPowerRates, c(arguments, list(
        maxNumberOfSubjects = sum(n), allocationRatioPlanned = n[2] / n[1],
        directionUpper = size$side[row] == "upper")))$overallReject)
}

for (row in which(size$side != "both" & size$kind != "effect")) {
    if (size$type[row] == "mean" && size$vc[row] == size$vt[row] &&
        (size$test[row] == "z" || size$n_baseline[row] == size$n_compared[row]))
        means(row)
    else if (size$method[row] == "pooled" && number(row, "factor") == 1)
        shares(row)
}
