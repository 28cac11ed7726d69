//! The situations to which a check or an effect applies.
//!
//! A [`Situation`] has exactly one bit of each dimension set, a [`Scope`] the bits that it admits:
//! whether the one covers the other is one AND, and the members given are two more.

use crate::member::Member;
use crate::store::{ConnectionState, Connectivity, Settings, StoreType};

/// The connectivity of a store, which implies its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreVariant {
    CloudHsm,
    Public,
    Vpc,
}

impl StoreVariant {
    pub(crate) const ALL: [StoreVariant; 3] = [StoreVariant::CloudHsm, StoreVariant::Public, StoreVariant::Vpc];

    pub(crate) fn of(settings: &Settings) -> StoreVariant {
        match settings {
            Settings::CloudHsm(_) => StoreVariant::CloudHsm,
            Settings::External(external) => StoreVariant::by(external.connectivity),
        }
    }

    /// The type of a store that is reached so.
    pub(crate) fn kind(self) -> StoreType {
        if self == StoreVariant::CloudHsm { StoreType::CloudHsm } else { StoreType::External }
    }

    pub(crate) fn by(connectivity: Connectivity) -> StoreVariant {
        match connectivity {
            Connectivity::Public => StoreVariant::Public,
            Connectivity::Vpc => StoreVariant::Vpc,
        }
    }
}

/// A set of members of the update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemberSet(u16);

impl MemberSet {
    pub(crate) const NONE: MemberSet = MemberSet(0);
    pub(crate) const ALL: MemberSet = MemberSet::of(&Member::ALL);

    pub(crate) const fn of(members: &[Member]) -> MemberSet {
        let (mut bits, mut at) = (0, 0);
        while at < members.len() {
            bits |= 1 << members[at] as u16;
            at += 1;
        }
        MemberSet(bits)
    }

    pub(crate) const fn without(self, member: Member) -> MemberSet {
        MemberSet(self.0 & !(1 << member as u16))
    }

    pub(crate) const fn meets(self, other: MemberSet) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn has(self, member: Member) -> bool {
        self.meets(MemberSet::of(&[member]))
    }

    fn includes(self, other: MemberSet) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Member> {
        Member::ALL.into_iter().filter(move |member| self.has(*member))
    }
}

/// One value of one dimension of a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// The store is reached so before the update.
    Before(StoreVariant),
    /// The store is to be reached so after the update.
    After(StoreVariant),
    /// The connection state.
    In(ConnectionState),
    /// One member is given and no other.
    Alone,
    /// More than one member is given, or none.
    Together,
    /// The connectivity stays as it is.
    Kept,
    /// The connectivity changes.
    Switched,
}

impl When {
    /// All values, in groups of one dimension each.
    pub(crate) const DIMENSIONS: [&'static [When]; 5] = [
        &[When::Before(StoreVariant::CloudHsm), When::Before(StoreVariant::Public), When::Before(StoreVariant::Vpc)],
        &[When::After(StoreVariant::CloudHsm), When::After(StoreVariant::Public), When::After(StoreVariant::Vpc)],
        &[
            When::In(ConnectionState::Disconnected),
            When::In(ConnectionState::Connected),
            When::In(ConnectionState::Failed),
            When::In(ConnectionState::Connecting),
            When::In(ConnectionState::Disconnecting),
        ],
        &[When::Alone, When::Together],
        &[When::Kept, When::Switched],
    ];

    const fn bit(self) -> u16 {
        1 << match self {
            When::Before(reach) => reach as u16,
            When::After(reach) => 3 + reach as u16,
            When::In(state) => 6 + state as u16,
            When::Alone => 11,
            When::Together => 12,
            When::Kept => 13,
            When::Switched => 14,
        }
    }

    /// A few words for names of edits.
    pub(crate) fn name(self) -> String {
        let reach = |reach| match reach {
            StoreVariant::CloudHsm => "hsm",
            StoreVariant::Public => "public",
            StoreVariant::Vpc => "vpc",
        };
        match self {
            When::Before(before) => format!("from-{}", reach(before)),
            When::After(after) => format!("to-{}", reach(after)),
            When::In(state) => state.name().to_ascii_lowercase(),
            When::Alone => "alone".to_owned(),
            When::Together => "together".to_owned(),
            When::Kept => "kept".to_owned(),
            When::Switched => "switched".to_owned(),
        }
    }
}

/// Where a request finds its store, and what it gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    bits: u16,
    pub(crate) given: MemberSet,
}

impl Situation {
    pub(crate) fn new(
        before: StoreVariant,
        after: StoreVariant,
        state: ConnectionState,
        given: MemberSet,
    ) -> Situation {
        let alone = if given.0.count_ones() == 1 { When::Alone } else { When::Together };
        let switched = if before == after { When::Kept } else { When::Switched };
        let values = [When::Before(before), When::After(after), When::In(state), alone, switched];
        Situation { bits: values.into_iter().fold(0, |bits, value| bits | value.bit()), given }
    }
}

/// The situations to which something applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    admitted: u16,
    /// At least one of these must be given; `None`: any or no member.
    any_of: Option<MemberSet>,
    gives: MemberSet,
    lacks: MemberSet,
}

