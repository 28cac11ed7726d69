#!/usr/bin/env python3
"""Extracts the shapes of the custom key store operations from AWS's published service model.

For each revision the emulator knows, the botocore wheel that first carried it is fetched with
pip and `botocore/data/kms/2014-11-01/service-2.json` (compressed in later releases) is read.
What is written to `<revision>.json` beside this script is the interface alone: for each of the
six operations its members and declared errors, and every shape they reach. No prose is kept.

Usage: extract.py [DIRECTORY OF WHEELS]     (kept between runs; default: a temporary one)
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

# Revision of the contract -> first botocore release that carries it.
RELEASES = {
    "2018-11-26": "1.12.52",
    "2019-05-02": "1.12.141",
    "2019-11-25": "1.13.27",
    "2020-01-20": "1.14.6",
    "2022-07-18": "1.27.32",
    "2022-11-29": "1.29.19",
    "2023-05-01": "1.29.124",
    "2023-12-15": "1.34.2",
    "2024-01-05": "1.34.14",
    "2025-10-30": "1.40.63",
    "2025-11-07": "1.40.69",
    "2026-04-27": "1.42.97",
}

OPERATIONS = [
    "CreateCustomKeyStore",
    "UpdateCustomKeyStore",
    "DescribeCustomKeyStores",
    "ConnectCustomKeyStore",
    "DisconnectCustomKeyStore",
    "DeleteCustomKeyStore",
]

MODEL = "botocore/data/kms/2014-11-01/service-2.json"
KEPT = ("type", "required", "min", "max", "pattern", "enum", "sensitive")


def fetch(version, directory):
    """The wheel of one botocore release, downloaded unless it is there already."""
    found = list(directory.glob(f"botocore-{version}-*.whl"))
    if not found:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
             "--only-binary=:all:", "--dest", str(directory), f"botocore=={version}"],
            check=True,
        )
        found = list(directory.glob(f"botocore-{version}-*.whl"))
    return found[0]


def extract(model):
    """The operations, their errors and all shapes that their inputs and outputs reach."""
    shapes, reached = model["shapes"], {}

    def reach(name):
        if name in reached:
            return
        shape = shapes[name]
        kept = {key: shape[key] for key in KEPT if key in shape}
        reached[name] = kept
        if "members" in shape:
            kept["members"] = {m: ref["shape"] for m, ref in shape["members"].items()}
            for ref in shape["members"].values():
                reach(ref["shape"])
        if "member" in shape:
            kept["member"] = shape["member"]["shape"]
            reach(shape["member"]["shape"])

    operations = {}
    for name in OPERATIONS:
        operation = model["operations"].get(name)
        if operation is None:
            continue
        entry = {"input": operation["input"]["shape"]}
        reach(entry["input"])
        if "output" in operation:
            entry["output"] = operation["output"]["shape"]
            reach(entry["output"])
        entry["errors"] = {}
        for reference in operation["errors"]:
            shape = shapes[reference["shape"]]
            # The status is written at the reference in old models, at the shape in new ones.
            # One without a status is a 400, or a 500 where it is marked as the server's fault.
            error = shape.get("error", reference.get("error", {}))
            status = error.get("httpStatusCode", 500 if shape.get("fault") else 400)
            entry["errors"][reference["shape"]] = status
        operations[name] = entry
    return {"operations": operations, "shapes": dict(sorted(reached.items()))}


def main():
    here = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        for revision, version in RELEASES.items():
            with zipfile.ZipFile(fetch(version, directory)) as wheel:
                packed = MODEL + ".gz" in wheel.namelist()
                text = gzip.decompress(wheel.read(MODEL + ".gz")) if packed else wheel.read(MODEL)
                model = json.loads(text)
            result = {"revision": revision, "botocore": version, **extract(model)}
            path = here / f"{revision}.json"
            path.write_text(json.dumps(result, indent=2, ensure_ascii=True) + "\n")
            print(path.name, len(result["shapes"]), "shapes")


if __name__ == "__main__":
    main()
