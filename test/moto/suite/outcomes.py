"""A pytest plugin that writes one JSON line for each finished test to the file that MOTO_SUITE_OUTCOMES names."""

import json
import os
import random


def pytest_runtest_setup(item):
    # Some tests draw ports at random. With a seed of its own, each test has the same outcome in every run.
    random.seed(item.name)


def _message(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return crash.message
    return "" if report.longrepr is None else str(report.longrepr)


def pytest_runtest_logreport(report):
    # A test counts once: by its call, or by the setup or teardown that did not pass.
    if report.when != "call" and report.passed:
        return
    name = report.nodeid.removeprefix("tests/test_ec2/")
    line = {"test": name, "outcome": report.outcome, "message": _message(report)}
    with open(os.environ["MOTO_SUITE_OUTCOMES"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
