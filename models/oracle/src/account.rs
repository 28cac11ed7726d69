//! Stores and accounts as the model believes them.

use std::sync::Arc;

use crate::answer::DescribedStore;
use crate::json_text::HALF;
use crate::members::{Member, StoreType};

/// A fact that an answer of the target may still decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Believed<T> {
    /// Known.
    Is(T),
    /// Left open by the rule book or not yet seen: the next Describe pins it.
    Open,
    /// Left open by the rule book, while Describe may go on showing this earlier value for as long as it may lag
    /// that value pins it only once the settle time is over.
    Unsettled(T),
}

impl<T> Believed<T> {
    /// The value, if known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Believed::Is(value) => Some(value),
            Believed::Open | Believed::Unsettled(_) => None,
        }
    }

    /// The fact after a change whose result the rule book leaves open.
    #[must_use]
    pub fn reopened(self) -> Believed<T> {
        match self {
            Believed::Is(before) | Believed::Unsettled(before) => Believed::Unsettled(before),
            Believed::Open => Believed::Open,
        }
    }
}

impl<T: PartialEq> Believed<T> {
    /// Returns true if Describe, showing this value, may only lag behind.
    fn may_lag(&self, shown: Option<&T>) -> bool {
        matches!(self, Believed::Unsettled(before) if Some(before) == shown)
    }
}

/// The connection state of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are AWS's")]
pub enum ConnectionState {
    Disconnected,
    Connected,
    Failed,
    Connecting,
    Disconnecting,
}

impl ConnectionState {
    /// All five.
    pub const ALL: &'static [ConnectionState] = &[
        ConnectionState::Disconnected,
        ConnectionState::Connected,
        ConnectionState::Failed,
        ConnectionState::Connecting,
        ConnectionState::Disconnecting,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            ConnectionState::Disconnected => "DISCONNECTED",
            ConnectionState::Connected => "CONNECTED",
            ConnectionState::Failed => "FAILED",
            ConnectionState::Connecting => "CONNECTING",
            ConnectionState::Disconnecting => "DISCONNECTING",
        }
    }

    /// Reads the wire's name.
    pub fn from_name(name: &str) -> Option<ConnectionState> {
        ConnectionState::ALL.iter().copied().find(|s| s.name() == name)
    }

    /// Returns true if a store leaves it without an operation.
    pub fn passes(self) -> bool {
        self.may_have_become().len() > 1
    }

    /// Returns the states that a store in this one may have reached since, this one first.
    pub fn may_have_become(self) -> &'static [ConnectionState] {
        use ConnectionState::{Connected, Connecting, Disconnected, Disconnecting, Failed};
        match self {
            Connecting => &[Connecting, Connected, Failed],
            Disconnecting => &[Disconnecting, Disconnected],
            Disconnected => &[Disconnected],
            Connected => &[Connected],
            Failed => &[Failed],
        }
    }
}

/// The way from KMS to an external key store's proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are AWS's")]
pub enum Connectivity {
    PublicEndpoint,
    VpcEndpointService,
}

impl Connectivity {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Connectivity::PublicEndpoint => "PUBLIC_ENDPOINT",
            Connectivity::VpcEndpointService => "VPC_ENDPOINT_SERVICE",
        }
    }

    /// Reads the wire's name.
    pub fn from_name(name: &str) -> Option<Connectivity> {
        match name {
            "PUBLIC_ENDPOINT" => Some(Connectivity::PublicEndpoint),
            "VPC_ENDPOINT_SERVICE" => Some(Connectivity::VpcEndpointService),
            _ => None,
        }
    }
}

/// The resource behind a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backing {
    /// A CloudHSM cluster.
    CloudHsm(CloudHsm),
    /// An external key manager.
    Xks(Xks),
}

/// The settings of a CloudHSM key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudHsm {
    /// The cluster it uses.
    pub cluster: String,
    /// The cluster it was created with: its family decides what is related (H-03, H-08).
    pub created_with: String,
    /// The trust anchor.
    pub trust_anchor: Believed<String>,
    /// The kmsuser password it was last given; never shown.
    pub password: Option<String>,
}

/// The settings of an external key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xks {
    /// The way to the proxy.
    pub connectivity: Connectivity,
    /// `https://host`.
    pub endpoint: String,
    /// The path.
    pub path: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret it was last given; never shown.
    pub secret: Option<String>,
    /// The VPC endpoint service; `None` for none.
    pub service: Believed<Option<String>>,
    /// The service's owner; `None` for none.
    pub owner: Believed<Option<String>>,
}

