"""The AWS SDK for Rust as a client of the scenarios: a program that makes one call a line (`aws-sdk-kms`)."""

import json
import os
import subprocess

from report import Mismatch, expect

# Where the SDK's variant is spelt otherwise than the code.
SPELT = {"KMSInternalException": "KmsInternalException"}


class AwsSdkKms:
    name = "aws-sdk-kms"

    def __init__(self, endpoint: str) -> None:
        command = [os.environ["AWS_SDK_KMS"], endpoint]
        self.program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={})
        self.number = self._hear()["version"]

    def version(self) -> str:
        return f"aws-sdk-kms {self.number}"

    def call(self, operation: str, **members) -> dict:
        told = self._ask(operation, members)
        if "answer" not in told:
            raise Mismatch(f"{operation} was refused: {told}")
        return told["answer"]

    def refused(self, code: str, operation: str, **members) -> None:
        """Fails unless the answer comes in the variant of the code."""
        error = self._refusal(code, operation, members)
        expect("variant", SPELT.get(code, code), error["class"])
        expect("status", 500 if code == "KMSInternalException" else 400, error["status"])

    def refused_without_class(self, code: str, operation: str, **members) -> None:
        """Fails unless the answer is refused with a code for which the SDK has no variant."""
        expect("variant", None, self._refusal(code, operation, members)["class"])

    def pages(self, size: int) -> list[dict]:
        """All stores, `size` a page."""
        stores, marker = [], {}
        while True:
            page = self.call("DescribeCustomKeyStores", Limit=size, **marker)
            stores += page["CustomKeyStores"]
            if not page["Truncated"]:
                return stores
            marker = {"Marker": page["NextMarker"]}

    def _refusal(self, code: str, operation: str, members: dict) -> dict:
        told = self._ask(operation, members)
        if "error" not in told:
            raise Mismatch(f"expected `{code}`, got {told}")
        expect("code", code, told["error"]["code"])
        return told["error"]

    def _ask(self, operation: str, members: dict) -> dict:
        print(json.dumps({"operation": operation, "members": members}), file=self.program.stdin, flush=True)
        return self._hear()

    def _hear(self) -> dict:
        line = self.program.stdout.readline()
        if not line:
            raise Mismatch(f"the program ended with {self.program.wait()}")
        return json.loads(line)
