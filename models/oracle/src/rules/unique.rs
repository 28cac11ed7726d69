//! U: names, addresses and services are unique within one account and Region.

use crate::account::{Connectivity, Freed, Xks};
use crate::code::Code;
use crate::environment::without_final_dot;
use crate::members::{Member, StoreType};
use crate::revision::Revision;
use crate::rule::{Assessment, Force, Layer, Permit, Rule, Violation};
use crate::situation::Situation;

const NAME: &[Code] = &[Code::CustomKeyStoreNameInUseException];
const URI: &[Code] = &[Code::XksProxyUriInUseException];
const URI_OR_ENDPOINT: &[Code] = &[Code::XksProxyUriInUseException, Code::XksProxyUriEndpointInUseException];
const ENDPOINT: &[Code] = &[Code::XksProxyUriEndpointInUseException];
const SERVICE: &[Code] = &[Code::XksProxyVpcEndpointServiceInUseException];
const ADDRESS: &[Code] = &[
    Code::XksProxyUriInUseException,
    Code::XksProxyUriEndpointInUseException,
    Code::XksProxyVpcEndpointServiceInUseException,
];
const UNREACHABLE: &[Code] = &[Code::XksProxyUriUnreachableException];
const ALIKE: &[Code] =
    &[Code::XksProxyUriInUseException, Code::XksProxyUriEndpointInUseException, Code::XksProxyUriUnreachableException];