/// A custom key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Believed<String>,
    /// Its connection state.
    pub state: ConnectionState,
    /// `ConnectionErrorCode`.
    pub error: Believed<Option<String>>,
    /// `CreationDate` as Describe writes it.
    pub created: Believed<Option<String>>,
    /// Its settings.
    pub backing: Backing,
    /// True if Update gave it a password or a credential: then a Connect shows what was stored.
    pub recredentialed: bool,
    /// The settings before an update while CONNECTING: the values that Connect uses are open.
    pub in_flight: Option<Box<Backing>>,
}

impl Store {
    /// Its type.
    pub fn store_type(&self) -> StoreType {
        match self.backing {
            Backing::CloudHsm(_) => StoreType::CloudHsm,
            Backing::Xks(_) => StoreType::Xks,
        }
    }

    /// Its settings, if it is an external key store.
    pub fn xks(&self) -> Option<&Xks> {
        match &self.backing {
            Backing::Xks(x) => Some(x),
            Backing::CloudHsm(_) => None,
        }
    }

    /// Its settings, if it is a CloudHSM key store.
    pub fn cloud_hsm(&self) -> Option<&CloudHsm> {
        match &self.backing {
            Backing::CloudHsm(c) => Some(c),
            Backing::Xks(_) => None,
        }
    }

    /// The value that the store has for a member, where it is known; never the two secrets.
    pub fn value(&self, member: Member) -> Option<&str> {
        match (member, &self.backing) {
            (Member::CustomKeyStoreId, _) => Some(&self.id),
            (Member::NewCustomKeyStoreName, _) => self.name.known().map(String::as_str),
            (Member::CloudHsmClusterId, Backing::CloudHsm(c)) => Some(&c.cluster),
            (Member::XksProxyUriEndpoint, Backing::Xks(x)) => Some(&x.endpoint),
            (Member::XksProxyUriPath, Backing::Xks(x)) => Some(&x.path),
            (Member::AccessKeyId, Backing::Xks(x)) => Some(&x.access_key_id),
            (Member::XksProxyConnectivity, Backing::Xks(x)) => Some(x.connectivity.name()),
            (Member::XksProxyVpcEndpointServiceName, Backing::Xks(x)) => x.service.known()?.as_deref(),
            (Member::XksProxyVpcEndpointServiceOwner, Backing::Xks(x)) => x.owner.known()?.as_deref(),
            _ => None,
        }
    }
}

/// Something that was in use and is not any more (U-04, U-11, E-03).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freed {
    /// A store's id.
    Id(String),
    /// A store's name.
    Name(String),
    /// A public endpoint with its path.
    Uri(String, String),
    /// An endpoint.
    Endpoint(String),
    /// A VPC endpoint service.
    Service(String),
}

/// Most freed things remembered; older ones are forgotten.
const FREED: usize = 16;

/// One account in one Region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    stores: Arc<Vec<Arc<Store>>>,
    freed: Arc<Vec<Arc<Freed>>>,
}

impl Account {
    /// The stores, in order of creation.
    pub fn stores(&self) -> impl Iterator<Item = &Store> {
        self.stores.iter().map(|s| &**s)
    }

    /// The store of that id.
    pub fn store(&self, id: &str) -> Option<&Store> {
        self.stores().find(|s| s.id == id)
    }

    /// The stores other than the one of that id.
    pub fn others<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Store> {
        self.stores().filter(move |s| s.id != id)
    }

    /// Adds the store or puts it in the place of the one with its id, remembering what that freed.
    pub fn put(&mut self, store: Store) {
        let stores = Arc::make_mut(&mut self.stores);
        let store = Arc::new(store);
        match stores.iter().position(|s| s.id == store.id) {
            Some(at) => {
                let before = std::mem::replace(&mut stores[at], store.clone());
                self.free(&before, Some(&store));
            }
            None => stores.push(store),
        }
    }

    /// Changes the store of that id in place, without remembering anything as freed.
    pub fn with(&mut self, id: &str, change: impl FnOnce(&mut Store)) {
        if let Some(at) = self.stores.iter().position(|s| s.id == id) {
            change(Arc::make_mut(&mut Arc::make_mut(&mut self.stores)[at]));
        }
    }

    /// Takes the store of that id away.
    pub fn remove(&mut self, id: &str) {
        if let Some(at) = self.stores.iter().position(|s| s.id == id) {
            let before = Arc::make_mut(&mut self.stores).remove(at);
            self.remember(Freed::Id(id.to_owned()));
            self.free(&before, None);
        }
    }

    /// Returns true if something was in use before and is free now.
    pub fn was_freed(&self, thing: &Freed) -> bool {
        self.freed().any(|freed| freed == thing)
    }

    /// The freed things, oldest first.
    pub fn freed(&self) -> impl Iterator<Item = &Freed> {
        self.freed.iter().map(|freed| &**freed)
    }

