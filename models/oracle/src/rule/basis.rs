//! The sources of a statement.

use std::fmt;

/// One kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// AWS's published service model.
    Model,
    /// AWS's published texts.
    Doc,
    /// A public standard.
    Standard,
    /// Observed on AWS KMS, on another operation.
    Observed,
    /// Measured on another service of AWS.
    Analog,
    /// Follows from other statements.
    Inferred,
    /// Without a source.
    None,
}

impl Mark {
    /// The word in a basis.
    pub fn word(self) -> &'static str {
        BASIS_MARKS[self as usize].0
    }

    /// Returns an explanation for reports and the command line.
    pub fn meaning(self) -> &'static str {
        BASIS_MARKS[self as usize].1
    }
}

/// The marks of a basis, in the order of [`Mark`] and of the rule book, each with its meaning.
pub const BASIS_MARKS: [(&str, &str); 7] = [
    ("MODEL", "AWS's published service model: lengths, patterns, enums, error lists, HTTP status codes"),
    ("DOC", "AWS's published texts: API reference, SDK references, developer guide, XKS proxy API specification"),
    ("STD", "a public standard: JSON (RFC 8259), HTTP, or Smithy's awsJson1.1"),
    ("OBS", "observed on AWS KMS, on another operation"),
    ("ANALOG", "measured on another AWS service with awsJson1.1, never on KMS"),
    ("INFER", "follows from other statements; no text states it"),
    ("NONE", "no source was found"),
];

/// The words and signs between and behind the marks of a basis, each with its meaning.
pub const BASIS_QUALIFIERS: [(&str, &str); 3] = [
    ("against", "the texts disagree: each of the two marks supports another answer"),
    ("ambiguous", "the text can be read in more than one way"),
    (
        ";",
        "the mark after it is the basis of a part of the statement: of its error code, or of what follows its own \
            semicolon",
    ),
];

/// The sources of one statement, in the notation of the rule book: `DOC; code INFER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Basis(&'static str);

impl Basis {
    const MARKS: [Mark; 7] =
        [Mark::Model, Mark::Doc, Mark::Standard, Mark::Observed, Mark::Analog, Mark::Inferred, Mark::None];

    /// A basis in the notation of the rule book.
    pub const fn new(notation: &'static str) -> Basis {
        Basis(notation)
    }

    /// The notation of the rule book.
    pub fn notation(self) -> &'static str {
        self.0
    }

    /// Returns true if the basis names the mark.
    pub fn has(self, mark: Mark) -> bool {
        self.0.split(|c: char| !c.is_ascii_uppercase()).any(|word| word == mark.word())
    }

    /// Returns true if the basis is this mark alone, for the whole statement.
    pub fn is_only(self, mark: Mark) -> bool {
        self.0 == mark.word()
    }

    /// The marks that the basis names.
    pub fn marks(self) -> impl Iterator<Item = Mark> {
        Basis::MARKS.into_iter().filter(move |mark| self.has(*mark))
    }

    /// The words and signs that the basis has beside its marks, each with its meaning.
    pub fn qualifiers(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        BASIS_QUALIFIERS.into_iter().filter(move |(sign, _)| self.0.contains(sign))
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
