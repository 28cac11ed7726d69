//! A: effects, as Describe shows them.

use memchr::memmem;

use crate::expectation::{Expectation, Observation};
use crate::members::Member;
use crate::rule::{Force, FormVerdict, JudgedOn, Rule};
use crate::situation::Exchange;

const SOURCE: &str = "API reference, UpdateCustomKeyStore and DescribeCustomKeyStores";

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Should};
    let rules = vec![
        Rule::new("A-01", Must, "DOC", "After success exactly the given members changed, as Describe shows them")
            .judged(JudgedOn::Effect)
            .impact_and_fix(
                "the answer reports a changed setting, but the setting did not change",
                "store every member that was accepted, and nothing else",
            ),
        Rule::new("A-02", Must, "INFER", "After a refusal nothing changed")
            .judged(JudgedOn::Effect)
            .impact_and_fix("a request that failed took effect", "do all checks before the first write"),
        Rule::new("A-03", Must, "INFER", "No other store changed")
            .judged(JudgedOn::Effect)
            .impact_and_fix("a store changes that nobody named", "write to the store of the given id alone"),
        Rule::new(
            "A-04",
            Must,
            "INFER",
            "ConnectionState, ConnectionErrorCode, CreationDate, type and trust anchor never change by Update",
        )
        .judged(JudgedOn::Effect)
        .impact_and_fix("an update connects, disconnects or re-creates the store", "leave alone what no member sets"),
        Rule::new(
            "A-05",
            Must,
            "MODEL, DOC",
            "Password and secret appear in no answer; the new AccessKeyId shows in Describe",
        )
        .form(secrets)
        .impact_and_fix(
            "secrets leak into everything that logs or shows the answer",
            "never put a sensitive member into an answer or an error text",
        ),
        Rule::new("A-06", Should, "INFER", "The same request again succeeds and changes nothing")
            .judged(JudgedOn::Run)
            .impact_and_fix(
                "a client that repeats a request after a lost answer is refused",
                "treat a restated value as no change",
            ),
        Rule::new(
            "A-07",
            Must,
            "DOC",
            "Describe may lag behind; it settles on the new values within the profile's settle time",
        )
        .judged(JudgedOn::Effect)
        .impact_and_fix(
            "a change does not become visible",
            "make writes visible in time, or state a longer settle time",
        ),
        Rule::new(
            "A-08",
            Should,
            "INFER",
            "One request with several members equals the same members one after another",
        )
        .judged(JudgedOn::Run)
        .impact_and_fix(
            "what one request does depends on how its members are grouped",
            "handle each member separately once all checks are done",
        ),
        Rule::new("A-09", Must, "INFER", "What Update changed survives a disconnect and a connect")
            .judged(JudgedOn::Effect)
            .impact_and_fix(
                "settings are lost when the store connects",
                "write to the store, not to a cache of its connection",
            ),
        Rule::new("A-10", Must, "INFER", "After a 500, a timeout or a cut connection: all or nothing")
            .judged(JudgedOn::Effect)
            .impact_and_fix("a lost answer leaves a store half changed", "apply a request in one step"),
    ];
    rules.into_iter().map(|r| r.source(SOURCE)).collect()
}

fn secrets(e: &Exchange<'_>) -> FormVerdict {
    if e.secrets.is_empty() || e.answer.body.is_empty() {
        return FormVerdict::NotApplicable;
    }
    let shown = |text: &[u8], secret: &str| contains(text, secret.as_bytes());
    let headers = e.answer.headers.iter().map(|(_, v)| v.as_bytes());
    let leaked = std::iter::once(e.answer.body.as_slice())
        .chain(headers)
        .any(|text| e.secrets.iter().any(|secret| shown(text, secret)));
    if leaked {
        FormVerdict::Deviates { expected: Expectation::NoSecret, got: Observation::Secret, member: leaked_member(e) }
    } else {
        FormVerdict::Conforms
    }
}

fn leaked_member(e: &Exchange<'_>) -> Option<Member> {
    let text = String::from_utf8_lossy(&e.request.body);
    [Member::KeyStorePassword, Member::RawSecretAccessKey].into_iter().find(|m| text.contains(m.name()))
}

fn contains(text: &[u8], secret: &[u8]) -> bool {
    secret.len() >= 7 && memmem::find(text, secret).is_some()
}
