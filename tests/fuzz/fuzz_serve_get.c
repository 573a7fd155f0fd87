/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as a request's target and, after a line feed, its Authorization: routes,
 * filters, page tokens, pages and Basic credentials, against a small database.
 */
#include "serve_fuzz.h"

static const char DOCUMENT[] =
    "{\"createTime\":\"2026-11-24T00:00:00Z\",\"creator\":\"alice\",\"name\":\"workflows/w/"
    "instances/"
    "i/analysisResults/ab\",\"results\":[{\"id\":\"m\",\"result\":[{\"groups\":{\"baseline\":\"a\","
    "\"compared\":\"b\"},\"lastResult\":{\"differenceEstimateRel\":{\"estimate\":{\"value\":0.1},"
    "\"lower\":{\"value\":0},\"upper\":{\"value\":0.2}}}}]}],\"labels\":[{\"key\":\"team\","
    "\"value\":\"growth\"}]}";

static struct serve_readers *open_readers(void)
{
    static const struct serve_label LABELS[] = {{"team", "growth"}, {"stage", "done"}};
    static const char *const IDS[] = {"ab", "cd", "ef"};
    static struct serve_readers *readers;
    static struct serve_store *store;
    if (readers != NULL)
        return readers;
    char etag[SERVE_ETAG_BYTES];
    serve_etag_make(DOCUMENT, sizeof DOCUMENT - 1, etag);
    serve_fuzz_open(&store, &readers);
    for (size_t i = 0; i < 3; i++) {
        struct serve_record record = {.place = {.workflow = "w", .instance = "i"},
                                      .document = DOCUMENT,
                                      .document_length = sizeof DOCUMENT - 1,
                                      .etag = etag,
                                      .creator = "alice",
                                      .labels = LABELS,
                                      .label_count = 1 + i % 2};
        memcpy(record.place.id, IDS[i], 3);
        if (serve_store_insert(store, &record) != SERVE_DONE)
            abort();
    }
    return readers;
}

/* What a server says of itself needs a server, and takes nothing from whoever asks. */
static bool is_probe(const struct serve_target *target)
{
    const char *name = target->segment_count == 1 ? target->segments[0] : "";
    return strcmp(name, "metrics") == 0 || strcmp(name, "readyz") == 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct serve_context context = {.tokens = serve_fuzz_tokens(), .readers = open_readers()};
    struct serve_call call = {.context = &context};
    char *target = strndup((const char *)data, size);
    char *line_end = target == NULL ? NULL : strchr(target, '\n');
    if (target == NULL)
        return 0;
    if (line_end != NULL)
        *line_end = '\0';
    if (serve_target_parse(&call.arena, target, &call.target) && !is_probe(&call.target)) {
        serve_call_route(&call, "GET");
        if (call.route != NULL)
            serve_call_authorize(&call, line_end == NULL ? SERVE_FUZZ_BEARER : line_end + 1);
        if (call.route != NULL)
            serve_call_run(&call);
        serve_fuzz_check(&call.answer);
    }
    serve_call_release(&call);
    free(target);
    return 0;
}
