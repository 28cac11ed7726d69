//! The verdicts of the oracle on requests of every kind, in every state, and on every answer to them, in snapshots.
//!
//! `cargo insta review`, or `INSTA_UPDATE=always cargo test -p ucks-oracle --test it`, takes what changed.

mod admitted;
mod fixtures;
mod observations;
mod render;
mod requests;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use rstest::rstest;
use ucks_oracle::account::{Backing, Believed, ConnectionState, DescribeField, Store};
use ucks_oracle::answer::{BodyForm, Outcome};
use ucks_oracle::code::Code;
use ucks_oracle::companions::{Companion, after_connect, connect_end};
use ucks_oracle::environment::{Cluster, ClusterRole, Environment, ServiceRole};
use ucks_oracle::judge::Policy;
use ucks_oracle::members::StoreType;
use ucks_oracle::model::{Belief, Model, WORLDS};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Request, UPDATE};

use self::fixtures::{OWN, StoreKind, belief, environment, model};
use self::observations::{odd_sights, seen};
use self::render::{Pages, changes, deviation_of, outcomes, permit, short, violation};
use self::requests::NamedRequest;

const KINDS: [StoreKind; 3] = [StoreKind::Hsm, StoreKind::Public, StoreKind::Vpc];

/// Requests of every kind about each type of store in each state, in the environment that the profile describes, in one
/// that it does not, and where the resource behind a store has changed since the store was created.
#[test]
fn every_kind_of_request() {
    let mut pages = Pages::default();
    let mut page =
        |name: &str, environment: &Environment, at: (StoreKind, ConnectionState), requests: &[NamedRequest]| {
            let text = pages.requests(name, Revision::LATEST, environment, at, requests);
            insta::assert_snapshot!(name, text);
        };
    let (known, unknown) = (environment(), Environment::default());
    for kind in KINDS {
        let mut all = requests::singles(kind);
        for more in [requests::pairs(kind), requests::switches(kind), requests::bodies(), requests::heads()] {
            all.extend(more);
        }
        page(&format!("{kind:?}-DISCONNECTED"), &known, (kind, ConnectionState::Disconnected), &all);
        let mut few = requests::few(kind);
        // A statement that needs the environment is open if the profile has none.
        page(&format!("unknown-{kind:?}"), &unknown, (kind, ConnectionState::Disconnected), &few);
        for state in [ConnectionState::Failed, ConnectionState::Connecting, ConnectionState::Disconnecting] {
            page(&format!("{kind:?}-{}", state.name()), &known, (kind, state), &few);
        }
        few.extend(requests::pairs(kind));
        page(&format!("{kind:?}-CONNECTED"), &known, (kind, ConnectionState::Connected), &few);
    }
    for role in [ClusterRole::Absent, ClusterRole::Inactive, ClusterRole::TooFewHsms] {
        let mut changed = environment();
        let mut clusters = changed.clusters.unwrap().to_vec();
        clusters[0].after_create = Some(role);
        changed.clusters = Some(clusters.into_iter().collect());
        let at = (StoreKind::Hsm, ConnectionState::Disconnected);
        page(&format!("present-cluster-{role:?}"), &changed, at, &about(StoreKind::Hsm, "CloudHsmClusterId"));
    }
    for role in [ServiceRole::Absent, ServiceRole::AcceptanceRequired] {
        let mut changed = environment();
        let mut services = changed.services.unwrap().to_vec();
        services[0].after_create = Some(role);
        changed.services = Some(services.into_iter().collect());
        let at = (StoreKind::Vpc, ConnectionState::Disconnected);
        page(&format!("present-service-{role:?}"), &changed, at, &about(StoreKind::Vpc, "XksProxyVpcEndpointService"));
    }
}

/// A request of each kind, and each that gives the member.
fn about(kind: StoreKind, member: &str) -> Vec<NamedRequest> {
    let mut all = requests::one(kind);
    all.extend(requests::singles(kind).into_iter().filter(|(what, _)| what.starts_with(member)));
    all.extend(requests::bodies().into_iter().take(1));
    all
}

