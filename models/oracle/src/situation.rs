//! One request seen in one world: what every rule looks at.

use crate::answer::Outcome;
use crate::environment::{Cluster, Environment, Proxy};
use crate::members::{Member, MemberSet, StoreType};
use crate::request::{Body, Dispatch, Update};
use crate::revision::Revision;
use crate::rule::{Topic, Topics};
use crate::wire::{Answer, Auth, Request};
use crate::world::{ConnectionState, Connectivity, Fact, Store, World, Xks};

/// One request in one world.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The revision that applies.
    pub revision: Revision,
    /// The world outside the account.
    pub environment: &'a Environment,
    /// The request.
    pub update: &'a Update<'a>,
    /// Its body, where it is a JSON object.
    pub body: Option<&'a Body<'a>>,
    /// The account.
    pub world: &'a World,
    /// The store that the request names.
    pub store: Option<&'a Store>,
    /// The proxy settings as they would be after the request, for an external key store.
    pub merged: Option<Merged<'a>>,
    /// The proxy that the merged values reach: outer `None` where nothing is known, inner where there is none.
    pub proxy: Option<Option<&'a Proxy>>,
    /// The cluster that the request gives a CloudHSM store: `None` where it gives none, then as
    /// [`Environment::cluster`] has it.
    pub cluster: Option<Option<Option<&'a Cluster>>>,
}

/// The proxy settings of an external key store as they would be after a request. A value that
/// breaks a constraint is `None`, and so is one that is not known.
#[derive(Clone, Copy, Debug)]
pub struct Merged<'a> {
    /// The connectivity before.
    pub was: Connectivity,
    /// The connectivity after.
    pub connectivity: Option<Connectivity>,
    /// The endpoint.
    pub endpoint: Option<&'a str>,
    /// The path.
    pub path: Option<&'a str>,
    /// The access key id.
    pub access_key_id: Option<&'a str>,
    /// The secret.
    pub secret: Option<&'a str>,
    /// The VPC endpoint service; inner `None` for none.
    pub service: Option<Option<&'a str>>,
    /// The service's owner; inner `None` for none.
    pub owner: Option<Option<&'a str>>,
}

impl<'a> Merged<'a> {
    fn new(body: &'a Body<'a>, xks: &'a Xks) -> Merged<'a> {
        let text = |member: Member, present: &'a str| {
            if body.present.has(member) { body.valid(member) } else { Some(present) }
        };
        let optional = |member: Member, fact: &'a Fact<Option<String>>| {
            if body.present.has(member) { body.valid(member).map(Some) } else { fact.known().map(Option::as_deref) }
        };
        let credential = body.present.has(Member::XksProxyAuthenticationCredential);
        let given = body.valid_credential();
        Merged {
            was: xks.connectivity,
            connectivity: text(Member::XksProxyConnectivity, xks.connectivity.name()).and_then(Connectivity::from_name),
            endpoint: text(Member::XksProxyUriEndpoint, &xks.endpoint),
            path: text(Member::XksProxyUriPath, &xks.path),
            access_key_id: if credential { given.map(|c| c.0) } else { Some(&xks.access_key_id) },
            secret: if credential { given.map(|c| c.1) } else { xks.secret.as_deref() },
            service: optional(Member::XksProxyVpcEndpointServiceName, &xks.service),
            owner: optional(Member::XksProxyVpcEndpointServiceOwner, &xks.owner),
        }
    }

    /// Whether the request changes the connectivity.
    pub fn switches(&self) -> bool {
        self.connectivity.is_some_and(|c| c != self.was)
    }

    /// Whether the store has this connectivity afterwards.
    pub fn becomes(&self, connectivity: Connectivity) -> bool {
        self.connectivity == Some(connectivity)
    }

    /// Whether the store has this connectivity before and afterwards.
    pub fn stays(&self, connectivity: Connectivity) -> bool {
        self.was == connectivity && self.becomes(connectivity)
    }
}

