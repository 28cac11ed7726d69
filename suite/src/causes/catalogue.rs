//! The catalogue of causes: `catalogue.toml`, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use ucks_oracle::rules;

use super::Harm;
use super::symptom::{Dimension, Symptom, SymptomKind};
use crate::selection::{glob, selects};

/// The habits, written by hand from the structure of the rule book.
const HABITS: &str = include_str!("catalogue.toml");
/// The consequences of each habit besides its signs, as `ucks score --generated --write-causes` measured it.
const CONSEQUENCES: &str = include_str!("consequences.toml");

/// Separates a row from its member in names of the table of consequences.
pub(crate) const SEPARATOR: char = '/';

static CATALOGUE: LazyLock<Vec<HabitRow>> = LazyLock::new(|| read(HABITS, CONSEQUENCES));

/// The rows of the catalogue.
pub(crate) fn catalogue() -> &'static [HabitRow] {
    &CATALOGUE
}

#[allow(clippy::expect_used, reason = "both files are compiled in, and a test reads them")]
pub(super) fn read(habits: &str, consequences: &str) -> Vec<HabitRow> {
    let mut file: CatalogueFile = toml::from_str(habits).expect("the catalogue of causes is valid");
    let measured: BTreeMap<String, Vec<Sign>> =
        toml::from_str(consequences).expect("the table of consequences is valid");
    for (name, signs) in measured {
        let (row, member) = name.split_once(SEPARATOR).unwrap_or((&name, ""));
        if let Some(row) = file.cause.iter_mut().find(|known| known.name == row) {
            row.consequences.insert(member.to_owned(), signs);
        }
    }
    file.cause
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    cause: Vec<HabitRow>,
}

/// A habit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HabitRow {
    /// The name.
    pub(crate) name: String,
    /// The harm to users of the service.
    pub(crate) harm: Harm,
    /// The habit as a whole; none where it is only seen in slices.
    #[serde(default)]
    pub(crate) sentence: Option<String>,
    /// The way to fix it.
    pub(crate) fix: String,
    /// True if it is a last resort: it is chosen only where it explains more than other rows do.
    #[serde(default)]
    pub(crate) general: bool,
    /// The rows that this one comprises, in place of signs of its own.
    #[serde(default)]
    pub(crate) of: Vec<String>,
    /// The signs: one of them is enough.
    #[serde(default)]
    pub(crate) signs: Vec<Sign>,
    /// Parts of the habit, from coarse to fine.
    #[serde(default)]
    pub(crate) slices: Vec<Slice>,
    /// One unit as an exception, after the word "except".
    #[serde(default)]
    pub(crate) except: String,
    /// The edits of the emulator that have the habit, as globs over their names.
    #[serde(default)]
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only the program has the emulator's edits"))]
    pub(crate) edits: Vec<String>,
    /// The consequences of the habit besides its signs: by member, and with an empty name in all its units.
    #[serde(skip)]
    pub(crate) consequences: BTreeMap<String, Vec<Sign>>,
}

/// A part of a habit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slice {
    /// The dimensions that it fixes.
    pub(crate) by: Vec<Dimension>,
    /// The part, with the names of these dimensions between braces.
    pub(crate) sentence: String,
}

/// A pattern over findings. What is left out does not matter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sign {
    /// Rules: ids, letters of groups, or globs.
    pub(crate) rules: Vec<String>,
    /// The kinds of the deviation.
    #[serde(default)]
    pub(crate) kinds: Vec<SymptomKind>,
    /// Members or fields.
    #[serde(default)]
    pub(crate) members: Vec<String>,
    /// Ways of being wrong.
    #[serde(default)]
    pub(crate) aspects: Vec<String>,
    /// Operations.
    #[serde(default)]
    pub(crate) operations: Vec<String>,
    /// Stable codes of the actual answer, as globs.
    #[serde(default)]
    pub(crate) actual: Vec<String>,
    /// Stable codes of the expected answer, as globs.
    #[serde(default)]
    pub(crate) expected: Vec<String>,
}

impl Sign {
    /// Returns true if the symptom fits.
    pub(crate) fn fits(&self, symptom: &Symptom) -> bool {
        let listed = |list: &[String], dimension| {
            list.is_empty() || list.iter().any(|pattern| glob(pattern, symptom.value(dimension)))
        };
        self.concerns(symptom.value(Dimension::Rule))
            && (self.kinds.is_empty() || self.kinds.contains(&symptom.kind))
            && listed(&self.members, Dimension::Member)
            && listed(&self.aspects, Dimension::Aspect)
            && listed(&self.operations, Dimension::Operation)
            && listed(&self.actual, Dimension::Actual)
            && listed(&self.expected, Dimension::Expected)
    }

    /// Returns true if findings of the rule may fit.
    pub(crate) fn concerns(&self, rule: &str) -> bool {
        self.rules.iter().any(|pattern| selects(pattern, rule))
    }

    /// Returns true if findings about the member may fit.
    pub(crate) fn is_about(&self, member: &str) -> bool {
        self.members.is_empty() || self.members.iter().any(|pattern| glob(pattern, member))
    }
}