#[rstest]
fn every_revision(#[values(StoreKind::Hsm, StoreKind::Public, StoreKind::Vpc)] kind: StoreKind) {
    let mut out = String::new();
    for revision in Revision::ALL.iter().filter(|r| **r != Revision::LATEST) {
        let model = model(*revision, environment());
        for state in [ConnectionState::Disconnected, ConnectionState::Connected] {
            let _ = writeln!(out, "\n{revision} {}", state.name());
            let believed = belief(&model, kind, state);
            for (what, request) in requests::one(kind).into_iter().chain(requests::changed()) {
                let found = model.assess(believed.account(), &request);
                let violations = found.violations.iter().map(|(r, f)| format!("{} {}", r.id, violation(f)));
                let permits = found.permits.iter().map(|(r, p)| format!("{} may {}", r.id, permit(p)));
                let _ = writeln!(out, "{what}: {}", violations.chain(permits).collect::<Vec<_>>().join("; "));
            }
        }
    }
    insta::assert_snapshot!(format!("revisions-{kind:?}"), out);
}

/// Which of several errors is admitted, under every policy.
#[test]
fn every_policy() {
    let order = [("T-05".to_owned(), "U-01".to_owned()), ("G-11".to_owned(), "H-02".to_owned())].into();
    let mut out = String::new();
    for policy in [Policy::Any, Policy::Layered, Policy::Pinned, Policy::Learned(Arc::new(order))] {
        let _ = writeln!(out, "\n{policy:?}");
        for (kind, state) in
            [(StoreKind::Hsm, ConnectionState::Connected), (StoreKind::Vpc, ConnectionState::Disconnected)]
        {
            let model = Model { policy: policy.clone(), ..model(Revision::LATEST, environment()) };
            let believed = belief(&model, kind, state);
            for (what, request) in requests::pairs(kind) {
                let mut rendered: BTreeMap<String, Vec<String>> = BTreeMap::new();
                for outcome in outcomes() {
                    let step = model.step(&mut believed.clone(), &request, &outcome);
                    if let Some(d) = &step.divergence {
                        rendered.entry(format!("{:?} {}", d.grade, d.rule)).or_default().push(short(&outcome));
                    }
                }
                let rendered: Vec<String> =
                    rendered.into_iter().map(|(rendered, which)| format!("{rendered} {}", which.len())).collect();
                let _ = writeln!(out, "{what}: {}", rendered.join("; "));
            }
        }
    }
    insta::assert_snapshot!("policies", out);
}

fn observed(model: &Model, believed: &Belief, id: &str, old: Option<&Store>) -> String {
    let Some(store) = believed.account().store(id) else { return String::new() };
    let old = old.map(|old| ("as before".to_owned(), Some(seen(old))));
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (what, sight) in odd_sights(store).into_iter().chain(old) {
        let mut after = believed.clone();
        let found = model.observe(&mut after, id, sight.as_ref());
        let rendered: Vec<String> = found.iter().map(deviation_of).collect();
        let rendered = format!("{};{}", rendered.join(", "), changes(believed, &after, id));
        lines.entry(rendered).or_default().push(what);
    }
    lines.iter().map(|(rendered, which)| format!("    {rendered} ← {}\n", which.join(", "))).collect()
}

/// The states that Describe may show after an answer, of the store itself and of another one.
#[test]
fn what_describe_shows() {
    let mut pages = Pages::default();
    for kind in KINDS {
        for state in [ConnectionState::Disconnected, ConnectionState::Connecting] {
            let name = format!("describe-{kind:?}-{}", state.name());
            let page = described(&mut pages, &name, kind, state);
            insta::assert_snapshot!(name, page);
        }
    }
}

fn described(pages: &mut Pages, name: &str, kind: StoreKind, state: ConnectionState) -> String {
    let model = model(Revision::LATEST, environment());
    let believed = belief(&model, kind, state);
    let mut out = String::new();
    let other = "cks-000000000000vpc";
    let refused = Outcome::Refused { status: 400, code: Some(Code::ValidationException), written: None };
    let violation = Outcome::ServerFault { status: 500, internal: true, written: None, body: BodyForm::Json };
    for (what, request) in requests::one(kind).into_iter().chain(requests::shown_by_describe(kind)) {
        for outcome in [&Outcome::Success, &refused, &violation] {
            let mut after = believed.clone();
            model.step(&mut after, &request, outcome);
            let title = format!("{what}, {}", short(outcome));
            pages.entry(&mut out, name, &title, observed(&model, &after, OWN, believed.account().store(OWN)));
            if what.starts_with("NewCustomKeyStoreName fresh") {
                let another = format!("{title}, another store");
                pages.entry(&mut out, name, &another, observed(&model, &after, other, None));
            }
        }
    }
    for (what, operation) in companions(kind) {
        for outcome in [&Outcome::Success, &refused] {
            let mut after = believed.clone();
            let id = matches!(operation, Companion::Create(_)).then_some("cks-0000000000000new");
            let found = model.companion(&mut after, &operation, outcome, id);
            let verdict = found.as_ref().map_or("fine".to_owned(), deviation_of);
            let lines = observed(&model, &after, id.unwrap_or(OWN), believed.account().store(OWN));
            pages.entry(&mut out, name, &format!("{what}, {}: {verdict}", short(outcome)), lines);
        }
    }
    out
}

