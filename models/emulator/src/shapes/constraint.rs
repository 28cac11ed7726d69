//! The constraints of the model on present and missing members, each violation with its text.

use std::collections::BTreeMap;

use super::{Members, Pattern, Shape, ShapeKind, Shapes, Value};
use crate::errors::ApiError;
use crate::halves;

/// The additions of the readings to the model's constraints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strictness {
    /// A path of another version than `v1` is refused (S-15).
    pub(crate) first_path_version: bool,
    /// A password of other than letters and digits is refused (S-19).
    pub(crate) plain_password: bool,
    /// Control characters and halves of characters in a name are refused (W-21).
    pub(crate) printable_names: bool,
    /// Texts name the rule of the member instead of S-14's form.
    pub(crate) terse: bool,
    /// Texts repeat sensitive values. No reading does.
    pub(crate) quotes_secrets: bool,
}

/// The unit of a length (W-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Characters,
    Bytes,
    Utf16,
}

/// When a constraint is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before the store is looked for (P-02).
    First,
    /// After the store was found.
    Found,
    /// After all checks of the update.
    Checked,
    /// After the update took effect.
    Stored,
}

/// The constraints on one member.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Constraint {
    kind: ShapeKind,
    pub(crate) required: bool,
    pub(crate) min: Option<u64>,
    pub(crate) max: Option<u64>,
    pub(crate) unit: Unit,
    /// True if the empty text passes.
    pub(crate) empty_passes: bool,
    pub(crate) pattern: Option<Pattern>,
    /// Lengths to which the pattern applies: a pattern can repeat a length, and an edit moves both.
    pub(crate) patterned: (u64, u64),
    pub(crate) values: Vec<String>,
    /// True if values are matched without case.
    pub(crate) values_folded: bool,
    /// True if a value may have more after it.
    pub(crate) values_prefixed: bool,
    /// True if a newline at the end is left out of account.
    pub(crate) newline_passes: bool,
    pub(crate) sensitive: bool,
    pub(crate) stage: Stage,
}

impl Constraint {
    pub(super) fn of(shape: &Shape, required: bool) -> Constraint {
        Constraint {
            kind: shape.kind,
            required,
            min: shape.min,
            max: shape.max,
            unit: Unit::Characters,
            empty_passes: false,
            pattern: shape.pattern.clone(),
            patterned: (0, u64::MAX),
            values: shape.values.clone(),
            values_folded: false,
            values_prefixed: false,
            newline_passes: false,
            sensitive: shape.sensitive,
            stage: Stage::First,
        }
    }

    /// Returns true if the member is a text.
    pub(crate) fn is_text(&self) -> bool {
        self.kind == ShapeKind::String
    }

    /// The constraint that the text breaks.
    fn broken_by(&self, text: &str) -> Option<String> {
        let text = if self.newline_passes { text.strip_suffix('\n').unwrap_or(text) } else { text };
        let length = self.length(text);
        if text.is_empty() && self.empty_passes {
            return None;
        }
        if let Some(least) = self.min.filter(|least| length < *least) {
            return Some(format!("Member must have length greater than or equal to {least}"));
        }
        if let Some(most) = self.max.filter(|most| length > *most) {
            return Some(format!("Member must have length less than or equal to {most}"));
        }
        let (from, to) = self.patterned;
        let patterned = self.pattern.as_ref().filter(|_| (from..=to).contains(&length));
        if let Some(pattern) = patterned.filter(|pattern| !pattern.whole.is_match(text)) {
            return Some(format!("Member must satisfy regular expression pattern: {}", pattern.text));
        }
        if !self.values.is_empty() && !self.lists(text) {
            return Some(format!("Member must satisfy enum value set: [{}]", self.values.join(", ")));
        }
        None
    }

    /// Lengths count Unicode characters (W-16).
    fn length(&self, text: &str) -> u64 {
        (match self.unit {
            Unit::Characters => halves::length(text),
            Unit::Bytes => text.len(),
            Unit::Utf16 => text.encode_utf16().count(),
        }) as u64
    }

    fn lists(&self, text: &str) -> bool {
        self.values.iter().any(|value| {
            value == text
                || self.values_folded && value.eq_ignore_ascii_case(text)
                || self.values_prefixed && text.starts_with(value.as_str())
        })
    }

    fn number_breaks(&self, number: i64) -> Option<String> {
        let bound = |bound: u64| i64::try_from(bound).unwrap_or(i64::MAX);
        if let Some(least) = self.min.filter(|least| number < bound(*least)) {
            return Some(format!("Member must have value greater than or equal to {least}"));
        }
        let most = self.max.filter(|most| number > bound(*most))?;
        Some(format!("Member must have value less than or equal to {most}"))
    }
}

