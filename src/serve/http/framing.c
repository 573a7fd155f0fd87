/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libmicrohttpd 0.9.75 takes the first Content-Length or Transfer-Encoding it finds, accepts blanks
 * before the colon, and glues the second line of a folded header to its name. Behind a proxy that
 * reads any of it in another way, one client's body would become another's request; so all of it
 * is refused, and the connection ends.
 */
#include "serve/http/framing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Two readers of one of these given twice could follow different ones. */
static const char *const ONCE[] = {MHD_HTTP_HEADER_AUTHORIZATION, MHD_HTTP_HEADER_CONTENT_TYPE,
                                   MHD_HTTP_HEADER_CONTENT_ENCODING};
enum { ONCE_COUNT = sizeof ONCE / sizeof *ONCE };

struct reading {
    struct serve_head head;
    unsigned lengths, encodings, hosts;
    bool is_seen[ONCE_COUNT];
};

static bool is_token(const char *name)
{
    static const char SAFE[] = "!#$%&'*+-.^_`|~0123456789"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return *name != '\0' && name[strspn(name, SAFE)] == '\0';
}

static bool begins_with(const char *name, const char *start)
{
    return strncasecmp(name, start, strlen(start)) == 0;
}

static void read_length(struct reading *reading, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    reading->lengths++;
    reading->head.has_length = true;
    reading->head.length = strtoull(value, NULL, 10);
    if (digits == 0 || value[digits] != '\0')
        reading->head.flaw = "Content-Length is not a number.";
}

static void read_encoding(struct reading *reading, const char *value)
{
    reading->encodings++;
    reading->head.is_chunked = strcasecmp(value, "chunked") == 0;
    if (!reading->head.is_chunked)
        reading->head.flaw = "Transfer-Encoding may only be chunked.";
}

static void count_once(struct reading *reading, const char *name)
{
    for (size_t i = 0; i < ONCE_COUNT; i++) {
        if (strcasecmp(name, ONCE[i]) != 0)
            continue;
        if (reading->is_seen[i])
            reading->head.flaw = "A header that may be given only once is given twice.";
        reading->is_seen[i] = true;
    }
}

static enum MHD_Result read_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct reading *reading = cls;
    const char *text = value != NULL ? value : "";
    (void)kind;
    if (!is_token(name))
        reading->head.flaw = "A header has an invalid name.";
    else if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0)
        read_length(reading, text);
    else if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0)
        read_encoding(reading, text);
    else if (begins_with(name, MHD_HTTP_HEADER_CONTENT_LENGTH) ||
             begins_with(name, MHD_HTTP_HEADER_TRANSFER_ENCODING))
        reading->head.flaw = "A header about the body's length cannot be read.";
    else if (strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0)
        reading->hosts++;
    else if (strcasecmp(name, MHD_HTTP_HEADER_EXPECT) == 0)
        reading->head.waits_for_100 = strcasecmp(text, "100-continue") == 0;
    else
        count_once(reading, name);
    return MHD_YES;
}

struct serve_head serve_head_read(struct MHD_Connection *connection, const char *version)
{
    struct reading reading = {.lengths = 0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, read_header, &reading);
    struct serve_head *head = &reading.head;
    bool is_old = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
    if (head->flaw != NULL)
        return *head;
    if (reading.lengths + reading.encodings > 1)
        head->flaw = "The length of the body is given twice.";
    else if (head->is_chunked && is_old)
        head->flaw = "HTTP/1.0 does not allow chunks.";
    else if (reading.hosts > 1 || (reading.hosts == 0 && !is_old))
        head->flaw = "A request must have exactly one Host header.";
    return *head;
}

static bool is_utf8(const char *charset, size_t length)
{
    while (length > 0 && strchr(" \t", charset[length - 1]) != NULL)
        length--;
    return (length == 5 && strncasecmp(charset, "utf-8", 5) == 0) ||
           (length == 7 && strncasecmp(charset, "\"utf-8\"", 7) == 0);
}

/* A ';' within quotes ends a parameter here, too: what then looks like another charset is refused,
 * not overlooked. */
bool serve_head_is_json(const char *content_type)
{
    static const char JSON[] = "application/json", CHARSET[] = "charset=";
    if (content_type == NULL || !begins_with(content_type, JSON))
        return false;
    const char *rest = content_type + strlen(JSON);
    rest += strspn(rest, " \t");
    while (*rest == ';') {
        rest += 1 + strspn(rest + 1, " \t");
        size_t length = strcspn(rest, ";");
        if (begins_with(rest, CHARSET) &&
            !is_utf8(rest + strlen(CHARSET), length - strlen(CHARSET)))
            return false;
        rest += length;
    }
    return *rest == '\0';
}
