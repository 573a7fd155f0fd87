/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judge of the accuracy bench:
 *
 *     bench_accuracy_table [--json] NAME=FILE...
 *
 * reads each peer's "id value" lines (others begin with #) and prints Markdown tables of correct
 * digits, that is -log10 of the relative error (LRE), against the golden files (mpmath at 60
 * digits) and NIST's certified values: the worst case, and the median in parentheses. Digits are
 * capped at 16, at 15 where the certified value has no more; NaN, infinity and a wrong sign count
 * as none. Required sizes, whose unit is one of the users, say by how many of them they are off at
 * most. A dash: the peer has no such function. Rows of ordinary cases and of extreme ones are
 * tables of their own. --json: a line for each row and peer instead.
 */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy_input.h"
#include "accuracy_size.h"

enum { ID_BYTES = 32, CASES_MAX = 20000, PEERS_MAX = 16 };

enum kind { ORDINARY, EXTREME, KINDS };

/* A row of a table and the golden cases in it, "function area"; NULL after the last. */
struct row {
    const char *label;
    const char *parts[4];
    int is_log;
    enum kind kind; /* ordinary: what an experiment of users, money and days may ask for */
};

static const struct row ROWS[] = {
    {"Normal tail, p > 1e-305", {"normal_upper center", "normal_upper tail"}, 0, ORDINARY},
    {"Normal log tail, z to 1e6", {"normal_upper tail", "normal_upper beyond"}, 1, EXTREME},
    {"Student t tail, df 1 to 1e4", {"t_upper small-center", "t_upper small-tail"}, 0, ORDINARY},
    {"Student t tail, df 1e4 to 1e15", {"t_upper large-center", "t_upper large-tail"}, 0, EXTREME},
    {"Student t log tail", {"t_upper small-tail", "t_upper large-tail"}, 1, EXTREME},
    {"Chi-square tails, df 1 to 1e5",
     {"chi2_upper center", "chi2_lower center", "chi2_upper tail"},
     0,
     ORDINARY},
    {"Chi-square tails, df 1e5 to 1e15", {"chi2_upper large", "chi2_lower large"}, 0, EXTREME},
    {"Chi-square log tail, log10 p to -1e6", {"chi2_upper tail", "chi2_upper beyond"}, 1, EXTREME},
    {"F tails, df 1 to 1e4", {"f_upper center", "f_lower center"}, 0, ORDINARY},
    {"F tails, df 1 to 1e15, far apart", {"f_upper unequal", "f_lower unequal"}, 0, EXTREME},
    {"F tails, both df 1e3 to 1e15", {"f_upper large", "f_lower large"}, 0, EXTREME},
    {"Noncentral t tails, df 2 to 1e15", {"nct_upper any", "nct_lower any"}, 0, EXTREME},
    {"Noncentral t tails, delta 20 to 40", {"nct_upper steep", "nct_lower steep"}, 0, EXTREME},
    {"Normal quantile, p 1e-10 to 0.5", {"qnormal_upper usual"}, 0, ORDINARY},
    {"Normal quantile, p 1e-290 to 1e-10", {"qnormal_upper far"}, 0, EXTREME},
    {"Student t quantile, p 1e-10 to 0.5", {"qt_upper usual", "qt_upper center"}, 0, ORDINARY},
    {"Student t quantile, p 1e-290 to 1e-10", {"qt_upper far"}, 0, EXTREME},
    {"Chi-square quantiles, p 1e-10 to 0.5",
     {"qchi2_upper usual", "qchi2_lower usual"},
     0,
     ORDINARY},
    {"Chi-square quantiles, p 1e-290 to 1e-10", {"qchi2_upper far", "qchi2_lower far"}, 0, EXTREME},
    {"F quantiles, p 1e-10 to 0.5", {"qf_upper usual", "qf_lower usual"}, 0, ORDINARY},
    {"F quantiles, p 1e-290 to 1e-10", {"qf_upper far", "qf_lower far"}, 0, EXTREME},
    {"Welch's test from summaries: p", {"welch p"}, 0, ORDINARY},
    {"SRM: p, 1e-300 to 1", {"srm p"}, 0, ORDINARY},
    {"Difference and error, ordinary data", {"data money d", "data money se"}, 0, ORDINARY},
    {"Difference and error, offset 1e12", {"data offset d", "data offset se"}, 0, EXTREME},
    {"Difference and error, 1e8 -+ 1", {"data near d", "data near se"}, 0, EXTREME},
    {"Difference and error, scale 1e-200, 1e150",
     {"data tiny d", "data tiny se", "data huge d", "data huge se"},
     0,
     EXTREME},
    {"p of Welch's test from such data",
     {"data offset p", "data near p", "data tiny p", "data huge p"},
     0,
     EXTREME},
    {"Fieller's interval, ordinary data", {"data money low", "data money high"}, 0, ORDINARY},
    {"Fieller's interval, offset 1e12, 1e8 -+ 1",
     {"data offset low", "data offset high", "data near low", "data near high"},
     0,
     EXTREME},
    {"Reduced variance, ordinary data", {"regression money d", "regression money se"}, 0, ORDINARY},
    {"Reduced variance, offset 1e12", {"regression offset d", "regression offset se"}, 0, EXTREME},
    {"Reduced variance, y = x + 1e-5 noise",
     {"regression near d", "regression near se"},
     0,
     EXTREME},
    {"Reduced variance, condition 1e12", {"regression ill d", "regression ill se"}, 0, EXTREME},
    {"Sample size, z test of means", {"size z n"}, 0, ORDINARY},
    {"Sample size, t test of means", {"size t n"}, 0, ORDINARY},
    {"Sample size, shares, pooled", {"size pooled n"}, 0, ORDINARY},
    {"Sample size, shares, arcsine", {"size arcsine n"}, 0, ORDINARY},
    {"Power, z test of means", {"size z power"}, 0, ORDINARY},
    {"Power, t test of means", {"size t power"}, 0, ORDINARY},
    {"Power, shares, pooled", {"size pooled power"}, 0, ORDINARY},
    {"Power, shares, arcsine", {"size arcsine power"}, 0, ORDINARY},
    {"Mean, 9 NIST sets", {"nist mean"}, 0, ORDINARY},
    {"Standard deviation, 9 NIST sets", {"nist sd"}, 0, ORDINARY},
    {"ANOVA F, 11 NIST sets", {"nist F"}, 0, ORDINARY},
};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

