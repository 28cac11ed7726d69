//! Bodies as bash commands that write them byte for byte.

use std::borrow::Cow;

use crate::op::{Update, WireMutation};
use crate::raw;
use crate::record::Exchange;

/// The character that ends a body which the record cut.
const CUT: char = '…';

/// Returns the body as it was sent: the record cuts long ones, and their update has the rest.
pub(super) fn whole<'a>(exchange: &'a Exchange, update: Option<&Update>) -> Cow<'a, str> {
    let body = exchange.body.as_str();
    let Some(mutation) = update.and_then(|u| u.mutation.as_ref()).filter(|_| exchange.cut) else {
        return Cow::Borrowed(body);
    };
    let kept = body.strip_suffix(CUT).unwrap_or(body);
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
enum ScriptPiece {
    Text(String),
    Bytes(Vec<u8>),
    Times(char, usize),
}

/// Commands that write `body` to the script's body file. It is written as [`raw::text`] writes bytes; names between `@`
/// are filled in by the script.
pub(super) fn commands(body: &str) -> String {
    let pieces = pieces(body);
    let command = |piece: &ScriptPiece| match piece {
        ScriptPiece::Text(t) => format!("text {}", quoted(t)),
        ScriptPiece::Bytes(b) => format!("bytes '{}'", b.iter().map(|b| format!("\\{b:03o}")).collect::<String>()),
        ScriptPiece::Times(c, n) => {
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

fn pieces(body: &str) -> Vec<ScriptPiece> {
    let mut pieces = Vec::new();
    for chunk in raw::bytes(body).utf8_chunks() {
        pieces_of_text(chunk.valid(), &mut pieces);
        push(&mut pieces, ScriptPiece::Bytes(chunk.invalid().to_vec()));
    }
    pieces
}

fn pieces_of_text(text: &str, pieces: &mut Vec<ScriptPiece>) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest.chars().take_while(|c| *c == first).count();
        let (piece, length) = match first {
            '\0' => (ScriptPiece::Bytes(vec![0]), 1),
            _ if run >= MANY && first.is_ascii_graphic() => (ScriptPiece::Times(first, run), run),
            _ => (ScriptPiece::Text(first.to_string()), first.len_utf8()),
        };
        push(pieces, piece);
        rest = &rest[length..];
    }
}

/// Appends a piece, joined with the one before if both are text or both are bytes.
fn push(pieces: &mut Vec<ScriptPiece>, piece: ScriptPiece) {
    match (pieces.last_mut(), piece) {
        (_, ScriptPiece::Bytes(none)) if none.is_empty() => {}
        (Some(ScriptPiece::Text(before)), ScriptPiece::Text(more)) => before.push_str(&more),
        (Some(ScriptPiece::Bytes(before)), ScriptPiece::Bytes(more)) => before.extend(more),
        (_, piece) => pieces.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_runs() {
        let body = format!("{{\"a\":\"\\xff\\xFE\\x5cx41{}\"}}", "y".repeat(300));
        let expected = [
            ScriptPiece::Text("{\"a\":\"".into()),
            ScriptPiece::Bytes(vec![0xff, 0xfe]),
            ScriptPiece::Text("\\x41".into()),
            ScriptPiece::Times('y', 300),
            ScriptPiece::Text("\"}".into()),
        ];
        assert_eq!(pieces(&body), expected);
        assert!(commands("").starts_with(':'));
    }

    #[test]
    fn cut_bodies_are_made_whole() {
        let update = |mutation| Update { id: crate::op::Id::Nobody, set: vec![], mutation: Some(mutation) };
        let cut = |body: String| Exchange { cut: true, ..exchange(&body) };
        let large = cut(format!("{{\"a\":\"{}…", "x".repeat(50)));
        let filled = format!("{{\"a\":\"{}\"}}", "x".repeat(60));
        assert_eq!(whole(&large, Some(&update(WireMutation::Large(60)))), filled);
        let deep = cut(format!("{{\"a\":{}…", "[".repeat(50)));
        let filled = format!("{{\"a\":{}{}}}", "[".repeat(60), "]".repeat(60));
        assert_eq!(whole(&deep, Some(&update(WireMutation::Deep(60)))), filled);
        assert_eq!(whole(&exchange("{}"), None), "{}");
        assert_eq!(whole(&exchange("xx…"), Some(&update(WireMutation::Large(60)))), "xx…");
    }

    fn exchange(body: &str) -> Exchange {
        Exchange { method: "POST".to_owned(), path: "/".to_owned(), body: body.to_owned(), ..Exchange::default() }
    }

    #[test]
    fn quotes() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
