//! Every report format over one record, and what `ucks list`, `ucks explain` and `ucks schema` print.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../suite/tests/it/reports/sample.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the suite's own tests")]
mod sample;

mod held;

use ucks_oracle::revision::Revision;
use ucks_suite::cli::{explanation, listing, page, published};
use ucks_suite::record::Record;
use ucks_suite::report::terminal::Style;
use ucks_suite::report::{Format, Options, render};

use self::held::held;

/// The sample, with the rules of a few groups alone.
fn record() -> Record {
    let mut record = sample::record();
    record.rules.retain(|r| matches!(r.group.as_str(), "W" | "G" | "A" | "H" | "R"));
    record.rule_book = "2026-11-22".to_owned();
    record.suite = "0.1.0".to_owned();
    record
}

fn rendered(format: Format, style: Style) -> String {
    render(format, &record(), &Options { style, ..Options::default() }).unwrap()
}

#[test]
fn terminal() {
    held("terminal", &rendered(Format::Terminal, Style::default()));
}

#[test]
fn terminal_narrow_and_verbose() {
    held("terminal-narrow-and-verbose", &rendered(Format::Terminal, Style { color: false, width: 64, verbose: true }));
}

#[test]
fn terminal_in_colours() {
    let text = rendered(Format::Terminal, Style { color: true, ..Style::default() });
    held("terminal-in-colours", &text.replace('\u{1b}', "␛"));
}

#[test]
fn json() {
    held("json", &rendered(Format::Json, Style::default()));
}

#[test]
fn junit() {
    held("junit", &rendered(Format::Junit, Style::default()));
}

#[test]
fn markdown() {
    held("markdown", &rendered(Format::Markdown, Style::default()));
}

#[test]
fn github() {
    held("github", &rendered(Format::Github, Style::default()));
}

#[test]
fn html() {
    held("html", &rendered(Format::Html, Style::default()));
}

#[test]
fn script() {
    held("script", &ucks_suite::script::script(&sample::gate(), "http://127.0.0.1:4566"));
}

#[test]
fn list() {
    held("list", &listing(&[], Revision::LATEST).unwrap());
}

#[test]
fn list_at_launch() {
    held("list-at-launch", &listing(&[], Revision::Launch).unwrap());
}

#[test]
fn explain() {
    held("explain", &explanation("G-14").unwrap());
}

#[test]
fn schema_of_the_record() {
    held("schema-of-the-record", &published("record").unwrap());
}

#[test]
fn schema_of_replay_files() {
    held("schema-of-replay-files", &published("replay").unwrap());
}

/// The page in `docs/` is the output of the program. `INSTA_UPDATE=always` writes it anew, as it does with snapshots.
#[test]
fn the_rule_book_is_the_page_in_docs() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rule-book.md");
    let page = page(&[], Revision::LATEST).unwrap();
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(page == kept, "docs/rule-book.md is out of date: run this test with INSTA_UPDATE=always");
}
