"""A pytest plugin: one test for each rule of UpdateCustomKeyStore.

    pytest --ucks-url http://127.0.0.1:4566

Where the tests start the service themselves, define a fixture `ucks_url` in the conftest.py of the root folder that
returns its URL, and pass `--ucks`.
"""

import json
import pathlib
import shlex
import subprocess
import tempfile
import time

import pytest

import ucks

RULES = pathlib.Path(__file__).with_name("rules.py")
#: Longest run, in seconds: that of `ucks run` and time to start.
PATIENCE = 900


def pytest_addoption(parser):
    group = parser.getgroup("ucks", "conformance of AWS KMS UpdateCustomKeyStore")
    group.addoption("--ucks-url", metavar="URL", help="Judge the service at this URL, one test a rule.")
    group.addoption("--ucks", action="store_true", help="Judge the service of the fixture `ucks_url`, one test a rule.")
    group.addoption("--ucks-profile", metavar="FILE", help="What the service knows: fixtures, limits (TOML).")
    group.addoption("--ucks-deviations", metavar="FILE", help="Known deviations, which do not fail (TOML).")
    group.addoption("--ucks-revision", metavar="DATE", help="The dated contract that applies.")
    group.addoption("--ucks-args", metavar="ARGS", default="", help="Further options of `ucks run`.")


def pytest_configure(config):
    config.addinivalue_line("markers", "ucks: a rule of UpdateCustomKeyStore, judged by `ucks run`")


def is_wanted(config):
    return bool(config.getoption("ucks_url") or config.getoption("ucks"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session, config, items):
    if is_wanted(config):
        module = pytest.Module.from_parent(session, path=RULES, nodeid="ucks")
        items.extend(session.genitems(module))


def listed(config):
    """Returns the rules of the revision, without a run."""
    revision = config.getoption("ucks_revision")
    command = [ucks.program(), "list", "--format", "json", *(["--revision", revision] if revision else [])]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise pytest.UsageError(done.stderr.strip())
    return [rule["id"] for rule in json.loads(done.stdout)["rules"]]


def run(config, url):
    """Runs `ucks run` and returns its record."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "record.json")
        command = [ucks.program(), "run", url, "--quiet", "--report", f"json={report}"]
        for name in ("profile", "deviations", "revision"):
            if value := config.getoption(f"ucks_{name}"):
                command += [f"--{name}", value]
        command += shlex.split(config.getoption("ucks_args"))
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode not in (0, 1, 3):
            raise RuntimeError(done.stderr.strip())
        return json.loads(report.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def ucks_url(request):
    """The URL of the service. Override it where the tests start the service."""
    url = request.config.getoption("ucks_url")
    if not url:
        pytest.fail("--ucks needs a fixture `ucks_url` in the conftest.py of the root folder", pytrace=False)
    return url


@pytest.fixture(scope="session")
def ucks_record(request, tmp_path_factory):
    """The record of one run, which all workers of pytest-xdist share."""
    config = request.config
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return run(config, config.getoption("ucks_url") or request.getfixturevalue("ucks_url"))
    shared = tmp_path_factory.getbasetemp().parent / f"ucks-{worker['testrunuid']}.json"
    try:
        shared.with_suffix(".lock").touch(exist_ok=False)
    except FileExistsError:
        deadline = time.monotonic() + PATIENCE
        while not shared.exists():
            if time.monotonic() > deadline:
                pytest.fail("the worker that runs `ucks run` did not finish", pytrace=False)
            time.sleep(0.1)
        record = json.loads(shared.read_text(encoding="utf-8"))
    else:
        try:
            record = run(config, config.getoption("ucks_url") or request.getfixturevalue("ucks_url"))
        except Exception as why:
            record = {"error": str(why)}
        part = shared.with_suffix(".part")
        part.write_text(json.dumps(record), encoding="utf-8")
        part.rename(shared)
    if "error" in record:
        pytest.fail(record["error"], pytrace=False)
    return record
