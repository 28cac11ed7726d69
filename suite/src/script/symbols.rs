//! Values that a script must not contain literally: ids that the target returns, and names, which must be fresh.

use std::collections::BTreeMap;

use ucks_oracle::answer::created_id;
use ucks_oracle::members::Member;
use ucks_oracle::wire::UPDATE;

use super::body::quoted;
use super::{CREATE, member};
use crate::record::Exchange;
use crate::run::log::mask;

/// The member of CreateCustomKeyStore that names a store.
const CREATE_NAME: &str = "CustomKeyStoreName";
/// The characters of a name that a script draws anew.
const TAIL: usize = 10;
/// Shorter ids are found only as whole JSON strings.
const SHORT: usize = 8;

/// The names for concrete ids and names of the record.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    /// The texts in the record, each with its name; the longest first.
    found: Vec<(String, String)>,
    /// Captured ids: the name, the id.
    ids: Vec<(String, String)>,
    /// Names that a script derives from others: (id's name, name, bash words).
    derived: Vec<(String, String, String)>,
    /// Fresh names: the name, bash words.
    fresh: Vec<(String, String)>,
    /// Secrets of the profile, which the environment holds: the name, what it is the secret of.
    secrets: Vec<(String, String)>,
}

impl Symbols {
    pub(super) fn of(exchanges: &[&Exchange]) -> Symbols {
        let mut symbols = Symbols::default();
        let bodies: String = exchanges.iter().map(|e| e.body.as_str()).collect::<Vec<_>>().join("\n");
        for exchange in exchanges.iter().filter(|e| e.operation == CREATE) {
            if let Some(id) = created_id(&super::answer(exchange)) {
                symbols.add_id(id, &bodies);
            }
        }
        for of in exchanges.iter().flat_map(|e| &e.masked) {
            if !symbols.secrets.iter().any(|(_, secret)| secret == of) {
                let name = format!("SECRET_{}", letter(symbols.secrets.len()));
                symbols.found.push((mask(of), name.clone()));
                symbols.secrets.push((name, of.clone()));
            }
        }
        for name in names(exchanges) {
            symbols.add_name(&name, &bodies);
        }
        symbols.found.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        symbols
    }

    fn add_id(&mut self, id: String, bodies: &str) {
        if id.is_empty() || self.ids.iter().any(|(_, i)| *i == id) {
            return;
        }
        let name = format!("ID_{}", letter(self.ids.len()));
        if id.chars().count() < SHORT {
            self.found.push((format!("\"{id}\""), format!("{name}_QUOTED")));
            self.derived.push((name.clone(), format!("{name}_QUOTED"), format!("\\\"${name}\\\"")));
        } else {
            self.found.push((id.clone(), name.clone()));
            self.escapes(&id, &name, bodies);
            let shorter: String = id.chars().take(id.chars().count() - 1).collect();
            let swapped: String = id.chars().map(swap).collect();
            let variants = [
                (id.to_ascii_uppercase(), "UPPER", format!("$(printf %s \"${name}\" | tr a-z A-Z)")),
                (id.to_ascii_lowercase(), "LOWER", format!("$(printf %s \"${name}\" | tr A-Z a-z)")),
                (swapped, "SWAPPED", format!("$(printf %s \"${name}\" | tr a-zA-Z A-Za-z)")),
                (shorter, "SHORTER", format!("${{{name}%?}}")),
            ];
            let others = bodies.replace(&id, "");
            for (text, what, words) in variants {
                if others.contains(&text) && !self.found.iter().any(|(t, _)| *t == text) {
                    let variant = format!("{name}_{what}");
                    self.found.push((text, variant.clone()));
                    self.derived.push((name.clone(), variant, words));
                }
            }
        }
        self.ids.push((name, id));
    }

    /// Names end in fresh characters, so that a script runs again; length and likeness stay as they are.
    fn add_name(&mut self, text: &str, bodies: &str) {
        let plain = text.chars().all(|c| (c.is_ascii_graphic() || c == ' ') && !"\"\\@'".contains(c));
        let known = |s: &Symbols| s.found.iter().any(|(t, _)| text.contains(t.as_str()));
        let fits = text.len() >= TAIL + 2 && text.bytes().rev().take(TAIL).all(|b| b.is_ascii_alphanumeric());
        if !plain || !fits || known(self) {
            return;
        }
        let name = format!("NAME_{}", letter(self.fresh.len()));
        let like = self.found.iter().find(|(t, n)| n.starts_with("NAME_") && t.eq_ignore_ascii_case(text));
        let number = like.and_then(|(_, n)| self.fresh.iter().position(|(f, _)| f == n)).unwrap_or(self.fresh.len());
        let stem = &text[..text.len() - TAIL];
        self.fresh.push((name.clone(), format!("{}\"${{TAG}}{number:02}\"", quoted(stem))));
        self.found.push((text.to_owned(), name.clone()));
        self.escapes(text, &name, bodies);
    }

