//! Create, Connect, Disconnect and Delete as far as Update needs them.

use crate::account::{Backing, Believed, CloudHsm, ConnectionState, Store, Xks};
use crate::environment::{Environment, ProxyRole, ServiceRole, is_plain_host};
use crate::rule::RuleId;
use crate::rules::ids;
use crate::wire::{CONNECT, CREATE, DELETE, DISCONNECT};

/// A companion operation that changes the account.
#[derive(Clone, Debug)]
pub enum Companion<'a> {
    /// CreateCustomKeyStore. The store's id is filled in from the answer.
    Create(Box<Store>),
    /// ConnectCustomKeyStore on the store of that id.
    Connect(&'a str),
    /// DisconnectCustomKeyStore on the store of that id.
    Disconnect(&'a str),
    /// DeleteCustomKeyStore on the store of that id.
    Delete(&'a str),
}

impl Companion<'_> {
    /// The operation's name.
    pub fn name(&self) -> &'static str {
        match self {
            Companion::Create(_) => CREATE,
            Companion::Connect(_) => CONNECT,
            Companion::Disconnect(_) => DISCONNECT,
            Companion::Delete(_) => DELETE,
        }
    }

    /// Returns the rule that requires it to work.
    pub fn rule(&self) -> RuleId {
        match self {
            Companion::Create(_) => ids::O_01,
            Companion::Connect(_) => ids::O_03,
            Companion::Disconnect(_) => ids::O_04,
            Companion::Delete(_) => ids::O_05,
        }
    }

    /// Returns true if the operation is to be accepted on `store`: `None` where texts disagree or none speaks.
    /// A Connect to a cluster that cannot serve may be refused at once.
    pub fn accepted(&self, environment: &Environment, store: &Store) -> Option<bool> {
        let sound =
            |hsm: &CloudHsm| environment.cluster(&hsm.cluster).flatten().is_some_and(|c| c.condition().healthy());
        let doubtful = match store.cloud_hsm() {
            Some(hsm) => environment.clusters.is_some() && !sound(hsm),
            None => false,
        };
        self.accepted_in(store.state).filter(|a| !(*a && doubtful && matches!(self, Companion::Connect(_))))
    }

    /// Returns true if the operation is to be accepted in `state`: `None` where texts disagree or none speaks.
    fn accepted_in(&self, state: ConnectionState) -> Option<bool> {
        use ConnectionState::{Connected, Connecting, Disconnected, Disconnecting, Failed};
        match (self, state) {
            (Companion::Create(_), _) => Some(true),
            (Companion::Connect(_), Disconnected) => Some(true),
            (Companion::Connect(_), Failed | Disconnecting) => Some(false),
            (Companion::Connect(_), Connected | Connecting) => None,
            (Companion::Disconnect(_), Connected | Failed) => Some(true),
            (Companion::Disconnect(_), Connecting) => None,
            (Companion::Disconnect(_), Disconnected | Disconnecting) => Some(false),
            (Companion::Delete(_), Disconnected) => Some(true),
            (Companion::Delete(_), _) => Some(false),
        }
    }
}

/// The end of a Connect, as far as the environment determines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectEnd {
    /// In CONNECTED.
    Connected,
    /// In FAILED.
    Failed,
    /// Not known.
    Unknown,
}

/// Returns the end of a Connect of `store`.
pub fn connect_end(environment: &Environment, store: &Store) -> ConnectEnd {
    match &store.backing {
        Backing::CloudHsm(hsm) => match environment.cluster(&hsm.cluster) {
            None => ConnectEnd::Unknown,
            Some(None) => ConnectEnd::Failed,
            Some(Some(cluster)) => match (&cluster.password, &hsm.password) {
                _ if !cluster.condition().healthy() => ConnectEnd::Unknown,
                (None, _) => ConnectEnd::Connected,
                (Some(_), None) => ConnectEnd::Unknown,
                (Some(right), Some(stored)) if right == stored => ConnectEnd::Connected,
                _ => ConnectEnd::Failed,
            },
        },
        // It is open if such a host reaches the proxy (U-10).
        Backing::Xks(x) if !is_plain_host(&x.endpoint) => ConnectEnd::Unknown,
        // No text states that Connect checks the service again.
        Backing::Xks(x) if !has_good_service(environment, x) => ConnectEnd::Unknown,
        Backing::Xks(x) => match environment.proxy(&x.endpoint, &x.path) {
            None => ConnectEnd::Unknown,
            Some(None) => ConnectEnd::Failed,
            Some(Some(proxy)) => {
                let role = proxy.connect_role.unwrap_or(proxy.role);
                let credentials = proxy.connect_credentials.as_ref().or(proxy.credentials.as_ref());
                let known = credentials.is_none_or(|list| {
                    list.iter().any(|c| c.access_key_id == x.access_key_id && Some(&c.secret) == x.secret.as_ref())
                });
                match role {
                    ProxyRole::Healthy | ProxyRole::Degraded if known => ConnectEnd::Connected,
                    ProxyRole::Healthy | ProxyRole::Degraded if x.secret.is_some() => ConnectEnd::Failed,
                    ProxyRole::Healthy | ProxyRole::Degraded | ProxyRole::Odd | ProxyRole::Disagree => {
                        ConnectEnd::Unknown
                    }
                    _ => ConnectEnd::Failed,
                }
            }
        },
    }
}

/// Returns true if the VPC endpoint service of the store, if it has one, is in order as far as is known.
fn has_good_service(environment: &Environment, xks: &Xks) -> bool {
    let Some(Some(name)) = xks.service.known() else { return true };
    let Some(found) = environment.service(name) else { return true };
    found.is_some_and(|service| service.condition() == ServiceRole::Good)
}

/// The states that a store may be in after an accepted Connect, in the order of likelihood.
pub fn after_connect(environment: &Environment, store: &Store) -> Vec<Store> {
    use ConnectionState::{Connected, Connecting, Failed};
    let with = |state, error| Store { state, error, in_flight: None, ..store.clone() };
    let mut ends = vec![with(Connecting, Believed::Open)];
    let end = connect_end(environment, store);
    if end != ConnectEnd::Failed {
        ends.push(with(Connected, Believed::Open));
    }
    if end != ConnectEnd::Connected {
        ends.push(with(Failed, Believed::Open));
    }
    ends
}
