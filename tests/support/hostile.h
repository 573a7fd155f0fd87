/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server on a free loopback port that misbehaves by script: request k meets step k, and the last
 * step repeats. It records what it was sent.
 */
#ifndef ASSAY_TESTS_HOSTILE_H
#define ASSAY_TESTS_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hostile_action {
    HOSTILE_ANSWER,       /* read the request, send text, close */
    HOSTILE_RESET_BEFORE, /* reset the connection without reading */
    HOSTILE_RESET,        /* read the request, send text (may be ""), reset */
    HOSTILE_CLOSE,        /* read the request, send text (may be ""), close: a truncated answer */
    HOSTILE_DRIP,         /* read the request, send text a byte each pause_ms */
    HOSTILE_HANG,         /* read the request, send text (may be ""), then nothing for pause_ms */
    HOSTILE_DEAF,         /* accept, and neither read nor write for pause_ms */
    HOSTILE_STORE,        /* behave: create and get resources; keeps the connection open */
    HOSTILE_STORE_SILENT, /* create the resource, then reset instead of answering */
    HOSTILE_STORE_ABSENT, /* as HOSTILE_STORE, but say that nothing is there to get */
    HOSTILE_FLOOD,        /* read the request, send text, then endless lines "x: aaa..." */
    HOSTILE_EARLY         /* read the header, send text, and only then take in the body */
};

/** struct hostile_step: text is raw bytes of a response; NULL means "". */
struct hostile_step {
    enum hostile_action action;
    const char *text;
    unsigned pause_ms;
};

/** struct hostile_request: what came. */
struct hostile_request {
    char *head; /* request line and header fields */
    char *body;
};

struct hostile;

/** hostile_start() starts the server; steps are borrowed. hostile_script() gives it others. */
struct hostile *hostile_start(const struct hostile_step *steps, size_t count);

/** hostile_script() starts the script over with other steps. */
void hostile_script(struct hostile *server, const struct hostile_step *steps, size_t count);

/** hostile_url() is "http://127.0.0.1:PORT"; it lives as long as the server. */
const char *hostile_url(const struct hostile *server);

/** hostile_requests() counts requests that were read; hostile_request() is one of them, from 0. */
size_t hostile_requests(struct hostile *server);
const struct hostile_request *hostile_request(struct hostile *server, size_t index);

/** hostile_stored() counts resources; hostile_resource() is one by its name, or NULL. */
size_t hostile_stored(struct hostile *server);
const char *hostile_resource(struct hostile *server, const char *name);

/** hostile_conflicts() counts creations that were tried again with other content. */
size_t hostile_conflicts(struct hostile *server);

/** hostile_stop() closes everything and frees the server. */
void hostile_stop(struct hostile *server);

#endif
