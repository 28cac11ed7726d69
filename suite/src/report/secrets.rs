//! Passwords and secrets of a record, which no report shows.
//!
//! Every generated password and secret is thrown away after use, but a reader of a report cannot know that, and a scan
//! for leaked secrets must not find any. The values are read from the requests, as they were sent: a body that is no
//! JSON is searched for the members' names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use ucks_oracle::members::Member;

use crate::record::{Exchange, Finding, Record, Unstable};
use crate::replay::Key;

/// The text that replaces a secret in a report.
pub(super) const HIDDEN: &str = "•••";

/// The members whose values are secrets.
const MEMBERS: [Member; 2] = [Member::KeyStorePassword, Member::RawSecretAccessKey];
/// Shorter values are found inside of ordinary words, and are the refused ones that are too short to be secrets.
const SHORTEST: usize = 6;

/// The secrets of a record.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// The forms in which secrets occur, longest first.
    forms: Vec<String>,
}

impl Secrets {
    /// Reads the secrets from all requests of a record.
    pub(super) fn of(record: &Record) -> Secrets {
        let unstable = record.unstable.iter().flat_map(|u| &u.exchanges);
        Secrets::in_requests(record.findings.iter().flat_map(|f| &f.exchanges).chain(unstable))
    }

    /// Reads the secrets from the requests of a divergence that did not come again.
    pub(super) fn of_unstable(one: &Unstable) -> Secrets {
        Secrets::in_requests(one.exchanges.iter())
    }

    /// Reads the secrets from the requests of one finding.
    pub(super) fn of_finding(finding: &Finding) -> Secrets {
        Secrets::in_requests(finding.exchanges.iter())
    }

    fn in_requests<'a>(exchanges: impl Iterator<Item = &'a Exchange>) -> Secrets {
        let mut values = BTreeSet::new();
        let mut masks = BTreeSet::new();
        for exchange in exchanges {
            masks.extend(exchange.masked.iter().map(|of| crate::run::log::mask(of)));
            match serde_json::from_str::<Value>(&exchange.body) {
                Ok(body) => in_value(&body, &mut values),
                Err(_) => in_text(&exchange.body, &mut values),
            }
            // A member that is given twice is parsed once.
            in_text(&exchange.body, &mut values);
        }
        // A placeholder for a secret of the profile is not a secret.
        values.retain(|value| !masks.iter().any(|mask| value.contains(mask.as_str())));
        let forms: BTreeSet<String> = values.iter().flat_map(|v| forms(v)).filter(|f| f.len() >= SHORTEST).collect();
        let mut forms: Vec<String> = forms.into_iter().collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Secrets { forms }
    }

    /// Returns the text with `•••` in place of each secret.
    pub(super) fn hide(&self, text: &str) -> String {
        self.replaced(text, |_| HIDDEN.to_owned())
    }

    /// Returns the text with another value of the same length and character classes in place of each secret, so that a
    /// script made of it still shows the finding. Equal secrets stay equal, and others stay different.
    pub(super) fn disguise(&self, text: &str) -> String {
        self.replaced(text, |secret| if secret.contains("\\u") { disguised_escapes(secret) } else { disguised(secret) })
    }

    fn replaced(&self, text: &str, with: impl Fn(&str) -> String) -> String {
        let mut out = text.to_owned();
        for form in &self.forms {
            if out.contains(form.as_str()) {
                out = out.replace(form.as_str(), &with(form));
            }
        }
        out
    }
}

