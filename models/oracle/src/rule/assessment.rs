//! What a rule finds: a violation, a permission, or the form of an answer.

use super::{Force, Layer};
use crate::aspect::Aspect;
use crate::code::Code;
use crate::expectation::{Expectation, Observation};
use crate::members::Member;

/// The codes that name a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codes {
    /// One of these.
    Named(&'static [Code]),
    /// Any code of a refusal, except one that names a fault which the request does not have;
    /// these count as naming this one.
    AnyOf(&'static [Code]),
}

impl Codes {
    /// The codes by name.
    pub fn list(self) -> &'static [Code] {
        match self {
            Codes::Named(list) | Codes::AnyOf(list) => list,
        }
    }

    /// Returns true if one of `codes` may come.
    pub fn may_be(self, codes: &[Code]) -> bool {
        match self {
            Codes::Named(list) => list.iter().any(|c| codes.contains(c)),
            Codes::AnyOf(_) => true,
        }
    }
}

/// A rule that a request breaks in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// True if it must, should or may be refused.
    pub refuse: Force,
    /// The codes that name it.
    pub codes: Codes,
    /// True if one of the codes must or should come.
    pub code_force: Force,
    /// Where a service would check it.
    pub layer: Layer,
    /// The member at fault.
    pub member: Option<Member>,
    /// The kind of violation, for rules that know several.
    pub aspect: Aspect,
}

impl Violation {
    /// A fault that must be refused with one of `codes`.
    pub fn must(layer: Layer, codes: &'static [Code]) -> Violation {
        Violation {
            refuse: Force::Must,
            codes: Codes::Named(codes),
            code_force: Force::Must,
            layer,
            member: None,
            aspect: Aspect::WHOLE,
        }
    }

    /// A fault that should be refused with one of `codes`.
    pub fn should(layer: Layer, codes: &'static [Code]) -> Violation {
        Violation { refuse: Force::Should, code_force: Force::Should, ..Violation::must(layer, codes) }
    }

    /// Not quite a fault: success and each of `codes` are admitted.
    pub fn open(layer: Layer, codes: &'static [Code]) -> Violation {
        Violation { refuse: Force::Open, code_force: Force::Open, ..Violation::must(layer, codes) }
    }

    /// The code itself only should come.
    #[must_use]
    pub fn code_should(self) -> Violation {
        Violation { code_force: Force::Should, ..self }
    }

    /// Any refusal will do.
    #[must_use]
    pub fn code_open(self) -> Violation {
        Violation { codes: Codes::AnyOf(self.codes.list()), code_force: Force::Open, ..self }
    }

    /// Names the member at fault.
    #[must_use]
    pub fn on(self, member: Member) -> Violation {
        Violation { member: Some(member), ..self }
    }

    /// Names what is wrong.
    #[must_use]
    pub fn aspect(self, aspect: &'static str) -> Violation {
        Violation { aspect: Aspect::named(aspect), ..self }
    }
}

/// A permission that a request uses: it is not refused with `never`, and, when nothing else is
/// wrong with the request, not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// Codes that contradict the permission.
    pub never: &'static [Code],
    /// The force of a refusal; a code of `never` that only warns is marked here too.
    pub force: Force,
    /// The force of a refusal with a code of `never`.
    pub never_force: Force,
    /// The member concerned.
    pub member: Option<Member>,
    /// Which side of the rule it is, where a rule knows several.
    pub aspect: Aspect,
    /// A refusal for another fault shows it too: the service got past this value without one of `never`. Plans look
    /// for that where no store can be brought to accept the request.
    pub refused_too: bool,
    /// Any refusal denies it, one without a code included: of a request whose head alone is unusual.
    pub any_refusal: bool,
}

impl Permit {
    /// A permission that must hold.
    pub fn must(never: &'static [Code]) -> Permit {
        Permit {
            never,
            force: Force::Must,
            never_force: Force::Must,
            member: None,
            aspect: Aspect::WHOLE,
            refused_too: false,
            any_refusal: false,
        }
    }

    /// A permission of force should.
    pub fn should(never: &'static [Code]) -> Permit {
        Permit { force: Force::Should, never_force: Force::Should, ..Permit::must(never) }
    }

    /// Names the member concerned.
    #[must_use]
    pub fn on(self, member: Member) -> Permit {
        Permit { member: Some(member), ..self }
    }

    /// Names the side of the rule.
    #[must_use]
    pub fn aspect(self, aspect: &'static str) -> Permit {
        Permit { aspect: Aspect::named(aspect), ..self }
    }

    /// Is denied by any refusal, one without a code included.
    #[must_use]
    pub fn any_refusal(self) -> Permit {
        Permit { any_refusal: true, ..self }
    }

    /// Counts it as shown by a refusal for another fault as well.
    #[must_use]
    pub fn refused_too(self) -> Permit {
        Permit { refused_too: true, ..self }
    }
}

/// The result of a rule for a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assessment {
    /// It does not apply.
    NotApplicable,
    /// The request has this fault.
    Violation(Violation),
    /// The request uses this permission.
    Permit(Permit),
}

impl From<Violation> for Assessment {
    fn from(violation: Violation) -> Assessment {
        Assessment::Violation(violation)
    }
}

impl From<Permit> for Assessment {
    fn from(permit: Permit) -> Assessment {
        Assessment::Permit(permit)
    }
}

impl<T: Into<Assessment>> From<Option<T>> for Assessment {
    fn from(said: Option<T>) -> Assessment {
        said.map_or(Assessment::NotApplicable, Into::into)
    }
}

/// The result of a rule for the form of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormVerdict {
    /// The rule does not apply to this answer.
    NotApplicable,
    /// It applies and the answer keeps it.
    Conforms,
    /// The answer breaks it.
    Deviates {
        /// The expected form.
        expected: Expectation,
        /// The observed form.
        got: Observation,
        /// The member concerned.
        member: Option<Member>,
    },
    /// An open question: the answer of this service.
    Reading(&'static str),
}
