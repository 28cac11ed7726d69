use std::sync::Arc;
use std::thread;

use Remaining::{Id, Name};
use rstest::rstest;

use super::*;

/// A folder of its own, removed with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let random = RandomState::new().hash_one(std::process::id());
        let folder = std::env::temp_dir().join(format!("ucks-ledger-{random:016x}"));
        fs::create_dir(&folder).expect("a folder");
        Folder(folder)
    }

    fn ledger(&self) -> PathBuf {
        self.0.join(FOLDER).join("ledger.jsonl")
    }

    fn file(&self, text: &str) -> PathBuf {
        fs::create_dir_all(self.0.join(FOLDER)).expect("a folder");
        fs::write(self.ledger(), text).expect("a file");
        self.ledger()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const TARGET: &str = "http://127.0.0.1:4566/";
const HEADER: &str = r#"{"format":1,"target":"http://127.0.0.1:4566/","started":"2026-01-02T03:04:05Z"}"#;

#[test]
fn what_was_created_stands_on_disk_before_anything_else_happens() {
    let folder = Folder::new();
    let ledger = Ledger::create(folder.ledger(), TARGET);
    assert!(!folder.ledger().exists(), "a run that creates nothing leaves nothing");
    ledger.intend("ucks-1").expect("written");
    ledger.created("ucks-1", "cks-1").expect("written");
    ledger.intend("ucks-2").expect("written");
    ledger.withdrawn("ucks-2").expect("written");
    ledger.deleted("cks-1").expect("written");
    let text = fs::read_to_string(folder.ledger()).expect("a file");
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with(r#"{"format":1,"target":"http://127.0.0.1:4566/","started":"2"#), "{text}");
    assert_eq!(
        lines[1..],
        [
            r#"{"intent":"ucks-1"}"#,
            r#"{"created":"cks-1","name":"ucks-1"}"#,
            r#"{"intent":"ucks-2"}"#,
            r#"{"withdrawn":"ucks-2"}"#,
            r#"{"deleted":"cks-1"}"#,
        ]
    );
}

#[test]
fn the_last_deletion_removes_file_and_folder() {
    let folder = Folder::new();
    let ledger = Ledger::create(folder.ledger(), TARGET);
    ledger.intend("ucks-1").expect("written");
    ledger.created("ucks-1", "cks-1").expect("written");
    assert_eq!(ledger.finish().expect("kept"), [Id("cks-1".into())]);
    assert!(folder.ledger().exists());
    ledger.deleted("cks-1").expect("written");
    assert_eq!(ledger.finish().expect("removed"), []);
    assert!(!folder.0.join(FOLDER).exists());
    assert_eq!(ledger.finish().expect("nothing left to do"), []);
    ledger.intend("ucks-2").expect("begun anew");
    assert!(folder.ledger().exists());
}

#[test]
fn the_folder_stays_while_another_run_has_its_ledger_there() {
    let folder = Folder::new();
    let ledger = Ledger::create(folder.ledger(), TARGET);
    ledger.intend("ucks-1").expect("written");
    ledger.withdrawn("ucks-1").expect("written");
    let other = folder.0.join(FOLDER).join("other.jsonl");
    fs::write(&other, "").expect("a file");
    ledger.finish().expect("removed");
    assert!(other.exists() && !folder.ledger().exists());
}

#[test]
fn a_folder_that_the_caller_chose_is_not_removed() {
    let folder = Folder::new();
    let chosen = folder.0.join("chosen");
    fs::create_dir(&chosen).expect("a folder");
    let ledger = Ledger::create(chosen.join("ledger.jsonl"), TARGET);
    ledger.intend("ucks-1").expect("written");
    ledger.withdrawn("ucks-1").expect("written");
    ledger.finish().expect("removed");
    assert_eq!(fs::read_dir(&chosen).expect("the folder").count(), 0);
}

#[rstest]
#[case::nothing(&[], &[])]
#[case::a_lost_create(&[r#"{"intent":"a"}"#], &[Name("a".into())])]
#[case::an_answered_create(&[r#"{"intent":"a"}"#, r#"{"created":"cks-1","name":"a"}"#], &[Id("cks-1".into())])]
#[case::a_refused_create(&[r#"{"intent":"a"}"#, r#"{"withdrawn":"a"}"#], &[])]
#[case::a_deleted_store(&[r#"{"created":"cks-1","name":"a"}"#, r#"{"deleted":"cks-1"}"#], &[])]
#[case::in_the_order_of_creation(
    &[r#"{"created":"cks-9","name":"a"}"#, r#"{"created":"cks-1","name":"b"}"#, r#"{"intent":"c"}"#],
    &[Id("cks-9".into()), Id("cks-1".into()), Name("c".into())])]
#[case::one_of_two_of_a_name_is_lost(
    &[r#"{"intent":"a"}"#, r#"{"intent":"a"}"#, r#"{"created":"cks-1","name":"a"}"#],
    &[Id("cks-1".into()), Name("a".into())])]
#[case::a_store_that_nobody_intended(&[r#"{"created":"cks-1"}"#], &[Id("cks-1".into())])]
#[case::a_deletion_of_nothing(&[r#"{"deleted":"cks-1"}"#, r#"{"withdrawn":"a"}"#], &[])]
#[case::blank_lines(&["", r#"{"intent":"a"}"#, ""], &[Name("a".into())])]
#[case::names_beyond_ascii(&[r#"{"intent":"鍵 \"\\ \n"}"#], &[Name("鍵 \"\\ \n".into())])]
fn a_ledger_is_read_again(#[case] lines: &[&str], #[case] remaining: &[Remaining]) {
    let folder = Folder::new();
    let text: String = [HEADER].iter().chain(lines).flat_map(|line| [line, "\n"]).collect();
    let (target, ledger) = Ledger::open(folder.file(&text)).expect("a ledger");
    assert_eq!(target, TARGET);
    assert_eq!(ledger.remaining(), remaining);
}

