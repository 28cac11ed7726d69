//! S: lengths, patterns and enums.

use crate::account::ConnectionState;
use crate::code::Code;
use crate::feature::Feature;
use crate::members::{ConstraintViolation, Member};
use crate::request::Field;
use crate::revision::Revision;
use crate::rule::{Assessment, Force, FormVerdict, Layer, Permit, Rule, Violation};
use crate::situation::{Exchange, Situation};

const VALIDATION: &[Code] = &[Code::ValidationException];
/// S-16: while the store is not DISCONNECTED the state may refuse the member as well.
const VALIDATION_OR_STATE: &[Code] = &[Code::ValidationException, Code::CustomKeyStoreInvalidStateException];
const SOURCE: &str = "API reference, UpdateCustomKeyStore, Request Parameters; AWS's service model";

/// S-02 to S-12: one rule a member, in the order of the members table.
const SHAPED: &[(&str, Member)] = &[
    ("S-02", Member::CustomKeyStoreId),
    ("S-03", Member::NewCustomKeyStoreName),
    ("S-04", Member::KeyStorePassword),
    ("S-05", Member::CloudHsmClusterId),
    ("S-06", Member::XksProxyUriEndpoint),
    ("S-07", Member::XksProxyUriPath),
    ("S-08", Member::XksProxyVpcEndpointServiceName),
    ("S-09", Member::XksProxyVpcEndpointServiceOwner),
    ("S-10", Member::AccessKeyId),
    ("S-11", Member::RawSecretAccessKey),
    ("S-12", Member::XksProxyConnectivity),
];

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should};
    let mut rules = vec![
        Rule::new(
            "S-01",
            Must,
            "MODEL, ANALOG",
            "A missing or null CustomKeyStoreId is refused with ValidationException",
        )
        .of(Feature::NoStore)
        .request(|s| {
            let missing = matches!(s.body?.text(Member::CustomKeyStoreId), Field::Absent | Field::Null);
            missing.then(|| Violation::must(Layer::Constraints, VALIDATION).on(Member::CustomKeyStoreId))
        })
        .source(SOURCE)
        .impact_and_fix(
            "a request that names no store is answered as if it named one",
            "check that CustomKeyStoreId is there before anything else",
        ),
    ];
    rules.extend(SHAPED.iter().map(|&(id, member)| {
        let row = member.row(Revision::LATEST);
        let range = match row.max {
            Some(max) => format!("{} to {max} characters", row.min),
            None => "one of its enum's values".to_owned(),
        };
        let pattern = row.pattern.map_or(String::new(), |p| format!(", whole value {p}"));
        Rule::new(
            id,
            Must,
            "MODEL, OBS",
            format!("{member} outside its constraints ({range}{pattern}) is refused with ValidationException"),
        )
        .about(&[member])
        .request(move |s| shape(s, member))
        .since(member.since())
        .source(SOURCE)
        .impact_and_fix(
            format!("code that sends a wrong {member} passes its tests here and is refused by AWS"),
            format!("check {member} against the model before looking at the store: 400 ValidationException"),
        )
    }));
    rules.extend([
        Rule::new(
            "S-13",
            Must,
            "MODEL, DOC",
            "A credential without AccessKeyId or without RawSecretAccessKey is refused with ValidationException",
        )
        .about(&[Member::XksProxyAuthenticationCredential])
        .request(|s| {
            s.body
                .filter(|b| b.half_credential())
                .map(|_| Violation::must(Layer::Constraints, VALIDATION).on(Member::XksProxyAuthenticationCredential))
        })
        .since(Revision::ExternalKeyStores)
        .source("API reference, XksProxyAuthenticationCredentialType")
        .impact_and_fix(
            "half a credential is stored and the proxy refuses every later request",
            "require both members of the credential",
        ),
        Rule::new("S-14", Open, "OBS", "Texts of constraint errors have KMS's usual form")
            .form(constraint_text)
            .source("captures of other members")
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("S-15", Open, "MODEL against DOC", "A path with another version than v1: success or refused")
            .about(&[Member::XksProxyUriPath])
            .request(|s| {
                let path = s.value(Member::XksProxyUriPath)?;
                (!path.ends_with("/kms/xks/v1"))
                    .then(|| Violation::open(Layer::Constraints, VALIDATION).code_open().on(Member::XksProxyUriPath))
            })
            .since(Revision::ExternalKeyStores)
            .source("the pattern takes any version, the prose names v1")
            .impact_and_fix("services differ", "nothing to fix"),
        Rule::new(
            "S-16",
            Open,
            "DOC against MODEL",
            "An empty XksProxyVpcEndpointServiceName for a store that is or becomes PUBLIC_ENDPOINT: success \
                without a name, or refused",
        )
        .about(&[Member::XksProxyVpcEndpointServiceName])
        .request(|s| {
            let settled = s.state().is_none_or(|state| state == ConnectionState::Disconnected);
            let codes = if settled { VALIDATION } else { VALIDATION_OR_STATE };
            s.empties_service()
                .then(|| Violation::open(Layer::Constraints, codes).on(Member::XksProxyVpcEndpointServiceName))
        })
        .since(Revision::ExternalKeyStores)
        .source("the guide shows an empty string, the model asks for 20 characters")
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new("S-17", Must, "MODEL", "An anchored pattern holds for the whole value: no match inside a longer one")
            .of(Feature::UnusualValue)
            .request(|s| inside(s, true).map(|m| Violation::must(Layer::Constraints, VALIDATION).on(m)))
            .special()
            .since(Revision::ExternalKeyStores)
            .source(SOURCE)
            .impact_and_fix(
                "a value that only contains a valid one is stored",
                "match the whole value; mind that `$` also matches before a last newline",
            ),
        Rule::new("S-18", Should, "INFER", "A pattern written without anchors holds for the whole value too")
            .of(Feature::UnusualValue)
            .request(|s| inside(s, false).map(|m| Violation::should(Layer::Constraints, VALIDATION).on(m)))
            .special()
            .since(Revision::ClusterPattern)
            .source(SOURCE)
            .impact_and_fix("a value that only contains a valid one is stored", "match the whole value"),
        Rule::new(
            "S-19",
            Open,
            "MODEL against DOC",
            "A password with other characters than letters and digits: success or refused",
        )
        .about(&[Member::KeyStorePassword])
        .request(|s| {
            let password = s.value(Member::KeyStorePassword)?;
            let odd = !password.chars().all(|c| c.is_ascii_alphanumeric());
            odd.then(|| Violation::open(Layer::Constraints, VALIDATION).code_open().on(Member::KeyStorePassword))
        })
        .source("the model has no pattern, the guide mentions alphanumeric characters")
        .impact_and_fix("services differ", "nothing to fix"),
    ]);
    rules
}

