# Cross-check of tests/stats/test_compare.c by R: t.test, lm.
#
#     Rscript tests/golden/compare_r.R >tests/golden/compare_r.csv
#
# Lines "data,SET,GROUP,y,x1,x2" give R's own data sets, lines "want,SET,FIELD,value" what R makes of them.
# Lin's estimator: an own regression per group, evaluated at the mean of all units.

options(digits = 17)
show <- function(...) cat(paste(..., sep = ","), "\n", sep = "")
number <- function(x) sprintf("%.17g", x)

study <- function(name, y, group, x) {
    for (i in seq_along(y)) {
        show("data", name, group[i], number(y[i]), number(x[i, 1]), number(x[i, 2]))
    }
    want <- function(field, value) show("want", name, field, number(unname(value)))
    c <- y[group == 0]
    t <- y[group == 1]
    both <- t.test(t, c)
    want("difference", mean(t) - mean(c))
    want("se", both$stderr)
    want("df", both$parameter)
    want("statistic", both$statistic)
    want("p_both", both$p.value)
    want("lower", both$conf.int[1])
    want("upper", both$conf.int[2])
    want("p_upper", t.test(t, c, alternative = "greater")$p.value)
    want("p_lower", t.test(t, c, alternative = "less")$p.value)

    n <- length(y)
    centred <- sweep(x, 2, colMeans(x))
    s <- cov(x)
    fit <- lapply(0:1, function(g) lm(y[group == g] ~ centred[group == g, ]))
    b <- lapply(fit, function(f) coef(f)[-1])
    apart <- b[[2]] - b[[1]]
    error2 <- sum(sapply(fit, function(f) summary(f)$sigma^2 / length(residuals(f)))) +
        drop(t(apart) %*% s %*% apart) / n
    want("full_difference", coef(fit[[2]])[1] - coef(fit[[1]])[1])
    want("full_se", sqrt(error2))
    for (g in 1:2) for (i in 1:2) want(sprintf("full_slope_%d_%d", g - 1, i), b[[g]][i])

    pooled <- coef(lm(y ~ factor(group) + centred))
    adjusted <- y - drop(centred %*% pooled[3:4])
    cuped <- t.test(adjusted[group == 1], adjusted[group == 0])
    want("pooled_difference", pooled[2])
    want("pooled_se", cuped$stderr)
    want("pooled_slope_0_1", pooled[3])
    want("pooled_slope_0_2", pooled[4])
}

cat("# Rscript tests/golden/compare_r.R;", R.version.string, "\n")
study("mtcars", mtcars$mpg, mtcars$am, as.matrix(mtcars[, c("wt", "hp")]))
flowers <- iris[iris$Species != "virginica", ]
study("iris", flowers$Sepal.Length, as.integer(flowers$Species == "versicolor"),
      as.matrix(flowers[, c("Sepal.Width", "Petal.Width")]))
study("swiss", swiss$Fertility, as.integer(swiss$Catholic > 50),
      as.matrix(swiss[, c("Education", "Agriculture")]))
