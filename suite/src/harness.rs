//! The suite under `cargo test` and nextest: one test a rule, named by its id.
//!
//! For a service in Rust no server is needed. `tests/kms.rs`, with `harness = false` in `Cargo.toml`:
//!
//! ```no_run
//! use ucks_suite::harness::Harness;
//! use ucks_suite::target::in_process::InProcess;
//! # async fn answer(_: http::Request<bytes::Bytes>) -> http::Response<bytes::Bytes> { http::Response::default() }
//!
//! fn main() -> std::process::ExitCode {
//!     Harness::new(|| InProcess::new(answer)).deviations("tests/deviations.toml").main()
//! }
//! ```
//!
//! Where tests of your own fit better, `judge` makes the run and returns what each test would show:
//!
//! ```
//! # #[cfg(feature = "cli")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};
//! use ucks_suite::harness::{Harness, TestResult};
//! use ucks_suite::profile::Profile;
//! use ucks_suite::target::in_process::InProcess;
//!
//! let harness = Harness::new(|| {
//!     let service = Emulator::new(Config::default());
//!     InProcess::new(move |request| {
//!         let answer = service.handle(request);
//!         async move { answer }
//!     })
//! });
//! let judged = harness.with_profile(Profile::parse(DEFAULT_ENVIRONMENT)?).judge(&["W-01".to_owned()])?;
//! assert!(matches!(judged.test_result("W-01"), TestResult::Passed(_)));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "cli"))]
//! # fn main() {}
//! ```
//!
//! A failing test shows the finding with its shortest sequence; a warning or a declared deviation passes and is
//! printed; a rule that was not judged is ignored, with the reason. The test [`WHOLE_RUN`] represents the run as a
//! whole: it fails where the target cannot be tested and where a declared deviation no longer holds.
//!
//! All tests of a process share one run. Where only some tests are asked for, as nextest does with its process for
//! each test, only what they need runs.
//!
//! | variable | for |
//! |---|---|
//! | `UCKS_SEED` | the seed of the random sequences |
//! | `UCKS_WRITE_DEVIATIONS` | a file for what fails, as a first list of declared deviations |
//! | `UCKS_FINDINGS` | the folder of replay files and scripts; `.ucks/findings` unless set |
//! | `UCKS_TARGET`, `UCKS_PROFILE`, `UCKS_REVISION`, `UCKS_DEVIATIONS` | what `Harness::from_env` reads |

mod guarded;
mod judged;
#[cfg(feature = "harness")]
mod libtest;
#[cfg(feature = "cli")]
mod target_lock;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ucks_oracle::revision::Revision;
use ucks_oracle::rules;

use self::guarded::Guarded;
pub use self::judged::{FinishedRun, TestResult};
use crate::deviations::{Date, Deviations, DeviationsError};
use crate::profile::{Profile, ProfileError};
use crate::record::Record;
use crate::run::{Options, Subject, run};
use crate::target::{SharedTarget, Target};

/// The test that represents the run as a whole.
pub const WHOLE_RUN: &str = "whole-run";

/// Why there is no run.
#[derive(Debug, thiserror::Error)]
pub enum HarnessError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// There is not a list of deviations at that path.
    #[error("`{path}`: {source}; a first list is written with UCKS_WRITE_DEVIATIONS={path}")]
    NoDeviations {
        /// The path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a list of deviations.
    #[error("`{path}`: {source}")]
    Deviations {
        /// The file.
        path: String,
        /// Why.
        source: DeviationsError,
    },
    /// A file cannot be read or written.
    #[error("`{path}`: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A setting is not valid.
    #[error("{0}")]
    Setting(String),
    /// The target cannot be reached at all.
    #[error("{0}")]
    Target(String),
}

/// Makes the target of a run, with the bound on an answer.
type Fresh = Box<dyn Fn(std::time::Duration) -> SharedTarget + Send + Sync>;

enum TargetSource {
    Fresh(Fresh),
    #[cfg(feature = "cli")]
    Notation(String),
}

/// The suite as a list of tests.
pub struct Harness {
    source: TargetSource,
    name: String,
    profile: Result<Option<Profile>, HarnessError>,
    #[cfg(feature = "cli")]
    profile_path: Option<PathBuf>,
    deviations: Result<Option<Deviations>, HarnessError>,
    revision: Result<Option<Revision>, HarnessError>,
    findings: Option<PathBuf>,
    options: Options,
}