/// Returns the record with `•••` in place of each secret that its requests hold.
pub(crate) fn masked(record: &Record) -> Record {
    let secrets = Secrets::of(record);
    if secrets.forms.is_empty() {
        return record.clone();
    }
    let mut record = record.clone();
    let hide = |text: &mut String| *text = secrets.hide(text);
    for finding in &mut record.findings {
        for exchange in &mut finding.exchanges {
            exchange.secrets_hidden |= secrets.hide(&exchange.body) != exchange.body;
        }
        in_finding(finding, &hide);
    }
    for cause in &mut record.causes {
        hide(&mut cause.name);
        hide(&mut cause.sentence);
    }
    for unstable in &mut record.unstable {
        hide(&mut unstable.sentence);
        unstable.steps.iter_mut().for_each(hide);
        if let Some(replay) = &mut unstable.replay {
            in_key(&mut replay.finding, &hide);
        }
        for exchange in &mut unstable.exchanges {
            exchange.secrets_hidden |= secrets.hide(&exchange.body) != exchange.body;
            in_exchange(exchange, &hide);
        }
    }
    // The notes of a shard become those of the merged record, whose requests no longer hold the secrets.
    if let Some(shard) = &mut record.shard {
        shard.notes.iter_mut().for_each(hide);
        let tally = &mut shard.tally;
        tally.lost.iter_mut().chain(&mut tally.hopeless).for_each(hide);
        for counts in [&mut tally.blocked, &mut tally.no_verdict] {
            let mut hidden = BTreeMap::new();
            for (text, count) in std::mem::take(counts) {
                *hidden.entry(secrets.hide(&text)).or_default() += count;
            }
            *counts = hidden;
        }
        for sighting in &mut tally.divergences {
            in_key(&mut sighting.key, &hide);
            sighting.reported_as.iter_mut().for_each(|key| in_key(key, &hide));
        }
    }
    record.notes.iter_mut().for_each(hide);
    record.probe.iter_mut().for_each(|p| hide(&mut p.note));
    record
}

/// Returns a finding whose secrets are replaced by others of the same kind.
pub(super) fn disguised_finding(finding: &Finding) -> Finding {
    let secrets = Secrets::of_finding(finding);
    let mut finding = finding.clone();
    in_finding(&mut finding, &|text: &mut String| *text = secrets.disguise(text));
    finding
}

fn in_finding(finding: &mut Finding, change: &impl Fn(&mut String)) {
    change(&mut finding.sentence);
    in_key(&mut finding.replay.finding, change);
    finding.expected.text_mut().into_iter().for_each(change);
    finding.got.text_mut().into_iter().for_each(change);
    finding.steps.iter_mut().for_each(change);
    finding.exchanges.iter_mut().for_each(|exchange| in_exchange(exchange, change));
}

fn in_exchange(exchange: &mut Exchange, change: &impl Fn(&mut String)) {
    change(&mut exchange.body);
    change(&mut exchange.answer);
    exchange.headers.iter_mut().chain(&mut exchange.answer_headers).for_each(|(_, value)| change(value));
}

fn in_key(key: &mut Key, change: &impl Fn(&mut String)) {
    key.expected.text_mut().into_iter().for_each(change);
    key.got.text_mut().into_iter().for_each(change);
}

/// Collects the values of secret members at any depth.
fn in_value(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if is_secret(name) => {
                        into.insert(text.clone());
                    }
                    value => in_value(value, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| in_value(item, into)),
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    MEMBERS.iter().any(|m| m.name().eq_ignore_ascii_case(name))
}

/// Collects the texts behind the names of secret members in a body that is not necessarily JSON.
fn in_text(body: &str, into: &mut BTreeSet<String>) {
    for member in MEMBERS {
        let names = [format!("\"{}\"", member.name()), format!("\"{}\"", escaped(member.name()))];
        for name in names {
            for (at, _) in body.match_indices(&name) {
                let behind = body[at + name.len()..].trim_start().strip_prefix(':').map(str::trim_start);
                let Some(value) = behind.and_then(|b| b.strip_prefix('"')) else { continue };
                let literal = &value[..end_of_text(value)];
                into.insert(literal.to_owned());
                into.extend(serde_json::from_str::<String>(&format!("\"{literal}\"")));
            }
        }
    }
}

/// Where a JSON string ends: at the first quotation mark without a backslash, or at the end of a body that was cut off.
fn end_of_text(value: &str) -> usize {
    let mut escape = false;
    for (at, c) in value.char_indices() {
        match c {
            _ if escape => escape = false,
            '\\' => escape = true,
            '"' | '\n' => return at,
            _ => {}
        }
    }
    value.trim_end_matches('…').len()
}