const SOURCE_NAME: &str = "API reference, UpdateCustomKeyStore, NewCustomKeyStoreName";
const SOURCE_XKS: &str =
    "API reference, UpdateCustomKeyStore, XksProxyUriEndpoint, XksProxyUriPath and the in-use errors";

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should};
    let xks = Revision::ExternalKeyStores;
    vec![
        Rule::new(
            "U-01",
            Must,
            "DOC",
            "A name that another store has is refused with CustomKeyStoreNameInUseException",
        )
        .about(&[Member::NewCustomKeyStoreName])
        .request(|s| {
            let name = s.value(Member::NewCustomKeyStoreName)?;
            let taken = s.others().any(|o| o.name.known().is_some_and(|n| n == name));
            let violation = Violation::must(Layer::Uniqueness, NAME).on(Member::NewCustomKeyStoreName);
            if !taken {
                let open = s.store.is_none()
                    || s.others().any(|o| o.name.known().is_none_or(|n| n.trim().eq_ignore_ascii_case(name.trim())));
                return (!open).then(|| Assessment::from(Permit::must(NAME).on(Member::NewCustomKeyStoreName)));
            }
            Some(Assessment::from(if s.revision < Revision::NameInUse { violation.code_should() } else { violation }))
        })
        .source(SOURCE_NAME)
        .impact_and_fix(
            "two stores get one name, and a look-up by name finds the wrong one",
            "compare the new name with those of all other stores of either type",
        ),
        Rule::new("U-02", Should, "INFER", "A store may be given its own present name")
            .about(&[Member::NewCustomKeyStoreName])
            .request(|s| {
                s.restates(Member::NewCustomKeyStoreName)
                    .then(|| Permit::should(NAME).on(Member::NewCustomKeyStoreName))
            })
            .special()
            .source(SOURCE_NAME)
            .impact_and_fix(
                "code that sends all settings at once is refused",
                "leave the store itself out when you look for a conflict",
            ),
        Rule::new(
            "U-03",
            Open,
            "NONE",
            "Names that differ only in case or in blanks at the ends: different or the same",
        )
        .about(&[Member::NewCustomKeyStoreName])
        .request(|s| {
            let name = s.value(Member::NewCustomKeyStoreName)?;
            let alike = s
                .others()
                .filter_map(|o| o.name.known())
                .any(|n| n != name && n.trim().eq_ignore_ascii_case(name.trim()));
            alike.then(|| Violation::open(Layer::Uniqueness, NAME).on(Member::NewCustomKeyStoreName))
        })
        .source("no text decides")
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("U-04", Must, "DOC, INFER", "A name is free again once its store is renamed or deleted")
            .about(&[Member::NewCustomKeyStoreName])
            .request(|s| {
                let name = s.value(Member::NewCustomKeyStoreName)?;
                let freed = s.account.was_freed(&Freed::Name(name.to_owned()));
                (freed && s.account.stores().all(|o| o.name.known().is_some_and(|n| n != name)))
                    .then(|| Permit::must(NAME).on(Member::NewCustomKeyStoreName))
            })
            .special()
            .source(SOURCE_NAME)
            .impact_and_fix(
                "a name once used can never be used again",
                "let go of the old name when a store is renamed or deleted",
            ),
        Rule::new(
            "U-05",
            Must,
            "DOC",
            "An endpoint and path that another store has, both PUBLIC, are refused with XksProxyUriInUseException",
        )
        .about(MOVE)
        .of(StoreType::Xks)
        .request(|s| conflict(s, Conflict::Uri).map(|m| Violation::must(Layer::Uniqueness, URI).on(m)))
        .since(xks)
        .source(SOURCE_XKS)
        .impact_and_fix(
            "two stores share one key manager address",
            "compare the merged endpoint and path, not only the given ones",
        ),
        Rule::new("U-06", Must, "DOC", "PUBLIC stores may share an endpoint when their paths differ")
            .about(MOVE)
            .of(StoreType::Xks)
            .request(|s| {
                let (public, merged) = (Connectivity::PublicEndpoint, s.merged?);
                let shares = s.others().filter_map(|o| o.xks()).any(|o| {
                    o.connectivity == public
                        && Some(o.endpoint.as_str()) == merged.endpoint
                        && Some(o.path.as_str()) != merged.path
                });
                let permit = if s.revision >= Revision::RegionalUniqueness {
                    Permit::must(URI_OR_ENDPOINT)
                } else {
                    Permit::should(URI_OR_ENDPOINT)
                };
                (merged.becomes(public) && merged.path.is_some() && shares && conflict(s, Conflict::Endpoint).is_none())
                    .then(|| permit.on(Member::XksProxyUriEndpoint))
            })
            .special()
            .since(xks)
            .source(SOURCE_XKS)
            .impact_and_fix(
                "one proxy cannot serve two stores, as AWS allows",
                "compare endpoint and path together for PUBLIC stores",
            ),
        Rule::new(
            "U-07",
            Must,
            "DOC",
            "An endpoint that another store has, one of the two VPC, is refused with XksProxyUriEndpointInUseException",
        )
        .about(MOVE)
        .of(StoreType::Xks)
        .request(|s| {
            let member = conflict(s, Conflict::Endpoint)?;
            let same_path = s.others().filter_map(|o| o.xks()).any(|o| {
                s.merged.is_some_and(|m| m.endpoint == Some(o.endpoint.as_str()) && m.path == Some(o.path.as_str()))
            });
            Some(Violation::must(Layer::Uniqueness, if same_path { URI_OR_ENDPOINT } else { ENDPOINT }).on(member))
        })
        .since(xks)
        .source(SOURCE_XKS)
        .impact_and_fix(
            "two stores share an address that AWS keeps apart",
            "compare endpoints whenever either store uses a VPC endpoint service",
        ),
        Rule::new(
            "U-08",
            Must,
            "DOC",
            "A VPC endpoint service that another store uses is refused with XksProxyVpcEndpointServiceInUseException",
        )
        .about(&[Member::XksProxyVpcEndpointServiceName])
        .of(StoreType::Xks)
        .request(|s| {
            let service = s.value(Member::XksProxyVpcEndpointServiceName)?;
            let vpc = s.merged?.becomes(Connectivity::VpcEndpointService);
            let taken = s
                .others()
                .filter_map(|o| o.xks())
                .any(|o| o.service.known().is_some_and(|v| v.as_deref() == Some(service)));
            (vpc && taken)
                .then(|| Violation::must(Layer::Uniqueness, SERVICE).on(Member::XksProxyVpcEndpointServiceName))
        })
        .since(xks)
        .source("API reference, UpdateCustomKeyStore, XksProxyVpcEndpointServiceInUseException")
        .impact_and_fix(
            "two stores share one VPC endpoint service",
            "compare the service with those of all other stores",
        ),
        Rule::new("U-09", Should, "INFER", "Restating the store's own endpoint, path or service is not a conflict")
            .about(&[Member::XksProxyUriEndpoint, Member::XksProxyUriPath, Member::XksProxyVpcEndpointServiceName])
            .of(StoreType::Xks)
            .request(|s| {
                let own =
                    [Member::XksProxyUriEndpoint, Member::XksProxyUriPath, Member::XksProxyVpcEndpointServiceName];
                own.into_iter().find(|m| s.restates(*m)).map(|m| Permit::should(ADDRESS).on(m))
            })
            .special()
            .since(xks)
            .source(SOURCE_XKS)
            .impact_and_fix(
                "code that sends all settings at once is refused",
                "leave the store itself out when you look for a conflict",
            ),
        Rule::new("U-10", Open, "NONE", "Hosts that differ in case or in a final dot: different or the same")
            .about(&[
                Member::XksProxyUriEndpoint,
                Member::XksProxyUriPath,
                Member::XksProxyConnectivity,
                Member::XksProxyAuthenticationCredential,
            ])
            .of(StoreType::Xks)
            .request(|s| {
                let endpoint = s.merged?.endpoint?;
                let same = |a: &str, b: &str| without_final_dot(a).eq_ignore_ascii_case(without_final_dot(b));
                let alike =
                    s.others().filter_map(|o| o.xks()).any(|o| o.endpoint != endpoint && same(&o.endpoint, endpoint));
                // Another form of a proxy's host reaches that proxy, or nothing.
                let elsewhere = s.reaches_by_another_form();
                let open = |layer, codes| Violation::open(layer, codes).on(Member::XksProxyUriEndpoint);
                match (alike, elsewhere) {
                    (true, false) => Some(open(Layer::Uniqueness, URI_OR_ENDPOINT)),
                    (true, true) => Some(open(Layer::Uniqueness, ALIKE)),
                    (false, true) => Some(open(Layer::Proxy, UNREACHABLE)),
                    (false, false) => None,
                }
            })
            .since(xks)
            .source("no text decides")
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("U-11", Must, "INFER", "An address or service is free again once its store changed or was deleted")
            .about(&[
                Member::XksProxyUriEndpoint,
                Member::XksProxyUriPath,
                Member::XksProxyConnectivity,
                Member::XksProxyVpcEndpointServiceName,
            ])
            .of(StoreType::Xks)
            .request(freed)
            .special()
            .since(xks)
            .source(SOURCE_XKS)
            .impact_and_fix(
                "an address once used can never be used again",
                "let go of the old address when a store changes or is deleted",
            ),
    ]
}

