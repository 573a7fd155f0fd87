/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statement that lists units, whose rows are to be in one part of the data only. */
#include <inttypes.h>

#include "source/sql/layout.h"

void assay__sql_put_list_of_units(struct assay__sql *sql, uint32_t count)
{
    assay__sql_put(sql,
                   "-- assay: units, to see that each has all its rows in one place\nwith seen "
                   "as (");
    for (uint32_t source = 0; source < sql->binding.source_count; source++) {
        const struct assay__columns *columns = &sql->binding.sources[source];
        const char *unit = assay__sql_name(sql, columns->names[columns->unit]);
        assay__sql_put(sql, "%s\n  select %s as u, %d as x from %s",
                       source == 0 ? "" : "\n  union all",
                       assay__sql_fill(sql, sql->dialect->text, unit, "", ""), source == 0,
                       assay__sql_source_table(sql, source));
    }
    assay__sql_put(sql,
                   "\n)\nselect %s as h, s.u as u, max(s.x) as x\nfrom seen s\nwhere not %s\ngroup "
                   "by s.u\norder by h\nlimit %" PRIu32 ";\n",
                   assay__sql_fill(sql, sql->dialect->hash, "s.u", "", ""),
                   assay__sql_is_missing(sql, "s.u", true), count);
}