impl Harness {
    /// Tests of the targets that `fresh` makes, each a service without stores: one for each run.
    pub fn new<T: Target + 'static>(fresh: impl Fn() -> T + Send + Sync + 'static) -> Harness {
        Harness::of(
            TargetSource::Fresh(Box::new(move |timeout| Arc::new(Guarded::new(fresh(), timeout)))),
            "in process",
        )
    }

    /// Tests of the services that `fresh` makes: an axum router, or any other `tower::Service`.
    #[cfg(feature = "harness")]
    pub fn service<S, B>(fresh: impl Fn() -> S + Send + Sync + 'static) -> Harness
    where
        crate::target::service::ServiceTarget<S, B>: Target + 'static,
    {
        Harness::new(move || crate::target::service::ServiceTarget::new(fresh()))
    }

    /// Tests of a target in the notation of `ucks run`: `embedded`, `embedded:DEFECT`, `http://…`, `https://…`.
    #[cfg(feature = "cli")]
    pub fn notation(target: &str) -> Harness {
        Harness::of(TargetSource::Notation(target.to_owned()), target)
    }

    /// Tests of the target that the environment names: `UCKS_TARGET`, `embedded` unless set, with `UCKS_PROFILE`,
    /// `UCKS_REVISION` and `UCKS_DEVIATIONS`.
    #[cfg(feature = "cli")]
    pub fn from_env() -> Harness {
        let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
        let mut harness = Harness::notation(set("UCKS_TARGET").as_deref().unwrap_or("embedded"));
        if let Some(path) = set("UCKS_PROFILE") {
            harness = harness.profile(path);
        }
        if let Some(path) = set("UCKS_DEVIATIONS") {
            harness = harness.deviations(path);
        }
        if let Some(date) = set("UCKS_REVISION") {
            harness.revision = date.parse().map(Some).map_err(|e| HarnessError::Setting(format!("UCKS_REVISION: {e}")));
        }
        harness
    }

    fn of(source: TargetSource, name: &str) -> Harness {
        Harness {
            source,
            name: name.to_owned(),
            profile: Ok(None),
            #[cfg(feature = "cli")]
            profile_path: None,
            deviations: Ok(None),
            revision: Ok(None),
            findings: None,
            options: Options { seed: 1, ..Options::default() },
        }
    }

    /// Sets the target's name in reports.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Harness {
        self.name = name.into();
        self
    }

    /// Reads what no probe can know from a file.
    #[must_use]
    pub fn profile(mut self, path: impl AsRef<Path>) -> Harness {
        let path = found(path.as_ref());
        self.profile = Profile::read(&path).map(Some).map_err(HarnessError::from);
        #[cfg(feature = "cli")]
        {
            self.profile_path = Some(path);
        }
        self
    }

    /// Sets the profile.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Harness {
        self.profile = Ok(Some(profile));
        self
    }

    /// Reads the declared deviations from a file: they pass, and fail once they are gone.
    #[must_use]
    pub fn deviations(mut self, path: impl AsRef<Path>) -> Harness {
        let path = found(path.as_ref());
        let shown = path.display().to_string();
        let read =
            std::fs::read_to_string(&path).map_err(|source| HarnessError::NoDeviations { path: shown.clone(), source });
        self.deviations = read
            .and_then(|text| {
                Deviations::parse(&text).map_err(|source| HarnessError::Deviations { path: shown, source })
            })
            .map(Some);
        self
    }

    /// Declares deviations.
    #[must_use]
    pub fn with_deviations(mut self, deviations: Deviations) -> Harness {
        self.deviations = Ok(Some(deviations));
        self
    }

    /// Sets the dated contract; without it the profile's applies, or else the latest.
    #[must_use]
    pub fn revision(mut self, revision: Revision) -> Harness {
        self.revision = Ok(Some(revision));
        self
    }

    /// The seed of the random sequences, unless `UCKS_SEED` names another; 1 unless set.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Harness {
        self.options.seed = seed;
        self
    }

    /// Sets the number of random sequences after the cases; 100 unless set.
    #[must_use]
    pub fn sequences(mut self, sequences: u64) -> Harness {
        self.options.sequences = sequences;
        self
    }

    /// Lets warnings fail.
    #[must_use]
    pub fn strict(mut self) -> Harness {
        self.options.strict = true;
        self
    }

    /// The names of the tests: every rule of the revision, and [`WHOLE_RUN`].
    pub fn names(&self) -> Vec<String> {
        let revision = self.applies();
        rules::at(revision).map(|r| r.id.to_string()).chain([WHOLE_RUN.to_owned()]).collect()
    }

    fn applies(&self) -> Revision {
        let profile = || self.profile.as_ref().ok().and_then(|p| p.as_ref()?.revision);
        self.revision.as_ref().ok().copied().flatten().or_else(profile).unwrap_or(Revision::LATEST)
    }

    /// Returns true if all that was set can be used.
    ///
    /// # Errors
    /// [`HarnessError`] for the first thing that cannot.
    pub fn check(&self) -> Result<(), HarnessError> {
        fn again(error: &HarnessError) -> HarnessError {
            HarnessError::Setting(error.to_string())
        }
        self.profile.as_ref().map_err(again)?;
        if written().is_none() {
            self.deviations.as_ref().map_err(again)?;
        }
        self.revision.as_ref().map_err(again)?;
        seed().map(|_| ())
    }

    /// Runs what the tests of these names need.
    ///
    /// # Errors
    /// [`HarnessError`] if a setting or the target's notation is not valid.
    pub fn judge(&self, names: &[String]) -> Result<FinishedRun, HarnessError> {
        self.check()?;
        let mut options = self.options.clone();
        if let Some(seed) = seed()? {
            options.seed = seed;
        }
        if !names.iter().any(|n| n == WHOLE_RUN) {
            options.only = names.to_vec();
            if crate::plan::focus::by_cases(names) {
                options.sequences = 0;
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| HarnessError::Setting(format!("the runtime cannot start: {e}")))?;
        let (mut record, url) = runtime.block_on(self.run(options))?;
        let today = Date::today();
        let problems = match (written(), &self.deviations) {
            (Some(path), _) => {
                write(&path, &Deviations::from_record(&record))?;
                Vec::new()
            }
            (None, Ok(Some(deviations))) => deviations.apply(&mut record, today),
            (None, _) => Vec::new(),
        };
        let folder = std::env::var_os("UCKS_FINDINGS").map(PathBuf::from);
        let folder =
            folder.or_else(|| self.findings.clone()).unwrap_or_else(|| PathBuf::from(crate::report::REPLAY_DIR));
        keep(&record, &folder, &url)?;
        Ok(FinishedRun { record, problems, findings: shown(&folder), again: again() })
    }

    async fn run(&self, options: Options) -> Result<(Record, String), HarnessError> {
        match &self.source {
            TargetSource::Fresh(fresh) => {
                let profile = self.profile.as_ref().ok().cloned().flatten().unwrap_or_default();
                let target = fresh(profile.timeout);
                let record = run(Subject::new(target, &self.name, &profile, self.applies()), options).await;
                Ok((record, "http://127.0.0.1:4566".to_owned()))
            }
            #[cfg(feature = "cli")]
            TargetSource::Notation(notation) => self.run_notation(notation, options).await,
        }
    }

    #[cfg(feature = "cli")]
    async fn run_notation(&self, notation: &str, options: Options) -> Result<(Record, String), HarnessError> {
        use crate::cli::cleanup::CleanupGuard;
        use crate::cli::target::{Wishes, ready};
        let wishes = Wishes {
            profile: self.profile_path.as_deref(),
            revision: self.revision.as_ref().ok().copied().flatten(),
            ..Wishes::default()
        };
        let ready = ready(notation, wishes).await.map_err(|e| HarnessError::Target(format!("{e:#}")))?;
        let _turn = (!ready.embedded).then(|| target_lock::TargetLock::wait(&ready.url));
        let cleanup = CleanupGuard::at(&ready);
        let subject = Subject {
            tracker: cleanup.tracker.clone(),
            stop: cleanup.stop.clone(),
            ..Subject::new(ready.target.clone(), &self.name, &ready.profile, ready.revision)
        };
        let record = run(subject, options).await;
        if let Err(error) = cleanup.end() {
            eprintln!("ucks: {error:#}");
        }
        Ok((record, ready.url))
    }
}

