/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay post: delivers results from files, or what is in an outbox. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/deliver/envelope.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/delivery.h"

enum { OPTION_PARENT = CLI_OPTION_FIRST, OPTION_ID, OPTION_HELP };

/* One byte more than a request body may have is enough to find out that it is too large. */
enum { FILE_BYTES_MAX = (64 << 20) + 1 };

static const struct option OPTIONS[] = {
    DELIVERY_FLAG_OPTIONS{"parent", required_argument, NULL, OPTION_PARENT},
    {"id", required_argument, NULL, OPTION_ID},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0}};

static int print_help(void)
{
    fputs("usage: assay post [OPTION...] FILE...\n"
          "       assay post [OPTION...] --outbox=DIR\n\n"
          "Posts results. FILE is an AnalysisResult as 'assay analyze' writes it, or a whole\n"
          "request body; '-' is standard input. Without FILE, delivers what is in the outbox.\n"
          "Prints the name of each resource that was delivered.\n\n"
          "The token comes from --token-file, from client credentials, from ASSAY_TOKEN_FILE or\n"
          "ASSAY_TOKEN, or from the systemd credential 'assay-token'; see assay-post(1).\n\n"
          "  --parent=NAME              workflows/{workflow}/instances/{instance}, for a result\n"
          "  --id=ID                    analysisResultId; else derived from the document\n",
          stdout);
    delivery_flag_help(stdout);
    fputs(CLI_COMMON_HELP, stdout);
    return cli_finish_stdout();
}

static enum assay_status read_input(const char *path, struct assay__text *text,
                                    struct assay_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    if (file == NULL)
        return assay__fail_at(err, assay__open_status(errno), path, 0, 0, "Cannot be opened: %s.",
                              strerror(errno));
    char block[65536];
    size_t length;
    struct stat found; /* a file's size is known: no text that grows */
    if (fstat(fileno(file), &found) == 0 && S_ISREG(found.st_mode) &&
        found.st_size < FILE_BYTES_MAX)
        assay__text_reserve(text, (size_t)found.st_size);
    while (text->length < FILE_BYTES_MAX && (length = fread(block, 1, sizeof block, file)) > 0)
        assay__text_append(text, block, length);
    bool failed = ferror(file) != 0;
    int code = errno;
    if (!is_stdin)
        fclose(file);
    if (failed && code == EISDIR)
        return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, path, 0, 0,
                              "This is a directory, not a file.");
    if (failed)
        return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Reading failed: %s.",
                              strerror(code));
    return text->failed ? assay__fail_memory(err) : ASSAY_OK;
}

static int post_file(struct delivery *delivery, const char *path, const char *parent,
                     const char *id)
{
    struct assay_error err;
    struct assay__text text = {0};
    enum assay_status status = read_input(path, &text, &err);
    if (status == ASSAY_OK)
        status = assay__request_complete(&text, path, parent, id, &err);
    int code =
        status == ASSAY_OK ? delivery_send(delivery, text.data, text.length) : cli_fail(&err);
    assay__text_release(&text);
    return code;
}

/* Every file gets its turn: with an outbox, that is what makes it durable. The first failure's exit
 * code is the command's. */
static int run(struct delivery *delivery, char **paths, int count, const char *parent,
               const char *id)
{
    delivery->names = stdout;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a name is out before the next result is sent */
    int code = delivery_open(delivery);
    if (code == 0 && count == 0 && delivery->options.outbox == NULL)
        code = cli_usage_error("post", "name the files to post, or an outbox");
    else if (code == 0 && count == 0 && delivery->is_dry_run)
        code = cli_usage_error("post", "--dry-run needs files");
    else if (code == 0 && count == 0)
        code = delivery_flush(delivery);
    else if (code == 0)
        for (int i = 0; i < count; i++) {
            int one = post_file(delivery, paths[i], parent, id);
            code = code == 0 ? one : code;
        }
    delivery_close(delivery);
    int flushed = cli_finish_stdout();
    return code == 0 ? flushed : code;
}

int cmd_post(int argc, char **argv)
{
    struct delivery delivery = {.command = "post"};
    const char *parent = NULL, *id = NULL;
    int option, code = 0;
    optind = 0;
    while ((option = cli_option("post", OPTIONS, argc, argv)) != -1) {
        if (option == OPTION_HELP)
            return print_help();
        if (option == OPTION_PARENT)
            parent = optarg;
        else if (option == OPTION_ID)
            id = optarg;
        else if (option == '?')
            code = CLI_USAGE;
        else
            delivery_flag_take(&delivery, option, optarg, &code);
        if (code != 0)
            return code;
    }
    int count = argc - optind;
    if (id != NULL && count != 1)
        return cli_usage_error("post", "--id is for one file");
    return run(&delivery, argv + optind, count, parent, id);
}
