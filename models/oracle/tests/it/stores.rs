//! Stores, requests and tables as others read them: what a store has for each member, what Describe should show of it,
//! and no statement of the tables is repeated.

use std::collections::BTreeMap;

use rstest::rstest;
use ucks_oracle::account::{Backing, Believed, CloudHsm, ConnectionState, Connectivity, DescribeField, Store, Xks};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::rules::{self, GateColumn};
use ucks_oracle::wire::{Auth, Request, UPDATE};

fn store(store_type: StoreType) -> Store {
    let backing = match store_type {
        StoreType::CloudHsm => Backing::CloudHsm(CloudHsm {
            cluster: "a cluster".into(),
            created_with: "the first cluster".into(),
            trust_anchor: Believed::Is("an anchor".into()),
            password: Some("a password".into()),
        }),
        StoreType::Xks => Backing::Xks(Xks {
            connectivity: Connectivity::VpcEndpointService,
            endpoint: "an endpoint".into(),
            path: "a path".into(),
            access_key_id: "a key".into(),
            secret: Some("a secret".into()),
            service: Believed::Is(Some("a service".into())),
            owner: Believed::Is(Some("an owner".into())),
        }),
    };
    Store {
        id: "an id".into(),
        name: Believed::Is("a name".into()),
        state: ConnectionState::Disconnected,
        error: Believed::Is(None),
        created: Believed::Is(Some("a date".into())),
        backing,
        recredentialed: false,
        in_flight: None,
    }
}

#[rstest]
#[case(StoreType::CloudHsm, &[
    (Member::CustomKeyStoreId, "an id"),
    (Member::NewCustomKeyStoreName, "a name"),
    (Member::CloudHsmClusterId, "a cluster"),
])]
#[case(StoreType::Xks, &[
    (Member::CustomKeyStoreId, "an id"),
    (Member::NewCustomKeyStoreName, "a name"),
    (Member::XksProxyConnectivity, "VPC_ENDPOINT_SERVICE"),
    (Member::XksProxyUriEndpoint, "an endpoint"),
    (Member::XksProxyUriPath, "a path"),
    (Member::XksProxyVpcEndpointServiceName, "a service"),
    (Member::XksProxyVpcEndpointServiceOwner, "an owner"),
    (Member::AccessKeyId, "a key"),
])]
fn a_store_has_a_value_for_each_of_its_members_but_the_secrets(
    #[case] store_type: StoreType,
    #[case] expected: &[(Member, &str)],
) {
    let store = store(store_type);
    let expected: BTreeMap<&str, &str> = expected.iter().map(|(m, v)| (m.name(), *v)).collect();
    let found = Member::ALL.iter().filter_map(|m| Some((m.name(), store.value(*m)?))).collect::<BTreeMap<_, _>>();
    assert_eq!(found, expected);
}

/// A store without a proxy may show an empty configuration or none, so no field of a configuration is expected.
#[rstest]
#[case(StoreType::CloudHsm, &[DescribeField::Proxy], &[
    DescribeField::Error,
    DescribeField::Connectivity,
    DescribeField::AccessKeyId,
    DescribeField::Endpoint,
    DescribeField::Path,
    DescribeField::Service,
    DescribeField::Owner,
])]
#[case(StoreType::Xks, &[], &[DescribeField::Error, DescribeField::Cluster, DescribeField::TrustAnchor])]
fn what_describe_should_show(
    #[case] store_type: StoreType,
    #[case] open: &[DescribeField],
    #[case] none: &[DescribeField],
) {
    let store = store(store_type);
    for field in DescribeField::ALL {
        let said = match field.believed(&store) {
            None => "open",
            Some(None) => "none",
            Some(Some(_)) => "a value",
        };
        let expected = if open.contains(field) {
            "open"
        } else if none.contains(field) {
            "none"
        } else {
            "a value"
        };
        assert_eq!(said, expected, "{}", field.name());
    }
}

#[rstest]
#[case(Auth::Good, None)]
#[case(Auth::Unsigned, Some("unsigned"))]
#[case(Auth::NotAllowed, Some("not-allowed"))]
fn a_request_says_how_it_is_signed_unless_well(#[case] auth: Auth, #[case] expected: Option<&str>) {
    let request = Request { auth, ..Request::operation(UPDATE, b"{}".to_vec()) };
    let written = serde_json::to_value(&request).unwrap();
    assert_eq!(written.get("auth").and_then(|v| v.as_str()), expected);
    assert_eq!(serde_json::from_value::<Request>(written).unwrap(), request);
}

#[test]
fn states_stand_in_three_columns() {
    let columns = ConnectionState::ALL.iter().map(|s| (s.name(), GateColumn::of(*s))).collect::<BTreeMap<_, _>>();
    let expected = [
        ("CONNECTED", GateColumn::Connected),
        ("CONNECTING", GateColumn::Otherwise),
        ("DISCONNECTED", GateColumn::Disconnected),
        ("DISCONNECTING", GateColumn::Otherwise),
        ("FAILED", GateColumn::Otherwise),
    ];
    assert_eq!(columns, expected.into());
}

#[rstest]
#[case("T-01", "KeyStorePassword on an EXTERNAL_KEY_STORE store is refused")]
#[case("T-08", "XksProxyVpcEndpointServiceOwner on an AWS_CLOUDHSM store is refused")]
fn a_rule_names_the_type_that_its_member_is_not_for(#[case] id: &str, #[case] asks: &str) {
    assert_eq!(rules::find(id).unwrap().requirement, asks);
}

/// Two rules never have the same requirement.
#[test]
fn no_two_rules_ask_the_same() {
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    for rule in rules::all() {
        assert_eq!(ids.insert(&rule.requirement, rule.id.0), None, "{}: {}", rule.id, rule.requirement);
    }
}
