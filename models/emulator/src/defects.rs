//! Faults to plant, one at a time, to see whether a test suite finds them.
//!
//! [`table`] lists them: name, rule, sentence, and the changes of the conforming behaviour that make it up.

mod table;

use std::str::FromStr;

use crate::edits::Change;

/// The force of the broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Force {
    /// A deviation is nonconformance.
    Must,
    /// A deviation is a warning.
    Should,
    /// Nothing that can be seen is broken; the defect must not be found.
    Null,
}

/// The description of a defect.
#[derive(Clone, Debug)]
pub struct DefectRow {
    /// The name, in kebab-case.
    pub name: &'static str,
    /// The rule that it breaks, by its identifier; for a null defect one that it seems to break.
    pub rule: &'static str,
    /// The force of that rule.
    pub force: Force,
    /// The deviation, in one sentence.
    pub sentence: &'static str,
    /// The shortest sequence known that shows it, in operations: those that bring the store into
    /// its state, and the update; a Describe after it is not counted.
    pub shortest: usize,
    pub(crate) changes: &'static [Change],
}

impl DefectRow {
    /// The cell of the gates that answers the opposite, for a defect of one cell: type of the
    /// store, member, connection state, as they are spelled on the wire.
    #[must_use]
    pub fn cell(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let Some(Change::Gate(reach, member, state, _)) = self.changes.first() else { return None };
        Some((reach.kind().name(), member.name(), state.name()))
    }
}

/// No defect has the name.
#[derive(Debug, thiserror::Error)]
#[error("there is no defect `{0}`; `ucks emulator --list-defects` lists them")]
pub struct UnknownDefect(pub String);

/// A fault that can be planted. [`Defect::row`] describes it.
#[derive(Clone, Copy, Debug)]
pub struct Defect(&'static DefectRow);

impl PartialEq for Defect {
    fn eq(&self, other: &Defect) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Defect {}

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(name: &str) -> Result<Defect, UnknownDefect> {
        let row = defects().find(|row| row.name == name);
        row.map(Defect).ok_or_else(|| UnknownDefect(name.to_owned()))
    }
}

impl Defect {
    /// The defect's row.
    #[must_use]
    pub fn row(self) -> &'static DefectRow {
        self.0
    }
}

/// All defects.
pub fn defects() -> impl Iterator<Item = &'static DefectRow> {
    table::TABLE.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_parse() {
        let mut names: Vec<_> = defects().map(|row| row.name).collect();
        for row in defects() {
            let parsed: Defect = row.name.parse().unwrap();
            assert_eq!(parsed.row().name, row.name);
            assert!(row.sentence.ends_with('.'), "{}", row.name);
            assert!(row.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!("no-such".parse::<Defect>().is_err());
    }

    #[test]
    fn a_cell_is_told_as_on_the_wire() {
        let cell = |name: &str| name.parse::<Defect>().unwrap().row().cell();
        let expected = Some(("EXTERNAL_KEY_STORE", "XksProxyUriEndpoint", "DISCONNECTING"));
        assert_eq!(cell("gate-xks-endpoint-disconnecting"), expected);
        assert_eq!(cell("body-array-accepted"), None);
    }
}
