//! T: members and the store's type.

use crate::account::{ConnectionState, Connectivity};
use crate::code::Code;
use crate::feature::Feature;
use crate::members::{Member, StoreType};
use crate::revision::Revision;
use crate::rule::{Force, JudgedOn, Layer, Rule, Violation};
use crate::situation::Situation;

const SOURCE: &str = "API reference, UpdateCustomKeyStore, Request Parameters (\"valid only for\")";
const VALIDATION: &[Code] = &[Code::ValidationException];
/// T-13: on a store that is not DISCONNECTED the state may be named as well.
const VALIDATION_OR_STATE: &[Code] = &[Code::ValidationException, Code::CustomKeyStoreInvalidStateException];

/// T-01 to T-06 are documented, T-07 and T-08 inferred.
const OF_THE_OTHER_TYPE: &[(&str, Member, Force)] = &[
    ("T-01", Member::KeyStorePassword, Force::Must),
    ("T-02", Member::CloudHsmClusterId, Force::Must),
    ("T-03", Member::XksProxyUriEndpoint, Force::Must),
    ("T-04", Member::XksProxyUriPath, Force::Must),
    ("T-05", Member::XksProxyVpcEndpointServiceName, Force::Must),
    ("T-06", Member::XksProxyAuthenticationCredential, Force::Must),
    ("T-07", Member::XksProxyConnectivity, Force::Should),
    ("T-08", Member::XksProxyVpcEndpointServiceOwner, Force::Should),
];

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should};
    let mut rules: Vec<Rule> = OF_THE_OTHER_TYPE
        .iter()
        .map(|&(id, member, force)| {
            let other = if member.store_type() == Some(StoreType::Xks) { StoreType::CloudHsm } else { StoreType::Xks };
            let basis = if force == Must { "DOC" } else { "INFER" };
            Rule::new(id, force, basis, format!("{member} on an {other} store is refused"))
                .about(&[member])
                .of(Feature::OtherTypeMember)
                .request(move |s| foreign(s, member, force))
                .since(member.since().max(Revision::ExternalKeyStores))
                .source(SOURCE)
                .impact_and_fix(
                    format!("code that sends {member} to the wrong kind of store passes here and is refused by AWS"),
                    format!(
                        "look at the store's type and answer ValidationException when {member} comes for an \
                        {other} store"
                    ),
                )
        })
        .collect();
    rules.extend([
        Rule::new(
            "T-09",
            Should,
            "INFER",
            "XksProxyVpcEndpointServiceName on a store that is and stays PUBLIC_ENDPOINT is refused",
        )
        .about(&[Member::XksProxyVpcEndpointServiceName])
        .of(StoreType::Xks)
        .request(|s| {
            // An empty name is S-16's concern.
            (stays_public(s) && !s.empties_service())
                .then(|| Violation { refuse: Should, ..refusal(s) }.on(Member::XksProxyVpcEndpointServiceName))
        })
        .since(Revision::ExternalKeyStores)
        .source(SOURCE)
        .impact_and_fix(
            "a service name is taken for a store that cannot use it",
            "refuse the member unless the store has or gets VPC connectivity",
        ),
        Rule::new(
            "T-10",
            Open,
            "NONE",
            "XksProxyVpcEndpointServiceOwner on a store that is and stays PUBLIC_ENDPOINT: success or refused",
        )
        .about(&[Member::XksProxyVpcEndpointServiceOwner])
        .of(StoreType::Xks)
        .request(|s| {
            stays_public(s).then(|| {
                Violation::open(Layer::Type, VALIDATION_OR_STATE)
                    .code_open()
                    .on(Member::XksProxyVpcEndpointServiceOwner)
            })
        })
        .since(Revision::ServiceOwner)
        .source("no text decides")
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("T-11", Open, "NONE", "An update with the id alone: success without effect, or ValidationException")
            .of(Feature::IdOnly)
            .request(|s| {
                let settled = s.state() == Some(ConnectionState::Disconnected);
                Violation::open(Layer::Type, if settled { VALIDATION } else { VALIDATION_OR_STATE })
            })
            .source("no text decides")
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("T-12", Must, "DOC", "The store's type never changes")
            .judged(JudgedOn::Effect)
            .since(Revision::ExternalKeyStores)
            .source("API reference, CreateCustomKeyStore, CustomKeyStoreType")
            .impact_and_fix("a store turns into one of another kind", "keep the type that Create gave"),
        Rule::new(
            "T-13",
            Must,
            "INFER",
            "A member of the other type on a store that is not DISCONNECTED is refused, by type or by state",
        )
        .of(Feature::NotDisconnected)
        .of(Feature::OtherTypeMember)
        .request(|s| s.foreign().iter().find(|m| documented(*m)).map(|member| refusal(s).on(member)))
        .broad()
        .since(Revision::ExternalKeyStores)
        .source(SOURCE)
        .restates(documented_rules())
        .impact_and_fix("a member that means nothing for the store is taken", "check the type in every state"),
        Rule::new("T-14", Must, "INFER", "One member of the other type refuses the whole request")
            .of(Feature::OtherTypeMember)
            .request(|s| {
                let foreign = s.foreign();
                let member = foreign.iter().find(|m| documented(*m))?;
                let own = s.given().iter().any(|m| !foreign.has(m));
                own.then(|| refusal(s).on(member))
            })
            .special()
            .since(Revision::ExternalKeyStores)
            .source(SOURCE)
            .restates(documented_rules())
            .impact_and_fix("part of a mistaken request takes effect", "check every member before changing anything"),
    ]);
    rules
}

fn refusal(s: &Situation<'_>) -> Violation {
    let settled = s.state() == Some(ConnectionState::Disconnected);
    Violation::must(Layer::Type, if settled { VALIDATION } else { VALIDATION_OR_STATE }).code_should()
}

/// The rules about members that a text reserves for the other type.
fn documented_rules() -> impl Iterator<Item = &'static str> {
    OF_THE_OTHER_TYPE.iter().filter(|(.., force)| *force == Force::Must).map(|(id, ..)| *id)
}

fn documented(member: Member) -> bool {
    OF_THE_OTHER_TYPE.iter().any(|(_, m, force)| *m == member && *force == Force::Must)
}

fn foreign(s: &Situation<'_>, member: Member, force: Force) -> Option<Violation> {
    s.foreign().has(member).then(|| Violation { refuse: force, ..refusal(s) }.on(member))
}

fn stays_public(s: &Situation<'_>) -> bool {
    s.merged.is_some_and(|m| m.stays(Connectivity::PublicEndpoint))
}
