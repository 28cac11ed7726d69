//! The external key store proxies of the world, and how their answers are read (X).
//!
//! A row's role says what the proxy does when asked for its health; [`exchange`] turns it into
//! what comes back over the network, [`Core::judge`] into a verdict, in the order TCP, TLS, time,
//! error name, status, body, health.

use crate::core::Core;
use crate::defects::Defect;
use crate::environment::{Credential, Proxy, ProxyRole, host_of};
use crate::errors::{ApiError, Code};
use crate::readings::Unspoken;
use crate::store::{Connectivity, External};

/// The roles whose answers the sources do not speak of.
pub(crate) const UNSPOKEN: [ProxyRole; 9] = [
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

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyCaller {
    Create,
    Update,
    Connect,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exchange {
    NoTcp,
    NoTls,
    Late,
    Error { status: u16, name: &'static str },
    NotJson,
    NoBody,
    Incomplete,
    Health(&'static [&'static str]),
    Unspoken(ProxyRole),
}

/// What it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Healthy,
    Credential,
    Path,
    Invalid,
    Unreachable,
    TimedOut,
    NoTls,
}

const AUTHENTICATION: Exchange = Exchange::Error { status: 401, name: "AuthenticationFailedException" };

fn exchange(role: ProxyRole) -> Exchange {
    use Exchange::Error;
    match role {
        ProxyRole::Healthy => Exchange::Health(&["ACTIVE", "ACTIVE"]),
        ProxyRole::Degraded => Exchange::Health(&["UNAVAILABLE", "DEGRADED", "ACTIVE"]),
        ProxyRole::Unavailable => Exchange::Health(&["UNAVAILABLE", "UNAVAILABLE"]),
        ProxyRole::WrongCredential => AUTHENTICATION,
        ProxyRole::InvalidPath => Error { status: 404, name: "InvalidUriPathException" },
        ProxyRole::Validation => Error { status: 400, name: "ValidationException" },
        ProxyRole::Internal => Error { status: 500, name: "InternalException" },
        ProxyRole::Throttling => Error { status: 429, name: "ThrottlingException" },
        ProxyRole::DependencyTimeout => Error { status: 503, name: "DependencyTimeoutException" },
        // The status alone would read as an internal fault.
        ProxyRole::Disagree => Error { status: 500, name: "AuthenticationFailedException" },
        ProxyRole::NotJson => Exchange::NotJson,
        ProxyRole::NoBody => Exchange::NoBody,
        ProxyRole::MissingMembers => Exchange::Incomplete,
        ProxyRole::NoTcp => Exchange::NoTcp,
        ProxyRole::BadTls => Exchange::NoTls,
        ProxyRole::Slow => Exchange::Late,
        other => Exchange::Unspoken(other),
    }
}

impl Core {
    /// Asks the proxy of a store for its health.
    pub(crate) fn ask(&self, store: &External, asker: ProxyCaller) -> Verdict {
        let exact = !self.readings.proxy_hosts_exact
            || store.endpoint.strip_prefix("https://") == Some(&host_of(&store.endpoint));
        let Some(row) = self.environment.proxy(&store.endpoint, &store.path).filter(|_| exact) else {
            let unknown = self.environment.is_open() && exact;
            return if unknown { Verdict::Healthy } else { Verdict::Unreachable };
        };
        let connecting = asker == ProxyCaller::Connect;
        let role = row.connect_role.filter(|_| connecting).unwrap_or(row.role);
        let exchange = match exchange(role) {
            // A proxy that cannot be talked to checks no signature.
            lost @ (Exchange::NoTcp | Exchange::NoTls | Exchange::Late) => lost,
            _ if !knows(row, connecting, store) => AUTHENTICATION,
            answer => answer,
        };
        self.judge(exchange, asker)
    }

    fn judge(&self, exchange: Exchange, asker: ProxyCaller) -> Verdict {
        let has = |defect| asker == ProxyCaller::Update && self.has(defect);
        match exchange {
            Exchange::NoTcp if has(Defect::NoTcpIsHealthy) => Verdict::Healthy,
            Exchange::NoTcp => Verdict::Unreachable,
            Exchange::NoTls if has(Defect::NoTlsIsHealthy) => Verdict::Healthy,
            Exchange::NoTls => Verdict::NoTls,
            Exchange::Late if has(Defect::LateAnswerIsHealthy) => Verdict::Healthy,
            Exchange::Late => Verdict::TimedOut,
            Exchange::Error { status, .. } if has(Defect::ProxyStatusDecides) => match status {
                401 => Verdict::Credential,
                404 => Verdict::Path,
                429 | 503 => Verdict::Unreachable,
                _ => Verdict::Invalid,
            },
            Exchange::Error { name, .. } => self.judge_name(name, asker),
            Exchange::NotJson if has(Defect::NotJsonIsHealthy) => Verdict::Healthy,
            Exchange::NoBody if has(Defect::NoBodyIsUnreachable) => Verdict::Unreachable,
            Exchange::Incomplete if has(Defect::IncompleteHealthAccepted) => Verdict::Healthy,
            Exchange::NotJson | Exchange::NoBody | Exchange::Incomplete => Verdict::Invalid,
            Exchange::Health(fleet) => {
                let usable = if has(Defect::OnlyActiveIsHealthy) {
                    fleet.iter().all(|health| *health == "ACTIVE")
                } else if has(Defect::UnavailableIsHealthy) {
                    true
                } else {
                    fleet.iter().any(|health| *health != "UNAVAILABLE")
                };
                if usable {
                    Verdict::Healthy
                } else if has(Defect::UnavailableIsInvalid) {
                    Verdict::Invalid
                } else {
                    Verdict::Unreachable
                }
            }
            Exchange::Unspoken(role) => match self.readings.unspoken.get(&role) {
                Some(Unspoken::Healthy) => Verdict::Healthy,
                Some(Unspoken::Unreachable) => Verdict::Unreachable,
                Some(Unspoken::Invalid) | None => Verdict::Invalid,
            },
        }
    }

    fn judge_name(&self, name: &str, asker: ProxyCaller) -> Verdict {
        let has = |defect| asker == ProxyCaller::Update && self.has(defect);
        match name {
            "AuthenticationFailedException" if has(Defect::AuthenticationFailureIsHealthy) => Verdict::Healthy,
            "AuthenticationFailedException" if has(Defect::AuthenticationFailureIsInvalid) => Verdict::Invalid,
            "AuthenticationFailedException" => Verdict::Credential,
            "InvalidUriPathException" if has(Defect::InvalidPathIsUnreachable) => Verdict::Unreachable,
            "InvalidUriPathException" => Verdict::Path,
            "ThrottlingException" if has(Defect::ProxyThrottlingIsHealthy) => Verdict::Healthy,
            "ThrottlingException" if has(Defect::ProxyThrottlingIsInvalid) => Verdict::Invalid,
            "DependencyTimeoutException" if has(Defect::DependencyTimeoutIsInvalid) => Verdict::Invalid,
            "ThrottlingException" | "DependencyTimeoutException" => Verdict::Unreachable,
            "ValidationException" if has(Defect::ProxyValidationIsConfiguration) => Verdict::Path,
            "InternalException" if has(Defect::ProxyInternalIsUnreachable) => Verdict::Unreachable,
            _ => Verdict::Invalid,
        }
    }

    /// What Create and Update answer for a verdict, if it is a fault.
    pub(crate) fn proxy_fault(&self, verdict: Verdict, connectivity: Connectivity) -> Option<ApiError> {
        let code = match verdict {
            Verdict::Healthy => return None,
            Verdict::Credential => Code::XksProxyIncorrectAuthenticationCredential,
            Verdict::Path => Code::XksProxyInvalidConfiguration,
            Verdict::Invalid => Code::XksProxyInvalidResponse,
            Verdict::Unreachable | Verdict::TimedOut => Code::XksProxyUriUnreachable,
            Verdict::NoTls if connectivity == Connectivity::Vpc => self.readings.bad_tls_vpc,
            Verdict::NoTls => self.readings.bad_tls,
        };
        Some(ApiError::new(code, "The external key store proxy did not answer the health check as required."))
    }

    /// Why connecting through the proxy would fail, as a ConnectionErrorCode.
    pub(crate) fn connect_proxy(&self, store: &External) -> Option<&'static str> {
        match self.ask(store, ProxyCaller::Connect) {
            Verdict::Healthy => None,
            Verdict::Credential => Some("XKS_PROXY_ACCESS_DENIED"),
            Verdict::Path => Some("XKS_PROXY_INVALID_CONFIGURATION"),
            Verdict::Invalid => Some("XKS_PROXY_INVALID_RESPONSE"),
            Verdict::Unreachable => Some("XKS_PROXY_NOT_REACHABLE"),
            Verdict::TimedOut => Some("XKS_PROXY_TIMED_OUT"),
            Verdict::NoTls => Some("XKS_PROXY_INVALID_TLS_CONFIGURATION"),
        }
    }
}

/// Whether the proxy knows the store's credential.
fn knows(row: &Proxy, connecting: bool, store: &External) -> bool {
    let listed = row.connect_credentials.as_ref().filter(|_| connecting).or(row.credentials.as_ref());
    listed.is_none_or(|known| {
        known
            .iter()
            .any(|Credential { access_key_id, secret }| *access_key_id == store.key_id && *secret == store.secret)
    })
}
