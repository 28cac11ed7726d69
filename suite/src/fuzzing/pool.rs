//! One pool of inputs: what a fuzzer found becomes replay files and regressions, what `ucks run`
//! found becomes corpus entries.

use std::collections::BTreeSet;

use ucks_oracle::members::StoreType;
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{TARGET_PREFIX, UPDATE};

use super::seeds::{Seed, requests};
use super::sequence::Play;
use super::simulated_clock::{self, SimulatedClock};
use super::{CheckFailure, answer, body, search, sequence, service, wire};
use crate::names::Names;
use crate::op::Op;
use crate::replay::{Key, Replay};

/// A fuzz target: its name, and what it holds.
pub type FuzzTarget = (&'static str, fn(&[u8]) -> Result<(), CheckFailure>);

/// The fuzz targets of this project.
pub const TARGETS: [FuzzTarget; 5] = [
    ("answer", answer::check),
    ("request_bytes", body::bytes),
    ("request_json", body::tree),
    ("sequence", |input| sequence::check(input, false)),
    ("service_request", service::check),
];

/// Runs an input of a target; `None` where there is no such target.
pub fn check(target: &str, input: &[u8]) -> Option<Result<(), CheckFailure>> {
    TARGETS.iter().find(|(name, _)| *name == target).map(|(_, check)| check(input))
}

/// The replay file of an input: against the emulator, or wherever else it is replayed. `None` for
/// answers, which no service can be asked for, and for requests that are not updates.
pub fn replay(target: &str, input: &[u8]) -> Option<Replay> {
    let both: BTreeSet<StoreType> = StoreType::ALL.iter().copied().collect();
    let (revision, operations) = match target {
        "sequence" => Play::read(input).map(|p| (p.at(), p.operations))?,
        "service_request" => {
            let request = wire::request(input)?;
            let target = request.headers().get("x-amz-target")?.to_str().ok()?;
            (target.strip_prefix(TARGET_PREFIX) == Some(UPDATE)).then_some(())?;
            (Revision::LATEST, search::update(request.body(), &both))
        }
        "answer" => return None,
        _ => (Revision::LATEST, search::update(input, &both)),
    };
    let key = shown(revision, &operations);
    Some(search::replay("embedded", revision, None, key, operations))
}

/// Returns the finding that the operations show on the emulator; if they show none, a key that expects any answer.
fn shown(revision: Revision, operations: &[Op]) -> Key {
    let clock = SimulatedClock::default();
    let context =
        simulated_clock::context(simulated_clock::emulated(revision, None, &clock), simulated_clock::model(revision));
    let seen = simulated_clock::block_on(search::look(&context, Names::new(1, 0, 0), operations));
    let crashed = || search::down(&crate::target::TransportError::Broken(String::new()));
    seen.keys.into_iter().next().unwrap_or_else(crashed)
}

/// Corpus entries of the operations of a replay file: the sequence, the bodies of its updates, and its requests.
pub fn entries(replay: &Replay) -> Vec<Seed> {
    let name = replay.finding.code();
    let revision: Revision = replay.revision.parse().unwrap_or(Revision::LATEST);
    let dated = (revision != Revision::LATEST).then(|| revision.date().to_owned());
    let play = Play { readings: None, revision: dated, operations: replay.operations.clone() };
    let seed = |target, bytes| Seed { target, name: name.clone(), bytes };
    let mut all = vec![seed("sequence", play.written().into_bytes())];
    for (operation, request) in requests(&simulated_clock::model(revision), &replay.operations) {
        if operation == UPDATE {
            all.extend(["request_bytes", "request_json"].map(|target| seed(target, request.body.clone())));
        }
        all.push(seed("service_request", wire::of_request(&request)));
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"CustomKeyStoreId":"cks-0123456789abcdefa","NewCustomKeyStoreName":"n"}"#;

    #[test]
    fn inputs_become_replay_files_and_come_back() {
        for target in ["request_bytes", "request_json"] {
            let replay = replay(target, BODY).unwrap();
            let entries = entries(&replay);
            assert!(entries.iter().any(|e| e.target == target && e.bytes == BODY), "{entries:?}");
            let play = entries.iter().find(|e| e.target == "sequence").unwrap();
            assert_eq!(super::replay("sequence", &play.bytes), Some(replay));
        }
        let request = [b"POST / HTTP/1.1\nx-amz-target: TrentService.UpdateCustomKeyStore\n\n", BODY].concat();
        assert_eq!(replay("service_request", &request), replay("request_bytes", BODY));
        assert_eq!((replay("answer", b"200\n\n{}"), replay("service_request", b"GET /\n\n")), (None, None));
    }

    #[test]
    fn every_target_has_its_check() {
        for (name, _) in TARGETS {
            assert_eq!(check(name, b""), Some(Ok(())));
        }
        assert_eq!(check("no_such_target", b""), None);
    }
}
