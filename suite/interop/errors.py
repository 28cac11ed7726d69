"""Every declared error of UpdateCustomKeyStore, and those of the companion operations that the world can raise."""

from fixtures import World, fresh_credential
from report import Mismatch, Report
from stores import cloudhsm_members, fresh_name, stores_of

UNKNOWN_STORE = "cks-0123456789abcdef0"


def declared(client, world: World, report: Report) -> None:
    """Sixteen of the seventeen; KMSInternalException needs a service that fails (`internal`)."""
    with stores_of(client, world) as stores:
        cluster = world.cluster()
        family = cluster.family
        hsm = stores.cloudhsm(cluster)
        taken = world.address(number=0)
        rival = stores.public(taken)
        here = world.address(number=1)
        xks = stores.public(here)
        first, second = world.services()[:2]
        stores.vpc(first)
        vpc = stores.vpc(second)

        def members_of(role: str) -> dict:
            address = world.address(role, 2)
            return {"XksProxyUriEndpoint": address.endpoint, "XksProxyUriPath": address.path}

        def switch_to(role: str) -> dict:
            service = world.services(role)[0]
            return {
                "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
                "XksProxyUriEndpoint": service.endpoint,
                "XksProxyVpcEndpointServiceName": service.name,
            }

        rival_name = stores.describe(rival)["CustomKeyStoreName"]
        table = [
            ("CustomKeyStoreNotFoundException", UNKNOWN_STORE, {"NewCustomKeyStoreName": fresh_name()}),
            ("CustomKeyStoreNameInUseException", xks, {"NewCustomKeyStoreName": rival_name}),
            ("CloudHsmClusterNotFoundException", hsm, {"CloudHsmClusterId": world.cluster("absent", family).id}),
            ("CloudHsmClusterNotActiveException", hsm, {"CloudHsmClusterId": world.cluster("inactive", family).id}),
            ("CloudHsmClusterNotRelatedException", hsm, {"CloudHsmClusterId": world.cluster("unrelated").id}),
            ("CloudHsmClusterInvalidConfigurationException", hsm, {
                "CloudHsmClusterId": world.cluster("too-few-hsms", family).id,
            }),
            ("XksProxyUriInUseException", xks, {
                "XksProxyUriEndpoint": taken.endpoint,
                "XksProxyUriPath": taken.path,
            }),
            ("XksProxyUriEndpointInUseException", xks, {
                "XksProxyUriEndpoint": first.endpoint,
                "XksProxyUriPath": "/other/kms/xks/v1",
            }),
            ("XksProxyUriUnreachableException", xks, members_of("no-tcp")),
            ("XksProxyIncorrectAuthenticationCredentialException", xks, {
                **members_of("wrong-credential"),
                "XksProxyAuthenticationCredential": fresh_credential().member(),
            }),
            ("XksProxyInvalidConfigurationException", xks, members_of("invalid-path")),
            ("XksProxyInvalidResponseException", xks, members_of("not-json")),
            ("XksProxyVpcEndpointServiceInUseException", vpc, {"XksProxyVpcEndpointServiceName": first.name}),
            ("XksProxyVpcEndpointServiceNotFoundException", xks, switch_to("absent")),
            ("XksProxyVpcEndpointServiceInvalidConfigurationException", xks, switch_to("one-zone")),
        ]
        for code, store, members in table:
            refused(client, report, code, "UpdateCustomKeyStore", CustomKeyStoreId=store, **members)

        stores.connect(hsm)
        code = "CustomKeyStoreInvalidStateException"
        refused(client, report, code, "UpdateCustomKeyStore", CustomKeyStoreId=hsm, KeyStorePassword=cluster.password)

        too_long = {"CustomKeyStoreId": xks, "NewCustomKeyStoreName": "n" * 257}
        attempt(client, report, "ValidationException", "UpdateCustomKeyStore", too_long, client.refused_without_class)


def internal(client, report: Report) -> None:
    """KMSInternalException, from a service that answers any large request with it."""
    large = {"CustomKeyStoreId": UNKNOWN_STORE, "NewCustomKeyStoreName": "n" * 110_000}
    refused(client, report, "KMSInternalException", "UpdateCustomKeyStore", **large)


def companions(client, world: World, report: Report, filler) -> None:
    """Errors that only the other operations declare. `filler` makes many stores fast."""
    with stores_of(filler, world) as stores:
        cluster = world.cluster()
        hsm = stores.cloudhsm(cluster)
        again = {"CustomKeyStoreName": fresh_name(), **cloudhsm_members(cluster)}
        refused(client, report, "CloudHsmClusterInUseException", "CreateCustomKeyStore", **again)
        stores.delete(hsm)
        wrong = {**again, "TrustAnchorCertificate": "-----BEGIN CERTIFICATE-----\nanother\n-----END CERTIFICATE-----"}
        refused(client, report, "IncorrectTrustAnchorException", "CreateCustomKeyStore", **wrong)

        for number in range(world.stores):
            stores.public(world.address(number=number))
        refused(client, report, "LimitExceededException", "CreateCustomKeyStore", **again)


def refused(client, report: Report, code: str, operation: str, **members) -> None:
    attempt(client, report, code, operation, members, client.refused)


def attempt(client, report: Report, code: str, operation: str, members: dict, check) -> None:
    label = f"{client.name}: {operation} raises {code}"
    try:
        check(code, operation, **members)
        report.ok(label)
    except Mismatch as why:
        report.fail(label, why)
