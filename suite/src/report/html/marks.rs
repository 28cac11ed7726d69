//! The place of the difference in a body.

use serde::Serialize;

use super::super::text::plain;
use super::super::view;
use crate::record::{Exchange, Finding};

/// A piece of a body.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct BodyPiece {
    pub(super) text: String,
    pub(super) mark: bool,
}

/// The member of the divergent answer that the finding is about.
pub(super) fn of_answer(finding: &Finding, exchange: &Exchange) -> Option<String> {
    if view::is_effect(finding) {
        return crate::script::shown_as(finding).map(str::to_owned);
    }
    crate::script::code_of(&exchange.answer).map(|_| "__type".to_owned())
}

/// `body` with the member of that name, and its value, as a piece of its own.
pub(super) fn marked(body: &str, member: Option<&str>) -> Vec<BodyPiece> {
    let piece = |text: &str, mark| BodyPiece { text: lines(text), mark };
    let found = member.and_then(|m| span(body, m));
    let pieces = match found {
        Some((from, to)) => vec![piece(&body[..from], false), piece(&body[from..to], true), piece(&body[to..], false)],
        None => vec![piece(body, false)],
    };
    pieces.into_iter().filter(|p| !p.text.is_empty()).collect()
}

/// Bodies shorter than this stay on one line.
const SHORT: usize = 80;

/// A JSON body with one member per line, for reading. A body that is not JSON stays as it is.
pub(super) fn laid_out(body: &str) -> String {
    if body.len() < SHORT || serde_json::from_str::<serde::de::IgnoredAny>(body).is_err() {
        return body.to_owned();
    }
    let mut out = String::with_capacity(body.len() * 2);
    let mut depth = 0_usize;
    let (mut in_text, mut escaped) = (false, false);
    let mut rest = body.chars().filter(|c| *c != '\r').peekable();
    let indented = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth.min(32) * 2));
    };
    while let Some(c) = rest.next() {
        match c {
            _ if in_text => {
                out.push(c);
                (in_text, escaped) = (escaped || c != '"', !escaped && c == '\\');
            }
            '"' => {
                out.push(c);
                in_text = true;
            }
            '{' | '[' if rest.peek().is_some_and(|n| *n == '}' || *n == ']') => {
                out.push(c);
                out.extend(rest.next());
            }
            '{' | '[' => {
                depth += 1;
                out.push(c);
                indented(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                indented(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                indented(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

/// Line breaks stay; other control characters become visible.
fn lines(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

/// From a member's name to the end of its value.
fn span(body: &str, member: &str) -> Option<(usize, usize)> {
    let name = format!("\"{member}\"");
    let from = body.find(&name)?;
    let behind = &body[from + name.len()..];
    let value = behind.trim_start().strip_prefix(':')?.trim_start();
    let start = body.len() - value.len();
    let mut depth = 0_usize;
    let (mut in_text, mut escaped) = (false, false);
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' if in_text && depth == 0 => return Some((from, start + at + 1)),
            '"' => in_text = !in_text,
            _ if in_text => {}
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return Some((from, start + at + 1)),
            '}' | ']' | ',' if depth == 0 => return Some((from, start + at)),
            '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    Some((from, body.len()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn long_json_gets_lines_and_nothing_else_changes() {
        let body = format!(r#"{{"a":"{}","b":{{"c":["x, {{y}}: \"z\\",{{}}]}},"d":[]}}"#, "é".repeat(60));
        let laid = laid_out(&body);
        assert!(laid.contains("\n  \"b\": {\n    \"c\": [\n      \"x, {y}: \\\"z\\\\\",\n      {}\n    ]"), "{laid}");
        let read = |t: &str| serde_json::from_str::<serde_json::Value>(t).unwrap();
        assert_eq!(read(&laid), read(&body));
        for other in ["{}", &"no JSON ".repeat(20), &body[..100]] {
            assert_eq!(laid_out(other), *other);
        }
    }

    #[rstest]
    #[case(r#"{"a":"x,\"y}","b":1}"#, "a", r#""a":"x,\"y}""#)]
    #[case(r#"{"a":"x","b": 1}"#, "b", r#""b": 1"#)]
    #[case(r#"{"a":{"b":["}"]},"c":1}"#, "a", r#""a":{"b":["}"]}"#)]
    #[case(r#"{"a":"é"#, "a", r#""a":"é"#)]
    fn a_member_and_its_value(#[case] body: &str, #[case] member: &str, #[case] marked_text: &str) {
        let pieces = marked(body, Some(member));
        assert_eq!(pieces.iter().find(|p| p.mark).map(|p| p.text.as_str()), Some(marked_text));
        assert_eq!(pieces.iter().map(|p| p.text.as_str()).collect::<String>(), body);
    }
}