/// The end of a Connect, and the store after it.
#[test]
fn how_connects_end() {
    let environment = environment();
    let mut out = String::new();
    let mut rendered = |what: &str, store: &Store, environment: &Environment| {
        let after = after_connect(environment, store);
        assert!(after.iter().all(|s| s.in_flight.is_none()), "{what}");
        let after: Vec<String> = after.iter().map(|s| format!("{} {:?}", s.state.name(), s.error)).collect();
        let _ = writeln!(out, "{what}: {:?}; {}", connect_end(environment, store), after.join(" | "));
    };
    let made = |kind, host| {
        let store = fixtures::store(OWN, "own name", kind, host, ConnectionState::Disconnected);
        // Of an earlier Connect, which has ended.
        Store { in_flight: Some(Box::new(store.backing.clone())), ..store }
    };
    for (id, role, _) in fixtures::CLUSTERS {
        for password in [None, Some("kmsuserPswd"), Some("anotherPswd")] {
            let mut store = made(StoreKind::Hsm, "own");
            if let Backing::CloudHsm(hsm) = &mut store.backing {
                hsm.cluster = (*id).to_owned();
                hsm.password = password.map(str::to_owned);
            }
            rendered(&format!("{role:?} {password:?}"), &store, &environment);
        }
    }
    for (word, role) in fixtures::PROXIES {
        let mut store = made(StoreKind::Public, "own");
        if let Backing::Xks(x) = &mut store.backing {
            x.endpoint = fixtures::endpoint("own", word);
        }
        rendered(&format!("{role:?}"), &store, &environment);
    }
    for (word, role) in fixtures::SERVICES {
        let mut store = made(StoreKind::Vpc, "good");
        if let Backing::Xks(x) = &mut store.backing {
            x.service = Believed::Is(Some(fixtures::service(word)));
            x.endpoint = format!("https://{word}.vpc.example");
        }
        rendered(&format!("{role:?}"), &store, &environment);
        if let Backing::Xks(x) = &mut store.backing {
            x.endpoint = "https://other.vpc.example".to_owned();
        }
        rendered(&format!("{role:?} under another name"), &store, &environment);
    }
    for (key, secret) in [
        ("AAAAAAAAAAAAAAAAAAAA", Some(fixtures::SECRET)),
        ("BBBBBBBBBBBBBBBBBBBB", Some(fixtures::SECRET)),
        ("AAAAAAAAAAAAAAAAAAAA", None),
    ] {
        let mut store = made(StoreKind::Public, "own");
        if let Backing::Xks(x) = &mut store.backing {
            x.endpoint = "https://fussy.healthy.example".to_owned();
            x.access_key_id = key.to_owned();
            x.secret = secret.map(str::to_owned);
        }
        rendered(&format!("fussy {key} {}", secret.is_some()), &store, &environment);
    }
    for kind in [StoreKind::Hsm, StoreKind::Public, StoreKind::Vpc] {
        rendered(&format!("{kind:?}, nothing known"), &made(kind, "good"), &Environment::default());
    }
    insta::assert_snapshot!("connects", out);
}

/// The fields of each revision: Describe may show those that a revision lacks without a verdict.
#[test]
fn what_is_shown() {
    let mut out = String::new();
    let blind = [(StoreType::Xks, DescribeField::Path), (StoreType::CloudHsm, DescribeField::Proxy)];
    for revision in Revision::ALL {
        let plain = model(*revision, environment());
        let half_blind = Model { blind: Arc::new(blind.into_iter().collect()), ..plain.clone() };
        for kind in StoreType::ALL {
            let fields = |model: &Model| -> Vec<&str> {
                DescribeField::ALL.iter().filter(|f| !model.shows(*kind, **f)).map(|f| f.name()).collect()
            };
            let _ = writeln!(out, "{revision} {kind}: not {:?}; blind {:?}", fields(&plain), fields(&half_blind));
        }
    }
    insta::assert_snapshot!("shown", out);
}