    fn remember(&mut self, thing: Freed) {
        let freed = Arc::make_mut(&mut self.freed);
        if freed.len() == FREED {
            freed.remove(0);
        }
        if !freed.iter().any(|f| **f == thing) {
            freed.push(Arc::new(thing));
        }
    }

    /// Remembers what `before` had and `now` has not.
    fn free(&mut self, before: &Store, now: Option<&Store>) {
        let name = before.name.known();
        if let Some(name) = name.filter(|_| now.is_none_or(|n| n.name != before.name)) {
            self.remember(Freed::Name(name.clone()));
        }
        let Some(x) = before.xks() else { return };
        let new = now.and_then(Store::xks);
        if new.is_none_or(|n| n.endpoint != x.endpoint || n.path != x.path) {
            self.remember(Freed::Uri(x.endpoint.clone(), x.path.clone()));
        }
        if new.is_none_or(|n| n.endpoint != x.endpoint) {
            self.remember(Freed::Endpoint(x.endpoint.clone()));
        }
        if let Believed::Is(Some(service)) = &x.service
            && new.is_none_or(|n| n.service != x.service)
        {
            self.remember(Freed::Service(service.clone()));
        }
    }
}

/// A field of Describe's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of Describe's answer")]
pub enum DescribeField {
    Existence,
    Name,
    Type,
    State,
    Error,
    Created,
    Cluster,
    TrustAnchor,
    Proxy,
    Connectivity,
    AccessKeyId,
    Endpoint,
    Path,
    Service,
    Owner,
}

