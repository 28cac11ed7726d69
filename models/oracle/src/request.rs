//! The request deserializer: bytes to a [`Body`] or a precise [`Rejection`].
//!
//! awsJson1.1 semantics: an explicit `null` is a member left out, unknown members are ignored,
//! names are case-sensitive, a member of the wrong JSON type is remembered as such so that every
//! fault of a request can be named, not only the first. Nesting costs neither stack nor memory:
//! what is not a known member is skipped without recursion.

mod read;
mod update;

use std::borrow::Cow;

use memchr::memchr;

use self::read::Texts;
pub use self::update::{Dispatch, Update};
use crate::members::{ConstraintViolations, Member, MemberSet};
use crate::revision::Revision;

/// Why a body is not a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Nothing but white space.
    Empty,
    /// The input ends before the object does.
    CutOff,
    /// Not JSON in some other way.
    Syntax,
    /// A trailing comma.
    TrailingComma,
    /// Forms that lenient parsers accept: comments, NaN, raw control characters (W-18).
    Lenient,
    /// An object, then more bytes (W-18).
    TrailingBytes,
    /// JSON, but not an object.
    NotAnObject,
    /// Not UTF-8 (W-22).
    NotUtf8,
    /// A byte-order mark before the object (W-23).
    ByteOrderMark,
}

impl Rejection {
    /// A short name for reports.
    pub fn name(self) -> &'static str {
        match self {
            Rejection::Empty => "empty body",
            Rejection::CutOff => "body cut off",
            Rejection::Syntax => "not JSON",
            Rejection::TrailingComma => "trailing comma",
            Rejection::Lenient => "comment, NaN or raw control character",
            Rejection::TrailingBytes => "bytes after the object",
            Rejection::NotAnObject => "JSON, but no object",
            Rejection::NotUtf8 => "not UTF-8",
            Rejection::ByteOrderMark => "byte-order mark",
        }
    }
}

/// One member as it is in the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Left out.
    #[default]
    Absent,
    /// An explicit `null`: means left out (W-09).
    Null,
    /// Another JSON type than the model's (W-08).
    Wrong,
    /// A value of the right JSON type.
    Given(T),
}

impl<T> Field<T> {
    /// The value, if one of the right type was given.
    pub fn given(&self) -> Option<&T> {
        match self {
            Field::Given(value) => Some(value),
            _ => None,
        }
    }
}

/// The credential structure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credential<'a> {
    /// `AccessKeyId`.
    pub access_key_id: Field<Cow<'a, str>>,
    /// `RawSecretAccessKey`.
    pub secret: Field<Cow<'a, str>>,
}

/// A request body that is a JSON object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body<'a> {
    texts: [Field<Cow<'a, str>>; 10],
    /// `XksProxyAuthenticationCredential`.
    pub credential: Field<Credential<'a>>,
    /// Members that are neither absent nor null, known to the revision.
    pub present: MemberSet,
    /// Members given as an explicit `null`.
    pub nulls: MemberSet,
    /// Members of a wrong JSON type.
    pub wrong: MemberSet,
    /// Members given more than once (W-13).
    pub repeated: MemberSet,
    /// True if there are members that the revision does not know (W-10).
    pub unknown: bool,
    /// True if an unknown member has the name of a known one in other case (W-11).
    pub miscased: bool,
    /// The deepest nesting inside unknown members.
    pub depth: usize,
    /// True if some text has lone surrogates, NUL or control characters (W-21).
    pub odd_text: MemberSet,
    /// True if any name or value has a lone surrogate: not every parser reads it (W-21).
    pub lone_surrogates: bool,
    /// True if the body has `\u` escapes or line breaks: forms that do not change its meaning (W-12).
    pub rewritten: bool,
    /// True if the members have another order than the model's, which does not change their meaning either (W-12).
    pub reordered: bool,
    /// The last known member so far, and true if one was after a later one of the model.
    order: (Option<Member>, bool),
    constraint_violations: Vec<(Member, ConstraintViolations)>,
}

