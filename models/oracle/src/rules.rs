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

use std::collections::HashMap;
use std::sync::LazyLock;

pub use self::gate::{CELLS, GateCell, GateColumn};
pub use self::index::for_each_applicable;
pub use self::proxy::excuses_internal_error;
pub use self::shape::{implies, implying_aspects};
use crate::revision::Revision;
use crate::rule::{Rule, RuleId};

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

    macro_rules! ids {
        ($($(#[$doc:meta])* $name:ident = $id:literal;)+) => {
            $($(#[$doc])* pub const $name: RuleId = RuleId($id);)+

            /// Every id that is named here.
            pub const ALL: &[RuleId] = &[$($name),+];
        };
    }

    ids! {
        /// The error belongs to a fault that the request has.
        P_01 = "P-01";
        /// Dispatch, parsing, types, constraints, then the rest.
        P_02 = "P-02";
        /// Existence before the rest.
        P_03 = "P-03";
        /// Type, state, uniqueness, environment.
        P_04 = "P-04";
        /// A target decides alike each time.
        P_05 = "P-05";
        /// Errors have the status of the model.
        W_03 = "W-03";
        /// Errors name their code.
        W_04 = "W-04";
        /// Codes are declared.
        W_19 = "W-19";
        /// No input brings the server down.
        W_15 = "W-15";
        /// An allowed and a gated change together are refused as a whole.
        G_50 = "G-50";
        /// Order, white space and escapes do not change the meaning.
        W_12 = "W-12";
        /// Member names are case-sensitive.
        W_11 = "W-11";
        /// KMSInternalException may be repeated.
        W_17 = "W-17";
        /// Exactly the given members changed.
        A_01 = "A-01";
        /// After a refusal nothing changed.
        A_02 = "A-02";
        /// No other store changed.
        A_03 = "A-03";
        /// State, error, date, type and trust anchor never change.
        A_04 = "A-04";
        /// The new access key id shows.
        A_05 = "A-05";
        /// The same request again changes nothing.
        A_06 = "A-06";
        /// Describe settles.
        A_07 = "A-07";
        /// One request equals its parts.
        A_08 = "A-08";
        /// Changes survive a disconnect and a connect.
        A_09 = "A-09";
        /// All or nothing after a lost answer.
        A_10 = "A-10";
        /// Of racing updates to one unique value at most one wins.
        R_01 = "R-01";
        /// Acknowledged racing updates are in effect in the end.
        R_02 = "R-02";
        /// Concurrent requests have a serial order.
        R_03 = "R-03";
        /// Which values an in-flight Connect uses.
        R_04 = "R-04";
        /// The type never changes.
        T_12 = "T-12";
        /// A switch to PUBLIC takes service and owner away.
        C_03 = "C-03";
        /// An owner left out stays.
        C_06 = "C-06";
        /// The right password connects, a wrong one does not.
        H_06 = "H-06";
        /// Connect's check uses what Update stored.
        X_18 = "X-18";
        /// Create works.
        O_01 = "O-01";
        /// Describe shows what was created.
        O_02 = "O-02";
        /// Connect works.
        O_03 = "O-03";
        /// Disconnect works.
        O_04 = "O-04";
        /// Delete works.
        O_05 = "O-05";
        /// Describe finds by id.
        O_06 = "O-06";
        /// Describe finds a store by its name.
        O_07 = "O-07";
        /// Describe pages.
        O_08 = "O-08";
        /// Create refuses a name in use.
        O_09 = "O-09";
        /// Describe can be read.
        O_10 = "O-10";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::group::Group;
    use crate::rule::{BASIS_MARKS, JudgedOn};

    #[test]
    fn ids_are_unique_and_every_row_is_listed() {
        let mut seen = HashSet::new();
        for rule in all() {
            assert!(seen.insert(rule.id), "{} is there twice", rule.id);
            assert!(Group::of_id(rule.id.0).is_some(), "{} has no group", rule.id);
            for text in [&rule.requirement, &rule.source, &rule.impact, &rule.fix] {
                assert!(!text.is_empty(), "{} has an empty text", rule.id);
            }
            if let JudgedOn::Untested(why) = rule.check {
                assert!(!why.is_empty());
            }
        }
    }

    #[test]
    fn every_basis_consists_of_marks_that_are_explained() {
        for rule in all() {
            assert!(rule.basis.marks().next().is_some(), "{}: {}", rule.id, rule.basis);
            let words = rule.basis.notation().split(|c: char| !c.is_ascii_uppercase()).filter(|word| word.len() > 1);
            let unknown: Vec<_> = words.filter(|w| !BASIS_MARKS.iter().any(|(mark, _)| mark == w)).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", rule.id);
        }
    }

    #[test]
    fn the_ids_that_judging_names_exist() {
        for id in ids::ALL {
            assert!(row(*id).is_some(), "{id}");
        }
    }
}
