//! The seed corpus: from the deterministic cases the few inputs that show every rule, for each target.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use ucks_oracle::answer::Outcome;
use ucks_oracle::expectation::Observation;
use ucks_oracle::judge::Exercise;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::RuleId;
use ucks_oracle::wire::{Answer, Request, TARGET_PREFIX};

use super::sequence::{Play, is_heavy};
use super::simulated_clock::{self, SimulatedClock};
use super::{search, wire};
use crate::bind::{Needs, Pool};
use crate::names::Names;
use crate::op::{Id, Op, Symbol, Update, WireMutation};
use crate::plan::cases::cases;
use crate::plan::scenarios::scenarios;
use crate::plan::simulation::Simulation;
use crate::plan::{Abilities, Goal, Sequence};
use crate::target::{CallFuture, SharedTarget, Target};

/// One input of the corpus.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed {
    /// The fuzz target.
    pub target: &'static str,
    /// The file's name: the rule that it was taken for.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// Nesting of one seed: what costs stack shows at this depth. More than 4 KiB.
const DEEP: u32 = 10_000;

/// One side of a rule.
type Side = (RuleId, bool);

/// The seeds of every target.
pub fn seeds() -> Vec<Seed> {
    let model = simulated_clock::model(Revision::LATEST);
    let reach = Abilities::all();
    let planned: Vec<Sequence> = cases(&model, &reach).sequences.into_iter().chain(scenarios(&model, &reach)).collect();
    let plays = plays(&planned);
    let mut all: BTreeMap<(&'static str, Vec<u8>), String> = BTreeMap::new();
    let mut add = |target, name: &str, bytes: Vec<u8>| {
        all.entry((target, bytes)).or_insert_with(|| name.to_owned());
    };
    for (name, play) in &plays {
        add("sequence", name, play.written().into_bytes());
        for (operation, request) in requests(&model, &play.operations) {
            add("service_request", &format!("{name}-{operation}"), wire::of_request(&request));
        }
        for (operation, answer) in answers(&play.operations) {
            add(
                "answer",
                &format!("{operation}-{}", Observation::from(&Outcome::read(&answer)).code()),
                of_answer(operation, answer),
            );
        }
    }
    for (name, body) in bodies(&model, &planned) {
        add("request_bytes", &name, body.clone());
        if super::tree::Tree::read(&body).is_some() {
            add("request_json", &name, body);
        }
    }
    let mut seeds: Vec<Seed> =
        all.into_iter().map(|((target, bytes), name)| Seed { target, name: file(&name), bytes }).collect();
    // Answers differ by request ids and values that nothing depends on: one of each kind is enough.
    seeds.sort_by(|a, b| (a.target, &a.name, a.bytes.len()).cmp(&(b.target, &b.name, b.bytes.len())));
    seeds.dedup_by(|a, b| a.target == b.target && a.target == "answer" && a.name == b.name);
    let mut last: Option<(&str, String, usize)> = None;
    for seed in &mut seeds {
        let again = match &last {
            Some((target, name, n)) if *target == seed.target && *name == seed.name => n + 1,
            _ => 1,
        };
        last = Some((seed.target, seed.name.clone(), again));
        if again > 1 {
            seed.name = format!("{}-{again}", seed.name);
        }
    }
    seeds
}

fn file(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    name.chars().map(plain).take(60).collect::<String>().trim_matches('-').to_owned()
}

/// The plays that touch a side of a rule which none before touched, each named by the rule.
fn plays(planned: &[Sequence]) -> Vec<(String, Play)> {
    let mut touched: BTreeSet<Side> = BTreeSet::new();
    let mut all = Vec::new();
    for sequence in planned {
        let is_scenario = sequence.cases.iter().all(|c| c.goals.is_empty());
        let parts: Vec<Vec<Op>> = if is_scenario {
            vec![sequence.operations().cloned().collect()]
        } else {
            let new = sequence.cases.iter().filter(|c| !c.goals.iter().filter_map(side).all(|s| touched.contains(&s)));
            new.map(|c| sequence.setup.iter().chain([&c.op]).cloned().collect()).collect()
        };
        for operations in parts.into_iter().filter(|ops| !ops.iter().any(is_heavy)) {
            let mut new: Vec<Side> = exercised(&operations).into_iter().filter(|s| !touched.contains(s)).collect();
            new.sort_unstable_by_key(|(rule, _)| rule.group().traits().general);
            if let Some((rule, refusal)) = new.first() {
                let side = if *refusal { "refused" } else { "served" };
                all.push((format!("{rule}-{side}"), Play { operations, ..Play::default() }));
                touched.extend(new);
            }
        }
    }
    all
}

fn side(goal: &Goal) -> Option<Side> {
    match goal {
        Goal::Rule { exercise, .. } => Some((exercise.rule, exercise.refusal)),
        _ => None,
    }
}

/// The sides of rules that the operations touch against the emulator.
pub fn exercised(operations: &[Op]) -> BTreeSet<Side> {
    let clock = SimulatedClock::default();
    let context = simulated_clock::context(
        simulated_clock::emulated(Revision::LATEST, None, &clock),
        simulated_clock::model(Revision::LATEST),
    );
    let mut sides = BTreeSet::new();
    let played = simulated_clock::play(&context, Names::new(1, 0, 0), operations, |_, result| {
        sides.extend(result.exercised.iter().map(|(e, _)| (e.rule, e.refusal)));
        sides.extend(result.readings.iter().map(|(rule, _)| (*rule, false)));
    });
    let _ = simulated_clock::block_on(played);
    sides
}

/// The requests of the operations, by operation, as they are foreseen.
pub fn requests(model: &Model, operations: &[Op]) -> Vec<(String, Request)> {
    let Some(leases) = Pool::new(&model.environment, usize::MAX).lease(&Needs::of(operations)) else {
        return Vec::new();
    };
    let mut simulation = Simulation::new(model, leases);
    let mut all = Vec::new();
    for op in operations {
        if let Ok((_, request)) = simulation.look(op) {
            let target = request.header("x-amz-target").unwrap_or_default();
            all.push((target.strip_prefix(TARGET_PREFIX).unwrap_or("other").to_owned(), request));
        }
        if simulation.run(op).is_err() {
            break;
        }
    }
    all
}

/// The bodies of updates that show a side of W or S which none before showed, with a deep and a broken one.
fn bodies(model: &Model, planned: &[Sequence]) -> Vec<(String, Vec<u8>)> {
    let mut shown: BTreeSet<(Exercise, bool)> = BTreeSet::new();
    let mut all = Vec::new();
    for sequence in planned {
        let Some(leases) = Pool::new(&model.environment, usize::MAX).lease(&Needs::of(sequence.operations())) else {
            continue;
        };
        let mut simulation = Simulation::new(model, leases);
        if sequence.setup.iter().any(|op| simulation.run(op).is_err()) {
            continue;
        }
        for case in sequence.cases.iter().filter(|c| !is_heavy(&c.op)) {
            let Ok((found, request)) = simulation.look(&case.op) else { continue };
            let mutated = matches!(&case.op, Op::Update(Update { mutation: Some(_), .. }));
            let sides = found.exercises().into_iter().filter(|e| e.rule.group().traits().of_deserializer);
            let new: Vec<_> = sides.map(|e| (e, mutated)).filter(|s| !shown.contains(s)).collect();
            if let Some((first, _)) = new.first() {
                let member = first.member.map_or(String::new(), |m| format!("-{m}"));
                all.push((format!("{}{member}", first.rule), request.body));
                shown.extend(new);
            }
        }
    }
    for mutation in
        [WireMutation::Deep(DEEP), WireMutation::LoneSurrogate, WireMutation::NotUtf8, WireMutation::Escaped]
    {
        let name = format!("{mutation:?}");
        let set = vec![(ucks_oracle::members::Member::NewCustomKeyStoreName, crate::op::Value::Fresh(1))];
        let create = Op::Create { store: Symbol(0), kind: ucks_oracle::members::StoreType::Xks, set: Vec::new() };
        let update = Op::Update(Update { id: Id::Of(Symbol(0)), set, mutation: Some(mutation) });
        let requests = requests(model, &[create, update]);
        all.extend(requests.into_iter().next_back().map(|(_, request)| (name, request.body)));
    }
    let more: [(&str, &[u8]); 4] = [
        ("W-18-control", b"{\"NewCustomKeyStoreName\":\"a\x01\"}"),
        ("W-21-surrogates", br#"{"a":"\ud83d\ude00","b":["\udc00\ud800"]}"#),
        ("W-21-half-a-pair", br#"{"a":"\ud800\n"}"#),
        ("W-23-byte-order-mark", b"\xef\xbb\xbf{}"),
    ];
    all.extend(more.map(|(name, body)| (name.to_owned(), body.to_vec())));
    all
}

/// Every kind of answer that the emulator gives to the operations, with the operation.
fn answers(operations: &[Op]) -> Vec<(String, Answer)> {
    let clock = SimulatedClock::default();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let target =
        AnswerRecorder { inner: simulated_clock::emulated(Revision::LATEST, None, &clock), heard: heard.clone() };
    let context = simulated_clock::context(
        Arc::new(simulated_clock::SimulatedTime::new(target, clock)),
        simulated_clock::model(Revision::LATEST),
    );
    let _ = simulated_clock::block_on(search::look(&context, Names::new(1, 0, 0), operations));
    let mut all = std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
    for (_, answer) in &mut all {
        undate(answer);
    }
    all
}

/// The emulator dates stores by the clock on the wall.
fn undate(answer: &mut Answer) {
    let Ok(mut body) = serde_json::from_slice::<serde_json::Value>(&answer.body) else { return };
    let stores = body.get_mut("CustomKeyStores").and_then(serde_json::Value::as_array_mut);
    for date in stores.into_iter().flatten().filter_map(|s| s.get_mut("CreationDate")) {
        *date = serde_json::json!(1.5);
    }
    answer.body = body.to_string().into_bytes();
}

fn of_answer(operation: String, mut answer: Answer) -> Vec<u8> {
    answer.headers.push(("ucks-to".into(), operation.into()));
    wire::of_answer(&answer)
}

/// Keeps what the inner target answers.
struct AnswerRecorder {
    inner: SharedTarget,
    heard: Arc<Mutex<Vec<(String, Answer)>>>,
}

impl Target for AnswerRecorder {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            let answer = self.inner.call(request).await?;
            let target = request.header("x-amz-target").unwrap_or_default();
            if let Some(operation) = target.strip_prefix(TARGET_PREFIX) {
                let kept = (operation.to_owned(), answer.clone());
                self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
            }
            Ok(answer)
        })
    }
}
