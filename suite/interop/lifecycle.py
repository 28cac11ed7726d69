"""The six operations on both store types, and the examples that the references print."""

from fixtures import World, fresh_credential
from report import Report, expect
from stores import Stores, fresh_name, stores_of


def cloudhsm(client, world: World, report: Report) -> None:
    """An AWS_CLOUDHSM store from its creation to its end."""
    with stores_of(client, world) as stores:
        cluster = world.cluster()
        store = stores.cloudhsm(cluster)
        shown = stores.describe(store)
        expect("CustomKeyStoreType", "AWS_CLOUDHSM", shown["CustomKeyStoreType"])
        expect("CloudHsmClusterId", cluster.id, shown["CloudHsmClusterId"])
        expect("TrustAnchorCertificate", cluster.trust_anchor, shown["TrustAnchorCertificate"])
        expect("ConnectionState", "DISCONNECTED", shown["ConnectionState"])
        report.ok(f"{client.name}: AWS_CLOUDHSM store created and described")

        related = world.cluster("related", cluster.family)
        name = fresh_name()
        update(stores, store, NewCustomKeyStoreName=name)
        update(stores, store, KeyStorePassword=cluster.password)
        update(stores, store, CloudHsmClusterId=related.id)
        shown = stores.describe(store)
        expect("CustomKeyStoreName", name, shown["CustomKeyStoreName"])
        expect("CloudHsmClusterId", related.id, shown["CloudHsmClusterId"])
        report.ok(f"{client.name}: AWS_CLOUDHSM store updated: name, password, cluster")

        connect_and_end(client, stores, store, report, "AWS_CLOUDHSM", KeyStorePassword=cluster.password)


def external(client, world: World, report: Report) -> None:
    """An EXTERNAL_KEY_STORE store from its creation to its end, by way of both connectivities."""
    with stores_of(client, world) as stores:
        address = world.address()
        store = stores.public(address)
        shown = stores.describe(store)
        expect("CustomKeyStoreType", "EXTERNAL_KEY_STORE", shown["CustomKeyStoreType"])
        expect("XksProxyConfiguration", configuration(address), shown["XksProxyConfiguration"])
        report.ok(f"{client.name}: EXTERNAL_KEY_STORE store created and described")

        moved = world.address(number=1)
        update(stores, store, NewCustomKeyStoreName=fresh_name())
        update(stores, store, XksProxyUriEndpoint=moved.endpoint, XksProxyUriPath=moved.path)
        update(stores, store, XksProxyAuthenticationCredential=moved.credential.member())
        shown = stores.describe(store)
        expect("XksProxyConfiguration", configuration(moved), shown["XksProxyConfiguration"])
        report.ok(f"{client.name}: EXTERNAL_KEY_STORE store updated: name, endpoint, path, credential")

        service = world.services()[0]
        to_service = {
            "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
            "XksProxyUriEndpoint": service.endpoint,
            "XksProxyVpcEndpointServiceName": service.name,
            "XksProxyVpcEndpointServiceOwner": service.owner,
        }
        update(stores, store, **to_service)
        shown = stores.describe(store)["XksProxyConfiguration"]
        expect("Connectivity", "VPC_ENDPOINT_SERVICE", shown["Connectivity"])
        expect("VpcEndpointServiceName", service.name, shown["VpcEndpointServiceName"])
        expect("VpcEndpointServiceOwner", service.owner, shown["VpcEndpointServiceOwner"])
        back = {"XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": moved.endpoint}
        update(stores, store, **back)
        shown = stores.describe(store)
        expect("XksProxyConfiguration", configuration(moved), shown["XksProxyConfiguration"])
        report.ok(f"{client.name}: EXTERNAL_KEY_STORE store switched to a VPC endpoint service and back")

        endpoint = world.address(number=2).endpoint
        connect_and_end(client, stores, store, report, "EXTERNAL_KEY_STORE", XksProxyUriEndpoint=endpoint)


def connect_and_end(client, stores: Stores, store: str, report: Report, kind: str, **gated) -> None:
    """Connects, renames, meets the gate and the bar on deletion, disconnects and deletes."""
    stores.connect(store)
    name = fresh_name()
    update(stores, store, NewCustomKeyStoreName=name)
    expect("CustomKeyStoreName", name, stores.describe(store)["CustomKeyStoreName"])
    client.refused("CustomKeyStoreInvalidStateException", "UpdateCustomKeyStore", CustomKeyStoreId=store, **gated)
    client.refused("CustomKeyStoreInvalidStateException", "DeleteCustomKeyStore", CustomKeyStoreId=store)
    report.ok(f"{client.name}: {kind} store connected, renamed, refused what needs DISCONNECTED")
    stores.disconnect(store)
    stores.delete(store)
    client.refused("CustomKeyStoreNotFoundException", "DescribeCustomKeyStores", CustomKeyStoreId=store)
    report.ok(f"{client.name}: {kind} store disconnected and deleted")


def examples(client, world: World, report: Report) -> None:
    """The examples of UpdateCustomKeyStore as the references print them.

    Identifiers, and values that break the patterns of the service model, are those of fixtures.
    """
    with stores_of(client, world) as stores:
        cluster = world.cluster()
        hsm = stores.cloudhsm(cluster)
        xks = stores.public(world.address())
        service = world.services()[0]
        printed = [
            ("edit the friendly name", hsm, {"NewCustomKeyStoreName": "DevelopmentKeys"}),
            ("edit the friendly name of an external key store", xks, {"NewCustomKeyStoreName": "ExampleKeyStore"}),
            ("edit the password", hsm, {"KeyStorePassword": "ExamplePassword"}),
            ("associate a related cluster", hsm, {"CloudHsmClusterId": world.cluster("related", cluster.family).id}),
            ("edit the credential", xks, {"XksProxyAuthenticationCredential": fresh_credential().member()}),
            ("edit endpoint and path", xks, {
                "XksProxyUriEndpoint": world.address(number=1).endpoint,
                "XksProxyUriPath": world.address(number=1).path,
            }),
            ("edit the connectivity", xks, {
                "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
                "XksProxyUriEndpoint": service.endpoint,
                "XksProxyVpcEndpointServiceName": service.name,
            }),
        ]
        for title, store, members in printed:
            update(stores, store, **members)
            report.ok(f"{client.name}: example: {title}")


def pages(client, world: World, report: Report) -> None:
    """Describe, a store a page."""
    with stores_of(client, world) as stores:
        made = [stores.public(world.address(number=number)) for number in range(3)]
        shown = [store["CustomKeyStoreId"] for store in client.pages(1)]
        expect("stores shown page by page", sorted(made), sorted(set(made) & set(shown)))
        expect("stores shown twice", len(set(shown)), len(shown))
    report.ok(f"{client.name}: stores described a page at a time")


def update(stores: Stores, store: str, **members) -> None:
    answer = stores.client.call("UpdateCustomKeyStore", CustomKeyStoreId=store, **members)
    answer.pop("ResponseMetadata", None)
    expect("the answer of UpdateCustomKeyStore", {}, answer)


def configuration(address) -> dict:
    """What Describe shows of a PUBLIC_ENDPOINT store at the address."""
    return {
        "Connectivity": "PUBLIC_ENDPOINT",
        "AccessKeyId": address.credential.access_key_id,
        "UriEndpoint": address.endpoint,
        "UriPath": address.path,
    }
