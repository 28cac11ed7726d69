//! A rule that a run reports as decided is decided: each service that breaks just this rule would have been found.
//!
//! All cases are run against the emulator, and each exchange that decided a side of a rule is judged again with the
//! answers of the side's counter-services in place of the emulator's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT};
use ucks_oracle::account::DescribeField;
use ucks_oracle::answer::Outcome;
use ucks_oracle::aspect::Aspect;
use ucks_oracle::decide::never_alone;
use ucks_oracle::judge::Exercise;
use ucks_oracle::model::{Belief, Model};
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::{Force, JudgedOn, Rule};
use ucks_oracle::rules;
use ucks_oracle::situation::{Exchange, proxy_message};
use ucks_oracle::wire::{Answer, CONTENT_TYPE, DESCRIBE, Request, TARGET_PREFIX, UPDATE};
use ucks_suite::bind::Pool;
use ucks_suite::fuzzing::simulated_clock::{SimulatedClock, block_on, model, served};
use ucks_suite::names::Names;
use ucks_suite::plan::cases::cases;
use ucks_suite::plan::decided::decided_rules;
use ucks_suite::plan::scenarios::scenarios;
use ucks_suite::plan::{Abilities, Sequence};
use ucks_suite::profile::Profile;
use ucks_suite::run::context::{NoTracking, RunContext};
use ucks_suite::run::coverage::Side;
use ucks_suite::run::executor::{Executor, StepResult};
use ucks_suite::target::{CallFuture, PauseFuture, SharedTarget, Target};

/// The must and should rules that the cases touch and do not decide, with the reasons.
const UNDECIDED: &[(&str, &str)] = &[
    ("P-04", "never alone"),
    ("R-02", "never alone"),
    ("R-03", "never alone"),
    ("S-02", "never alone"),
    ("G-11", "never alone"),
    ("G-12", "never alone"),
    ("G-53", "never alone"),
    ("G-20", "a service has one owner: another owner alone is refused for that as well (V-03)"),
    ("G-21", "as G-20"),
    ("U-08", "the cases take a service that another rule refuses, or may refuse, with the same or another error"),
];

/// Keeps what goes over the wire, and gives another answer to one request.
struct Recorder {
    inner: SharedTarget,
    kept: Mutex<Vec<(Request, Answer)>>,
    calls: AtomicUsize,
    instead: BTreeMap<usize, Answer>,
}

impl Target for Recorder {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            let answer = match self.instead.get(&number) {
                Some(answer) => answer.clone(),
                None => self.inner.call(request).await?,
            };
            self.kept.lock().unwrap().push((request.clone(), answer.clone()));
            Ok(answer)
        })
    }

    fn now(&self) -> Duration {
        self.inner.now()
    }

    fn pause(&self, time: Duration) -> PauseFuture<'_> {
        self.inner.pause(time)
    }
}

/// One operation of a sequence that was played.
struct Played {
    /// The belief before it.
    before: Belief,
    /// The number of its first request.
    first: usize,
    exchanges: Vec<(Request, Answer)>,
    result: StepResult,
}

/// Plays the first `steps` operations of a sequence, with other answers to the requests of these numbers.
fn play(sequence: &Sequence, steps: usize, instead: BTreeMap<usize, Answer>, known: &[Side]) -> Vec<Played> {
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let target = Arc::new(Recorder {
        inner: served(Config::default(), &SimulatedClock::default()),
        kept: Mutex::default(),
        calls: AtomicUsize::default(),
        instead,
    });
    let model = model(Revision::LATEST);
    let context = RunContext::new(target.clone(), model, Duration::ZERO, profile.transition, 0.0, Arc::new(NoTracking))
        .named(Some(1.into()));
    context.note_decided(&StepResult { decided: known.to_vec(), ..StepResult::default() });
    let leases = Pool::new(&context.model.environment, profile.stores).lease(&sequence.needs()).unwrap();
    let mut executor = Executor::new(&context, Names::new(1, 1, 1), leases);
    let mut played = Vec::new();
    for op in sequence.operations().take(steps) {
        let (before, first) = (executor.belief().clone(), target.calls.load(Ordering::Relaxed));
        let result = block_on(executor.run(op)).unwrap();
        context.note_decided(&result);
        let exchanges = target.kept.lock().unwrap().drain(..).collect();
        played.push(Played { before, first, exchanges, result });
    }
    played
}