struct item {
    char id[ID_BYTES];
    char part[ID_BYTES]; /* "function area" */
    int is_log;
    double want, cap;
};

static struct item items[CASES_MAX];
static size_t item_count;

/* Of each peer: its name, and for each item the digits and the difference; NaN: it gave nothing. */
static struct peer {
    char name[ID_BYTES];
    double digits[CASES_MAX], apart[CASES_MAX];
} peers[PEERS_MAX];

static void add_item(const char *id, const char *part, int is_log, double want, double cap)
{
    if (item_count == CASES_MAX)
        fail("too many cases at", id);
    struct item *item = &items[item_count++];
    snprintf(item->id, sizeof item->id, "%s", id);
    snprintf(item->part, sizeof item->part, "%s", part);
    item->is_log = is_log;
    item->want = want;
    item->cap = cap;
}

static void read_distributions(void)
{
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX], id[ID_BYTES], part[ID_BYTES];
    const double least = 1e-305; /* below, doubles themselves have fewer digits */
    FILE *file = open_input("tests/golden/dist.csv");
    for (int row = 0; fgets(line, sizeof line, file) != NULL;) {
        if (line[0] == '#' || strncmp(line, "function,", 9) == 0)
            continue;
        if (split(line, fields) < 7)
            fail("short row in", "dist.csv");
        double value = strtod(fields[5], NULL), log_value = strtod(fields[6], NULL);
        snprintf(part, sizeof part, "%.14s %.14s", fields[0], fields[1]);
        snprintf(id, sizeof id, "dist:%d", row);
        if (value > least)
            add_item(id, part, 0, value, 16.0);
        snprintf(id, sizeof id, "dist:%d:log", row);
        if (fields[0][0] != 'q')
            add_item(id, part, 1, log_value, 16.0);
        row++;
    }
    fclose(file);
}

/* p is the column of that name; rows with a null difference of 0, as peers take no other. */
static void read_welch(void)
{
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX], id[ID_BYTES];
    int column = -1, row = 0;
    FILE *file = open_input("tests/golden/compare.csv");
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#')
            continue;
        int count = split(line, fields);
        if (strcmp(fields[0], "area") == 0) {
            for (int i = 0; i < count; i++)
                if (strcmp(fields[i], "p") == 0)
                    column = i;
            continue;
        }
        double p = column >= 0 && column < count ? strtod(fields[column], NULL) : (double)NAN;
        snprintf(id, sizeof id, "welch:%d", row++);
        if (strcmp(fields[1], "mean") == 0 && strcmp(fields[2], "t") == 0 &&
            strtod(fields[5], NULL) == 0.0 && p > 1e-300)
            add_item(id, "welch p", 0, p, 16.0);
    }
    fclose(file);
}

