/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Set-up that belongs to the process, and therefore to the program. */
#include "base/curl_library.h"

#include "assay/deliver.h"
#include "base/error.h"

enum assay_status assay_process_init(struct assay_error *err)
{
    enum assay_status status = assay__curl_load(err);
    if (status != ASSAY_OK)
        return status;
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code == CURLE_OK)
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_UNAVAILABLE, "libcurl cannot be set up: %s.",
                       curl_easy_strerror(code));
}

void assay_process_cleanup(void)
{
    if (assay__curl_is_loaded())
        curl_global_cleanup();
}
