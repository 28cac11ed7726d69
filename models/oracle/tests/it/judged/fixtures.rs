//! An account with stores of every kind, and the world outside it.

use ucks_oracle::account::{Backing, Believed, CloudHsm, ConnectionState, Connectivity, Store, Xks};
use ucks_oracle::answer::Outcome;
use ucks_oracle::companions::Companion;
use ucks_oracle::environment::{
    Cluster, ClusterRole, EndpointService, Environment, Proxy, ProxyCredential, ProxyRole, ServiceRole,
};
use ucks_oracle::model::{Belief, Model};
use ucks_oracle::revision::Revision;

/// The store that requests are about.
pub(crate) const OWN: &str = "cks-0000000000000own";
/// The caller's account.
pub(crate) const ACCOUNT: &str = "111122223333";
/// The secret that the one fussy proxy takes.
pub(crate) const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// Another one.
pub(crate) const OTHER_SECRET: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=";

/// The resource behind a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    Hsm,
    Public,
    Vpc,
}

pub(crate) const CLUSTERS: &[(&str, ClusterRole, &str)] = &[
    ("cluster-primaryaaaa", ClusterRole::Primary, "one"),
    ("cluster-relatedaaaa", ClusterRole::Related, "one"),
    ("cluster-unrelatedaa", ClusterRole::Unrelated, "two"),
    ("cluster-inactiveaaa", ClusterRole::Inactive, "one"),
    ("cluster-inactivetwo", ClusterRole::Inactive, "two"),
    ("cluster-toofewhsmsa", ClusterRole::TooFewHsms, "one"),
    ("cluster-fewsubnetsa", ClusterRole::FewSubnets, "one"),
    ("cluster-wrongnetwor", ClusterRole::WrongNetwork, "one"),
    ("cluster-absentaaaaa", ClusterRole::Absent, "one"),
    ("cluster-elsewhereaa", ClusterRole::OtherAccount, "one"),
];

pub(crate) const SERVICES: &[(&str, ServiceRole)] = &[
    ("good", ServiceRole::Good),
    ("free", ServiceRole::Good),
    ("absent", ServiceRole::Absent),
    ("region", ServiceRole::OtherRegion),
    ("denied", ServiceRole::NotAllowed),
    ("accept", ServiceRole::AcceptanceRequired),
    ("balancer", ServiceRole::WrongLoadBalancer),
    ("onezone", ServiceRole::OneZone),
    ("nodns", ServiceRole::NoDnsName),
    ("unverified", ServiceRole::UnverifiedDns),
];

pub(crate) const PROXIES: &[(&str, ProxyRole)] = &[
    ("healthy", ProxyRole::Healthy),
    ("degraded", ProxyRole::Degraded),
    ("credential", ProxyRole::WrongCredential),
    ("path", ProxyRole::InvalidPath),
    ("validation", ProxyRole::Validation),
    ("internal", ProxyRole::Internal),
    ("notjson", ProxyRole::NotJson),
    ("nobody", ProxyRole::NoBody),
    ("missing", ProxyRole::MissingMembers),
    ("throttling", ProxyRole::Throttling),
    ("timeout", ProxyRole::DependencyTimeout),
    ("notcp", ProxyRole::NoTcp),
    ("badtls", ProxyRole::BadTls),
    ("slow", ProxyRole::Slow),
    ("unavailable", ProxyRole::Unavailable),
    ("disagree", ProxyRole::Disagree),
    ("odd", ProxyRole::Odd),
];

/// A service's whole name.
pub(crate) fn service(word: &str) -> String {
    format!("com.amazonaws.vpce.us-east-1.vpce-svc-0{word}")
}

/// An endpoint behind which a proxy of that kind answers.
pub(crate) fn endpoint(host: &str, role: &str) -> String {
    format!("https://{host}.{role}.example")
}

