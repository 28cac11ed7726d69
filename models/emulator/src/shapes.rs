//! Request validation, driven by the extracts of AWS's published model under `shapes/`.
//!
//! Two steps, in this order for the whole request (P-02): [`Shapes::read`] matches the JSON types
//! (a mismatch is a SerializationException), [`Shapes::violations`] the constraints (required,
//! length, pattern, enum; a ValidationException).

mod constraint;
mod read;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use regex::Regex;
use serde::Deserialize;

pub(crate) use self::constraint::{Constraint, Constraints, Stage, Strictness, Unit};
pub(crate) use self::read::{Members, Value};
use crate::revision::{REVISIONS, Revision};

/// The texts of the extracts, in the order of [`REVISIONS`].
const EXTRACTS: [&str; REVISIONS.len()] = [
    include_str!("../shapes/2018-11-26.json"),
    include_str!("../shapes/2019-05-02.json"),
    include_str!("../shapes/2019-11-25.json"),
    include_str!("../shapes/2020-01-20.json"),
    include_str!("../shapes/2022-07-18.json"),
    include_str!("../shapes/2022-11-29.json"),
    include_str!("../shapes/2023-05-01.json"),
    include_str!("../shapes/2023-12-15.json"),
    include_str!("../shapes/2024-01-05.json"),
    include_str!("../shapes/2025-10-30.json"),
    include_str!("../shapes/2025-11-07.json"),
    include_str!("../shapes/2026-04-27.json"),
];

/// The shapes of one revision.
#[derive(Debug, Deserialize)]
pub(crate) struct Shapes {
    operations: HashMap<String, Operation>,
    shapes: HashMap<String, Shape>,
    /// By operation.
    #[serde(skip)]
    constraints: HashMap<String, Arc<Constraints>>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    input: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "only the tests compare declared errors"))]
    errors: HashMap<String, u16>,
}

#[derive(Debug, Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: ShapeKind,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: BTreeMap<String, String>,
    min: Option<u64>,
    max: Option<u64>,
    #[serde(default)]
    pattern: Option<Pattern>,
    #[serde(default, rename = "enum")]
    values: Vec<String>,
    #[serde(default)]
    sensitive: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ShapeKind {
    Structure,
    String,
    Integer,
    Boolean,
    Timestamp,
    List,
}

/// A pattern of the model, for the whole value (S-17, S-18).
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pattern {
    /// As the model writes it.
    text: String,
    /// The same without anchors, as this program's regular expressions write it.
    pub(crate) bare: String,
    whole: Regex,
}

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Pattern, regex::Error> {
        // `\d` of the model is an ASCII digit; Rust's regex would take others too.
        let ascii = text.replace("\\d", "[0-9]").replace("\\u0020", " ").replace("\\u00FF", "\u{ff}");
        let bare = ascii.replace('^', "").replace("\\$", "\u{0}").replace('$', "").replace('\u{0}', "\\$");
        Ok(Pattern { whole: Regex::new(&format!("\\A(?:{bare})\\z"))?, bare, text })
    }
}

impl Pattern {
    /// The pattern with another expression in its place. Texts go on naming the model's.
    pub(crate) fn replaced(&self, expression: &str) -> Result<Pattern, regex::Error> {
        Ok(Pattern { whole: Regex::new(expression)?, ..self.clone() })
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.whole.as_str() == other.whole.as_str()
    }
}

impl Shapes {
    /// The shapes of a revision, parsed once for the whole program.
    pub(crate) fn of(revision: Revision) -> &'static Shapes {
        static PARSED: [OnceLock<Shapes>; REVISIONS.len()] = [const { OnceLock::new() }; REVISIONS.len()];
        let index = revision.index();
        #[expect(clippy::expect_used, reason = "the texts are part of the program and a test parses each")]
        PARSED[index].get_or_init(|| {
            let mut shapes: Shapes = serde_json::from_str(EXTRACTS[index]).expect("the extract parses");
            shapes.constraints = shapes.operations.keys().map(|name| (name.clone(), shapes.collected(name))).collect();
            shapes
        })
    }

    /// The constraints on the members of the operation's input, those of its structures included.
    pub(crate) fn constraints(&self, operation: &str) -> Arc<Constraints> {
        self.constraints.get(operation).cloned().unwrap_or_default()
    }

    fn collected(&self, operation: &str) -> Arc<Constraints> {
        let input = self.operations.get(operation).and_then(|known| self.shapes.get(&known.input));
        let mut constraints = Constraints::default();
        if let Some(input) = input {
            self.collect(input, &mut constraints);
        }
        Arc::new(constraints)
    }

    fn collect(&self, shape: &Shape, constraints: &mut Constraints) {
        for (name, target) in &shape.members {
            let Some(target) = self.shapes.get(target) else { continue };
            constraints.add(name, Constraint::of(target, shape.required.contains(name)));
            self.collect(target, constraints);
        }
    }

    /// Returns true if the structure `shape` has the member at this revision.
    pub(crate) fn shows(&self, shape: &str, member: &str) -> bool {
        self.shapes.get(shape).is_some_and(|shape| shape.members.contains_key(member))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_extract_parses_and_has_the_six_operations() {
        for index in REVISIONS {
            let shapes = Shapes::of(Revision::on(index));
            assert_eq!(shapes.operations.len(), 6, "{index}");
        }
    }

    #[rstest]
    #[case("2018-11-26", 7)]
    #[case("2019-11-25", 8)]
    #[case("2022-11-29", 17)]
    #[case("2026-04-27", 17)]
    fn declared_errors_of_update(#[case] revision: &str, #[case] count: usize) {
        let operation = &Shapes::of(Revision::on(revision)).operations["UpdateCustomKeyStore"];
        assert_eq!(operation.errors.len(), count);
        for (name, status) in &operation.errors {
            assert_eq!(*status == 500, name == "KMSInternalException");
        }
    }

    #[rstest]
    #[case("XksProxyUriPathType", "/kms/xks/v1", true)]
    #[case("XksProxyUriPathType", "///kms/xks/v1", true)]
    #[case("XksProxyUriPathType", "//kms/xks/v1", false)]
    #[case("XksProxyUriPathType", "/kms/xks/v100", false)]
    #[case("XksProxyUriPathType", "/kms/xks/v\u{661}", false)]
    #[case("XksProxyUriPathType", "/kms/xks/v1\n", false)]
    #[case("XksProxyUriEndpointType", "https://ab", true)]
    #[case("XksProxyUriEndpointType", "https://ab/", false)]
    #[case("CloudHsmClusterIdType", "cluster-abcdefg2345", true)]
    #[case("CloudHsmClusterIdType", "cluster-1a23b4cdefg", false)]
    #[case("MarkerType", "a ÿ", true)]
    fn patterns(#[case] shape: &str, #[case] value: &str, #[case] fits: bool) {
        let shape = &Shapes::of(Revision::on("2026-04-27")).shapes[shape];
        assert_eq!(shape.pattern.as_ref().unwrap().whole.is_match(value), fits);
    }
}
