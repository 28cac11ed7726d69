//! The effects of an update: the values that are merged, and those that are stored.

use super::checks::CheckId;
use super::facts::{Fact, Fold, ValueSource};
use super::scope::{MemberSet, Scope, StoreVariant, When, any};
use crate::member::Member;
use crate::readings::Readings;
use crate::store::ConnectionState;

/// One value, and where it comes from. Of several rows for one value the last that applies decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EffectRow {
    pub(crate) fact: Fact,
    pub(crate) source: ValueSource,
    pub(crate) fold: Fold,
    pub(crate) when: Scope,
}

/// The row `fact` from `source`.
pub(crate) const fn effect(fact: Fact, source: ValueSource, when: Scope) -> EffectRow {
    EffectRow { fact, source, fold: Fold::Exact, when }
}

/// An event in the life of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Updated,
    Deleted,
    Connected,
    Disconnected,
}

/// An index that finds a store, or shows that a value is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookUp {
    Id,
    Name,
    Address,
    Endpoint,
    Service,
}

/// A way in which Describe shows a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ById,
    ByName,
    InList,
}

/// Everything that an update leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effects {
    /// The values for members that the request does not give (C-03, C-06, C-08). Checks judge the result.
    pub(crate) merge: Vec<EffectRow>,
    /// The facts that are stored differently from the merged ones; a conforming service has none.
    pub(crate) store: Vec<EffectRow>,
    /// Members that are acknowledged and not stored: none.
    pub(crate) forgets: Vec<(Member, Scope)>,
    /// Members that are stored though one of the checks refused the request: none.
    pub(crate) leaks: Vec<(Member, Leaking)>,
    /// Members whose change goes to the newest other store of the type: none.
    pub(crate) misplaced: Option<MemberSet>,
    /// States that an update changes: none.
    pub(crate) states: Vec<(Scope, ConnectionState)>,
    /// True if the creation date moves.
    pub(crate) moves_creation: bool,
    /// Values that a later event undoes: none.
    pub(crate) ripples: Vec<(Event, Fact)>,
    /// Look-ups that an event does not free: none.
    pub(crate) keeps: Vec<(LookUp, Event)>,
    /// Look-ups to which an update does not add the new value: none.
    pub(crate) misses: Vec<LookUp>,
    /// Values with which Connect works otherwise than stored: none.
    pub(crate) connect: Vec<(Fact, ValueSource)>,
    /// Values that Describe shows as they were before the last update: none.
    pub(crate) stale: Vec<(Way, Fact)>,
    /// Sensitive values that Describe shows after an update: none.
    pub(crate) shows: Vec<Fact>,
}

/// The refusals after which a member is stored all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaking {
    All,
    By(CheckId),
}

impl Effects {
    pub(crate) fn conforming(readings: &Readings) -> Effects {
        let public = any().only(&[When::After(StoreVariant::Public)]);
        // The service belongs to the connectivity and goes with it.
        let mut merge = vec![
            effect(Fact::Service, ValueSource::Nothing, public),
            effect(Fact::Owner, ValueSource::Nothing, public),
        ];
        if readings.owner_shown {
            let left_out = any().switching_to(StoreVariant::Vpc).lacks(Member::Owner);
            merge.push(effect(Fact::Owner, ValueSource::Caller, left_out));
        }
        Effects {
            merge,
            store: Vec::new(),
            forgets: Vec::new(),
            leaks: Vec::new(),
            misplaced: None,
            states: Vec::new(),
            moves_creation: false,
            ripples: Vec::new(),
            keeps: Vec::new(),
            misses: Vec::new(),
            connect: Vec::new(),
            stale: Vec::new(),
            shows: Vec::new(),
        }
    }
}
