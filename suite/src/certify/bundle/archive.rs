//! The archive: a few files of known names, written alike each time, read within bounds.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};
use tar::{Archive, Builder, EntryType, Header};

/// The files of an archive by name.
pub type ArchiveFiles = BTreeMap<String, Vec<u8>>;

/// Most files of an archive.
const MOST: usize = 96;
/// Most bytes of one file.
const FILE: u64 = 512 << 20;
/// Most bytes of all files together, with what the archive adds.
pub const ALL: u64 = FILE + (256 << 20);

/// Why a file is not an archive of this program.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It ends early, or is not an archive.
    #[error("the archive is broken or cut off: {0}")]
    Broken(std::io::Error),
    /// A name that leads out of the archive, or that no bundle has.
    #[error("the archive holds `{0}`: a bundle has plain files with plain names, in no folder")]
    Name(String),
    /// A name is in the archive twice.
    #[error("the archive holds `{0}` twice")]
    Twice(String),
    /// Something other than a file.
    #[error("`{0}` in the archive is not a plain file")]
    Kind(String),
    /// Too large.
    #[error("`{0}` in the archive is larger than {FILE} bytes")]
    Large(String),
    /// Too large altogether.
    #[error("the archives unpack to more than {ALL} bytes together")]
    Bomb,
    /// Too many.
    #[error("the archive holds more than {MOST} files")]
    Many,
    /// There is more.
    #[error("there are bytes behind the end of the archive")]
    Behind,
}

/// The archive of some files: the same bytes for the same files.
///
/// # Errors
/// Never, as long as there is memory.
pub fn write(files: &ArchiveFiles) -> std::io::Result<Vec<u8>> {
    let gz = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::default());
    let mut tar = Builder::new(gz);
    for (name, bytes) in files {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        tar.append_data(&mut header, name, bytes.as_slice())?;
    }
    tar.into_inner()?.finish()
}

/// The files of an archive.
///
/// # Errors
/// [`ArchiveError`] for the first thing that no archive of this program has.
pub fn read(bytes: &[u8]) -> Result<ArchiveFiles, ArchiveError> {
    let mut limit = ALL;
    read_within(bytes, &mut limit)
}

/// The files of an archive that unpacks to at most `limit` bytes, from which they are deducted. Several archives within
/// another one share a limit, so that the reader's work stays within bounds.
///
/// # Errors
/// [`ArchiveError`] for the first thing that no archive of this program has.
pub fn read_within(bytes: &[u8], limit: &mut u64) -> Result<ArchiveFiles, ArchiveError> {
    let mut rest = bytes;
    let mut unpacked = GzDecoder::new(&mut rest).take(*limit);
    let files = entries(&mut Archive::new(&mut unpacked));
    // An entry that the limit cuts off looks like one that ends early.
    if unpacked.limit() == 0 {
        return Err(ArchiveError::Bomb);
    }
    let files = files?;
    // The end of the archive, with the check sum behind it, must be there and nothing more.
    let mut end = [0_u8; 8 * 1024];
    loop {
        match unpacked.read(&mut end).map_err(ArchiveError::Broken)? {
            0 if unpacked.limit() == 0 => return Err(ArchiveError::Bomb),
            0 => break,
            n if end[..n].iter().any(|b| *b != 0) => return Err(ArchiveError::Behind),
            _ => {}
        }
    }
    let left = unpacked.limit();
    drop(unpacked);
    *limit = left;
    if rest.is_empty() { Ok(files) } else { Err(ArchiveError::Behind) }
}

