# data.table (Debian: r-cran-data.table) for bench_scan: the sums of the job in each group.
# usage: Rscript scan_datatable.R FILE SUM,SUM,... THREADS
suppressPackageStartupMessages(library(data.table))
given <- commandArgs(TRUE)
setDTthreads(as.integer(given[3]))
d <- fread(given[1], showProgress = FALSE)
sums <- eval(parse(text = sprintf("d[, .(n = .N, %s), by = group]", given[2])))
for (i in seq_len(nrow(sums))) cat(sprintf("%s,%d,%.17g\n", sums$group[i], sums$n[i], sums[[3]][i]))