enum Conflict {
    /// Endpoint with path, both PUBLIC.
    Uri,
    /// Endpoint, one of the two VPC.
    Endpoint,
}

/// The members of a store's address.
const MOVE: &[Member] = &[Member::XksProxyUriEndpoint, Member::XksProxyUriPath, Member::XksProxyConnectivity];

/// The member by which the request runs into another store's address.
fn conflict(s: &Situation<'_>, kind: Conflict) -> Option<Member> {
    let merged = s.merged?;
    let public = Connectivity::PublicEndpoint;
    let mine_public = merged.connectivity? == public;
    let clash = |o: &Xks| {
        let both = mine_public && o.connectivity == public;
        Some(o.endpoint.as_str()) == merged.endpoint
            && match kind {
                Conflict::Uri => both && Some(o.path.as_str()) == merged.path,
                Conflict::Endpoint => !both,
            }
    };
    s.others()
        .filter_map(|o| o.xks())
        .any(clash)
        .then(|| MOVE.iter().copied().find(|m| s.gives(*m)).unwrap_or(Member::XksProxyUriEndpoint))
}

fn freed(s: &Situation<'_>) -> Assessment {
    let Some(merged) = s.merged else { return Assessment::NotApplicable };
    if let Some(service) = s.value(Member::XksProxyVpcEndpointServiceName)
        && s.account.was_freed(&Freed::Service(service.to_owned()))
        && s.account
            .stores()
            .filter_map(|o| o.xks())
            .all(|o| o.service.known().is_some_and(|v| v.as_deref() != Some(service)))
    {
        return Permit::must(SERVICE).on(Member::XksProxyVpcEndpointServiceName).into();
    }
    let (Some(endpoint), Some(path)) = (merged.endpoint, merged.path) else { return Assessment::NotApplicable };
    let uri = s.account.was_freed(&Freed::Uri(endpoint.to_owned(), path.to_owned()));
    let host =
        merged.becomes(Connectivity::VpcEndpointService) && s.account.was_freed(&Freed::Endpoint(endpoint.to_owned()));
    let present = s.store.and_then(|st| st.xks()).is_some_and(|x| x.endpoint == endpoint && x.path == path);
    if !present && (uri || host) && conflict(s, Conflict::Uri).is_none() && conflict(s, Conflict::Endpoint).is_none() {
        Permit::must(URI_OR_ENDPOINT).on(Member::XksProxyUriEndpoint).into()
    } else {
        Assessment::NotApplicable
    }
}
