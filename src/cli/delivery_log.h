/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_DELIVERY_LOG_H
#define ASSAY_CLI_DELIVERY_LOG_H

#include "cli/delivery.h"

/** delivery_log() is the on_event of a struct delivery: text or JSON on stderr, names to names. */
void delivery_log(const struct assay_event *event, void *context);

#endif
