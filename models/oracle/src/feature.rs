//! Rare features of requests, used to skip the rules that cannot apply to the others.

use crate::members::StoreType;

/// Something that few requests have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Another head than the documented one, or another signature than a good one.
    UnusualHead,
    /// A body that is not a JSON object.
    NotAnObject,
    /// A body that is not written in the plainest way: nulls, wrong types, members twice, escapes, odd text.
    UnusualForm,
    /// A member that the revision does not know.
    UnknownMember,
    /// A value that breaks its constraints, or has characters outside ASCII.
    UnusualValue,
    /// The id of a store, and nothing else.
    IdOnly,
    /// No store has the id.
    NoStore,
    /// The store is not DISCONNECTED.
    NotDisconnected,
    /// A member is given that is for the other type of store.
    OtherTypeMember,
    /// The store is a CloudHSM key store.
    CloudHsm,
    /// The store is an external key store.
    Xks,
    /// Nothing is known of the proxy that the merged values reach, or it does not answer as a healthy one.
    ProxyUnhealthy,
    /// The store is DISCONNECTED.
    Disconnected,
    /// The store is CONNECTED.
    Connected,
    /// The store is in another state.
    OtherState,
}

impl From<StoreType> for Feature {
    fn from(store_type: StoreType) -> Feature {
        match store_type {
            StoreType::CloudHsm => Feature::CloudHsm,
            StoreType::Xks => Feature::Xks,
        }
    }
}

/// A set of [`Feature`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureSet(u16);

impl FeatureSet {
    /// None.
    pub const NONE: FeatureSet = FeatureSet(0);

    /// The largest number of features.
    pub(crate) const COUNT: usize = u16::BITS as usize;

    /// These and `feature`.
    #[must_use]
    pub fn and(self, feature: impl Into<Feature>) -> FeatureSet {
        FeatureSet(self.0 | 1 << feature.into() as u16)
    }

    /// These and `feature`, where it holds.
    #[must_use]
    pub fn and_if(self, holds: bool, feature: Feature) -> FeatureSet {
        if holds { self.and(feature) } else { self }
    }

    /// Returns true if all of `others` are among these.
    pub fn covers(self, others: FeatureSet) -> bool {
        self.0 & others.0 == others.0
    }

    /// The numbers of the features that are not among these.
    pub(crate) fn lacks(self) -> impl Iterator<Item = usize> {
        let mut left = !self.0;
        std::iter::from_fn(move || {
            let feature = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (feature < FeatureSet::COUNT).then_some(feature)
        })
    }

    /// Returns true if the feature of that number is there.
    pub(crate) fn has(self, feature: usize) -> bool {
        self.0 & 1 << feature != 0
    }

    /// The features whose bits are set.
    #[cfg(test)]
    pub(crate) fn of(bits: u16) -> FeatureSet {
        FeatureSet(bits)
    }
}
