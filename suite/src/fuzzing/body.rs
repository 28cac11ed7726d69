//! The oracle's deserializer, on bytes and on trees.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value, json};
use ucks_oracle::members::Member;
use ucks_oracle::request::{Body, Field};
use ucks_oracle::revision::Revision;

use super::CheckFailure;
use super::reading::{Counts, Reading, object};
use super::tree::Tree;

/// Checks the deserializer on the bytes of a body, at the latest revision and at another one that
/// the bytes decide.
///
/// # Errors
/// [`CheckFailure`] if it deviates from the independent reading, accepts a value that breaks a constraint, or does
/// not read again what it read.
pub fn bytes(bytes: &[u8]) -> Result<(), CheckFailure> {
    let due = object(bytes);
    let value = serde_json::from_slice::<Map<String, Value>>(bytes);
    for revision in revisions(bytes) {
        let parsed = Body::parse(bytes, revision);
        CheckFailure::unless_equal(|| "the body".into(), due, parsed.as_ref().map(|_| ()).map_err(|r| *r))?;
        let Ok(body) = parsed else { continue };
        round_trip(&body, revision)?;
        // A map loses repeated members.
        if let (Ok(value), true) = (&value, body.repeated.is_empty()) {
            let members: Vec<(String, Value)> = value.clone().into_iter().collect();
            Reading::of(&members, revision, Counts::Last).agrees(&body, revision)?;
        }
    }
    Ok(())
}

/// Checks the deserializer on a body that is taken apart as a tree: members may be repeated, and
/// either may count.
///
/// # Errors
/// [`CheckFailure`] if the verdict deviates from the independent reading.
pub fn tree(bytes: &[u8]) -> Result<(), CheckFailure> {
    let tree = Tree::read(bytes);
    let members = tree.as_ref().and_then(members);
    for revision in revisions(bytes) {
        let parsed = Body::parse(bytes, revision);
        CheckFailure::unless_equal(|| "an object is accepted".into(), object(bytes).is_ok(), parsed.is_ok())?;
        let (Ok(last), Some(members)) = (parsed, &members) else { continue };
        Reading::of(members, revision, Counts::Last).agrees(&last, revision)?;
        let first = Body::parse_first(bytes, revision).map_err(|r| CheckFailure {
            subject: "the first of two members".into(),
            expected: "a body".into(),
            got: r.name().into(),
        })?;
        Reading::of(members, revision, Counts::First).agrees(&first, revision)?;
        if last.repeated.is_empty() {
            CheckFailure::unless_equal(|| "a body without repeated members, read either way".into(), &last, &first)?;
        }
    }
    Ok(())
}

fn revisions(bytes: &[u8]) -> [Revision; 2] {
    let sum = bytes.iter().fold(bytes.len(), |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(*b)));
    [Revision::LATEST, Revision::ALL[sum % Revision::ALL.len()]]
}

/// The content of the body, written plainly, reads as the same.
fn round_trip(body: &Body<'_>, revision: Revision) -> Result<(), CheckFailure> {
    let text = plain(body);
    let again = Body::parse(text.as_bytes(), revision).map_err(|r| CheckFailure {
        subject: format!("the body `{text}`"),
        expected: "a body".into(),
        got: r.name().into(),
    })?;
    for member in Member::ALL {
        CheckFailure::unless_equal(
            || format!("{member}, written and read again"),
            body.text(*member),
            again.text(*member),
        )?;
        CheckFailure::unless_equal(
            || format!("the constraints of {member}, again"),
            body.constraint_violation(*member),
            again.constraint_violation(*member),
        )?;
    }
    CheckFailure::unless_equal(|| "the members present, again".into(), body.present, again.present)?;
    CheckFailure::unless_equal(|| "the members that are null, again".into(), body.nulls, again.nulls)?;
    CheckFailure::unless_equal(|| "the members of a wrong type, again".into(), body.wrong, again.wrong)?;
    CheckFailure::unless_equal(|| "the members with odd texts, again".into(), body.odd_text, again.odd_text)?;
    CheckFailure::unless_equal(|| "the body written again".into(), &text, &plain(&again))
}

/// The known members of a body, in the order of the table.
pub fn plain(body: &Body<'_>) -> String {
    let mut members = Map::new();
    for member in Member::TOP {
        let value = match (body.text(*member), &body.credential) {
            (_, credential) if *member == Member::XksProxyAuthenticationCredential => match credential {
                Field::Absent => None,
                Field::Null => Some(Value::Null),
                Field::Wrong => Some(json!(7)),
                Field::Given(given) => {
                    let parts =
                        [(Member::AccessKeyId, &given.access_key_id), (Member::RawSecretAccessKey, &given.secret)];
                    let parts = parts.into_iter().filter_map(|(m, f)| Some((m.name().to_owned(), written(f)?)));
                    Some(Value::Object(parts.collect()))
                }
            },
            (field, _) => written(field),
        };
        members.extend(value.map(|v| (member.name().to_owned(), v)));
    }
    Value::Object(members).to_string()
}

fn written(field: &Field<std::borrow::Cow<'_, str>>) -> Option<Value> {
    match field {
        Field::Absent => None,
        Field::Null => Some(Value::Null),
        Field::Wrong => Some(json!(7)),
        Field::Given(text) => Some(json!(text)),
    }
}

/// The members of an object with their values; lone surrogates read as U+FFFD, numbers as 0.
fn members(tree: &Tree) -> Option<Vec<(String, Value)>> {
    let Tree::Object(members) = tree else { return None };
    members.iter().map(|(name, value)| Some((string(name)?, value_of(value)?))).collect()
}

fn value_of(tree: &Tree) -> Option<Value> {
    Some(match tree {
        Tree::Word(word) => match word.as_bytes().first()? {
            b'n' => Value::Null,
            b't' | b'f' => Value::Bool(true),
            b'[' => Value::Array(Vec::new()),
            b'{' => return None,
            _ => json!(0),
        },
        Tree::Text(text) => Value::String(string(text)?),
        Tree::List(_) => Value::Array(Vec::new()),
        Tree::Object(_) => Value::Object(members(tree)?.into_iter().collect()),
    })
}

/// Any escape, and a pair of surrogates as one.
static ESCAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u(?P<lone>[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    )
    .ok()
});

/// The value of a string as it is written between quotes.
fn string(written: &str) -> Option<String> {
    let repaired = ESCAPES.as_ref()?.replace_all(written, |found: &regex::Captures<'_>| {
        let lone = found.name("lone").is_some();
        if lone { "\\ufffd".to_owned() } else { found[0].to_owned() }
    });
    serde_json::from_str(&format!("\"{repaired}\"")).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r"a\ud800b", "a\u{fffd}b")]
    #[case(r"\ud83d\ude00", "😀")]
    #[case(r"\udc00\ud800\ud83d\ude00", "\u{fffd}\u{fffd}😀")]
    #[case(r"\\ud800", r"\ud800")]
    fn strings(#[case] written: &str, #[case] value: &str) {
        assert_eq!(string(written).as_deref(), Some(value));
    }
}