/// The constraints on the members of an operation's input, in the order of their names. No member
/// of a structure has the name of another member.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Constraints(BTreeMap<String, Constraint>);

/// Longest piece of a value that a text repeats.
const QUOTED: usize = 512;

impl Constraints {
    pub(super) fn add(&mut self, name: &str, constraint: Constraint) {
        self.0.insert(name.to_owned(), constraint);
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Constraint> {
        self.0.get_mut(name)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Constraint> {
        self.0.values_mut()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Constraint)> {
        self.0.iter().map(|(name, constraint)| (name.as_str(), constraint))
    }
}

struct Search<'a> {
    shapes: &'a Shapes,
    constraints: &'a Constraints,
    strictness: Strictness,
    stage: Stage,
    found: Vec<String>,
}

impl Shapes {
    /// Refuses the request when a member breaks a constraint of this stage.
    pub(crate) fn check(
        &self,
        operation: &str,
        members: &Members,
        constraints: &Constraints,
        strictness: Strictness,
        stage: Stage,
    ) -> Result<(), ApiError> {
        let input = self.operations.get(operation).and_then(|known| self.shapes.get(&known.input));
        let Some(input) = input else { return Ok(()) };
        let mut search = Search { shapes: self, constraints, strictness, stage, found: Vec::new() };
        search.structure(input, members, "");
        let count = search.found.len();
        if count == 0 {
            return Ok(());
        }
        let errors = if count == 1 { "error" } else { "errors" };
        Err(ApiError::validation(format!("{count} validation {errors} detected: {}", search.found.join("; "))))
    }
}

impl Search<'_> {
    fn constraint(&self, name: &str) -> Option<&Constraint> {
        self.constraints.0.get(name).filter(|constraint| constraint.stage == self.stage)
    }

    fn structure(&mut self, shape: &Shape, members: &Members, path: &str) {
        for name in &shape.required {
            if members.get(name).is_none() && self.constraint(name).is_some_and(|constraint| constraint.required) {
                self.found.push(format!(
                    "Value null at '{path}{}' failed to satisfy constraint: Member must not be null",
                    lower_camel(name)
                ));
            }
        }
        let shapes = self.shapes;
        for (name, target) in &shape.members {
            let (Some(value), Some(target)) = (members.get(name), shapes.shapes.get(target)) else {
                continue;
            };
            match value {
                Value::Structure(inner) => self.structure(target, inner, &format!("{path}{}.", lower_camel(name))),
                Value::Text(text) => self.text(name, text, path),
                Value::Integer(number) => self.integer(name, *number, path),
                Value::Other => {}
            }
        }
    }

    fn text(&mut self, name: &str, text: &str, path: &str) {
        let Some(constraint) = self.constraint(name) else { return };
        let broken = constraint.broken_by(text).or_else(|| self.beyond_the_model(name, text));
        let Some(broken) = broken else { return };
        let at = format!("{path}{}", lower_camel(name));
        let value = if self.strictness.terse {
            format!("The value at '{at}' is not valid")
        } else if constraint.sensitive && !self.strictness.quotes_secrets {
            format!("Value at '{at}' failed to satisfy constraint: {broken}")
        } else {
            let quoted: String = text.chars().take(QUOTED).collect();
            format!("Value '{quoted}' at '{at}' failed to satisfy constraint: {broken}")
        };
        self.found.push(value);
    }

    fn beyond_the_model(&self, name: &str, text: &str) -> Option<String> {
        let strict = self.strictness;
        let broken = match name {
            "XksProxyUriPath" => strict.first_path_version && !text.ends_with("/v1"),
            "KeyStorePassword" => strict.plain_password && !text.chars().all(|letter| letter.is_ascii_alphanumeric()),
            "NewCustomKeyStoreName" | "CustomKeyStoreName" => {
                strict.printable_names && (text.chars().any(char::is_control) || halves::has_half(text))
            }
            _ => false,
        };
        broken.then(|| "Member must be of the supported form".to_owned())
    }

    fn integer(&mut self, name: &str, number: i64, path: &str) {
        if let Some(broken) = self.constraint(name).and_then(|constraint| constraint.number_breaks(number)) {
            let at = format!("{path}{}", lower_camel(name));
            self.found.push(format!("Value '{number}' at '{at}' failed to satisfy constraint: {broken}"));
        }
    }
}

fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
