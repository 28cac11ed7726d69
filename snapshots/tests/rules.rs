//! The project's own list of ids against the rules, and a conforming exchange of each rule.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod exchanges;
mod held;

use std::collections::BTreeSet;

use ucks_oracle::revision::Revision;
use ucks_oracle::rules;

use self::held::held;

const IDS: &str = include_str!("../rule-ids.txt");
const UNTESTED: &str = "# Statements that no rule tests, and why";

#[test]
fn every_statement_is_a_rule_or_says_why_not() {
    let (statements, untested) = IDS.split_once(UNTESTED).unwrap();
    let lines = statements.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let listed: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    let unique: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(listed.len(), unique.len(), "an id stands twice");
    let table: BTreeSet<&str> = rules::all().iter().map(|r| r.id.0).collect();
    let missing: Vec<_> = unique.difference(&table).collect();
    let unknown: Vec<_> = table.difference(&unique).collect();
    assert!(missing.is_empty(), "without a rule: {missing:?}");
    assert!(unknown.is_empty(), "not in snapshots/rule-ids.txt: {unknown:?}");
    let untested: Vec<&str> = untested.lines().filter(|l| !l.trim().is_empty()).collect();
    assert_eq!(untested.len(), 10);
    for line in untested {
        let (statement, why) = line.split_once(" — ").unwrap_or_else(|| panic!("no reason: {line}"));
        assert!(!statement.trim().is_empty() && !why.trim().is_empty(), "{line}");
    }
}

/// The request that a plan sends first for each rule, and the answer that conforms. Ids of stores and requests are
/// drawn anew each time, so they are written as `cks-…`.
#[tokio::test]
async fn a_conforming_exchange_of_each_rule() {
    held("exchanges", &exchanges::all(Revision::LATEST).await);
}