/// The world outside, whole.
pub(crate) fn environment() -> Environment {
    let cluster = |&(id, role, family): &(&str, ClusterRole, &str)| Cluster {
        id: id.into(),
        family: family.into(),
        role,
        after_create: None,
        trust_anchor: None,
        password: (id == "cluster-primaryaaaa").then(|| "kmsuserPswd".into()),
        connect_ms: None,
    };
    let services = SERVICES.iter().map(|&(word, role)| EndpointService {
        name: service(word),
        owner: ACCOUNT.into(),
        dns_name: if role == ServiceRole::NoDnsName { String::new() } else { format!("{word}.vpc.example") },
        role,
        after_create: None,
    });
    let proxy = |endpoint: String, role, credentials| Proxy {
        endpoint,
        path: "*".into(),
        role,
        credentials,
        error_message: None,
        connect_role: None,
        connect_credentials: None,
        connect_ms: None,
    };
    let takes = ProxyCredential { access_key_id: "AAAAAAAAAAAAAAAAAAAA".into(), secret: SECRET.into() };
    let mut proxies: Vec<Proxy> =
        PROXIES.iter().map(|(word, role)| proxy(format!("https://*.{word}.example"), *role, None)).collect();
    proxies.push(proxy("https://*.vpc.example".into(), ProxyRole::Healthy, None));
    proxies.push(proxy("https://fussy.healthy.example".into(), ProxyRole::Healthy, Some(vec![takes])));
    proxies.push(Proxy {
        path: "/bad/kms/xks/v1".into(),
        ..proxy("https://*.healthy.example".into(), ProxyRole::InvalidPath, None)
    });
    Environment {
        account: Some(ACCOUNT.into()),
        clusters: Some(CLUSTERS.iter().map(cluster).collect()),
        services: Some(services.collect()),
        proxies: Some(proxies.into()),
    }
}

/// A model of a revision with that environment.
pub(crate) fn model(revision: Revision, environment: Environment) -> Model {
    Model { environment: environment.into(), ..Model::new(revision) }
}

/// A store as it was created, then in that state.
pub(crate) fn store(id: &str, name: &str, kind: StoreKind, host: &str, state: ConnectionState) -> Store {
    let backing = match kind {
        StoreKind::Hsm => Backing::CloudHsm(CloudHsm {
            cluster: "cluster-primaryaaaa".into(),
            created_with: "cluster-primaryaaaa".into(),
            trust_anchor: Believed::Is("anchor".into()),
            password: Some("kmsuserPswd".into()),
        }),
        _ => Backing::Xks(Xks {
            connectivity: if kind == StoreKind::Vpc {
                Connectivity::VpcEndpointService
            } else {
                Connectivity::PublicEndpoint
            },
            endpoint: if kind == StoreKind::Vpc {
                format!("https://{host}.vpc.example")
            } else {
                endpoint(host, "healthy")
            },
            path: format!("/{host}/kms/xks/v1"),
            access_key_id: "AAAAAAAAAAAAAAAAAAAA".into(),
            secret: Some(SECRET.into()),
            service: Believed::Is((kind == StoreKind::Vpc).then(|| service(host))),
            owner: Believed::Is((kind == StoreKind::Vpc).then(|| ACCOUNT.into())),
        }),
    };
    Store {
        id: id.into(),
        name: Believed::Is(name.into()),
        state,
        error: Believed::Is((state == ConnectionState::Failed).then(|| "INTERNAL_ERROR".into())),
        created: Believed::Is(Some("1".into())),
        backing,
        recredentialed: false,
        in_flight: None,
    }
}

/// An account with [`OWN`], with one other store of each kind, and with what a deleted one left free.
pub(crate) fn belief(model: &Model, kind: StoreKind, state: ConnectionState) -> Belief {
    let mut belief = Belief::default();
    let host = if kind == StoreKind::Vpc { "good" } else { "own" };
    let mut put = |made: Store| {
        let id = made.id.clone();
        let found = model.companion(&mut belief, &Companion::Create(Box::new(made)), &Outcome::Success, Some(&id));
        assert_eq!(found, None);
    };
    put(store("cks-00000000000gone", "gone", StoreKind::Public, "gone", ConnectionState::Disconnected));
    put(store("cks-000000000000hsm", "other hsm", StoreKind::Hsm, "hsm", ConnectionState::Disconnected));
    put(store("cks-000000000public", "other public", StoreKind::Public, "public", ConnectionState::Connected));
    put(store("cks-000000000000vpc", "other vpc", StoreKind::Vpc, "balancer", ConnectionState::Disconnected));
    put(store(OWN, "own name", kind, host, state));
    let deleted = Companion::Delete("cks-00000000000gone");
    assert_eq!(model.companion(&mut belief, &deleted, &Outcome::Success, None), None);
    belief
}
