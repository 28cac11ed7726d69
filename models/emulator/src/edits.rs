//! Deviations as data: an [`Edit`] changes one part of the conforming behaviour.
//!
//! [`edits`] enumerates them from the tables of the behaviour. The hand-written [`defects`](crate::defects)
//! are edits with names of their own. An edit knows parts of the emulator, no rules of anybody's rule book.

mod change;
mod enumerate;
mod patterns;

use std::fmt;

pub(crate) use self::change::{Change, LengthEdit, Quirk};
pub use self::enumerate::edits;
use crate::behaviour::Behaviour;

/// A kind of edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EditFamily {
    /// A check is not made.
    Drop,
    /// A check is made before or after another one that it may not be.
    Move,
    /// A check is not made in some situations.
    Narrow,
    /// A check is made in more situations.
    Widen,
    /// A check takes a value from elsewhere.
    Source,
    /// A check compares otherwise.
    Comparison,
    /// A length has another bound, or counts something else.
    Length,
    /// A pattern admits more or less.
    Pattern,
    /// The stored value differs from the given one.
    Effect,
    /// The body is read otherwise.
    Body,
    /// A state is taken for another one.
    State,
    /// A look-up keeps what it should forget, or misses what is new.
    LookUp,
    /// A refusal has another code.
    Code,
    /// An answer has another status or form.
    Form,
    /// A cluster, service or proxy is worth something else.
    Role,
    /// A gate is open or closed where it may not be.
    Gate,
}

impl EditFamily {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EditFamily::Drop => "drop",
            EditFamily::Move => "move",
            EditFamily::Narrow => "narrow",
            EditFamily::Widen => "widen",
            EditFamily::Source => "source",
            EditFamily::Comparison => "comparison",
            EditFamily::Length => "length",
            EditFamily::Pattern => "pattern",
            EditFamily::Effect => "effect",
            EditFamily::Body => "body",
            EditFamily::State => "state",
            EditFamily::LookUp => "look-up",
            EditFamily::Code => "code",
            EditFamily::Form => "form",
            EditFamily::Role => "role",
            EditFamily::Gate => "gate",
        }
    }
}

impl fmt::Display for EditFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A named deviation from the conforming behaviour.
#[derive(Clone, Debug)]
pub struct Edit {
    family: EditFamily,
    name: String,
    sentence: String,
    changes: Vec<Change>,
}

impl Edit {
    pub(crate) fn new(family: EditFamily, name: String, sentence: String, changes: Vec<Change>) -> Edit {
        Edit { family, name, sentence, changes }
    }

    /// The kind of the edit.
    #[must_use]
    pub fn family(&self) -> EditFamily {
        self.family
    }

    /// The name, unique among all edits: the part, a full stop, what is done to it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Describes in one sentence what a service with the edit does.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// Returns an edit that makes the changes of both: a service with two deviations.
    #[must_use]
    pub fn and(&self, other: &Edit) -> Edit {
        Edit {
            family: self.family,
            name: format!("{} {}", self.name, other.name),
            sentence: format!("{} {}", self.sentence, other.sentence),
            changes: self.changes.iter().chain(&other.changes).cloned().collect(),
        }
    }

    /// Changes the behaviour.
    pub(crate) fn apply(&self, behaviour: &mut Behaviour) {
        apply(&self.changes, behaviour);
    }
}

/// Makes the changes one after another.
pub(crate) fn apply(changes: &[Change], behaviour: &mut Behaviour) {
    for change in changes {
        change.apply(behaviour);
    }
}
