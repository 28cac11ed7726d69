"""The tests that the pytest plugin adds: one for each rule, and one for the run as a whole."""

import pytest

from ucks.pytest_plugin import listed

pytestmark = pytest.mark.ucks


def pytest_generate_tests(metafunc):
    if "rule" in metafunc.fixturenames:
        metafunc.parametrize("rule", listed(metafunc.config))


def test_target_can_be_tested(ucks_record):
    if ucks_record.get("could_not_test"):
        pytest.fail("\n".join(ucks_record["notes"]), pytrace=False)


def test_rule(rule, ucks_record):
    row = next((row for row in ucks_record["rules"] if row["id"] == rule), None)
    if row is None:
        pytest.skip("not asked for")
    if row["verdict"] in ("blocked", "not-covered"):
        pytest.skip(row["reason"])
    found = [finding for finding in ucks_record["findings"] if finding["code"] in row["findings"]]
    failing = [finding for finding in found if finding["fails"] and not finding["deviation"]]
    text = "\n\n".join(explained(finding) for finding in failing or found)
    if row["verdict"] == "fail":
        pytest.fail(text, pytrace=False)
    if row["verdict"] == "deviation":
        pytest.xfail(text)


def explained(finding):
    """Returns the finding as the text of a failure: what is wrong, and the shortest sequence that shows it."""
    steps = [f"  {number}. {step}" for number, step in enumerate(finding["steps"], 1)]
    return "\n".join([f"{finding['code']}: {finding['sentence']}", *steps, f"  ucks explain {finding['rule']}"])
