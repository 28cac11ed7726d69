//! Faults to plant, one at a time, to see whether a test suite finds them.
//!
//! [`table`] lists them: name, rule, sentence. Most are a condition at the guard they break
//! (`self.has(Defect::…)`); families that repeat a fault for each member or cell carry a
//! [`Guard`], which the guard asks about instead.

mod table;

use std::str::FromStr;

pub use table::Defect;

use crate::member::Member;
use crate::store::{Kind, State};

/// How much the broken rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Force {
    /// A departure is nonconformance.
    Must,
    /// A departure is a warning.
    Should,
    /// Nothing that can be seen is broken; the defect must not be found.
    Null,
}

/// What is known about a defect.
#[derive(Clone, Copy, Debug)]
pub struct DefectRow {
    /// The name, in kebab-case.
    pub name: &'static str,
    /// The rule that it breaks, by its identifier; for a null defect one that it seems to break.
    pub rule: &'static str,
    /// How much that rule binds.
    pub force: Force,
    /// What is wrong, in one sentence.
    pub sentence: &'static str,
    /// The shortest sequence known that shows it, in operations: those that bring the store into
    /// its state, and the update; a Describe after it is not counted.
    pub shortest: usize,
    pub(crate) defect: Defect,
    pub(crate) guard: Guard,
}

impl DefectRow {
    /// The cell of the gates that answers the opposite, for a defect of one cell: type of the
    /// store, member, connection state, as they are spelled on the wire.
    #[must_use]
    pub fn cell(&self) -> Option<(&'static str, &'static str, &'static str)> {
        match self.guard {
            Guard::Gate(kind, member, state) => Some((kind.name(), member.name(), state.name())),
            _ => None,
        }
    }
}

/// Where a defect sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// At `has`, in the code.
    Here,
    /// One cell of the gates answers the opposite.
    Gate(Kind, Member, State),
    /// One constraint of one member of the model.
    Shape(&'static str, Edge),
    /// A member that is required may be missing.
    Lacks(&'static str),
    /// A member of the other type is ignored instead of refused.
    Ignored(Member),
    /// A member is acknowledged and not stored.
    Dropped(Member),
    /// A refused request stores the member all the same.
    HalfApplied(Member),
}

/// What is wrong with a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// One character less than the minimum passes.
    BelowMin,
    /// The minimum is refused.
    NotMin,
    /// The maximum is refused.
    NotMax,
    /// One character more than the maximum passes.
    AboveMax,
    /// The empty text passes.
    EmptyAccepted,
    /// The length is not checked.
    NoLength,
    /// The maximum is not checked.
    NoMax,
    /// The pattern is not checked.
    NoPattern,
    /// The pattern may match a part; an enum value may begin the text.
    Searched,
    /// Case does not matter.
    CaseIgnored,
    /// Digits of other scripts are digits.
    WideDigits,
    /// A newline at the end passes.
    Newline,
    /// Nothing is checked.
    Unchecked,
    /// Lengths count bytes.
    Bytes,
    /// Lengths count UTF-16 units.
    Utf16,
}

/// No defect has the name.
#[derive(Debug, thiserror::Error)]
#[error("there is no defect `{0}`; `ucks list` names them")]
pub struct UnknownDefect(pub String);

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(name: &str) -> Result<Defect, UnknownDefect> {
        let row = defects().find(|row| row.name == name);
        row.map(|row| row.defect).ok_or_else(|| UnknownDefect(name.to_owned()))
    }
}

impl Defect {
    /// The defect's row.
    #[must_use]
    pub fn row(self) -> &'static DefectRow {
        // The macro writes enum and table from one list.
        &table::TABLE[self as usize]
    }
}

/// All defects.
pub fn defects() -> impl Iterator<Item = &'static DefectRow> {
    table::TABLE.iter()
}

/// The defect of a service, if it has one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlantedDefect(pub(crate) Option<Defect>);

impl PlantedDefect {
    pub(crate) const NONE: PlantedDefect = PlantedDefect(None);

    pub(crate) fn has(self, defect: Defect) -> bool {
        self.0 == Some(defect)
    }

    fn guard(self) -> Guard {
        self.0.map_or(Guard::Here, |defect| defect.row().guard)
    }

    /// Whether the cell of the gates answers the opposite.
    pub(crate) fn flips(self, kind: Kind, member: Member, state: State) -> bool {
        self.guard() == Guard::Gate(kind, member, state)
    }

    /// What is wrong with the constraint of the member.
    pub(crate) fn edge(self, member: &str) -> Option<Edge> {
        match self.guard() {
            Guard::Shape(name, edge) if name == member => Some(edge),
            _ => None,
        }
    }

    /// Whether the required member may be missing.
    pub(crate) fn lacks(self, member: &str) -> bool {
        matches!(self.guard(), Guard::Lacks(name) if name == member)
    }

    /// Whether the member of the other type is ignored.
    pub(crate) fn ignores(self, member: Member) -> bool {
        self.guard() == Guard::Ignored(member)
    }

    /// The member that is acknowledged and not stored.
    pub(crate) fn drops(self) -> Option<Member> {
        match self.guard() {
            Guard::Dropped(member) => Some(member),
            _ => None,
        }
    }

    /// The member that a refusal stores.
    pub(crate) fn half_applies(self) -> Option<Member> {
        match self.guard() {
            Guard::HalfApplied(member) => Some(member),
            _ => None,
        }
    }
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
            assert_eq!(row.defect.row().name, row.name);
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
        let told = Some(("EXTERNAL_KEY_STORE", "XksProxyUriEndpoint", "DISCONNECTING"));
        assert_eq!(cell("gate-xks-endpoint-disconnecting"), told);
        assert_eq!(cell("body-array-accepted"), None);
    }
}
