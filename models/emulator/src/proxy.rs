//! The external key store proxies of the environment, and how their answers are read (X).
//!
//! A row's role determines what the proxy does when asked for its health, and
//! [`Roles`](crate::behaviour::roles::Roles) what that is worth.

use crate::core::Core;
use crate::environment::{Credential, Proxy, ProxyRole, host_of};
use crate::errors::{ApiError, Code};
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

/// The caller of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyCaller {
    Create,
    Update,
    Connect,
}

/// The meaning of a proxy's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyHealth {
    Healthy,
    Credential,
    Path,
    Invalid,
    Unreachable,
    TimedOut,
    NoTls,
}

impl Core {
    /// Asks the proxy of a store for its health.
    pub(crate) fn ask(&self, store: &External, asker: ProxyCaller) -> ProxyHealth {
        let roles = if asker == ProxyCaller::Update { &self.behaviour.roles } else { &self.plain.roles };
        let exact = !self.readings.proxy_hosts_exact
            || store.endpoint.strip_prefix("https://") == Some(&host_of(&store.endpoint));
        let Some(row) = self.environment.proxy(&store.endpoint, &store.path).filter(|_| exact) else {
            let unknown = self.environment.is_open() && exact;
            return if unknown { ProxyHealth::Healthy } else { roles.no_proxy };
        };
        let connecting = asker == ProxyCaller::Connect;
        let role = row.connect_role.filter(|_| connecting).unwrap_or(row.role);
        match role {
            // A proxy that cannot be talked to checks no signature.
            ProxyRole::NoTcp | ProxyRole::BadTls | ProxyRole::Slow => roles.proxy(role),
            _ if !knows(row, connecting, store) => roles.unauthenticated,
            _ => roles.proxy(role),
        }
    }

    /// Returns the error of Create and Update for a verdict, if it is a fault.
    pub(crate) fn proxy_fault(&self, verdict: ProxyHealth, connectivity: Connectivity) -> Option<ApiError> {
        let code = match verdict {
            ProxyHealth::Healthy => return None,
            ProxyHealth::Credential => Code::XksProxyIncorrectAuthenticationCredential,
            ProxyHealth::Path => Code::XksProxyInvalidConfiguration,
            ProxyHealth::Invalid => Code::XksProxyInvalidResponse,
            ProxyHealth::Unreachable | ProxyHealth::TimedOut => Code::XksProxyUriUnreachable,
            ProxyHealth::NoTls if connectivity == Connectivity::Vpc => self.readings.bad_tls_vpc,
            ProxyHealth::NoTls => self.readings.bad_tls,
        };
        Some(ApiError::new(code, "The external key store proxy did not answer the health check as required."))
    }

    /// Why connecting through the proxy would fail, as a ConnectionErrorCode.
    pub(crate) fn connect_proxy(&self, store: &External) -> Option<&'static str> {
        match self.ask(store, ProxyCaller::Connect) {
            ProxyHealth::Healthy => None,
            ProxyHealth::Credential => Some("XKS_PROXY_ACCESS_DENIED"),
            ProxyHealth::Path => Some("XKS_PROXY_INVALID_CONFIGURATION"),
            ProxyHealth::Invalid => Some("XKS_PROXY_INVALID_RESPONSE"),
            ProxyHealth::Unreachable => Some("XKS_PROXY_NOT_REACHABLE"),
            ProxyHealth::TimedOut => Some("XKS_PROXY_TIMED_OUT"),
            ProxyHealth::NoTls => Some("XKS_PROXY_INVALID_TLS_CONFIGURATION"),
        }
    }
}

/// Returns true if the proxy knows the store's credential.
fn knows(row: &Proxy, connecting: bool, store: &External) -> bool {
    let listed = row.connect_credentials.as_ref().filter(|_| connecting).or(row.credentials.as_ref());
    listed.is_none_or(|known| {
        known
            .iter()
            .any(|Credential { access_key_id, secret }| *access_key_id == store.key_id && *secret == store.secret)
    })
}
