#!/usr/bin/env python3
"""A small key store service whose stores are CONNECTED as soon as they are created.

Everything else is as documented. It prints `listening on URL`, and ends when its standard input is closed.
"""

import json
import re
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SHAPES = {
    "CustomKeyStoreId": (1, 64, ""),
    "NewCustomKeyStoreName": (1, 256, ""),
    "KeyStorePassword": (7, 32, ""),
    "CloudHsmClusterId": (19, 24, "cluster-[2-7a-zA-Z]{11,16}"),
    "XksProxyUriEndpoint": (10, 128, "https://[a-zA-Z0-9.-]+"),
    "XksProxyUriPath": (10, 128, r"(/[a-zA-Z0-9/_-]+)?/kms/xks/v[0-9]{1,2}"),
    "XksProxyVpcEndpointServiceName": (20, 64, r"(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}[0-9]+\.vpce-svc-[0-9a-z]+"),
    "XksProxyVpcEndpointServiceOwner": (12, 12, "[0-9]{12}"),
    "XksProxyConnectivity": (0, 99, "PUBLIC_ENDPOINT|VPC_ENDPOINT_SERVICE"),
    "AccessKeyId": (20, 30, "[A-Z2-7]+"),
    "RawSecretAccessKey": (43, 64, "[a-zA-Z0-9/+=]+"),
}
CREDENTIAL = "XksProxyAuthenticationCredential"
ENDPOINT, PATH, CONNECTIVITY = "XksProxyUriEndpoint", "XksProxyUriPath", "XksProxyConnectivity"
SERVICE, OWNER = "XksProxyVpcEndpointServiceName", "XksProxyVpcEndpointServiceOwner"
OF_HSM, OF_XKS = {"KeyStorePassword", "CloudHsmClusterId"}, {CREDENTIAL, ENDPOINT, PATH, CONNECTIVITY, SERVICE, OWNER}
ALWAYS = {"NewCustomKeyStoreName", CREDENTIAL, PATH}
SHOWN = {member: member.removeprefix("XksProxy") for member in (CONNECTIVITY, ENDPOINT, PATH, SERVICE, OWNER)}

stores, lock = {}, threading.Lock()

class Refused(Exception):
    """An error code, and a message where there is one."""

def check(members):
    """Types first, then lengths and patterns; a null is no value."""
    members = {name: value for name, value in members.items() if value is not None and (name in SHAPES or name in (
        CREDENTIAL, "CustomKeyStoreName", "CustomKeyStoreType", "TrustAnchorCertificate", "Limit", "Marker"))}
    for name, value in members.items():
        if not isinstance(value, dict if name == CREDENTIAL else int if name == "Limit" else str):
            raise Refused("SerializationException", f"{name} has the wrong type")
    credential = {name: value for name, value in members.get(CREDENTIAL, {}).items() if value is not None}
    if any(not isinstance(credential.get(name, ""), str) for name in ("AccessKeyId", "RawSecretAccessKey")):
        raise Refused("SerializationException", "the credential has a member of the wrong type")
    if CREDENTIAL in members and not {"AccessKeyId", "RawSecretAccessKey"} <= credential.keys():
        raise Refused("ValidationException", "the credential lacks a member")
    for name, value in {**members, **credential}.items():
        low, high, pattern = SHAPES.get(name, (0, 10**9, ""))
        if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
            raise Refused("SerializationException", f"{name} is no text")
        if isinstance(value, str) and (not low <= len(value) <= high or pattern and not re.fullmatch(pattern, value)):
            raise Refused("ValidationException", f"{name} is not valid")
    return members


def found(members):
    if "CustomKeyStoreId" not in members:
        raise Refused("ValidationException", "CustomKeyStoreId is missing")
    if members["CustomKeyStoreId"] not in stores:
        raise Refused("CustomKeyStoreNotFoundException")
    return stores[members["CustomKeyStoreId"]]


def conflicts(new, own):
    for other in stores.values():
        if other is own:
            continue
        if other["Name"] == new["Name"]:
            raise Refused("CustomKeyStoreNameInUseException")
        if new["Type"] == other["Type"] == "EXTERNAL_KEY_STORE" and new[ENDPOINT] == other[ENDPOINT]:
            if new[PATH] == other[PATH]:
                raise Refused("XksProxyUriInUseException")
            if new[CONNECTIVITY] != "PUBLIC_ENDPOINT" or other[CONNECTIVITY] != "PUBLIC_ENDPOINT":
                raise Refused("XksProxyUriEndpointInUseException")
        if new.get(SERVICE) and new.get(SERVICE) == other.get(SERVICE):
            raise Refused("XksProxyVpcEndpointServiceInUseException")


