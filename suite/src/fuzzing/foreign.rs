//! Fuzzing a service in Rust by its own author: its handler, or only its deserializer, linked into
//! libFuzzer with this suite's inputs. `fuzz_targets/kms.rs`, whole:
//!
//! ```ignore
//! #![no_main]
//! use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
//! use std::sync::LazyLock;
//! use ucks_suite::fuzzing::{foreign::Foreign, mutate};
//!
//! // Anything that is a `tower::Service`; an async function: `Foreign::new(|| InProcess::new(answer))`.
//! static KMS: LazyLock<Foreign> =
//!     LazyLock::new(|| Foreign::service::<_, axum::body::Body>(my_kms::router).deviations("deviations.toml"));
//!
//! fuzz_mutator!(|data: &mut [u8], size: usize, max: usize, seed: u32| {
//!     mutate::body(data, size, max, seed, fuzzer_mutate)
//! });
//!
//! fuzz_target!(|body: &[u8]| KMS.update(body));
//! ```
//!
//! Each input is the body of an UpdateCustomKeyStore to a fresh service with a store of each type;
//! `KMS.play(input)` takes whole sequences, with the mutator [`super::operations::play`]. Judged are
//! rules W and S and the frame (A). The first undeclared deviation is confirmed, shrunk,
//! written as a replay file, and ends the target with a panic; a panic of the service itself does so, too.
//!
//! | variable | for |
//! |---|---|
//! | `UCKS_FINDINGS` | the folder of replay files; `.ucks/findings` unless set |
//! | `UCKS_KEEP_GOING` | set: deviations are written and do not end the target |

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ucks_oracle::account::Account;
use ucks_oracle::answer::Outcome;
use ucks_oracle::code::Code;
use ucks_oracle::judge::{Grade, Policy};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::Model;
use ucks_oracle::request::{Body, Field};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Request, UPDATE};

use super::search::{self, InputResult};
use super::{CheckFailure, simulated_clock};
use crate::deviations::Deviations;
use crate::names::Names;
use crate::op::Op;
use crate::profile::Profile;
use crate::replay::Key;
use crate::run::context::RunContext;
use crate::run::probe::probe;
use crate::target::{SharedTarget, Target};
use crate::wording;

/// A service under its author's fuzzer.
pub struct Foreign {
    fresh: Box<dyn Fn() -> SharedTarget + Send + Sync>,
    name: String,
    revision: Revision,
    profile: Profile,
    deviations: Deviations,
    known: Mutex<BTreeSet<Key>>,
    ready: OnceLock<Result<ProbedProgram, String>>,
    findings: PathBuf,
    keep_going: bool,
}

/// The result of the probe.
struct ProbedProgram {
    model: Model,
    types: BTreeSet<StoreType>,
}

