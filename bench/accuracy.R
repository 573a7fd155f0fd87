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

# Differences and regressions from data; one argument: the folder of bench_accuracy_rows.
folder <- commandArgs(TRUE)[1]
cases <- read.csv("tests/golden/accuracy_data.csv", comment.char = "#", colClasses = "character")
figure <- function(id, part, value) show(sprintf("data:%s:%s", id, part), value)
for (row in seq_len(nrow(cases))) {
    id <- cases$case[row]
    data <- read.csv(file.path(folder, paste0(id, ".csv")))
    both <- split(data, data$group)
    if (cases$reduction[row] == "none") {
        test <- tryCatch(t.test(both[["1"]]$y, both[["0"]]$y), error = function(e) NULL)
        if (is.null(test)) # "data are essentially constant"
            test <- list(estimate = c(NA, NA), stderr = NA, p.value = NA, parameter = NA)
        figure(id, "d", test$estimate[[1]] - test$estimate[[2]])
        figure(id, "se", test$stderr)
        figure(id, "p", test$p.value)
        # R has no Fieller interval: the textbook formula from its mean, var and qt.
        c <- mean(both[["0"]]$y)
        t <- mean(both[["1"]]$y)
        vc <- var(both[["0"]]$y) / nrow(both[["0"]])
        vt <- var(both[["1"]]$y) / nrow(both[["1"]])
        q <- qt(0.025, test$parameter, lower.tail = FALSE)
        a <- c^2 - q^2 * vc
        root <- sqrt(t^2 * c^2 - a * (t^2 - q^2 * vt))
        figure(id, "low", (t * c - root) / a - 1)
        figure(id, "high", (t * c + root) / a - 1)
    } else {
        # lm() in each group; a coefficient it drops (NA) is 0.
        x <- as.matrix(data[, -(1:2), drop = FALSE])
        centre <- colMeans(x)
        fits <- lapply(both, function(g) lm(y ~ ., g[, -1]))
        slope <- lapply(fits, function(f) ifelse(is.na(coef(f)[-1]), 0, coef(f)[-1]))
        error2 <- mapply(function(f, g) summary(f)$sigma^2 / nrow(g), fits, both)
        value <- mapply(function(b, g) mean(g$y) - sum(b * (colMeans(g[, -(1:2), drop = FALSE]) - centre)),
                        slope, both)
        apart <- slope[[2]] - slope[[1]]
        figure(id, "d", value[[2]] - value[[1]])
        figure(id, "se", sqrt(sum(error2) + c(apart %*% cov(x) %*% apart) / nrow(x)))
    }
}

srm <- read.csv("tests/golden/srm.csv", comment.char = "#", colClasses = "character")
numbers <- function(text) as.numeric(strsplit(text, " ")[[1]])
for (row in which(srm$method == "chi2")) {
    weights <- numbers(srm$weights[row])
    show(sprintf("srm:%d", row - 1L),
         chisq.test(numbers(srm$counts[row])[weights > 0], p = weights[weights > 0] / sum(weights))$p.value)
}

# power.t.test and power.prop.test: groups of one size, one side.
size <- read.csv("tests/golden/size.csv", comment.char = "#", colClasses = "character")
number <- function(row, column) as.numeric(size[row, column])
answer <- function(expression) tryCatch(expression, error = function(e) NaN)
for (row in which(size$side != "both" & size$kind != "effect" & size$n_baseline == size$n_compared)) {
    if (size$test[row] == "t" && size$type[row] == "mean" && size$vc[row] == size$vt[row]) {
        ask <- function(...) power.t.test(delta = abs(number(row, "effect") - number(row, "null")),
                                          sd = sqrt(number(row, "factor") * number(row, "vc")),
                                          sig.level = number(row, "alpha"),
                                          alternative = "one.sided", ...)
    } else if (size$method[row] == "pooled" && number(row, "factor") == 1) {
        ask <- function(...) power.prop.test(p1 = number(row, "mean"),
                                             p2 = number(row, "mean") + number(row, "effect"),
                                             sig.level = number(row, "alpha"),
                                             alternative = "one.sided", ...)
    } else next
    if (size$kind[row] == "required")
        show(sprintf("size:%d:n", row - 1L), answer(ceiling(ask(power = number(row, "power"))$n)))
    show(sprintf("size:%d:power", row - 1L), answer(ask(n = number(row, "n_compared"))$power))
}
