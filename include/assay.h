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
 * The library has no writable globals, never calls setlocale, exit or abort, prints nothing, and
 * leaves GSL's error handler alone. Objects are used by one thread at a time; plans and analyses
 * may be shared for reading.
 */
#ifndef ASSAY_H
#define ASSAY_H

#include "assay/analysis.h"
#include "assay/compare.h"
#include "assay/correct.h"
#include "assay/dataset.h"
#include "assay/deliver.h"
#include "assay/dist.h"
#include "assay/moments.h"
#include "assay/plan.h"
#include "assay/result.h"
#include "assay/size.h"
#include "assay/srm.h"
#include "assay/status.h"
#include "assay/version.h"

#endif