static void read_srm(void)
{
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX], id[ID_BYTES];
    FILE *file = open_input("tests/golden/srm.csv");
    for (int row = 0; fgets(line, sizeof line, file) != NULL;) {
        if (line[0] == '#' || strncmp(line, "method,", 7) == 0)
            continue;
        split(line, fields);
        snprintf(id, sizeof id, "srm:%d", row++);
        if (strcmp(fields[0], "chi2") == 0 && strtod(fields[5], NULL) > 1e-300)
            add_item(id, "srm p", 0, strtod(fields[5], NULL), 16.0);
    }
    fclose(file);
}

static void read_data(void)
{
    static const char *const names[] = {"d", "se", "p", "low", "high"};
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX], id[ID_BYTES], part[ID_BYTES];
    FILE *file = open_input("tests/golden/accuracy_data.csv");
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] < '0' || line[0] > '9')
            continue;
        split(line, fields);
        int reduced = strcmp(fields[3], "none") != 0;
        for (int i = 0; i < (reduced ? 2 : 5); i++) {
            snprintf(id, sizeof id, "data:%.16s:%s", fields[0], names[i]);
            snprintf(part, sizeof part, "%s %.14s %s", reduced ? "regression" : "data", fields[1],
                     names[i]);
            add_item(id, part, 0, strtod(fields[7 + i], NULL), 16.0);
        }
    }
    fclose(file);
}

static void read_sizes(void)
{
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX], id[ID_BYTES], part[ID_BYTES];
    FILE *file = open_input("tests/golden/size.csv");
    for (int row = 0; fgets(line, sizeof line, file) != NULL;) {
        if (line[0] == '#' || strncmp(line, "kind,", 5) == 0)
            continue;
        const char *area = split(line, fields) == SIZE_COLUMNS ? size_area(fields) : NULL;
        if (area != NULL && strcmp(fields[SIZE_KIND], "required") == 0) {
            snprintf(id, sizeof id, "size:%d:n", row);
            snprintf(part, sizeof part, "size %.16s n", area);
            add_item(id, part, 0, strtod(fields[SIZE_N_T], NULL), 16.0);
        }
        if (area != NULL) {
            snprintf(id, sizeof id, "size:%d:power", row);
            snprintf(part, sizeof part, "size %.16s power", area);
            add_item(id, part, 0, strtod(fields[SIZE_VALUE], NULL), 16.0);
        }
        row++;
    }
    fclose(file);
}

static void read_nist_part(const cJSON *sets, const char *key)
{
    const cJSON *set;
    char id[ID_BYTES], part[ID_BYTES];
    cJSON_ArrayForEach(set, sets)
    {
        const cJSON *certified = cJSON_GetObjectItemCaseSensitive(set, "certified");
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(certified, key);
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(set, "name"));
        if (item == NULL || name == NULL)
            fail("no certified", key);
        double want = cJSON_IsString(item) ? strtod(item->valuestring, NULL) : item->valuedouble;
        snprintf(id, sizeof id, "nist:%.16s:%s", name, key);
        snprintf(part, sizeof part, "nist %s", key);
        add_item(id, part, 0, want, 15.0);
    }
}

static void read_nist(void)
{
    static char text[LINE_BYTES];
    FILE *file = open_input("data/nist/certified.json");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    cJSON *json = cJSON_Parse(text);
    if (json == NULL)
        fail("cannot parse", "data/nist/certified.json");
    read_nist_part(cJSON_GetObjectItemCaseSensitive(json, "univariate"), "mean");
    read_nist_part(cJSON_GetObjectItemCaseSensitive(json, "univariate"), "sd");
    read_nist_part(cJSON_GetObjectItemCaseSensitive(json, "anova"), "F");
    cJSON_Delete(json);
}

static int compare_items(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->id, ((const struct item *)b)->id);
}

static double digits_of(double got, const struct item *item)
{
    if (got == item->want)
        return item->cap;
    if (isnan(got) || isinf(got))
        return 0.0;
    double error = item->want == 0.0 ? fabs(got) : fabs(got - item->want) / fabs(item->want);
    /* Half a unit of the 15th digit is as near as 15 digits can tell. */
    if (item->cap < 16.0 && error < 5e-15)
        return item->cap;
    return fmin(fmax(-log10(error), 0.0), item->cap);
}

static void read_peer(char *argument, struct peer *peer)
{
    static char line[LINE_BYTES];
    char text[64];
    struct item key;
    size_t known = 0;
    char *equals = strchr(argument, '=');
    if (equals == NULL)
        fail("no file given for", argument);
    snprintf(peer->name, sizeof peer->name, "%.*s", (int)(equals - argument), argument);
    FILE *file = open_input(equals + 1);
    for (size_t i = 0; i < item_count; i++)
        peer->digits[i] = peer->apart[i] = NAN;
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || sscanf(line, "%31s %63s", key.id, text) != 2)
            continue;
        const struct item *item = bsearch(&key, items, item_count, sizeof *items, compare_items);
        if (item == NULL)
            continue;
        known++;
        double got = strtod(text, NULL);
        peer->digits[item - items] = digits_of(got, item);
        peer->apart[item - items] = fabs(got - item->want);
    }
    fclose(file);
    if (known == 0)
        fail("no figure has an id that bench/peers/README.md lists:", equals + 1);
}