/// Worlds are bounded; what is past the bound is inconclusive and accuses nobody.
#[test]
fn worlds_are_bounded() {
    let model = model(Revision::LATEST, Environment::default());
    let mut belief = belief(&model, StoreKind::Hsm, ConnectionState::Disconnected);
    let lost = Outcome::ServerFault { status: 500, internal: true, written: None, body: BodyForm::Json };
    let mut counts = Vec::new();
    for n in 0..8 {
        let name = format!(r#"{{"CustomKeyStoreId":"{OWN}","NewCustomKeyStoreName":"name {n}"}}"#);
        let step = model.step(&mut belief, &Request::operation(UPDATE, name.into_bytes()), &lost);
        assert!(step.no_verdict && step.divergence.is_none());
        counts.push((belief.accounts().len(), belief.inconclusive));
    }
    // Each lost answer leaves two worlds of every one.
    let expected =
        [(2, false), (4, false), (8, false), (16, false), (32, false), (WORLDS, false), (WORLDS, true), (WORLDS, true)];
    assert_eq!(counts, expected);
    let mut odd = seen(belief.account().store(OWN).unwrap());
    odd.name = Some("nobody's".to_owned());
    assert_eq!(model.observe(&mut belief, OWN, Some(&odd)), []);
}

/// The environment before a store is created and after, and the values that never show.
#[test]
fn the_world_outside() {
    let mut environment = environment();
    let mut out = String::new();
    let mut clusters = environment.clusters.unwrap().to_vec();
    clusters.iter_mut().step_by(2).for_each(|c| c.after_create = Some(ClusterRole::Absent));
    environment.clusters = Some(clusters.into_iter().collect());
    let mut services = environment.services.unwrap().to_vec();
    services.iter_mut().step_by(2).for_each(|s| s.after_create = Some(ServiceRole::Absent));
    environment.services = Some(services.into_iter().collect());
    for (id, ..) in fixtures::CLUSTERS.iter().chain([&("cluster-nowhere", ClusterRole::Absent, "")]) {
        let role =
            |found: Option<Option<&Cluster>>| found.map(|row| row.map(|c| (c.role, c.condition(), c.role.healthy())));
        let _ = writeln!(out, "{id} {:?} {:?}", role(environment.cluster_before(id)), role(environment.cluster(id)));
    }
    for (word, _) in fixtures::SERVICES {
        let found = environment.service(&fixtures::service(word)).map(|row| row.map(|s| (s.role, s.condition())));
        let _ = writeln!(out, "{word} {found:?}");
    }
    for proxy in environment.proxies.iter().flatten().filter(|p| p.credentials.is_some()) {
        let _ = writeln!(out, "{proxy:?}");
    }
    insta::assert_snapshot!("outside", out);
}

/// Which answers to one update, given twice, have to be alike.
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
            for next in outcomes().iter().take(12) {
                let same = [&before, &changed, &tainted].map(|now| model.must_be_alike(&before, &first, now, next));
                let found = model.alike(&first, next, before.account().store(OWN));
                if same.contains(&true) || found.is_none() {
                    let rendered = found.as_ref().map_or("alike".to_owned(), deviation_of);
                    let _ = writeln!(out, "{} {}, {}: {same:?} {rendered}", state.name(), short(&first), short(next));
                }
            }
        }
    }
    insta::assert_snapshot!("alike", out);
}

fn companions(kind: StoreKind) -> Vec<(&'static str, Companion<'static>)> {
    let made = |name: &str| Box::new(fixtures::store("", name, kind, "new", ConnectionState::Disconnected));
    vec![
        ("Create", Companion::Create(made("new"))),
        ("Create with a name in use", Companion::Create(made("other vpc"))),
        ("Connect", Companion::Connect(OWN)),
        ("Disconnect", Companion::Disconnect(OWN)),
        ("Delete", Companion::Delete(OWN)),
        ("Delete of no store", Companion::Delete("cks-00000000nowhere")),
    ]
}

/// Updates at once: which pairs of answers some order of them explains.
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
            for first in &answers {
                for second in &answers {
                    let mut after = believed.clone();
                    let race = [(request.clone(), first.clone()), (against.clone(), second.clone())];
                    let found = model.race(&mut after, &race);
                    let rendered = found.as_ref().map_or("fine".to_owned(), deviation_of);
                    let accounts = changes(&believed, &after, OWN);
                    let _ = writeln!(out, "{what} {}, {other} {}: {rendered};{accounts}", short(first), short(second));
                }
            }
        }
    }
    insta::assert_snapshot!(format!("races-{kind:?}"), out);
}