/// Cut after every byte: never an error once the first line is whole, and never a store forgotten whose line was whole.
#[test]
fn a_truncated_last_line_says_nothing() {
    let folder = Folder::new();
    let text = format!("{HEADER}\n{{\"intent\":\"a\"}}\n{{\"created\":\"cks-1\",\"name\":\"a\"}}\n");
    for cut in HEADER.len() + 1..=text.len() {
        let (_, ledger) = Ledger::open(folder.file(&text[..cut])).expect("a ledger");
        let expected = match text[..cut].matches('\n').count() {
            1 => vec![],
            2 => vec![Name("a".into())],
            _ => vec![Id("cks-1".into())],
        };
        assert_eq!(ledger.remaining(), expected, "cut at {cut}");
        // Going on does not append to the rest of a line.
        ledger.intend("b").expect("written");
        let (_, again) = Ledger::open(folder.ledger()).expect("a ledger");
        assert_eq!(again.remaining(), [expected, vec![Name("b".into())]].concat(), "cut at {cut}");
    }
}

#[test]
fn cleaning_can_be_broken_off_and_taken_up() {
    let folder = Folder::new();
    let lines = "{\"created\":\"cks-1\",\"name\":\"a\"}\n{\"created\":\"cks-2\",\"name\":\"b\"}\n";
    folder.file(&format!("{HEADER}\n{lines}"));
    let (_, first) = Ledger::open(folder.ledger()).expect("a ledger");
    first.deleted("cks-1").expect("written");
    drop(first);
    let (_, second) = Ledger::open(folder.ledger()).expect("a ledger");
    assert_eq!(second.remaining(), [Id("cks-2".into())]);
    second.deleted("cks-2").expect("written");
    assert_eq!(second.finish().expect("removed"), []);
    assert!(!folder.0.join(FOLDER).exists());
}

#[rstest]
#[case::empty("", "no first line")]
#[case::half_a_first_line(r#"{"format":1,"tar"#, "no first line")]
#[case::another_file("hello\n", "line 1")]
#[case::another_json("{\"a\":1}\n", "line 1")]
#[case::a_later_format("{\"format\":2,\"target\":\"a\",\"started\":\"b\"}\n", "format `2`")]
fn what_is_no_ledger_is_refused(#[case] text: &str, #[case] reason: &str) {
    let folder = Folder::new();
    let refused = Ledger::open(folder.file(text)).expect_err("no ledger").to_string();
    assert!(refused.contains(reason), "{refused}");
    assert_eq!(fs::read_to_string(folder.ledger()).expect("the file"), text, "left as it was");
}

#[test]
fn a_line_that_is_none_in_the_middle_is_named() {
    let folder = Folder::new();
    let refused = Ledger::open(folder.file(&format!("{HEADER}\n{{\"intent\":\"a\"}}\nnonsense\n{{}}\n")));
    let refused = refused.expect_err("no ledger").to_string();
    assert!(refused.contains("line 3"), "{refused}");
}

#[test]
fn a_ledger_that_cannot_be_written_is_an_error_before_the_create() {
    let folder = Folder::new();
    let file = folder.0.join("a-file");
    fs::write(&file, "").expect("a file");
    let refused = Ledger::create(file.join("ledger.jsonl"), TARGET).intend("a").expect_err("no folder");
    assert!(matches!(refused, LedgerError::Write { .. }), "{refused:?}");
}

#[test]
fn another_run_s_ledger_is_never_overwritten() {
    let folder = Folder::new();
    folder.file("theirs");
    Ledger::create(folder.ledger(), TARGET).intend("a").expect_err("the file exists");
    assert_eq!(fs::read_to_string(folder.ledger()).expect("the file"), "theirs");
}

#[test]
fn lanes_and_runs_share_a_folder() {
    let folder = Folder::new();
    let runs: Vec<_> = (0..8)
        .map(|run| {
            let path = folder.0.join(FOLDER).join(format!("ledger-{run}.jsonl"));
            thread::spawn(move || {
                for round in 0..20 {
                    let ledger = Arc::new(Ledger::create(&path, TARGET));
                    let lanes: Vec<_> = (0..2)
                        .map(|lane| {
                            let ledger = ledger.clone();
                            thread::spawn(move || {
                                let (name, id) = (format!("n-{round}-{lane}"), format!("cks-{round}-{lane}"));
                                ledger.intend(&name).expect("written");
                                ledger.created(&name, &id).expect("written");
                                ledger.deleted(&id).expect("written");
                            })
                        })
                        .collect();
                    lanes.into_iter().for_each(|lane| lane.join().expect("no panic"));
                    let (_, read) = Ledger::open(&path).expect("whole lines");
                    assert_eq!(read.remaining(), []);
                    assert_eq!(ledger.finish().expect("removed"), []);
                }
            })
        })
        .collect();
    runs.into_iter().for_each(|run| run.join().expect("no panic"));
    assert!(!folder.0.join(FOLDER).exists());
}

#[test]
fn in_memory_nothing_is_written() {
    let ledger = Ledger::in_memory();
    ledger.intend("a").expect("no file");
    ledger.created("a", "cks-1").expect("no file");
    assert_eq!((ledger.remaining(), ledger.path()), (vec![Id("cks-1".into())], None));
    ledger.deleted("cks-1").expect("no file");
    assert_eq!(ledger.finish().expect("no file"), []);
}

#[test]
fn default_paths_differ() {
    assert_ne!(Ledger::default_path(), Ledger::default_path());
    assert!(Ledger::default_path().starts_with(FOLDER));
}