fn planned() -> (Model, Vec<Sequence>) {
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let model = model(Revision::LATEST);
    let reach = Abilities { room: profile.stores, ..Abilities::all() };
    let plan = cases(&model, &reach);
    let sequences = plan.sequences.into_iter().chain(scenarios(&model, &reach)).collect();
    (model, sequences)
}

/// An answer with this outcome and nothing else.
fn answer(outcome: &Outcome) -> Answer {
    let headers =
        |names: [(&'static str, &'static str); 2]| names.map(|(name, value)| (name.into(), value.into())).to_vec();
    let headers =
        headers([("x-amzn-requestid", "0b3c8a2e-6f4d-4e2a-9d52-0a6a1f1c7b11"), ("content-type", CONTENT_TYPE)]);
    match outcome {
        Outcome::Refused { status, written: Some(code), .. } => {
            let body = serde_json::json!({ "__type": code, "message": "refused" });
            Answer { status: *status, headers, body: body.to_string().into_bytes() }
        }
        _ => Answer { status: 200, headers, body: b"{}".to_vec() },
    }
}

/// The answers with which the counter-services of a side answer a request.
fn counter_answers(model: &Model, before: &Belief, request: &Request, side: &Exercise) -> Vec<Outcome> {
    let worlds = before.accounts().iter().map(|account| model.assess(account, request));
    let mut answers: Vec<Outcome> = Vec::new();
    for answer in worlds.flat_map(|found| found.counter_answers(side, &model.policy)) {
        if !answers.contains(&answer) {
            answers.push(answer);
        }
    }
    answers
}

/// The fields of each store that Describe showed before an operation.
type Shown = BTreeMap<String, Value>;

fn operation(request: &Request) -> Option<&str> {
    request.header("x-amz-target").and_then(|t| t.strip_prefix(TARGET_PREFIX))
}

/// The stores that a page of Describe shows.
fn stores(answer: &Answer) -> Vec<Value> {
    let page: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    page["CustomKeyStores"].as_array().cloned().unwrap_or_default()
}

/// A page of Describe with its stores changed.
fn changed(answer: &Answer, change: impl Fn(&mut Value)) -> Answer {
    let mut page: Value = serde_json::from_slice(&answer.body).unwrap();
    page["CustomKeyStores"].as_array_mut().unwrap().iter_mut().for_each(change);
    Answer { body: page.to_string().into_bytes(), ..answer.clone() }
}

/// Sets a field of a store as Describe shows it.
fn set(store: &mut Value, field: DescribeField, value: Value) {
    let name = field.name();
    match name.split_once('.') {
        Some((group, name)) => store[group][name] = value,
        None => store[name] = value,
    }
}

fn get(store: &Value, field: DescribeField) -> Value {
    let name = field.name();
    name.split_once('.').map_or(&store[name], |(group, name)| &store[group][name]).clone()
}

/// The fields that a store shows otherwise than before, among those that members set.
fn differing(before: &Value, after: &Value) -> Vec<DescribeField> {
    let of_members = DescribeField::ALL.iter().copied().filter(|field| field.member().is_some());
    of_members.filter(|field| get(before, *field) != get(after, *field)).collect()
}

