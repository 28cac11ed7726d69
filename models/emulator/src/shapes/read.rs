//! From JSON to the members of an operation's input: names are matched, JSON types checked,
//! nulls and unknown members dropped. No constraint is looked at.

use super::{Kind, Shape, Shapes};
use crate::defects::{Defect, PlantedDefect};
use crate::errors::{ApiError, Code};
use crate::json::Json;
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
    /// Not looked at: hidden, or of another type that a planted defect lets pass.
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
        body: Json,
        twice: Twice,
        planted: PlantedDefect,
    ) -> Result<Members, ApiError> {
        let input = self.operations.get(operation).and_then(|known| self.shapes.get(&known.input));
        let Some(input) = input else {
            return Ok(Members::default());
        };
        match body {
            Json::Object(members) => self.structure(input, members, Reader { twice, planted }),
            Json::List(_) if planted.has(Defect::BodyArrayAccepted) => Ok(Members::default()),
            Json::Null if planted.has(Defect::BodyNullAccepted) => Ok(Members::default()),
            Json::Text(_) | Json::Number(_) | Json::Bool(_) if planted.has(Defect::BodyScalarAccepted) => {
                Ok(Members::default())
            }
            _ => Err(mistyped("The body of the request is not a JSON object.")),
        }
    }

    fn structure(
        &'static self,
        shape: &'static Shape,
        given: Vec<(String, Json)>,
        reader: Reader,
    ) -> Result<Members, ApiError> {
        let Reader { twice, planted } = reader;
        let mut seen: Vec<&'static str> = Vec::new();
        let mut members: Vec<(&'static str, Value)> = Vec::new();
        for (name, json) in given {
            let known = shape.members.get_key_value(name.as_str()).or_else(|| {
                let fold = planted.has(Defect::MemberNamesFolded);
                fold.then(|| shape.members.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name))).flatten()
            });
            let Some((known, target)) = known else {
                if planted.has(Defect::UnknownMemberRefused) {
                    return Err(mistyped("The request has a member that is not known."));
                }
                if planted.has(Defect::UnknownNullRefused) && json == Json::Null {
                    return Err(mistyped("The request has a null that is not known."));
                }
                continue;
            };
            let known = known.as_str();
            if seen.contains(&known) {
                match twice {
                    Twice::First => continue,
                    Twice::Last => members.retain(|(other, _)| *other != known),
                    Twice::Refused => return Err(mistyped("The request has a member twice.")),
                }
            }
            seen.push(known);
            if json == Json::Null && !planted.has(Defect::NullIsWrongType) {
                if planted.has(Defect::NullIsEmptyText) {
                    members.push((known, Value::Text(String::new())));
                }
                continue;
            }
            let Some(target) = self.shapes.get(target) else {
                continue;
            };
            members.push((known, self.value(target, json, reader)?));
        }
        Ok(Members(members))
    }

    fn value(&'static self, shape: &'static Shape, json: Json, reader: Reader) -> Result<Value, ApiError> {
        let planted = reader.planted;
        match (shape.kind, json) {
            (Kind::String, Json::Text(text)) => Ok(Value::Text(text)),
            (Kind::String, Json::Number(number)) if planted.has(Defect::NumberForText) => Ok(Value::Text(number)),
            (Kind::String, Json::Bool(flag)) if planted.has(Defect::BooleanForText) => {
                Ok(Value::Text(flag.to_string()))
            }
            (Kind::String, Json::List(list)) if planted.has(Defect::ListForText) => match list.into_iter().next() {
                Some(Json::Text(text)) => Ok(Value::Text(text)),
                _ => Err(mistyped("A member has the wrong type.")),
            },
            (Kind::String, Json::Object(_)) if planted.has(Defect::ObjectForTextIgnored) => Ok(Value::Other),
            (Kind::Integer, Json::Number(number)) => {
                let number = number.parse().map_err(|_| mistyped("A number is not an integer."))?;
                Ok(Value::Integer(number))
            }
            (Kind::Structure, Json::Object(members)) => self.structure(shape, members, reader).map(Value::Structure),
            (Kind::Structure, _) if planted.has(Defect::CredentialOfWrongTypeIgnored) => Ok(Value::Other),
            _ if planted.has(Defect::WrongTypeIsValidation) => {
                Err(ApiError::validation("A member of the request has the wrong type."))
            }
            _ => Err(mistyped("A member of the request has the wrong type.")),
        }
    }
}

#[derive(Clone, Copy)]
struct Reader {
    twice: Twice,
    planted: PlantedDefect,
}
