//! The rows of an environment file, as TOML has them.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct EnvironmentFile {
    pub(super) revision: Option<String>,
    #[serde(default = "region")]
    pub(super) region: String,
    #[serde(default = "account")]
    pub(super) account: String,
    /// The suite's own keys; only the settle time is looked at, to bound the lag of a reading.
    #[serde(default)]
    pub(super) suite: toml::Table,
    #[serde(default)]
    pub(super) emulator: ServiceSettings,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) identities: Vec<Identity>,
    #[serde(default)]
    pub(super) clusters: Vec<Cluster>,
    #[serde(default)]
    pub(super) vpc_services: Vec<EndpointService>,
    #[serde(default)]
    pub(super) proxies: Vec<Proxy>,
}

fn region() -> String {
    "us-east-1".into()
}

fn account() -> String {
    "111122223333".into()
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServiceSettings {
    /// The time for which a store is CONNECTING, unless its row has another.
    pub(crate) connect_ms: u64,
    /// The time for which a store is DISCONNECTING, unless its row has another.
    pub(crate) disconnect_ms: u64,
    /// The time for which Describe shows the values before a change.
    pub(crate) lag_ms: u64,
    /// Every n-th update is answered with a passing KMSInternalException; 0 for none.
    pub(crate) internal_error_every: u32,
    /// True if requests must carry a valid signature of an identity of this file.
    pub(crate) check_signatures: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Stores an account may have.
    pub(crate) stores: usize,
    /// Requests a second for each operation; 0 for no limit.
    pub(crate) requests_per_second: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { stores: 10, requests_per_second: 0 }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Identity {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    #[serde(default = "yes")]
    pub(crate) allowed: bool,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Cluster {
    pub(crate) id: String,
    /// Clusters of one family share the certificate and are related.
    pub(crate) family: String,
    pub(crate) role: ClusterRole,
    /// Its role as soon as a store has been created; `role` when absent.
    pub(crate) after_create: Option<ClusterRole>,
    /// The trust anchor that Create accepts; any if absent.
    pub(crate) trust_anchor: Option<String>,
    /// The password of the crypto user; any is right when absent.
    pub(crate) password: Option<String>,
    pub(crate) connect_ms: Option<u64>,
    pub(crate) disconnect_ms: Option<u64>,
}

impl Cluster {
    /// The role at this stage.
    pub(crate) fn role(&self, phase: Phase) -> ClusterRole {
        self.after_create.filter(|_| phase == Phase::AfterCreate).unwrap_or(self.role)
    }
}

/// When a cluster or service is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A store is created.
    Create,
    /// A store is updated or connected.
    AfterCreate,
}

/// The condition of a cluster when Create or Update checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ClusterRole {
    Primary,
    Related,
    Unrelated,
    Inactive,
    TooFewHsms,
    FewSubnets,
    WrongNetwork,
    Absent,
    OtherAccount,
}

impl ClusterRole {
    /// All roles, in the order of their numbers.
    pub(crate) const ALL: [ClusterRole; 9] = [
        ClusterRole::Primary,
        ClusterRole::Related,
        ClusterRole::Unrelated,
        ClusterRole::Inactive,
        ClusterRole::TooFewHsms,
        ClusterRole::FewSubnets,
        ClusterRole::WrongNetwork,
        ClusterRole::Absent,
        ClusterRole::OtherAccount,
    ];
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct EndpointService {
    pub(crate) name: String,
    pub(crate) owner: String,
    #[serde(default)]
    pub(crate) dns_name: String,
    pub(crate) role: ServiceRole,
    /// Its role as soon as a store has been created; `role` when absent.
    pub(crate) after_create: Option<ServiceRole>,
}

impl EndpointService {
    /// The role at this stage.
    pub(crate) fn role(&self, phase: Phase) -> ServiceRole {
        self.after_create.filter(|_| phase == Phase::AfterCreate).unwrap_or(self.role)
    }
}

/// The condition of an endpoint service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceRole {
    Good,
    Absent,
    OtherRegion,
    NotAllowed,
    AcceptanceRequired,
    WrongLoadBalancer,
    OneZone,
    NoDnsName,
    UnverifiedDns,
}

impl ServiceRole {
    /// All roles, in the order of their numbers.
    pub(crate) const ALL: [ServiceRole; 9] = [
        ServiceRole::Good,
        ServiceRole::Absent,
        ServiceRole::OtherRegion,
        ServiceRole::NotAllowed,
        ServiceRole::AcceptanceRequired,
        ServiceRole::WrongLoadBalancer,
        ServiceRole::OneZone,
        ServiceRole::NoDnsName,
        ServiceRole::UnverifiedDns,
    ];
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Proxy {
    pub(crate) endpoint: String,
    #[serde(default = "any")]
    pub(crate) path: String,
    pub(crate) role: ProxyRole,
    /// The `errorMessage` of its errors; a text of the emulator's if absent.
    pub(crate) error_message: Option<String>,
    /// The credentials the proxy knows; any when absent.
    pub(crate) credentials: Option<Vec<Credential>>,
    /// The behaviour towards Connect; as `role` if absent.
    pub(crate) connect_role: Option<ProxyRole>,
    /// The credentials it knows when Connect asks; `credentials` when absent.
    pub(crate) connect_credentials: Option<Vec<Credential>>,
    pub(crate) connect_ms: Option<u64>,
    pub(crate) disconnect_ms: Option<u64>,
}

fn any() -> String {
    "*".into()
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Credential {
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
}

/// The answer of a proxy to a request for its health. `environment.toml` describes each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProxyRole {
    Healthy,
    Degraded,
    WrongCredential,
    InvalidPath,
    Validation,
    Internal,
    NotJson,
    NoBody,
    MissingMembers,
    Throttling,
    DependencyTimeout,
    NoTcp,
    BadTls,
    Slow,
    Unavailable,
    Disagree,
    FleetZero,
    NoManagers,
    TooManyManagers,
    UnknownHealth,
    UnknownError,
    InvalidState,
    NotImplemented,
    BadGateway,
    Redirect,
}

impl ProxyRole {
    /// All roles, in the order of their numbers.
    pub(crate) const ALL: [ProxyRole; 25] = [
        ProxyRole::Healthy,
        ProxyRole::Degraded,
        ProxyRole::WrongCredential,
        ProxyRole::InvalidPath,
        ProxyRole::Validation,
        ProxyRole::Internal,
        ProxyRole::NotJson,
        ProxyRole::NoBody,
        ProxyRole::MissingMembers,
        ProxyRole::Throttling,
        ProxyRole::DependencyTimeout,
        ProxyRole::NoTcp,
        ProxyRole::BadTls,
        ProxyRole::Slow,
        ProxyRole::Unavailable,
        ProxyRole::Disagree,
        ProxyRole::FleetZero,
        ProxyRole::NoManagers,
        ProxyRole::TooManyManagers,
        ProxyRole::UnknownHealth,
        ProxyRole::UnknownError,
        ProxyRole::InvalidState,
        ProxyRole::NotImplemented,
        ProxyRole::BadGateway,
        ProxyRole::Redirect,
    ];
}
