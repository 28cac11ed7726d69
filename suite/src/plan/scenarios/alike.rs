//! Values that a service may take for another store's: what differs in one character differs (U-01, U-05).

use super::{A, B, set};
use crate::op::{Likeness, Op, Value};
use ucks_oracle::members::{Member, StoreType};

/// Names that are equal to a service which normalizes, shortens or encodes texts before it compares them. Differences in
/// case and in blanks at the ends are left out: these are open (U-03).
const NAMES: [(&str, &str); 6] = [
    ("ucks one name.", "ucks one name"),
    ("ucks  two blanks", "ucks two blanks"),
    ("ucks composed caf\u{e9}", "ucks composed cafe\u{301}"),
    ("ucks visi\u{200b}ble", "ucks visible"),
    ("ucks one & two", "ucks one &amp; two"),
    ("ucks the same beginning, one end", "ucks the same beginning, another end"),
];

/// The scenarios.
pub(super) fn scenarios() -> [(&'static str, Vec<Op>); 2] {
    let xks = |store| Op::Create { store, kind: StoreType::Xks, set: Vec::new() };
    let name = |store, text: &str| set(store, vec![(Member::NewCustomKeyStoreName, Value::Text(text.to_owned()))]);
    let names = NAMES.iter().flat_map(|(one, other)| [name(A, one), name(B, other)]);
    let address =
        vec![(Member::XksProxyUriEndpoint, Value::Like(B, Likeness::Longer)), (Member::XksProxyUriPath, Value::Of(B))];
    [
        ("names that are alike are different names", [xks(A), xks(B)].into_iter().chain(names).collect()),
        ("hosts that begin alike are different hosts", vec![xks(A), xks(B), set(A, address)]),
    ]
}