fn shape(s: &Situation<'_>, member: Member) -> Assessment {
    let Some(body) = s.body else { return Assessment::NotApplicable };
    if member == Member::XksProxyVpcEndpointServiceName && s.empties_service() {
        return Assessment::NotApplicable;
    }
    let Some(value) = body.text(member).given() else { return Assessment::NotApplicable };
    let found = body.constraint_violation(member);
    let row = member.row(s.revision);
    let length = found.length.filter(|_| found.counts_agree);
    // The length rule reports a value that is only too long or too short to match.
    if let Some(constraint_violation) = length.or(found.form.filter(|f| *f != ConstraintViolation::MatchInside)) {
        return Violation::must(Layer::Constraints, VALIDATION).on(member).aspect(constraint_violation.name()).into();
    }
    let characters = body.characters(member);
    let permit = Permit::must(VALIDATION).on(member);
    // Nobody chooses the length of a cluster's id: that no cluster has it must do.
    let permit = if member == Member::CloudHsmClusterId { permit.refused_too() } else { permit };
    if found.none() && row.max == Some(characters) {
        permit.aspect("longest").into()
    } else if found.none() && row.min == characters {
        permit.aspect("shortest").into()
    } else if found.none()
        && member.changed()
        && [member.since(), Revision::LATEST]
            .iter()
            .any(|r| *r != s.revision && !member.constraint_violations(*r, value).none())
    {
        permit.aspect("valid at some revisions alone").refused_too().into()
    } else {
        Assessment::NotApplicable
    }
}

fn inside(s: &Situation<'_>, anchored: bool) -> Option<Member> {
    let body = s.body?;
    body.notable()
        .iter()
        .find(|(m, v)| {
            v.form == Some(ConstraintViolation::MatchInside)
                && m.row(s.revision).anchored == anchored
                && (v.length.is_none() || !v.counts_agree)
        })
        .map(|(m, _)| *m)
}

/// Returns true if a service that breaks the rule `plain` in this way cannot keep the rule `special` on the same
/// member: one that checks no pattern cannot find a match inside a longer value wrong, and one that checks no length
/// counts no characters.
pub fn implies(plain: &str, aspect: &str, special: &str) -> bool {
    let shaped = SHAPED.iter().any(|(id, _)| *id == plain);
    let whole_value = aspect == ConstraintViolation::Pattern.name() && matches!(special, "S-17" | "S-18");
    let characters = aspect == ConstraintViolation::TooLong.name() && special == "W-16";
    shaped && (whole_value || characters)
}

/// Ways of breaking a rule that may imply another: see [`implies`].
pub fn implying_aspects() -> [&'static str; 2] {
    [ConstraintViolation::Pattern.name(), ConstraintViolation::TooLong.name()]
}

fn constraint_text(e: &Exchange<'_>) -> FormVerdict {
    if e.outcome.code() != Some(Code::ValidationException) {
        return FormVerdict::NotApplicable;
    }
    let text = String::from_utf8_lossy(&e.answer.body);
    if text.contains("validation error") && text.contains("failed to satisfy constraint") {
        FormVerdict::Reading("the usual form")
    } else {
        FormVerdict::Reading("another form")
    }
}
