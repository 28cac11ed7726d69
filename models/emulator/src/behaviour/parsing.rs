//! The reading of an update's body (W-07 to W-13, W-18, W-22), as data.

use crate::errors::Code;
use crate::json::{JsonValue, Leniency};
use crate::readings::{Readings, Twice};

/// A type of JSON other than null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    Bool,
    Number,
    Text,
    List,
    Object,
}

impl JsonType {
    pub(crate) fn of(json: &JsonValue) -> Option<JsonType> {
        Some(match json {
            JsonValue::Null => return None,
            JsonValue::Bool(_) => JsonType::Bool,
            JsonValue::Number(_) => JsonType::Number,
            JsonValue::Text(_) => JsonType::Text,
            JsonValue::List(_) => JsonType::List,
            JsonValue::Object(_) => JsonType::Object,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            JsonType::Bool => "boolean",
            JsonType::Number => "number",
            JsonType::Text => "text",
            JsonType::List => "list",
            JsonType::Object => "object",
        }
    }
}

/// The treatment of a member of the wrong type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coercion {
    /// Its text, or its first element, is the value.
    Text,
    /// It counts as given and has no value.
    Given,
    /// It is as if it had not been sent.
    Absent,
}

/// The meaning of an explicit null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Null {
    WrongType,
    EmptyText,
}

/// The rules for reading a body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parsing {
    pub(crate) leniency: Leniency,
    /// True if a Content-Type with a parameter is another one (W-25).
    pub(crate) bare_content_type: bool,
    /// True if an empty body is `{}`.
    pub(crate) empty_is_object: bool,
    /// Bodies of these types are updates without members; `None` is null.
    pub(crate) bodies: Vec<Option<JsonType>>,
    /// The code for a body that is not JSON.
    pub(crate) malformed: Code,
    /// The code for a member of the wrong type.
    pub(crate) mistyped: Code,
    /// Types that are let through; `None` is every text.
    pub(crate) coerced: Vec<(Option<&'static str>, JsonType, Coercion)>,
    /// Members whose null is not as if they had not been sent; `None` is every member.
    pub(crate) nulls: Vec<(Option<&'static str>, Null)>,
    pub(crate) unknown_refused: bool,
    pub(crate) unknown_null_refused: bool,
    /// True if member names are matched without case.
    pub(crate) names_folded: bool,
    /// Pairs of members of which the second is lost where it comes before the first.
    pub(crate) order: Vec<(&'static str, &'static str)>,
    pub(crate) twice: Twice,
}

impl Parsing {
    pub(crate) fn conforming(readings: &Readings) -> Parsing {
        Parsing {
            leniency: Leniency {
                byte_order_mark: readings.byte_order_mark,
                halves: readings.halves,
                ..Leniency::default()
            },
            bare_content_type: false,
            empty_is_object: false,
            bodies: Vec::new(),
            malformed: Code::Serialization,
            mistyped: Code::Serialization,
            coerced: Vec::new(),
            nulls: Vec::new(),
            unknown_refused: false,
            unknown_null_refused: false,
            names_folded: false,
            order: Vec::new(),
            twice: readings.twice,
        }
    }

    /// Returns the meaning of an explicit null for the member; it equals leaving the member out if there is no row.
    pub(crate) fn null(&self, member: &str) -> Option<Null> {
        self.nulls.iter().find(|(of, _)| of.is_none_or(|of| of == member)).map(|(_, null)| *null)
    }

    /// Returns the treatment of a value of that type for the member; it is refused if there is no row.
    pub(crate) fn coercion(&self, member: &str, is_text: bool, found: JsonType) -> Option<Coercion> {
        let meant = |of: Option<&str>| of.map_or(is_text, |of| of == member);
        self.coerced.iter().find(|row| meant(row.0) && row.1 == found).map(|(.., coercion)| *coercion)
    }
}
