//! Sets of members.

use super::Member;

/// A set of members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MemberSet(u16);

impl MemberSet {
    /// The set that holds nothing.
    pub const EMPTY: MemberSet = MemberSet(0);
    /// The two members of a VPC endpoint service.
    pub const VPC: MemberSet =
        MemberSet::EMPTY.with(Member::XksProxyVpcEndpointServiceName).with(Member::XksProxyVpcEndpointServiceOwner);

    /// The members for CloudHSM key stores alone.
    pub const OF_CLOUD_HSM: MemberSet = MemberSet::EMPTY.with(Member::KeyStorePassword).with(Member::CloudHsmClusterId);
    /// The members for external key stores alone.
    pub const OF_XKS: MemberSet = MemberSet::VPC
        .with(Member::XksProxyUriEndpoint)
        .with(Member::XksProxyUriPath)
        .with(Member::XksProxyAuthenticationCredential)
        .with(Member::AccessKeyId)
        .with(Member::RawSecretAccessKey)
        .with(Member::XksProxyConnectivity);

    /// The set that holds `members`.
    pub fn of(members: &[Member]) -> MemberSet {
        members.iter().copied().collect()
    }

    /// Returns true if `member` is in the set.
    pub fn has(self, member: Member) -> bool {
        self.0 & (1 << member as u16) != 0
    }

    /// Adds `member`.
    pub fn insert(&mut self, member: Member) {
        *self = self.with(member);
    }

    /// The set with `member`.
    #[must_use]
    pub const fn with(self, member: Member) -> MemberSet {
        MemberSet(self.0 | 1 << member as u16)
    }

    /// The set without `member`.
    #[must_use]
    pub fn without(self, member: Member) -> MemberSet {
        MemberSet(self.0 & !(1 << member as u16))
    }

    /// Returns true if the set holds nothing.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the number of members in the set.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The members of both sets.
    #[must_use]
    pub fn common(self, other: MemberSet) -> MemberSet {
        MemberSet(self.0 & other.0)
    }

    /// Returns true if the two sets share a member.
    pub fn meets(self, other: MemberSet) -> bool {
        self.0 & other.0 != 0
    }

    /// The members of the set, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Member> {
        Member::ALL.iter().copied().filter(move |m| self.has(*m))
    }
}

impl FromIterator<Member> for MemberSet {
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Self {
        let mut set = MemberSet::EMPTY;
        members.into_iter().for_each(|m| set.insert(m));
        set
    }
}
