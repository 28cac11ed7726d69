//! The verdict on clusters, endpoint services and proxies of each role.

use crate::environment::{ClusterRole, ProxyRole, ServiceRole};
use crate::errors::Code;
use crate::proxy::ProxyHealth;
use crate::readings::{Readings, Unspoken};
use crate::revision::Revision;

/// The code with which each role is refused; `None` where it is as required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Roles {
    clusters: [Option<Code>; ClusterRole::ALL.len()],
    services: [Option<Code>; ServiceRole::ALL.len()],
    proxies: [ProxyHealth; ProxyRole::ALL.len()],
    /// A proxy that does not know the credential.
    pub(crate) unauthenticated: ProxyHealth,
    /// No proxy at the address.
    pub(crate) no_proxy: ProxyHealth,
}

impl Roles {
    pub(crate) fn conforming(revision: Revision, readings: &Readings) -> Roles {
        Roles {
            clusters: ClusterRole::ALL.map(|role| cluster(role, revision)),
            services: ServiceRole::ALL.map(|role| service(role, revision, readings)),
            proxies: ProxyRole::ALL.map(|role| proxy(role, readings)),
            unauthenticated: ProxyHealth::Credential,
            no_proxy: ProxyHealth::Unreachable,
        }
    }

    pub(crate) fn cluster(&self, role: ClusterRole) -> Option<Code> {
        self.clusters[role as usize]
    }

    pub(crate) fn service(&self, role: ServiceRole) -> Option<Code> {
        self.services[role as usize]
    }

    pub(crate) fn proxy(&self, role: ProxyRole) -> ProxyHealth {
        self.proxies[role as usize]
    }

    pub(crate) fn put_cluster(&mut self, role: ClusterRole, code: Option<Code>) {
        self.clusters[role as usize] = code;
    }

    pub(crate) fn put_service(&mut self, role: ServiceRole, code: Option<Code>) {
        self.services[role as usize] = code;
    }

    pub(crate) fn put_proxy(&mut self, role: ProxyRole, verdict: ProxyHealth) {
        self.proxies[role as usize] = verdict;
    }
}

fn cluster(role: ClusterRole, revision: Revision) -> Option<Code> {
    match role {
        ClusterRole::Absent | ClusterRole::OtherAccount => Some(Code::CloudHsmClusterNotFound),
        ClusterRole::Inactive => Some(Code::CloudHsmClusterNotActive),
        ClusterRole::TooFewHsms | ClusterRole::FewSubnets => Some(Code::CloudHsmClusterInvalidConfiguration),
        ClusterRole::WrongNetwork => {
            revision.checks_security_group().then_some(Code::CloudHsmClusterInvalidConfiguration)
        }
        // The store decides which cluster is related, so the role alone does not.
        ClusterRole::Primary | ClusterRole::Related | ClusterRole::Unrelated => None,
    }
}

fn service(role: ServiceRole, revision: Revision, readings: &Readings) -> Option<Code> {
    Some(match role {
        ServiceRole::Good => return None,
        ServiceRole::Absent | ServiceRole::OtherRegion => Code::XksProxyVpcEndpointServiceNotFound,
        ServiceRole::NotAllowed => readings.not_allowed,
        ServiceRole::AcceptanceRequired => readings.acceptance,
        ServiceRole::WrongLoadBalancer | ServiceRole::OneZone | ServiceRole::NoDnsName | ServiceRole::UnverifiedDns => {
            readings.misconfigured(revision)
        }
    })
}

fn proxy(role: ProxyRole, readings: &Readings) -> ProxyHealth {
    match role {
        ProxyRole::Healthy | ProxyRole::Degraded => ProxyHealth::Healthy,
        // The name of an error decides, not its status.
        ProxyRole::WrongCredential | ProxyRole::Disagree => ProxyHealth::Credential,
        ProxyRole::InvalidPath => ProxyHealth::Path,
        ProxyRole::Validation | ProxyRole::Internal => ProxyHealth::Invalid,
        ProxyRole::NotJson | ProxyRole::NoBody | ProxyRole::MissingMembers => ProxyHealth::Invalid,
        ProxyRole::Throttling | ProxyRole::DependencyTimeout | ProxyRole::Unavailable | ProxyRole::NoTcp => {
            ProxyHealth::Unreachable
        }
        ProxyRole::Slow => ProxyHealth::TimedOut,
        ProxyRole::BadTls => ProxyHealth::NoTls,
        unspoken => match readings.unspoken.get(&unspoken) {
            Some(Unspoken::Healthy) => ProxyHealth::Healthy,
            Some(Unspoken::Unreachable) => ProxyHealth::Unreachable,
            Some(Unspoken::Invalid) | None => ProxyHealth::Invalid,
        },
    }
}
