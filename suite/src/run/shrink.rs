//! Confirming and shrinking: the shortest sequence that still shows the same finding.
//!
//! A shrunk sequence is 1-minimal: a whole pass of deletions and simplifications accepts nothing.
//! Every candidate runs on fresh names and is cleaned up; one whose operations mean nothing is
//! skipped; a lost answer counts as neither. A finding may slip to another one with the same answer
//! (see [`may_slip`]): then what made it special did not matter.

use std::collections::BTreeSet;

use ucks_oracle::aspect::Aspect;
use ucks_oracle::expectation::Observation;
use ucks_oracle::fixed_hash::fnv1a;
use ucks_oracle::model::Divergence;
use ucks_oracle::rule::RuleId;

use super::confirm::is_about_a_listing;
use super::context::RunContext;
use super::executor::Executor;
use super::finding::{key, may_slip};
use super::log::Log;
use super::patience::Patience;
use crate::bind::{Needs, Pool};
use crate::names::Names;
use crate::op::{Id, Op, Symbol, Update, Value, WireMutation};
use crate::record::Exchange;
use crate::replay::Key;
use crate::target::TransportError;

/// A sequence that shows a finding.
#[derive(Clone, Debug)]
pub struct Reproduction {
    /// The finding.
    pub key: Key,
    /// Further rules that the same answer breaks (W-26).
    pub also: Vec<RuleId>,
    /// The operations, the last one divergent.
    pub ops: Vec<Op>,
    /// The exchanges of the last run.
    pub exchanges: Vec<Exchange>,
}

/// Requests that shrinking one finding may take.
const BUDGET: u64 = 1_500;

/// Attempts at what is a matter of chance: who wins a race, or in which order a service lists its stores.
const RACES: usize = 8;

/// Replays that must all show a finding whose sequence repeats an update less often.
const SURE: usize = 4;

/// Confirms and shrinks.
pub struct Shrinker<'a> {
    context: &'a RunContext,
    attempts: u64,
    sequence: u64,
    started: u64,
    /// The time that the next replays give the target.
    patience: Patience,
}

impl<'a> Shrinker<'a> {
    /// A shrinker; `sequence` keeps its names apart from those of others.
    pub fn new(context: &'a RunContext, sequence: u64) -> Shrinker<'a> {
        Shrinker { context, attempts: 1 << 32, sequence, started: context.requests(), patience: Patience::Least }
    }

    /// Requests spent so far.
    pub fn spent(&self) -> u64 {
        self.context.requests() - self.started
    }

    /// Runs the operations on fresh names: the run's own finding if it shows there, else a broader one.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub async fn shows(&mut self, ops: &[Op], wanted: &Key) -> Result<Option<Reproduction>, TransportError> {
        let by_chance = ops.iter().any(|op| matches!(op, Op::Race { .. })) || is_about_a_listing(wanted);
        let times = if by_chance { RACES } else { 1 };
        for _ in 0..times {
            if let Some(shown) = self.shows_now(ops, wanted).await? {
                return Ok(Some(shown));
            }
        }
        Ok(None)
    }

    async fn shows_now(&mut self, ops: &[Op], wanted: &Key) -> Result<Option<Reproduction>, TransportError> {
        self.attempts += 1;
        let model = &self.context.model;
        let pool = Pool::new(&model.environment, usize::MAX).without(&self.context.retained_leases());
        let Some(leases) = { pool }.lease(&Needs::of(ops)) else { return Ok(None) };
        let mut executor =
            Executor::new(self.context, Names::new(self.context.nonce, self.sequence, self.attempts), leases);
        executor.log = Some(Log::new(&self.context.model.environment));
        executor.patience = self.patience;
        let mut found = None;
        let mut kept = Vec::new();
        let mut trouble = None;
        for op in ops {
            match executor.run(op).await {
                Ok(result) if result.skipped.is_some() => continue,
                Ok(result) => {
                    kept.push(op.clone());
                    found = pick(&result.divergences, wanted);
                    if found.is_some() {
                        break;
                    }
                }
                Err(lost) => {
                    trouble = Some(lost);
                    break;
                }
            }
        }
        let log = executor.log.take();
        // A finding may be in the cleaning up itself.
        let cleaned = executor.clean_up().await;
        if let Some(lost) = trouble {
            return Err(lost);
        }
        let cleaned = cleaned?;
        if found.is_none() {
            found = pick(&cleaned.divergences, wanted);
        }
        let exchanges = log.unwrap_or_default().exchanges;
        Ok(found.map(|(key, also)| Reproduction { key, also, ops: kept, exchanges }))
    }

