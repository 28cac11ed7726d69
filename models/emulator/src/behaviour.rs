//! The behaviour of a service towards updates, as data.
//!
//! [`Behaviour::conforming`] keeps the contract of a revision, with the open questions settled by the
//! readings. A deviation is an [`Edit`](crate::edits::Edit): the same behaviour with one part changed.
//! A behaviour is built once for each service and then only read.
//!
//! A new check takes three lines: one in the table of [`checks`], one in the list of its layer, and
//! its function where the scope alone does not decide.

pub(crate) mod checks;
pub(crate) mod effects;
pub(crate) mod facts;
pub(crate) mod forms;
pub(crate) mod gates;
pub(crate) mod parsing;
pub(crate) mod roles;
pub(crate) mod scope;

use std::sync::Arc;

use self::checks::Check;
use self::effects::Effects;
use self::facts::Fold;
use self::forms::Forms;
use self::gates::Gates;
use self::parsing::Parsing;
use self::roles::Roles;
use crate::edits::Quirk;
use crate::errors::Code;
use crate::readings::Readings;
use crate::revision::Revision;
use crate::shapes::{Constraints, Shapes, Strictness};

/// The parts of the path that an update takes, in its order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Behaviour {
    pub(crate) parsing: Parsing,
    pub(crate) constraints: Arc<Constraints>,
    pub(crate) strictness: Strictness,
    pub(crate) finding: Lookup,
    pub(crate) checks: Vec<Check>,
    pub(crate) gates: Gates,
    pub(crate) roles: Roles,
    pub(crate) effects: Effects,
    pub(crate) forms: Forms,
    pub(crate) signatures: Signatures,
    /// A deviation that no table expresses; a conforming service has none.
    pub(crate) quirk: Option<Quirk>,
}

/// The look-up of the store of an update (E).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lookup {
    /// The comparison of identifiers.
    pub(crate) fold: Fold,
    /// True if the beginning of an identifier serves as well.
    pub(crate) by_prefix: bool,
    /// True if an identifier with something after it serves as well.
    pub(crate) by_longer: bool,
    /// True if a name serves as well.
    pub(crate) by_name: bool,
    /// The treatment of an identifier of no store.
    pub(crate) missing: UnknownId,
}

/// The treatment of an identifier of no store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownId {
    Refused(Code),
    /// Success without effect.
    Success,
    /// The newest store is the one.
    Newest,
}

/// The checks of a signature (D).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signatures {
    pub(crate) required: bool,
    pub(crate) known_key: bool,
    pub(crate) clock: bool,
    pub(crate) signature: bool,
    pub(crate) permission: bool,
}

impl Behaviour {
    /// A service that keeps the contract.
    pub(crate) fn conforming(revision: Revision, readings: &Readings) -> Behaviour {
        Behaviour {
            parsing: Parsing::conforming(readings),
            constraints: Shapes::of(revision).constraints("UpdateCustomKeyStore"),
            strictness: readings.strictness(),
            finding: Lookup {
                fold: Fold::Exact,
                by_prefix: false,
                by_longer: false,
                by_name: false,
                missing: UnknownId::Refused(Code::CustomKeyStoreNotFound),
            },
            checks: checks::conforming(readings),
            gates: Gates::conforming(revision, readings),
            roles: Roles::conforming(revision, readings),
            effects: Effects::conforming(readings),
            forms: Forms::conforming(readings),
            signatures: Signatures { required: true, known_key: true, clock: true, signature: true, permission: true },
            quirk: None,
        }
    }
}
