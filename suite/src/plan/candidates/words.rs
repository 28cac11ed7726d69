//! Values from a member's pattern: words that use every end of every character class, and words with one
//! character beside a class.
//!
//! A service that takes less than the pattern refuses one of the first, a service that takes more
//! accepts one of the second. Many ends share a word, because an accepted word decides all of its
//! characters; each neighbour has a word of its own, because two faults in one value prove neither.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Repetition};
use ucks_oracle::members::MemberRow;

/// Words that match the pattern of the row and have, together, every end of every class.
pub(super) fn accepted(row: &MemberRow) -> Vec<String> {
    parsed(row)
        .map(|hir| (0..branches(&hir)).filter_map(|branch| word(row, &hir, branch, None)).collect())
        .unwrap_or_default()
}

/// Words that differ from a match of the pattern by one character, which is beside a class.
pub(super) fn refused(row: &MemberRow) -> Vec<String> {
    let Some(hir) = parsed(row) else { return Vec::new() };
    // Branches inside a word change a literal; branches of the whole pattern have classes of their own.
    let whole = if is_alternation(&hir) { branches(&hir) } else { 1 };
    let mut all: Vec<String> = Vec::new();
    for branch in 0..whole {
        for (place, class) in classes(&hir, branch).iter().enumerate() {
            for letter in beside(class) {
                let refused = word(row, &hir, branch, Some((place, letter)));
                all.extend(refused.filter(|word| !all.contains(word) && breaks_pattern(row, word)));
            }
        }
    }
    all
}

fn parsed(row: &MemberRow) -> Option<Hir> {
    regex_syntax::parse(row.pattern?).ok()
}

fn breaks_pattern(row: &MemberRow, word: &str) -> bool {
    row.member.constraint_violations(ucks_oracle::revision::Revision::LATEST, word).form.is_some()
}

fn inside(hir: &Hir) -> &Hir {
    match hir.kind() {
        HirKind::Capture(capture) => inside(&capture.sub),
        _ => hir,
    }
}

fn is_alternation(hir: &Hir) -> bool {
    matches!(inside(hir).kind(), HirKind::Alternation(_))
}

/// Returns the number of branches of the widest alternation.
fn branches(hir: &Hir) -> usize {
    match inside(hir).kind() {
        HirKind::Alternation(all) => all.len(),
        HirKind::Concat(parts) => parts.iter().map(branches).max().unwrap_or(1),
        HirKind::Repetition(repetition) => branches(&repetition.sub),
        _ => 1,
    }
}

