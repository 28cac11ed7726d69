//! Text made safe and made to fit. A report may contain any answer of a target, so nothing
//! goes out before its control characters are visible.

use std::fmt;

/// `text` on one line: control characters and line breaks become visible escapes, so that no answer
/// can move a cursor, colour a terminal, or end a line of a workflow command.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_direction(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Characters that turn the direction of what follows: they make a line read as something else.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// At most `most` characters of `text`, with an ellipsis where some are missing.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// `text` in lines of at most `width` characters, broken at blanks; longer words are broken too.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_hanging(text, width, width)
}

/// The same, with another width for the first line.
pub(super) fn wrap_hanging(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used, mut width) = (String::new(), 0, first.max(8));
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
            (used, width) = (0, rest.max(8));
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        while word.len() > width - used {
            let rest_of_word = word.split_off(used_of(&word, width - used));
            line.extend(word);
            lines.push(std::mem::take(&mut line));
            (used, width) = (0, rest.max(8));
            word = rest_of_word;
        }
        used += word.len();
        line.extend(word);
    }
    if used > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The number of characters of a word that go into `room` columns: up to a mark near their end, if there is one.
fn used_of(word: &[char], room: usize) -> usize {
    let mark = word[..room].iter().rposition(|c| ",/&;?".contains(*c)).map_or(0, |at| at + 1);
    if mark * 3 > room * 2 { mark } else { room }
}

/// `1 rule`, `2 rules`.
pub(crate) fn counted<N: From<u8> + PartialEq + fmt::Display>(n: N, what: &str) -> String {
    if n == N::from(1) { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// A time in seconds with one decimal, or whole ones from a hundred on.
pub(super) fn seconds(ms: u64) -> String {
    if ms >= 100_000 { format!("{} s", ms / 1000) } else { format!("{}.{} s", ms / 1000, ms % 1000 / 100) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a b c", 8, &["a b c"])]
    #[case("twelve letters", 8, &["twelve", "letters"])]
    #[case("aaaaaaaaaaaa b", 8, &["aaaaaaaa", "aaaa b"])]
    #[case("aaaaaaaa", 8, &["aaaaaaaa"])]
    #[case("", 8, &[""])]
    fn wrapping(#[case] text: &str, #[case] width: usize, #[case] lines: &[&str]) {
        assert_eq!(wrap(text, width), lines);
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(plain("a\u{1b}[31mb\r\n\u{202e}"), "a\\u{1b}[31mb\\r\\n\\u{202e}");
    }

    #[rstest]
    #[case(950, "0.9 s")]
    #[case(12_340, "12.3 s")]
    #[case(100_900, "100 s")]
    fn times(#[case] ms: u64, #[case] text: &str) {
        assert_eq!(seconds(ms), text);
    }
}
