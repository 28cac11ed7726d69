//! Stores and accounts as the model believes them.

mod describe_field;

use std::sync::Arc;

pub use self::describe_field::DescribeField;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