/// All situations.
pub(crate) const fn any() -> Scope {
    Scope { admitted: u16::MAX, any_of: None, gives: MemberSet::NONE, lacks: MemberSet::NONE }
}

/// Updates that give one of the members.
pub(crate) const fn giving(members: &[Member]) -> Scope {
    Scope { any_of: Some(MemberSet::of(members)), ..any() }
}

/// No situation.
pub(crate) const fn never() -> Scope {
    Scope { any_of: Some(MemberSet::NONE), ..any() }
}

impl Scope {
    pub(crate) fn covers(&self, situation: Situation) -> bool {
        situation.bits & !self.admitted == 0
            && self.any_of.is_none_or(|any_of| situation.given.meets(any_of))
            && situation.given.includes(self.gives)
            && !situation.given.meets(self.lacks)
    }

    /// Not in situations with this value.
    pub(crate) const fn except(mut self, value: When) -> Scope {
        self.admitted &= !value.bit();
        self
    }

    /// In situations with this value as well.
    pub(crate) const fn and_in(mut self, value: When) -> Scope {
        self.admitted |= value.bit();
        self
    }

    /// Only in situations with one of these values, all of one dimension.
    pub(crate) const fn only(mut self, values: &[When]) -> Scope {
        let (mut kept, mut at) = (0, 0);
        while at < values.len() {
            kept |= values[at].bit();
            at += 1;
        }
        let mut dimension = 0;
        while dimension < When::DIMENSIONS.len() {
            let (mut all, mut at) = (0, 0);
            while at < When::DIMENSIONS[dimension].len() {
                all |= When::DIMENSIONS[dimension][at].bit();
                at += 1;
            }
            if all & kept != 0 {
                self.admitted &= !all | kept;
            }
            dimension += 1;
        }
        self
    }

    pub(crate) const fn external(self) -> Scope {
        self.except(When::Before(StoreVariant::CloudHsm))
    }

    pub(crate) const fn hsm(self) -> Scope {
        self.only(&[When::Before(StoreVariant::CloudHsm)])
    }

    /// A change of connectivity to `reach`.
    pub(crate) const fn switching_to(self, reach: StoreVariant) -> Scope {
        self.only(&[When::After(reach)]).only(&[When::Switched])
    }

    pub(crate) const fn gives(mut self, member: Member) -> Scope {
        self.gives = MemberSet(self.gives.0 | MemberSet::of(&[member]).0);
        self
    }

    pub(crate) const fn lacks(mut self, member: Member) -> Scope {
        self.lacks = MemberSet(self.lacks.0 | MemberSet::of(&[member]).0);
        self
    }

    /// Only where one of these members is given.
    pub(crate) const fn any_of(mut self, members: MemberSet) -> Scope {
        self.any_of = Some(members);
        self
    }

    /// Returns the situations that both scopes cover, provided that one of them does not ask for one of several
    /// members.
    pub(crate) fn and(self, other: Scope) -> Scope {
        let any_of = match (self.any_of, other.any_of) {
            (Some(mine), Some(others)) => Some(MemberSet(mine.0 & others.0)),
            (mine, others) => mine.or(others),
        };
        Scope {
            admitted: self.admitted & other.admitted,
            any_of,
            gives: MemberSet(self.gives.0 | other.gives.0),
            lacks: MemberSet(self.lacks.0 | other.lacks.0),
        }
    }

    /// Without one of the members of which one must be given.
    pub(crate) fn spare(mut self, member: Member) -> Scope {
        self.any_of = self.any_of.map(|members| members.without(member));
        self
    }

    /// The members of which one must be given.
    pub(crate) fn triggers(&self) -> Option<MemberSet> {
        self.any_of
    }

    /// Returns true if no request without the member is covered.
    pub(crate) fn needs(&self, member: Member) -> bool {
        self.gives.has(member) || self.any_of == Some(MemberSet::of(&[member]))
    }

    pub(crate) fn admits(&self, value: When) -> bool {
        self.admitted & value.bit() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_what_it_admits() {
        let given = MemberSet::of(&[Member::Endpoint]);
        let at = |state| Situation::new(StoreVariant::Public, StoreVariant::Public, state, given);
        let scope = giving(&[Member::Endpoint, Member::Path]).external().only(&[When::In(ConnectionState::Connected)]);
        assert!(scope.covers(at(ConnectionState::Connected)));
        assert!(!scope.covers(at(ConnectionState::Failed)));
        assert!(scope.and_in(When::In(ConnectionState::Failed)).covers(at(ConnectionState::Failed)));
        assert!(!scope.hsm().covers(at(ConnectionState::Connected)));
        assert!(!scope.gives(Member::Path).covers(at(ConnectionState::Connected)));
        assert!(!scope.lacks(Member::Endpoint).covers(at(ConnectionState::Connected)));
        assert!(!never().covers(at(ConnectionState::Connected)) && any().covers(at(ConnectionState::Failed)));
        assert!(!any().switching_to(StoreVariant::Vpc).covers(at(ConnectionState::Connected)));
    }
}
