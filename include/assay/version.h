/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_VERSION_H
#define ASSAY_VERSION_H

#include "assay/export.h"

/* The one place the version is written; the Makefile reads it from here. */
#define ASSAY_VERSION_MAJOR 0
#define ASSAY_VERSION_MINOR 1
#define ASSAY_VERSION_PATCH 0
#define ASSAY_VERSION "0.1.0"

/** assay_version() is the version of the library that is linked, such as "0.1.0". Static text. */
ASSAY_API const char *assay_version(void);

#endif
