//! The mutator of trees: types are swapped, members duplicated, renamed, removed and added, values
//! nested and stretched to the edges of their constraints, escapes broken.

use arbitrary::{Arbitrary, Unstructured};
use fastrand::Rng;
use ucks_oracle::members::Member;

use super::tree::{self, Tree};
use super::values;

/// The fuzzer's own mutation of bytes: buffer, length, greatest length to new length.
pub type ByteMutator = fn(&mut [u8], usize, usize) -> usize;

/// Mutates the body in `data[..size]` and returns its new length, at most `max_size`. What is no
/// JSON, and one body in four, is left to the fuzzer's mutation of bytes.
pub fn body(data: &mut [u8], size: usize, max_size: usize, seed: u32, bytes: ByteMutator) -> usize {
    let mut random = Rng::with_seed(u64::from(seed));
    let size = size.min(data.len());
    let tree = if random.u8(..4) == 0 { None } else { Tree::read(&data[..size]) };
    let Some(tree) = tree else { return bytes(data, size, max_size) };
    let mutated = mutated(tree, &mut random, max_size.min(data.len()));
    if mutated.len() > max_size.min(data.len()) {
        return bytes(data, size, max_size);
    }
    data[..mutated.len()].copy_from_slice(&mutated);
    mutated.len()
}

