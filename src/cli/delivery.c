/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and environment of posting, and what a command does with them. */
#include "cli/delivery.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/deliver/client.h"
#include "base/error.h"
#include "number/number.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/core_dump.h"
#include "cli/message.h"
#include "cli/delivery_log.h"
#include "cli/output.h"

/* Flags that only keep a string, and the environment variable that stands in for each. */
#define OPTION_AT(member) offsetof(struct delivery, member)
static const struct string_flag {
    int flag;
    size_t offset;
} STRINGS[] = {
    {DELIVERY_FLAG_BASE_URL, OPTION_AT(options.base_url)},
    {DELIVERY_FLAG_REGION, OPTION_AT(options.region)},
    {DELIVERY_FLAG_TOKEN_FILE, OPTION_AT(options.token_file)},
    {DELIVERY_FLAG_CLIENT_ID, OPTION_AT(options.client_id)},
    {DELIVERY_FLAG_CLIENT_SECRET_FILE, OPTION_AT(options.client_secret_file)},
    {DELIVERY_FLAG_TOKEN_URL, OPTION_AT(options.token_url)},
    {DELIVERY_FLAG_CA_FILE, OPTION_AT(options.ca_file)},
    {DELIVERY_FLAG_CLIENT_CERT, OPTION_AT(options.client_cert)},
    {DELIVERY_FLAG_CLIENT_KEY, OPTION_AT(options.client_key)},
    {DELIVERY_FLAG_OUTBOX, OPTION_AT(options.outbox)},
};

static const struct seconds_flag {
    int flag;
    size_t offset;
    const char *name;
} SECONDS[] = {
    {DELIVERY_FLAG_CONNECT_TIMEOUT, OPTION_AT(options.connect_timeout_seconds), "connect-timeout"},
    {DELIVERY_FLAG_TIMEOUT, OPTION_AT(options.request_timeout_seconds), "timeout"},
    {DELIVERY_FLAG_STALL_TIMEOUT, OPTION_AT(options.stall_timeout_seconds), "stall-timeout"},
    {DELIVERY_FLAG_DEADLINE, OPTION_AT(options.deadline_seconds), "deadline"},
};

static bool take_string(struct delivery *delivery, int option, const char *value)
{
    for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++) {
        if (STRINGS[i].flag == option) {
            *(const char **)(void *)((char *)delivery + STRINGS[i].offset) = value;
            return true;
        }
    }
    return false;
}

static bool take_seconds(struct delivery *delivery, int option, const char *value, int *code)
{
    for (size_t i = 0; i < sizeof SECONDS / sizeof *SECONDS; i++) {
        if (SECONDS[i].flag != option)
            continue;
        double *seconds = (double *)(void *)((char *)delivery + SECONDS[i].offset);
        bool ok = assay__double_parse(value, strlen(value), seconds) == ASSAY__PARSE_OK;
        if (!ok || !(*seconds > 0.0))
            *code =
                cli_usage_error(delivery->command, "--%s is a number of seconds above 0, not '%s'",
                                SECONDS[i].name, value);
        return true;
    }
    return false;
}

static int take_attempts(struct delivery *delivery, const char *value)
{
    double count;
    if (assay__double_parse(value, strlen(value), &count) != ASSAY__PARSE_OK || count < 1.0 ||
        count > 1e6 || count != (double)(uint32_t)count)
        return cli_usage_error(delivery->command,
                               "--max-attempts is a whole number from 1 to 1000000, not '%s'",
                               value);
    delivery->options.max_attempts = (uint32_t)count;
    return 0;
}

bool delivery_flag_take(struct delivery *delivery, int option, const char *value, int *code)
{
    if (option == DELIVERY_FLAG_DRY_RUN)
        delivery->is_dry_run = true;
    else if (option == DELIVERY_FLAG_TOKEN)
        *code = cli_usage_error(delivery->command,
                                "--token does not exist: everyone on this machine can read command "
                                "lines; use --token-file, ASSAY_TOKEN_FILE or ASSAY_TOKEN");
    else if (option == DELIVERY_FLAG_CLIENT_SECRET)
        *code = cli_usage_error(delivery->command,
                                "--client-secret does not exist: everyone on this machine can read "
                                "command lines; use --client-secret-file, "
                                "ASSAY_CLIENT_SECRET_FILE or ASSAY_CLIENT_SECRET");
    else if (option == DELIVERY_FLAG_MAX_ATTEMPTS)
        *code = take_attempts(delivery, value);
    else
        return take_string(delivery, option, value) || take_seconds(delivery, option, value, code);
    return true;
}

void delivery_flag_help(FILE *out)
{
#define DELIVERY_FLAG_HELP(id, name, has_argument, argument, sentence)                             \
    fprintf(out, "  --%-24s %s\n", has_argument ? name "=" argument : name, sentence);
    DELIVERY_FLAG_LIST(DELIVERY_FLAG_HELP)
#undef DELIVERY_FLAG_HELP
}

