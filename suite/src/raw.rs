//! Bodies as bytes, in a form that replay files can hold and that names stores by their letters.
//!
//! A body is its text; bytes that are not UTF-8 are written as `\xNN`, and a `\x` of its own as `\x5cx`. The
//! id of a store is [`id`] of its letter until the body is sent.

use std::borrow::Cow;

use ucks_oracle::json_text;

use crate::op::Symbol;

/// The placeholder for the id of a store that does not exist yet. It has the form of an id.
pub fn id(store: Symbol) -> String {
    format!("{ID}{store}")
}

const ID: &str = "cks-0123456789abcdef";

/// The bytes as text.
pub fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(&chunk.valid().replace(r"\x", r"\x5cx"));
        chunk.invalid().iter().for_each(|b| text.push_str(&format!("\\x{b:02x}")));
    }
    text
}

/// The bytes of a text.
pub fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(r"\x") {
        let (before, after) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        match after.get(2..4).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[4..];
            }
            None => {
                bytes.extend_from_slice(br"\x");
                rest = &after[2..];
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// The characters of a text's bytes, with U+FFFD in place of bytes that are not UTF-8.
pub(crate) fn characters(text: &str) -> Cow<'_, str> {
    match text.contains(r"\x") {
        true => Cow::Owned(String::from_utf8_lossy(&bytes(text)).into_owned()),
        false => Cow::Borrowed(text),
    }
}

/// The body as it is sent: the stores' own ids in place of their letters.
pub fn bound(text: &str, id_of: impl Fn(Symbol) -> Option<String>) -> Vec<u8> {
    with_ids(&bytes(text), id_of)
}

/// The bytes with the stores' own ids in place of their letters.
pub fn with_ids(bytes: &[u8], id_of: impl Fn(Symbol) -> Option<String>) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
        let letter = rest.strip_prefix(ID.as_bytes()).and_then(<[u8]>::first).filter(|b| b.is_ascii_lowercase());
        if let Some(id) = letter.and_then(|b| id_of(Symbol(b - b'a'))) {
            out.extend_from_slice(id.as_bytes());
            at += ID.len() + 1;
        } else {
            out.push(rest[0]);
            at += 1;
        }
    }
    out
}

/// Every body that is shorter by one member, and those with a plain value for one that is long. Empty
/// where the body is not a JSON object.
pub fn shorter(text: &str) -> Vec<String> {
    /// Values longer than this are replaced, too.
    const LONG: usize = 64;
    let Ok(members) = json_text::members(text) else { return Vec::new() };
    let written = |members: &[(&str, &str)]| {
        let all: Vec<String> = members.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        format!("{{{}}}", all.join(","))
    };
    let mut all: Vec<String> = (0..members.len())
        .map(|at| {
            let mut less = members.clone();
            less.remove(at);
            written(&less)
        })
        .collect();
    for at in (0..members.len()).filter(|at| members[*at].1.len() > LONG) {
        let mut plainer = members.clone();
        plainer[at].1 = "7";
        all.push(written(&plainer));
    }
    all
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"{}")]
    #[case(b"a\xff\\xff\\\\x\\x5cx\xc3\xa9")]
    #[case(b"\\x")]
    fn every_body_comes_back(#[case] body: &[u8]) {
        assert_eq!(bytes(&text(body)), body);
    }

    #[test]
    fn letters_become_ids() {
        let text = format!("{} {} {}", id(Symbol(0)), id(Symbol(1)), "cks-0123456789abcde");
        let body = bound(&text, |s| (s == Symbol(0)).then(|| "own".to_owned()));
        assert_eq!(String::from_utf8(body).unwrap(), format!("own {} cks-0123456789abcde", id(Symbol(1))));
    }

    #[test]
    fn one_member_less() {
        assert_eq!(shorter(r#"{"a":1,"a":"\x"}"#), Vec::<String>::new());
        assert_eq!(shorter(r#"{"a":1,"a":[2]}"#), [r#"{"a":[2]}"#, r#"{"a":1}"#]);
    }
}