def create(members):
    kind = members.get("CustomKeyStoreType", "AWS_CLOUDHSM")
    store = {"Id": "cks-" + uuid.uuid4().hex[:17], "Name": members.get("CustomKeyStoreName"), "Type": kind,
             "State": "CONNECTED", "Created": round(time.time(), 3), **{m: members[m] for m in members if m in SHAPES}}
    needed = (CONNECTIVITY, ENDPOINT, PATH, CREDENTIAL) if kind == "EXTERNAL_KEY_STORE" else (
        "CloudHsmClusterId", "KeyStorePassword", "TrustAnchorCertificate")
    if not store["Name"] or any(name not in members for name in needed):
        raise Refused("ValidationException", "a member is missing")
    store["Anchor"], store["Key"] = members.get("TrustAnchorCertificate"), members.get(CREDENTIAL, {}).get("AccessKeyId")
    conflicts(store, None)
    stores[store["Id"]] = store
    return {"CustomKeyStoreId": store["Id"]}


def update(members):
    store = found(members)
    given = set(members) - {"CustomKeyStoreId"}
    external = store["Type"] == "EXTERNAL_KEY_STORE"
    if given & (OF_HSM if external else OF_XKS):
        raise Refused("ValidationException", "a member of the other type")
    if given - (ALWAYS if external else {"NewCustomKeyStoreName"}) and store["State"] != "DISCONNECTED":
        raise Refused("CustomKeyStoreInvalidStateException")
    new = {**store, **{name: members[name] for name in given if name != CREDENTIAL}}
    if not external and new["CloudHsmClusterId"] != store["CloudHsmClusterId"]:
        raise Refused("CloudHsmClusterNotFoundException")
    new["Name"] = new.pop("NewCustomKeyStoreName", store["Name"])
    new["Key"] = members.get(CREDENTIAL, {}).get("AccessKeyId", store["Key"])
    if external:
        switched, public = new[CONNECTIVITY] != store[CONNECTIVITY], new[CONNECTIVITY] == "PUBLIC_ENDPOINT"
        if switched and (ENDPOINT not in given or not public and SERVICE not in given) or public and SERVICE in given:
            raise Refused("ValidationException", "the switch lacks a member, or has one too many")
        if public:
            new.pop(SERVICE, None), new.pop(OWNER, None)
    conflicts(new, store)
    stores[store["Id"]] = new
    return {}


def move(state, allowed):
    def operation(members):
        store = found(members)
        if store["State"] not in allowed:
            raise Refused("CustomKeyStoreInvalidStateException")
        store["State"] = state
        return {}
    return operation


def delete(members):
    if found(members)["State"] != "DISCONNECTED":
        raise Refused("CustomKeyStoreInvalidStateException")
    stores.pop(members["CustomKeyStoreId"])
    return {}


def shown(store):
    base = {"CustomKeyStoreId": store["Id"], "CustomKeyStoreName": store["Name"], "CustomKeyStoreType": store["Type"],
            "ConnectionState": store["State"], "CreationDate": store["Created"]}
    if store["Type"] == "AWS_CLOUDHSM":
        return {**base, "CloudHsmClusterId": store["CloudHsmClusterId"], "TrustAnchorCertificate": store["Anchor"]}
    proxy = {SHOWN[name]: store[name] for name in SHOWN if store.get(name)}
    return {**base, "XksProxyConfiguration": {**proxy, "AccessKeyId": store["Key"]}}


def describe(members):
    wanted = {"Id": members.get("CustomKeyStoreId"), "Name": members.get("CustomKeyStoreName")}
    matching = [s for s in stores.values() if all(v is None or s[k] == v for k, v in wanted.items())]
    if not matching and any(wanted.values()):
        raise Refused("CustomKeyStoreNotFoundException")
    matching = sorted((s for s in matching if s["Id"] > members.get("Marker", "")), key=lambda s: s["Id"])
    page, more = matching[: members.get("Limit", 100)], len(matching) > members.get("Limit", 100)
    answer = {"CustomKeyStores": [shown(s) for s in page], "Truncated": more}
    return {**answer, "NextMarker": page[-1]["Id"]} if more else answer


OPERATIONS = {"CreateCustomKeyStore": create, "UpdateCustomKeyStore": update, "DeleteCustomKeyStore": delete,
              "DescribeCustomKeyStores": describe, "ConnectCustomKeyStore": move("CONNECTED", ["DISCONNECTED"]),
              "DisconnectCustomKeyStore": move("DISCONNECTED", ["CONNECTED", "FAILED"])}


class Handler(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        service, _, name = self.headers.get("X-Amz-Target", "").partition(".")
        try:
            if service != "TrentService" or name not in OPERATIONS:
                raise Refused("UnknownOperationException")
            try:
                members = json.loads(body.decode("utf-8"), parse_constant=lambda _: 1 / 0)
            except (ValueError, ZeroDivisionError, RecursionError) as error:
                raise Refused("SerializationException", type(error).__name__) from error
            if not isinstance(members, dict):
                raise Refused("SerializationException", "no object")
            with lock:
                status, answer = 200, OPERATIONS[name](check(members))
        except Refused as refused:
            status, answer = 400, {"__type": refused.args[0], "message": " ".join(refused.args[1:])}
        data = json.dumps(answer).encode()
        self.send_response(status)
        for field, value in (("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(data))),
                             ("x-amzn-RequestId", str(uuid.uuid4()))):
            self.send_header(field, value)
        self.end_headers()
        self.wfile.write(data)

    log_message = print if "--verbose" in sys.argv else lambda *_: None


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