/// Reads the entries up to the first thing that no archive of this program has.
fn entries(archive: &mut Archive<impl Read>) -> Result<ArchiveFiles, ArchiveError> {
    let mut files = ArchiveFiles::new();
    for entry in archive.entries().map_err(ArchiveError::Broken)? {
        let mut entry = entry.map_err(ArchiveError::Broken)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !is_plain(&name) {
            return Err(ArchiveError::Name(name.chars().take(100).collect()));
        }
        if entry.header().entry_type() != EntryType::Regular {
            return Err(ArchiveError::Kind(name));
        }
        if files.len() >= MOST {
            return Err(ArchiveError::Many);
        }
        if entry.size() > FILE {
            return Err(ArchiveError::Large(name));
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(ArchiveError::Broken)?;
        if content.len() as u64 != entry.size() {
            return Err(ArchiveError::Broken(std::io::ErrorKind::UnexpectedEof.into()));
        }
        if files.insert(name.clone(), content).is_some() {
            return Err(ArchiveError::Twice(name));
        }
    }
    Ok(files)
}

/// Returns true if it is a name that a bundle may have: small letters, digits, dots and dashes, not hidden.
fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('.') && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn files() -> ArchiveFiles {
        [("a.txt".to_owned(), b"one".to_vec()), ("b.txt".to_owned(), vec![7; 100_000])].into()
    }

    #[test]
    fn what_is_written_is_read_and_is_the_same_each_time() {
        let bytes = write(&files()).unwrap();
        assert_eq!(read(&bytes).unwrap(), files());
        assert_eq!(bytes, write(&files()).unwrap());
    }

    #[test]
    fn every_end_but_the_last_is_too_early() {
        let bytes = write(&files()).unwrap();
        for end in 0..bytes.len() {
            assert!(matches!(read(&bytes[..end]), Err(ArchiveError::Broken(_))), "{end}");
        }
        assert!(matches!(read(&[bytes, vec![0]].concat()), Err(ArchiveError::Behind)));
    }

    /// Builds an archive with any entries, odd ones included.
    fn odd(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
        let gz = GzBuilder::new().write(Vec::new(), Compression::fast());
        let mut tar = Builder::new(gz);
        for (name, kind, bytes) in entries {
            let mut header = Header::new_ustar();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            tar.append(&header, *bytes).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    #[rstest]
    #[case::up(&[("../a.txt", EntryType::Regular, &b"x"[..])], "plain names")]
    #[case::root(&[("/etc/passwd", EntryType::Regular, &b"x"[..])], "plain names")]
    #[case::folder(&[("a/b.txt", EntryType::Regular, &b"x"[..])], "plain names")]
    #[case::hidden(&[(".a", EntryType::Regular, &b"x"[..])], "plain names")]
    #[case::link(&[("a.txt", EntryType::Symlink, &b""[..])], "not a plain file")]
    #[case::twice(&[("a.txt", EntryType::Regular, &b"x"[..]), ("a.txt", EntryType::Regular, &b"y"[..])], "twice")]
    fn odd_entries_are_refused(#[case] entries: &[(&str, EntryType, &[u8])], #[case] says: &str) {
        let error = read(&odd(entries)).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }

    /// Of the limit, some ends within an entry, between entries, or in the padding behind them.
    #[test]
    fn archives_that_unpack_to_more_than_the_limit_are_named_so() {
        let bytes = write(&files()).unwrap();
        let mut left = ALL;
        read_within(&bytes, &mut left).unwrap();
        let size = ALL - left;
        for limit in [0, 100, 512, 1024, 50_000, 101_376, size - 1, size] {
            let error = read_within(&bytes, &mut { limit }).unwrap_err();
            assert!(matches!(error, ArchiveError::Bomb), "{limit} of {size}: {error}");
        }
        // Two archives share one limit.
        let mut limit = 2 * size;
        read_within(&bytes, &mut limit).unwrap();
        assert_eq!(limit, size);
        let error = read_within(&bytes, &mut limit).unwrap_err().to_string();
        assert_eq!(error, format!("the archives unpack to more than {ALL} bytes together"));
    }

    #[test]
    fn a_size_that_is_a_lie_and_too_many_files_are_refused() {
        let mut header = Header::new_ustar();
        header.set_path("a.txt").unwrap();
        header.set_size(FILE + 1);
        header.set_cksum();
        let mut gz = GzBuilder::new().write(Vec::new(), Compression::fast());
        std::io::Write::write_all(&mut gz, header.as_bytes()).unwrap();
        let error = read(&gz.finish().unwrap()).unwrap_err();
        assert!(matches!(error, ArchiveError::Large(_) | ArchiveError::Broken(_)), "{error}");
        let names: Vec<String> = (0..=MOST).map(|n| format!("{n}.txt")).collect();
        let many: Vec<_> = names.iter().map(|n| (n.as_str(), EntryType::Regular, &b"x"[..])).collect();
        assert!(matches!(read(&odd(&many)), Err(ArchiveError::Many)));
    }
}
