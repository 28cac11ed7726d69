//! From JSON to the members of an operation's input: names are matched, JSON types checked,
//! nulls and unknown members dropped. No constraint is looked at.

use super::{Shape, ShapeKind, Shapes};
use crate::behaviour::parsing::{Coercion, JsonType, Null, Parsing};
use crate::errors::{ApiError, Code};
use crate::json::JsonValue;
use crate::readings::Twice;

/// The members of a structure that are present, in the order of the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Vec<(&'static str, Value)>);

/// The value of a member, of the JSON type that its shape asks for.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Structure(Members),
    /// Not looked at: hidden, or of another type that an edit lets pass.
    Other,
}

impl Members {
    /// The member's value, when it is present.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The member as text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The member as an integer.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// The member as a structure.
    pub(crate) fn structure(&self, name: &str) -> Option<&Members> {
        match self.get(name) {
            Some(Value::Structure(members)) => Some(members),
            _ => None,
        }
    }

    /// Forgets the member's value, but not that it was sent.
    pub(crate) fn hide(&mut self, name: &str) {
        self.0.iter_mut().filter(|(known, _)| *known == name).for_each(|(_, value)| *value = Value::Other);
    }

    /// Takes the member out, as if it had not been sent.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| *known != name);
    }
}

fn mistyped(message: &str) -> ApiError {
    ApiError::new(Code::Serialization, message)
}

impl Shapes {
    /// Matches a body against the operation's input.
    pub(crate) fn read(
        &'static self,
        operation: &str,
        body: JsonValue,
        parsing: &Parsing,
    ) -> Result<Members, ApiError> {
        let input = self.operations.get(operation).and_then(|known| self.shapes.get(&known.input));
        let Some(input) = input else {
            return Ok(Members::default());
        };
        match body {
            JsonValue::Object(members) => self.structure(input, members, parsing),
            other if parsing.bodies.contains(&JsonType::of(&other)) => Ok(Members::default()),
            _ => Err(mistyped("The body of the request is not a JSON object.")),
        }
    }

    fn structure(
        &'static self,
        shape: &'static Shape,
        given: Vec<(String, JsonValue)>,
        parsing: &Parsing,
    ) -> Result<Members, ApiError> {
        let mut seen: Vec<&'static str> = Vec::new();
        let mut members: Vec<(&'static str, Value)> = Vec::new();
        for (name, json) in given {
            let Some((known, target)) = shape.named(&name, parsing.names_folded) else {
                refuse_unknown(&json, parsing)?;
                continue;
            };
            if seen.contains(&known) {
                match parsing.twice {
                    Twice::First => continue,
                    Twice::Last => members.retain(|(other, _)| *other != known),
                    Twice::Refused => return Err(mistyped("The request has a member twice.")),
                }
            }
            seen.push(known);
            let Some(target) = self.shapes.get(target) else { continue };
            if let Some(value) = self.value(known, target, json, parsing)? {
                members.push((known, value));
            }
        }
        lose_early(&mut members, &parsing.order);
        Ok(Members(members))
    }

    /// The value of a member; `None` where it is as if it had not been sent.
    fn value(
        &'static self,
        name: &str,
        shape: &'static Shape,
        json: JsonValue,
        parsing: &Parsing,
    ) -> Result<Option<Value>, ApiError> {
        let wrong = || {
            let message = "A member of the request has the wrong type.";
            ApiError { code: parsing.mistyped, ..mistyped(message) }
        };
        let Some(found) = JsonType::of(&json) else {
            return match parsing.null(name) {
                None => Ok(None),
                Some(Null::EmptyText) => Ok(Some(Value::Text(String::new()))),
                Some(Null::WrongType) => Err(wrong()),
            };
        };
        match (shape.kind, json) {
            (ShapeKind::String, JsonValue::Text(text)) => Ok(Some(Value::Text(text))),
            (ShapeKind::Integer, JsonValue::Number(number)) => {
                let number = number.parse().map_err(|_| mistyped("A number is not an integer."))?;
                Ok(Some(Value::Integer(number)))
            }
            (ShapeKind::Structure, JsonValue::Object(members)) => {
                self.structure(shape, members, parsing).map(|members| Some(Value::Structure(members)))
            }
            (kind, json) => match parsing.coercion(name, kind == ShapeKind::String, found) {
                None => Err(wrong()),
                Some(Coercion::Text) => text_of(json).map(Some).ok_or_else(wrong),
                Some(Coercion::Given) => Ok(Some(Value::Other)),
                Some(Coercion::Absent) => Ok(None),
            },
        }
    }
}

impl Shape {
    /// The member of the name, and its shape.
    fn named(&self, name: &str, folded: bool) -> Option<(&str, &str)> {
        let exact = self.members.get_key_value(name);
        let alike = || self.members.iter().find(|(known, _)| folded && known.eq_ignore_ascii_case(name));
        exact.or_else(alike).map(|(known, target)| (known.as_str(), target.as_str()))
    }
}

/// Takes out members that come before those that they must follow.
fn lose_early(members: &mut Vec<(&'static str, Value)>, order: &[(&str, &str)]) {
    for (first, then) in order {
        let place = |name: &str| members.iter().position(|(known, _)| *known == name);
        if let (Some(first), Some(then)) = (place(first), place(then))
            && then < first
        {
            members.remove(then);
        }
    }
}

fn refuse_unknown(json: &JsonValue, parsing: &Parsing) -> Result<(), ApiError> {
    if parsing.unknown_refused {
        return Err(mistyped("The request has a member that is not known."));
    }
    if parsing.unknown_null_refused && *json == JsonValue::Null {
        return Err(mistyped("The request has a null that is not known."));
    }
    Ok(())
}

/// Returns the text of a value of another type.
fn text_of(json: JsonValue) -> Option<Value> {
    match json {
        JsonValue::Number(text) | JsonValue::Text(text) => Some(Value::Text(text)),
        JsonValue::Bool(flag) => Some(Value::Text(flag.to_string())),
        JsonValue::List(list) => match list.into_iter().next() {
            Some(JsonValue::Text(text)) => Some(Value::Text(text)),
            _ => None,
        },
        JsonValue::Object(_) | JsonValue::Null => None,
    }
}
