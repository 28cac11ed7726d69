//! Values that a service may take for another store's: values that differ in one character differ (U-01, U-05).

use ucks_oracle::revision::Revision;

use super::super::steps::{A, B, create_xks, endpoint, like, name, of, path, set};
use super::{Scenario, since};
use crate::op::{Likeness, Value};

/// Names that are equal to a service which normalizes, shortens or encodes texts before it compares them. Differences
/// in case and in blanks at the ends are left out: these are open (U-03).
const NAMES: [(&str, &str); 6] = [
    ("ucks one name.", "ucks one name"),
    ("ucks  two blanks", "ucks two blanks"),
    ("ucks composed caf\u{e9}", "ucks composed cafe\u{301}"),
    ("ucks visi\u{200b}ble", "ucks visible"),
    ("ucks one & two", "ucks one &amp; two"),
    ("ucks the same beginning, one end", "ucks the same beginning, another end"),
];

/// The scenarios.
pub(super) fn scenarios() -> Vec<Scenario> {
    let xks = |label, ops| since(Revision::ExternalKeyStores, label, ops);
    let rename = |store, text: &str| set(store, [name(Value::Text(text.to_owned()))]);
    let names = NAMES.iter().flat_map(|(one, other)| [rename(A, one), rename(B, other)]);
    vec![
        xks(
            "names that are alike are different names",
            [create_xks(A, []), create_xks(B, [])].into_iter().chain(names).collect(),
        ),
        xks(
            "hosts that begin alike are different hosts",
            vec![create_xks(A, []), create_xks(B, []), set(A, [endpoint(like(B, Likeness::Longer)), path(of(B))])],
        ),
    ]
}
