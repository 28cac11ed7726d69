//! The rules, one file per group. `docs/rules.md` lists the places to change for a new one.

mod authentication;
mod cluster;
mod companion;
mod effect;
mod existence;
mod gate;
mod index;
mod kind;
mod order;
mod proxy;
mod proxy_message;
mod race;
mod shape;
mod switch;
mod unique;
mod vpc;
mod wire;

pub use gate::{CELLS, Cell, Column};
pub use index::for_each_applicable;
pub use proxy::excuses_internal_error;
pub use shape::implies;

use crate::revision::Revision;
use crate::rule::{Rule, RuleId};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The version of the rule book that the table encodes.
pub const RULE_BOOK: &str = "2026-11-27";

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    [
        wire::rules(),
        shape::rules(),
        existence::rules(),
        kind::rules(),
        gate::rules(),
        unique::rules(),
        switch::rules(),
        cluster::rules(),
        vpc::rules(),
        proxy::rules(),
        proxy_message::rules(),
        effect::rules(),
        order::rules(),
        race::rules(),
        authentication::rules(),
        companion::rules(),
    ]
    .concat()
});

static ROWS: LazyLock<HashMap<RuleId, &'static Rule>> = LazyLock::new(|| all().iter().map(|r| (r.id, r)).collect());

/// All rules, in the order of the rule book.
pub fn all() -> &'static [Rule] {
    &RULES
}

/// The rules that apply at `revision`.
pub fn at(revision: Revision) -> impl Iterator<Item = &'static Rule> {
    all().iter().filter(move |r| r.applies(revision))
}

/// The rule of that id, compared without case.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().iter().find(|r| r.id.0.eq_ignore_ascii_case(id))
}

/// The row of a rule whose id the code knows.
pub fn row(id: RuleId) -> Option<&'static Rule> {
    ROWS.get(&id).copied()
}

/// Ids of rules that judging names itself.
pub mod ids {
    use crate::rule::RuleId;

