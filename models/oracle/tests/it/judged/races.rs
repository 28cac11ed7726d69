//! Updates at once, and one update given twice.

use std::fmt::Write;

use rstest::rstest;
use ucks_oracle::account::{Account, ConnectionState};
use ucks_oracle::answer::{BodyForm, Outcome};
use ucks_oracle::code::Code;
use ucks_oracle::model::Model;
use ucks_oracle::race::Racer;
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::Request;

use super::fixtures::{OWN, StoreKind, belief, environment, model};
use super::render::{deviation_of, outcomes, short};
use super::requests;

/// Answers to one update that is given twice: the pairs that have to be alike, and are not. An answer is like itself,
/// and nothing has to be alike where the store has changed in between, or is tainted.
#[test]
fn what_must_be_alike() {
    let model = model(Revision::LATEST, environment());
    let mut out = String::new();
    for state in [ConnectionState::Disconnected, ConnectionState::Connecting] {
        let before = belief(&model, StoreKind::Hsm, state);
        let mut changed = before.clone();
        model.step(&mut changed, &requests::racing()[0].1, &Outcome::Success);
        let mut tainted = before.clone();
        tainted.taint(OWN);
        for first in outcomes() {
            let mut differ = Vec::new();
            for next in outcomes().iter().take(12) {
                let alike = model.alike(&first, next, before.account().store(OWN));
                let [now, later, untrusted] =
                    [&before, &changed, &tainted].map(|now| model.must_be_alike(&before, &first, now, next));
                assert!(!later && !untrusted, "{} {}, {}", state.name(), short(&first), short(next));
                if first == *next {
                    assert_eq!(alike, None, "{}", short(&first));
                }
                if now {
                    let verdict = alike.as_ref().map_or("alike".to_owned(), deviation_of);
                    differ.push(format!("    {}: {verdict}\n", short(next)));
                }
            }
            if !differ.is_empty() {
                let _ = write!(out, "{} {}\n{}", state.name(), short(&first), differ.concat());
            }
        }
    }
    insta::assert_snapshot!("alike", out);
}

/// The accounts that a request with this answer leaves. Where it has a violation, the caller says if it may have been
/// applied all the same.
fn left(model: &Model, account: &Account, (request, outcome): &(Request, Outcome), leniently: bool) -> Vec<Account> {
    let applied = || match model.assess(account, request).required().next() {
        Some(_) if !leniently => Vec::new(),
        _ => model.applied(account, request),
    };
    match outcome {
        Outcome::Success => applied(),
        Outcome::ServerFault { .. } => applied().into_iter().chain([account.clone()]).collect(),
        _ => vec![account.clone()],
    }
}

/// The accounts that two requests leave in one order or the other.
fn in_any_order(model: &Model, account: &Account, race: &[(Request, Outcome); 2], leniently: bool) -> Vec<Account> {
    let orders = [[&race[0], &race[1]], [&race[1], &race[0]]];
    let after = |[one, two]: [&(Request, Outcome); 2]| {
        let middle = left(model, account, one, leniently);
        middle.iter().flat_map(|a| left(model, a, two, leniently)).collect::<Vec<_>>()
    };
    orders.into_iter().flat_map(after).collect()
}

/// Updates at once: the verdict on each pair of answers. The worlds that are left after an
/// admitted pair follow from its answers in one order or the other; of two successes, each order that is possible is
/// left.
#[rstest]
fn races(#[values(StoreKind::Hsm, StoreKind::Vpc)] kind: StoreKind) {
    let model = model(Revision::LATEST, environment());
    let believed = belief(&model, kind, ConnectionState::Disconnected);
    let refused = |code: Code| Outcome::Refused { status: 400, code: Some(code), written: None };
    let answers = [
        Outcome::Success,
        refused(Code::CustomKeyStoreNameInUseException),
        refused(Code::ValidationException),
        Outcome::ServerFault { status: 500, internal: true, written: None, body: BodyForm::Json },
    ];
    let mut out = String::new();
    let all = requests::racing();
    for (at, (what, request)) in all.iter().enumerate() {
        for (other, against) in &all[at..] {
            let _ = writeln!(out, "{what}, {other}");
            for first in &answers {
                let mut line = Vec::new();
                for second in &answers {
                    let mut after = believed.clone();
                    let race = [(request.clone(), first.clone()), (against.clone(), second.clone())];
                    let racers =
                        race.each_ref().map(|(request, answer)| Racer::Update(request.clone(), answer.clone()));
                    let found = model.race(&mut after, &racers);
                    let verdict = found.as_ref().map_or("fine".to_owned(), |d| format!("{:?} {}", d.grade, d.rule));
                    let case = format!("{what} {}, {other} {}", short(first), short(second));
                    if found.is_none() {
                        let possible = in_any_order(&model, believed.account(), &race, true);
                        if *first == Outcome::Success && *second == Outcome::Success {
                            let certain = in_any_order(&model, believed.account(), &race, false);
                            let all_left = certain.iter().all(|a| after.accounts().contains(a));
                            assert!(all_left, "an order is left out: {case}");
                        }
                        let explained = after.accounts().iter().all(|a| possible.contains(a));
                        assert!(explained, "no order leaves this: {case}");
                    }
                    line.push(format!("{} {verdict}", short(second)));
                }
                let _ = writeln!(out, "    {}: {}", short(first), line.join("; "));
            }
        }
    }
    insta::assert_snapshot!(format!("races-{kind:?}"), out);
}