    /// Runs a candidate. One that repeats an update less often than the best sequence has to show the finding each time
    /// of several: a service that chooses its error by chance would else leave a sequence that seldom shows it.
    async fn shows_surely(
        &mut self,
        candidate: &[Op],
        best: &Reproduction,
    ) -> Result<Option<Reproduction>, TransportError> {
        let times = if repetitions(candidate) < repetitions(&best.ops) { SURE } else { 1 };
        let mut shown = None;
        for _ in 0..times {
            shown = self.shows(candidate, &best.key).await?;
            if shown.is_none() {
                break;
            }
        }
        Ok(shown)
    }

    /// Replays the sequence until it showed twice: `None` where it did not come again.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub async fn confirm(
        &mut self,
        setup: usize,
        ops: &[Op],
        wanted: &Key,
    ) -> Result<Option<Reproduction>, TransportError> {
        // The setup with the last operation alone is most often enough, and counts as a replay.
        if ops.len() > setup + 1 {
            let mut short: Vec<Op> = ops[..setup].to_vec();
            short.extend(ops.last().cloned());
            if let Some(first) = self.shows(&short, wanted).await?
                && let Some(second) = self.shows(&first.ops, &first.key).await?
            {
                return Ok(Some(second));
            }
        }
        let Some(first) = self.shows(ops, wanted).await? else { return Ok(None) };
        self.shows(&first.ops, &first.key).await
    }

    /// Shrinks a confirmed sequence to a 1-minimal one. Confirms that one with the whole settle time and the whole
    /// pauses between repetitions: `None` where it did not show again, because Describe only lagged or a fault passed.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub async fn shrink(&mut self, confirmed: Reproduction) -> Result<Option<Reproduction>, TransportError> {
        let shrunk = self.shrink_with_least_patience(confirmed.clone()).await?;
        let may_lag = shrunk.key.aspect == Aspect::EFFECT && self.context.settle > self.context.hurried_settle();
        if !may_lag && shrunk.key.got != Observation::InternalErrorEachTime {
            return Ok(Some(shrunk));
        }
        self.patience = Patience::Whole;
        if let Some(shown) = self.shows(&shrunk.ops, &shrunk.key).await? {
            return Ok(Some(shown));
        }
        self.shows(&confirmed.ops, &confirmed.key).await
    }

    async fn shrink_with_least_patience(&mut self, mut best: Reproduction) -> Result<Reproduction, TransportError> {
        let mut refuted: BTreeSet<u64> = BTreeSet::new();
        loop {
            let mut progress = false;
            // Large cuts first, then every single simplification, to a fixpoint.
            for candidate in cuts(&best.ops).into_iter().chain(simplifications(&best.ops)) {
                let print = fnv1a(serde_json::to_vec(&candidate).unwrap_or_default());
                if candidate.is_empty() || refuted.contains(&print) {
                    continue;
                }
                if self.spent() > BUDGET || self.context.stopped() {
                    return Ok(best);
                }
                match self.shows_surely(&candidate, &best).await? {
                    Some(smaller) if smaller.ops.len() <= candidate.len() => {
                        best = smaller;
                        progress = true;
                        break;
                    }
                    _ => {
                        refuted.insert(print);
                    }
                }
            }
            if !progress {
                return Ok(best);
            }
        }
    }
}

/// Returns the number of repeated updates in the sequence.
fn repetitions(ops: &[Op]) -> u32 {
    ops.iter().map(|op| if let Op::Repeat { times, .. } = op { u32::from(*times) } else { 0 }).sum()
}

fn pick(divergences: &[Divergence], wanted: &Key) -> Option<(Key, Vec<RuleId>)> {
    let mut broader = None;
    for divergence in divergences {
        let key = key(divergence);
        if key == *wanted {
            return Some((key, divergence.also.clone()));
        }
        if may_slip(wanted, &key) {
            broader.get_or_insert((key, divergence.also.clone()));
        }
    }
    broader
}

/// The sequence without a stretch of operations before the last one.
fn cuts(ops: &[Op]) -> Vec<Vec<Op>> {
    let mut all = Vec::new();
    let mut size = ops.len().saturating_sub(1) / 2;
    while size > 1 {
        for from in (0..ops.len().saturating_sub(size)).step_by(size) {
            let mut shorter = ops.to_vec();
            shorter.drain(from..from + size);
            all.push(shorter);
        }
        size /= 2;
    }
    all
}

