//! An independent reading of a body: JSON by `serde_json`'s `Value`, then the members table, row by
//! row. It shares nothing with the oracle's deserializer but that table.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::de::IgnoredAny;
use serde_json::Value;
use ucks_oracle::members::{ConstraintViolation, Member};
use ucks_oracle::request::{Body, Field, Rejection};
use ucks_oracle::revision::Revision;

use super::CheckFailure;

/// The value of one member in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberValue {
    /// `null`.
    Null,
    /// Another JSON type than the table's.
    Wrong,
    /// A text.
    Text(String),
    /// An object, for the credential alone.
    Object,
}

/// A body that is an object, as it reads against the table.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The values by member; the credential's two members beside it.
    pub said: BTreeMap<Member, MemberValue>,
    /// True if there are members that the revision does not know.
    pub unknown: bool,
    /// True if one of them has a known member's name in other case.
    pub miscased: bool,
    /// The members that are repeated.
    pub repeated: Vec<Member>,
}

/// Which of two members with one name counts (W-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The first.
    First,
    /// The last.
    Last,
}

impl Reading {
    /// Reads the members of a request, in their order.
    pub fn of(members: &[(String, Value)], revision: Revision, counts: Counts) -> Reading {
        let mut reading = Reading::default();
        let mut seen: Vec<Member> = Vec::new();
        for (name, value) in members {
            let known = |m: &&Member| m.known(revision) && m.name() == name;
            let Some(member) = Member::TOP.iter().copied().find(|m| known(&m)) else {
                reading.unknown = true;
                let lower = name.to_ascii_lowercase();
                reading.miscased |= Member::TOP.iter().any(|m| m.name().to_ascii_lowercase() == lower);
                continue;
            };
            if seen.contains(&member) {
                if !reading.repeated.contains(&member) {
                    reading.repeated.push(member);
                }
                if counts == Counts::First {
                    continue;
                }
            }
            seen.push(member);
            reading.take(member, value);
        }
        reading.repeated.sort_unstable();
        reading
    }

    fn take(&mut self, member: Member, value: &Value) {
        if member != Member::XksProxyAuthenticationCredential {
            self.said.insert(member, text(value));
            return;
        }
        let parts = [Member::AccessKeyId, Member::RawSecretAccessKey];
        parts.iter().for_each(|part| {
            self.said.remove(part);
        });
        let said = match value {
            Value::Null => MemberValue::Null,
            Value::Object(given) => {
                for part in parts {
                    if let Some(value) = given.get(part.name()) {
                        self.said.insert(part, text(value));
                    }
                }
                MemberValue::Object
            }
            _ => MemberValue::Wrong,
        };
        self.said.insert(member, said);
    }

    /// If the oracle's body has another content.
    ///
    /// # Errors
    /// [`CheckFailure`] with the first difference.
    pub fn agrees(&self, body: &Body<'_>, revision: Revision) -> Result<(), CheckFailure> {
        let at = revision.date();
        let equal = |what: &dyn Fn() -> String, expected: bool, got: bool| {
            CheckFailure::unless_equal(|| format!("{} at {at}", what()), expected, got)
        };
        equal(&|| "an unknown member".into(), self.unknown, body.unknown)?;
        equal(&|| "a member in other case".into(), self.miscased, body.miscased)?;
        let half = [Member::AccessKeyId, Member::RawSecretAccessKey]
            .iter()
            .any(|m| matches!(self.said.get(m), None | Some(MemberValue::Null)));
        let object = self.said.get(&Member::XksProxyAuthenticationCredential) == Some(&MemberValue::Object);
        equal(&|| "half a credential".into(), object && half, body.half_credential())?;
        let repeated = || format!("repeated members at {at}");
        CheckFailure::unless_equal(repeated, self.repeated.iter().copied().collect(), body.repeated)?;
        for member in Member::ALL.iter().copied() {
            let said = self.said.get(&member);
            let inner = matches!(member, Member::AccessKeyId | Member::RawSecretAccessKey);
            let present = said.is_some_and(|s| *s != MemberValue::Null);
            equal(&|| format!("{member} is present"), present, body.present.has(member))?;
            equal(&|| format!("{member} is null"), said == Some(&MemberValue::Null) && !inner, body.nulls.has(member))?;
            equal(
                &|| format!("{member} is of a wrong type"),
                said == Some(&MemberValue::Wrong),
                body.wrong.has(member),
            )?;
            let field = body.text(member);
            if member != Member::XksProxyAuthenticationCredential && !same(said, field) {
                return Err(CheckFailure {
                    subject: format!("{member} at {at}"),
                    expected: format!("{said:?}"),
                    got: format!("{field:?}"),
                });
            }
            judged(member, said, body, revision)?;
        }
        Ok(())
    }
}

fn text(value: &Value) -> MemberValue {
    match value {
        Value::Null => MemberValue::Null,
        Value::String(text) => MemberValue::Text(text.clone()),
        _ => MemberValue::Wrong,
    }
}

fn same(said: Option<&MemberValue>, field: &Field<Cow<'_, str>>) -> bool {
    match (said, field) {
        (None, Field::Absent)
        | (Some(MemberValue::Null), Field::Null)
        | (Some(MemberValue::Wrong | MemberValue::Object), Field::Wrong) => true,
        (Some(MemberValue::Text(said)), Field::Given(text)) => said == text,
        _ => false,
    }
}

