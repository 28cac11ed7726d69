"""Stores of a scenario: made, watched, and removed at its end."""

import time
from contextlib import contextmanager
from itertools import count

from fixtures import Address, Cluster, Credential, Service, World, fresh_credential
from report import Mismatch

WAIT_SECONDS = 30
_numbers = count(1)


class Stores:
    """What a client has created. Names are unique within a run."""

    def __init__(self, client, world: World) -> None:
        self.client = client
        self.world = world
        self.ids: list[str] = []

    def create(self, **members) -> str:
        members.setdefault("CustomKeyStoreName", fresh_name())
        store = self.client.call("CreateCustomKeyStore", **members)["CustomKeyStoreId"]
        self.ids.append(store)
        return store

    def cloudhsm(self, cluster: Cluster | None = None, **more) -> str:
        return self.create(**cloudhsm_members(cluster or self.world.cluster()), **more)

    def public(self, address: Address, **more) -> str:
        return self.create(**public_members(address), **more)

    def vpc(self, service: Service, **more) -> str:
        return self.create(**vpc_members(service, fresh_credential()), **more)

    def describe(self, store: str) -> dict:
        return self.client.call("DescribeCustomKeyStores", CustomKeyStoreId=store)["CustomKeyStores"][0]

    def await_state(self, store: str, wanted: str) -> dict:
        """Describes the store until it is in the state."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            shown = self.describe(store)
            if shown["ConnectionState"] == wanted:
                return shown
            if time.monotonic() > deadline:
                raise Mismatch(f"`{store}` is {shown['ConnectionState']} and does not become {wanted}")
            time.sleep(0.05)

    def connect(self, store: str, wanted: str = "CONNECTED") -> dict:
        self.client.call("ConnectCustomKeyStore", CustomKeyStoreId=store)
        return self.await_state(store, wanted)

    def disconnect(self, store: str) -> dict:
        self.client.call("DisconnectCustomKeyStore", CustomKeyStoreId=store)
        return self.await_state(store, "DISCONNECTED")

    def delete(self, store: str) -> None:
        self.client.call("DeleteCustomKeyStore", CustomKeyStoreId=store)
        self.ids.remove(store)

    def clear(self) -> None:
        """Removes what is left, whatever state it is in."""
        for store in list(self.ids):
            if self.describe(store)["ConnectionState"] != "DISCONNECTED":
                self.disconnect(store)
            self.delete(store)


@contextmanager
def stores_of(client, world: World):
    stores = Stores(client, world)
    try:
        yield stores
    finally:
        stores.clear()


def fresh_name() -> str:
    return f"interop-{next(_numbers)}"


def cloudhsm_members(cluster: Cluster) -> dict:
    return {
        "CloudHsmClusterId": cluster.id,
        "TrustAnchorCertificate": cluster.trust_anchor,
        "KeyStorePassword": cluster.password,
    }


def public_members(address: Address) -> dict:
    return {
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyConnectivity": "PUBLIC_ENDPOINT",
        "XksProxyUriEndpoint": address.endpoint,
        "XksProxyUriPath": address.path,
        "XksProxyAuthenticationCredential": address.credential.member(),
    }


def vpc_members(service: Service, credential: Credential) -> dict:
    return {
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
        "XksProxyUriEndpoint": service.endpoint,
        "XksProxyUriPath": "/kms/xks/v1",
        "XksProxyVpcEndpointServiceName": service.name,
        "XksProxyVpcEndpointServiceOwner": service.owner,
        "XksProxyAuthenticationCredential": credential.member(),
    }