/// The answers of services that break one side of a rule, by the number of the request, each set from one service.
fn counters(model: &Model, one: &Played, shown: &Shown, side: &Exercise) -> Vec<BTreeMap<usize, Answer>> {
    let exchanges = &one.exchanges;
    let at = |n: usize, answer: Answer| BTreeMap::from([(one.first + n, answer)]);
    let update = exchanges.iter().position(|(r, _)| operation(r) == Some(UPDATE));
    let update = update.or_else(|| exchanges.iter().position(|(r, _)| operation(r) != Some(DESCRIBE))).unwrap_or(0);
    let (request, answered) = &exchanges[update];
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let id = body["CustomKeyStoreId"].as_str().unwrap_or_default();
    let looks = |id: &str| {
        let id = id.to_owned();
        let shows = move |answer: &Answer| stores(answer).iter().any(|s| s["CustomKeyStoreId"] == id.as_str());
        exchanges.iter().enumerate().skip(update + 1).filter(move |(_, (_, answer))| shows(answer))
    };
    let look = |id: &str| looks(id).next_back().map(|(n, (_, answer))| (n, answer));
    let with_field = |field: DescribeField, value: Value| {
        let (n, answer) = look(id).unwrap();
        at(n, changed(answer, |store| set(store, field, value.clone())))
    };
    let other = |is: &Value, one: &str, two: &str| Value::from(if *is == one { two } else { one });
    let last_look = || exchanges.iter().rposition(|(r, _)| operation(r) == Some(DESCRIBE)).unwrap();
    let now = || stores(look(id).unwrap().1)[0].clone();
    let former = |field: DescribeField| get(&shown[id], field);
    let refused = |code: &str| answer(&Outcome::Refused { status: 400, code: None, written: Some(code.to_owned()) });
    match side.rule.0 {
        "A-01" => {
            let changed = differing(&shown[id], &now()).into_iter().find(|field| field.member() == side.member);
            changed.map(|field| with_field(field, former(field))).into_iter().collect()
        }
        "A-07" => {
            let (n, answer) = look(id).unwrap();
            vec![at(n, changed(answer, |store| *store = shown[id].clone()))]
        }
        "A-08" | "A-10" => {
            let changed = differing(&shown[id], &now());
            assert!(changed.len() > 1);
            changed.into_iter().map(|field| with_field(field, former(field))).collect()
        }
        "A-02" => {
            let settable = |field: &&DescribeField| {
                let given = field.member().map(|m| &body[m.name()]);
                given.is_some_and(|v| v.is_string() && *v != get(&now(), **field))
            };
            let field = *DescribeField::ALL.iter().find(settable).unwrap();
            vec![with_field(field, body[field.member().unwrap().name()].clone())]
        }
        "A-03" => {
            let others = shown.keys().filter(|other| *other != id);
            let (n, answer) = others.filter_map(|other| look(other)).next().unwrap();
            vec![at(n, changed(answer, |store| set(store, DescribeField::Name, Value::from("another"))))]
        }
        "A-04" => {
            let state = other(&now()["ConnectionState"], "CONNECTED", "DISCONNECTED");
            vec![with_field(DescribeField::State, state)]
        }
        "T-12" => {
            let kind = other(&now()["CustomKeyStoreType"], "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE");
            vec![with_field(DescribeField::Type, kind)]
        }
        "C-06" => vec![with_field(DescribeField::Owner, Value::Null)],
        "A-06" => vec![at(update, refused("CustomKeyStoreInvalidStateException"))],
        "A-09" => vec![with_field(DescribeField::Name, Value::from("as it was created"))],
        "H-06" | "X-18" => {
            vec![with_field(DescribeField::State, other(&now()["ConnectionState"], "CONNECTED", "FAILED"))]
        }
        "O-01" => vec![at(update, refused("ValidationException"))],
        "O-03" | "O-04" | "O-05" | "O-09" if answered.status == 200 => {
            vec![at(update, refused("CustomKeyStoreInvalidStateException"))]
        }
        "O-09" => {
            let body = br#"{"CustomKeyStoreId":"cks-0123456789abcdef0"}"#.to_vec();
            vec![at(update, Answer { body, ..answer(&Outcome::Success) })]
        }
        "O-03" | "O-04" | "O-05" => vec![at(update, answer(&Outcome::Success))],
        "O-06" if id.is_empty() || !shown.contains_key(id) => {
            let n = last_look();
            let page = stores(&exchanges[n].1).is_empty().then(|| answer(&Outcome::Success));
            vec![at(n, page.unwrap_or_else(|| Answer { body: b"{}".to_vec(), ..exchanges[n].1.clone() }))]
        }
        "O-02" => {
            let n = last_look();
            let renamed = |store: &mut Value| set(store, DescribeField::Name, Value::from("another"));
            vec![at(n, changed(&exchanges[n].1, renamed))]
        }
        "O-06" | "O-07" | "O-08" => {
            let n = last_look();
            let body = br#"{"CustomKeyStores":[],"Truncated":false}"#.to_vec();
            vec![at(n, Answer { body, ..exchanges[n].1.clone() })]
        }
        "O-10" => {
            let n = last_look();
            vec![at(n, Answer { body: b"[".to_vec(), ..exchanges[n].1.clone() })]
        }
        "P-05" => {
            let admitted = model.assess(one.before.account(), request).admitted(&model.policy);
            let actual = Outcome::read_served(answered);
            let another = admitted.iter().find(|o| o.code() != actual.code()).unwrap();
            let updates = exchanges.iter().enumerate().filter(|(_, (r, _))| operation(r) == Some(UPDATE));
            vec![at(updates.map(|(n, _)| n).nth(1).unwrap(), answer(another))]
        }
        "R-01" => {
            let updates = exchanges.iter().enumerate().filter(|(_, (r, _))| operation(r) == Some(UPDATE));
            vec![updates.map(|(n, _)| (one.first + n, answer(&Outcome::Success))).collect()]
        }
        rule => match rules::find(rule).unwrap().check {
            JudgedOn::Form(check) => {
                let account = one.before.account();
                let message = proxy_message(model.revision, &model.environment, request, account);
                let secrets = ["KeyStorePassword", "RawSecretAccessKey"].map(|m| body[m].as_str());
                let nested = body["XksProxyAuthenticationCredential"]["RawSecretAccessKey"].as_str();
                let secrets: Vec<String> = secrets.into_iter().chain([nested]).flatten().map(str::to_owned).collect();
                let outcome = model.outcome(request, answered);
                let exchange = Exchange {
                    revision: model.revision,
                    request,
                    answer: answered,
                    outcome: &outcome,
                    proxy_message: message,
                    secrets: &secrets,
                };
                model.counter_forms(check, &exchange).map(|other| at(update, other)).collect()
            }
            _ => {
                let answers = counter_answers(model, &one.before, request, side);
                answers.iter().map(|outcome| at(update, answer(outcome))).collect()
            }
        },
    }
}

