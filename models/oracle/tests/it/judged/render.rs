//! The verdicts of the oracle, as text.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use ucks_oracle::account::{ConnectionState, DescribeField, Store};
use ucks_oracle::answer::{BodyForm, Outcome};
use ucks_oracle::code::{Code, CodeFamily};
use ucks_oracle::environment::Environment;
use ucks_oracle::expectation::Observation;
use ucks_oracle::judge::Exercise;
use ucks_oracle::model::{Belief, Divergence, Model};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Permit, Violation};
use ucks_oracle::wire::{Request, UPDATE};

use super::fixtures::{OWN, StoreKind, belief, model};
use super::requests::NamedRequest;

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

/// Text in pages, where an entry that an earlier one equals refers to it. So a page shows what is particular about it,
/// and a change of one rule changes few lines.
#[derive(Default)]
pub(crate) struct Pages {
    seen: HashMap<String, String>,
}

impl Pages {
    /// Writes an entry of a page: `title`, and `lines` unless an earlier entry has the same.
    pub(crate) fn entry(&mut self, out: &mut String, page: &str, title: &str, lines: String) {
        match self.seen.get(&lines) {
            Some(first) => {
                let first = first.strip_prefix(&format!("{page}, ")).unwrap_or(first);
                let _ = writeln!(out, "{title}; as {first}");
            }
            None => {
                let _ = write!(out, "{title}\n{lines}");
                let subject = title.split(": ").next().unwrap_or(title);
                self.seen.insert(lines, format!("{page}, {subject}"));
            }
        }
    }

    /// The verdicts of the oracle on requests about one store, each with every answer.
    pub(crate) fn requests(
        &mut self,
        name: &str,
        revision: Revision,
        environment: &Environment,
        (kind, state): (StoreKind, ConnectionState),
        requests: &[NamedRequest],
    ) -> String {
        let model = model(revision, environment.clone());
        let believed = belief(&model, kind, state);
        let mut out = String::new();
        for (what, request) in requests {
            let (goals, stored, lines) = verdicts(&model, &believed, what, request);
            let title =
                format!("{what}: {goals}{}", if stored.is_empty() { stored } else { format!("; stores{stored}") });
            self.entry(&mut out, name, &title, lines);
        }
        out
    }
}

/// Returns the sides of rules that the request exercises, what it stores where it succeeds, and the verdicts. In the
/// verdicts, `‹1›` is the first member that the sides name, `‹a›` their first rule, and `stored` what the request
/// stores.
fn verdicts(model: &Model, believed: &Belief, what: &str, request: &Request) -> (String, String, String) {
    let found = model.assess(believed.account(), request);
    let mut out = String::new();
    for (rule, f) in &found.violations {
        let _ = writeln!(out, "  {} {}", rule.id, violation(f));
    }
    for (rule, p) in &found.permits {
        let _ = writeln!(out, "  {} may {}", rule.id, permit(p));
    }
    let sides = found.exercises();
    let goals = sides.iter().map(exercised).collect::<Vec<_>>().join(" ");
    let mut succeeded = believed.clone();
    model.step(&mut succeeded, request, &Outcome::Success);
    let applied = model.applied(believed.account(), request);
    // While a transition runs, or where of two members either may count, more worlds are believed than applied to.
    let plain = believed.account().store(OWN).is_some_and(|s| !s.state.passes()) && !what.contains("twice");
    assert!(!plain || applied.iter().any(|account| succeeded.accounts().contains(account)), "{what}");
    assert!(!applied.is_empty(), "{what}");
    let stored = Some(changes(believed, &succeeded, OWN)).filter(|c| c != UNCHANGED).unwrap_or_default();
    let mut verdicts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for outcome in outcomes() {
        let rendered = verdict(model, believed, request, &outcome, (&goals, &stored));
        verdicts.entry(rendered).or_default().push(short(&outcome));
    }
    // Most answers fall into one line: who they are is plain from the others.
    let most = verdicts.values().map(Vec::len).max().unwrap_or(0);
    for (rendered, which) in verdicts {
        let rest = which.len() == most && most > 8;
        let _ = writeln!(out, "  {rendered} ← {}", if rest { "all others".to_owned() } else { which.join(" ") });
    }
    for (n, member) in (1..).zip(distinct(sides.iter().filter_map(|e| e.member).map(|m| m.name()))) {
        out = out.replace(member, &format!("‹{n}›"));
    }
    for (letter, rule) in ('a'..='z').zip(distinct(sides.iter().map(|e| e.rule.0))) {
        out = out.replace(rule, &format!("‹{letter}›"));
    }
    (goals, stored, out)
}

fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for one in all {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

fn verdict(model: &Model, believed: &Belief, request: &Request, outcome: &Outcome, known: (&str, &str)) -> String {
    let (goals, stored) = known;
    let mut after = believed.clone();
    let step = model.step(&mut after, request, outcome);
    let mut rendered = step.divergence.as_ref().map_or("fine".to_owned(), deviation_of);
    // The line of a code names the code already.
    if let Some(code) = outcome.code() {
        rendered =
            rendered.replace(&format!(": {};", code.name()), ": it;").replace(&Observation::from(outcome).code(), "it");
    }
    let decided: Vec<String> = step.exercised.iter().map(exercised).collect();
    match decided.join(" ") {
        decided if decided == goals => rendered.push_str("; shown"),
        decided if decided.is_empty() => {}
        decided => rendered.push_str(&format!("; {decided}")),
    }
    match changes(believed, &after, OWN) {
        unchanged if unchanged == UNCHANGED => {}
        changed if stored.is_empty() => rendered.push_str(&format!(";{changed}")),
        changed => rendered.push_str(&format!(";{}", changed.replace(stored, " stored"))),
    }
    if step.no_verdict {
        rendered.push_str("; says nothing");
    }
    if let Some((_, won)) = step.order {
        let _ = write!(rendered, "; {won} won");
    }
    rendered
}
