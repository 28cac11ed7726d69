//! Sequences of symbolic operations against the emulator: every outcome and effect is admissible, in
//! every reading of the open questions.

use serde::{Deserialize, Serialize};
use ucks_oracle::code::{Code, CodeFamily};
use ucks_oracle::expectation::Observation;
use ucks_oracle::judge::Grade;
use ucks_oracle::members::StoreType;
use ucks_oracle::model::Divergence;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules::ids;

use super::{CheckFailure, simulated_clock};
use crate::names::Names;
use crate::op::Op;
use crate::render;
use crate::run::finding::key;
use crate::wording;

/// One input: as JSON, the operations as in a replay file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Play {
    /// The seed of the emulator's readings; the plain ones without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readings: Option<u64>,
    /// The date of the revision; the latest without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The operations.
    pub operations: Vec<Op>,
}

/// Most operations of one input.
pub const LENGTH: usize = 32;
/// Longest run of one character that a value may ask for, and deepest nesting.
const SIZE: u32 = 20_000;

impl Play {
    /// Reads an input; `None` where the bytes are not an input, or ask for more than a fuzzer has time for.
    pub fn read(bytes: &[u8]) -> Option<Play> {
        let play: Play = serde_json::from_slice(bytes).ok()?;
        (play.operations.len() <= LENGTH && !play.operations.iter().any(is_heavy)).then_some(play)
    }

    /// The input's bytes.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The revision asked for.
    pub fn at(&self) -> Revision {
        self.revision.as_deref().and_then(|d| d.parse().ok()).unwrap_or(Revision::LATEST)
    }
}

pub(super) fn is_heavy(op: &Op) -> bool {
    use crate::op::{Update, Value, WireMutation};
    let heavy = |set: &[(_, Value)]| set.iter().any(|(_, v)| matches!(v, Value::Repeat(_, n) if *n > SIZE));
    let mutated = |u: &Update| matches!(u.mutation, Some(WireMutation::Large(n) | WireMutation::Deep(n)) if n > SIZE);
    matches!(op, Op::Create { set, .. } if heavy(set)) || op.updates().iter().any(|u| heavy(&u.set) || mutated(u))
}

/// Plays the input. With `drawn`, one that names no readings gets some by its bytes.
///
/// # Errors
/// [`CheckFailure`] with the first divergence.
pub fn check(bytes: &[u8], drawn: bool) -> Result<(), CheckFailure> {
    match Play::read(bytes) {
        Some(play) => played(&play, bytes, drawn, &simulated_clock::SimulatedClock::default()),
        None => Ok(()),
    }
}

fn played(play: &Play, bytes: &[u8], drawn: bool, clock: &simulated_clock::SimulatedClock) -> Result<(), CheckFailure> {
    // Before external key stores there is no way to ask for one.
    let is_external = |op: &Op| matches!(op, Op::Create { kind: StoreType::Xks, .. });
    if play.at() < Revision::ExternalKeyStores && play.operations.iter().any(is_external) {
        return Ok(());
    }
    let sum = bytes.iter().fold(1_u64, |sum, b| sum.wrapping_mul(31).wrapping_add(u64::from(*b)));
    let readings = play.readings.or(drawn.then_some(sum));
    let context = simulated_clock::context(
        simulated_clock::emulated(play.at(), readings, clock),
        simulated_clock::model(play.at()),
    );
    let mut wrong = None;
    let played = simulated_clock::play(&context, Names::new(1, 0, 0), &play.operations, |op, result| {
        // A reading may do what only warns.
        let counts = |d: &&Divergence| d.grade == Grade::Fail || readings.is_none();
        let found = result.divergences.iter().filter(counts).find(|d| !may_be_refused(d));
        if let (Some(divergence), None) = (found, &wrong) {
            let key = key(divergence);
            let place = op.map_or("at the end".to_owned(), render::line);
            let subject = format!("{} after `{place}`: {}", key.rule, key.sentence());
            wrong = Some(CheckFailure {
                subject,
                expected: wording::expected(&key.expected),
                got: wording::observed(&key.got),
            });
        }
    });
    if let Err(lost) = simulated_clock::block_on(played) {
        return Err(CheckFailure {
            subject: "the emulator".into(),
            expected: "an answer".into(),
            got: lost.to_string(),
        });
    }
    wrong.map_or(Ok(()), Err)
}

/// Create is modelled as far as updates need it: which proxies and services it takes, and which values of
/// an earlier store it must not repeat, is not modelled, and no plan does it. Mutations do. The request itself
/// is valid: that is judged.
fn may_be_refused(divergence: &Divergence) -> bool {
    let of_its_input = |code: Code| code.family() == CodeFamily::Input;
    divergence.rule == ids::O_01 && matches!(divergence.got, Observation::Error(code) if !of_its_input(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAY: &str = r#"{"operations":[{"op":"create","store":0,"kind":"EXTERNAL_KEY_STORE"},
        {"op":"connect","store":0,"wait":true},
        {"op":"update","id":{"of":0},"set":[["NewCustomKeyStoreName",{"fresh":7}]]}]}"#;

    #[test]
    fn a_play_is_read_and_holds() {
        assert!(Play::read(PLAY.as_bytes()).is_some_and(|p| p.operations.len() == 3));
        assert_eq!(check(PLAY.as_bytes(), false), Ok(()));
        assert_eq!(check(PLAY.as_bytes(), true), Ok(()));
    }

    #[test]
    fn a_slow_transition_moves_the_clock_and_nothing_else() {
        let slow = PLAY.replace(
            "\"kind\":\"EXTERNAL_KEY_STORE\"",
            "\"kind\":\"EXTERNAL_KEY_STORE\",\"set\":[[\"XksProxyUriEndpoint\",\
                {\"fixture\":{\"endpoint\":[\"slow-connect\",0]}}]]",
        );
        assert_ne!(slow, PLAY);
        let (clock, play) = (simulated_clock::SimulatedClock::default(), Play::read(slow.as_bytes()).unwrap());
        assert_eq!(played(&play, b"", false, &clock), Ok(()));
        assert!(clock.now() >= std::time::Duration::from_millis(150), "the store was not slow to connect");
    }
}