fn seed() -> Result<Option<u64>, HarnessError> {
    match std::env::var("UCKS_SEED") {
        Ok(text) if !text.is_empty() => {
            text.parse().map(Some).map_err(|_| HarnessError::Setting(format!("UCKS_SEED: `{text}` is not a number")))
        }
        _ => Ok(None),
    }
}

/// Where to write a first list of deviations, if that is asked for.
fn written() -> Option<PathBuf> {
    std::env::var_os("UCKS_WRITE_DEVIATIONS").filter(|v| !v.is_empty()).map(PathBuf::from)
}

/// Returns the folder of the caller: `cargo test` starts tests in the folder of their package.
fn caller() -> Option<PathBuf> {
    std::env::var_os("PWD").map(PathBuf::from).filter(|p| p.is_absolute())
}

/// Returns a path as given, or else relative to the folder of the caller.
fn found(path: &Path) -> PathBuf {
    match caller().map(|c| c.join(path)) {
        Some(there) if !path.exists() && there.exists() => there,
        _ => path.to_owned(),
    }
}

/// A path as the caller can use it.
fn shown(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let short = caller().and_then(|c| whole.strip_prefix(c).map(Path::to_owned).ok());
    short.unwrap_or(whole).display().to_string()
}

/// Returns the command that runs a test of this program again, up to its name.
fn again() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let (name, _) = program.file_stem()?.to_str()?.rsplit_once('-')?;
    Some(format!("cargo test --test {name} -- --exact "))
}

/// Writes a replay file and a script for each finding. Other processes may write the same ones at once.
fn keep(record: &Record, folder: &Path, url: &str) -> Result<(), HarnessError> {
    for finding in &record.findings {
        let json = folder.join(format!("{}.json", finding.code));
        let replay = serde_json::to_string_pretty(&finding.replay)
            .map_err(|e| HarnessError::File { path: json.display().to_string(), source: e.into() })?;
        write(&json, &(replay + "\n"))?;
        write(&json.with_extension("sh"), &crate::script::script(finding, url))?;
    }
    Ok(())
}

/// Writes a file that is never seen half written.
fn write(path: &Path, text: &str) -> Result<(), HarnessError> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let part = folder.join(format!(".{}.{}", path.file_name().unwrap_or_default().display(), std::process::id()));
    if folder.as_os_str().is_empty() { Ok(()) } else { std::fs::create_dir_all(&folder) }
        .and_then(|()| std::fs::write(&part, text))
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|source| HarnessError::File { path: path.display().to_string(), source })
}
