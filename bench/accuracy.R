# SPDX-License-Identifier: GPL-3.0-or-later
# R's figures for the cases of the accuracy bench, as "id value" lines (bench/bench_accuracy.c).
options(warn = -1)

show <- function(id, value) cat(id, sprintf("%.17g", value), "\n")

dist <- read.csv("tests/golden/dist.csv", comment.char = "#", colClasses = "character")
functions <- list(
    normal_upper = function(x, a, b, log) pnorm(x, lower.tail = FALSE, log.p = log),
    t_upper = function(x, a, b, log) pt(x, a, lower.tail = FALSE, log.p = log),
    chi2_upper = function(x, a, b, log) pchisq(x, a, lower.tail = FALSE, log.p = log),
    chi2_lower = function(x, a, b, log) pchisq(x, a, log.p = log),
    f_upper = function(x, a, b, log) pf(x, a, b, lower.tail = FALSE, log.p = log),
    f_lower = function(x, a, b, log) pf(x, a, b, log.p = log),
    nct_upper = function(x, a, b, log) pt(x, a, ncp = b, lower.tail = FALSE, log.p = log),
    nct_lower = function(x, a, b, log) pt(x, a, ncp = b, log.p = log),
    qnormal_upper = function(x, a, b, log) qnorm(x, lower.tail = FALSE),
    qt_upper = function(x, a, b, log) qt(x, a, lower.tail = FALSE),
    qchi2_upper = function(x, a, b, log) qchisq(x, a, lower.tail = FALSE),
    qchi2_lower = function(x, a, b, log) qchisq(x, a),
    qf_upper = function(x, a, b, log) qf(x, a, b, lower.tail = FALSE),
    qf_lower = function(x, a, b, log) qf(x, a, b))
for (name in names(functions)) {
    rows <- which(dist$function. == name) # read.csv() puts the point behind a reserved word
    x <- as.numeric(dist$a[rows])
    a <- as.numeric(dist$b[rows])
    b <- as.numeric(dist$c[rows])
    values <- functions[[name]](x, a, b, FALSE)
    cat(sprintf("dist:%d %.17g\n", rows - 1L, values), sep = "")
    if (!startsWith(name, "q") && !startsWith(name, "nct"))
        cat(sprintf("dist:%d:log %.17g\n", rows - 1L, functions[[name]](x, a, b, TRUE)), sep = "")
}

# The formulas of t.test.default, which itself wants the data.
pairs <- read.csv("tests/golden/compare.csv", comment.char = "#", colClasses = "character")
for (row in which(pairs$type == "mean" & pairs$test == "t" & as.numeric(pairs$null) == 0)) {
    n <- as.numeric(c(pairs$n_c[row], pairs$n_t[row]))
    mean <- as.numeric(c(pairs$mean_c[row], pairs$mean_t[row]))
    error <- sqrt(as.numeric(c(pairs$variance_c[row], pairs$variance_t[row])) / n)
    total <- sqrt(error[1]^2 + error[2]^2)
    df <- total^4 / (error[1]^4 / (n[1] - 1) + error[2]^4 / (n[2] - 1))
    t <- (mean[2] - mean[1]) / total
    p <- switch(pairs$side[row], upper = pt(t, df, lower.tail = FALSE), lower = pt(t, df),
                2 * pt(-abs(t), df))
    show(sprintf("welch:%d", row - 1L), p)
}

for (set in c("PiDigits", "Lottery", "Lew", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3",
              "NumAcc4")) {
    y <- read.csv(sprintf("data/nist/%s.csv", set))$y
    show(sprintf("nist:%s:mean", set), mean(y))
    show(sprintf("nist:%s:sd", set), sd(y))
}
for (set in c("SiRstv", "SmLs01", "SmLs02", "SmLs03", "AtmWtAg", "SmLs04", "SmLs05", "SmLs06",
              "SmLs07", "SmLs08", "SmLs09")) {
    data <- read.csv(sprintf("data/nist/%s.csv", set))
    show(sprintf("nist:%s:F", set), summary(aov(y ~ factor(group), data))[[1]][1, "F value"])
}
