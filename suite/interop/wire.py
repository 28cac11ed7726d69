"""Requests as other clients put them on the wire, and their answers as those clients read them.

A fixture under `wire/` holds a client's headers, in order and letter for letter, and bodies as it writes them. What
must differ from run to run is written `${…}`: identifiers, date, length, signature.
"""

import http.client
import json
import time
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

import sigv4
from fixtures import World
from report import Mismatch, Report, expect
from stores import Stores, fresh_name, stores_of

FIXTURES = sorted((Path(__file__).parent / "wire").glob("*.json"))
IDENTITY = ("test", "test", "us-east-1")


def replay(endpoint: str, client, world: World, report: Report) -> None:
    """Replays all fixtures; `client` makes the stores they need and describes them."""
    for file in FIXTURES:
        fixture = json.loads(file.read_text(encoding="utf-8"))
        with stores_of(client, world) as stores:
            values = prepare(stores, world)
            for case in fixture["cases"]:
                label = f"wire {file.stem}: {case['name']}"
                try:
                    run(endpoint, fixture, case, stores, values)
                    report.ok(label)
                except Mismatch as why:
                    report.fail(label, why)


def prepare(stores: Stores, world: World) -> dict[str, str]:
    """A store of each type, and what the placeholders stand for."""
    cluster = world.cluster()
    service = world.services()[0]
    moved = world.address(number=1)
    xks_name = fresh_name()
    return {
        "hsm": stores.cloudhsm(cluster),
        "xks": stores.public(world.address(), CustomKeyStoreName=xks_name),
        "xks_name": xks_name,
        "related_cluster": world.cluster("related", cluster.family).id,
        "absent_cluster": world.cluster("absent", cluster.family).id,
        "unrelated_cluster": world.cluster("unrelated").id,
        "small_cluster": world.cluster("too-few-hsms", cluster.family).id,
        "endpoint": moved.endpoint,
        "path": moved.path,
        "unreachable_endpoint": world.address("no-tcp").endpoint,
        "other_path_endpoint": world.address("invalid-path").endpoint,
        "service": service.name,
        "service_owner": service.owner,
        "service_endpoint": service.endpoint,
    }


def run(endpoint: str, fixture: dict, case: dict, stores: Stores, values: dict[str, str]) -> None:
    body = Template(case["body"]).substitute(values).encode()
    status, headers, answer = send(endpoint, fixture, body)
    wanted = case["expect"]
    expect("status", wanted["status"], status)
    if status == 200:
        parsed = json.loads(answer) if answer else {}
        expect("body", {}, parsed)
    else:
        expect("code", wanted["code"], READERS[fixture["reads"]](headers, answer))
    shows = dict(case.get("shows", {}))
    if shows:
        shown = stores.describe(values[shows.pop("store")])
        shown = {**shown, **shown.get("XksProxyConfiguration", {})}
        for member, text in shows.items():
            expect(member, text and Template(text).substitute(values), shown.get(member))


def send(endpoint: str, fixture: dict, body: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Sends the fixture's headers, and no others, before the body."""
    url = urlsplit(endpoint)
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    values = {
        "host": url.hostname,
        "authority": url.netloc,
        "date": date,
        "content_length": str(len(body)),
        "body_sha256": sigv4.sha256(body),
        "authorization": "",
    }
    plain = {name.lower(): Template(text).substitute(values) for name, text in fixture["headers"]}
    values["authorization"] = sigv4.authorization(plain, fixture["signed"], body, date, IDENTITY)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    try:
        connection.putrequest("POST", fixture["request_target"], skip_host=True, skip_accept_encoding=True)
        for name, text in fixture["headers"]:
            connection.putheader(name, Template(text).substitute(values))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def read_json(_headers, body: bytes) -> str:
    """The member `__type`, without a namespace before it."""
    return json.loads(body)["__type"].rsplit("#", 1)[-1]


def read_dart(headers, body: bytes) -> str:
    """As shared_aws_api does: the header up to a colon, unless the body has `__type` or `code`."""
    code = headers.get("x-amzn-errortype", "UnknownError").split(":")[0]
    try:
        parsed = json.loads(body)
    except ValueError:
        return code
    named = parsed.get("__type") or parsed.get("code")
    # What follows a colon in the body stays: the client would then know no class for the error.
    return named.rsplit("#", 1)[-1] if named else code


def read_dotnet(headers, body: bytes) -> str:
    """As AWSSDK.Core 3.7 does: `__type`, else the header, else `code`; between `#` and a colon."""
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = {}
    code = parsed.get("__type") or headers.get("x-amzn-errortype") or parsed.get("code") or ""
    return code.rsplit("#", 1)[-1].split(":")[0]


READERS = {"json": read_json, "dart": read_dart, "dotnet": read_dotnet}
