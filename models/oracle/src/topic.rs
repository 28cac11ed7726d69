//! What few requests have, so that rules about it are not asked of the others.

use crate::members::StoreType;

/// Something that few requests have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Another head than the documented one, or another signature than a good one.
    Head,
    /// A body that is no JSON object.
    NoObject,
    /// A body that is not written in the plainest way: nulls, wrong types, members twice, escapes, odd text.
    Form,
    /// A member that the revision does not know.
    Unknown,
    /// A value that departs from its constraints, or has other characters than ASCII.
    Shape,
    /// The id of a store, and nothing else.
    Alone,
    /// No store has the id.
    NoStore,
    /// The store is not DISCONNECTED.
    Unsettled,
    /// A member is given that is for the other type of store.
    Foreign,
    /// The store is a CloudHSM key store.
    CloudHsm,
    /// The store is an external key store.
    Xks,
    /// Nothing is known of the proxy that the merged values reach, or it does not answer as a healthy one.
    Unsound,
    /// The store is DISCONNECTED.
    Disconnected,
    /// The store is CONNECTED.
    Connected,
    /// The store is in another state.
    Otherwise,
}

impl From<StoreType> for Topic {
    fn from(store_type: StoreType) -> Topic {
        match store_type {
            StoreType::CloudHsm => Topic::CloudHsm,
            StoreType::Xks => Topic::Xks,
        }
    }
}

/// A set of [`Topic`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topics(u16);

impl Topics {
    /// None.
    pub const NONE: Topics = Topics(0);

    /// How many topics there may be.
    pub(crate) const COUNT: usize = u16::BITS as usize;

    /// These and `topic`.
    #[must_use]
    pub fn and(self, topic: impl Into<Topic>) -> Topics {
        Topics(self.0 | 1 << topic.into() as u16)
    }

    /// These and `topic`, where it holds.
    #[must_use]
    pub fn and_if(self, holds: bool, topic: Topic) -> Topics {
        if holds { self.and(topic) } else { self }
    }

    /// Whether all of `others` are among these.
    pub fn covers(self, others: Topics) -> bool {
        self.0 & others.0 == others.0
    }

    /// The numbers of the topics that are not among these.
    pub(crate) fn lacks(self) -> impl Iterator<Item = usize> {
        let mut left = !self.0;
        std::iter::from_fn(move || {
            let topic = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (topic < Topics::COUNT).then_some(topic)
        })
    }

    /// Whether the topic of that number is there.
    pub(crate) fn has(self, topic: usize) -> bool {
        self.0 & 1 << topic != 0
    }

    /// The topics whose bits are set.
    #[cfg(test)]
    pub(crate) fn of(bits: u16) -> Topics {
        Topics(bits)
    }
}
