//! Files that a command writes at its end: checked and opened before anything is sent.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A file that is open for writing, with its former content until [`Output::write`].
///
/// A file that did not exist before is removed again where nothing is written to it.
#[derive(Debug)]
pub(super) struct Output {
    path: PathBuf,
    file: File,
    /// True if the file is new, and is removed unless something is written to it.
    new: bool,
}

impl Output {
    /// Opens the file, or creates it in a folder that exists.
    ///
    /// # Errors
    /// Where the path is empty, names a folder, lies in a folder that does not exist, or cannot be written.
    pub(super) fn open(path: &Path) -> anyhow::Result<Output> {
        if path.as_os_str().is_empty() {
            bail!("the name of a file to write is empty; is a variable of your script not set?");
        }
        if path.is_dir() {
            bail!("cannot write `{}`: it is a folder; name a file in it", path.display());
        }
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty() && !p.is_dir()) {
            bail!(
                "cannot write `{}`: the folder `{}` does not exist; create it first",
                path.display(),
                folder.display()
            );
        }
        let new = !path.exists();
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(Output { path: path.to_owned(), file, new })
    }

    /// Replaces the file's content.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub(super) fn write(mut self, text: &str) -> anyhow::Result<()> {
        self.new = false;
        let regular = self.file.metadata().is_ok_and(|m| m.is_file());
        let mut replace = || {
            // A pipe or a device has no length and no position.
            if regular {
                self.file.set_len(0)?;
                self.file.seek(SeekFrom::Start(0))?;
            }
            self.file.write_all(text.as_bytes())
        };
        match replace() {
            // As for standard output: a reader that went away is not an error.
            Err(error) if !regular && error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            done => done.with_context(|| format!("cannot write `{}`", self.path.display())),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.new {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Checks that files can be written into a folder, which need not exist yet.
///
/// # Errors
/// Where the path, or what it would lie in, is a file.
pub(super) fn check_folder(path: &Path) -> anyhow::Result<()> {
    if path.as_os_str().is_empty() {
        bail!("the name of a folder to write into is empty; is a variable of your script not set?");
    }
    match path.ancestors().find(|p| p.exists()) {
        Some(there) if !there.is_dir() => {
            bail!("cannot write into `{}`: `{}` is not a folder", path.display(), there.display())
        }
        there => {
            let trial = there.unwrap_or(Path::new("")).join(format!(".ucks-{}", std::process::id()));
            let made = File::create_new(&trial).with_context(|| format!("cannot write into `{}`", path.display()))?;
            drop(made);
            std::fs::remove_file(&trial).with_context(|| format!("cannot remove `{}`", trial.display()))
        }
    }
}
