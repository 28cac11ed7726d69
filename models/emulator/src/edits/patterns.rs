//! Edits of a pattern: each end of each character class left out, each neighbour let in, each bound of a
//! repetition moved, each branch left out, each full stop any character.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

/// Returns the patterns that differ from this one in one place, each with a few words that describe the place.
/// A pattern that cannot be parsed has none.
pub(super) fn variants(bare: &str) -> Vec<(String, String)> {
    let Ok(parsed) = regex_syntax::parse(bare) else { return Vec::new() };
    let mut all: Vec<(String, String)> = Vec::new();
    for (words, edited) in of(&parsed) {
        let expression = format!("\\A(?:{edited})\\z");
        if edited != parsed && all.iter().all(|(_, known)| *known != expression) {
            all.push((words, expression));
        }
    }
    // The same words for several places get numbers.
    for at in 0..all.len() {
        let before = all[..at].iter().filter(|(words, _)| words.split('@').next() == Some(&all[at].0)).count();
        if before > 0 {
            all[at].0 = format!("{}@{}", all[at].0, before + 1);
        }
    }
    all
}

fn of(hir: &Hir) -> Vec<(String, Hir)> {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => of_class(class),
        HirKind::Repetition(repetition) => of_repetition(repetition),
        HirKind::Capture(capture) => {
            let inside = |sub| Hir::capture(regex_syntax::hir::Capture { sub: Box::new(sub), ..capture.clone() });
            of(&capture.sub).into_iter().map(|(words, sub)| (words, inside(sub))).collect()
        }
        HirKind::Concat(parts) => of_each(parts, Hir::concat),
        HirKind::Alternation(branches) => {
            let without = |at: usize| {
                let mut left = branches.clone();
                left.remove(at);
                (format!("no-branch-{}", at + 1), Hir::alternation(left))
            };
            (0..branches.len()).map(without).chain(of_each(branches, Hir::alternation)).collect()
        }
        HirKind::Literal(literal) => of_literal(&String::from_utf8_lossy(&literal.0)),
        _ => Vec::new(),
    }
}

/// One of the parts edited, and the others as they are.
fn of_each(parts: &[Hir], whole: fn(Vec<Hir>) -> Hir) -> Vec<(String, Hir)> {
    let mut all = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        for (words, edited) in of(part) {
            let mut parts = parts.to_vec();
            parts[at] = edited;
            all.push((words, whole(parts)));
        }
    }
    all
}

fn of_class(class: &ClassUnicode) -> Vec<(String, Hir)> {
    let mut all = Vec::new();
    for range in class.ranges() {
        let (first, last) = (range.start(), range.end());
        let mut ends = vec![(first, before(first)), (last, after(last))];
        ends.dedup_by_key(|(end, _)| *end);
        for (end, _) in &ends {
            all.push((format!("no-{}", word(*end)), without(class, *end)));
        }
        let neighbours = [before(first), after(last)];
        for letter in neighbours.into_iter().flatten() {
            let mut wider = class.clone();
            wider.push(ClassUnicodeRange::new(letter, letter));
            all.push((format!("and-{}", word(letter)), Hir::class(Class::Unicode(wider))));
        }
    }
    all
}

fn without(class: &ClassUnicode, letter: char) -> Hir {
    let mut less = class.clone();
    less.difference(&ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]));
    Hir::class(Class::Unicode(less))
}

fn before(letter: char) -> Option<char> {
    u32::from(letter).checked_sub(1).and_then(char::from_u32)
}

fn after(letter: char) -> Option<char> {
    char::from_u32(u32::from(letter) + 1)
}

fn of_repetition(repetition: &Repetition) -> Vec<(String, Hir)> {
    let with = |min: u32, max: Option<u32>| Hir::repetition(Repetition { min, max, ..repetition.clone() });
    let (min, max) = (repetition.min, repetition.max);
    let mut all = vec![(format!("from-{}", min + 1), with(min + 1, max.map(|max| max.max(min + 1))))];
    if min > 0 {
        all.push((format!("from-{}", min - 1), with(min - 1, max)));
    }
    if let Some(max) = max {
        all.push((format!("to-{}", max + 1), with(min, Some(max + 1))));
        if max > min.max(1) {
            all.push((format!("to-{}", max - 1), with(min, Some(max - 1))));
        }
        all.push(("endless".to_owned(), with(min, None)));
    }
    let inside = |sub| Hir::repetition(Repetition { sub: Box::new(sub), ..repetition.clone() });
    all.extend(of(&repetition.sub).into_iter().map(|(words, sub)| (words, inside(sub))));
    all
}

/// Each full stop of a literal as any character.
fn of_literal(text: &str) -> Vec<(String, Hir)> {
    let literal = |text: &str| Hir::literal(text.as_bytes());
    let any = || Hir::dot(regex_syntax::hir::Dot::AnyCharExceptLF);
    let stops = text.match_indices('.');
    stops
        .map(|(at, _)| {
            ("any-for-stop".to_owned(), Hir::concat(vec![literal(&text[..at]), any(), literal(&text[at + 1..])]))
        })
        .collect()
}

/// A name for a character.
fn word(letter: char) -> String {
    if letter.is_ascii_alphanumeric() { letter.to_string() } else { format!("u{:02x}", u32::from(letter)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_is_left_out_and_each_neighbour_let_in() {
        let all = variants("[a-c]{1,2}\\.x");
        let words: Vec<_> = all.iter().map(|(words, _)| words.as_str()).collect();
        for expected in ["no-a", "no-c", "and-u60", "and-d", "from-2", "from-0", "to-3", "endless", "any-for-stop"] {
            assert!(words.contains(&expected), "{expected} of {words:?}");
        }
        let fits = |words: &str, text: &str| {
            let (_, expression) = all.iter().find(|(known, _)| known == words).unwrap();
            regex::Regex::new(expression).unwrap().is_match(text)
        };
        assert!(!fits("no-a", "a.x") && fits("no-a", "b.x"));
        assert!(fits("and-d", "d.x") && !fits("and-d", "e.x"));
        assert!(fits("any-for-stop", "a!x") && !fits("any-for-stop", "a!y"));
        assert!(fits("to-3", "abc.x") && !fits("from-2", "a.x"));
    }

    #[test]
    fn the_patterns_of_the_model_have_many() {
        assert!(variants("(/[a-zA-Z0-9\\/_-]+/kms/xks/v[0-9]{1,2})|(/kms/xks/v[0-9]{1,2})").len() > 30);
        assert!(variants("[A-Z2-7]+").len() >= 9);
    }
}
