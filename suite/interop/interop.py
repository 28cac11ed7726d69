"""Drives an emulator of KMS custom key stores with the clients that people use.

Needs Python 3.11 or later, boto3, for the CLI's part the program `aws` of version 1 beside this Python, and for that of
the AWS SDK for Rust the program of the folder `aws-sdk-kms`, whose path stands in AWS_SDK_KMS.
"""

import argparse
import sys
from pathlib import Path

import errors
import lifecycle
import wire
from boto3_client import Boto3
from cli_client import AwsCli
from fixtures import NoFixture, World
from report import Mismatch, Report
from sdk_client import AwsSdkKms

WORLD = Path(__file__).resolve().parents[2] / "models/emulator/environment.toml"
PARTS = ("lifecycle", "examples", "pages", "errors", "wire")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", required=True, help="the service, such as http://127.0.0.1:8080")
    parser.add_argument("--failing-endpoint", help="a service that answers large updates with KMSInternalException")
    parser.add_argument("--world", type=Path, default=WORLD, help="the world that it serves")
    parser.add_argument("--clients", default="boto3,aws-cli", help="which of boto3, aws-cli and aws-sdk-kms")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"which of {', '.join(PARTS)}")
    arguments = parser.parse_args()

    report = Report()
    world = World(arguments.world)
    parts = arguments.parts.split(",")
    known = {"boto3": Boto3, "aws-cli": AwsCli, "aws-sdk-kms": AwsSdkKms}
    if unknown := (set(parts) - set(PARTS)) | (set(arguments.clients.split(",")) - known.keys()):
        parser.error(f"not known: {', '.join(sorted(unknown))}")
    quick = Boto3(arguments.endpoint)
    for name in arguments.clients.split(","):
        client = known[name](arguments.endpoint)
        attempt(report, f"{name}: its version", lambda client=client: report.note(client.version()))
        for label, part in parts_of(client, world, report, parts, quick):
            attempt(report, f"{name}: {label}", part)
        if "errors" in parts and arguments.failing_endpoint:
            attempt(report, name, lambda name=name: errors.internal(known[name](arguments.failing_endpoint), report))
    if "errors" in parts and not arguments.failing_endpoint:
        report.note("KMSInternalException was left out: no --failing-endpoint")
    if "wire" in parts:
        attempt(report, "wire", lambda: wire.replay(arguments.endpoint, quick, world, report))
    return report.finish()


def parts_of(client, world: World, report: Report, parts: list[str], quick: Boto3):
    """The parts asked for, each with its name."""
    if "lifecycle" in parts:
        yield "AWS_CLOUDHSM", lambda: lifecycle.cloudhsm(client, world, report)
        yield "EXTERNAL_KEY_STORE", lambda: lifecycle.external(client, world, report)
    if "examples" in parts:
        yield "examples", lambda: lifecycle.examples(client, world, report)
    if "pages" in parts:
        yield "pages", lambda: lifecycle.pages(client, world, report)
    if "errors" in parts:
        yield "declared errors", lambda: errors.declared(client, world, report)
        yield "errors of other operations", lambda: errors.companions(client, world, report, quick)


def attempt(report: Report, label: str, part) -> None:
    """Runs a part; what stops it is a failed check, and the next part goes on."""
    try:
        part()
    except (Mismatch, NoFixture, OSError) as why:
        report.fail(label, why)
    except Exception as why:  # noqa: BLE001 - a client that breaks is a finding too
        report.fail(label, f"{type(why).__name__}: {why}")


if __name__ == "__main__":
    sys.exit(main())
