//! V: the VPC endpoint service in front of a proxy.

use crate::account::Connectivity;
use crate::code::Code;
use crate::environment::{EndpointService, ServiceRole, without_final_dot};
use crate::members::{Member, StoreType};
use crate::revision::Revision;
use crate::rule::{Assessment, Force, Layer, Permit, Rule, Violation};
use crate::situation::{Merged, Situation};

const NOT_FOUND: &[Code] = &[Code::XksProxyVpcEndpointServiceNotFoundException];
const CONFIGURATION: &[Code] = &[Code::XksProxyVpcEndpointServiceInvalidConfigurationException];
const EITHER: &[Code] =
    &[Code::XksProxyVpcEndpointServiceNotFoundException, Code::XksProxyVpcEndpointServiceInvalidConfigurationException];
const EITHER_OR_PROXY: &[Code] = &[
    Code::XksProxyVpcEndpointServiceNotFoundException,
    Code::XksProxyVpcEndpointServiceInvalidConfigurationException,
    Code::XksProxyInvalidConfigurationException,
];
const CONFIGURATION_OR_PROXY: &[Code] =
    &[Code::XksProxyVpcEndpointServiceInvalidConfigurationException, Code::XksProxyInvalidConfigurationException];
const UNKNOWN: &[Code] = &[
    Code::XksProxyVpcEndpointServiceNotFoundException,
    Code::XksProxyVpcEndpointServiceInvalidConfigurationException,
    Code::XksProxyInvalidConfigurationException,
    Code::XksProxyUriUnreachableException,
];
const SOURCE: &str =
    "API reference, UpdateCustomKeyStore, the XksProxyVpcEndpointService errors; developer guide, VPC connectivity";

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should};
    let rules = vec![
        Rule::new(
            "V-01",
            Must,
            "DOC",
            "A service that is unknown, in another Region or without the KMS principal \
            is refused with XksProxyVpcEndpointServiceNotFoundException",
        )
        .about(TOUCH)
        .request(|s| {
            let codes = match reached(s) {
                ReachedService::Nowhere => NOT_FOUND,
                ReachedService::Service(v) if v.condition() == ServiceRole::OtherRegion => NOT_FOUND,
                ReachedService::Service(v) if v.condition() == ServiceRole::NotAllowed => EITHER,
                // No member could name another owner yet.
                ReachedService::Service(v) if s.revision < Revision::ServiceOwner && is_foreign(s, v) => EITHER,
                ReachedService::Unknown => {
                    return Assessment::from(
                        Violation::open(Layer::Environment, UNKNOWN).on(Member::XksProxyVpcEndpointServiceName),
                    );
                }
                _ => return Assessment::NotApplicable,
            };
            Violation::must(Layer::Environment, codes).on(Member::XksProxyVpcEndpointServiceName).into()
        })
        .impact_and_fix(
            "a store is bound to a service that KMS cannot find",
            "look the service up before \
                storing it",
        ),
        Rule::new(
            "V-02",
            Must,
            "DOC",
            "A service with a wrong load balancer, one zone or a wrong private DNS name \
            is refused with XksProxyVpcEndpointServiceInvalidConfigurationException",
        )
        .about(TOUCH)
        .request(|s| {
            let ReachedService::Service(service) = reached(s) else { return None };
            let aspect = match service.condition() {
                ServiceRole::AcceptanceRequired => "acceptance required",
                ServiceRole::WrongLoadBalancer => "load balancer",
                ServiceRole::OneZone => "one zone",
                ServiceRole::NoDnsName => "no private DNS name",
                ServiceRole::UnverifiedDns => "DNS name not verified",
                _ => return None,
            };
            let broad =
                service.condition() == ServiceRole::AcceptanceRequired || s.revision < Revision::RegionalUniqueness;
            let codes = if broad { CONFIGURATION_OR_PROXY } else { CONFIGURATION };
            Some(Violation::must(Layer::Environment, codes).on(Member::XksProxyVpcEndpointServiceName).aspect(aspect))
        })
        .impact_and_fix(
            "a store is bound to a service that KMS cannot use",
            "check load balancer, zones and \
                private DNS name of the service",
        ),
        Rule::new("V-03", Should, "INFER", "An owner that does not own the service is refused")
            .about(TOUCH)
            .request(|s| {
                let ReachedService::Service(service) = reached(s) else { return None };
                let owner = match s.merged?.owner? {
                    Some(owner) => owner,
                    None => s.environment.account.as_deref()?,
                };
                (owner != service.owner)
                    .then(|| Violation::should(Layer::Environment, EITHER).on(Member::XksProxyVpcEndpointServiceOwner))
            })
            .since(Revision::ServiceOwner)
            .impact_and_fix("a store claims a service of somebody else", "compare the owner with the service's"),
        Rule::new(
            "V-04",
            Open,
            "DOC, ambiguous",
            "Name, path or credential alone on a VPC store whose service is \
            now faulty: success, or the service's error",
        )
        .request(|s| {
            let merged = s.merged.filter(|m| m.stays(Connectivity::VpcEndpointService))?;
            let faulty = s.environment.service(merged.service??)?.is_none_or(|v| v.condition() != ServiceRole::Good);
            (faulty && !touches(s) && !s.given().is_empty())
                .then(|| Violation::open(Layer::Environment, PRESENT_FAULTY))
        })
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new(
            "V-05",
            Must,
            "DOC",
            "The service's private DNS name is the merged endpoint's host, whether \
            service, endpoint or both are given",
        )
        .about(TOUCH)
        .request(|s| {
            let ReachedService::Service(service) = reached(s) else { return Assessment::NotApplicable };
            let Some(host) = s.merged.and_then(|m| m.endpoint).and_then(|e| e.strip_prefix("https://")) else {
                return Assessment::NotApplicable;
            };
            if matches!(service.condition(), ServiceRole::NoDnsName | ServiceRole::OtherRegion) {
                return Assessment::NotApplicable;
            }
            let both = s.gives(Member::XksProxyVpcEndpointServiceName) && s.gives(Member::XksProxyUriEndpoint);
            let given = if s.gives(Member::XksProxyVpcEndpointServiceName) {
                Member::XksProxyVpcEndpointServiceName
            } else {
                Member::XksProxyUriEndpoint
            };
            if service.dns_name != host {
                let codes = if s.revision < Revision::RegionalUniqueness { EITHER_OR_PROXY } else { EITHER };
                let aspect = if both { "both given" } else { "one given" };
                // One host to DNS (U-10): whether it is one here is open.
                if same_host(&service.dns_name, host) {
                    return Violation::open(Layer::Environment, codes).on(given).aspect(aspect).into();
                }
                return Violation::must(Layer::Environment, codes).on(given).aspect(aspect).into();
            }
            if service.condition() == ServiceRole::Good {
                return Permit::must(EITHER).on(given).into();
            }
            Assessment::NotApplicable
        })
        .special()
        .impact_and_fix(
            "KMS would ask a host that the service does not serve",
            "compare the private DNS name \
                with the host of the merged endpoint",
        ),
    ];
    let since = |r: &Rule| r.since.max(Revision::ExternalKeyStores);
    rules
        .into_iter()
        .map(|r| (since(&r), r))
        .map(|(since, r)| r.of(StoreType::Xks).source(SOURCE).since(since))
        .collect()
}