/// Every sequence that is simpler by one deletion or one simpler value.
pub fn simplifications(ops: &[Op]) -> Vec<Vec<Op>> {
    let mut all = Vec::new();
    // The answer of Describe for a deleted store may be that for any store that does not exist.
    if matches!(ops.last(), Some(Op::Delete { .. })) {
        all.push(vec![Op::DescribeAbsent]);
    }
    for at in (0..ops.len().saturating_sub(1)).rev() {
        let mut shorter = ops.to_vec();
        let gone = shorter.remove(at);
        if let Op::Create { store, .. } = gone {
            shorter.retain(|op| !only_about(op, store));
        }
        all.push(shorter);
    }
    all.extend((1..ops.len()).filter_map(|at| folded(ops, at)));
    for (at, op) in ops.iter().enumerate() {
        for simpler in simpler(op) {
            let mut next = ops.to_vec();
            next[at] = simpler;
            all.push(next);
        }
    }
    all
}

/// The sequence in which the store is created with what the update at this place sets.
fn folded(ops: &[Op], at: usize) -> Option<Vec<Op>> {
    let Op::Update(Update { id: Id::Of(symbol), set: later, mutation: None }) = &ops[at] else { return None };
    let made = ops[..at].iter().position(|op| matches!(op, Op::Create { store, .. } if store == symbol))?;
    let own =
        |v: &Value| matches!(v, Value::Of(s) | Value::First(s) | Value::NameOf(s) | Value::Like(s, _) if s == symbol);
    if at + 1 == ops.len() || later.iter().any(|(_, v)| own(v)) {
        return None;
    }
    let mut next = ops.to_vec();
    next.remove(at);
    if let Op::Create { set, .. } = &mut next[made] {
        set.retain(|(m, _)| later.iter().all(|(l, _)| l != m));
        set.extend(later.iter().cloned());
    }
    Some(next)
}

/// Returns true if the operation means nothing without the store.
fn only_about(op: &Op, gone: Symbol) -> bool {
    match op {
        Op::Create { .. } => false,
        Op::Update(update) => update.id == Id::Of(gone),
        Op::Connect { store, .. }
        | Op::Disconnect { store, .. }
        | Op::Delete { store }
        | Op::Find { store }
        | Op::FindFormer { store } => *store == gone,
        Op::List { .. } | Op::DescribeAbsent => false,
        Op::Repeat { update, .. } => update.id == Id::Of(gone),
        Op::Race { .. } => op.racers().iter().any(|racer| only_about(racer, gone)),
    }
}

fn simpler(op: &Op) -> Vec<Op> {
    match op {
        Op::Race { updates, companions } => simpler_race(updates, companions),
        Op::Repeat { update, times } => {
            let once = simpler(&Op::Update(update.clone())).into_iter();
            let simpler = once.flat_map(|op| op.updates().to_vec()).map(|update| Op::Repeat { update, times: *times });
            let fewer = [2, times / 2].into_iter().filter(|fewer| (2..*times).contains(fewer));
            fewer.map(|times| Op::Repeat { update: update.clone(), times }).chain(simpler).collect()
        }
        Op::Create { store, kind, set } => (0..set.len())
            .map(|at| {
                let mut set = set.clone();
                set.remove(at);
                Op::Create { store: *store, kind: *kind, set }
            })
            .collect(),
        Op::Update(update) => {
            let mut all: Vec<Update> = Vec::new();
            if update.mutation.is_some() {
                all.push(Update { mutation: None, ..update.clone() });
            }
            if !matches!(update.id, Id::Nobody | Id::Missing | Id::Value(_)) {
                all.push(Update { id: Id::Nobody, ..update.clone() });
            }
            if let Some(WireMutation::Raw(body)) = &update.mutation {
                let shorter = crate::raw::shorter(body).into_iter();
                all.extend(shorter.map(|body| Update { mutation: Some(WireMutation::Raw(body)), ..update.clone() }));
            }
            if let Some(WireMutation::Deep(depth @ 2..)) = update.mutation {
                all.push(Update { mutation: Some(WireMutation::Deep(depth / 2)), ..update.clone() });
            }
            if let Some(WireMutation::Large(bytes @ 2..)) = update.mutation {
                all.push(Update { mutation: Some(WireMutation::Large(bytes / 2)), ..update.clone() });
            }
            // One member alone, since two others may each be needed only for the other's sake.
            if update.set.len() > 2 {
                all.extend(update.set.iter().map(|one| Update { set: vec![one.clone()], ..update.clone() }));
            }
            // In the model's order, so that the order is blamed only where it matters (W-12).
            if !update.set.is_sorted_by_key(|(m, _)| *m) {
                let mut sorted = update.clone();
                sorted.set.sort_by_key(|(m, _)| *m);
                all.push(sorted);
            }
            for at in 0..update.set.len() {
                let mut less = update.clone();
                less.set.remove(at);
                all.push(less);
            }
            for at in 0..update.set.len() {
                if let (Value::Like(other, likeness), Id::Of(own)) = (&update.set[at].1, &update.id)
                    && other != own
                {
                    let mut next = update.clone();
                    next.set[at].1 = Value::Like(*own, *likeness);
                    all.push(next);
                }
                if let Some(value) = plainer(&update.set[at].1) {
                    let mut next = update.clone();
                    next.set[at].1 = value;
                    all.push(next);
                }
            }
            all.into_iter().map(Op::Update).collect()
        }
        _ => Vec::new(),
    }
}

