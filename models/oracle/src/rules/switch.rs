//! C: the connectivity switch of an external key store.

use crate::account::Connectivity::{PublicEndpoint, VpcEndpointService};
use crate::code::Code;
use crate::members::{Member, StoreType};
use crate::revision::Revision;
use crate::rule::{Force, JudgedOn, Layer, Permit, Rule, Violation};
use crate::situation::Situation;

const SOURCE: &str = "API reference, UpdateCustomKeyStore, XksProxyConnectivity";
const INCOMPLETE: &[Code] = &[
    Code::ValidationException,
    Code::XksProxyInvalidConfigurationException,
    Code::XksProxyVpcEndpointServiceInvalidConfigurationException,
    Code::XksProxyVpcEndpointServiceNotFoundException,
];
const ANY: &[Code] = &[
    Code::ValidationException,
    Code::XksProxyInvalidConfigurationException,
    Code::CustomKeyStoreInvalidStateException,
];

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should};
    let rules = vec![
        Rule::new(
            "C-01",
            Must,
            "DOC",
            "A switch to VPC_ENDPOINT_SERVICE without a new endpoint, or without a service name, is refused",
        )
        .request(|s| {
            let lacks_endpoint = !s.gives(Member::XksProxyUriEndpoint);
            let lacks_service = !s.gives(Member::XksProxyVpcEndpointServiceName);
            (to(s, VpcEndpointService) && (lacks_endpoint || lacks_service)).then(|| {
                let missing =
                    if lacks_endpoint { Member::XksProxyUriEndpoint } else { Member::XksProxyVpcEndpointServiceName };
                Violation::must(Layer::Type, INCOMPLETE).code_open().on(missing).aspect("missing")
            })
        })
        .impact_and_fix(
            "a store is left with an address that KMS cannot reach",
            "require XksProxyUriEndpoint and XksProxyVpcEndpointServiceName with the switch",
        ),
        Rule::new("C-02", Must, "DOC", "A switch to PUBLIC_ENDPOINT without a new endpoint is refused")
            .request(|s| {
                (to(s, PublicEndpoint) && !s.gives(Member::XksProxyUriEndpoint)).then(|| {
                    Violation::must(Layer::Type, INCOMPLETE)
                        .code_open()
                        .on(Member::XksProxyUriEndpoint)
                        .aspect("missing")
                })
            })
            .impact_and_fix(
                "a store is left with an address that KMS cannot reach",
                "require XksProxyUriEndpoint with the switch",
            ),
        Rule::new(
            "C-03",
            Must,
            "DOC",
            "A switch to PUBLIC_ENDPOINT with a new endpoint succeeds and takes the service name and owner away",
        )
        .request(|s| {
            let service =
                s.gives(Member::XksProxyVpcEndpointServiceName) || s.gives(Member::XksProxyVpcEndpointServiceOwner);
            (to(s, PublicEndpoint) && new_endpoint(s) && !service)
                .then(|| Permit::must(&[Code::ValidationException]).on(Member::XksProxyConnectivity))
        })
        .special()
        .impact_and_fix(
            "a store cannot leave its VPC, or seems to use a service that it does not",
            "drop service name and owner when the connectivity becomes PUBLIC_ENDPOINT",
        ),
        Rule::new("C-04", Should, "INFER", "A switch to PUBLIC_ENDPOINT with a service name given is refused")
            .request(|s| {
                (to(s, PublicEndpoint) && s.gives(Member::XksProxyVpcEndpointServiceName) && !s.empties_service()).then(
                    || {
                        Violation { refuse: Should, ..Violation::must(Layer::Type, INCOMPLETE).code_open() }
                            .on(Member::XksProxyVpcEndpointServiceName)
                    },
                )
            })
            .impact_and_fix("a contradictory request is taken", "refuse a service name together with PUBLIC_ENDPOINT"),
        Rule::new(
            "C-05",
            Should,
            "INFER; NONE",
            "XksProxyConnectivity at its present value, with its companions, succeeds; alone it is open",
        )
        .request(|s| {
            let merged = s.merged?;
            let restated = merged.connectivity == Some(merged.was);
            let service = s.gives(Member::XksProxyVpcEndpointServiceName);
            let complete = s.gives(Member::XksProxyUriEndpoint) && (service || merged.becomes(PublicEndpoint));
            restated.then(|| {
                if complete {
                    Permit::should(&[Code::ValidationException]).on(Member::XksProxyConnectivity).into()
                } else {
                    crate::rule::Assessment::from(
                        Violation::open(Layer::Type, ANY).code_open().on(Member::XksProxyConnectivity),
                    )
                }
            })
        })
        .special()
        .impact_and_fix(
            "code that sends all settings at once is refused",
            "treat a restated connectivity as no switch",
        ),
        Rule::new("C-06", Must, "DOC", "An owner left out keeps the present owner")
            .judged(JudgedOn::Effect)
            .impact_and_fix(
                "a store loses the owner of its VPC endpoint service",
                "change only the members that are given",
            )
            .since(Revision::ServiceOwner),
        Rule::new(
            "C-07",
            Open,
            "DOC, ambiguous",
            "A switch with the endpoint restated at its present value: success or refused",
        )
        .request(|s| {
            let restated = s.merged.is_some_and(|m| m.switches()) && s.restates(Member::XksProxyUriEndpoint);
            restated.then(|| Violation::open(Layer::Type, ANY).code_open().on(Member::XksProxyUriEndpoint))
        })
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("C-08", Open, "INFER", "A switch to VPC without owner: Describe shows the caller's account, or none")
            .judged(JudgedOn::Effect)
            .since(Revision::ServiceOwner)
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("T-15", Open, "NONE", "An owner given with a switch to PUBLIC_ENDPOINT: success or refused")
            .request(|s| {
                (to(s, PublicEndpoint) && s.gives(Member::XksProxyVpcEndpointServiceOwner))
                    .then(|| Violation::open(Layer::Type, ANY).code_open().on(Member::XksProxyVpcEndpointServiceOwner))
            })
            .since(Revision::ServiceOwner)
            .impact_and_fix("services differ", "nothing to fix"),
    ];
    rules
        .into_iter()
        .map(|r| {
            let since = r.since.max(Revision::ExternalKeyStores);
            r.about(&[Member::XksProxyConnectivity]).of(StoreType::Xks).source(SOURCE).since(since)
        })
        .collect()
}

fn to(s: &Situation<'_>, connectivity: crate::account::Connectivity) -> bool {
    s.merged.is_some_and(|m| m.switches() && m.becomes(connectivity))
}

fn new_endpoint(s: &Situation<'_>) -> bool {
    s.gives(Member::XksProxyUriEndpoint) && !s.restates(Member::XksProxyUriEndpoint)
}