impl DescribeField {
    /// Every field.
    pub const ALL: &'static [DescribeField] = &[
        DescribeField::Existence,
        DescribeField::Name,
        DescribeField::Type,
        DescribeField::State,
        DescribeField::Error,
        DescribeField::Created,
        DescribeField::Cluster,
        DescribeField::TrustAnchor,
        DescribeField::Proxy,
        DescribeField::Connectivity,
        DescribeField::AccessKeyId,
        DescribeField::Endpoint,
        DescribeField::Path,
        DescribeField::Service,
        DescribeField::Owner,
    ];

    /// The name in Describe's answer.
    pub fn name(self) -> &'static str {
        match self {
            DescribeField::Existence => "the store itself",
            DescribeField::Name => "CustomKeyStoreName",
            DescribeField::Type => "CustomKeyStoreType",
            DescribeField::State => "ConnectionState",
            DescribeField::Error => "ConnectionErrorCode",
            DescribeField::Created => "CreationDate",
            DescribeField::Cluster => "CloudHsmClusterId",
            DescribeField::TrustAnchor => "TrustAnchorCertificate",
            DescribeField::Proxy => "XksProxyConfiguration",
            DescribeField::Connectivity => "XksProxyConfiguration.Connectivity",
            DescribeField::AccessKeyId => "XksProxyConfiguration.AccessKeyId",
            DescribeField::Endpoint => "XksProxyConfiguration.UriEndpoint",
            DescribeField::Path => "XksProxyConfiguration.UriPath",
            DescribeField::Service => "XksProxyConfiguration.VpcEndpointServiceName",
            DescribeField::Owner => "XksProxyConfiguration.VpcEndpointServiceOwner",
        }
    }

    /// Returns true if the field is part of `XksProxyConfiguration`.
    pub fn in_proxy(self) -> bool {
        matches!(
            self,
            DescribeField::Connectivity
                | DescribeField::AccessKeyId
                | DescribeField::Endpoint
                | DescribeField::Path
                | DescribeField::Service
                | DescribeField::Owner
        )
    }

    /// The member of the update request that sets the field.
    pub fn member(self) -> Option<Member> {
        match self {
            DescribeField::Name => Some(Member::NewCustomKeyStoreName),
            DescribeField::Cluster => Some(Member::CloudHsmClusterId),
            DescribeField::Connectivity => Some(Member::XksProxyConnectivity),
            DescribeField::AccessKeyId => Some(Member::XksProxyAuthenticationCredential),
            DescribeField::Endpoint => Some(Member::XksProxyUriEndpoint),
            DescribeField::Path => Some(Member::XksProxyUriPath),
            DescribeField::Service => Some(Member::XksProxyVpcEndpointServiceName),
            DescribeField::Owner => Some(Member::XksProxyVpcEndpointServiceOwner),
            _ => None,
        }
    }

    /// Returns the field's name in reports: the member that sets it, else its own.
    pub fn described_name(self) -> &'static str {
        match self {
            DescribeField::AccessKeyId => Member::AccessKeyId.name(),
            field => field.member().map_or(field.name(), Member::name),
        }
    }

    /// Returns the value that Describe shows for the field.
    pub fn of(self, seen: &DescribedStore) -> Option<String> {
        match self {
            DescribeField::Existence => Some("exists".to_owned()),
            DescribeField::Name => seen.name.clone(),
            DescribeField::Type => seen.store_type.map(|t| t.name().to_owned()),
            DescribeField::State => seen.state.clone(),
            DescribeField::Error => seen.error.clone(),
            DescribeField::Created => seen.created.clone(),
            DescribeField::Cluster => seen.cluster.clone(),
            DescribeField::TrustAnchor => seen.trust_anchor.clone(),
            DescribeField::Proxy => seen.has_proxy.then(|| "exists".to_owned()),
            DescribeField::Connectivity => seen.connectivity.clone(),
            DescribeField::AccessKeyId => seen.access_key_id.clone(),
            DescribeField::Endpoint => seen.endpoint.clone(),
            DescribeField::Path => seen.path.clone(),
            DescribeField::Service => seen.service.clone(),
            DescribeField::Owner => seen.owner.clone(),
        }
    }

    /// Returns the value that a believed store should show: `None` while that is open.
    pub fn believed(self, store: &Store) -> Option<Option<String>> {
        let some = |s: &str| Some(Some(s.to_owned()));
        let fact = |f: &Believed<Option<String>>| f.known().cloned();
        match (self, &store.backing) {
            (DescribeField::Existence, _) => some("exists"),
            (DescribeField::Name, _) => store.name.known().map(|n| Some(n.clone())),
            (DescribeField::Type, _) => some(store.store_type().name()),
            (DescribeField::State, _) => some(store.state.name()),
            (DescribeField::Error, _) => fact(&store.error),
            (DescribeField::Created, _) => fact(&store.created),
            (DescribeField::Cluster, Backing::CloudHsm(c)) => some(&c.cluster),
            (DescribeField::TrustAnchor, Backing::CloudHsm(c)) => c.trust_anchor.known().map(|t| Some(t.clone())),
            (DescribeField::Proxy, Backing::Xks(_)) => some("exists"),
            (DescribeField::Proxy, Backing::CloudHsm(_)) => None,
            (DescribeField::Connectivity, Backing::Xks(x)) => some(x.connectivity.name()),
            (DescribeField::AccessKeyId, Backing::Xks(x)) => some(&x.access_key_id),
            (DescribeField::Endpoint, Backing::Xks(x)) => some(&x.endpoint),
            (DescribeField::Path, Backing::Xks(x)) => some(&x.path),
            (DescribeField::Service, Backing::Xks(x)) => fact(&x.service),
            (DescribeField::Owner, Backing::Xks(x)) => fact(&x.owner),
            _ => Some(None),
        }
    }

    /// Returns true if what was seen may be the value before a change whose result is open, which Describe still shows.
    pub fn may_lag(self, store: &Store, seen: &DescribedStore) -> bool {
        match (self, &store.backing) {
            (DescribeField::Name, _) => store.name.may_lag(seen.name.as_ref()),
            (DescribeField::Service, Backing::Xks(x)) => x.service.may_lag(Some(&seen.service)),
            (DescribeField::Owner, Backing::Xks(x)) => x.owner.may_lag(Some(&seen.owner)),
            _ => false,
        }
    }

    /// Lets what was seen decide what the belief left open, or, after a divergence, overrule it.
    pub fn adopt(self, store: &mut Store, seen: &DescribedStore) {
        let value = self.of(seen);
        match (self, &mut store.backing, value) {
            // Which half of a character it was is not known: no request can name the store so again.
            (DescribeField::Name, _, Some(v)) => {
                store.name = if v.contains(HALF) { Believed::Open } else { Believed::Is(v) }
            }
            (DescribeField::State, _, Some(v)) => {
                if let Some(state) = ConnectionState::from_name(&v) {
                    store.state = state;
                }
            }
            (DescribeField::Error, _, v) => store.error = Believed::Is(v),
            (DescribeField::Created, _, v) => store.created = Believed::Is(v),
            (DescribeField::Cluster, Backing::CloudHsm(c), Some(v)) => c.cluster = v,
            (DescribeField::TrustAnchor, Backing::CloudHsm(c), Some(v)) => c.trust_anchor = Believed::Is(v),
            (DescribeField::Connectivity, Backing::Xks(x), Some(v)) => {
                if let Some(connectivity) = Connectivity::from_name(&v) {
                    x.connectivity = connectivity;
                }
            }
            (DescribeField::AccessKeyId, Backing::Xks(x), Some(v)) => x.access_key_id = v,
            (DescribeField::Endpoint, Backing::Xks(x), Some(v)) => x.endpoint = v,
            (DescribeField::Path, Backing::Xks(x), Some(v)) => x.path = v,
            (DescribeField::Service, Backing::Xks(x), v) => x.service = Believed::Is(v),
            (DescribeField::Owner, Backing::Xks(x), v) => x.owner = Believed::Is(v),
            _ => {}
        }
    }
}
