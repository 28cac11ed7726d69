//! X: the external key store proxy, which is asked with the merged values before anything is stored.

use crate::account::{ConnectionState, Connectivity};
use crate::code::Code;
use crate::environment::{ProxyRole, ServiceRole};
use crate::feature::Feature;
use crate::members::{Member, StoreType};
use crate::revision::Revision;
use crate::rule::{Force, JudgedOn, Layer, Permit, Rule, RuleId, Violation};
use crate::situation::{ProxyQuery, Situation};

const CREDENTIAL: &[Code] = &[Code::XksProxyIncorrectAuthenticationCredentialException];
const CONFIGURATION: &[Code] = &[Code::XksProxyInvalidConfigurationException];
const RESPONSE: &[Code] = &[Code::XksProxyInvalidResponseException];
const UNREACHABLE: &[Code] = &[Code::XksProxyUriUnreachableException];
const NO_TLS: &[Code] = &[Code::XksProxyUriUnreachableException, Code::XksProxyInvalidConfigurationException];
/// X-09 for a store that uses a VPC endpoint service.
const NO_TLS_VPC: &[Code] = &[
    Code::XksProxyUriUnreachableException,
    Code::XksProxyInvalidConfigurationException,
    Code::XksProxyVpcEndpointServiceInvalidConfigurationException,
];
const ALL: &[Code] = &[
    Code::XksProxyIncorrectAuthenticationCredentialException,
    Code::XksProxyInvalidConfigurationException,
    Code::XksProxyInvalidResponseException,
    Code::XksProxyUriUnreachableException,
    Code::XksProxyVpcEndpointServiceInvalidConfigurationException,
];
const SOURCE: &str =
    "API reference, UpdateCustomKeyStore, the XksProxy errors; XKS proxy API specification, GetHealthStatus";
const LIVE: &str = "needs a live proxy whose requests the suite can read; fixtures are a table so far";

