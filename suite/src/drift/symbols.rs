//! Symbols for values that differ from run to run.

use crate::report::plain;
use regex::{Captures, Regex};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use ucks_oracle::json_text;
use ucks_oracle::members::Member;

/// Shorter values are not looked for in other text.
const SHORTEST: usize = 4;
/// The longest text that a recording keeps.
const LONGEST: usize = 300;

/// The kind of value that a member holds, where it is one that each run draws anew.
fn kind(member: &str) -> Option<&'static str> {
    let kinds = [
        ("CustomKeyStoreName", "name"),
        (Member::NewCustomKeyStoreName.name(), "name"),
        (Member::CustomKeyStoreId.name(), "id"),
        (Member::KeyStorePassword.name(), "password"),
        (Member::CloudHsmClusterId.name(), "cluster"),
        ("TrustAnchorCertificate", "trust anchor"),
        (Member::XksProxyUriEndpoint.name(), "endpoint"),
        (Member::XksProxyUriPath.name(), "path"),
        (Member::XksProxyVpcEndpointServiceName.name(), "service"),
        (Member::XksProxyVpcEndpointServiceOwner.name(), "owner"),
        ("AccessKeyId", "access key id"),
        ("RawSecretAccessKey", "secret"),
    ];
    kinds.iter().find(|(name, _)| name.eq_ignore_ascii_case(member)).map(|(_, kind)| *kind)
}

/// Texts that no run has in common with another, whoever made them.
static DRAWN: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "‹request id›"),
        (r"\d{4}-\d{2}-\d{2}[T ][0-9:.]+(Z|[+-][0-9:]+)?", "‹date›"),
        (r"\b\d{10}\.?\d*\b", "‹date›"),
        (r"cks-[0-9A-Za-z]{6,}", "‹id›"),
        (r"\b[0-9a-f]{16,}\b", "‹drawn›"),
    ]
    .into_iter()
    .filter_map(|(pattern, symbol)| Some((Regex::new(pattern).ok()?, symbol)))
    .collect()
});

/// Names that another run would draw otherwise: long, in letters and digits of base 32.
static NAMES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b([A-Z2-7]{10,}|[a-z2-7]{10,})\b").ok());

