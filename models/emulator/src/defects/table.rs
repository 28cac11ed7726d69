//! The list of defects: edits with names of their own.
//!
//! A row is the name, the rule that it breaks, its force, the length of the shortest sequence that shows it, a
//! sentence, and the changes. The files below have the rows in the order of the list.

use super::DefectRow;
use crate::behaviour::effects::{EffectRow, effect};
use crate::behaviour::facts::{Fact, Fold, ValueSource};
use crate::behaviour::scope::Scope;

const CREDENTIAL: Option<&str> = Some("XksProxyAuthenticationCredential");

/// The merged value, changed by the fold.
const fn folded(fact: Fact, fold: Fold, when: Scope) -> EffectRow {
    EffectRow { fold, ..effect(fact, ValueSource::Merged, when) }
}

macro_rules! table {
    ($($name:literal $rule:literal $force:ident $steps:literal $sentence:literal => [$($change:expr),* $(,)?];)*) => {
        pub(super) static ROWS: &[DefectRow] = &[
            $(DefectRow {
                name: $name,
                rule: $rule,
                force: Force::$force,
                sentence: $sentence,
                shortest: $steps,
                changes: &[$($change),*],
            },)*
        ];
    };
}

mod effects;
mod environment;
mod one_each;
mod requests;

/// The rows of all files.
pub(super) static TABLE: [&[DefectRow]; 4] = [requests::ROWS, environment::ROWS, effects::ROWS, one_each::ROWS];