/// The forms in which a value can occur in a text: as it is, as JSON writes it, and with each character escaped.
fn forms(value: &str) -> Vec<String> {
    let json = Value::String(value.to_owned()).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let upper = value.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    vec![value.to_owned(), value.trim().to_owned(), json, escaped(value), upper]
}

fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Another value of the same length and character classes.
fn disguised(secret: &str) -> String {
    secret.chars().map(disguised_character).collect()
}

fn disguised_character(c: char) -> char {
    let turned = |first: u8, size: u8, by: u8| char::from(first + (c as u8 - first + by) % size);
    match c {
        'a'..='z' => turned(b'a', 26, 11),
        'A'..='Z' => turned(b'A', 26, 11),
        '0'..='9' => turned(b'0', 10, 3),
        c => c,
    }
}

/// The same for a value that is written with escapes, which stay escapes.
fn disguised_escapes(secret: &str) -> String {
    let mut out = String::with_capacity(secret.len());
    let mut rest = secret;
    while let Some(at) = rest.find("\\u") {
        out.push_str(&disguised(&rest[..at]));
        let digits = rest.get(at + 2..at + 6).unwrap_or_default();
        let letter = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).filter(char::is_ascii);
        let end = match letter {
            Some(letter) => {
                out.push_str(&format!("\\u{:04x}", u32::from(disguised_character(letter))));
                at + 6
            }
            None => {
                out.push_str("\\u");
                at + 2
            }
        };
        rest = &rest[end..];
    }
    out + &disguised(rest)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SECRET: &str = "pwabcd2345";

    fn exchange(body: &str) -> Exchange {
        Exchange { body: body.to_owned(), ..Exchange::default() }
    }

    #[rstest]
    #[case::json(r#"{"KeyStorePassword":"pwabcd2345"}"#)]
    #[case::nested(r#"{"XksProxyAuthenticationCredential":{"RawSecretAccessKey": "pwabcd2345"}}"#)]
    #[case::in_a_list(r#"[{"RawSecretAccessKey":"pwabcd2345"}]"#)]
    #[case::twice(r#"{"KeyStorePassword":"pwabcd2345","KeyStorePassword":"pwother999"}"#)]
    #[case::cut_off(r#"{"KeyStorePassword":"pwabcd2345"#)]
    #[case::no_json(r#"{{"KeyStorePassword" : "pwabcd2345"}"#)]
    fn a_secret_is_found_however_it_was_sent(#[case] body: &str) {
        let secrets = Secrets::in_requests([exchange(body)].iter());
        assert_eq!(secrets.hide("no pwabcd2345 here"), format!("no {HIDDEN} here"));
        assert!(!secrets.hide(body).contains(SECRET) && !secrets.disguise(body).contains(SECRET));
        assert!(!secrets.hide(&escaped(SECRET)).contains("\\u0070"));
    }

    #[test]
    fn a_secret_that_was_sent_escaped_is_found_in_the_answer() {
        let body = format!("{{\"{}\":\"{}\"}}", escaped("KeyStorePassword"), escaped(SECRET));
        let secrets = Secrets::in_requests([exchange(&body)].iter());
        assert_eq!(secrets.hide(SECRET), HIDDEN);
        assert!(!secrets.hide(&body).contains("\\u0070\\u0077"), "{}", secrets.hide(&body));
        let disguise = secrets.disguise(&body);
        assert!(serde_json::from_str::<Value>(&disguise).is_ok() && !disguise.contains(&escaped(SECRET)), "{disguise}");
    }

    #[test]
    fn a_disguise_keeps_length_and_classes() {
        let other = disguised("pwAZ29+/=é");
        assert_eq!(other.chars().count(), 10);
        assert!(other.ends_with("+/=é") && other != "pwAZ29+/=é", "{other}");
        assert_ne!(disguised("pwa"), disguised("pwb"));
    }
}
