//! Stores and accounts as the model believes them.

use crate::answer::SeenStore;
use crate::members::{Member, StoreType};
use std::sync::Arc;

/// A fact that an answer of the target may still decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// Known.
    Is(T),
    /// Left open by the rule book or not yet seen: the next Describe pins it.
    Open,
}

impl<T> Fact<T> {
    /// The value, if known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Is(value) => Some(value),
            Fact::Open => None,
        }
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

    /// Whether a store leaves it by itself.
    pub fn passes(self) -> bool {
        self.may_have_become().len() > 1
    }

    /// The states that a store in this one may have reached by itself, this one first.
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

/// How KMS reaches an external key store's proxy.
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

/// What stands behind a store.
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
    pub trust_anchor: Fact<String>,
    /// The kmsuser password it was last given; never shown.
    pub password: Option<String>,
}

/// The settings of an external key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xks {
    /// How KMS reaches the proxy.
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
    pub service: Fact<Option<String>>,
    /// The service's owner; `None` for none.
    pub owner: Fact<Option<String>>,
}

/// A custom key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Fact<String>,
    /// Its connection state.
    pub state: ConnectionState,
    /// `ConnectionErrorCode`.
    pub error: Fact<Option<String>>,
    /// `CreationDate` as Describe writes it.
    pub created: Fact<Option<String>>,
    /// Its settings.
    pub backing: Backing,
    /// Whether Update gave it a password or a credential: then a Connect shows what was stored.
    pub recredentialed: bool,
    /// What the store had when an update came while it was CONNECTING: which values that Connect uses is open.
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
pub struct World {
    stores: Arc<Vec<Arc<Store>>>,
    freed: Arc<Vec<Arc<Freed>>>,
}

impl World {
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

    /// Whether something was in use before and is free now.
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
        if let Fact::Is(Some(service)) = &x.service
            && new.is_none_or(|n| n.service != x.service)
        {
            self.remember(Freed::Service(service.clone()));
        }
    }
}

/// A field of Describe's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of Describe's answer")]
pub enum Shown {
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

impl Shown {
    /// Every field.
    pub const ALL: &'static [Shown] = &[
        Shown::Existence,
        Shown::Name,
        Shown::Type,
        Shown::State,
        Shown::Error,
        Shown::Created,
        Shown::Cluster,
        Shown::TrustAnchor,
        Shown::Proxy,
        Shown::Connectivity,
        Shown::AccessKeyId,
        Shown::Endpoint,
        Shown::Path,
        Shown::Service,
        Shown::Owner,
    ];

