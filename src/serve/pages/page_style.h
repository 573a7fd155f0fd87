/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_STYLE_H
#define ASSAY_SERVE_PAGES_PAGE_STYLE_H

/** SERVE_PAGE_STYLE is the style sheet of all pages, in pieces; NULL ends them. */
extern const char *const SERVE_PAGE_STYLE[];

#endif