static int belongs(const struct item *item, const struct row *row)
{
    for (int i = 0; i < 4 && row->parts[i] != NULL; i++)
        if (item->is_log == row->is_log && strcmp(item->part, row->parts[i]) == 0)
            return 1;
    return 0;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* What a peer's cases of a row come to. */
struct cell {
    size_t count;
    double worst, median; /* correct digits */
    double apart;         /* the largest difference; infinite when some case has no answer */
    int counts_units;
};

static struct cell cell_of(const struct row *row, const struct peer *peer)
{
    static double found[CASES_MAX];
    struct cell cell = {0, NAN, NAN, 0.0, strncmp(row->label, "Sample size", 11) == 0};
    for (size_t i = 0; i < item_count; i++) {
        if (!belongs(&items[i], row) || isnan(peer->digits[i]))
            continue;
        found[cell.count++] = peer->digits[i];
        if (!(peer->apart[i] <= cell.apart))
            cell.apart = isfinite(peer->apart[i]) ? peer->apart[i] : (double)INFINITY;
    }
    if (cell.count == 0)
        return cell;
    qsort(found, cell.count, sizeof *found, compare_doubles);
    cell.worst = found[0];
    cell.median = found[cell.count / 2];
    return cell;
}

static void print_cell(const struct cell *cell)
{
    if (cell->count == 0)
        printf(" - |");
    else if (!cell->counts_units)
        printf(" %.1f (%.1f) |", cell->worst, cell->median);
    else if (isinf(cell->apart))
        printf(" no answer to some |");
    else if (cell->apart == 0.0)
        printf(" exact |");
    else
        printf(" off by at most %.0f |", cell->apart);
}

static size_t cases_of(const struct row *row)
{
    size_t count = 0;
    for (size_t i = 0; i < item_count; i++)
        count += (size_t)belongs(&items[i], row);
    if (count == 0)
        fail("no cases for", row->label);
    return count;
}

static void print_table(enum kind kind, int peer_count)
{
    printf("| Correct digits, worst case (median): %s | cases |",
           kind == ORDINARY ? "ordinary" : "extreme");
    for (int p = 0; p < peer_count; p++)
        printf(" %s |", peers[p].name);
    printf("\n|---|---|");
    for (int p = 0; p < peer_count; p++)
        printf("---|");
    printf("\n");
    for (int r = 0; r < ROW_COUNT; r++) {
        if (ROWS[r].kind != kind)
            continue;
        printf("| %s | %zu |", ROWS[r].label, cases_of(&ROWS[r]));
        for (int p = 0; p < peer_count; p++) {
            const struct cell cell = cell_of(&ROWS[r], &peers[p]);
            print_cell(&cell);
        }
        printf("\n");
    }
}

static void print_json(int peer_count)
{
    for (int r = 0; r < ROW_COUNT; r++) {
        for (int p = 0; p < peer_count; p++) {
            const struct cell cell = cell_of(&ROWS[r], &peers[p]);
            if (cell.count == 0)
                continue;
            printf("{\"row\":\"%s\",\"kind\":\"%s\",\"peer\":\"%s\",\"cases\":%zu,\"answered\":%zu,"
                   "\"worstDigits\":%.2f,\"medianDigits\":%.2f",
                   ROWS[r].label, ROWS[r].kind == ORDINARY ? "ordinary" : "extreme", peers[p].name,
                   cases_of(&ROWS[r]), cell.count, cell.worst, cell.median);
            if (cell.counts_units && isfinite(cell.apart))
                printf(",\"unitsOff\":%.0f", cell.apart);
            printf("}\n");
        }
    }
}

int main(int argc, char **argv)
{
    int is_json = argc > 1 && strcmp(argv[1], "--json") == 0, first = 1 + is_json;
    if (argc <= first || argc - first > PEERS_MAX)
        fail("usage:", "bench_accuracy_table [--json] NAME=FILE...");
    read_distributions();
    read_welch();
    read_srm();
    read_data();
    read_sizes();
    read_nist();
    qsort(items, item_count, sizeof *items, compare_items);
    for (int p = first; p < argc; p++)
        read_peer(argv[p], &peers[p - first]);
    if (is_json) {
        print_json(argc - first);
        return 0;
    }
    print_table(ORDINARY, argc - first);
    printf("\n");
    print_table(EXTREME, argc - first);
    return 0;
}
