//! A body as a JSON tree. Unlike a JSON library's value it keeps repeated members, their
//! order, and how strings are written, and it can be written as something that is not JSON.

use arbitrary::{Arbitrary, Unstructured};
use serde_json::value::RawValue;
use ucks_oracle::json_text;
use ucks_oracle::members::Member;

use super::values;

/// A value as it is in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Written as it is: numbers, `true`, `null`, and what is too deep to take apart.
    Word(String),
    /// A string: the text between the quotes, with escapes as they are written.
    Text(String),
    /// An array.
    List(Vec<Tree>),
    /// An object: names as they are written between the quotes.
    Object(Vec<(String, Tree)>),
}

/// Values deeper than this are taken as they are written.
const DEPTH: usize = 24;

impl Tree {
    /// Takes a JSON text apart; `None` if the bytes are not JSON.
    pub fn read(bytes: &[u8]) -> Option<Tree> {
        let text = std::str::from_utf8(bytes).ok()?;
        let raw: &RawValue = serde_json::from_str(text).ok()?;
        Some(Tree::of(raw.get(), 0))
    }

    fn of(raw: &str, depth: usize) -> Tree {
        let parts = match raw.as_bytes().first() {
            _ if depth >= DEPTH => None,
            Some(b'"') => Some(Tree::Text(between_quotes(raw).to_owned())),
            Some(b'{') => json_text::members(raw).ok().map(|all| {
                Tree::Object(all.iter().map(|(n, v)| (between_quotes(n).to_owned(), Tree::of(v, depth + 1))).collect())
            }),
            Some(b'[') => {
                let items = serde_json::from_str::<Vec<&RawValue>>(raw);
                items.ok().map(|all| Tree::List(all.iter().map(|v| Tree::of(v.get(), depth + 1)).collect()))
            }
            _ => None,
        };
        parts.unwrap_or_else(|| Tree::Word(raw.to_owned()))
    }

    /// The body.
    pub fn written(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Tree::Word(word) => out.push_str(word),
            Tree::Text(text) => quote(text, out),
            Tree::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    item.write(out);
                }
                out.push(']');
            }
            Tree::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    quote(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// A string of this value, escaped as JSON asks.
    pub fn text(value: &str) -> Tree {
        let written = serde_json::Value::from(value).to_string();
        Tree::Text(between_quotes(&written).to_owned())
    }

    /// Calls `shown` for every value, outermost first, with the name of its member.
    pub fn each(&mut self, name: Option<&str>, shown: &mut dyn FnMut(Option<&str>, &mut Tree)) {
        shown(name, self);
        match self {
            Tree::List(items) => items.iter_mut().for_each(|item| item.each(name, shown)),
            Tree::Object(members) => members.iter_mut().for_each(|(name, value)| value.each(Some(name), shown)),
            Tree::Word(_) | Tree::Text(_) => {}
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

fn between_quotes(raw: &str) -> &str {
    raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()
}

/// A request: mostly members of the table with values that are valid or at an edge, sometimes others.
impl<'a> Arbitrary<'a> for Tree {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Tree> {
        let mut members = vec![("CustomKeyStoreId".to_owned(), value(u, Member::CustomKeyStoreId)?)];
        for _ in 0..u.int_in_range(0..=4)? {
            members.push(member(u)?);
        }
        Ok(Tree::Object(members))
    }
}

/// A member of a request with its value.
pub(super) fn member(u: &mut Unstructured<'_>) -> arbitrary::Result<(String, Tree)> {
    let member = *u.choose(Member::TOP)?;
    Ok((member.name().to_owned(), value(u, member)?))
}

/// A value for a member: valid, at an edge, or any.
pub(super) fn value(u: &mut Unstructured<'_>, member: Member) -> arbitrary::Result<Tree> {
    if u.ratio(1, 8)? {
        return any(u, 3);
    }
    if member == Member::XksProxyAuthenticationCredential {
        let mut parts = Vec::new();
        for part in [Member::AccessKeyId, Member::RawSecretAccessKey] {
            if !u.ratio(1, 8)? {
                parts.push((part.name().to_owned(), value(u, part)?));
            }
        }
        return Ok(Tree::Object(parts));
    }
    let plain = *u.choose(values::valid(member))?;
    if u.ratio(1, 2)? {
        return Ok(Tree::text(plain));
    }
    let length = *u.choose(&values::edges(&values::row(member)))?;
    Ok(Tree::text(&values::resized(plain, length, *u.choose(&['a', 'é', '😀', '2', '.'])?)))
}

/// Any value, nested no deeper than this.
pub(super) fn any(u: &mut Unstructured<'_>, depth: usize) -> arbitrary::Result<Tree> {
    const WORDS: &[&str] = &["null", "true", "false", "0", "-1.5e3", "18446744073709551616"];
    Ok(match u.int_in_range(0..=if depth == 0 { 1 } else { 3 })? {
        0 => Tree::Word((*u.choose(WORDS)?).to_owned()),
        1 => Tree::text(u.arbitrary::<&str>()?),
        2 => {
            let mut items = Vec::new();
            for _ in 0..u.int_in_range(0..=3)? {
                items.push(any(u, depth - 1)?);
            }
            Tree::List(items)
        }
        _ => {
            let mut members = Vec::new();
            for _ in 0..u.int_in_range(0..=3)? {
                members.push((u.choose(Member::ALL)?.name().to_owned(), any(u, depth - 1)?));
            }
            Tree::Object(members)
        }
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"a":1,"a":[true,{"b":"\ud800"}],"\u0061":null}"#)]
    #[case(r#"{"a\ud800":"\"\\"}"#)]
    #[case("[]")]
    fn what_is_read_is_written_again(#[case] text: &str) {
        assert_eq!(Tree::read(text.as_bytes()).map(|t| t.written()).as_deref(), Some(text));
    }

    #[test]
    fn what_is_too_deep_stays_as_it_is() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Tree::read(deep.as_bytes()).map(|t| t.written()), Some(deep));
    }

    #[test]
    fn requests_of_arbitrary_are_json() {
        for seed in 0..200_u64 {
            let mut random = fastrand::Rng::with_seed(seed);
            let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(400).collect();
            let tree = Tree::arbitrary(&mut Unstructured::new(&bytes)).unwrap();
            assert!(Tree::read(tree.written().as_bytes()).is_some(), "{}", tree.written());
        }
    }
}
