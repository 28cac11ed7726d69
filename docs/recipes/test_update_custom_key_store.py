import json
import subprocess

import pytest

RUN = ["ucks", "run", "http://127.0.0.1:4566", "--profile", "profile.toml", "--report", "json=-"]
RECORD = json.loads(subprocess.run(RUN, stdout=subprocess.PIPE).stdout)
FINDINGS = {f["code"]: f for f in RECORD["findings"]}


def test_target_can_be_tested():
    assert RECORD["outcome"] != "could-not-test", RECORD["notes"]


@pytest.mark.parametrize("rule", RECORD["rules"], ids=lambda rule: rule["id"])
def test_rule(rule):
    if rule["verdict"] in ("blocked", "not-covered"):
        pytest.skip(rule["reason"])
    if rule["verdict"] == "fail":
        found = [FINDINGS[code] for code in rule["findings"]]
        pytest.fail("\n".join(f["sentence"] + "\n  " + "\n  ".join(f["steps"]) for f in found), pytrace=False)
