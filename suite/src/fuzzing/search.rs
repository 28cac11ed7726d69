//! Fuzzing a service that is not ours: what one input shows, judged by W, S and the frame, confirmed,
//! shrunk, and made a replay file.

use std::collections::BTreeSet;

use ucks_oracle::expectation::{Expectation, NoAnswer, Observation};
use ucks_oracle::fixed_hash::fnv1a;
use ucks_oracle::group::Group;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::UPDATE;

use super::sequence::Play;
use super::simulated_clock::play;
use crate::names::{Names, mix};
use crate::op::{Id, Op, Symbol, Update, WireMutation};
use crate::raw;
use crate::replay::{FORMAT, Key, Replay};
use crate::run::context::RunContext;
use crate::run::finding::key;
use crate::run::shrink::{Reproduction, Shrinker};
use crate::target::TransportError;

/// The result of one input.
#[derive(Debug, Default)]
pub struct InputResult {
    /// Deviations from rules whose group needs no environment and no certain state.
    pub keys: Vec<Key>,
    /// The operations up to the last one that was sent.
    pub sent: Vec<Op>,
    /// A number for the kind of answers: inputs with equal answers have the same one.
    pub print: u64,
    /// Why there was no answer to the last operation.
    pub lost: Option<TransportError>,
}

/// The operations for one input: a [`Play`], or else the body of an update, of a store that it may be about.
pub fn operations(input: &[u8], types: &BTreeSet<StoreType>) -> Vec<Op> {
    match Play::read(input) {
        Some(play) => play.operations,
        None => update(input, types),
    }
}

/// An update with this body. There are stores of both types, as far as the target can make them, the
/// first one of the type that the body speaks of.
pub fn update(body: &[u8], types: &BTreeSet<StoreType>) -> Vec<Op> {
    let speaks = |m: &Member| contains(body, m.name().as_bytes());
    let hsm = Member::TOP.iter().filter(|m| m.store_type() == Some(StoreType::CloudHsm)).any(speaks);
    let kinds = if hsm { [StoreType::CloudHsm, StoreType::Xks] } else { [StoreType::Xks, StoreType::CloudHsm] };
    let stores = kinds.into_iter().filter(|k| types.contains(k)).zip(0..);
    let mut ops: Vec<Op> = stores.map(|(kind, n)| Op::Create { store: Symbol(n), kind, set: Vec::new() }).collect();
    let mutation = Some(WireMutation::Raw(raw::text(body)));
    let id = if ops.is_empty() { Id::Nobody } else { Id::Of(Symbol(0)) };
    ops.push(Op::Update(Update { id, set: Vec::new(), mutation }));
    ops
}

fn contains(body: &[u8], name: &[u8]) -> bool {
    body.windows(name.len()).any(|w| w == name)
}

/// Plays an input once.
pub async fn look(context: &RunContext, names: Names, ops: &[Op]) -> InputResult {
    let mut seen = InputResult::default();
    let played = play(context, names, ops, |op, result| {
        if result.skipped.is_none() {
            seen.sent.extend(op.cloned());
        }
        for found in result.divergences.iter().map(key) {
            let judged = Group::of_id(&found.rule).is_some_and(|group| group.traits().of_fuzzed_service);
            if judged && !seen.keys.contains(&found) {
                seen.keys.push(found);
            }
        }
        let answered = result.answered.iter().map(|(cell, _, answer)| format!("{cell:?} {}", answer.code()));
        let sides = result.exercised.iter().map(|(e, _)| format!("{} {:?} {}", e.rule, e.member, e.aspect));
        for text in answered.chain(sides) {
            seen.print ^= mix(fnv1a(text.bytes()));
        }
    });
    if let Err(lost) = played.await {
        seen.sent = ops.get(..=seen.sent.len()).unwrap_or(ops).to_vec();
        seen.lost = Some(lost);
    }
    seen
}

