//! The constraints of the model on present and missing members, each violation with its text.

use super::{Members, Shape, Shapes, Value};
use crate::defects::{Defect, Edge, PlantedDefect};
use crate::errors::ApiError;
use crate::halves;

/// What the readings add to the model's constraints.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strictness {
    /// A path of another version than `v1` is refused (S-15).
    pub(crate) first_path_version: bool,
    /// A password of other than letters and digits is refused (S-19).
    pub(crate) plain_password: bool,
    /// Control characters and halves of characters in a name are refused (W-21).
    pub(crate) printable_names: bool,
    /// Texts name the rule of the member instead of S-14's form.
    pub(crate) terse: bool,
}

/// Longest piece of a value that a text repeats.
const QUOTED: usize = 512;

struct Check<'a> {
    strictness: Strictness,
    planted: PlantedDefect,
    found: Vec<String>,
    shapes: &'a Shapes,
}

impl Shapes {
    /// Refuses the request when a member breaks a constraint of its shape.
    pub(crate) fn check(
        &self,
        operation: &str,
        members: &Members,
        strictness: Strictness,
        planted: PlantedDefect,
    ) -> Result<(), ApiError> {
        let input = self.operations.get(operation).and_then(|known| self.shapes.get(&known.input));
        let Some(input) = input else { return Ok(()) };
        // Planted edges concern the operation under test alone.
        let planted = if operation == "UpdateCustomKeyStore" { planted } else { PlantedDefect::NONE };
        let mut check = Check { strictness, planted, found: Vec::new(), shapes: self };
        check.structure(input, members, "");
        let count = check.found.len();
        if count == 0 {
            return Ok(());
        }
        let errors = if count == 1 { "error" } else { "errors" };
        Err(ApiError::validation(format!("{count} validation {errors} detected: {}", check.found.join("; "))))
    }
}

impl Check<'_> {
    fn structure(&mut self, shape: &Shape, members: &Members, path: &str) {
        for name in &shape.required {
            if members.get(name).is_none() && !self.planted.lacks(name) {
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
                Value::Text(text) => self.text(name, target, text, path),
                Value::Integer(number) => self.integer(name, target, *number, path),
                Value::Other => {}
            }
        }
    }

    fn text(&mut self, name: &str, shape: &Shape, text: &str, path: &str) {
        let edge = self.planted.edge(name);
        let length = length(text, edge);
        let fitting = if edge == Some(Edge::Newline) { text.strip_suffix('\n').unwrap_or(text) } else { text };
        let length = length - (text.len() - fitting.len()) as u64;
        let broken = if edge == Some(Edge::Unchecked) {
            None
        } else if let Some(least) = shape.min.filter(|min| too_short(length, *min, edge)) {
            Some(format!("Member must have length greater than or equal to {least}"))
        } else if let Some(most) = shape.max.filter(|max| too_long(length, *max, edge)) {
            Some(format!("Member must have length less than or equal to {most}"))
        } else if forgiven(shape, length, edge) {
            None
        } else if let Some(pattern) = shape.pattern.as_ref().filter(|pattern| !match edge {
            Some(Edge::Searched) => pattern.search.is_match(fitting),
            Some(Edge::NoPattern) => true,
            Some(Edge::CaseIgnored) => {
                pattern.whole.is_match(&fitting.to_lowercase()) || pattern.whole.is_match(&fitting.to_uppercase())
            }
            Some(Edge::WideDigits) => pattern.whole.is_match(&narrow(fitting)),
            _ => pattern.whole.is_match(fitting),
        }) {
            Some(format!("Member must satisfy regular expression pattern: {}", pattern.text))
        } else if !shape.values.is_empty() && !self.listed(shape, fitting, edge) {
            Some(format!("Member must satisfy enum value set: [{}]", shape.values.join(", ")))
        } else {
            self.beyond_the_model(name, fitting)
        };
        if let Some(constraint) = broken {
            let at = format!("{path}{}", lower_camel(name));
            let value = if self.strictness.terse {
                format!("The value at '{at}' is not valid")
            } else if shape.sensitive && !self.planted.has(Defect::SecretInErrorText) {
                format!("Value at '{at}' failed to satisfy constraint: {constraint}")
            } else {
                let quoted: String = text.chars().take(QUOTED).collect();
                format!("Value '{quoted}' at '{at}' failed to satisfy constraint: {constraint}")
            };
            self.found.push(value);
        }
    }

    fn listed(&self, shape: &Shape, text: &str, edge: Option<Edge>) -> bool {
        shape.values.iter().any(|value| match edge {
            Some(Edge::CaseIgnored) => value.eq_ignore_ascii_case(text),
            Some(Edge::Searched) => text.starts_with(value.as_str()),
            _ => value == text,
        })
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

    fn integer(&mut self, name: &str, shape: &Shape, number: i64, path: &str) {
        let at = format!("{path}{}", lower_camel(name));
        let number_fits = |bound: u64| i64::try_from(bound).unwrap_or(i64::MAX);
        if let Some(least) = shape.min.filter(|least| number < number_fits(*least)) {
            self.found.push(format!(
                "Value '{number}' at '{at}' failed to satisfy constraint: Member must have value greater than or equal to {least}"
            ));
        } else if let Some(most) = shape.max.filter(|most| number > number_fits(*most)) {
            self.found.push(format!(
                "Value '{number}' at '{at}' failed to satisfy constraint: Member must have value less than or equal to {most}"
            ));
        }
    }
}

/// Lengths count Unicode characters (W-16).
fn length(text: &str, edge: Option<Edge>) -> u64 {
    (match edge {
        Some(Edge::Bytes) => text.len(),
        Some(Edge::Utf16) => text.encode_utf16().count(),
        _ => halves::length(text),
    }) as u64
}

fn too_short(length: u64, min: u64, edge: Option<Edge>) -> bool {
    match edge {
        Some(Edge::BelowMin) => length + 1 < min,
        Some(Edge::NotMin) => length <= min,
        Some(Edge::EmptyAccepted) => length < min && length > 0,
        Some(Edge::NoLength) => false,
        _ => length < min,
    }
}

fn too_long(length: u64, max: u64, edge: Option<Edge>) -> bool {
    match edge {
        Some(Edge::AboveMax) => length > max + 1,
        Some(Edge::NotMax) => length >= max,
        Some(Edge::NoLength | Edge::NoMax) => false,
        _ => length > max,
    }
}

/// A pattern can repeat a length; where a defect moves the one, it moves the other with it.
fn forgiven(shape: &Shape, length: u64, edge: Option<Edge>) -> bool {
    match edge {
        Some(Edge::BelowMin) => shape.min.is_some_and(|min| length < min),
        Some(Edge::AboveMax) => shape.max.is_some_and(|max| length > max),
        _ => false,
    }
}

/// Decimal digits of other scripts as an ASCII digit: which one is nothing to a pattern.
fn narrow(text: &str) -> String {
    let other = |letter: char| matches!(letter, '\u{660}'..='\u{669}' | '\u{ff10}'..='\u{ff19}');
    text.chars().map(|letter| if other(letter) { '0' } else { letter }).collect()
}

fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
