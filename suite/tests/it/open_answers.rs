//! Answers that the rule book leaves open, on the emulator's readings: a conforming service is not accused.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use rstest::rstest;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator, Environment};
use ucks_oracle::judge::Grade;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::Divergence;
use ucks_oracle::revision::Revision;
use ucks_suite::fuzzing::simulated_clock::{START, SimulatedClock, SimulatedTime, block_on, model, play};
use ucks_suite::names::Names;
use ucks_suite::op::{Fixture, Id, Op, Proxy, Symbol, Update, Value, WireMutation};
use ucks_suite::run::context::{NoTracking, RunContext};
use ucks_suite::run::executor::StepResult;
use ucks_suite::target::in_process::InProcess;

const A: Symbol = Symbol(0);
const B: Symbol = Symbol(1);
/// The tolerated lag of Describe, and the lag in these tests.
const SETTLE: Duration = Duration::from_millis(500);

fn create(store: Symbol, kind: StoreType) -> Op {
    Op::Create { store, kind, set: Vec::new() }
}

fn update(set: Vec<(Member, Value)>, mutation: Option<WireMutation>) -> Op {
    Op::Update(Update { id: Id::Of(A), set, mutation })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Plays operations on an emulator by a clock of its own, settling within [`SETTLE`].
fn played(config: Config, ops: &[Op]) -> Vec<StepResult> {
    let clock = SimulatedClock::default();
    let (emulator, time) = (Emulator::new(config), clock.clone());
    let answer = move |request| ready(emulator.handle_at(request, *START + time.now()));
    let target = Arc::new(SimulatedTime::new(InProcess::new(answer), clock));
    let transition = Duration::from_secs(1);
    let context = RunContext::new(target, model(Revision::LATEST), SETTLE, transition, 0.0, Arc::new(NoTracking))
        .named(Some(1.into()));
    let mut results = Vec::new();
    block_on(play(&context, Names::new(1, 0, 0), ops, |_, result| results.push(result))).unwrap();
    results
}

fn divergences(results: &[StepResult]) -> Vec<&Divergence> {
    results.iter().flat_map(|r| &r.divergences).collect()
}

/// An emulator whose Describe is 40 ms late.
fn late(readings: Option<u64>) -> Config {
    let environment = DEFAULT_ENVIRONMENT.replace("lag_ms = 0", "lag_ms = 40");
    Config { environment: Environment::parse(&environment).unwrap(), readings, ..Config::default() }
}

fn drawn(readings: u64) -> Config {
    Config { readings: Some(readings), ..Config::default() }
}

/// After a name whose stored form is open the old name may be shown for a while.
#[rstest]
#[case(StoreType::Xks, Member::XksProxyUriPath)]
#[case(StoreType::CloudHsm, Member::KeyStorePassword)]
fn describe_is_late_after_a_name_whose_form_is_open(#[case] kind: StoreType, #[case] other: Member) {
    let odd = || vec![(Member::NewCustomKeyStoreName, text("odd\u{1} name"))];
    let ops = [
        create(A, kind),
        create(B, kind),
        update(odd(), None),
        update(vec![(other, Value::Fresh(1))], None),
        Op::Find { store: A },
        Op::Connect { store: A, wait: true },
        Op::Disconnect { store: A, wait: true },
        update(vec![(Member::NewCustomKeyStoreName, Value::Fresh(2))], None),
        update(odd(), None),
    ];
    assert_eq!(divergences(&played(late(None), &ops)), Vec::<&Divergence>::new());
}

/// Half a character in a name is malformed, refused with an echo of it, or stored and shown.
#[test]
fn half_a_character_in_a_name() {
    let fresh = |n| vec![(Member::NewCustomKeyStoreName, Value::Fresh(n))];
    let ops = [
        create(A, StoreType::Xks),
        create(B, StoreType::CloudHsm),
        update(fresh(1), Some(WireMutation::LoneSurrogate)),
        Op::Find { store: A },
        Op::List { limit: 1 },
        update(vec![(Member::XksProxyUriPath, Value::Fresh(2))], None),
        update(fresh(1), Some(WireMutation::LoneSurrogate)),
        Op::Connect { store: A, wait: true },
        update(fresh(3), None),
        Op::Find { store: A },
    ];
    for seed in 0..40 {
        for config in [drawn(seed), late(Some(seed))] {
            assert_eq!(divergences(&played(config, &ops)), Vec::<&Divergence>::new(), "readings {seed}");
        }
    }
}

/// An empty service name for a public store, and a host with a final dot (S-16, U-10).
#[test]
fn empty_services_and_final_dots() {
    let empty = (Member::XksProxyVpcEndpointServiceName, text(""));
    let public = (Member::XksProxyConnectivity, text("PUBLIC_ENDPOINT"));
    let path = |n| (Member::XksProxyUriPath, Value::Fresh(n));
    let nobody = Op::Update(Update { id: Id::Nobody, set: vec![empty.clone()], mutation: None });
    let asks = [
        update(vec![empty.clone()], None),
        update(vec![public.clone(), empty.clone()], None),
        update(vec![path(1), empty.clone()], None),
    ];
    let mut ops = vec![create(A, StoreType::Xks), nobody];
    ops.extend(asks.clone());
    ops.push(update(vec![(Member::XksProxyUriEndpoint, text("https://dotted.xks.example."))], None));
    ops.push(update(vec![path(2)], None));
    ops.push(Op::Connect { store: A, wait: true });
    ops.extend(asks);
    ops.push(update(vec![(Member::XksProxyUriEndpoint, Value::Fresh(3)), empty], None));
    for seed in 0..40 {
        assert_eq!(divergences(&played(drawn(seed), &ops)), Vec::<&Divergence>::new(), "readings {seed}");
    }
}

/// A KMSInternalException that stays where the proxy cannot be reached is a warning, and X-08 is not judged by it
/// (W-17).
#[test]
fn an_unreachable_proxy_that_is_an_internal_error() {
    let no_tcp = Value::Fixture(Fixture::Endpoint(Proxy::Role(ucks_oracle::environment::ProxyRole::NoTcp), 1));
    let ops = [create(A, StoreType::Xks), update(vec![(Member::XksProxyUriEndpoint, no_tcp)], None)];
    let planted = |name: &str| Config { defect: Some(name.parse().unwrap()), ..Config::default() };
    let results = played(planted("unreachable-proxy-is-internal"), &ops);
    let found: Vec<_> = divergences(&results).iter().map(|d| (d.rule.0, d.grade)).collect();
    assert_eq!(found, [("W-15", Grade::Warn)]);
    assert!(results.iter().flat_map(|r| &r.exercised).all(|(e, _)| e.rule.0 != "X-08"));
    let results = played(
        planted("malformed-is-500"),
        &[create(A, StoreType::Xks), update(Vec::new(), Some(WireMutation::Body("[".to_owned())))],
    );
    let found: Vec<_> = divergences(&results).iter().map(|d| (d.rule.0, d.grade)).collect();
    assert_eq!(found, [("W-15", Grade::Fail)]);
}

/// The proxy's own error message does not appear in an answer.
#[test]
fn a_proxy_message_that_is_repeated() {
    let bad = Value::Fixture(Fixture::Endpoint(Proxy::Role(ucks_oracle::environment::ProxyRole::InvalidPath), 1));
    let ops = [create(A, StoreType::Xks), update(vec![(Member::XksProxyUriEndpoint, bad)], None)];
    let of = |defect: Option<&str>| {
        let results = played(Config { defect: defect.map(|d| d.parse().unwrap()), ..Config::default() }, &ops);
        let decided = results.iter().flat_map(|r| &r.exercised).any(|(e, _)| e.rule.0 == "X-21");
        let found: Vec<_> = divergences(&results).iter().map(|d| (d.rule.0, d.grade)).collect();
        (decided, found)
    };
    assert_eq!(of(None), (true, vec![]));
    assert_eq!(of(Some("proxy-message-repeated")), (false, vec![("X-21", Grade::Warn)]));
}