/// Plays a step again with a counter-service's answers, and returns true if that diverges.
fn diverges(sequence: &Sequence, step: usize, side: &Exercise, instead: BTreeMap<usize, Answer>) -> bool {
    let replayed = play(sequence, step + 1, instead, &[]);
    let form = rules::find(side.rule.0).is_some_and(|rule| matches!(rule.check, JudgedOn::Form(_)));
    // A form of its own may be wrong with any answer that is not the emulator's.
    replayed[step].result.divergences.iter().any(|found| form || found.aspect != Aspect::FORM)
}

#[test]
fn every_counter_service_of_a_decided_side_diverges() {
    let (model, sequences) = planned();
    let (mut decided, mut touched): (Vec<Side>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
    let mut missed = Vec::new();
    for sequence in &sequences {
        let mut shown = Shown::new();
        let played = play(sequence, usize::MAX, BTreeMap::new(), &decided);
        for (step, one) in played.iter().enumerate() {
            assert_eq!(one.result.divergences, [], "{}", sequence.label);
            touched.extend(one.result.exercised.iter().map(|(side, _)| side.rule.0));
            for (side, cell) in &one.result.decided {
                let services = counters(&model, one, &shown, side);
                let place = format!("{}, step {step}: {side:?} {cell:?}", sequence.label);
                if services.is_empty() {
                    missed.push(format!("{place}: no service breaks it"));
                }
                // The first and the last answers of those that refuse with any code.
                let some: Vec<_> = services.iter().take(2).chain(services.last()).collect();
                if let Some(instead) = some.iter().find(|instead| !diverges(sequence, step, side, (**instead).clone()))
                {
                    missed.push(format!("{place}: {instead:?}"));
                }
            }
            decided.extend(one.result.decided.iter().copied());
            for store in one.exchanges.iter().flat_map(|(_, answer)| stores(answer)) {
                shown.insert(store["CustomKeyStoreId"].as_str().unwrap_or_default().to_owned(), store);
            }
        }
    }
    assert!(missed.is_empty(), "{} of {} sides:\n{}", missed.len(), decided.len(), missed.join("\n"));
    let rules: BTreeSet<&str> = decided.iter().map(|(side, _)| side.rule.0).collect();
    let required = |rule: &&Rule| matches!(rule.force_at(Revision::LATEST), Force::Must | Force::Should);
    let undecided = rules::at(Revision::LATEST)
        .filter(required)
        .map(|rule| rule.id.0)
        .filter(|id| touched.contains(id) && !rules.contains(id));
    let explained: BTreeSet<&str> = UNDECIDED.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(undecided.collect::<BTreeSet<_>>(), explained, "{} rules are decided", rules.len());
}

#[test]
fn no_request_decides_a_rule_that_the_list_explains() {
    let (model, sequences) = planned();
    let decided = decided_rules(&model, &sequences, Profile::parse(DEFAULT_ENVIRONMENT).unwrap().stores);
    for (rule, why) in UNDECIDED {
        let id = rules::find(rule).unwrap().id;
        assert!(!decided.contains(&id), "{rule}");
        assert_eq!(never_alone(id).is_some(), *why == "never alone", "{rule}");
    }
    assert!(decided.contains(&rules::find("G-14").unwrap().id));
}