impl Foreign {
    /// Fuzzes the targets that `fresh` makes, each a service without stores: one for each input.
    pub fn new<T: Target + 'static>(fresh: impl Fn() -> T + Send + Sync + 'static) -> Foreign {
        let timeless = move || -> SharedTarget {
            Arc::new(simulated_clock::SimulatedTime::new(fresh(), simulated_clock::SimulatedClock::default()))
        };
        Foreign {
            fresh: Box::new(timeless),
            name: "in process".to_owned(),
            revision: Revision::LATEST,
            profile: Profile::default(),
            deviations: Deviations::default(),
            known: Mutex::default(),
            ready: OnceLock::new(),
            findings: std::env::var_os("UCKS_FINDINGS").map_or_else(|| ".ucks/findings".into(), PathBuf::from),
            keep_going: std::env::var_os("UCKS_KEEP_GOING").is_some(),
        }
    }

    /// Fuzzes the services that `fresh` makes: an axum router, or any other `tower::Service`.
    #[cfg(feature = "harness")]
    pub fn service<S, B>(fresh: impl Fn() -> S + Send + Sync + 'static) -> Foreign
    where
        crate::target::service::ServiceTarget<S, B>: Target + 'static,
    {
        Foreign::new(move || crate::target::service::ServiceTarget::new(fresh()))
    }

    /// The name that replay files give the service.
    #[must_use]
    pub fn name(self, name: &str) -> Foreign {
        Foreign { name: name.to_owned(), ..self }
    }

    /// The contract that applies; the latest unless set.
    #[must_use]
    pub fn revision(self, revision: Revision) -> Foreign {
        Foreign { revision, ..self }
    }

    /// Sets the profile: clusters, VPC endpoint services, proxies, and the number of stores that fit.
    #[must_use]
    pub fn profile(self, profile: Profile) -> Foreign {
        Foreign { profile, ..self }
    }

    /// Where replay files go; `UCKS_FINDINGS` counts more.
    #[must_use]
    pub fn findings(self, folder: impl AsRef<Path>) -> Foreign {
        let folder = std::env::var_os("UCKS_FINDINGS").map_or_else(|| folder.as_ref().into(), PathBuf::from);
        Foreign { findings: folder, ..self }
    }

    /// Sets the file of declared deviations, which do not count.
    ///
    /// # Panics
    /// Where the file is not a list of declared deviations: nothing can be fuzzed then.
    #[must_use]
    pub fn deviations(self, file: impl AsRef<Path>) -> Foreign {
        let file = file.as_ref();
        let text = std::fs::read_to_string(file).map_err(|e| e.to_string());
        let deviations = text.and_then(|t| Deviations::parse(&t).map_err(|e| e.to_string()));
        let deviations = deviations.unwrap_or_else(|why| panic!("`{}`: {why}", file.display()));
        Foreign { deviations, ..self }
    }

    /// Sends the body of an update, and panics at a deviation.
    ///
    /// # Panics
    /// If the service deviates from the contract, or cannot be tested at all.
    pub fn update(&self, body: &[u8]) {
        let ops = search::update(body, &self.ready().types);
        self.report(&ops);
    }

    /// Plays a sequence ([`super::sequence::Play`]), and panics at a deviation.
    ///
    /// # Panics
    /// If the service deviates from the contract, or cannot be tested at all.
    pub fn play(&self, input: &[u8]) {
        if let Some(play) = super::sequence::Play::read(input) {
            self.report(&play.operations);
        }
    }

    /// Returns the deviations of an input that are neither declared nor known, each with its replay file.
    ///
    /// # Errors
    /// Where a replay file cannot be written.
    pub fn new_deviations(&self, ops: &[Op]) -> std::io::Result<Vec<(Key, PathBuf)>> {
        let context = self.context();
        let InputResult { keys, sent, lost, .. } =
            simulated_clock::block_on(search::look(&context, Names::new(1, 1, 0), ops));
        let mut new = Vec::new();
        if let Some(lost) = &lost {
            let key = search::down(lost);
            if self.is_new(&key) {
                new.push((key.clone(), self.keep(key, sent.clone())?));
            }
        }
        for wanted in keys {
            if !self.is_new(&wanted) {
                continue;
            }
            // A deviation that does not show again on a fresh service is not reported.
            let shown = simulated_clock::block_on(search::pinned(&self.context(), &sent, &wanted));
            let Ok(Some(shown)) = shown else { continue };
            let slipped = shown.key != wanted && !self.is_new(&shown.key);
            if !slipped {
                new.push((shown.key.clone(), self.keep(shown.key, shown.ops)?));
            }
        }
        Ok(new)
    }

    fn report(&self, ops: &[Op]) {
        let new = self.new_deviations(ops).unwrap_or_else(|e| panic!("cannot write a replay file: {e}"));
        for (key, path) in new {
            let text = format!("{} ({}): {}; {}", key.rule, key.code(), key.sentence(), path.display());
            assert!(self.keep_going, "{text}");
            eprintln!("found {text}");
        }
    }

    fn is_new(&self, key: &Key) -> bool {
        !self.deviations.declares(key) && self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone())
    }

    fn keep(&self, key: Key, ops: Vec<Op>) -> std::io::Result<PathBuf> {
        let path = self.findings.join(format!("{}.json", key.code()));
        let replay = search::replay(&self.name, self.revision, None, key, ops);
        std::fs::create_dir_all(&self.findings)?;
        std::fs::write(&path, serde_json::to_string_pretty(&replay)? + "\n")?;
        Ok(path)
    }

    fn context(&self) -> RunContext {
        let context = simulated_clock::context((self.fresh)(), self.ready().model.clone());
        self.known.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|k| context.learn(&k.text()));
        context
    }

    fn ready(&self) -> &ProbedProgram {
        let probed = || {
            let environment = self.profile.environment_at(self.revision);
            let mut model = Model { environment, ..Model::new(self.revision) };
            let context = simulated_clock::context((self.fresh)(), model.clone());
            let probed = simulated_clock::block_on(probe(&context, self.profile.stores, false))
                .map_err(|lost| lost.to_string())?;
            if let Some(why) = probed.hopeless {
                return Err(why);
            }
            model.blind = Arc::new(probed.blind);
            Ok(ProbedProgram { model, types: probed.reach.types })
        };
        match self.ready.get_or_init(probed) {
            Ok(ready) => ready,
            Err(why) => panic!("the service cannot be fuzzed: {why}"),
        }
    }
}

