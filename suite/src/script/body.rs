//! Bodies as bash commands that write them byte for byte.

use crate::op::{Update, WireMutation};
use std::borrow::Cow;

/// The mark where the record cut a body.
const CUT: char = '…';

/// Returns the body as it was sent: the record cuts long ones, and their update has the rest.
pub(super) fn whole<'a>(body: &'a str, update: Option<&Update>) -> Cow<'a, str> {
    let (Some(kept), Some(mutation)) = (body.strip_suffix(CUT), update.and_then(|u| u.mutation.as_ref())) else {
        return Cow::Borrowed(body);
    };
    let fill = kept.chars().last().unwrap_or_default();
    let head = kept.trim_end_matches(fill);
    let filled = |n: u32| fill.to_string().repeat(n as usize);
    match mutation {
        WireMutation::Large(bytes) => Cow::Owned(format!("{head}{}\"}}", filled(*bytes))),
        WireMutation::Deep(depth) if fill == '[' => {
            Cow::Owned(format!("{head}{}{}}}", filled(*depth), "]".repeat(*depth as usize)))
        }
        _ => Cow::Borrowed(body),
    }
}

/// A word that bash reads as `text` and nothing else.
pub(super) fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| *c != '\0').collect();
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A character that is repeated at least this often is written with a number.
const MANY: usize = 200;

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Bytes(Vec<u8>),
    Times(char, usize),
}

/// Commands that write `body` to the script's body file. Names between `@` are filled in by the script;
/// `\xNN`, as the record writes bytes that are not text, becomes that byte.
pub(super) fn commands(body: &str) -> String {
    let pieces = pieces(body);
    let command = |piece: &Piece| match piece {
        Piece::Text(t) => format!("text {}", quoted(t)),
        Piece::Bytes(b) => format!("bytes '{}'", b.iter().map(|b| format!("\\{b:03o}")).collect::<String>()),
        Piece::Times(c, n) => {
            format!("times {} {n}", quoted(&if *c == '\\' { r"\\".to_owned() } else { c.to_string() }))
        }
    };
    match pieces.as_slice() {
        [] => ": >\"$WORK/body\"\n".to_owned(),
        [one] => format!("{} >\"$WORK/body\"\n", command(one)),
        many => {
            let lines: Vec<String> = many.iter().map(|p| format!("  {}\n", command(p))).collect();
            format!("{{\n{}}} >\"$WORK/body\"\n", lines.concat())
        }
    }
}

fn pieces(body: &str) -> Vec<Piece> {
    let chars: Vec<char> = body.chars().collect();
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| **c == chars[at]).count();
        let piece = if run >= MANY && chars[at].is_ascii_graphic() {
            at += run;
            Piece::Times(chars[at - 1], run)
        } else if let Some(byte) = escaped_byte(&chars, at) {
            at += 4;
            Piece::Bytes(vec![byte])
        } else if chars[at] == '\0' {
            at += 1;
            Piece::Bytes(vec![0])
        } else {
            text.push(chars[at]);
            at += 1;
            continue;
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        match (pieces.last_mut(), piece) {
            (Some(Piece::Bytes(before)), Piece::Bytes(more)) => before.extend(more),
            (_, piece) => pieces.push(piece),
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

/// Returns the byte that `\xNN` denotes. JSON knows no such escape, and behind another backslash it is text.
fn escaped_byte(chars: &[char], at: usize) -> Option<u8> {
    let [backslash, x, high, low] = chars.get(at..at + 4)? else { return None };
    let behind = chars[..at].iter().rev().take_while(|c| **c == '\\').count();
    if (*backslash, *x) != ('\\', 'x') || behind % 2 == 1 {
        return None;
    }
    let digits = [high.to_digit(16)?, low.to_digit(16)?];
    u8::try_from(digits[0] * 16 + digits[1]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_runs() {
        let body = format!("{{\"a\":\"\\xff\\xFE\\\\x41{}\"}}", "y".repeat(300));
        let expected = [
            Piece::Text("{\"a\":\"".into()),
            Piece::Bytes(vec![0xff, 0xfe]),
            Piece::Text("\\\\x41".into()),
            Piece::Times('y', 300),
            Piece::Text("\"}".into()),
        ];
        assert_eq!(pieces(&body), expected);
        assert!(commands("").starts_with(':'));
    }

    #[test]
    fn cut_bodies_are_made_whole() {
        let update = |mutation| Update { id: crate::op::Id::Nobody, set: vec![], mutation: Some(mutation) };
        let large = format!("{{\"a\":\"{}…", "x".repeat(50));
        assert_eq!(whole(&large, Some(&update(WireMutation::Large(60)))), format!("{{\"a\":\"{}\"}}", "x".repeat(60)));
        let deep = format!("{{\"a\":{}…", "[".repeat(50));
        assert_eq!(
            whole(&deep, Some(&update(WireMutation::Deep(60)))),
            format!("{{\"a\":{}{}}}", "[".repeat(60), "]".repeat(60))
        );
        assert_eq!(whole("{}", None), "{}");
    }

    #[test]
    fn quotes() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
