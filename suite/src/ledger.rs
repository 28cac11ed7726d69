//! The ledger: stores that the run created, on disk, so that even a run that was killed can be cleaned up after.
//!
//! JSON lines, appended and never rewritten:
//!
//! ```text
//! {"format":1,"target":"http://127.0.0.1:4566/","started":"2026-01-02T03:04:05Z"}
//! {"intent":"ucks-1"}                          before a Create of that name is sent
//! {"created":"cks-…","name":"ucks-1"}          it was answered with an id
//! {"withdrawn":"ucks-2"}                       it was refused: there is no store
//! {"deleted":"cks-…"}                          the store is gone
//! ```
//!
//! An intent without an answer remains under its name: a Create whose answer was lost may have made a store. Each line
//! is written at once and whole, so a kill leaves at most one truncated line at the end, which is ignored.

mod entry;
mod leftover;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

pub use self::entry::now;
use self::entry::{FORMAT, Header, LedgerEntry, line};
pub use self::leftover::{Leftover, leftovers};

/// The folder of ledgers, below the current directory.
const FOLDER: &str = ".ucks";
/// No ledger is larger; a file that is, is something else.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A store that was created, or may have been, and is not known to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remaining {
    /// The store of this id.
    Id(String),
    /// A store of this name, if the Create whose answer was lost made one.
    Name(String),
}

/// Why a ledger cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file cannot be made, written or removed.
    #[error("the ledger `{path}` cannot be written: {source}; nothing is created without it, so choose another folder")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file cannot be read.
    #[error("the ledger `{path}` cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is not a ledger.
    #[error("`{path}` is not a ledger: {reason}; name a file that a run left in `.ucks`")]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// The ledger is of a version that this program does not know.
    #[error(
        "the ledger `{path}` has format `{format}`, and this program reads `{FORMAT}`; use the version that wrote it"
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// Its version.
        format: u32,
    },
}

/// The ledger of one run; shared by its lanes.
#[derive(Debug)]
pub struct Ledger {
    state: Mutex<LedgerState>,
}

#[derive(Debug)]
struct LedgerState {
    /// By name, how many Creates have no answer yet.
    intents: BTreeMap<String, usize>,
    /// Ids of existing stores, in the order of their creation.
    stores: BTreeMap<String, u64>,
    created: u64,
    disk: Option<Disk>,
}

#[derive(Debug)]
struct Disk {
    path: PathBuf,
    header: Header,
    /// Nothing before the first line is written.
    file: Option<File>,
}

impl Ledger {
    /// A ledger in that file, which is made with the first line.
    pub fn create(path: impl Into<PathBuf>, target: &str) -> Ledger {
        Ledger::with(Some(Disk { path: path.into(), header: Header::new(target), file: None }))
    }

    /// A ledger that is not written down, for services that end with the process.
    pub fn in_memory() -> Ledger {
        Ledger::with(None)
    }

    /// A file name that no other run takes: `.ucks/ledger-SECONDS-PROCESS-RANDOM.jsonl`.
    pub fn default_path() -> PathBuf {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let process = std::process::id();
        let random = RandomState::new().hash_one(seconds) as u32;
        Path::new(FOLDER).join(format!("ledger-{seconds}-{process}-{random:08x}.jsonl"))
    }