/// A member with a text, in a body that need not be JSON.
static PAIR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""([A-Za-z]{1,64})"\s*:\s*"([^"]{0,4096})""#).ok());

/// The values of one attempt, in the order in which they came up.
#[derive(Default)]
pub(super) struct Symbols {
    /// Value and symbol, longest value first.
    known: Vec<(String, String)>,
    counts: BTreeMap<&'static str, usize>,
}

impl Symbols {
    /// Takes the values of a request's body.
    pub(super) fn learn(&mut self, body: &str) {
        match json_text::from_str::<Value>(body) {
            Ok(Value::Object(members)) => {
                for (member, value) in &members {
                    match value {
                        Value::String(text) => self.value(member, text),
                        Value::Object(inner) => inner.iter().for_each(|(m, v)| {
                            v.as_str().into_iter().for_each(|text| self.value(m, text));
                        }),
                        _ => {}
                    }
                }
            }
            _ => {
                for pair in PAIR.iter().flat_map(|p| p.captures_iter(body)) {
                    self.value(&pair[1], &pair[2]);
                }
            }
        }
    }

    /// Names a value.
    pub(super) fn name(&mut self, value: &str, symbol: String) {
        if value.is_empty() || self.known.iter().any(|(v, _)| v == value) {
            return;
        }
        self.known.push((value.to_owned(), symbol));
        self.known.sort_by_key(|(v, _)| std::cmp::Reverse(v.len()));
    }

    fn value(&mut self, member: &str, text: &str) {
        let Some(kind) = kind(member) else { return };
        if text.is_empty() || self.known.iter().any(|(v, _)| v == text) {
            return;
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let symbol = format!("‹{kind} {count}›");
        self.name(text, symbol);
    }

    /// A whole value as Describe shows it.
    pub(super) fn shown(&self, value: &str) -> String {
        let alike = |how: &dyn Fn(&str) -> bool| self.known.iter().find(|(v, _)| how(v)).map(|(_, s)| s);
        if let Some(symbol) = alike(&|v| v == value) {
            return symbol.clone();
        }
        if value.len() < SHORTEST {
            return self.text(value);
        }
        if let Some(symbol) = alike(&|v| v.eq_ignore_ascii_case(value)) {
            return format!("{symbol} in other case");
        }
        if let Some(symbol) = alike(&|v| v.trim() == value.trim()) {
            return format!("{symbol} with other blanks");
        }
        if let Some(symbol) = alike(&|v| v.starts_with(value)) {
            return format!("{symbol}, cut to {} bytes", value.len());
        }
        self.text(value)
    }

    /// Free text: every value that stands in it becomes its symbol.
    pub(super) fn text(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (value, symbol) in self.known.iter().filter(|(v, _)| v.len() >= SHORTEST) {
            if out.contains(value.as_str()) {
                out = out.replace(value.as_str(), symbol);
            }
        }
        for (pattern, symbol) in DRAWN.iter() {
            out = pattern.replace_all(&out, *symbol).into_owned();
        }
        let drawn = |found: &Captures<'_>| {
            let has_digit = found[0].contains(|c: char| c.is_ascii_digit());
            if has_digit { "‹drawn›".to_owned() } else { found[0].to_owned() }
        };
        let out = NAMES.as_ref().map_or_else(|| out.clone(), |names| names.replace_all(&out, drawn).into_owned());
        let out = plain(&out);
        match out.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &out[..at]),
            None => out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn symbols() -> Symbols {
        let mut symbols = Symbols::default();
        symbols.name("cks-0123456789abcdef0", "‹id a›".to_owned());
        symbols.learn(
            r#"{"CustomKeyStoreName":"ucks-ABCDEF","XksProxyAuthenticationCredential":{"AccessKeyId":"KEYKEYKEY"}}"#,
        );
        symbols.learn(r#"{"NewCustomKeyStoreName":"ucks-ABCDEFGH","XksProxyConnectivity":"PUBLIC_ENDPOINT"}"#);
        symbols.learn(r#"{"XksProxyUriPath":"/cut/off","#);
        symbols.learn(r#"{"NewCustomKeyStoreName":"y"}"#);
        symbols
    }

    #[rstest]
    #[case("ucks-ABCDEF", "‹name 1›")]
    #[case("ucks-ABCDEFGH", "‹name 2›")]
    #[case("UCKS-abcdefgh", "‹name 2› in other case")]
    #[case("ucks-ABCDEFG", "‹name 2›, cut to 12 bytes")]
    #[case(" ucks-ABCDEF", "‹name 1› with other blanks")]
    #[case("KEYKEYKEY", "‹access key id 1›")]
    #[case("/cut/off", "‹path 1›")]
    #[case("PUBLIC_ENDPOINT", "PUBLIC_ENDPOINT")]
    #[case("DISCONNECTED", "DISCONNECTED")]
    #[case("y", "‹name 3›")]
    #[case("", "")]
    fn whole_values(#[case] value: &str, #[case] symbol: &str) {
        assert_eq!(symbols().shown(value), symbol);
    }

    #[rstest]
    #[case("no store cks-0123456789abcdef0 here", "no store ‹id a› here")]
    #[case("no store cks-ffffffffffffffff", "no store ‹id›")]
    #[case("ucks-ABCDEFGH, not ucks-ABCDEF", "‹name 2›, not ‹name 1›")]
    #[case("18cebce7-98a5-4c4e-861d-a1676b456886 at 2026-11-22T08:54:05Z", "‹request id› at ‹date›")]
    #[case("since 1795337645.123", "since ‹date›")]
    #[case("a value ABCDE2FGHIJK of its own", "a value ‹drawn› of its own")]
    #[case("only whole values may be y", "only whole values may be y")]
    #[case("a\nb\u{1b}[31m", "a\\nb\\u{1b}[31m")]
    fn texts(#[case] text: &str, #[case] written: &str) {
        assert_eq!(symbols().text(text), written);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(symbols().text(&"é".repeat(10_000)).chars().count(), LONGEST + 1);
    }
}