    /// The text with every character as a `\u` escape, if a body writes it so.
    fn escapes(&mut self, text: &str, name: &str, bodies: &str) {
        let lower: String = text.encode_utf16().map(|u| format!("\\u{u:04x}")).collect();
        let upper: String = text.encode_utf16().map(|u| format!("\\u{u:04X}")).collect();
        for form in [lower, upper] {
            if bodies.contains(&form) && !self.found.iter().any(|(t, _)| *t == form) {
                let variant = format!("{name}_ESCAPED");
                self.found.push((form, variant.clone()));
                self.derived.push((name.to_owned(), variant, format!("$(escaped \"${name}\")")));
            }
        }
    }

    /// Returns `text` with the names, between `@`, in place of their values.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match self.found.iter().find(|(t, _)| rest.starts_with(t.as_str())) {
                Some((found, name)) => {
                    out.push_str(&format!("@{name}@"));
                    rest = &rest[found.len()..];
                }
                None => {
                    out.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        out
    }

    /// The name of the id that the exchange's answer gave, once.
    pub(super) fn created_by(&self, exchange: &Exchange) -> Option<&str> {
        let id = created_id(&super::answer(exchange)).filter(|_| exchange.operation == CREATE)?;
        self.ids.iter().find(|(_, i)| *i == id).map(|(name, _)| name.as_str())
    }

    /// Lines that take an id from the answer.
    pub(super) fn capture(&self, name: &str) -> String {
        let mut out = format!("{name}=$(field {})\n", Member::CustomKeyStoreId);
        out += &format!("[ -n \"${name}\" ] || cannot_tell 'no store was created'\nSTORES=\"$STORES ${name}\"\n");
        for (_, variant, words) in self.derived.iter().filter(|(of, ..)| of == name) {
            out += &format!("{variant}=\"{words}\"\n");
        }
        out
    }

    /// The secrets that the script asks its environment for: the variable, and what it is the secret of.
    pub(super) fn secrets(&self) -> &[(String, String)] {
        &self.secrets
    }

    /// Returns lines that define the names and draw the fresh ones.
    pub(super) fn definitions(&self) -> String {
        let mut all: BTreeMap<&str, ()> = self.found.iter().map(|(_, n)| (n.as_str(), ())).collect();
        all.extend(self.ids.iter().map(|(n, _)| (n.as_str(), ())));
        if all.is_empty() {
            return String::new();
        }
        let mut out = format!("SYMBOLS='{}'\n", all.keys().copied().collect::<Vec<_>>().join(" "));
        if !self.secrets.is_empty() {
            let names: Vec<&str> = self.secrets.iter().map(|(n, _)| n.as_str()).collect();
            out += &format!("SECRETS='{}'\n", names.join(" "));
        }
        for (name, of) in &self.secrets {
            out += &format!("[ -n \"${{{name}:-}}\" ] || cannot_tell {}\n", quoted(&format!("set {name} to {of}")));
        }
        for name in all.keys().filter(|n| n.starts_with("ID_")) {
            out += &format!("{name}=\n");
        }
        for (name, words) in &self.fresh {
            out += &format!("{name}={words}\n");
            for (_, variant, words) in self.derived.iter().filter(|(of, ..)| of == name) {
                out += &format!("{variant}=\"{words}\"\n");
            }
        }
        out
    }
}

/// Names of stores, in the order in which requests give them.
fn names(exchanges: &[&Exchange]) -> Vec<String> {
    let of = |e: &&&Exchange| match e.operation.as_str() {
        CREATE => member(&e.body, CREATE_NAME),
        UPDATE => member(&e.body, Member::NewCustomKeyStoreName.name()),
        _ => None,
    };
    exchanges.iter().filter_map(|e| of(&e)).collect()
}

fn swap(c: char) -> char {
    if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }
}

/// A, B, … Z, A1, B1, …
fn letter(at: usize) -> String {
    let letter = char::from(b'A' + (at % 26) as u8);
    if at < 26 { letter.to_string() } else { format!("{letter}{}", at / 26) }
}

/// Returns true if the exchange created the store of that id.
pub(super) fn creates(exchange: &Exchange, id: Option<&str>) -> bool {
    exchange.operation == CREATE && created_id(&super::answer(exchange)).as_deref() == id
}