/// Returns true if another account than the caller's owns the service, as far as is known.
fn is_foreign(s: &Situation<'_>, service: &EndpointService) -> bool {
    s.environment.account.as_deref().is_some_and(|caller| caller != service.owner)
}

/// Returns true if two names differ at most in case and a final dot.
fn same_host(one: &str, other: &str) -> bool {
    without_final_dot(one).eq_ignore_ascii_case(without_final_dot(other))
}

const PRESENT_FAULTY: &[Code] = &[
    Code::XksProxyVpcEndpointServiceNotFoundException,
    Code::XksProxyVpcEndpointServiceInvalidConfigurationException,
    Code::XksProxyInvalidConfigurationException,
];

enum ReachedService<'a> {
    /// The request does not touch the service.
    Untouched,
    /// Nothing is known of services.
    Unknown,
    Nowhere,
    Service(&'a EndpointService),
}

/// The members on which the service's checks depend.
const TOUCH: &[Member] = &[
    Member::XksProxyVpcEndpointServiceName,
    Member::XksProxyVpcEndpointServiceOwner,
    Member::XksProxyUriEndpoint,
    Member::XksProxyConnectivity,
];

fn touches(s: &Situation<'_>) -> bool {
    TOUCH.iter().any(|m| s.gives(*m))
}

fn reached<'a>(s: &Situation<'a>) -> ReachedService<'a> {
    let vpc = |m: &Merged<'_>| m.becomes(Connectivity::VpcEndpointService);
    let Some(merged) = s.merged.filter(vpc) else { return ReachedService::Untouched };
    let Some(Some(service)) = merged.service else { return ReachedService::Untouched };
    match s.environment.service(service) {
        None => ReachedService::Unknown,
        Some(None) => ReachedService::Nowhere,
        Some(Some(service)) => ReachedService::Service(service),
    }
}