/// Checks a deserializer alone on a body: `read` returns success if it accepts the body, or else the error
/// code of its refusal. Rules W and S are judged, except statements that need a store.
///
/// # Errors
/// [`CheckFailure`] with the broken rule.
pub fn deserializer(
    body: &[u8],
    revision: Revision,
    read: impl FnOnce(&[u8]) -> Result<(), String>,
) -> Result<(), CheckFailure> {
    let request = Request::operation(UPDATE, body.to_vec());
    let outcome = match read(body) {
        Ok(()) => Outcome::Success,
        Err(code) => Outcome::Refused { status: 400, code: Code::from_name(&code), written: Some(code) },
    };
    let model = Model { environment: simulated_clock::ENVIRONMENT.clone(), ..Model::new(revision) };
    let mut found = model.assess(&Account::default(), &request);
    found.violations.retain(|(rule, _)| rule.id.group().traits().of_deserializer);
    // An id that is there names a store for all that the deserializer knows.
    let named = Body::parse(body, revision).is_ok_and(|b| matches!(b.text(Member::CustomKeyStoreId), Field::Given(_)));
    let verdict = found.judge(&outcome, &Policy::Layered);
    match verdict.blame {
        Some(blame) if verdict.grade == Grade::Fail && (named || !blame.rule.group().traits().orders_errors) => {
            Err(CheckFailure {
                subject: format!(
                    "{}: {}{}",
                    blame.rule,
                    blame.aspect,
                    blame.member.map_or(String::new(), |m| format!(" ({m})"))
                ),
                expected: wording::expected(&blame.expected),
                got: wording::outcome(&outcome),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};

    use super::*;
    use crate::target::in_process::InProcess;

    const BODY: &[u8] = br#"{"CustomKeyStoreId":"cks-0123456789abcdefa","NewCustomKeyStoreName":""}"#;

    fn foreign(defect: Option<&str>) -> Foreign {
        let defect = defect.map(|d| d.parse().unwrap());
        let fresh = move || {
            let emulator = Emulator::new(Config { defect, ..Config::default() });
            InProcess::new(move |request| std::future::ready(emulator.handle(request)))
        };
        Foreign::new(fresh)
            .profile(Profile::parse(DEFAULT_ENVIRONMENT).unwrap())
            .findings(std::env::temp_dir().join(format!("ucks-foreign-{}", std::process::id())))
    }

    #[test]
    fn a_sound_handler_holds_and_a_defect_is_reported_once() {
        foreign(None).update(BODY);
        let defect = ucks_emulator::defects().find(|d| d.rule == "S-03").unwrap().name;
        let broken = foreign(Some(defect));
        let ops = search::update(BODY, &broken.ready().types);
        let mut rules: Vec<String> = Vec::new();
        for name in ["", "n"] {
            let body = String::from_utf8_lossy(BODY).replace("\"\"", &format!("\"{}\"", name.repeat(257)));
            let ops = search::update(body.as_bytes(), &broken.ready().types);
            rules.extend(broken.new_deviations(&ops).unwrap().into_iter().map(|(k, _)| k.rule));
        }
        assert!(rules.iter().any(|r| r == "S-03"), "{rules:?}");
        assert_eq!(broken.new_deviations(&ops).unwrap(), Vec::new());
    }

    #[test]
    fn a_deserializer_is_judged_without_a_store() {
        let yes = |_: &[u8]| Ok(());
        let no = |code: &str| {
            let code = code.to_owned();
            move |_: &[u8]| Err(code)
        };
        let sound = br#"{"CustomKeyStoreId":"cks-0123456789abcdefa","NewCustomKeyStoreName":"n"}"#;
        let at = Revision::LATEST;
        assert!(deserializer(sound, at, yes).is_ok() && deserializer(BODY, at, no("ValidationException")).is_ok());
        assert!(deserializer(BODY, at, yes).is_err_and(|w| w.subject.starts_with("S-03")));
        assert!(deserializer(b"[", at, yes).is_err() && deserializer(b"[", at, no("SerializationException")).is_ok());
        assert!(deserializer(sound, at, no("SerializationException")).is_err());
    }
}