/// The classes on the way through this branch, in order.
fn classes(hir: &Hir, branch: usize) -> Vec<ClassUnicode> {
    match inside(hir).kind() {
        HirKind::Class(Class::Unicode(class)) => vec![class.clone()],
        HirKind::Class(Class::Bytes(class)) => class.to_unicode_class().into_iter().collect(),
        HirKind::Repetition(repetition) => classes(&repetition.sub, branch),
        HirKind::Concat(parts) => parts.iter().flat_map(|part| classes(part, branch)).collect(),
        HirKind::Alternation(all) => {
            all.get(branch.min(all.len() - 1)).map(|one| classes(one, branch)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// First and last character of each range of the class.
fn ends(class: &ClassUnicode) -> Vec<char> {
    class.ranges().iter().flat_map(|range| [range.start(), range.end()]).collect()
}

/// The characters just before and behind the ranges of the class.
fn beside(class: &ClassUnicode) -> Vec<char> {
    let is_in = |letter: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&letter));
    let near = class.ranges().iter().flat_map(|range| {
        let (first, last) = (u32::from(range.start()), u32::from(range.end()));
        [first.checked_sub(1), Some(last + 1)].into_iter().flatten().filter_map(char::from_u32)
    });
    let mut near: Vec<char> = near.filter(|letter| !is_in(*letter)).collect();
    near.sort_unstable();
    near.dedup();
    near
}

/// A word of the pattern through this branch, of a length that the row admits, with one character put into the run
/// of the class at that place. `None` where no such word is short enough.
fn word(row: &MemberRow, hir: &Hir, branch: usize, odd: Option<(usize, char)>) -> Option<String> {
    // Runs without an end grow until the word is long enough.
    (0..=row.min).map(|run| CandidateWriter { branch, odd, run, class: 0, out: String::new() }.written(hir)).find(
        |word| {
            let length = word.chars().count();
            length >= row.min && row.max.is_none_or(|max| length <= max)
        },
    )
}

struct CandidateWriter {
    branch: usize,
    odd: Option<(usize, char)>,
    /// The least length of runs without an end.
    run: usize,
    /// Classes written so far.
    class: usize,
    out: String,
}

impl CandidateWriter {
    fn written(mut self, hir: &Hir) -> String {
        self.write(hir);
        self.out
    }

    fn write(&mut self, hir: &Hir) {
        match inside(hir).kind() {
            HirKind::Literal(literal) => self.out.push_str(&String::from_utf8_lossy(&literal.0)),
            HirKind::Class(_) => self.run(hir, 1, Some(1)),
            HirKind::Repetition(repetition) => self.repeat(repetition),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part)),
            HirKind::Alternation(all) => {
                if let Some(one) = all.get(self.branch.min(all.len() - 1)) {
                    self.write(one);
                }
            }
            _ => {}
        }
    }

    fn repeat(&mut self, repetition: &Repetition) {
        if matches!(inside(&repetition.sub).kind(), HirKind::Class(_)) {
            return self.run(&repetition.sub, repetition.min, repetition.max);
        }
        let first = self.class;
        for _ in 0..repetition.min.max(1) {
            self.class = first;
            self.write(&repetition.sub);
        }
    }

    /// Characters of one class: all of its ends, as far as they have room.
    fn run(&mut self, class: &Hir, min: u32, max: Option<u32>) {
        let Some(class) = classes(class, self.branch).into_iter().next() else { return };
        let ends = ends(&class);
        let least = if max.is_none() { self.run.max(min as usize) } else { min as usize };
        let length = ends.len().max(least).min(max.map_or(usize::MAX, |max| max as usize));
        let mut run: Vec<char> = ends.iter().copied().cycle().take(length).collect();
        if let Some((place, letter)) = self.odd
            && place == self.class
        {
            let middle = run.len() / 2;
            run[middle] = letter;
        }
        self.class += 1;
        self.out.extend(run);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ucks_oracle::members::Member;
    use ucks_oracle::revision::Revision;

    use super::*;

    fn rows() -> impl Iterator<Item = MemberRow> {
        Member::ALL.iter().map(|member| member.row(Revision::LATEST)).filter(|row| row.pattern.is_some())
    }

    #[test]
    fn every_end_is_in_a_word_that_matches() {
        for row in rows() {
            let words = accepted(&row);
            assert!(!words.is_empty(), "{row:?}");
            let letters: BTreeSet<char> = words.iter().flat_map(|word| word.chars()).collect();
            let hir = parsed(&row).unwrap();
            for end in (0..branches(&hir)).flat_map(|branch| classes(&hir, branch)).flat_map(|class| ends(&class)) {
                assert!(letters.contains(&end), "{end} of {row:?}: {words:?}");
            }
            for word in words {
                assert!(row.member.constraint_violations(Revision::LATEST, &word).none(), "{word} of {row:?}");
            }
        }
    }

    #[test]
    fn every_word_beside_a_class_breaks_the_pattern_alone() {
        let mut count = 0;
        for row in rows() {
            for word in refused(&row) {
                let found = row.member.constraint_violations(Revision::LATEST, &word);
                assert!(found.length.is_none() && found.form.is_some(), "{word} of {row:?}: {found:?}");
                count += 1;
            }
        }
        println!("{count} words");
        assert!((40..80).contains(&count), "{count}");
    }
}