/// Replays a deviation until it showed twice, and shrinks it: `None` if it did not show again.
///
/// # Errors
/// [`TransportError`] where the target does not answer any more.
pub async fn pinned(context: &RunContext, sent: &[Op], wanted: &Key) -> Result<Option<Reproduction>, TransportError> {
    let mut shrinker = Shrinker::new(context, (1 << 41) + fnv1a(wanted.text().bytes()) % (1 << 20));
    let setup = sent.iter().take_while(|op| matches!(op, Op::Create { .. })).count();
    match shrinker.confirm(setup, sent, wanted).await? {
        Some(shown) => Ok(Some(shrinker.shrink(shown.clone()).await.ok().flatten().unwrap_or(shown))),
        None => Ok(None),
    }
}

/// The key of a request that brings the target down.
pub fn down(lost: &TransportError) -> Key {
    let got = match lost {
        TransportError::TimedOut(_) => NoAnswer::TimedOut,
        TransportError::TooLarge(_) => NoAnswer::Endless,
        TransportError::NotHttp(_) => NoAnswer::NotHttp,
        TransportError::Encoded { .. } => NoAnswer::Compressed,
        TransportError::Unreachable(_)
        | TransportError::Unsendable(_)
        | TransportError::Broken(_)
        | TransportError::KeepAlive(_)
        | TransportError::HungUp => NoAnswer::Dropped,
    };
    Key {
        rule: ids::W_15.0.to_owned(),
        fails: true,
        operation: UPDATE.to_owned(),
        store_type: None,
        state: None,
        member: None,
        aspect: String::new(),
        expected: Expectation::Answer,
        got: Observation::NoAnswer(got),
    }
}

/// Returns true if the deviation is a crash or a hang, which ends a hunt.
pub fn is_crash(key: &Key) -> bool {
    key.rule == ids::W_15.0
}

/// Returns the replay file of a deviation.
pub fn replay(target: &str, revision: Revision, profile: Option<&str>, key: Key, operations: Vec<Op>) -> Replay {
    Replay {
        format: FORMAT,
        target: target.to_owned(),
        revision: revision.date().to_owned(),
        policy: "layered".to_owned(),
        profile: profile.map(str::to_owned),
        finding: key,
        operations,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fuzzing::simulated_clock::{SimulatedClock, block_on, context, emulated, model};
    use crate::target::in_process::InProcess;

    const BODY: &[u8] = br#"{"CustomKeyStoreId":"cks-0123456789abcdefa","NewCustomKeyStoreName":7,"x":[[1]]}"#;

    fn both() -> BTreeSet<StoreType> {
        StoreType::ALL.iter().copied().collect()
    }

    #[test]
    fn a_conforming_service_shows_nothing() {
        let clock = SimulatedClock::default();
        let context = context(emulated(Revision::LATEST, None, &clock), model(Revision::LATEST));
        let seen = block_on(look(&context, Names::new(1, 0, 0), &update(BODY, &both())));
        assert!(seen.keys.is_empty() && seen.lost.is_none() && seen.sent.len() == 3, "{seen:?}");
        assert_ne!(seen.print, 0);
    }

    #[test]
    fn a_service_that_takes_everything_is_told_shortest() {
        let yes =
            |_| std::future::ready(http::Response::new(bytes::Bytes::from_static(b"{\"CustomKeyStoreId\":\"x\"}")));
        let context = context(Arc::new(InProcess::new(yes)), model(Revision::LATEST));
        let seen = block_on(look(&context, Names::new(1, 0, 0), &update(BODY, &BTreeSet::new())));
        let wanted = seen.keys.iter().find(|k| k.rule == "W-08").unwrap_or_else(|| panic!("{seen:?}"));
        let shown = block_on(pinned(&context, &seen.sent, wanted)).unwrap().unwrap();
        let Some(Op::Update(Update { mutation: Some(WireMutation::Raw(body)), .. })) = shown.ops.last() else {
            panic!("{:?}", shown.ops)
        };
        assert_eq!(body, r#"{"NewCustomKeyStoreName":7}"#);
    }
}
