//! Bundles to test with, made in process.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator, Environment};
use ucks_oracle::revision::Revision;
use ucks_suite::certify::bundle::archive::{self, ArchiveFiles};
use ucks_suite::certify::bundle::manifest::Manifest;
use ucks_suite::certify::bundle::{MANIFEST, SIGNATURE, bundle};
use ucks_suite::certify::challenge::Challenge;
use ucks_suite::certify::level::Level;
use ucks_suite::certify::public::Public;
use ucks_suite::certify::recorder::Recorder;
use ucks_suite::certify::secret_substitution::SecretSubstitution;
use ucks_suite::certify::sign::PrivateKey;
use ucks_suite::certify::transcript::{self, TranscriptEntry};
use ucks_suite::certify::verify::{ReviewerExpectations, Verified, verify};
use ucks_suite::certify::{Certified, Terms, Watch, certified};
use ucks_suite::deviations::{Date, Deviations};
use ucks_suite::fuzzing::simulated_clock::signed;
use ucks_suite::profile::Profile;
use ucks_suite::run::Silent;
use ucks_suite::run::context::NoTracking;
use ucks_suite::target::SharedTarget;

use crate::plans;

/// The challenge of every bundle here.
pub(crate) const CHALLENGE: &str = "42 horses, said the reviewer";

/// The default world, where signatures are checked.
pub(crate) fn world() -> String {
    // Transitions take long enough for a machine that has other things to do.
    DEFAULT_ENVIRONMENT.replace("check_signatures = false", "check_signatures = true").replace("_ms = 150", "_ms = 400")
}

/// The emulator of that world, with a defect or without, its open questions settled by a seed or not.
pub(crate) fn emulator(world: &str, defect: Option<&str>, readings: Option<u64>) -> SharedTarget {
    let emulator = Emulator::new(Config {
        environment: Environment::parse(world).unwrap(),
        defect: defect.map(|d| d.parse().unwrap()),
        readings,
        ..Config::default()
    });
    let profile = Profile::parse(world).unwrap();
    signed(emulator, &profile).unwrap()
}

/// The terms of a bundle.
pub(crate) fn terms(world: &str, level: Level) -> Terms {
    Terms {
        level,
        challenge: Challenge::issued(CHALLENGE).unwrap(),
        shard: None,
        public: Public::new(world, None).unwrap(),
        revision: Revision::LATEST,
        policy: "layered".to_owned(),
        target: "embedded".to_owned(),
        deviations: Deviations::default(),
        date: "2026-11-22".parse::<Date>().unwrap(),
    }
}

/// A run with its transcript.
pub(crate) fn judged(terms: &Terms, target: SharedTarget) -> (Certified, Vec<TranscriptEntry>) {
    let recorder = Arc::new(Recorder::new(Arc::new(SecretSubstitution::new(target, &terms.public.secrets))));
    let watch = Watch {
        tracker: Arc::new(NoTracking),
        progress: Arc::new(Silent),
        stop: Arc::new(AtomicBool::new(false)),
        plans: plans(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let certified = runtime.block_on(certified(terms, recorder.clone(), watch));
    (certified, recorder.entries())
}

/// Verifies a bundle, as the program does.
pub(crate) fn verified(bytes: &[u8], known: &ReviewerExpectations) -> Verified {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(verify(bytes, known, &plans()))
}

/// The key that signs here.
pub(crate) static KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());

/// The expectations of the reviewer.
pub(crate) fn known() -> ReviewerExpectations {
    ReviewerExpectations { key: Some(KEY.public()), challenge: Some(CHALLENGE.to_owned()), unsigned: false }
}

/// A bundle taken apart, to be changed and put together again.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) files: ArchiveFiles,
}

impl Parts {
    /// The parts of a signed bundle of such a run.
    pub(crate) fn new(terms: &Terms, target: SharedTarget) -> Parts {
        let (certified, entries) = judged(terms, target);
        Parts { files: archive::read(&bundle(terms, &certified, &entries, Some(&KEY)).unwrap()).unwrap() }
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.files[name].clone()).unwrap()
    }

    pub(crate) fn edit(&mut self, name: &str, edit: impl FnOnce(String) -> String) {
        let edited = edit(self.text(name));
        assert_ne!(edited, self.text(name), "`{name}` was to be changed");
        self.files.insert(name.to_owned(), edited.into_bytes());
    }

    pub(crate) fn manifest(&mut self, edit: impl FnOnce(&mut Manifest)) {
        self.edit(MANIFEST, |text| {
            let mut manifest: Manifest = serde_json::from_str(&text).unwrap();
            edit(&mut manifest);
            manifest.text().unwrap()
        });
    }

    pub(crate) fn entries(&mut self, edit: impl FnOnce(&mut Vec<TranscriptEntry>)) {
        self.edit(ucks_suite::certify::bundle::TRANSCRIPT, |text| {
            let mut entries = transcript::read(&text).unwrap();
            edit(&mut entries);
            transcript::write(&entries).unwrap()
        });
    }

    /// Hashes and signs anew, as the owner of the key can.
    pub(crate) fn sealed(mut self, key: &PrivateKey) -> Parts {
        let mut manifest: Manifest = serde_json::from_str(&self.text(MANIFEST)).unwrap();
        manifest.list(&self.files);
        self.files.insert(MANIFEST.to_owned(), manifest.text().unwrap().into_bytes());
        self.files.insert(SIGNATURE.to_owned(), key.sign(&self.files[MANIFEST]).into_bytes());
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        archive::write(&self.files).unwrap()
    }
}

/// A bundle of the clean emulator.
pub(crate) fn clean() -> Parts {
    static CLEAN: LazyLock<Parts> =
        LazyLock::new(|| Parts::new(&terms(&world(), Level::Full), emulator(&world(), None, None)));
    CLEAN.clone()
}

/// A bundle of level core, of an emulator that checks no signatures.
pub(crate) fn core() -> Parts {
    static CORE: LazyLock<Parts> = LazyLock::new(|| {
        let world = world().replace("check_signatures = true", "check_signatures = false");
        Parts::new(&terms(&world, Level::Core), emulator(&world, None, None))
    });
    CORE.clone()
}

/// A profile that knows of no fixture, and of a target without three of the states.
pub(crate) const BARE: &str = r#"
    account = "111122223333"
    [limits]
    stores = 64
    [suite]
    settle_ms = 0
    [[lacks]]
    state = "CONNECTING"
    reason = "a Connect ends at once"
    [[lacks]]
    state = "DISCONNECTING"
    reason = "a Disconnect ends at once"
    [[lacks]]
    state = "FAILED"
    reason = "every Connect succeeds"
"#;

/// The emulator's defect of this bundle's declared deviations.
pub(crate) const DEFECT: &str = "names-not-unique";

/// A bundle of an emulator with a defect that is declared.
pub(crate) fn declared() -> Parts {
    static DECLARED: LazyLock<Parts> = LazyLock::new(|| {
        let deviations = Deviations::parse("[[deviation]]\nrule = \"U-*\"\nreason = \"known\"\n").unwrap();
        let terms = Terms { deviations, ..terms(&world(), Level::Full) };
        Parts::new(&terms, emulator(&world(), Some(DEFECT), None))
    });
    DECLARED.clone()
}