    /// The name in Describe's answer.
    pub fn name(self) -> &'static str {
        match self {
            Shown::Existence => "the store itself",
            Shown::Name => "CustomKeyStoreName",
            Shown::Type => "CustomKeyStoreType",
            Shown::State => "ConnectionState",
            Shown::Error => "ConnectionErrorCode",
            Shown::Created => "CreationDate",
            Shown::Cluster => "CloudHsmClusterId",
            Shown::TrustAnchor => "TrustAnchorCertificate",
            Shown::Proxy => "XksProxyConfiguration",
            Shown::Connectivity => "XksProxyConfiguration.Connectivity",
            Shown::AccessKeyId => "XksProxyConfiguration.AccessKeyId",
            Shown::Endpoint => "XksProxyConfiguration.UriEndpoint",
            Shown::Path => "XksProxyConfiguration.UriPath",
            Shown::Service => "XksProxyConfiguration.VpcEndpointServiceName",
            Shown::Owner => "XksProxyConfiguration.VpcEndpointServiceOwner",
        }
    }

    /// Whether the field stands in `XksProxyConfiguration`.
    pub fn in_proxy(self) -> bool {
        matches!(
            self,
            Shown::Connectivity | Shown::AccessKeyId | Shown::Endpoint | Shown::Path | Shown::Service | Shown::Owner
        )
    }

    /// The member of the update request that sets the field.
    pub fn member(self) -> Option<Member> {
        match self {
            Shown::Name => Some(Member::NewCustomKeyStoreName),
            Shown::Cluster => Some(Member::CloudHsmClusterId),
            Shown::Connectivity => Some(Member::XksProxyConnectivity),
            Shown::AccessKeyId => Some(Member::XksProxyAuthenticationCredential),
            Shown::Endpoint => Some(Member::XksProxyUriEndpoint),
            Shown::Path => Some(Member::XksProxyUriPath),
            Shown::Service => Some(Member::XksProxyVpcEndpointServiceName),
            Shown::Owner => Some(Member::XksProxyVpcEndpointServiceOwner),
            _ => None,
        }
    }

    /// The name by which reports tell the field: the member that sets it, else its own.
    pub fn told(self) -> &'static str {
        match self {
            Shown::AccessKeyId => Member::AccessKeyId.name(),
            field => field.member().map_or(field.name(), Member::name),
        }
    }

    /// What Describe says of the field.
    pub fn of(self, seen: &SeenStore) -> Option<String> {
        match self {
            Shown::Existence => Some("exists".to_owned()),
            Shown::Name => seen.name.clone(),
            Shown::Type => seen.store_type.map(|t| t.name().to_owned()),
            Shown::State => seen.state.clone(),
            Shown::Error => seen.error.clone(),
            Shown::Created => seen.created.clone(),
            Shown::Cluster => seen.cluster.clone(),
            Shown::TrustAnchor => seen.trust_anchor.clone(),
            Shown::Proxy => seen.has_proxy.then(|| "exists".to_owned()),
            Shown::Connectivity => seen.connectivity.clone(),
            Shown::AccessKeyId => seen.access_key_id.clone(),
            Shown::Endpoint => seen.endpoint.clone(),
            Shown::Path => seen.path.clone(),
            Shown::Service => seen.service.clone(),
            Shown::Owner => seen.owner.clone(),
        }
    }

    /// What a believed store should show: `None` while that is open.
    pub fn believed(self, store: &Store) -> Option<Option<String>> {
        let some = |s: &str| Some(Some(s.to_owned()));
        let fact = |f: &Fact<Option<String>>| f.known().cloned();
        match (self, &store.backing) {
            (Shown::Existence, _) => some("exists"),
            (Shown::Name, _) => store.name.known().map(|n| Some(n.clone())),
            (Shown::Type, _) => some(store.store_type().name()),
            (Shown::State, _) => some(store.state.name()),
            (Shown::Error, _) => fact(&store.error),
            (Shown::Created, _) => fact(&store.created),
            (Shown::Cluster, Backing::CloudHsm(c)) => some(&c.cluster),
            (Shown::TrustAnchor, Backing::CloudHsm(c)) => c.trust_anchor.known().map(|t| Some(t.clone())),
            (Shown::Proxy, Backing::Xks(_)) => some("exists"),
            (Shown::Proxy, Backing::CloudHsm(_)) => None,
            (Shown::Connectivity, Backing::Xks(x)) => some(x.connectivity.name()),
            (Shown::AccessKeyId, Backing::Xks(x)) => some(&x.access_key_id),
            (Shown::Endpoint, Backing::Xks(x)) => some(&x.endpoint),
            (Shown::Path, Backing::Xks(x)) => some(&x.path),
            (Shown::Service, Backing::Xks(x)) => fact(&x.service),
            (Shown::Owner, Backing::Xks(x)) => fact(&x.owner),
            _ => Some(None),
        }
    }

    /// Lets what was seen decide what the belief left open, or, after a divergence, overrule it.
    pub fn adopt(self, store: &mut Store, seen: &SeenStore) {
        let value = self.of(seen);
        match (self, &mut store.backing, value) {
            (Shown::Name, _, Some(v)) => store.name = Fact::Is(v),
            (Shown::State, _, Some(v)) => {
                if let Some(state) = ConnectionState::from_name(&v) {
                    store.state = state;
                }
            }
            (Shown::Error, _, v) => store.error = Fact::Is(v),
            (Shown::Created, _, v) => store.created = Fact::Is(v),
            (Shown::Cluster, Backing::CloudHsm(c), Some(v)) => c.cluster = v,
            (Shown::TrustAnchor, Backing::CloudHsm(c), Some(v)) => c.trust_anchor = Fact::Is(v),
            (Shown::Connectivity, Backing::Xks(x), Some(v)) => {
                if let Some(connectivity) = Connectivity::from_name(&v) {
                    x.connectivity = connectivity;
                }
            }
            (Shown::AccessKeyId, Backing::Xks(x), Some(v)) => x.access_key_id = v,
            (Shown::Endpoint, Backing::Xks(x), Some(v)) => x.endpoint = v,
            (Shown::Path, Backing::Xks(x), Some(v)) => x.path = v,
            (Shown::Service, Backing::Xks(x), v) => x.service = Fact::Is(v),
            (Shown::Owner, Backing::Xks(x), v) => x.owner = Fact::Is(v),
            _ => {}
        }
    }
}