impl HabitRow {
    /// The dimensions of its units.
    pub(crate) fn dimensions(&self) -> Vec<Dimension> {
        let mut all: Vec<Dimension> = self.slices.iter().flat_map(|slice| slice.by.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Replaces the names of dimensions between braces by their values, and `{asks}` by the requirement of the rule.
pub(crate) fn filled(template: &str, values: &[(Dimension, &str)]) -> String {
    let mut text = template.to_owned();
    for (dimension, value) in values {
        let shown =
            if value.is_empty() { "the request".to_owned() } else { value.replace('|', " or ").replace(':', " ") };
        text = text.replace(&format!("{{{}}}", dimension.name()), &shown);
        if *dimension == Dimension::Rule {
            let asks = rules::find(value).map_or(*value, |rule| rule.requirement.as_str());
            text = text.replace("{asks}", asks);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ucks_oracle::group::Group;
    use ucks_oracle::revision::Revision;
    use ucks_oracle::rule::{Force, Rule};

    use super::*;
    use crate::selection;

    #[test]
    fn rows_have_names_of_their_own_and_parts_that_exist() {
        let names: BTreeSet<&str> = catalogue().iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names.len(), catalogue().len());
        for row in catalogue() {
            assert!(row.of.iter().all(|part| names.contains(part.as_str())), "{}", row.name);
            assert_ne!(row.of.is_empty(), row.signs.is_empty(), "{}", row.name);
            assert!(row.sentence.is_some() || !row.slices.is_empty(), "{}", row.name);
        }
        let measured: BTreeMap<String, Vec<Sign>> = toml::from_str(CONSEQUENCES).unwrap();
        let row = |name: &str| name.split(SEPARATOR).next().unwrap_or_default().to_owned();
        assert!(measured.keys().all(|name| names.contains(row(name).as_str())), "{:?}", measured.keys());
        let divided = |name: &str| {
            catalogue().iter().any(|row| row.name == name && row.dimensions().contains(&Dimension::Member))
        };
        for name in measured.keys().filter(|name| name.contains(SEPARATOR)) {
            assert!(divided(&row(name)), "the row of `{name}` is not divided by members, so the entry is never used");
        }
    }

    #[test]
    fn signs_select_rules_that_exist() {
        for row in catalogue() {
            for sign in row.signs.iter().chain(row.consequences.values().flatten()) {
                assert!(!sign.rules.is_empty(), "{}", row.name);
                selection::check(sign.rules.iter().map(String::as_str), None).unwrap();
            }
        }
    }

    /// A gate that is broken by accepting a change is a sign of `states`, in each revision.
    #[test]
    fn every_gate_is_a_sign_of_a_row_about_states() {
        let of_states = |row: &&HabitRow| row.name == "states" || row.name == "states-too-strict";
        let signs: Vec<&Sign> = catalogue().iter().filter(of_states).flat_map(|row| &row.signs).collect();
        for revision in Revision::ALL.iter().copied() {
            let required = |rule: &&Rule| matches!(rule.force_at(revision), Force::Must | Force::Should);
            let gates = rules::at(revision).filter(|rule| rule.id.group() == Group::Gate).filter(required);
            let without: Vec<&str> =
                gates.map(|gate| gate.id.0).filter(|gate| !signs.iter().any(|sign| sign.concerns(gate))).collect();
            assert!(without.is_empty(), "{revision}: {without:?}");
        }
    }

    #[cfg(feature = "cli")]
    #[test]
    fn every_pattern_over_edits_matches_an_edit() {
        use crate::score::generated::SHORT;
        let all = ucks_emulator::edits(Revision::LATEST.date());
        let matches = |pattern: &str| {
            let patterns = SHORT.iter().map(|(short, _)| pattern.replace("{member}", short));
            patterns.into_iter().any(|pattern| all.iter().any(|edit| crate::selection::glob(&pattern, edit.name())))
        };
        let patterns = catalogue().iter().flat_map(|row| row.edits.iter().map(|pattern| (&row.name, pattern)));
        let without: Vec<(&String, &String)> = patterns.filter(|(_, pattern)| !matches(pattern)).collect();
        assert!(without.is_empty(), "{without:#?}");
    }

    #[test]
    fn sentences_are_plain_and_their_braces_are_filled() {
        for row in catalogue() {
            let whole = row.sentence.iter().map(|sentence| (sentence, Vec::new()));
            let slices = row.slices.iter().map(|slice| (&slice.sentence, slice.by.clone()));
            for (sentence, by) in whole.chain(slices) {
                let values: Vec<(Dimension, &str)> = by.iter().map(|dimension| (*dimension, "A-01")).collect();
                let text = filled(sentence, &values);
                assert!(!text.contains(['{', '}']) && !text.ends_with('.'), "{text}");
            }
            let values: Vec<(Dimension, &str)> = row.dimensions().into_iter().map(|d| (d, "A-01")).collect();
            assert!(!filled(&row.except, &values).contains('{'), "{}", row.except);
            assert!(!row.fix.ends_with('.'), "{}", row.fix);
        }
    }
}
