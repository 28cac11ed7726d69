//! The verdicts of the oracle, as text.

use super::fixtures::{Kind, OWN, belief, model};
use super::requests::Told;
use std::collections::BTreeMap;
use std::fmt::Write;
use ucks_oracle::account::{ConnectionState, DescribeField, Store};
use ucks_oracle::answer::{BodyForm, Outcome};
use ucks_oracle::code::{Code, Family};
use ucks_oracle::environment::Environment;
use ucks_oracle::expectation::Observation;
use ucks_oracle::judge::Exercise;
use ucks_oracle::model::{Belief, Divergence, Model};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Permit, Violation};
use ucks_oracle::wire::{Request, UPDATE};

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
        if matches!(kind.0, Family::Declared | Family::Input) || !families.contains(&kind) {
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

pub(crate) fn exercised(e: &Exercise) -> String {
    format!("{}{}{}{}", e.rule, e.member.map_or("", |m| m.name()), e.aspect, if e.refusal { "-" } else { "+" })
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

/// Writes all verdicts of the oracle on one request.
pub(crate) fn says(out: &mut String, model: &Model, believed: &Belief, what: &str, request: &Request) {
    let _ = writeln!(out, "{what}");
    let found = model.assess(believed.account(), request);
    for (rule, f) in &found.violations {
        let _ = writeln!(out, "  {} {}", rule.id, violation(f));
    }
    for (rule, p) in &found.permits {
        let _ = writeln!(out, "  {} may {}", rule.id, permit(p));
    }
    let goals: Vec<String> = found.exercises().iter().map(exercised).collect();
    let goals = goals.join(" ");
    let _ = writeln!(out, "  shows {goals}");
    let mut succeeded = believed.clone();
    model.step(&mut succeeded, request, &Outcome::Success);
    let applied = model.applied(believed.account(), request);
    // While a transition runs, or where of two members either may count, more worlds are believed than applied to.
    let plain = believed.account().store(OWN).is_some_and(|s| !s.state.passes()) && !what.contains("twice");
    assert!(!plain || applied.iter().any(|account| succeeded.accounts().contains(account)), "{what}");
    assert!(!applied.is_empty(), "{what}");
    let mut verdicts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for outcome in outcomes() {
        let mut after = believed.clone();
        let step = model.step(&mut after, request, &outcome);
        let mut rendered = step.divergence.as_ref().map_or("fine".to_owned(), deviation_of);
        // The line of a code names the code already.
        if let Some(code) = outcome.code() {
            rendered = rendered
                .replace(&format!("{}: {}", "", code.name()), ": it")
                .replace(&Observation::from(&outcome).code(), "it");
        }
        let decided: Vec<String> = step.exercised.iter().map(exercised).collect();
        match decided.join(" ") {
            decided if decided == goals => rendered.push_str("; shown"),
            decided if decided.is_empty() => {}
            decided => rendered.push_str(&format!("; {decided}")),
        }
        match changes(believed, &after, OWN) {
            unchanged if unchanged == UNCHANGED => {}
            changed => rendered.push_str(&format!(";{changed}")),
        }
        if step.no_verdict {
            rendered.push_str("; says nothing");
        }
        if let Some((_, won)) = step.order {
            let _ = write!(rendered, "; {won} won");
        }
        verdicts.entry(rendered).or_default().push(short(&outcome));
    }
    let mut lines: Vec<(usize, String)> = verdicts
        .into_iter()
        .map(|(rendered, which)| (which.len(), format!("  {rendered} ← {}", which.join(" "))))
        .collect();
    // Most answers fall into one line: who they are is plain from the others.
    let most = lines.iter().map(|(n, _)| *n).max().unwrap_or(0);
    for (n, line) in &mut lines {
        if *n == most && *n > 8 {
            let rendered = line.split(" ← ").next().unwrap_or_default().to_owned();
            *line = format!("{rendered} ← all others");
        }
    }
    for (_, line) in lines {
        let _ = writeln!(out, "{line}");
    }
}

pub(crate) fn page(
    revision: Revision,
    environment: &Environment,
    kind: Kind,
    state: ConnectionState,
    requests: &[Told],
) -> String {
    let model = model(revision, environment.clone());
    let believed = belief(&model, kind, state);
    let mut out = String::new();
    for (what, request) in requests {
        says(&mut out, &model, &believed, what, request);
    }
    out
}