/// what the proxy does, and how Update answers.
const TABLE: &[(&str, ProxyRole, &[Code], &str, &str)] = &[
    (
        "X-01",
        ProxyRole::WrongCredential,
        CREDENTIAL,
        "refuses the signature",
        "XksProxyIncorrectAuthenticationCredentialException",
    ),
    (
        "X-02",
        ProxyRole::InvalidPath,
        CONFIGURATION,
        "answers 404 InvalidUriPathException",
        "XksProxyInvalidConfigurationException",
    ),
    ("X-03", ProxyRole::Validation, RESPONSE, "answers 400 ValidationException", "XksProxyInvalidResponseException"),
    ("X-04", ProxyRole::Internal, RESPONSE, "answers 500 InternalException", "XksProxyInvalidResponseException"),
    ("X-06", ProxyRole::Throttling, UNREACHABLE, "answers 429 ThrottlingException", "XksProxyUriUnreachableException"),
    (
        "X-07",
        ProxyRole::DependencyTimeout,
        UNREACHABLE,
        "answers 503 DependencyTimeoutException",
        "XksProxyUriUnreachableException",
    ),
    ("X-08", ProxyRole::NoTcp, UNREACHABLE, "accepts no TCP connection", "XksProxyUriUnreachableException"),
    (
        "X-09",
        ProxyRole::BadTls,
        NO_TLS,
        "offers no acceptable TLS",
        "XksProxyUriUnreachableException or XksProxyInvalidConfigurationException",
    ),
    ("X-10", ProxyRole::Slow, UNREACHABLE, "does not answer within a second", "XksProxyUriUnreachableException"),
    (
        "X-11",
        ProxyRole::Unavailable,
        UNREACHABLE,
        "reports every key manager UNAVAILABLE",
        "XksProxyUriUnreachableException",
    ),
];

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should};
    let mut rules: Vec<Rule> = TABLE
        .iter()
        .map(|&(id, role, codes, does, answer)| {
            Rule::new(id, Must, "DOC", format!("A proxy that {does} makes Update answer {answer}"))
                .about(TOUCH)
                .of(Feature::ProxyUnhealthy)
                .request(move |s| answers(s, &[role]).map(|_| graded(s, codes)))
                .impact_and_fix(
                    "a store is bound to a proxy that KMS cannot use, or the user gets the wrong reason",
                    format!("ask the proxy for its health before storing anything; when it {does}, answer {answer}"),
                )
        })
        .collect();
    rules.extend([
        Rule::new(
            "X-05",
            Must,
            "DOC; INFER",
            "A proxy whose answer is not JSON, is malformed or lacks members \
            makes Update answer XksProxyInvalidResponseException",
        )
        .about(TOUCH)
        .of(Feature::ProxyUnhealthy)
        .request(|s| {
            let proxy = answers(s, &[ProxyRole::NotJson, ProxyRole::NoBody, ProxyRole::MissingMembers])?;
            let violation = graded(s, RESPONSE);
            Some(match proxy.role {
                ProxyRole::MissingMembers if violation.refuse == Must => {
                    Violation { refuse: Should, code_force: Should, ..violation }.aspect("lacks members")
                }
                ProxyRole::MissingMembers => violation.aspect("lacks members"),
                ProxyRole::NoBody => violation.aspect("an HTTP error without a JSON body"),
                _ => violation.aspect("not JSON"),
            })
        })
        .impact_and_fix("a store is bound to a server that is not a proxy", "parse the proxy's answer strictly"),
        Rule::new("X-12", Must, "DOC", "A proxy with some key manager ACTIVE or DEGRADED makes Update succeed")
            .about(TOUCH)
            .request(|s| {
                let force = force(s);
                answers(s, &[ProxyRole::Healthy, ProxyRole::Degraded])
                    // It is open if a host in another form is the same one (U-10).
                    .filter(|p| force > Open && !(p.row.is_some() && s.reaches_by_another_form()))
                    .map(|p| {
                        let permit = if force == Must { Permit::must(ALL) } else { Permit::should(ALL) };
                        permit.aspect(if p.role == ProxyRole::Degraded { "degraded" } else { "" })
                    })
            })
            .impact_and_fix("a store cannot use a proxy that works", "one usable key manager is enough"),
        Rule::new(
            "X-13",
            Open,
            "NONE",
            "Odd answers of a proxy: fleet size 0, unknown errors, other 5xx, \
            redirects; and a proxy that the profile does not describe",
        )
        .about(TOUCH)
        .of(Feature::ProxyUnhealthy)
        .request(|s| {
            if s.environment.proxies.is_none() {
                return Some(Violation::open(Layer::Proxy, ALL).aspect("not described"));
            }
            answers(s, &[ProxyRole::Odd]).map(|_| Violation::open(Layer::Proxy, ALL).code_open())
        })
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("X-14", Must, "DOC", "The proxy is asked with the merged endpoint, path and credential")
            .about(TOUCH)
            .of(Feature::ProxyUnhealthy)
            .request(|s| {
                let merged = s.merged?;
                let given =
                    [Member::XksProxyUriEndpoint, Member::XksProxyUriPath, Member::XksProxyAuthenticationCredential]
                        .iter()
                        .filter(|m| s.gives(**m))
                        .count();
                let proxy = s.proxy().filter(|p| {
                    !matches!(
                        p.role,
                        ProxyRole::Healthy
                            | ProxyRole::Degraded
                            | ProxyRole::Odd
                            | ProxyRole::MissingMembers
                            | ProxyRole::Disagree
                    )
                })?;
                // Only where the present settings, or the given ones alone, would give another answer.
                let asked = (1..3).contains(&given)
                    && merged.stays(Connectivity::PublicEndpoint)
                    && proxy.row.is_none_or(|p| p.path != "*");
                asked.then(|| graded(s, codes_of(proxy.role)))
            })
            .special()
            .restates(TABLE.iter().map(|(id, ..)| *id).chain(["X-05"]))
            .impact_and_fix(
                "the wrong address or credential is checked, and a broken one is stored",
                "merge the \
                given members with the store's before asking the proxy",
            ),
        Rule::new("X-15", Open, "DOC, ambiguous", "The proxy is asked, or not, when only the name changes")
            .about(&[Member::NewCustomKeyStoreName])
            .of(Feature::ProxyUnhealthy)
            .request(|s| {
                let service = s.gives(Member::XksProxyVpcEndpointServiceName) && s.empties_service();
                let name_only = s.given().len() == if service { 2 } else { 1 };
                name_only.then(|| Violation::open(Layer::Proxy, ALL))
            })
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("X-16", Must, "DOC", "The proxy is asked with a valid signature, headers and body")
            .judged(JudgedOn::Untested(LIVE))
            .impact_and_fix("no real proxy would answer", "sign with SigV4 for kms-xks-proxy over host and x-amz-date"),
        Rule::new(
            "X-17",
            Open,
            "DOC against DOC",
            "A VPC store's proxy is asked or not, unless the store is \
            CONNECTED and path or credential is given",
        )
        .about(TOUCH)
        .of(Feature::ProxyUnhealthy)
        .request(|s| {
            let vpc = s.merged?.becomes(Connectivity::VpcEndpointService);
            s.proxy().filter(|_| vpc && force(s) == Open).map(|_| Violation::open(Layer::Proxy, ALL))
        })
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new(
            "X-18",
            Must,
            "DOC",
            "After success Connect's check goes to the new address, signed with the new \
            credential",
        )
        .judged(JudgedOn::Effect)
        .impact_and_fix(
            "an update seems to succeed and the store keeps using the old address or secret",
            "use what Update stored for every later request",
        ),
        Rule::new("X-19", Should, "DOC", "Where errorName and HTTP status disagree, errorName decides")
            .about(TOUCH)
            .of(Feature::ProxyUnhealthy)
            .request(|s| {
                let should = force(s).min(Should);
                answers(s, &[ProxyRole::Disagree]).map(|_| Violation {
                    refuse: should,
                    code_force: should,
                    ..graded(s, CREDENTIAL)
                })
            })
            .impact_and_fix("the user gets the wrong reason", "read errorName first"),
    ]);
    rules.into_iter().map(|r| r.of(StoreType::Xks).source(SOURCE).since(Revision::ExternalKeyStores)).collect()
}

