/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A host that adds a label of its own to the AnalysisResult before it posts it: the result is a
 * tree of cJSON. Usage: add_to_result [BASE_URL]; without one the request is printed.
 */
#include <assay.h>
#include <assay/cjson.h>
#include <stdio.h>
#include <string.h>

static const char PLAN[] =
    "{\"parent\": \"workflows/demo/instances/nightly\", \"comparisons\": {\"baseline\": \"A\"},"
    " \"metrics\": [{\"id\": \"converted\", \"role\": \"success\","
    " \"type\": \"proportion\"}]}";
static const char SUMS[] = "metric,group,n,mean\nconverted,A,1000,0.1\nconverted,B,1000,0.13\n";

static enum assay_status analyze(struct assay_analysis **out, struct assay_error *err)
{
    struct assay_plan *plan = NULL;
    struct assay_table *table = NULL;
    struct assay_dataset *dataset = NULL;
    enum assay_status status = assay_plan_parse(PLAN, strlen(PLAN), NULL, &plan, err);
    if (status == ASSAY_OK)
        status = assay_table_from_csv(SUMS, strlen(SUMS), "sums", &table, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, err);
    if (status == ASSAY_OK)
        status = assay_dataset_analyze(dataset, out, err);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan); /* the analysis keeps what it needs */
    return status;
}

/* {"parent", "analysisResultId", "analysisResult"} with a label more. */
static cJSON *make_request(const struct assay_analysis *analysis, struct assay_error *err)
{
    cJSON *result = assay_analysis_cjson(analysis, err);
    if (result == NULL)
        return NULL;
    cJSON *labels = cJSON_GetObjectItemCaseSensitive(result, "labels");
    if (labels == NULL)
        labels = cJSON_AddArrayToObject(result, "labels");
    cJSON *label = cJSON_CreateObject();
    cJSON_AddStringToObject(label, "key", "scheduler");
    cJSON_AddStringToObject(label, "value", "nightly");
    cJSON_AddItemToArray(labels, label);
    cJSON *request = cJSON_CreateObject();
    cJSON_AddStringToObject(request, "parent", "workflows/demo/instances/nightly");
    cJSON_AddStringToObject(request, "analysisResultId", assay_analysis_id(analysis));
    cJSON_AddItemToObject(request, "analysisResult", result);
    return request;
}

static enum assay_status post(const char *base_url, const char *body, struct assay_error *err)
{
    const struct assay_client_options options = {.base_url = base_url, .deadline_seconds = 30};
    struct assay_client *client = NULL;
    struct assay_delivery delivery;
    enum assay_status status = assay_process_init(err);
    if (status != ASSAY_OK)
        return status;
    status = assay_client_new(&options, &client, err);
    if (status == ASSAY_OK)
        status = assay_client_post(client, body, strlen(body), &delivery, err);
    if (status == ASSAY_OK)
        printf("delivered: %s\n", delivery.name);
    assay_client_free(client);
    assay_process_cleanup();
    return status;
}

int main(int argc, char **argv)
{
    struct assay_analysis *analysis = NULL;
    struct assay_error err = {0};
    enum assay_status status = analyze(&analysis, &err);
    cJSON *request = status == ASSAY_OK ? make_request(analysis, &err) : NULL;
    char *body = request != NULL ? cJSON_PrintUnformatted(request) : NULL;
    if (status == ASSAY_OK && body == NULL)
        status = ASSAY_ERROR_MEMORY;
    if (status == ASSAY_OK && argc > 1)
        status = post(argv[1], body, &err);
    else if (status == ASSAY_OK)
        puts(body);
    if (status != ASSAY_OK)
        fprintf(stderr, "%s\n", err.message);
    cJSON_free(body);
    cJSON_Delete(request);
    assay_analysis_free(analysis);
    return assay_status_exit_code(status);
}
