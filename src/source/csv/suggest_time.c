/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In which form a column of times is written. */
#include <stdio.h>

#include "base/time.h"
#include "source/csv/remedy.h"

/* Days as spreadsheets count them, from 1990 to 2100: other numbers may be anything. */
static bool is_excel(struct assay_dialect *dialect, const struct assay__column_sample *sample)
{
    dialect->time = "excel";
    for (size_t i = 0; i < sample->count; i++) {
        int64_t ns;
        if (!assay__dialect_time(dialect, &sample->cells[i], &ns) || ns < ASSAY__TIME_FIRST_NS ||
            ns >= ASSAY__TIME_END_NS)
            return false;
    }
    return true;
}

/* Those without a year in front stand in both orders of day and month. */
static const char *const DATES[] = {"%m/%d/%Y",  "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d",
                                    "%d-%m-%Y",  "%m-%d-%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y",
                                    "%b %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%Y.%m.%d",
                                    "%Y-%m-%d",  "%d/%b/%Y"};
static const char *const CLOCKS[] = {"",
                                     " %H:%M",
                                     " %H:%M:%S",
                                     " %H:%M:%S.%f",
                                     " %I:%M %p",
                                     " %I:%M:%S %p",
                                     "T%H:%M:%S",
                                     ", %H:%M:%S",
                                     ", %H:%M",
                                     "%H%M%S",
                                     " %H:%M:%S %z",
                                     ", %I:%M:%S %p",
                                     "T%H%M%S",
                                     "T%H%M%S%z",
                                     ":%H:%M:%S %z",
                                     ":%H:%M:%S",
                                     " %H:%M:%S GMT",
                                     " %H:%M:%S UTC",
                                     " %H:%M:%S.%f %z"};

void assay__suggest_time(const struct assay_dialect *dialect,
                         const struct assay__column_sample *sample, char out[ASSAY__REMEDY_BYTES])
{
    struct assay_dialect to = *dialect;
    char form[40];
    uint32_t found = 0;
    to.trim = true;
    to.time = dialect->time;
    if (!dialect->trim && assay__suggest_reads(&to, sample)) {
        assay__remedy_put(out, "trim", "");
        return;
    }
    to.trim = dialect->trim;
    if (is_excel(&to, sample)) {
        assay__remedy_put(out, "time", to.time);
        return;
    }
    to.time = form;
    for (size_t d = 0; found < 2 && d < sizeof DATES / sizeof *DATES; d++) {
        for (size_t c = 0; c < sizeof CLOCKS / sizeof *CLOCKS; c++) {
            snprintf(form, sizeof form, "%s%s", DATES[d], CLOCKS[c]);
            if (!assay__suggest_reads(&to, sample))
                continue;
            if (found++ > 0)
                assay__remedy_or(out);
            assay__remedy_put(out, "time", form);
            break;
        }
    }
}
