//! Halves of characters in strings (W-21).
//!
//! A `\u` escape may denote a lone surrogate, which no Rust string holds. Inside the service a
//! character of the last private-use block represents each of the 2,048 surrogates. A character of that
//! block that a request really has is kept with [`LITERAL`] before it, so that nothing is taken for
//! something else; answers write both as they were sent.
//!
//! ```text
//! in a request        inside              in an answer
//! \ud800              U+10F800            \ud800
//! U+10F800            LITERAL U+10F800    U+10F800
//! ```

use std::borrow::Cow;

/// The first character that represents a surrogate.
const FIRST: u32 = 0x10_f800;
/// Marks the next character as itself. A mark is kept after a mark, too.
const LITERAL: char = '\u{10f7ff}';

/// Returns the character that represents a surrogate inside the service.
pub(crate) fn kept(surrogate: u32) -> Option<char> {
    char::from_u32(FIRST + surrogate.checked_sub(0xd800)?)
}

/// Returns the surrogate that a character represents.
fn surrogate(letter: char) -> Option<u32> {
    Some(u32::from(letter).checked_sub(FIRST)? + 0xd800)
}

/// Returns true if a request's text may have a character that has another meaning inside.
fn suspicious(text: &str) -> bool {
    // All characters from LITERAL on begin with this byte in UTF-8.
    text.as_bytes().contains(&0xf4)
}

/// A piece of a request's text, without escapes, as it is kept.
pub(crate) fn literal(text: &str) -> Cow<'_, str> {
    if !suspicious(text) {
        return Cow::Borrowed(text);
    }
    let marked = text.chars().flat_map(|letter| (letter >= LITERAL).then_some(LITERAL).into_iter().chain([letter]));
    Cow::Owned(marked.collect())
}

/// The text as a request would count it: half a character is one (W-16).
pub(crate) fn length(text: &str) -> usize {
    let mut letters = text.chars();
    let next = || letters.next().map(|letter| if letter == LITERAL { letters.next() } else { Some(letter) });
    std::iter::from_fn(next).count()
}

/// Returns true if the text has half a character.
pub(crate) fn has_half(text: &str) -> bool {
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == LITERAL {
            letters.next();
        } else if surrogate(letter).is_some() {
            return true;
        }
    }
    false
}

/// The body of an answer as it goes out: halves as escapes, everything else as it was sent.
pub(crate) fn written(body: String) -> String {
    if !suspicious(&body) {
        return body;
    }
    let mut out = String::with_capacity(body.len());
    let mut letters = body.chars();
    while let Some(letter) = letters.next() {
        match surrogate(letter) {
            _ if letter == LITERAL => out.extend(letters.next()),
            Some(surrogate) => out.push_str(&format!("\\u{surrogate:04x}")),
            None => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_surrogate_goes_in_and_out() {
        for unit in 0xd800..0xe000 {
            let inside = format!("a{}b", kept(unit).unwrap());
            assert!(has_half(&inside));
            assert_eq!(length(&inside), 3);
            assert_eq!(written(inside), format!("a\\u{unit:04x}b"));
        }
    }

    #[test]
    fn every_other_character_stays() {
        for text in ["", "aé😀", "\u{10f7fe}", "\u{10f7ff}", "\u{10f800}", "\u{10ffff}x", "\u{10f7ff}\u{10f7ff}"] {
            let inside = literal(text).into_owned();
            assert!(!has_half(&inside));
            assert_eq!(length(&inside), text.chars().count());
            assert_eq!(written(inside), text);
        }
    }
}
