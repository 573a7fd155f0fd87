/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys about data: columns, how the text is written, and event files. */
#include "analysis/plan_model.h"
#include "plan/plan_read.h"
#include "plan/plan_rows.h"

/* clang-format off: one row a key */
static const struct assay__range LINES = {0.0,  1000.0, true,
                                          true, false,  "a whole number from 0 to 1000"};

#define STRUCT struct assay_plan
static const struct assay__plan_key columns_rows[] = {
    {TEXT("unit", unit_column), FLAG("unit", "COLUMN"),
     SAYS("column of the unit id; with it, duplicate units are found")},
    {TEXT("group", group_column), FLAG("group", "COLUMN"), SAYS("column of the group")},
    {TEXT("time", time_column), FLAG("time", "COLUMN"), SAYS("column of the time")},
};
#undef STRUCT

#define STRUCT struct assay_dialect
static const struct assay__plan_key format_rows[] = {
    {ASSAY__ROW(CHARACTER, "decimal", ASSAY__PLACE(decimal), ASSAY__NO_MARK), .fallback = '.',
     FLAG("decimal", "CHAR"), SAYS("decimal mark of numbers: . or ,")},
    {TEXT("thousands", thousands), .check = assay__plan_check_thousands, FLAG("thousands", "CHAR"),
     SAYS("mark between groups of three digits; none unless given")},
    {SPELLINGS("missing", missing, missing_count), FLAG("missing-text", "TEXT"),
     SAYS("spelling of a missing value, in place of the usual ones")},
    {SPELLINGS("true", true_texts, true_count), FLAG("true", "TEXT"),
     SAYS("spelling of 1 in proportions")},
    {SPELLINGS("false", false_texts, false_count), FLAG("false", "TEXT"),
     SAYS("spelling of 0 in proportions")},
    {TEXT("time", time), .check = assay__plan_check_time_form, FLAG("time-format", "FORM"),
     SAYS("form of times as strptime(3) has it, such as %d.%m.%Y, or s, ms, us, ns or excel")},
    {WHOLE(WHOLE, "skipLines", skip_lines, &LINES, 0), FLAG("skip-lines", "N"),
     SAYS("lines before the header that are passed over")},
    {BOOLEAN("trim", trim), FLAG("trim", NULL), SAYS("leave out blanks around cells")},
    {SPELLINGS("currency", currency, currency_count), FLAG("currency", "SIGN"),
     SAYS("sign before or after numbers that is passed over")},
    {BOOLEAN("percent", percent), FLAG("percent", NULL),
     SAYS("a number followed by % is a hundredth of it")},
    {TEXT("encoding", encoding), .check = assay__plan_check_encoding, FLAG("encoding", "NAME"),
     SAYS("encoding of the text as iconv(1) names it; UTF-8 unless given")},
    {TEXT("groupFromFile", group_from_file), .check = assay__plan_check_star,
     FLAG("group-from-file", "PATTERN"),
     SAYS("the group is what * stands for in the file's name, as in users-*.csv")},
};
#undef STRUCT

#define STRUCT struct assay_events_plan
static const struct assay__plan_key event_columns_rows[] = {
    {TEXT("unit", unit_column), SAYS("column of the unit id; that of the exposures unless given")},
    {TEXT("time", time_column), SAYS("column of the time; that of the exposures unless given")},
};

static const struct assay__plan_key events_rows[] = {
    {TEXT("name", name), REQUIRED, SAYS("distinct in the plan; metrics and files go by it")},
    {OBJECT("columns", 0, ASSAY__NO_MARK, EVENT_COLUMNS),
     SAYS("where the events differ from the exposures")},
};
#undef STRUCT
/* clang-format on */

const struct assay__plan_keys assay__keys_columns = {.name = "columns",
                                                     .sentence =
                                                         "Names of the columns that are not "
                                                         "metrics.",
                                                     ASSAY__ROWS(columns_rows),
                                                     .finish = assay__plan_finish_columns};
const struct assay__plan_keys assay__keys_format = {.name = "format",
                                                    .sentence = "How the data's text is written.",
                                                    ASSAY__ROWS(format_rows),
                                                    .finish = assay__plan_finish_format};
const struct assay__plan_keys assay__keys_event_columns = {
    .name = "eventColumns", .sentence = "Columns of event files.", ASSAY__ROWS(event_columns_rows)};
const struct assay__plan_keys assay__keys_events = {
    .name = "events",
    .sentence = "Event files that are joined to the exposures on the unit.",
    ASSAY__ROWS(events_rows)};
