# SPDX-License-Identifier: GPL-3.0-or-later
"""Dagster: an experiment a day as a partitioned asset, whose check fails on an alarm."""

from dagster import (AssetExecutionContext, DailyPartitionsDefinition, Failure, MetadataValue,
                     RetryRequested, asset)

import assay_task


@asset(partitions_def=DailyPartitionsDefinition(start_date="2026-03-01"))
def checkout_experiment(context: AssetExecutionContext):
    day = context.partition_key
    try:
        result, alarm = assay_task.analyze([
            f"/srv/experiments/checkout-{day}.csv", "--plan=/etc/assay/checkout.plan.json",
            "--post", "--outbox=/var/lib/assay/outbox", f"--id=checkout-{day}",
            "--fail-on=srm,deterioration"])
    except assay_task.TryAgain as failure:
        raise RetryRequested(max_retries=6, seconds_to_wait=600) from failure
    except assay_task.Failed as failure:
        raise Failure(str(failure), allow_retries=False) from failure
    context.add_output_metadata({"name": MetadataValue.text(result.get("name", ""))})
    if alarm is not None:
        raise Failure(alarm, allow_retries=False)
    return result