    /// The error belongs to a fault that the request has.
    pub const P_01: RuleId = RuleId("P-01");
    /// Dispatch, parsing, types, constraints, then the rest.
    pub const P_02: RuleId = RuleId("P-02");
    /// Existence before the rest.
    pub const P_03: RuleId = RuleId("P-03");
    /// Type, state, uniqueness, environment.
    pub const P_04: RuleId = RuleId("P-04");
    /// A target decides alike each time.
    pub const P_05: RuleId = RuleId("P-05");
    /// Errors have the status of the model.
    pub const W_03: RuleId = RuleId("W-03");
    /// Errors name their code.
    pub const W_04: RuleId = RuleId("W-04");
    /// Codes are declared.
    pub const W_19: RuleId = RuleId("W-19");
    /// No input brings the server down.
    pub const W_15: RuleId = RuleId("W-15");
    /// An allowed and a gated change together are refused as a whole.
    pub const G_50: RuleId = RuleId("G-50");
    /// Order, white space and escapes do not change the meaning.
    pub const W_12: RuleId = RuleId("W-12");
    /// Member names are case-sensitive.
    pub const W_11: RuleId = RuleId("W-11");
    /// KMSInternalException may be repeated.
    pub const W_17: RuleId = RuleId("W-17");
    /// Exactly the given members changed.
    pub const A_01: RuleId = RuleId("A-01");
    /// After a refusal nothing changed.
    pub const A_02: RuleId = RuleId("A-02");
    /// No other store changed.
    pub const A_03: RuleId = RuleId("A-03");
    /// State, error, date, type and trust anchor never change.
    pub const A_04: RuleId = RuleId("A-04");
    /// The new access key id shows.
    pub const A_05: RuleId = RuleId("A-05");
    /// The same request again changes nothing.
    pub const A_06: RuleId = RuleId("A-06");
    /// Describe settles.
    pub const A_07: RuleId = RuleId("A-07");
    /// One request equals its parts.
    pub const A_08: RuleId = RuleId("A-08");
    /// Changes survive a disconnect and a connect.
    pub const A_09: RuleId = RuleId("A-09");
    /// All or nothing after a lost answer.
    pub const A_10: RuleId = RuleId("A-10");
    /// Of racing updates to one unique value at most one wins.
    pub const R_01: RuleId = RuleId("R-01");
    /// Acknowledged racing updates are in effect in the end.
    pub const R_02: RuleId = RuleId("R-02");
    /// Concurrent requests have a serial order.
    pub const R_03: RuleId = RuleId("R-03");
    /// Which values an in-flight Connect uses.
    pub const R_04: RuleId = RuleId("R-04");
    /// The type never changes.
    pub const T_12: RuleId = RuleId("T-12");
    /// A switch to PUBLIC takes service and owner away.
    pub const C_03: RuleId = RuleId("C-03");
    /// An owner left out stays.
    pub const C_06: RuleId = RuleId("C-06");
    /// The right password connects, a wrong one does not.
    pub const H_06: RuleId = RuleId("H-06");
    /// Connect's check uses what Update stored.
    pub const X_18: RuleId = RuleId("X-18");
    /// Create works.
    pub const O_01: RuleId = RuleId("O-01");
    /// Describe shows what was created.
    pub const O_02: RuleId = RuleId("O-02");
    /// Connect works.
    pub const O_03: RuleId = RuleId("O-03");
    /// Disconnect works.
    pub const O_04: RuleId = RuleId("O-04");
    /// Delete works.
    pub const O_05: RuleId = RuleId("O-05");
    /// Describe finds by id.
    pub const O_06: RuleId = RuleId("O-06");
    /// Describe finds a store by its name.
    pub const O_07: RuleId = RuleId("O-07");
    /// Describe pages.
    pub const O_08: RuleId = RuleId("O-08");
    /// Create refuses a name in use.
    pub const O_09: RuleId = RuleId("O-09");
    /// Describe can be read.
    pub const O_10: RuleId = RuleId("O-10");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Group;
    use crate::rule::{BASIS_MARKS, Check, basis_marks};
    use std::collections::HashSet;

    #[test]
    fn ids_are_unique_and_every_row_is_told() {
        let mut seen = HashSet::new();
        for rule in all() {
            assert!(seen.insert(rule.id), "{} is there twice", rule.id);
            assert!(Group::of_id(rule.id.0).is_some(), "{} has no group", rule.id);
            for text in [&rule.requirement, &rule.source, &rule.impact, &rule.fix] {
                assert!(!text.is_empty(), "{} has an empty text", rule.id);
            }
            if let Check::Untested(why) = rule.check {
                assert!(!why.is_empty());
            }
        }
    }

    #[test]
    fn every_basis_consists_of_marks_that_are_explained() {
        for rule in all() {
            assert!(basis_marks(rule.basis).next().is_some(), "{}: {}", rule.id, rule.basis);
            let words = rule.basis.split(|c: char| !c.is_ascii_uppercase()).filter(|word| word.len() > 1);
            let unknown: Vec<_> = words.filter(|w| !BASIS_MARKS.iter().any(|(mark, _)| mark == w)).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", rule.id);
        }
    }

    #[test]
    fn the_ids_that_judging_names_exist() {
        for id in [
            ids::P_01,
            ids::P_02,
            ids::P_03,
            ids::P_04,
            ids::P_05,
            ids::W_15,
            ids::W_17,
            ids::A_01,
            ids::A_02,
            ids::A_03,
            ids::A_04,
            ids::A_05,
            ids::A_06,
            ids::A_07,
            ids::A_08,
            ids::A_09,
            ids::A_10,
            ids::T_12,
            ids::C_03,
            ids::C_06,
            ids::H_06,
            ids::X_18,
            ids::O_01,
            ids::O_02,
            ids::O_03,
            ids::O_04,
            ids::O_05,
            ids::O_06,
            ids::O_09,
            ids::O_10,
        ] {
            assert!(row(id).is_some(), "{id}");
        }
    }
}
