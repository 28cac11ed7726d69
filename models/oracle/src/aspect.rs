//! One way of being wrong, or one side of being right, where a rule knows several.

use std::fmt;

/// A part of what a rule states, by a few words that never change: they are in the keys of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aspect(&'static str);

impl Aspect {
    /// The whole of what the rule states.
    pub const WHOLE: Aspect = Aspect("");
    /// What Describe shows.
    pub const EFFECT: Aspect = Aspect("effect");
    /// The form of an answer.
    pub const FORM: Aspect = Aspect("form");
    /// The code of an error alone.
    pub const WRONG_CODE: Aspect = Aspect("the code");

    /// An aspect of one rule.
    pub const fn named(name: &'static str) -> Aspect {
        Aspect(name)
    }

    /// The words for it; none for the whole.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Returns true if it is the whole of what the rule states.
    pub const fn is_whole(self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// Records and replay files hold the name.
impl PartialEq<Aspect> for String {
    fn eq(&self, aspect: &Aspect) -> bool {
        self == aspect.0
    }
}
