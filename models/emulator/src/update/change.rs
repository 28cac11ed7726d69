//! The settings that an update requests, merged into those of the store.

use crate::behaviour::facts::ValueSource;
use crate::behaviour::scope::{MemberSet, Situation};
use crate::core::Core;
use crate::member::Member;
use crate::shapes::Members;
use crate::store::{Attributes, CloudHsm, Connectivity, External, Settings, Store};

/// The members given.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenValues {
    given: Vec<Member>,
    pub(crate) name: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) cluster: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) credential: Option<(String, String)>,
    pub(crate) connectivity: Option<Connectivity>,
}

impl GivenValues {
    pub(crate) fn read(members: &Members) -> GivenValues {
        let text = |member: Member| members.text(member.name()).map(str::to_owned);
        let credential = members.structure(Member::Credential.name()).map(|credential| {
            let text = |name| credential.text(name).unwrap_or_default().to_owned();
            (text("AccessKeyId"), text("RawSecretAccessKey"))
        });
        GivenValues {
            given: Member::ALL.into_iter().filter(|member| members.get(member.name()).is_some()).collect(),
            name: text(Member::Name),
            password: text(Member::Password),
            cluster: text(Member::Cluster),
            endpoint: text(Member::Endpoint),
            path: text(Member::Path),
            service: text(Member::Service),
            owner: text(Member::Owner),
            credential,
            connectivity: members.text(Member::Connectivity.name()).map(Connectivity::named),
        }
    }

    /// The members given, in the order of the model.
    pub(crate) fn given(&self) -> &[Member] {
        &self.given
    }

    pub(crate) fn gives(&self, member: Member) -> bool {
        self.given.contains(&member)
    }

    /// The change without one member.
    pub(crate) fn without(&self, member: Member) -> GivenValues {
        let mut change = self.clone();
        change.given.retain(|given| *given != member);
        match member {
            Member::Name => change.name = None,
            Member::Password => change.password = None,
            Member::Cluster => change.cluster = None,
            Member::Endpoint => change.endpoint = None,
            Member::Path => change.path = None,
            Member::Service => change.service = None,
            Member::Owner => change.owner = None,
            Member::Credential => change.credential = None,
            Member::Connectivity => change.connectivity = None,
        }
        change
    }

    /// The change to one member alone.
    pub(crate) fn only(&self, member: Member) -> GivenValues {
        self.restricted(MemberSet::of(&[member]))
    }

    /// The change to these members alone.
    pub(crate) fn restricted(&self, members: MemberSet) -> GivenValues {
        let others = Member::ALL.into_iter().filter(|other| !members.has(*other));
        others.fold(self.clone(), |change, other| change.without(other))
    }

    /// The members given, as a set. A service whose value is hidden is gated and no more (S-16).
    pub(crate) fn given_set(&self) -> MemberSet {
        let given = MemberSet::of(&self.given);
        if self.service.is_none() { given.without(Member::Service) } else { given }
    }

    /// Name and settings of the store with the members given put over them.
    pub(crate) fn merge(&self, core: &Core, store: &Store, situation: Situation) -> Attributes {
        let name = self.name.clone().unwrap_or_else(|| store.name.clone());
        let settings = match &store.settings {
            Settings::CloudHsm(now) => Settings::CloudHsm(CloudHsm {
                cluster: self.cluster.clone().unwrap_or_else(|| now.cluster.clone()),
                password: self.password.clone().unwrap_or_else(|| now.password.clone()),
                trust_anchor: now.trust_anchor.clone(),
                family: now.family.clone(),
            }),
            Settings::External(now) => Settings::External(self.merge_external(now)),
        };
        let mut face = (name, settings);
        for effect in core.behaviour.effects.merge.iter().filter(|effect| effect.when.covers(situation)) {
            match effect.source {
                ValueSource::Nothing => effect.fact.clear(&mut face),
                ValueSource::Caller => effect.fact.set(&mut face, core.environment.account()),
                ValueSource::Fixed => effect.fact.edit(&mut face, |present| effect.fact.fixed(present)),
                ValueSource::Previous => {
                    if let Some(before) = store.before.as_deref() {
                        effect.fact.copy(before, &mut face);
                    }
                }
                ValueSource::Stored => effect.fact.copy(&(store.name.clone(), store.settings.clone()), &mut face),
                ValueSource::Merged | ValueSource::Given => {}
            }
        }
        face
    }

    fn merge_external(&self, now: &External) -> External {
        let (key_id, secret) = self.credential.clone().unwrap_or_else(|| (now.key_id.clone(), now.secret.clone()));
        External {
            connectivity: self.connectivity.unwrap_or(now.connectivity),
            endpoint: self.endpoint.clone().unwrap_or_else(|| now.endpoint.clone()),
            path: self.path.clone().unwrap_or_else(|| now.path.clone()),
            service: self.service.clone().or_else(|| now.service.clone()),
            owner: self.owner.clone().or_else(|| now.owner.clone()),
            key_id,
            secret,
        }
    }
}
