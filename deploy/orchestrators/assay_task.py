# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs assay for a task of Airflow, Dagster or another scheduler, and sorts its exit codes."""

import json
import subprocess

AGAIN = {75}  # the platform was not reached, or asked to wait
ALARM = {10: "sample ratio mismatch", 11: "a metric got worse", 12: "a test could not be made"}


class TryAgain(Exception):
    """Nothing is wrong with data or plan: the same call may succeed later."""


class Failed(Exception):
    """The same call fails again: data, plan, token or the platform's refusal."""


def _error(line):
    """What a line of standard error says is wrong, with its place; None when it is no error."""
    try:
        event = json.loads(line)
    except ValueError:
        return line  # not of assay: the loader's, which misses a library
    if event["level"] != "error":
        return None
    place = [str(event[key]) for key in ("file", "line", "column") if key in event]
    return ": ".join([":".join(place), event["message"]] if place else [event["message"]])


def analyze(arguments, program="assay"):
    """Returns (AnalysisResult, alarm or None); raises TryAgain or Failed with assay's own words."""
    run = subprocess.run(
        [program, "analyze", *arguments, "--format=result", "--log-format=json"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if run.returncode == 0 or run.returncode in ALARM:
        return json.loads(run.stdout), ALARM.get(run.returncode)
    words = "; ".join(dict.fromkeys(filter(None, map(_error, run.stderr.splitlines()))))
    if run.returncode in AGAIN:
        raise TryAgain(words)
    raise Failed(f"exit status {run.returncode}: {words}")