impl<'a> Body<'a> {
    /// Reads a body. Time and memory are linear in its length; the stack is constant.
    ///
    /// # Errors
    /// The [`Rejection`] that names why the bytes are not a JSON object.
    pub fn parse(bytes: &'a [u8], revision: Revision) -> Result<Body<'a>, Rejection> {
        Body::read(bytes, revision, Repeated::LastCounts)
    }

    /// Reads a body so that of two members with one name the first counts (W-13).
    ///
    /// # Errors
    /// As [`Body::parse`].
    pub fn parse_first(bytes: &'a [u8], revision: Revision) -> Result<Body<'a>, Rejection> {
        Body::read(bytes, revision, Repeated::FirstCounts)
    }

    fn read(bytes: &'a [u8], revision: Revision, repeated: Repeated) -> Result<Body<'a>, Rejection> {
        let mut body = Body::default();
        let texts = Texts::from(bytes);
        let reader = ReadSettings { texts, revision, repeated };
        let text = read::object(bytes, texts, |name, value| body.take(name, value, reader))?;
        body.lone_surrogates = !texts.plain && read::lone_surrogates(text);
        body.rewritten = !texts.plain && text.contains("\\u") || memchr(b'\n', bytes).is_some();
        body.reordered = body.order.1;
        Ok(body)
    }

    /// Reads a member as it is in the body.
    fn take(&mut self, name: Cow<'a, str>, raw: &'a str, reader: ReadSettings) {
        let ReadSettings { texts, revision, repeated } = reader;
        let Some(member) = Member::top(&name).filter(|m| m.known(revision)) else {
            self.unknown = true;
            self.miscased |= Member::TOP.iter().any(|m| m.name().eq_ignore_ascii_case(&name));
            self.depth = self.depth.max(read::nesting(raw));
            return;
        };
        let (last, disordered) = self.order;
        self.order = (Some(member), disordered || last > Some(member));
        if self.present.has(member) || self.nulls.has(member) {
            self.repeated.insert(member);
            if repeated == Repeated::FirstCounts {
                return;
            }
        }
        if member == Member::XksProxyAuthenticationCredential {
            self.credential = texts.credential(raw);
            let parts = match &self.credential {
                Field::Given(c) => [state(&c.access_key_id), state(&c.secret)],
                _ => [FieldState::Absent; 2],
            };
            let whole = state(&self.credential);
            self.mark(member, whole);
            for (part, state) in [Member::AccessKeyId, Member::RawSecretAccessKey].into_iter().zip(parts) {
                // A null inside the credential is a missing part (S-13).
                self.mark(part, if state == FieldState::Null { FieldState::Absent } else { state });
                self.note(part, reader);
            }
        } else if let Some(slot) = self.texts.get_mut(member as usize) {
            *slot = texts.text(raw);
            let state = state(slot);
            self.mark(member, state);
            self.note(member, reader);
        }
    }

    /// Remembers the state of the member, and overwrites an earlier one.
    fn mark(&mut self, member: Member, state: FieldState) {
        let put = |set: &mut MemberSet, holds: bool| {
            *set = set.without(member);
            if holds {
                set.insert(member);
            }
        };
        put(&mut self.present, matches!(state, FieldState::Given | FieldState::Wrong));
        put(&mut self.nulls, state == FieldState::Null);
        put(&mut self.wrong, state == FieldState::Wrong);
    }

    /// The text member as given; the credential and its members are not texts of the request itself.
    pub fn text(&self, member: Member) -> &Field<Cow<'a, str>> {
        const ABSENT: &Field<Cow<'static, str>> = &Field::Absent;
        match (member, self.credential.given()) {
            (Member::AccessKeyId, Some(credential)) => &credential.access_key_id,
            (Member::RawSecretAccessKey, Some(credential)) => &credential.secret,
            (m, _) => self.texts.get(m as usize).unwrap_or(ABSENT),
        }
    }

    /// The member's value where it is of the right type and keeps its constraints.
    pub fn valid(&self, member: Member) -> Option<&str> {
        let value = self.text(member).given()?;
        self.constraint_violation(member).none().then_some(&**value)
    }

    /// The credential's two values where both are there and keep their constraints.
    pub fn valid_credential(&self) -> Option<(&str, &str)> {
        Some((self.valid(Member::AccessKeyId)?, self.valid(Member::RawSecretAccessKey)?))
    }

    /// Returns the number of characters of the member's value; zero if it has the wrong type.
    pub fn characters(&self, member: Member) -> usize {
        let Some(value) = self.text(member).given() else { return 0 };
        // Values that are not notable are ASCII.
        if self.constraint_violations.iter().any(|(m, _)| *m == member) { value.chars().count() } else { value.len() }
    }

    /// Returns the constraint that the member's value breaks.
    pub fn constraint_violation(&self, member: Member) -> ConstraintViolations {
        self.constraint_violations
            .iter()
            .find(|(m, _)| *m == member)
            .map_or_else(ConstraintViolations::default, |(_, v)| *v)
    }

    /// Returns the result of [`Member::constraint_violations`] for every value that is longer in bytes than in
    /// characters or breaks a constraint.
    pub fn notable(&self) -> &[(Member, ConstraintViolations)] {
        &self.constraint_violations
    }

    /// Returns true if it is written in the plainest way. Half a character is an escape, so it is not.
    pub fn is_plain(&self) -> bool {
        let sets = [self.nulls, self.wrong, self.repeated, self.odd_text];
        !self.rewritten && !self.reordered && sets.iter().all(|s| s.is_empty())
    }

    /// The credential lacks a member that is required in it (S-13).
    pub fn half_credential(&self) -> bool {
        let lacks = |f: &Field<Cow<'_, str>>| matches!(f, Field::Absent | Field::Null);
        self.credential.given().is_some_and(|c| lacks(&c.access_key_id) || lacks(&c.secret))
    }

    /// Remembers the constraints that the member's text breaks.
    fn note(&mut self, member: Member, reader: ReadSettings) {
        self.constraint_violations.retain(|(m, _)| *m != member);
        self.odd_text = self.odd_text.without(member);
        let Some(value) = self.text(member).given() else { return };
        let ascii = value.is_ascii();
        let odd = !reader.texts.plain && value.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER);
        let found = member.violations_of(reader.revision, value, ascii);
        if odd {
            self.odd_text.insert(member);
        }
        // Only in other text than ASCII do counts differ.
        if !found.none() || !ascii {
            self.constraint_violations.push((member, found));
        }
    }
}

/// The settings for reading a body.
#[derive(Clone, Copy)]
struct ReadSettings {
    texts: Texts,
    revision: Revision,
    repeated: Repeated,
}

/// Which of two members with one name counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeated {
    FirstCounts,
    LastCounts,
}

