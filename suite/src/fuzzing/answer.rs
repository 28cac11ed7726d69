//! The suite's own reading of what a hostile target answers: no panic, and all it keeps is bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ucks_oracle::answer::{Outcome, created_id, header_code, page, written_code};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Answer, Request, TARGET_PREFIX, UPDATE};

use super::{CheckFailure, simulated_clock, wire};
use crate::names::Names;
use crate::op::{Id, Op, Symbol, Update, Value};
use crate::target::{CallFuture, SharedTarget, Target};
use crate::wording;

/// Most stores taken from a page here.
const PAGE: usize = 10;
/// Longest label of an answer, in characters.
const LABEL: usize = 120;
/// Most requests that one answer may bring the suite to send.
const REQUESTS: u64 = 2_000;
/// The field that names the operation which is answered so; not part of the answer.
const TO: &str = "ucks-to";

/// Checks the suite on one answer, in the text of [`wire`]: read alone, then as the answer to one
/// operation of a short sequence whose other operations the emulator answers.
///
/// # Errors
/// [`CheckFailure`] where a bound does not hold.
pub fn check(bytes: &[u8]) -> Result<(), CheckFailure> {
    let Some(mut answer) = wire::answer(bytes) else { return Ok(()) };
    let to = answer.header(TO).unwrap_or(UPDATE).to_owned();
    answer.headers.retain(|(n, _)| n != TO);
    alone(&answer)?;
    let sent = Arc::new(AtomicU64::new(0));
    let clock = simulated_clock::SimulatedClock::default();
    let inner = simulated_clock::emulated(Revision::LATEST, None, &clock);
    let target = Replaced { inner, to: format!("{TARGET_PREFIX}{to}"), answer, sent: sent.clone() };
    let context = simulated_clock::context(
        Arc::new(simulated_clock::SimulatedTime::new(target, clock)),
        simulated_clock::model(Revision::LATEST),
    );
    // A finding here is the answer's fault, not the reader's.
    let _ =
        simulated_clock::block_on(simulated_clock::play(&context, Names::new(1, 0, 0), &sequence(), |_, result| {
            result.divergences.iter().for_each(|d| {
                let _ = (crate::run::finding::key(d).sentence(), crate::run::finding::key(d).code());
            });
        }));
    bounded("requests sent for one answer", sent.load(Ordering::Relaxed), REQUESTS)
}

fn bounded<T: PartialOrd + std::fmt::Display>(subject: &str, got: T, most: T) -> Result<(), CheckFailure> {
    if got <= most {
        return Ok(());
    }
    Err(CheckFailure { subject: subject.to_owned(), expected: format!("at most {most}"), got: got.to_string() })
}

fn alone(answer: &Answer) -> Result<(), CheckFailure> {
    let outcome = Outcome::read(answer);
    bounded("characters of the label", wording::outcome(&outcome).chars().count(), LABEL)?;
    for code in [written_code(answer), header_code(answer)].into_iter().flatten() {
        bounded("characters of the code", code.chars().count(), LABEL)?;
    }
    if let Some(id) = created_id(answer) {
        bounded("bytes of an id", id.len(), answer.body.len())?;
    }
    if let Ok(page) = page(answer, PAGE) {
        bounded("stores of a page", page.stores.len(), PAGE)?;
    }
    let mut log = crate::run::log::Log::default();
    log.exchange(&Request::operation(UPDATE, Vec::new()), &Ok(answer.clone()));
    // Bytes that are not text take four characters.
    let kept = log.exchanges.iter().map(|e| e.answer.chars().count()).sum::<usize>();
    bounded("characters kept of an answer", kept, 4_097)?;
    // Reading an answer twice gives the same.
    CheckFailure::unless_equal(|| "the answer, read twice".into(), outcome, Outcome::read(answer))
}

fn sequence() -> [Op; 5] {
    let store = Symbol(0);
    let set = vec![(Member::NewCustomKeyStoreName, Value::Fresh(7))];
    [
        Op::Create { store, kind: StoreType::Xks, set: Vec::new() },
        Op::Create { store: Symbol(1), kind: StoreType::CloudHsm, set: Vec::new() },
        Op::Update(Update { id: Id::Of(store), set, mutation: None }),
        Op::Connect { store, wait: true },
        Op::Disconnect { store, wait: true },
    ]
}

/// Answers one operation always alike, and the others as the inner target does.
struct Replaced {
    inner: SharedTarget,
    to: String,
    answer: Answer,
    sent: Arc<AtomicU64>,
}

impl Target for Replaced {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        if request.header("x-amz-target") == Some(&self.to) {
            return Box::pin(std::future::ready(Ok(self.answer.clone())));
        }
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("200\n\n{}")]
    #[case("200\nucks-to: DescribeCustomKeyStores\n\n{\"CustomKeyStores\":[{\"CustomKeyStoreId\":\"x\"}]}")]
    #[case("200\nucks-to: CreateCustomKeyStore\n\n{\"CustomKeyStoreId\":\"\"}")]
    #[case("429\n\n")]
    #[case("500\nx-amzn-errortype: KMSInternalException\n\n{\"__type\":\"KMSInternalException\"}")]
    fn it_holds(#[case] text: &str) {
        assert_eq!(check(text.as_bytes()), Ok(()));
    }
}