impl<'a> Situation<'a> {
    /// Looks at `update` in `world`, reading its body as `body`.
    pub fn new(
        revision: Revision,
        environment: &'a Environment,
        update: &'a Update<'a>,
        body: Option<&'a Body<'a>>,
        world: &'a World,
    ) -> Situation<'a> {
        let id = body.and_then(|b| b.text(Member::CustomKeyStoreId).given());
        let store = id.and_then(|id| world.store(id));
        let merged = match (body, store.and_then(Store::xks)) {
            (Some(body), Some(xks)) => Some(Merged::new(body, xks)),
            _ => None,
        };
        let proxy = merged.and_then(|m| environment.proxy(m.endpoint?, m.path?));
        let given = body.filter(|_| store.is_some_and(|s| s.store_type() == StoreType::CloudHsm));
        let cluster = given.and_then(|b| b.valid(Member::CloudHsmClusterId)).map(|id| environment.cluster(id));
        Situation { revision, environment, update, body, world, store, merged, proxy, cluster }
    }

    /// What the request is about: rules about anything else have nothing to say of it.
    pub fn topics(&self) -> Topics {
        let head = self.update.dispatch != Dispatch::Update || self.update.wire.auth != Auth::Good;
        Topics::NONE
            .and_members(self.body.map_or(MemberSet::EMPTY, |b| b.present))
            .and_if(head, Topic::Head)
            .and_if(self.body.is_none_or(|b| !b.is_plain()), Topic::Form)
            .and_if(self.store.is_none(), Topic::NoStore)
            .and_if(self.state().is_some_and(|s| s != ConnectionState::Disconnected), Topic::Unsettled)
    }

    /// Whether the request says anything for `member`.
    pub fn gives(&self, member: Member) -> bool {
        self.body.is_some_and(|b| b.present.has(member))
    }

    /// The members of the request that say something, the id and the credential's own left out.
    pub fn given(&self) -> MemberSet {
        let Some(body) = self.body else { return MemberSet::EMPTY };
        [Member::CustomKeyStoreId, Member::AccessKeyId, Member::RawSecretAccessKey]
            .iter()
            .fold(body.present, |set, m| set.without(*m))
    }

    /// The value given for `member`, where it is of the right type and keeps its constraints.
    pub fn value(&self, member: Member) -> Option<&'a str> {
        self.body?.valid(member)
    }

    /// Whether the store has this type.
    pub fn is(&self, store_type: StoreType) -> bool {
        self.store.is_some_and(|s| s.store_type() == store_type)
    }

    /// The store's connection state.
    pub fn state(&self) -> Option<ConnectionState> {
        self.store.map(|s| s.state)
    }

    /// The other stores of the account.
    pub fn others(&self) -> impl Iterator<Item = &'a Store> {
        let id = self.store.map_or("", |s| s.id.as_str());
        self.world.others(id)
    }

    /// Whether the request gives `member` the value that the store has already.
    pub fn restates(&self, member: Member) -> bool {
        let (Some(body), Some(store)) = (self.body, self.store) else { return false };
        match (member, &store.backing) {
            (Member::KeyStorePassword, crate::world::Backing::CloudHsm(c)) => {
                c.password.is_some() && body.valid(member) == c.password.as_deref()
            }
            (Member::XksProxyAuthenticationCredential, crate::world::Backing::Xks(x)) => body
                .valid_credential()
                .is_some_and(|(id, secret)| id == x.access_key_id && x.secret.as_deref() == Some(secret)),
            (m, _) => body.valid(m).is_some() && body.valid(m) == store.value(m),
        }
    }
}

/// A request with its answer: what rules about the form of answers look at.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The revision that applies.
    pub revision: Revision,
    /// The request.
    pub request: &'a Request,
    /// The answer.
    pub answer: &'a Answer,
    /// What the answer says.
    pub outcome: &'a Outcome,
    /// Passwords and secrets sent so far, which no answer may show.
    pub secrets: &'a [String],
}
