//! The verdict on clusters, endpoint services and proxies of each role.

use crate::environment::{ClusterRole, ProxyRole, ServiceRole};
use crate::errors::Code;
use crate::proxy::Verdict;
use crate::readings::{Readings, Unspoken};
use crate::revision::Revision;

/// The code with which each role is refused; `None` where it is as required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Roles {
    clusters: [Option<Code>; ClusterRole::ALL.len()],
    services: [Option<Code>; ServiceRole::ALL.len()],
    proxies: [Verdict; ProxyRole::ALL.len()],
    /// A proxy that does not know the credential.
    pub(crate) unauthenticated: Verdict,
    /// No proxy at the address.
    pub(crate) no_proxy: Verdict,
}

impl Roles {
    pub(crate) fn conforming(revision: Revision, readings: &Readings) -> Roles {
        Roles {
            clusters: ClusterRole::ALL.map(|role| cluster(role, revision)),
            services: ServiceRole::ALL.map(|role| service(role, revision, readings)),
            proxies: ProxyRole::ALL.map(|role| proxy(role, readings)),
            unauthenticated: Verdict::Credential,
            no_proxy: Verdict::Unreachable,
        }
    }

    pub(crate) fn cluster(&self, role: ClusterRole) -> Option<Code> {
        self.clusters[role as usize]
    }

    pub(crate) fn service(&self, role: ServiceRole) -> Option<Code> {
        self.services[role as usize]
    }

    pub(crate) fn proxy(&self, role: ProxyRole) -> Verdict {
        self.proxies[role as usize]
    }

    pub(crate) fn put_cluster(&mut self, role: ClusterRole, code: Option<Code>) {
        self.clusters[role as usize] = code;
    }

    pub(crate) fn put_service(&mut self, role: ServiceRole, code: Option<Code>) {
        self.services[role as usize] = code;
    }

    pub(crate) fn put_proxy(&mut self, role: ProxyRole, verdict: Verdict) {
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

fn proxy(role: ProxyRole, readings: &Readings) -> Verdict {
    match role {
        ProxyRole::Healthy | ProxyRole::Degraded => Verdict::Healthy,
        // The name of an error decides, not its status.
        ProxyRole::WrongCredential | ProxyRole::Disagree => Verdict::Credential,
        ProxyRole::InvalidPath => Verdict::Path,
        ProxyRole::Validation | ProxyRole::Internal => Verdict::Invalid,
        ProxyRole::NotJson | ProxyRole::NoBody | ProxyRole::MissingMembers => Verdict::Invalid,
        ProxyRole::Throttling | ProxyRole::DependencyTimeout | ProxyRole::Unavailable | ProxyRole::NoTcp => {
            Verdict::Unreachable
        }
        ProxyRole::Slow => Verdict::TimedOut,
        ProxyRole::BadTls => Verdict::NoTls,
        unspoken => match readings.unspoken.get(&unspoken) {
            Some(Unspoken::Healthy) => Verdict::Healthy,
            Some(Unspoken::Unreachable) => Verdict::Unreachable,
            Some(Unspoken::Invalid) | None => Verdict::Invalid,
        },
    }
}
