//! One request seen in one world: what every rule looks at.

use std::cell::OnceCell;

use crate::account::{Account, Believed, ConnectionState, Connectivity, Store, Xks};
use crate::answer::Outcome;
use crate::environment::{Cluster, Environment, Proxy, ProxyRole, is_plain_host};
use crate::feature::{Feature, FeatureSet};
use crate::members::{Member, MemberSet, StoreType};
use crate::request::{Body, Dispatch, Update};
use crate::revision::Revision;
use crate::wire::{Answer, Request};

/// One request in one world.
#[derive(Clone, Debug)]
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
    pub account: &'a Account,
    /// The store that the request names.
    pub store: Option<&'a Store>,
    /// The proxy settings as they would be after the request, for an external key store.
    pub merged: Option<Merged<'a>>,
    /// The cluster that the request gives a CloudHSM store: `None` where it gives none, then as
    /// [`Environment::cluster`] has it.
    pub cluster: Option<Option<Option<&'a Cluster>>>,
    proxy: OnceCell<Option<ProxyQuery<'a>>>,
    present_cluster: OnceCell<Option<Option<&'a Cluster>>>,
    family: OnceCell<Option<&'a str>>,
}

/// The proxy that the merged values of a request reach.
#[derive(Clone, Copy, Debug)]
pub struct ProxyQuery<'a> {
    /// Its row; an address that no row describes has no listener.
    pub row: Option<&'a Proxy>,
    /// The role: a proxy refuses a credential that it does not accept.
    pub role: ProxyRole,
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
        let optional = |member: Member, fact: &'a Believed<Option<String>>| {
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

    /// Returns the answer of the proxy, which refuses a credential that is not among its own.
    fn answered(&self, proxy: &Proxy) -> ProxyRole {
        let checks = matches!(proxy.role, ProxyRole::Healthy | ProxyRole::Degraded);
        let Some(credentials) = proxy.credentials.as_ref().filter(|_| checks) else { return proxy.role };
        match (self.access_key_id, self.secret) {
            (Some(id), Some(secret)) if credentials.iter().any(|c| c.access_key_id == id && c.secret == secret) => {
                proxy.role
            }
            (Some(_), None) => ProxyRole::Odd,
            _ => ProxyRole::WrongCredential,
        }
    }

    /// Returns true if the request changes the connectivity.
    pub fn switches(&self) -> bool {
        self.connectivity.is_some_and(|c| c != self.was)
    }

    /// Returns true if the store has this connectivity afterwards.
    pub fn becomes(&self, connectivity: Connectivity) -> bool {
        self.connectivity == Some(connectivity)
    }

    /// Returns true if the store has this connectivity before and afterwards.
    pub fn stays(&self, connectivity: Connectivity) -> bool {
        self.was == connectivity && self.becomes(connectivity)
    }
}

impl From<&Store> for FeatureSet {
    fn from(store: &Store) -> FeatureSet {
        let state = match store.state {
            ConnectionState::Disconnected => FeatureSet::NONE.and(Feature::Disconnected),
            ConnectionState::Connected => FeatureSet::NONE.and(Feature::NotDisconnected).and(Feature::Connected),
            _ => FeatureSet::NONE.and(Feature::NotDisconnected).and(Feature::OtherState),
        };
        state.and(store.store_type())
    }
}