/// Returns the bytes after one to four changes, for input that is not a tree and for runs without a fuzzer.
pub fn bytes(input: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random.usize(..4) {
        let at = random.usize(..=bytes.len());
        match random.u8(..5) {
            0 => bytes.insert(at, random.u8(..)),
            1 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
            2 if at < bytes.len() => {
                bytes.drain(at..(at + 1 + random.usize(..8)).min(bytes.len()));
            }
            3 => {
                let odd = pick(random, &["{", "}", "[", "\"", "\\", ":", ",", "\u{feff}", "\0", "null", "1e9"]);
                bytes.splice(at..at, odd.bytes());
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// The tree after one to four changes, written.
pub fn mutated(mut tree: Tree, random: &mut Rng, max_size: usize) -> Vec<u8> {
    for _ in 0..=random.usize(..4) {
        change(&mut tree, random, max_size);
    }
    let mut text = tree.written();
    match random.u8(..24) {
        0 => text.push_str(pick(random, &["{}", " ", "x", "\0", "]", "\n// end", "{"])),
        1 => text.insert_str(0, pick(random, &["\u{feff}", " ", "\n", "x", "["])),
        2 => text.truncate(place(&text, random)),
        3 => {
            let at = place(&text, random);
            text.insert_str(at, pick(random, &[" ", "\r\n", ",", "/**/", "\t", "\\u0000", "NaN"]));
        }
        4 => text = format!("[{text}]"),
        5 if text.ends_with('}') => text.insert(text.len() - 1, ','),
        _ => {}
    }
    text.into_bytes()
}

fn change(tree: &mut Tree, random: &mut Rng, max_size: usize) {
    let mut count = 0;
    tree.each(None, &mut |_, _| count += 1);
    let chosen = random.usize(..count);
    // The object itself is the place for most that happens to members.
    let chosen = if random.bool() { 0 } else { chosen };
    let mut at = 0;
    tree.each(None, &mut |name, value| {
        if at == chosen {
            change_one(name, value, random, max_size);
        }
        at += 1;
    });
}

fn change_one(name: Option<&str>, value: &mut Tree, random: &mut Rng, max_size: usize) {
    match value {
        Tree::Object(members) => match random.u8(..7) {
            0 if !members.is_empty() => {
                let mut copy = members[random.usize(..members.len())].clone();
                if let Some(other) = drawn(random, |u| tree::any(u, 2)).filter(|_| random.bool()) {
                    copy.1 = other;
                }
                members.insert(random.usize(..=members.len()), copy);
            }
            1 if !members.is_empty() => {
                let at = random.usize(..members.len());
                members[at].0 = renamed(&members[at].0, random);
            }
            2 if !members.is_empty() => {
                members.remove(random.usize(..members.len()));
            }
            3 => random.shuffle(members),
            4 if random.u8(..8) == 0 => *value = drawn(random, a_tree).unwrap_or(Tree::List(Vec::new())),
            5 if !members.is_empty() => {
                let at = random.usize(..members.len());
                let Some(member) = Member::ALL.iter().find(|m| m.name() == members[at].0) else { return };
                members[at].1 = drawn(random, |u| tree::value(u, *member)).unwrap_or(Tree::List(Vec::new()));
            }
            _ => {
                let at = random.usize(..=members.len());
                members.splice(at..at, drawn(random, tree::member));
            }
        },
        Tree::List(items) if !items.is_empty() && random.bool() => {
            items.remove(random.usize(..items.len()));
        }
        Tree::Text(text) => match random.u8(..4) {
            0 => *text = stretched(name, text, random),
            1 => break_escape(text, random),
            2 => other_type(value, random),
            _ => nest(value, random, max_size),
        },
        _ if random.bool() => other_type(value, random),
        _ => nest(value, random, max_size),
    }
}

fn other_type(value: &mut Tree, random: &mut Rng) {
    if let Some(other) = drawn(random, |u| tree::any(u, 2)) {
        *value = other;
    }
}

/// Another name: another member's, its own in other case or in escapes, or one that nobody knows.
fn renamed(name: &str, random: &mut Rng) -> String {
    match random.u8(..5) {
        0 | 1 => Member::ALL[random.usize(..Member::ALL.len())].name().to_owned(),
        2 => name.to_ascii_lowercase(),
        3 => name.chars().map(|c| format!("\\u{:04x}", u32::from(c) & 0xffff)).collect(),
        _ => format!("{name}\\ud800"),
    }
}

/// The text at an edge of its member's length, in characters of one to four bytes.
fn stretched(name: Option<&str>, text: &str, random: &mut Rng) -> String {
    let member = Member::ALL.iter().find(|m| Some(m.name()) == name).copied().unwrap_or(Member::NewCustomKeyStoreName);
    let edges = values::edges(&values::row(member));
    let length = edges[random.usize(..edges.len())];
    let fill = ['a', '2', 'é', '€', '😀'][random.usize(..5)];
    // Cutting an escape in two would leave no string.
    let plain = if text.contains('\\') { "fuzz" } else { text };
    values::resized(plain, length, fill)
}

fn break_escape(text: &mut String, random: &mut Rng) {
    const ODD: &[&str] = &[
        "\\ud800",
        "\\udc00",
        "\\udc00\\ud800",
        "\\ud83d\\ude00",
        "\\u0000",
        "\\u0061",
        "\\n",
        "\\/",
        "\\\"",
        "\\\\",
        "\\u12",
        "\\x",
        "\\",
        "\u{1}",
        "\n",
        "\u{7f}",
        "\u{fffd}",
        "\u{2028}",
        "!",
        " ",
    ];
    let odd = pick(random, ODD);
    let at = match random.u8(..3) {
        0 => 0,
        1 => text.len(),
        _ => place(text, random),
    };
    text.insert_str(at, odd);
}

/// Puts the value into lists or objects, a few or as many as fit.
fn nest(value: &mut Tree, random: &mut Rng, max_size: usize) {
    let (open, close) = if random.bool() { ("[", "]") } else { ("{\"a\":", "}") };
    let inner = value.written();
    let most = max_size.saturating_sub(inner.len() + 256) / (open.len() + close.len());
    let depth = 1_usize << if random.u8(..32) == 0 { random.u32(8..18) } else { random.u32(..8) };
    let depth = depth.min(most);
    *value = Tree::Word(format!("{}{inner}{}", open.repeat(depth), close.repeat(depth)));
}

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}

/// Arbitrary for any lifetime of the bytes.
fn a_tree(u: &mut Unstructured<'_>) -> arbitrary::Result<Tree> {
    Tree::arbitrary(u)
}

/// Somewhere in the text, between two characters.
fn place(text: &str, random: &mut Rng) -> usize {
    let at = random.usize(..=text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Returns a value that [`Arbitrary`] makes of fresh random bytes.
fn drawn<T>(random: &mut Rng, draw: impl FnOnce(&mut Unstructured<'_>) -> arbitrary::Result<T>) -> Option<T> {
    let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(96).collect();
    draw(&mut Unstructured::new(&bytes)).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ucks_oracle::request::Body;
    use ucks_oracle::revision::Revision;

    use super::*;

    const PLAIN: &str = r#"{"CustomKeyStoreId":"cks-0123456789abcdefa","NewCustomKeyStoreName":"a"}"#;

    #[test]
    fn equal_seeds_give_equal_bodies_within_the_size() {
        for seed in 0..2_000 {
            let run = |size: usize| {
                let mut data = vec![0; 4096];
                data[..PLAIN.len()].copy_from_slice(PLAIN.as_bytes());
                let size = body(&mut data, PLAIN.len(), size, seed, |_, size, _| size);
                data.truncate(size);
                data
            };
            assert_eq!(run(300), run(300));
            assert!(run(100).len() <= 100 && run(4096).len() <= 4096);
        }
    }

    #[test]
    fn the_mutator_reaches_what_the_rules_tell_apart() {
        let mut seen = BTreeSet::new();
        for seed in 0..4_000 {
            let mut random = Rng::with_seed(seed);
            let Some(tree) = Tree::read(PLAIN.as_bytes()) else { panic!("the plain request is JSON") };
            let bytes = mutated(tree, &mut random, 1 << 16);
            if bytes.iter().filter(|b| matches!(b, b'[' | b'{')).count() > 10_000 {
                seen.insert("deep");
            }
            match Body::parse(&bytes, Revision::LATEST) {
                Err(rejection) => {
                    seen.insert(rejection.name());
                }
                Ok(body) => {
                    let facts = [
                        ("repeated", !body.repeated.is_empty()),
                        ("null", !body.nulls.is_empty()),
                        ("wrong type", !body.wrong.is_empty()),
                        ("unknown", body.unknown && !body.miscased),
                        ("other case", body.miscased),
                        ("odd text", !body.odd_text.is_empty()),
                        ("half a credential", body.half_credential()),
                        ("counts differ", body.notable().iter().any(|(_, v)| !v.counts_agree)),
                    ];
                    seen.extend(facts.iter().filter(|(_, holds)| *holds).map(|(what, _)| *what));
                }
            }
        }
        let wanted = [
            "repeated",
            "null",
            "wrong type",
            "unknown",
            "other case",
            "deep",
            "odd text",
            "half a credential",
            "counts differ",
            "body cut off",
            "not JSON",
            "trailing comma",
            "comment, NaN or raw control character",
            "bytes after the object",
            "byte-order mark",
            "JSON, but no object",
        ];
        let missing: Vec<&str> = wanted.into_iter().filter(|w| !seen.contains(w)).collect();
        assert!(missing.is_empty(), "never made: {missing:?}");
    }
}
