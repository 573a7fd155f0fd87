# SPDX-License-Identifier: GPL-3.0-or-later
"""Airflow: an experiment every night. Retries are for exit status 75 alone."""

from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowFailException

import assay_task


@dag(schedule="10 3 * * *", start_date=datetime(2026, 3, 1), catchup=False,
     default_args={"retries": 6, "retry_delay": timedelta(minutes=10)})
def checkout_experiment():
    @task
    def analyze(ds=None):
        try:
            result, alarm = assay_task.analyze([
                f"/srv/experiments/checkout-{ds}.csv", "--plan=/etc/assay/checkout.plan.json",
                "--post", "--outbox=/var/lib/assay/outbox", f"--id=checkout-{ds}",
                "--fail-on=srm,deterioration"])
        except assay_task.Failed as failure:
            raise AirflowFailException(str(failure)) from failure
        if alarm is not None:
            raise AirflowFailException(alarm)
        return [entry["recommendation"]["status"] for entry in result["treatments"]]

    analyze()


checkout_experiment()