/// One request less, as long as two are left; or one of them with a member less.
fn simpler_race(updates: &[Update], companions: &[Op]) -> Vec<Op> {
    let race = |updates: Vec<Update>, companions: Vec<Op>| Op::Race { updates, companions };
    let spare = updates.len() + companions.len() > 2;
    let without_update = (0..updates.len()).filter(|_| spare).map(|at| {
        let mut fewer = updates.to_vec();
        fewer.remove(at);
        race(fewer, companions.to_vec())
    });
    let without_companion = (0..companions.len()).filter(|_| spare).map(|at| {
        let mut fewer = companions.to_vec();
        fewer.remove(at);
        race(updates.to_vec(), fewer)
    });
    let less = updates.iter().enumerate().flat_map(|(at, update)| {
        (0..update.set.len()).filter(|_| update.set.len() > 1).map(move |member| {
            let mut all = updates.to_vec();
            all[at].set.remove(member);
            race(all, companions.to_vec())
        })
    });
    without_update.chain(without_companion).chain(less).collect()
}

/// A fresh value that no store is created with: those have the numbers of their letters.
const PLAIN: Value = Value::Fresh(30);

/// Returns a simpler value: no equality with another store, no odd text or length. `None` for a fixture, which no
/// made-up value can replace, and where the value is plain already.
fn plainer(value: &Value) -> Option<Value> {
    match value {
        Value::Fixture(_) => None,
        value => (*value != PLAIN).then_some(PLAIN),
    }
}

#[cfg(test)]
mod tests {
    use ucks_oracle::members::{Member, StoreType};

    use super::*;
    use crate::op::{Edge, Json};

    #[test]
    fn a_plain_value_is_no_store_s() {
        let created = |n| Value::Fresh(u32::from(Symbol(n).0));
        assert!((0..26).all(|n| plainer(&Value::Of(Symbol(n))) != Some(created(n))));
        assert_eq!(plainer(&PLAIN), None);
    }

    #[test]
    fn odd_values_become_plain_ones() {
        let odd = [Value::Edge(Edge::Longest), Value::Repeat('x', 9), Value::Null, Value::Wrong(Json::Number)];
        assert!(odd.iter().all(|value| plainer(value) == Some(PLAIN)));
    }

    #[test]
    fn an_update_is_repeated_less_often_and_its_members_are_tried_alone() {
        let set: Vec<_> = [Member::NewCustomKeyStoreName, Member::XksProxyUriPath, Member::XksProxyUriEndpoint]
            .map(|m| (m, PLAIN))
            .to_vec();
        let update = Update { id: Id::Nobody, set: set.clone(), mutation: None };
        let repeat = |times| Op::Repeat { update: update.clone(), times };
        let simpler = simplifications(&[repeat(8)]);
        assert!([2, 4].iter().all(|times| simpler.contains(&vec![repeat(*times)])));
        assert!(!simplifications(&[repeat(2)]).iter().any(|ops| repetitions(ops) < 2));
        let alone = simplifications(&[Op::Update(update.clone())]);
        for one in set {
            assert!(alone.contains(&vec![Op::Update(Update { set: vec![one], ..update.clone() })]));
        }
    }

    #[test]
    fn an_id_that_does_not_matter_becomes_the_one_of_no_store() {
        let (a, update) = (Symbol(0), |id| Op::Update(Update { id, set: Vec::new(), mutation: None }));
        let create = Op::Create { store: a, kind: StoreType::Xks, set: Vec::new() };
        let simpler = simplifications(&[create.clone(), Op::Delete { store: a }, update(Id::Of(a))]);
        assert!(simpler.contains(&vec![create, Op::Delete { store: a }, update(Id::Nobody)]));
        assert!(simplifications(&[update(Id::Nobody)]).is_empty());
    }
}
