//! The order of errors that a target was seen to have, as a file: `ucks run --write-order FILE` writes it, and
//! `--policy learned=FILE` holds a later version of the target to it (P-05).
//!
//! ```toml
//! revision = "2026-04-27"
//!
//! [[order]]
//! store_type = "EXTERNAL_KEY_STORE"
//! state = "CONNECTED"
//! first = "S-06"
//! then = ["U-01", "X-08"]
//! ```
//!
//! A row without a store is about requests that name none.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ucks_oracle::account::ConnectionState;
use ucks_oracle::members::StoreType;
use ucks_oracle::repeat::{ErrorOrder, TypeAndState};
use ucks_oracle::rule::RuleId;
use ucks_oracle::rules;

use crate::record::{PrecedenceRow, Record};

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderFile {
    /// The revision at which the target was judged.
    revision: String,
    #[serde(default, rename = "order")]
    rows: Vec<OrderFileRow>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderFileRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    store_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    first: String,
    then: Vec<String>,
}

/// The fault of a file.
#[derive(Debug, thiserror::Error)]
pub enum OrderFileError {
    /// It is not TOML of this form.
    #[error("not an order of errors, as `ucks run --write-order` writes it: {0}")]
    Form(String),
    /// A name that nothing has.
    #[error("there is no {0} `{1}`")]
    Unknown(&'static str, String),
}

/// The order that a run recorded, as a file. Pairs whose errors were returned in both orders are left out.
pub fn written(record: &Record) -> String {
    text(&record.revision, &record.precedence)
}

fn text(revision: &str, all: &[PrecedenceRow]) -> String {
    let pairs: BTreeSet<_> = all.iter().map(pair).collect();
    // By type, state and the error that is returned.
    let mut groups: BTreeMap<[Option<&str>; 3], Vec<String>> = BTreeMap::new();
    for row in all {
        let (kind, state, first, then) = pair(row);
        if !pairs.contains(&(kind, state, then, first)) {
            groups.entry([kind, state, Some(first)]).or_default().push(then.to_owned());
        }
    }
    let rows = groups.into_iter().map(|([kind, state, first], then)| OrderFileRow {
        store_type: kind.map(str::to_owned),
        state: state.map(str::to_owned),
        first: first.unwrap_or_default().to_owned(),
        then,
    });
    let file = OrderFile { revision: revision.to_owned(), rows: rows.collect() };
    let head = "# Which of two errors the target returned for requests that have both, by type and state of the store.\n\
                # `ucks run --policy learned=FILE` holds a later version to it.\n";
    head.to_owned() + &toml::to_string(&file).unwrap_or_default()
}

fn pair(row: &PrecedenceRow) -> (Option<&str>, Option<&str>, &str, &str) {
    (row.store_type.as_deref(), row.state.as_deref(), &row.first, &row.then)
}

/// Reads a file.
///
/// # Errors
/// Where it has another form, or names a rule, type or state that does not exist.
pub fn read(text: &str) -> Result<ErrorOrder, OrderFileError> {
    let file: OrderFile = toml::from_str(text).map_err(|error| OrderFileError::Form(error.message().to_owned()))?;
    let mut pairs = Vec::new();
    for row in &file.rows {
        let (cell, first) = (cell(row)?, rule(&row.first)?);
        for then in &row.then {
            pairs.push((cell, first, rule(then)?));
        }
    }
    Ok(pairs.into_iter().collect())
}

fn cell(row: &OrderFileRow) -> Result<TypeAndState, OrderFileError> {
    let (Some(kind), Some(state)) = (&row.store_type, &row.state) else { return Ok(None) };
    let unknown = |what, name: &str| OrderFileError::Unknown(what, name.to_owned());
    let known = StoreType::ALL.iter().find(|known| known.name() == kind);
    let kind = known.copied().ok_or_else(|| unknown("type of store", kind))?;
    let state = ConnectionState::from_name(state).ok_or_else(|| unknown("connection state", state))?;
    Ok(Some((kind, state)))
}

fn rule(id: &str) -> Result<RuleId, OrderFileError> {
    let unknown = || OrderFileError::Unknown("rule", id.to_owned());
    rules::find(id).map(|rule| rule.id).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn row(state: Option<ConnectionState>, first: &str, then: &str) -> PrecedenceRow {
        PrecedenceRow {
            store_type: state.map(|_| StoreType::Xks.name().to_owned()),
            state: state.map(|state| state.name().to_owned()),
            first: first.to_owned(),
            then: then.to_owned(),
            times: 1,
        }
    }

    #[test]
    fn what_is_written_is_read_but_for_cycles() {
        let connected = Some(ConnectionState::Connected);
        let precedence = vec![
            row(None, "S-06", "E-01"),
            row(connected, "S-06", "U-01"),
            row(connected, "U-01", "G-14"),
            row(connected, "G-14", "U-01"),
        ];
        let order = read(&text("2026-04-27", &precedence)).unwrap();
        let id = |name| rules::find(name).unwrap().id;
        let cell = Some((StoreType::Xks, ConnectionState::Connected));
        assert!(order.has(None, id("S-06"), id("E-01")));
        assert!(order.has(cell, id("S-06"), id("U-01")) && !order.has(None, id("S-06"), id("U-01")));
        assert!(!order.has(cell, id("U-01"), id("G-14")) && !order.has(cell, id("G-14"), id("U-01")));
    }

    #[rstest]
    #[case::not_toml("order", "not an order of errors")]
    #[case::another_file("[[deviation]]\nrule = \"S-06\"", "not an order of errors")]
    #[case::rule("revision = \"2026-04-27\"\n[[order]]\nfirst = \"S-99\"\nthen = []", "there is no rule `S-99`")]
    #[case::state(
        "revision = \"2026-04-27\"\n[[order]]\nstore_type = \"AWS_CLOUDHSM\"\nstate = \"AWAY\"\nfirst = \"S-06\"\nthen = []",
        "there is no connection state `AWAY`"
    )]
    fn a_file_of_another_form_is_refused(#[case] text: &str, #[case] message: &str) {
        let error = read(text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}
