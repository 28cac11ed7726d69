#!/usr/bin/env python3
"""A custom key store service as a first version often is: it stores what it is given and checks little.

usage: service.py PORT [DELAY_MS]

It checks that a store exists and that names are unique. It checks no connection state, no type, no length and no
pattern, and it crashes on a body that is not a JSON object. `DELAY_MS` is how long it takes for each answer.
"""

import json
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STORES = {}
LOCK = threading.Lock()
SETTINGS = {
    "XksProxyConnectivity": "Connectivity",
    "XksProxyUriEndpoint": "UriEndpoint",
    "XksProxyUriPath": "UriPath",
    "XksProxyVpcEndpointServiceName": "VpcEndpointServiceName",
    "XksProxyVpcEndpointServiceOwner": "VpcEndpointServiceOwner",
}


class Refused(Exception):
    """An error of the model, by its code."""


def find(body):
    store = STORES.get(body.get("CustomKeyStoreId"))
    if store is None:
        raise Refused("CustomKeyStoreNotFoundException")
    return store


def take(store, body):
    proxy = store.get("XksProxyConfiguration")
    if proxy is None:
        if body.get("CloudHsmClusterId") is not None:
            store["CloudHsmClusterId"] = body["CloudHsmClusterId"]
        return
    for member, field in SETTINGS.items():
        if body.get(member) is not None:
            proxy[field] = body[member]
    credential = body.get("XksProxyAuthenticationCredential")
    if credential is not None:
        proxy["AccessKeyId"] = credential.get("AccessKeyId")


def unique(name, own=None):
    if any(s["CustomKeyStoreName"] == name and s is not own for s in STORES.values()):
        raise Refused("CustomKeyStoreNameInUseException")


def create(body):
    unique(body["CustomKeyStoreName"])
    store = {
        "CustomKeyStoreId": "cks-" + uuid.uuid4().hex[:17],
        "CustomKeyStoreName": body["CustomKeyStoreName"],
        "CustomKeyStoreType": body.get("CustomKeyStoreType", "AWS_CLOUDHSM"),
        "ConnectionState": "DISCONNECTED",
        "CreationDate": time.time(),
    }
    if store["CustomKeyStoreType"] == "EXTERNAL_KEY_STORE":
        store["XksProxyConfiguration"] = {}
    else:
        store["TrustAnchorCertificate"] = body.get("TrustAnchorCertificate")
    take(store, body)
    STORES[store["CustomKeyStoreId"]] = store
    return {"CustomKeyStoreId": store["CustomKeyStoreId"]}


def update(body):
    store = find(body)
    name = body.get("NewCustomKeyStoreName")
    if name is not None:
        unique(name, store)
        store["CustomKeyStoreName"] = name
    take(store, body)
    return {}


def describe(body):
    if body.get("CustomKeyStoreId") is not None:
        return {"CustomKeyStores": [find(body)], "Truncated": False}
    stores = list(STORES.values())
    if body.get("CustomKeyStoreName") is not None:
        stores = [s for s in stores if s["CustomKeyStoreName"] == body["CustomKeyStoreName"]]
    return {"CustomKeyStores": stores, "Truncated": False}


def connect(body):
    find(body)["ConnectionState"] = "CONNECTED"
    return {}


def disconnect(body):
    find(body)["ConnectionState"] = "DISCONNECTED"
    return {}


def delete(body):
    store = find(body)
    if store["ConnectionState"] != "DISCONNECTED":
        raise Refused("CustomKeyStoreInvalidStateException")
    del STORES[store["CustomKeyStoreId"]]
    return {}


OPERATIONS = {
    "CreateCustomKeyStore": create,
    "UpdateCustomKeyStore": update,
    "DescribeCustomKeyStores": describe,
    "ConnectCustomKeyStore": connect,
    "DisconnectCustomKeyStore": disconnect,
    "DeleteCustomKeyStore": delete,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    delay = 0.0

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        sent = self.rfile.read(length)
        time.sleep(self.delay)
        operation = OPERATIONS.get(self.headers.get("X-Amz-Target", "").removeprefix("TrentService."))
        try:
            if operation is None:
                raise Refused("UnknownOperationException")
            with LOCK:
                status, answer = 200, operation(json.loads(sent))
        except Refused as refused:
            status, answer = 400, {"__type": str(refused), "message": "refused"}
        except Exception as error:  # a naive service has one of these
            status, answer = 500, {"__type": "InternalFailure", "message": repr(error)}
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    Handler.delay = float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
