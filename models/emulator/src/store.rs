//! One custom key store: what it is set to, and the state of its connection.

use std::time::{Duration, Instant};

/// The type of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StoreType {
    CloudHsm,
    External,
}

impl StoreType {
    /// The value of `CustomKeyStoreType`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            StoreType::CloudHsm => "AWS_CLOUDHSM",
            StoreType::External => "EXTERNAL_KEY_STORE",
        }
    }
}

/// The way to an external key store's proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Connectivity {
    Public,
    Vpc,
}

impl Connectivity {
    /// The value of `XksProxyConnectivity`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Connectivity::Public => "PUBLIC_ENDPOINT",
            Connectivity::Vpc => "VPC_ENDPOINT_SERVICE",
        }
    }

    /// The value by name, as a checked request spells it. Case is the constraint's concern.
    pub(crate) fn named(name: &str) -> Connectivity {
        if name.len() >= 3 && name.as_bytes()[..3].eq_ignore_ascii_case(b"VPC") {
            Connectivity::Vpc
        } else {
            Connectivity::Public
        }
    }
}

/// The connection state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ConnectionState {
    Disconnected,
    Connected,
    Failed,
    Connecting,
    Disconnecting,
}

impl ConnectionState {
    /// All states, in the order of their numbers.
    pub(crate) const ALL: [ConnectionState; 5] = [
        ConnectionState::Disconnected,
        ConnectionState::Connected,
        ConnectionState::Failed,
        ConnectionState::Connecting,
        ConnectionState::Disconnecting,
    ];

    /// The value of `ConnectionState`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ConnectionState::Disconnected => "DISCONNECTED",
            ConnectionState::Connected => "CONNECTED",
            ConnectionState::Failed => "FAILED",
            ConnectionState::Connecting => "CONNECTING",
            ConnectionState::Disconnecting => "DISCONNECTING",
        }
    }

    /// The place in tables that list FAILED, CONNECTING, DISCONNECTING.
    pub(crate) fn unsettled(self) -> Option<usize> {
        match self {
            ConnectionState::Failed => Some(0),
            ConnectionState::Connecting => Some(1),
            ConnectionState::Disconnecting => Some(2),
            ConnectionState::Disconnected | ConnectionState::Connected => None,
        }
    }
}

/// The settings of a CloudHSM store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CloudHsm {
    pub(crate) cluster: String,
    pub(crate) password: String,
    pub(crate) trust_anchor: String,
    /// The family of the cluster that created the store; it never changes.
    pub(crate) family: String,
}

/// The settings of an external key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct External {
    pub(crate) connectivity: Connectivity,
    pub(crate) endpoint: String,
    pub(crate) path: String,
    pub(crate) service: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) key_id: String,
    pub(crate) secret: String,
}

/// The settings of a store, by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Settings {
    CloudHsm(CloudHsm),
    External(External),
}

impl Settings {
    pub(crate) fn kind(&self) -> StoreType {
        match self {
            Settings::CloudHsm(_) => StoreType::CloudHsm,
            Settings::External(_) => StoreType::External,
        }
    }

    /// Returns true if the store is reached through a VPC endpoint service.
    pub(crate) fn is_vpc(&self) -> bool {
        matches!(self, Settings::External(External { connectivity: Connectivity::Vpc, .. }))
    }
}

/// A change of state under way.
#[derive(Clone, Copy, Debug)]
struct Transition {
    ends: Instant,
    to: ConnectionState,
    error: Option<&'static str>,
}

/// A name and settings together: all that Update can change.
pub(crate) type Attributes = (String, Settings);

/// One store of the account.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Milliseconds since the epoch.
    pub(crate) created: u64,
    pub(crate) settings: Settings,
    state: ConnectionState,
    error: Option<&'static str>,
    transition: Option<Transition>,
    /// Earlier faces that Describe still shows, each until its instant; the oldest first.
    earlier: Vec<(Instant, Attributes)>,
    /// The face before the last update, kept for edits that bring it back.
    pub(crate) before: Option<Box<Attributes>>,
}

impl Store {
    pub(crate) fn new(id: String, name: String, created: u64, settings: Settings) -> Store {
        Store {
            id,
            name,
            created,
            settings,
            state: ConnectionState::Disconnected,
            error: None,
            transition: None,
            earlier: Vec::new(),
            before: None,
        }
    }

    pub(crate) fn kind(&self) -> StoreType {
        self.settings.kind()
    }

    /// The state as last settled; see [`Store::settle`].
    pub(crate) fn state(&self) -> ConnectionState {
        self.state
    }

    /// Why the connection failed, when it did.
    pub(crate) fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// Puts the store into a state, ending any transition.
    pub(crate) fn put(&mut self, state: ConnectionState, error: Option<&'static str>) {
        (self.state, self.error, self.transition) = (state, error, None);
    }

    /// Starts a transition that ends `after` from `now`.
    pub(crate) fn start(
        &mut self,
        via: ConnectionState,
        to: ConnectionState,
        error: Option<&'static str>,
        now: Instant,
        after: Duration,
    ) {
        self.put(via, None);
        self.transition = Some(Transition { ends: now + after, to, error });
        self.settle(now);
    }

    /// Lets a Connect under way end otherwise.
    pub(crate) fn redirect(&mut self, to: ConnectionState, error: Option<&'static str>) {
        if let Some(transition) = &mut self.transition {
            (transition.to, transition.error) = (to, error);
        }
    }

    /// Ends the transition whose time has come, and forgets faces that Describe no longer shows.
    pub(crate) fn settle(&mut self, now: Instant) {
        if let Some(transition) = self.transition.take_if(|transition| transition.ends <= now) {
            self.put(transition.to, transition.error);
        }
        self.earlier.retain(|(until, _)| *until > now);
    }

    /// Replaces the face; Describe goes on showing the one before until `until`.
    pub(crate) fn replace(&mut self, (name, settings): Attributes, until: Option<Instant>) {
        let name = std::mem::replace(&mut self.name, name);
        let settings = std::mem::replace(&mut self.settings, settings);
        if let Some(until) = until {
            self.earlier.push((until, (name, settings)));
        }
    }

    /// The name and settings that Describe shows.
    pub(crate) fn shown(&self) -> (&str, &Settings) {
        match self.earlier.first() {
            Some((_, (name, settings))) => (name, settings),
            None => (&self.name, &self.settings),
        }
    }
}