/* A variable that is set and not empty. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* systemd hands a service its secrets as files: LoadCredential=assay-token:PATH. */
static enum assay_status find_credential(struct delivery *delivery, struct assay_error *err)
{
    const char *directory = environment("CREDENTIALS_DIRECTORY");
    if (directory == NULL)
        return ASSAY_OK;
    size_t size = strlen(directory) + sizeof "/assay-token";
    delivery->credential = malloc(size);
    if (delivery->credential == NULL)
        return assay__fail_memory(err);
    snprintf(delivery->credential, size, "%s/assay-token", directory);
    if (access(delivery->credential, F_OK) == 0)
        delivery->options.token_file = delivery->credential;
    return ASSAY_OK;
}

/* The source of the token: a flag, else the environment, else systemd. */
static enum assay_status resolve_token(struct delivery *delivery, struct assay_error *err)
{
    struct assay_client_options *options = &delivery->options;
    bool has_secret_flag = options->client_secret_file != NULL;
    bool by_flag = options->token_file != NULL || options->client_id != NULL || has_secret_flag;
    if (!by_flag) {
        options->token = environment("ASSAY_TOKEN");
        options->token_file = environment("ASSAY_TOKEN_FILE");
    }
    /* Either half of client credentials decides for them; the other may be in the environment. */
    if (!by_flag || (has_secret_flag && options->client_id == NULL))
        options->client_id = environment("ASSAY_CLIENT_ID");
    if (options->client_id != NULL && options->client_secret_file == NULL) {
        options->client_secret = environment("ASSAY_CLIENT_SECRET");
        options->client_secret_file = environment("ASSAY_CLIENT_SECRET_FILE");
    }
    if (options->client_secret_file != NULL && options->client_secret != NULL)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "Both ASSAY_CLIENT_SECRET and ASSAY_CLIENT_SECRET_FILE are set; leave "
                           "one of them out.");
    if (options->token == NULL && options->token_file == NULL && options->client_id == NULL)
        return find_credential(delivery, err);
    return ASSAY_OK;
}

int delivery_open(struct delivery *delivery)
{
    struct assay_client_options *options = &delivery->options;
    struct assay_error err;
    if (options->base_url == NULL && options->region == NULL) {
        options->base_url = environment("ASSAY_BASE_URL");
        options->region = environment("ASSAY_REGION");
    }
    if (options->outbox == NULL)
        options->outbox = environment("ASSAY_OUTBOX");
    options->on_event = delivery_log;
    options->event_context = delivery;
    if (options->base_url == NULL && options->region == NULL)
        return cli_usage_error(delivery->command,
                               "where to post is not given: use --region=eu, --region=us or "
                               "--base-url, or set ASSAY_REGION or ASSAY_BASE_URL");
    core_dump_forbid();
    enum assay_status status = resolve_token(delivery, &err);
    if (status == ASSAY_OK)
        status = assay_process_init(&err);
    if (status == ASSAY_OK)
        status = assay_client_new(options, &delivery->client, &err);
    return status == ASSAY_OK ? 0 : cli_fail(&err);
}

/* The log has said what failed; one object a line also says how the command ends. */
static int conclude(enum assay_status status, const struct assay_error *err)
{
    if (status != ASSAY_OK && message_is_json())
        return cli_fail(err);
    return assay_status_exit_code(status);
}

int delivery_check_output(const struct delivery *delivery, const char *path)
{
    const struct assay_client_options *options = &delivery->options;
    const char *const files[] = {options->token_file, options->client_secret_file, options->ca_file,
                                 options->client_cert, options->client_key};
    return output_check(delivery->command, path, files, sizeof files / sizeof *files);
}

/* A request that is shown, not sent. */
struct shown {
    struct assay_client *client;
    const char *body;
    size_t length;
};

static enum assay_status describe(const void *what, const struct assay_sink *sink,
                                  struct assay_error *err)
{
    const struct shown *shown = what;
    return assay__client_describe(shown->client, shown->body, shown->length, sink, err);
}

int delivery_send(struct delivery *delivery, const char *body, size_t length)
{
    struct assay_error err;
    struct assay_delivery outcome;
    if (!delivery->is_dry_run)
        return conclude(assay_client_post(delivery->client, body, length, &outcome, &err), &err);
    const struct shown shown = {delivery->client, body, length};
    return output_stream(NULL, describe, &shown);
}

int delivery_flush(struct delivery *delivery)
{
    struct assay_error err;
    size_t delivered, left;
    enum assay_status status = assay_client_flush(delivery->client, &delivered, &left, &err);
    message_note("flushed", "%zu delivered, %zu left in %s", delivered, left,
                 delivery->options.outbox);
    return conclude(status, &err);
}

void delivery_close(struct delivery *delivery)
{
    assay_client_free(delivery->client);
    free(delivery->credential);
    assay_process_cleanup();
    delivery->client = NULL;
    delivery->credential = NULL;
}
