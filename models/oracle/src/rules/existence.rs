//! E: existence.

use crate::account::Freed;
use crate::code::Code;
use crate::feature::Feature;
use crate::members::Member;
use crate::rule::{Force, Layer, Rule, Violation};
use crate::situation::Situation;

const NOT_FOUND: &[Code] = &[Code::CustomKeyStoreNotFoundException];
const SOURCE: &str = "API reference, UpdateCustomKeyStore, CustomKeyStoreNotFoundException";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::new(
            "E-01",
            Force::Must,
            "DOC",
            "A well-formed id of no store is refused with CustomKeyStoreNotFoundException",
        )
        .of(Feature::NoStore)
        .request(|s| absent(s).map(|_| not_found()))
        .source(SOURCE)
        .impact_and_fix(
            "code that handles a missing store is never exercised",
            "look the id up and answer CustomKeyStoreNotFoundException",
        ),
        Rule::new(
            "E-02",
            Force::Must,
            "INFER",
            "The id is matched exactly: not by prefix, without case, trimmed, nor by the store's name",
        )
        .of(Feature::NoStore)
        .request(|s| {
            let id = absent(s)?;
            loosely(s, id).map(|how| not_found().aspect(how))
        })
        .special()
        .source(SOURCE)
        .restates(["E-01"])
        .impact_and_fix("a mistyped id changes another store", "look the id up as it is"),
        Rule::new("E-03", Force::Must, "INFER", "The id of a deleted store is gone")
            .of(Feature::NoStore)
            .request(|s| {
                let id = absent(s)?;
                s.account.was_freed(&Freed::Id(id.to_owned())).then(not_found)
            })
            .special()
            .source("API reference, DeleteCustomKeyStore")
            .restates(["E-01"])
            .impact_and_fix("a deleted store can still be changed", "forget the store when it is deleted"),
    ]
}

fn not_found() -> Violation {
    Violation::must(Layer::Existence, NOT_FOUND).on(Member::CustomKeyStoreId)
}

/// The id, which no store has, malformed ones included.
fn absent<'a>(s: &Situation<'a>) -> Option<&'a str> {
    s.body?.text(Member::CustomKeyStoreId).given().map(|id| &**id)
}

fn loosely(s: &Situation<'_>, id: &str) -> Option<&'static str> {
    s.account.stores().find_map(|store| {
        if store.id.eq_ignore_ascii_case(id) {
            Some("in other case")
        } else if id.trim() == store.id {
            Some("with blanks around it")
        } else if store.id.starts_with(id) || id.starts_with(&store.id) {
            Some("a prefix")
        } else if store.name.known().is_some_and(|n| n == id) {
            Some("the store's name")
        } else {
            None
        }
    })
}