    /// Reads a ledger that a run left, to go on with it: gives its target's URL too. A truncated last line is cut off.
    ///
    /// # Errors
    /// Where the file cannot be read, or is not a ledger of this format.
    pub fn open(path: impl Into<PathBuf>) -> Result<(String, Ledger), LedgerError> {
        let path = path.into();
        let unreadable = |source| LedgerError::Read { path: path.clone(), source };
        let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        if (&mut file).take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)? as u64 > LARGEST {
            return Err(LedgerError::NotALedger { path, reason: "it is too large".to_owned() });
        }
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |last| last + 1);
        let not_a_ledger = |line: usize, reason: serde_json::Error| LedgerError::NotALedger {
            path: path.clone(),
            reason: format!("line {line} is not valid ({reason})"),
        };
        let mut lines = bytes[..whole].split(|b| *b == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
        let Some((_, first)) = lines.next() else {
            return Err(LedgerError::NotALedger { path, reason: "it has no first line".to_owned() });
        };
        let header: Header = serde_json::from_slice(first).map_err(|e| not_a_ledger(1, e))?;
        if header.format != FORMAT {
            return Err(LedgerError::Format { path, format: header.format });
        }
        let mut state = LedgerState::new(None);
        for (at, line) in lines {
            state.apply(serde_json::from_slice(line).map_err(|e| not_a_ledger(at + 1, e))?);
        }
        file.set_len(whole as u64).map_err(unreadable)?;
        let target = header.target.clone();
        state.disk = Some(Disk { path, header, file: Some(file) });
        Ok((target, Ledger { state: Mutex::new(state) }))
    }

    /// A Create of that name is about to be sent.
    ///
    /// # Errors
    /// Where the ledger cannot be written; the Create must not be sent then. So for all the others.
    pub fn intend(&self, name: &str) -> Result<(), LedgerError> {
        self.note(LedgerEntry::Intent { intent: name.to_owned() })
    }

    /// The Create of that name was answered with that id.
    ///
    /// # Errors
    /// As for [`Ledger::intend`]; the store is in this process's memory all the same.
    pub fn created(&self, name: &str, id: &str) -> Result<(), LedgerError> {
        self.note(LedgerEntry::Created { created: id.to_owned(), name: name.to_owned() })
    }

    /// The Create of that name made nothing: it was refused, or no store of that name was found afterwards.
    ///
    /// # Errors
    /// As for [`Ledger::intend`].
    pub fn withdrawn(&self, name: &str) -> Result<(), LedgerError> {
        self.note(LedgerEntry::Withdrawn { withdrawn: name.to_owned() })
    }

    /// The store of that id is gone.
    ///
    /// # Errors
    /// As for [`Ledger::intend`].
    pub fn deleted(&self, id: &str) -> Result<(), LedgerError> {
        self.note(LedgerEntry::Deleted { deleted: id.to_owned() })
    }

    /// Returns the stores that may still exist: ids in the order of their creation, then names.
    pub fn remaining(&self) -> Vec<Remaining> {
        self.state().remaining()
    }

    /// Returns the path of the ledger, if it was written.
    pub fn path(&self) -> Option<PathBuf> {
        self.state().disk.as_ref().filter(|disk| disk.file.is_some()).map(|disk| disk.path.clone())
    }

    /// Ends the ledger: if nothing remains, its file is removed, and the folder `.ucks` with the last file. Returns
    /// what remains; if the file is left behind, it has the same content.
    ///
    /// # Errors
    /// Where the file cannot be removed.
    pub fn finish(&self) -> Result<Vec<Remaining>, LedgerError> {
        let mut state = self.state();
        let remaining = state.remaining();
        if let Some(disk) = state.disk.as_mut().filter(|_| remaining.is_empty()) {
            disk.remove()?;
        }
        Ok(remaining)
    }

    fn with(disk: Option<Disk>) -> Ledger {
        Ledger { state: Mutex::new(LedgerState::new(disk)) }
    }

    fn note(&self, entry: LedgerEntry) -> Result<(), LedgerError> {
        let mut state = self.state();
        let line = state.disk.is_some().then(|| line(&entry));
        state.apply(entry);
        match (line, &mut state.disk) {
            (Some(line), Some(disk)) => disk.write(line),
            _ => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, LedgerState> {
        // Each change is whole before the lock is left, so a panic elsewhere spoils nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LedgerState {
    fn new(disk: Option<Disk>) -> LedgerState {
        LedgerState { intents: BTreeMap::new(), stores: BTreeMap::new(), created: 0, disk }
    }

    fn apply(&mut self, entry: LedgerEntry) {
        match entry {
            LedgerEntry::Intent { intent } => *self.intents.entry(intent).or_default() += 1,
            LedgerEntry::Withdrawn { withdrawn } => self.answered(&withdrawn),
            LedgerEntry::Created { created, name } => {
                self.answered(&name);
                self.stores.insert(created, self.created);
                self.created += 1;
            }
            LedgerEntry::Deleted { deleted } => {
                self.stores.remove(&deleted);
            }
        }
    }

    fn answered(&mut self, name: &str) {
        if let Some(open) = self.intents.get_mut(name) {
            *open -= 1;
            if *open == 0 {
                self.intents.remove(name);
            }
        }
    }

    fn remaining(&self) -> Vec<Remaining> {
        let mut stores: Vec<_> = self.stores.iter().collect();
        stores.sort_by_key(|(_, order)| **order);
        let ids = stores.into_iter().map(|(id, _)| Remaining::Id(id.clone()));
        ids.chain(self.intents.keys().cloned().map(Remaining::Name)).collect()
    }
}

impl Disk {
    /// One write per line, so that it is in the file even if this process is killed.
    fn write(&mut self, mut text: String) -> Result<(), LedgerError> {
        let written = match &mut self.file {
            Some(file) => append(file, &text),
            None => {
                text.insert_str(0, &line(&self.header));
                make(&self.path).and_then(|mut file| {
                    append(&mut file, &text)?;
                    self.file = Some(file);
                    Ok(())
                })
            }
        };
        written.map_err(|source| LedgerError::Write { path: self.path.clone(), source })
    }

    fn remove(&mut self) -> Result<(), LedgerError> {
        if self.file.take().is_none() {
            return Ok(());
        }
        match fs::remove_file(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(LedgerError::Write { path: self.path.clone(), source });
            }
            _ => {}
        }
        if let Some(folder) = self.path.parent().filter(|folder| folder.ends_with(FOLDER)) {
            let _ = fs::remove_dir(folder); // refused while another run's ledger stands there
        }
        Ok(())
    }
}

/// Adds the text, or nothing: half a line in the middle would make the file unreadable.
fn append(file: &mut File, text: &str) -> io::Result<()> {
    let before = file.seek(SeekFrom::End(0))?;
    file.write_all(text.as_bytes()).inspect_err(|_| {
        let _ = file.set_len(before);
    })
}

/// Makes the file and its folder. Another run may remove the empty folder in between, so it is tried again.
fn make(path: &Path) -> io::Result<File> {
    let mut tries = 0;
    loop {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        match OpenOptions::new().write(true).create_new(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < 100 => tries += 1,
            // Held until this process ends, however it ends: so others know that the run goes on. Some file systems
            // have no locks, which concerns nothing but that.
            result => return result.inspect(|file| drop(file.try_lock())),
        }
    }
}

#[cfg(test)]
mod tests;
