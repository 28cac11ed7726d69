#!/usr/bin/env python3
"""A Hypothesis state machine with a hand-written model of UpdateCustomKeyStore, as its author would write one in an
afternoon: existence, unique names, the gates of a connected store, lengths, and what Describe shows.

usage: machine.py URL

It prints one line with the seconds for each new failure, by the assertion that failed.
"""

import json
import sys
import time
import uuid

import requests
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

URL = sys.argv[1]
BEGAN = time.monotonic()
SEEN = set()
SESSION = requests.Session()
GATED = {"XksProxyUriEndpoint": lambda: f"https://{uuid.uuid4().hex}.example.com"}
OPEN = {
    "NewCustomKeyStoreName": lambda: uuid.uuid4().hex,
    "XksProxyUriPath": lambda: f"/{uuid.uuid4().hex}/kms/xks/v1",
}
TOO_LONG = {"NewCustomKeyStoreName": 257, "KeyStorePassword": 33, "XksProxyUriPath": 129}


def send(operation, body):
    headers = {"X-Amz-Target": f"TrentService.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    answer = SESSION.post(URL, data=body if isinstance(body, bytes) else json.dumps(body), headers=headers, timeout=10)
    try:
        return answer.status_code, answer.json()
    except ValueError:
        return answer.status_code, {}


def check(what, holds):
    """Reports a failure once, and goes on: the machine looks for further ones."""
    if not holds and what not in SEEN:
        SEEN.add(what)
        print(f"{time.monotonic() - BEGAN:.3f} {what}", flush=True)


class Stores(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.stores = {}

    def teardown(self):
        for store in self.stores:
            send("DisconnectCustomKeyStore", {"CustomKeyStoreId": store})
            send("DeleteCustomKeyStore", {"CustomKeyStoreId": store})

    def pick(self, data):
        return data.draw(st.sampled_from(sorted(self.stores)))

    @precondition(lambda self: len(self.stores) < 3)
    @rule()
    def create(self):
        name = uuid.uuid4().hex
        status, answer = send("CreateCustomKeyStore", {
            "CustomKeyStoreName": name,
            "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
            "XksProxyConnectivity": "PUBLIC_ENDPOINT",
            "XksProxyUriEndpoint": GATED["XksProxyUriEndpoint"](),
            "XksProxyUriPath": "/kms/xks/v1",
            "XksProxyAuthenticationCredential": {"AccessKeyId": "A" * 20, "RawSecretAccessKey": "s" * 43},
        })
        if status == 200:
            self.stores[answer["CustomKeyStoreId"]] = {"name": name, "connected": False}

    @precondition(lambda self: self.stores)
    @rule(data=st.data())
    def connect(self, data):
        store = self.pick(data)
        if send("ConnectCustomKeyStore", {"CustomKeyStoreId": store})[0] == 200:
            self.stores[store]["connected"] = True

    @precondition(lambda self: self.stores)
    @rule(data=st.data(), member=st.sampled_from(sorted({**GATED, **OPEN})))
    def update(self, data, member):
        store = self.pick(data)
        value = {**GATED, **OPEN}[member]()
        status, answer = send("UpdateCustomKeyStore", {"CustomKeyStoreId": store, member: value})
        gated = member in GATED and self.stores[store]["connected"]
        code = answer.get("__type", "").rsplit("#")[-1]
        if gated:
            check(f"{member} is refused while CONNECTED", (status, code) == (400, "CustomKeyStoreInvalidStateException"))
        else:
            check(f"{member} is accepted", status == 200)
        if status == 200 and member == "NewCustomKeyStoreName":
            self.stores[store]["name"] = value
            shown = send("DescribeCustomKeyStores", {"CustomKeyStoreId": store})[1]["CustomKeyStores"][0]
            check("the new name is shown", shown["CustomKeyStoreName"] == value)

    @precondition(lambda self: len(self.stores) > 1)
    @rule(data=st.data())
    def name_in_use(self, data):
        store, other = self.pick(data), self.pick(data)
        if store != other:
            name = self.stores[other]["name"]
            status, answer = send("UpdateCustomKeyStore", {"CustomKeyStoreId": store, "NewCustomKeyStoreName": name})
            check("a name in use is refused", answer.get("__type") == "CustomKeyStoreNameInUseException")

    @precondition(lambda self: self.stores)
    @rule(data=st.data(), member=st.sampled_from(sorted(TOO_LONG)))
    def too_long(self, data, member):
        body = {"CustomKeyStoreId": self.pick(data), member: "x" * TOO_LONG[member]}
        status, answer = send("UpdateCustomKeyStore", body)
        check(f"{member} of {TOO_LONG[member]} characters is refused", answer.get("__type") == "ValidationException")

    @rule(body=st.sampled_from([b"", b"[]", b"{", b"null"]))
    def unreadable(self, body):
        status, _ = send("UpdateCustomKeyStore", body)
        check(f"the body {body.decode()!r} is refused with 400", status == 400)

    @rule()
    def absent(self):
        status, answer = send("UpdateCustomKeyStore", {"CustomKeyStoreId": "cks-00000000000000000"})
        check("an absent store is not found", answer.get("__type") == "CustomKeyStoreNotFoundException")


run_state_machine_as_test(Stores, settings=settings(
    max_examples=100, stateful_step_count=30, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
))
print(f"{time.monotonic() - BEGAN:.3f} end", flush=True)
