/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_SLOW_CLIENTS_H
#define ASSAY_SERVE_HTTP_SLOW_CLIENTS_H

#include <stdbool.h>

#include "base/error.h"

/**
 * struct serve_watch cuts connections that take too long over one request. libmicrohttpd's own
 * timeout begins anew with every byte, so a client that sends one byte a second would hold its
 * connection for ever; here the clock runs from the end of the request before.
 *
 * When most places for connections are taken, those without a request of a known caller have a
 * second and no longer: whoever opens connections to do nothing with them does not keep the others
 * out for the whole time of a request.
 */
struct serve_watch;
struct serve_watched;

enum assay_status serve_watch_start(unsigned seconds, unsigned connections,
                                    struct serve_watch **out, struct assay_error *err);
void serve_watch_stop(struct serve_watch *watch);

/** serve_watch_add() begins with a connection's socket; NULL without memory (it is not watched). */
struct serve_watched *serve_watch_add(struct serve_watch *watch, int socket);

/** serve_watch_trust(): the request under way is of a known caller. NULL is fine. */
void serve_watch_trust(struct serve_watch *watch, struct serve_watched *watched);

/** serve_watch_renew() starts the clock anew. serve_watch_remove() must come before the close. */
void serve_watch_renew(struct serve_watch *watch, struct serve_watched *watched);
void serve_watch_remove(struct serve_watch *watch, struct serve_watched *watched);

#endif
