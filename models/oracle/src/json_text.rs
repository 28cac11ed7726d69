//! JSON texts whose strings may hold half a character.
//!
//! RFC 8259 allows a `\u` escape that denotes a lone surrogate; services written in languages with
//! UTF-16 strings store and return such names, and boto3 reads them (W-21 leaves them open). Rust's
//! strings cannot hold one, so serde_json refuses the text. Code that reads an answer as JSON reads it
//! through this module, which replaces each such escape by `\ufffd`.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use serde::de::DeserializeOwned;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The character that replaces a lone surrogate.
pub const HALF: char = char::REPLACEMENT_CHARACTER;

/// The members of the object that the text begins with, in order and as they are written: names with their quotation
/// marks and escapes, values as text. A member that is there twice is returned twice.
///
/// # Errors
/// If the text does not begin with a JSON object.
pub fn members(text: &str) -> serde_json::Result<Vec<(&str, &str)>> {
    struct MembersVisitor;

    impl<'de> Visitor<'de> for MembersVisitor {
        type Value = Vec<(&'de str, &'de str)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some((name, value)) = map.next_entry::<&'de RawValue, &'de RawValue>()? {
                all.push((name.get(), value.get()));
            }
            Ok(all)
        }
    }

    serde_json::Deserializer::from_str(text).deserialize_map(MembersVisitor)
}

/// Reads a JSON text; a lone surrogate is read as [`HALF`].
///
/// # Errors
/// As [`serde_json::from_slice`], for everything but lone surrogates.
pub fn from_slice<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    match without_halves(text) {
        Cow::Borrowed(text) => serde_json::from_slice(text),
        Cow::Owned(text) => serde_json::from_slice(&text),
    }
}

/// Reads a JSON text; a lone surrogate is read as [`HALF`].
///
/// # Errors
/// As [`serde_json::from_str`], for everything but lone surrogates.
pub fn from_str<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    from_slice(text.as_bytes())
}

/// Returns the text with `\ufffd` in place of every escape that denotes half a character. It keeps its length.
fn without_halves(text: &[u8]) -> Cow<'_, [u8]> {
    // Surrogates are the escapes from `\ud800` to `\udfff`; most texts have none.
    if memmem::find(text, b"\\ud").is_none() && memmem::find(text, b"\\uD").is_none() {
        return Cow::Borrowed(text);
    }
    let mut whole = Cow::Borrowed(text);
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += next;
        at += match surrogate(text, at) {
            Some(Surrogate::High) if surrogate(text, at + ESCAPE) == Some(Surrogate::Low) => 2 * ESCAPE,
            Some(_) => {
                whole.to_mut()[at..at + ESCAPE].copy_from_slice(b"\\ufffd");
                ESCAPE
            }
            // The character behind a backslash is not looked at again: it may be a backslash.
            None => 2,
        };
    }
    whole
}

/// The length of a `\u` escape.
const ESCAPE: usize = 6;

/// A half of a character beyond the first 65,536.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Surrogate {
    High,
    Low,
}

/// The surrogate whose escape begins at that place.
fn surrogate(text: &[u8], at: usize) -> Option<Surrogate> {
    let digits = text.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Surrogate::High),
        0xdc00..=0xdfff => Some(Surrogate::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::Value;

    use super::*;

    #[rstest]
    #[case::high(r#""a\ud800""#, "a\u{fffd}")]
    #[case::low(r#""\uDC00b""#, "\u{fffd}b")]
    #[case::reversed(r#""\udc00\ud800""#, "\u{fffd}\u{fffd}")]
    #[case::high_before_a_pair(r#""\ud800\ud83d\ude00""#, "\u{fffd}😀")]
    #[case::another_escape_between(r#""\ud83d\n\ude00""#, "\u{fffd}\n\u{fffd}")]
    #[case::a_pair(r#""\uD83D\uDE00""#, "😀")]
    #[case::an_escaped_backslash(r#""\\ud800""#, "\\ud800")]
    #[case::behind_an_escaped_backslash(r#""\\\ud800""#, "\\\u{fffd}")]
    fn halves(#[case] text: &str, #[case] value: &str) {
        assert_eq!(from_str::<String>(text).unwrap(), value);
    }

    #[rstest]
    #[case(r#"{"__type":"ValidationException","message":"Value 'x\ud800' is not valid"}"#, "message")]
    #[case(r#"{"__type":"ValidationException","a\udfff":1}"#, "a\u{fffd}")]
    fn members(#[case] text: &str, #[case] member: &str) {
        assert!(serde_json::from_str::<Value>(text).is_err());
        let value: Value = from_str(text).unwrap();
        assert_eq!(value["__type"], "ValidationException");
        assert!(value.get(member).is_some());
    }

    #[rstest]
    #[case(r#""\ud80""#)]
    #[case(r#""\ud8+0""#)]
    #[case(r#""\ud800"#)]
    #[case(r"\ud800")]
    #[case(r#"{"a":"\ud800",}"#)]
    fn what_is_not_json_stays_so(#[case] text: &str) {
        assert!(from_str::<Value>(text).is_err());
    }

    #[test]
    fn members_are_as_they_are_written() {
        let text = r#" {"a" : "\u0041", "\u0061":[1, 2]} x"#;
        assert_eq!(super::members(text).unwrap(), [(r#""a""#, r#""\u0041""#), (r#""\u0061""#, "[1, 2]")]);
        assert!(super::members("[]").is_err() && super::members(r#"{"a":1"#).is_err());
    }
}