/// A [`Field`] without its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FieldState {
    Absent,
    Null,
    Wrong,
    Given,
}

fn state<T>(field: &Field<T>) -> FieldState {
    match field {
        Field::Absent => FieldState::Absent,
        Field::Null => FieldState::Null,
        Field::Wrong => FieldState::Wrong,
        Field::Given(_) => FieldState::Given,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn parse(text: &str) -> Result<Body<'_>, Rejection> {
        Body::parse(text.as_bytes(), Revision::LATEST)
    }

    #[rstest]
    #[case("", Rejection::Empty)]
    #[case("\u{c}[]", Rejection::Syntax)]
    #[case("\u{c}{}", Rejection::Lenient)]
    #[case("  \n", Rejection::Empty)]
    #[case("{", Rejection::CutOff)]
    #[case(r#"{"CustomKeyStoreId":"ab"#, Rejection::CutOff)]
    #[case("null", Rejection::NotAnObject)]
    #[case("7", Rejection::NotAnObject)]
    #[case("\"a\"", Rejection::NotAnObject)]
    #[case("[{}]", Rejection::NotAnObject)]
    #[case("{\"a\":1,}", Rejection::TrailingComma)]
    #[case("{\"a\":NaN}", Rejection::Lenient)]
    #[case("{/* c */\"a\":1}", Rejection::Lenient)]
    #[case("{\"a\":\"x\ny\"}", Rejection::Lenient)]
    #[case("{\"a\u{1}\":1}", Rejection::Lenient)]
    #[case("{\"a\":\"\\u00\n00\"}", Rejection::Syntax)]
    #[case("{\"a\":\"\\\n\"}", Rejection::Syntax)]
    #[case("{\"a\":1 \"\u{1}\"}", Rejection::Syntax)]
    #[case("{\"a\":\"\\q\", \"b\":\"\u{1}\"}", Rejection::Syntax)]
    #[case("{\"a\":1} x", Rejection::TrailingBytes)]
    #[case("{\"a\":1}{}", Rejection::TrailingBytes)]
    #[case("\u{feff}{}", Rejection::ByteOrderMark)]
    #[case("{'a':1}", Rejection::Syntax)]
    #[case("{\"a\":}", Rejection::Syntax)]
    fn rejections(#[case] body: &str, #[case] expected: Rejection) {
        assert_eq!(parse(body).map(|_| ()), Err(expected));
    }

    #[test]
    fn invalid_utf8_is_named() {
        assert_eq!(Body::parse(b"{\"a\":\"\xff\"}", Revision::LATEST).map(|_| ()), Err(Rejection::NotUtf8));
    }

    #[test]
    fn members_are_told_apart() {
        let body = parse(
            r#"{"CustomKeyStoreId":"cks-1","NewCustomKeyStoreName":null,"KeyStorePassword":7,
                "customKeyStoreId":"x","XksProxyAuthenticationCredential":{"AccessKeyId":"A"}}"#,
        )
        .unwrap();
        assert_eq!(body.text(Member::CustomKeyStoreId).given().map(|t| &**t), Some("cks-1"));
        assert!(body.nulls.has(Member::NewCustomKeyStoreName));
        assert!(!body.present.has(Member::NewCustomKeyStoreName));
        assert!(body.wrong.has(Member::KeyStorePassword) && body.present.has(Member::KeyStorePassword));
        assert!(body.unknown && body.miscased && body.half_credential());
        assert_eq!(
            body.constraint_violation(Member::AccessKeyId).length,
            Some(crate::members::ConstraintViolation::TooShort)
        );
    }

    #[test]
    fn escapes_and_lone_surrogates() {
        let body = parse(r#"{"NewCustomKeyStoreName":"\u0061\n","\u0043ustomKeyStoreId":"x\ud800y"}"#).unwrap();
        assert_eq!(body.valid(Member::NewCustomKeyStoreName), Some("a\n"));
        assert!(body.odd_text.has(Member::NewCustomKeyStoreName));
        assert_eq!(body.text(Member::CustomKeyStoreId).given().map(|t| &**t), Some("x\u{fffd}y"));
    }

    #[test]
    fn of_a_member_given_twice_nothing_stays_but_what_counts() {
        let body = parse(r#"{"KeyStorePassword":"\u0000","KeyStorePassword":null}"#).unwrap();
        assert!(body.odd_text.is_empty() && body.notable().is_empty() && body.present.is_empty());
        let twice = r#"{"XksProxyAuthenticationCredential":{"AccessKeyId":7},"XksProxyAuthenticationCredential":null}"#;
        let body = parse(twice).unwrap();
        assert!(body.wrong.is_empty() && body.present.is_empty());
        let first = Body::parse_first(twice.as_bytes(), Revision::LATEST).unwrap();
        assert!(first.wrong.has(Member::AccessKeyId) && first.nulls.is_empty());
    }

    #[rstest]
    #[case::raw_control_in_a_name("{\"a\u{1b}\":1}", Rejection::Lenient)]
    #[case::raw_control_in_a_value("{\"a\":\"b\u{1b}\"}", Rejection::Lenient)]
    #[case::raw_newline("{\"a\":\"b\nc\"}", Rejection::Lenient)]
    #[case::behind_carriage_returns("{\r\n\"a\":1,\r\n}", Rejection::TrailingComma)]
    #[case::cut_off_list("[1", Rejection::Syntax)]
    fn positions_count_bytes(#[case] body: &str, #[case] expected: Rejection) {
        assert_eq!(parse(body).map(|_| ()), Err(expected));
    }

    #[test]
    fn a_lone_surrogate_in_a_name_is_no_fault_of_the_form() {
        assert!(parse(r#"{"a\ud800":1}"#).is_ok_and(|b| b.unknown && b.lone_surrogates));
        let paired = r#"{"a":"\ud83d\ude00 \\ud800 \u00e9"}"#;
        assert!(parse(paired).is_ok_and(|b| !b.lone_surrogates));
        assert!(parse(r#"{"a":["\udc00\ud800"]}"#).is_ok_and(|b| b.lone_surrogates));
    }

    #[rstest]
    #[case::low_alone(r#""\udc00""#, true)]
    #[case::another_escape_between(r#""\ud800\n\udc00""#, true)]
    #[case::two_pairs(r#""\ud83d\ude00\ud83d\ude00""#, false)]
    fn halves_of_characters(#[case] value: &str, #[case] lone: bool) {
        assert_eq!(parse(&format!("{{\"a\":{value}}}")).unwrap().lone_surrogates, lone);
    }

    #[rstest]
    #[case::side_by_side("[[1],[2]]", 2)]
    #[case::in_a_string(r#"["[[[["]"#, 1)]
    #[case::ends_in_a_string(r#"["]]",[1]]"#, 2)]
    #[case::behind_an_escaped_quote(r#"["\"[[["]"#, 1)]
    #[case::behind_an_escaped_backslash(r#"["a\\",["b"]]"#, 2)]
    #[case::a_string(r#""[""#, 0)]
    fn depths(#[case] value: &str, #[case] depth: usize) {
        assert_eq!(parse(&format!("{{\"x\":{value}}}")).unwrap().depth, depth);
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        for known in ["KeyStorePassword", "x"] {
            let body = format!("{{\"{known}\":{}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
            let parsed = parse(&body).unwrap();
            assert_eq!(parsed.depth == 1_000_000, known == "x");
        }
        let credential = "{\"a\":".repeat(300_000) + "1" + &"}".repeat(300_000);
        assert!(parse(&format!("{{\"XksProxyAuthenticationCredential\":{credential}}}")).unwrap().half_credential());
    }

    #[test]
    fn a_revision_knows_only_its_members() {
        let text = r#"{"XksProxyUriPath":7}"#;
        let body = Body::parse(text.as_bytes(), Revision::CreateByName).unwrap();
        assert!(body.unknown && body.wrong.is_empty());
    }
}