/// The members that decide which proxy is asked, and how.
const TOUCH: &[Member] = &[
    Member::XksProxyUriEndpoint,
    Member::XksProxyUriPath,
    Member::XksProxyAuthenticationCredential,
    Member::XksProxyConnectivity,
];

/// The force of the proxy's answer: for a PUBLIC store it must decide; for a VPC store it should while the store
/// is CONNECTED and path or credential is given, as no text exempts that; otherwise it may.
fn force(s: &Situation<'_>) -> Force {
    let Some(merged) = s.merged else { return Force::Open };
    let given = s.gives(Member::XksProxyUriPath) || s.gives(Member::XksProxyAuthenticationCredential);
    // A service that is faulty by now may keep KMS from the proxy (V-04).
    let reachable = merged
        .service
        .flatten()
        .and_then(|name| s.environment.service(name))
        .is_none_or(|service| service.is_some_and(|service| service.condition() == ServiceRole::Good));
    if merged.becomes(Connectivity::PublicEndpoint) {
        Force::Must
    } else if merged.stays(Connectivity::VpcEndpointService)
        && s.state() == Some(ConnectionState::Connected)
        && given
        && reachable
    {
        Force::Should
    } else {
        Force::Open
    }
}

/// The proxy that the merged values reach, where it does one of these.
fn answers<'a>(s: &Situation<'a>, roles: &[ProxyRole]) -> Option<ProxyQuery<'a>> {
    s.proxy().filter(|p| roles.contains(&p.role))
}

fn codes_of(role: ProxyRole) -> &'static [Code] {
    TABLE.iter().find(|row| row.1 == role).map_or(RESPONSE, |row| row.2)
}

/// A violation that binds as much as the proxy's answer does.
fn graded(s: &Situation<'_>, codes: &'static [Code]) -> Violation {
    let force = force(s);
    let vpc = s.merged.is_some_and(|m| m.becomes(Connectivity::VpcEndpointService));
    let codes = if vpc && codes == NO_TLS { NO_TLS_VPC } else { codes };
    Violation { refuse: force, code_force: force, ..Violation::must(Layer::Proxy, codes) }
}

/// Returns true if the violation of this rule excuses a KMSInternalException that does not pass: KMS was seen to answer
/// so, on other operations, where a proxy cannot be reached (W-17).
pub fn excuses_internal_error(rule: RuleId) -> bool {
    TABLE.iter().any(|(id, _, codes, ..)| *id == rule.0 && (*codes == UNREACHABLE || *codes == NO_TLS))
}