/// Lengths, patterns and enums, by the member's row.
fn judged(member: Member, said: Option<&MemberValue>, body: &Body<'_>, revision: Revision) -> Result<(), CheckFailure> {
    let row = member.row(revision);
    let found = body.constraint_violation(member);
    let about = |what: &'static str| move || format!("the {what} of {member} at {}", revision.date());
    let Some(MemberValue::Text(text)) = said else {
        return CheckFailure::unless_equal(about("constraints"), (None, None), (found.length, found.form));
    };
    let outside = |count: usize| match count {
        n if n < row.min => Some(ConstraintViolation::TooShort),
        n if row.max.is_some_and(|max| n > max) => Some(ConstraintViolation::TooLong),
        _ => None,
    };
    let characters = text.chars().count();
    CheckFailure::unless_equal(about("length"), outside(characters), found.length)?;
    let form = match row.pattern.map(|p| (matches_whole(p, text), matches_inside(p, text))) {
        Some((false, true)) => Some(ConstraintViolation::MatchInside),
        Some((false, false)) => Some(ConstraintViolation::Pattern),
        _ if !row.values.is_empty() && row.values.iter().all(|v| v != text) => Some(ConstraintViolation::Enum),
        _ => None,
    };
    CheckFailure::unless_equal(about("form"), form, found.form)?;
    let counts = [text.len(), text.encode_utf16().count()].iter().all(|n| outside(*n) == outside(characters));
    let agree = body.notable().iter().find(|(m, _)| *m == member).is_none_or(|(_, v)| v.counts_agree);
    CheckFailure::unless_equal(about("counts of characters, bytes and UTF-16 units"), counts, agree)?;
    let odd = text.chars().any(|c| matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffd}'));
    CheckFailure::unless_equal(about("odd characters"), odd, body.odd_text.has(member))?;
    let valid = (form.is_none() && outside(characters).is_none()).then_some(text.as_str());
    CheckFailure::unless_equal(about("validity"), valid, body.valid(member))
}

/// The table's patterns: for the whole value, and for a part of it.
static PATTERNS: LazyLock<BTreeMap<&'static str, [Regex; 2]>> = LazyLock::new(|| {
    let rows = Revision::ALL.iter().flat_map(|r| Member::ALL.iter().map(|m| m.row(*r)));
    rows.filter_map(|row| row.pattern)
        .filter_map(|p| Some((p, [Regex::new(&format!("^(?:{p})$")).ok()?, Regex::new(p).ok()?])))
        .collect()
});

fn matches_whole(pattern: &'static str, text: &str) -> bool {
    PATTERNS.get(pattern).is_some_and(|[whole, _]| whole.is_match(text))
}

fn matches_inside(pattern: &'static str, text: &str) -> bool {
    PATTERNS.get(pattern).is_some_and(|[_, inside]| inside.is_match(text))
}

/// Returns true if the bytes are a JSON object, and else why not. `serde_json` decides what is JSON; nothing
/// is kept of the values, so depth, lone surrogates and great numbers do not matter.
///
/// # Errors
/// The expected [`Rejection`].
pub fn object(bytes: &[u8]) -> Result<(), Rejection> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Err(Rejection::NotUtf8) };
    if text.starts_with('\u{feff}') {
        return Err(Rejection::ByteOrderMark);
    }
    let whole = serde_json::from_str::<IgnoredAny>(text);
    if !text.trim_ascii_start().starts_with('{') {
        return Err(match whole {
            _ if text.trim_ascii().is_empty() => Rejection::Empty,
            Ok(_) => Rejection::NotAnObject,
            Err(_) => Rejection::Syntax,
        });
    }
    let Err(error) = whole else { return Ok(()) };
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    if matches!(values.next(), Some(Ok(_))) {
        return Err(Rejection::TrailingBytes);
    }
    if error.is_eof() {
        return Err(Rejection::CutOff);
    }
    let line = text.split_inclusive('\n').take(error.line() - 1).map(str::len).sum::<usize>();
    // A raw control character in a string: a space in its place moves the error on.
    let at = line + error.column();
    if text.as_bytes().get(at).is_some_and(|b| *b < 0x20) {
        let mut repaired = text.as_bytes().to_vec();
        repaired[at] = b' ';
        let place = |e: &serde_json::Error| (e.line(), e.column());
        if serde_json::from_slice::<IgnoredAny>(&repaired).map_or_else(|e| place(&e), |_| (usize::MAX, 0))
            > place(&error)
        {
            return Err(Rejection::Lenient);
        }
    }
    let (before, after) = text.as_bytes().split_at((line + error.column().saturating_sub(1)).min(text.len()));
    let comma = before.iter().rev().find(|b| !b.is_ascii_whitespace()) == Some(&b',');
    Err(match after.first() {
        Some(b'}' | b']') if comma => Rejection::TrailingComma,
        Some(b'/' | b'#' | b'N' | b'I') => Rejection::Lenient,
        Some(0..0x20 | 0x7f) => Rejection::Lenient,
        _ => Rejection::Syntax,
    })
}
