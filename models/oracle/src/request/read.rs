//! JSON as it is in a body. Names and values are taken as they are written and looked at one by
//! one: nothing recurses, and a value that nobody asks for costs nothing but its bytes.

use std::borrow::Cow;
use std::fmt;

use memchr::{memchr, memchr2};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Credential, Field, Rejection};
use crate::members::Member;
use crate::planted;

/// Shows every member of the object that the bytes are, in order: its name, and its value as it is
/// written. Gives back the bytes as text.
pub(super) fn object<'a>(
    bytes: &'a [u8],
    texts: Texts,
    member: impl FnMut(Cow<'a, str>, &'a str),
) -> Result<&'a str, Rejection> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Rejection::NotUtf8);
    };
    if text.starts_with('\u{feff}') {
        return Err(Rejection::ByteOrderMark);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    (&mut deserializer).deserialize_map(MembersVisitor { texts, member }).map_err(|e| rejection(text, &e))?;
    if !planted::is("trailing") {
        deserializer.end().map_err(|_| Rejection::TrailingBytes)?;
    }
    Ok(text)
}

/// The properties of a body's texts.
#[derive(Clone, Copy)]
pub(super) struct Texts {
    /// True if all of them can be taken as written: none has escapes, control characters or characters outside ASCII.
    pub(super) plain: bool,
}

impl From<&[u8]> for Texts {
    fn from(body: &[u8]) -> Texts {
        // Of the control characters only DELETE may be in a text as it is.
        Texts { plain: body.is_ascii() && memchr2(b'\\', 0x7f, body).is_none() }
    }
}

/// Shows the members of an object, one by one.
struct MembersVisitor<F> {
    texts: Texts,
    member: F,
}

impl<'de, F: FnMut(Cow<'de, str>, &'de str)> Visitor<'de> for MembersVisitor<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<&'de RawValue, &'de RawValue>()? {
            (self.member)(self.texts.string(name.get()), value.get());
        }
        Ok(())
    }
}

fn rejection(text: &str, error: &serde_json::Error) -> Rejection {
    let trimmed = text.trim_ascii();
    if trimmed.is_empty() {
        return Rejection::Empty;
    }
    if error.is_data() || !trimmed.starts_with('{') {
        let whole = serde_json::from_str::<&RawValue>(text).is_ok();
        return if whole { Rejection::NotAnObject } else { Rejection::Syntax };
    }
    if error.is_eof() {
        return Rejection::CutOff;
    }
    if control_character_stops(text) {
        return Rejection::Lenient;
    }
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let before = text.as_bytes().get(..at).unwrap_or_default().trim_ascii_end();
    match rest.first() {
        Some(b'}' | b']') if before.ends_with(b",") => Rejection::TrailingComma,
        Some(b'/' | b'#' | b'N' | b'I') => Rejection::Lenient,
        Some(c) if c.is_ascii_control() => Rejection::Lenient,
        _ => Rejection::Syntax,
    }
}

/// Returns true if the parser stops at a control character in a string, which lenient parsers take as it is. It does
/// where all before the first such character only lacks an end once the string is closed there.
fn control_character_stops(text: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    let first = text.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            0..=0x1f => return quoted,
            _ => {}
        }
        false
    });
    // An escape that is cut off there takes the quotation mark for one of its digits: the blanks complete it.
    let closed = first.and_then(|at| text.get(..at)).map(|before| format!("{before}\"    "));
    closed.is_some_and(|closed| serde_json::from_str::<IgnoredAny>(&closed).is_err_and(|e| e.is_eof()))
}

impl Texts {
    /// A member's text.
    pub(super) fn text(self, raw: &str) -> Field<Cow<'_, str>> {
        match raw.as_bytes().first() {
            Some(b'n') => Field::Null,
            Some(b'"') => Field::Given(self.string(raw)),
            _ => Field::Wrong,
        }
    }

    /// The value of a string. Lone surrogates are read as U+FFFD: the rule book leaves them open (W-21).
    fn string(self, raw: &str) -> Cow<'_, str> {
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        if self.plain || memchr(b'\\', inner.as_bytes()).is_none() {
            return Cow::Borrowed(inner);
        }
        Cow::Owned(serde_json::from_str::<String>(raw).unwrap_or_else(|_| with_lone_surrogates(raw)))
    }

    /// A credential.
    pub(super) fn credential(self, raw: &str) -> Field<Credential<'_>> {
        match raw.as_bytes().first() {
            Some(b'n') => return Field::Null,
            Some(b'{') => {}
            _ => return Field::Wrong,
        }
        let mut found = Credential::default();
        let member = |name: Cow<'_, str>, value| {
            if name == Member::AccessKeyId.name() {
                found.access_key_id = self.text(value);
            } else if name == Member::RawSecretAccessKey.name() {
                found.secret = self.text(value);
            }
        };
        match serde_json::Deserializer::from_str(raw).deserialize_map(MembersVisitor { texts: self, member }) {
            Ok(()) => Field::Given(found),
            Err(_) => Field::Wrong,
        }
    }
}

fn with_lone_surrogates(raw: &str) -> String {
    assert!(!planted::is("surrogate"), "a lone surrogate");
    struct TextVisitor;
    impl Visitor<'_> for TextVisitor {
        type Value = String;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }
        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
            // One surrogate is three bytes here: three replacement characters would be two too many.
            let mut text = String::new();
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                if chunk.invalid().first().is_some_and(|b| *b == 0xed) {
                    text.push(char::REPLACEMENT_CHARACTER);
                }
            }
            Ok(text)
        }
    }
    serde_json::Deserializer::from_str(raw)
        .deserialize_bytes(TextVisitor)
        .unwrap_or_else(|_| char::REPLACEMENT_CHARACTER.to_string())
}

/// Returns true if a `\u` escape denotes half a character. For texts that are JSON.
pub(super) fn lone_surrogates(text: &str) -> bool {
    let mut rest = text;
    let mut open = false;
    while let Some((_, escape)) = rest.split_once('\\') {
        let unit = escape.strip_prefix('u').and_then(|u| u16::from_str_radix(u.get(..4)?, 16).ok());
        match unit {
            Some(0xdc00..=0xdfff) if open => open = false,
            Some(0xdc00..=0xdfff) => return true,
            _ if open => return true,
            Some(0xd800..=0xdbff) => open = true,
            _ => {}
        }
        rest = escape.get(if unit.is_some() { 5 } else { 1 }..).unwrap_or_default();
        if open && !rest.starts_with('\\') {
            return true;
        }
    }
    open
}

/// Returns the depth of a value.
pub(super) fn nesting(raw: &str) -> usize {
    if planted::is("nesting") {
        return planted::nesting_by_recursion(&mut raw.bytes());
    }
    if !raw.starts_with(['{', '[']) {
        return 0;
    }
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in raw.bytes() {
        match byte {
            _ if escaped => escaped = false,
            // In strings alone.
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
