"""AWS CLI v1 as a client of the scenarios: each call is a run of the program."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from botocore import xform_name

from report import Mismatch, expect

ERROR = re.compile(r"An error occurred \((?P<code>[^)]*)\) when calling the (?P<operation>\w+) operation")


class AwsCli:
    name = "aws-cli"

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        # The program of the same virtual environment, whatever else is installed.
        self.program = str(Path(sys.executable).parent / "aws")
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": os.devnull,
            "AWS_CONFIG_FILE": str(Path(__file__).parent / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_DEFAULT_OUTPUT": "json",
            "AWS_MAX_ATTEMPTS": "1",
        }

    def version(self) -> str:
        done = subprocess.run([self.program, "--version"], env=self.environment, capture_output=True, text=True)
        version = (done.stdout + done.stderr).split()[0]
        if not version.startswith("aws-cli/1."):
            raise Mismatch(f"expected version 1 of the AWS CLI, got `{version}`")
        return version

    def call(self, operation: str, **members) -> dict:
        done = self._run(operation, members)
        if done.returncode:
            raise Mismatch(f"{operation} was refused: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def refused(self, code: str, operation: str, **members) -> None:
        """Fails unless the error text names the code and the operation."""
        done = self._run(operation, members)
        if not done.returncode:
            raise Mismatch(f"expected `{code}`, the call succeeded")
        found = ERROR.search(done.stderr)
        if not found:
            raise Mismatch(f"expected `{code}`, got `{done.stderr.strip()}`")
        expect("code", code, found["code"])
        expect("operation", operation, found["operation"])

    refused_without_class = refused

    def pages(self, size: int) -> list[dict]:
        """All stores, `size` a page."""
        done = self._run("DescribeCustomKeyStores", {}, "--page-size", str(size))
        if done.returncode:
            raise Mismatch(f"DescribeCustomKeyStores was refused: {done.stderr.strip()}")
        return json.loads(done.stdout)["CustomKeyStores"]

    def _run(self, operation: str, members: dict, *more: str) -> subprocess.CompletedProcess:
        command = [self.program, "--endpoint-url", self.endpoint, "kms", xform_name(operation, "-"), *more]
        for member, value in members.items():
            command += ["--" + xform_name(member, "-"), value if isinstance(value, str) else shorthand(value)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)


def shorthand(value: object) -> str:
    """A structure as the CLI's manual writes it."""
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{name}={text}" for name, text in value.items())
