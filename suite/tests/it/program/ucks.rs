//! Starts `ucks` and waits for it, within bounds.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Against hanging only; a loaded machine must not turn a test red.
const PATIENCE: Duration = Duration::from_secs(180);
/// No run needs more memory, with any target, in kB.
const MEMORY: u64 = 512 * 1024;

/// A folder of its own, where `ucks` runs: ledgers and findings lie below it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("program-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file, and gives its name as an argument.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        name.to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `ucks` here.
    pub(crate) fn ucks(&self, arguments: &[&str]) -> Ended {
        self.run(Command::new(env!("CARGO_BIN_EXE_ucks")).args(arguments))
    }

    /// Runs a program here, to its end.
    pub(crate) fn run(&self, command: &mut Command) -> Ended {
        let (out, err) = (self.path("stdout"), self.path("stderr"));
        let file = |path: &PathBuf| Stdio::from(std::fs::File::create(path).unwrap());
        let command = command.current_dir(&self.0).stdin(Stdio::null()).stdout(file(&out)).stderr(file(&err));
        let begun = Instant::now();
        let mut child = command.spawn().unwrap();
        let mut peak = 0;
        let status = loop {
            peak = resident(child.id()).unwrap_or(0).max(peak);
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("not at its end after {PATIENCE:?}");
            }
            thread::sleep(Duration::from_millis(10));
        };
        let read = |path: &PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        Ended { code: status.code(), said: read(&out), complained: read(&err), peak }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) said: String,
    /// Standard error.
    pub(crate) complained: String,
    /// The most memory it held, in kB; 0 if this system does not report it.
    pub(crate) peak: u64,
}

impl Ended {
    /// Asserts the exit code, and a sentence in either stream.
    #[track_caller]
    pub(crate) fn so(&self, code: i32, sentence: &str) -> &Ended {
        let all = format!("{}{}", self.said, self.complained);
        assert_eq!(self.code, Some(code), "{all}");
        // The terminal breaks lines where they are full.
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&all).contains(&words(sentence)), "`{sentence}` is not in: {all}");
        assert!(!all.contains("panicked at"), "{all}");
        assert!(self.peak < MEMORY, "a peak of {} kB: {all}", self.peak);
        self
    }
}

/// The peak of a running process so far, in kB.
fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}
