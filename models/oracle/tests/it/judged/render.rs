//! The verdicts of the oracle, as text.

use std::collections::BTreeMap;
use std::fmt::Write;

use ucks_oracle::account::{DescribeField, Store};
use ucks_oracle::answer::{BodyForm, Outcome};
use ucks_oracle::code::{Code, CodeFamily};
use ucks_oracle::expectation::Observation;
use ucks_oracle::judge::Grade;
use ucks_oracle::members::Member;
use ucks_oracle::model::{Belief, Divergence, Model};
use ucks_oracle::rule::{Permit, RuleId, Violation};
use ucks_oracle::wire::{Request, UPDATE};

use super::fixtures::OWN;

/// Every kind of answer.
pub(crate) fn outcomes() -> Vec<Outcome> {
    let refused = |code: Code| Outcome::Refused { status: 400, code: Some(code), written: Some(code.name().into()) };
    let mut all = vec![
        Outcome::Success,
        Outcome::Refused { status: 400, code: None, written: None },
        Outcome::Refused { status: 400, code: None, written: Some("OddException".into()) },
        Outcome::ServerFault { status: 500, internal: true, written: None, body: BodyForm::Json },
        Outcome::ServerFault { status: 503, internal: false, written: None, body: BodyForm::Empty },
        Outcome::NotImplemented { status: 400, written: Some("UnknownOperationException".into()) },
        Outcome::NotImplemented { status: 501, written: None },
    ];
    // Codes of one family that are declared alike are judged alike: of the others the first represents all.
    let mut families = Vec::new();
    for code in Code::ALL {
        let kind = (code.family(), code.is_no_verdict(), code.is_about_others());
        if matches!(kind.0, CodeFamily::Declared | CodeFamily::Input) || !families.contains(&kind) {
            families.push(kind);
            all.push(refused(*code));
        }
    }
    all
}

pub(crate) fn short(outcome: &Outcome) -> String {
    outcome
        .code()
        .map_or_else(|| Observation::from(outcome).code(), |c| c.name().trim_end_matches("Exception").to_owned())
}

pub(crate) fn violation(f: &Violation) -> String {
    let codes: Vec<&str> = f.codes.list().iter().map(|c| c.name().trim_end_matches("Exception")).collect();
    let member = f.member.map_or("", |m| m.name());
    format!("{:?} {:?} {:?} {member} {} {}", f.refuse, f.code_force, f.layer, f.aspect, codes.join("|"))
}

pub(crate) fn permit(p: &Permit) -> String {
    let codes: Vec<&str> = p.never.iter().map(|c| c.name().trim_end_matches("Exception")).collect();
    let member = p.member.map_or("", |m| m.name());
    format!("{:?} {:?} {member} {} {} never {}", p.force, p.never_force, p.aspect, p.refused_too, codes.join("|"))
}

pub(crate) fn deviation_of(d: &Divergence) -> String {
    let member = d.member.unwrap_or("");
    let operation = if d.operation == UPDATE { String::new() } else { format!(" by {}", d.operation) };
    let (got, expected) = (d.got.code(), d.expected.code().replace('|', " or "));
    format!("{:?} {}{operation} {member} {}: {got}; expected {expected}", d.grade, d.rule, d.aspect)
}

pub(crate) const UNCHANGED: &str = " as before";

/// Describes the difference between two beliefs about a store.
pub(crate) fn changes(before: &Belief, after: &Belief, id: &str) -> String {
    let was = before.account().store(id);
    let mut rendered = Vec::new();
    for account in after.accounts() {
        let mut line = String::new();
        if let (Some(was), Some(now)) = (was, account.store(id)) {
            for field in DescribeField::ALL.iter().filter(|f| f.believed(was) != f.believed(now)) {
                let value = field.believed(now).map_or("open".into(), |v| v.unwrap_or("none".into()));
                let _ = write!(line, " {}={}", field.name(), value.chars().take(24).collect::<String>());
            }
            let hidden = |s: &Store| match (s.xks(), s.cloud_hsm()) {
                (Some(x), _) => x.secret.clone(),
                (_, Some(c)) => c.password.clone(),
                _ => None,
            };
            if hidden(was) != hidden(now) {
                let _ = write!(line, " hidden={}", hidden(now).map_or(0, |v| v.len()));
            }
            for (holds, word) in [(now.recredentialed, "recredentialed"), (now.in_flight.is_some(), "in-flight")] {
                if holds {
                    let _ = write!(line, " {word}");
                }
            }
        }
        if account.freed().count() != before.account().freed().count() {
            let _ = write!(line, " freed={}", account.freed().count());
        }
        rendered.push(if line.is_empty() { UNCHANGED.to_owned() } else { line });
    }
    let marks = [(after.is_tainted(id), " tainted"), (after.inconclusive, " inconclusive")];
    rendered.join(" |") + &marks.iter().filter(|(holds, _)| *holds).map(|(_, m)| *m).collect::<String>()
}

/// Returns one line for a request about [`OWN`]: its violations with their codes, the permissions that it uses, what it
/// stores where it succeeds, and how many of the [`outcomes`] are blamed on each rule. Members that the description
/// begins with are written as `·`.
///
/// Which outcome is blamed is not in the line: `properties.rs` asserts that.
pub(crate) fn request_line(model: &Model, believed: &Belief, what: &str, request: &Request) -> String {
    let found = model.assess(believed.account(), request);
    let violations: Vec<String> = found.violations.iter().map(|(r, v)| format!("{} {}", r.id, violation(v))).collect();
    let permits: Vec<String> = found.permits.iter().map(|(r, p)| format!("{}{}", r.id, side(p))).collect();
    let mut succeeded = believed.clone();
    model.step(&mut succeeded, request, &Outcome::Success);
    let stored = changes(believed, &succeeded, OWN);
    let mut parts = vec![violations.join(" + ")];
    parts.push(if permits.is_empty() { String::new() } else { format!("may {}", permits.join(" ")) });
    parts.push(if stored == UNCHANGED { String::new() } else { format!("stores{stored}") });
    parts.push(counted(&blamed(model, believed, request)));
    let line = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    match what.split(' ').next().filter(|word| Member::ALL.iter().any(|m| m.name() == *word)) {
        Some(member) => format!("{what}: {}", line.replace(member, "·")),
        None => format!("{what}: {line}"),
    }
}

/// The member and the aspect of a permission, where it has them.
fn side(p: &Permit) -> String {
    let member = p.member.map(Member::name).into_iter();
    let words: Vec<&str> = member.chain([p.aspect.name()]).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { String::new() } else { format!("({})", words.join(" ")) }
}

/// The grade of each of the [`outcomes`], with the rule that is blamed.
pub(crate) fn blamed(model: &Model, believed: &Belief, request: &Request) -> Vec<(Grade, Option<RuleId>)> {
    let judged = |outcome| model.step(&mut believed.clone(), request, &outcome).divergence;
    let graded = |d: Option<Divergence>| d.map_or((Grade::Fine, None), |d| (d.grade, Some(d.rule)));
    outcomes().into_iter().map(|outcome| graded(judged(outcome))).collect()
}

/// How many outcomes are blamed on which rule.
pub(crate) fn counted(blamed: &[(Grade, Option<RuleId>)]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (grade, rule) in blamed {
        if let Some(rule) = rule {
            *counts.entry(format!("{grade:?} {rule}")).or_default() += 1;
        }
    }
    counts.iter().map(|(rule, count)| format!("{rule} {count}")).collect::<Vec<_>>().join(", ")
}
