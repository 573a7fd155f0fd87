/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sufficient statistics that a program hands over, as the table of sums that has them. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "source/summary/summary_column.h"
#include "source/table/grid.h"

/* The first columns; those of figures follow, means first. */
enum { METRIC, GROUP, TIME, DIMENSION, VALUE, N, KEYS };
static const char *const KEY_NAMES[KEYS] = {"metric", "group", "time", "dimension", "value", "n"};

enum { FIGURES_MAX = ASSAY_VARIABLES_MAX * (ASSAY_VARIABLES_MAX + 3) / 2 };

/* What a column of figures holds, in terms of variables of the widest shape. */
struct figure {
    bool is_mean;
    uint32_t i, j;
};

struct figures {
    struct assay__given_grid grid; /* first */
    const struct assay_figures *rows;
    size_t row_count, begin, end;
    struct assay_moments_shape shape; /* the widest of all rows */
    struct figure figures[FIGURES_MAX];
};

static enum assay_status next(struct assay__given_grid *grid, size_t most, size_t *count,
                              struct assay_error *err)
{
    struct figures *self = (struct figures *)grid;
    size_t left = self->row_count - self->end;
    (void)err;
    *count = left < most ? left : most;
    self->begin = self->end;
    self->end += *count;
    return ASSAY_OK;
}

/* A variable of the widest shape as one of a row's; false when the row has none such. */
static bool variable_in(const struct figures *self, const struct assay_figures *row,
                        uint32_t variable, uint32_t *out)
{
    bool is_denominator = self->shape.has_denominator != 0 && variable == 1;
    uint32_t covariate = variable - 1 - self->shape.has_denominator;
    *out = variable == 0 || is_denominator ? variable : covariate + 1 + row->shape.has_denominator;
    if (variable == 0)
        return true;
    return is_denominator ? row->shape.has_denominator != 0
                          : covariate < row->shape.covariate_count;
}

static const char *figure_of(const struct figures *self, const struct assay_figures *row,
                             const struct figure *figure, char scratch[ASSAY__CELL_BYTES],
                             struct assay__field *out)
{
    uint32_t i, j, count = 1 + row->shape.has_denominator + row->shape.covariate_count;
    assay__cell_missing(out);
    if (row->metric == NULL || !variable_in(self, row, figure->i, &i) ||
        !variable_in(self, row, figure->j, &j))
        return NULL;
    const double *values = figure->is_mean ? row->means : row->covariances;
    if (values == NULL)
        return NULL;
    double value = values[figure->is_mean ? i : (i > j ? i * count + j : j * count + i)];
    /* Where the figure is needed the error quotes it. "nan" would be a missing one. */
    if (isnan(value))
        assay__cell_text("nan()", 5, out);
    else
        assay__cell_double(value, scratch, out);
    return NULL;
}

static const char *cell_of(const struct assay__given_grid *grid, size_t index, uint32_t column,
                           char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    const struct figures *self = (const struct figures *)grid;
    const struct assay_figures *row = &self->rows[self->begin + index];
    const char *const texts[] = {[METRIC] = row->metric == NULL ? "@units" : row->metric,
                                 [GROUP] = row->group,
                                 [DIMENSION] = row->dimension,
                                 [VALUE] = row->value};
    if (column >= KEYS)
        return figure_of(self, row, &self->figures[column - KEYS], scratch, out);
    if (column == METRIC && row->metric != NULL && row->metric[0] == '@')
        return "Names of metrics do not begin with @.";
    if (column == N)
        assay__cell_unsigned(row->n, scratch, out);
    else if (column == TIME && row->has_time)
        return assay__cell_time(row->time_ns, scratch, out);
    else if (column == TIME || texts[column] == NULL)
        assay__cell_missing(out);
    else
        assay__cell_text(texts[column], strlen(texts[column]), out);
    return NULL;
}

static void free_figures(struct assay__given_grid *grid)
{
    (void)grid;
}

static const struct assay__given_grid_kind FIGURES = {next, cell_of, free_figures, NULL};

/* The widest shape of all rows. */
static enum assay_status find_shape(struct figures *self, const char *name, struct assay_error *err)
{
    for (size_t r = 0; r < self->row_count; r++) {
        const struct assay_moments_shape shape = self->rows[r].shape;
        if (shape.has_denominator > 1 || shape.covariate_count > ASSAY_COVARIATES_MAX)
            return assay__fail_at(err, ASSAY_ERROR_USAGE, name, r + 1, 0,
                                  "A shape has at most 1 denominator and %d covariates.",
                                  ASSAY_COVARIATES_MAX);
        if (self->rows[r].metric != NULL && self->rows[r].means == NULL)
            return assay__fail_at(err, ASSAY_ERROR_USAGE, name, r + 1, 0,
                                  "The figures of a metric need means.");
        if (shape.has_denominator != 0)
            self->shape.has_denominator = 1;
        if (shape.covariate_count > self->shape.covariate_count)
            self->shape.covariate_count = shape.covariate_count;
    }
    return self->row_count > 0
               ? ASSAY_OK
               : assay__fail_at(err, ASSAY_ERROR_USAGE, name, 0, 0, "The table has no figures.");
}

/* Numbers the columns of figures and names them. */
static uint32_t list_figures(struct figures *self, char names[FIGURES_MAX][ASSAY__COLUMN_BYTES])
{
    uint32_t count = 0, variables = 1 + self->shape.has_denominator + self->shape.covariate_count;
    for (uint32_t i = 0; i < variables; i++, count++) {
        self->figures[count] = (struct figure){true, i, i};
        assay__column_mean(self->shape, i, names[count]);
    }
    for (uint32_t i = 0; i < variables; i++)
        for (uint32_t j = 0; j <= i; j++, count++) {
            self->figures[count] = (struct figure){false, i, j};
            assay__column_covariance(self->shape, i, j, names[count]);
        }
    return count;
}

static enum assay_status init(struct figures *self, const char *name, struct assay_error *err)
{
    char names[FIGURES_MAX][ASSAY__COLUMN_BYTES];
    const char *list[KEYS + FIGURES_MAX];
    memcpy(list, KEY_NAMES, sizeof KEY_NAMES);
    enum assay_status status = find_shape(self, name, err);
    if (status != ASSAY_OK)
        return status;
    uint32_t count = list_figures(self, names);
    for (uint32_t f = 0; f < count; f++)
        list[KEYS + f] = names[f];
    return assay__grid_init(&self->grid, &FIGURES, name, list, KEYS + count, err);
}

enum assay_status assay_table_from_figures(const struct assay_figures *figures, size_t figure_count,
                                           const char *name, struct assay_table **out,
                                           struct assay_error *err)
{
    struct figures *self = assay__calloc(1, sizeof *self);
    if (self == NULL)
        return assay__fail_memory(err);
    self->rows = figures;
    self->row_count = figure_count;
    enum assay_status status = init(self, name, err);
    if (status == ASSAY_OK)
        *out = &self->grid.table;
    else
        assay__grid_abandon(&self->grid, &FIGURES);
    return status;
}