impl<'a> Situation<'a> {
    /// Looks at `update` in `account`, reading its body as `body`.
    pub fn new(
        revision: Revision,
        environment: &'a Environment,
        update: &'a Update<'a>,
        body: Option<&'a Body<'a>>,
        account: &'a Account,
    ) -> Situation<'a> {
        let id = body.and_then(|b| b.text(Member::CustomKeyStoreId).given());
        let store = id.and_then(|id| account.store(id));
        let merged = match (body, store.and_then(Store::xks)) {
            (Some(body), Some(xks)) => Some(Merged::new(body, xks)),
            _ => None,
        };
        let given = body.filter(|_| store.is_some_and(|s| s.store_type() == StoreType::CloudHsm));
        let cluster = given.and_then(|b| b.valid(Member::CloudHsmClusterId)).map(|id| environment.cluster(id));
        Situation {
            revision,
            environment,
            update,
            body,
            account,
            store,
            merged,
            cluster,
            proxy: OnceCell::new(),
            present_cluster: OnceCell::new(),
            family: OnceCell::new(),
        }
    }

    /// The cluster that a CloudHSM store has, as [`Environment::cluster`] has it.
    pub fn present_cluster(&self) -> Option<Option<&'a Cluster>> {
        *self.present_cluster.get_or_init(|| self.environment.cluster(&self.store?.cloud_hsm()?.cluster))
    }

    /// The family of the cluster that a CloudHSM store was created with.
    pub fn family(&self) -> Option<&'a str> {
        *self.family.get_or_init(|| {
            let created_with = &self.store?.cloud_hsm()?.created_with;
            Some(&*self.environment.clusters.as_ref()?.named(created_with).next()?.family)
        })
    }

    /// The proxy that the merged values reach; `None` where nothing is known of it.
    pub fn proxy(&self) -> Option<ProxyQuery<'a>> {
        *self.proxy.get_or_init(|| {
            let merged = self.merged?;
            let row = self.environment.proxy(merged.endpoint?, merged.path?)?;
            Some(ProxyQuery { row, role: row.map_or(ProxyRole::NoTcp, |proxy| merged.answered(proxy)) })
        })
    }

    /// Returns true if the host that the merged values name is written in another form, in case or with a final dot,
    /// than a proxy's row has it (U-10).
    pub fn reaches_by_another_form(&self) -> bool {
        let endpoint = self.merged.and_then(|m| m.endpoint);
        endpoint.is_some_and(|endpoint| !is_plain_host(endpoint)) && self.proxy().is_some_and(|p| p.row.is_some())
    }

    /// Returns the rare features of the request.
    pub fn features(&self) -> FeatureSet {
        let head = self.update.dispatch != Dispatch::Update || !self.update.wire.auth.is_good();
        self.store
            .map_or(FeatureSet::NONE.and(Feature::NoStore), FeatureSet::from)
            .and_if(head, Feature::UnusualHead)
            .and_if(self.body.is_none(), Feature::NotAnObject)
            .and_if(self.body.is_some_and(|b| !b.is_plain()), Feature::UnusualForm)
            .and_if(self.body.is_some_and(|b| b.unknown), Feature::UnknownMember)
            .and_if(self.body.is_some_and(|b| !b.notable().is_empty()), Feature::UnusualValue)
            .and_if(self.store.is_some() && self.given().is_empty(), Feature::IdOnly)
            .and_if(!self.foreign().is_empty(), Feature::OtherTypeMember)
            .and_if(
                self.merged.is_some()
                    && (self.proxy().is_none_or(|p| p.role != ProxyRole::Healthy) || self.reaches_by_another_form()),
                Feature::ProxyUnhealthy,
            )
    }

    /// The members that the request gives, those of the credential among them.
    pub fn members(&self) -> MemberSet {
        self.body.map_or(MemberSet::EMPTY, |b| b.present)
    }

    /// The members of the request that are for the other type of store.
    pub fn foreign(&self) -> MemberSet {
        self.given().common(match self.store.map(Store::store_type) {
            Some(StoreType::CloudHsm) => MemberSet::OF_XKS,
            Some(StoreType::Xks) => MemberSet::OF_CLOUD_HSM,
            None => MemberSet::EMPTY,
        })
    }

    /// Returns true if the request has a value for `member`.
    pub fn gives(&self, member: Member) -> bool {
        self.members().has(member)
    }

    /// Returns the members with a value in the request, without the id and the credential's own.
    pub fn given(&self) -> MemberSet {
        [Member::CustomKeyStoreId, Member::AccessKeyId, Member::RawSecretAccessKey]
            .iter()
            .fold(self.members(), |set, m| set.without(*m))
    }

    /// The value given for `member`, where it is of the right type and keeps its constraints.
    pub fn value(&self, member: Member) -> Option<&'a str> {
        self.body?.valid(member)
    }

    /// Returns true if the request gives `""` for XksProxyVpcEndpointServiceName and the store need not have a
    /// service afterwards (S-16): it is, or becomes, PUBLIC_ENDPOINT, or no store has the id.
    pub fn empties_service(&self) -> bool {
        let Some(body) = self.body else { return false };
        let empty = body.text(Member::XksProxyVpcEndpointServiceName).given().is_some_and(|v| v.is_empty());
        let public = || match self.merged {
            Some(merged) => merged.becomes(Connectivity::PublicEndpoint),
            None if self.store.is_some() => false,
            None => {
                let given = body.text(Member::XksProxyConnectivity).given();
                !self.gives(Member::XksProxyConnectivity)
                    || given.is_some_and(|v| *v == Connectivity::PublicEndpoint.name())
            }
        };
        empty && public()
    }

    /// Returns true if the store has this type.
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
        self.account.others(id)
    }

    /// Returns true if the request gives `member`, a text, the value that the store has already.
    pub fn restates(&self, member: Member) -> bool {
        let (Some(body), Some(store)) = (self.body, self.store) else { return false };
        match (member, &store.backing) {
            (Member::KeyStorePassword, crate::account::Backing::CloudHsm(c)) => {
                c.password.is_some() && body.valid(member) == c.password.as_deref()
            }
            (m, _) => body.valid(m).is_some() && body.valid(m) == store.value(m),
        }
    }
}

/// Returns the error text of the proxy that `request` reaches in `account`, if the environment knows it.
pub fn proxy_message<'a>(
    revision: Revision,
    environment: &'a Environment,
    request: &Request,
    account: &Account,
) -> Option<&'a str> {
    let update = Update::read(request, revision);
    let situation = Situation::new(revision, environment, &update, update.body.as_ref().ok(), account);
    let merged = situation.merged?;
    environment.proxy(merged.endpoint?, merged.path?)??.error_message.as_deref()
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
    /// The outcome of the answer.
    pub outcome: &'a Outcome,
    /// The error text of the proxy that the request reaches, if it is known.
    pub proxy_message: Option<&'a str>,
    /// Passwords and secrets sent so far, which no answer may show.
    pub secrets: &'a [String],
}
