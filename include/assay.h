/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * assay: a statistics engine for online experiments.
 *
 *     plan -> dataset -> analysis -> text -> delivery
 *
 * A plan (assay_plan_parse) says what is measured and tested. A dataset (assay_dataset_read) turns
 * raw rows into exact moments. assay_analyze() turns both into every figure of the experiment,
 * assay_analysis_write() into an AnalysisResult, assay_client_post() delivers it. Each step can be
 * used alone: the numerical functions need neither plan nor dataset.
 *
 * The library has no writable globals, reads no environment (libcurl reads its proxies there),
 * never calls setlocale, exit or abort, prints nothing, and leaves GSL's error handler alone.
 *
 * For every function, unless it says otherwise: pointers are not NULL, except err and what a _free
 * function gets; text is UTF-8 and ends with a NUL; outputs are written on success only; inputs are
 * not kept. Objects are used by one thread at a time; plans and analyses may be shared for reading.
 * Structs that a caller fills are set to zero first, so that a later version's fields have their
 * defaults in programs that are compiled again.
 *
 * The soname, libassay.so.MAJOR, stands for the layout of all structs and the values of all
 * enumerators: whatever changes one of them changes MAJOR. Functions and enumerators at an end may
 * come with any version.
 */
#ifndef ASSAY_H
#define ASSAY_H

#include "assay/analysis.h"
#include "assay/compare.h"
#include "assay/correct.h"
#include "assay/dataset.h"
#include "assay/deliver.h"
#include "assay/dist.h"
#include "assay/horizon.h"
#include "assay/moments.h"
#include "assay/plan.h"
#include "assay/result.h"
#include "assay/sink.h"
#include "assay/size.h"
#include "assay/srm.h"
#include "assay/status.h"
#include "assay/version.h"

#endif
