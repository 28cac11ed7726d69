//! Operations, members and values by short names, so that setups and scenarios read as what is done.

use ucks_oracle::environment::ClusterRole;
use ucks_oracle::members::{Member, StoreType};

use crate::op::{Family, Fixture, Id, Likeness, Op, Pace, Proxy, Symbol, Update, Value};

/// The store under test.
pub(crate) const A: Symbol = Symbol(0);
/// Another store.
pub(crate) const B: Symbol = Symbol(1);

/// A member with its value.
pub(crate) type GivenMember = (Member, Value);

/// Creates an external key store; members that are left out get values of their own.
pub(super) fn create_xks(store: Symbol, set: impl Into<Vec<GivenMember>>) -> Op {
    Op::Create { store, kind: StoreType::Xks, set: set.into() }
}

/// Creates a CloudHSM key store with the first cluster of a family.
pub(super) fn create_cloud_hsm(store: Symbol, family: Family) -> Op {
    let set = vec![cluster(in_family(family, ClusterRole::Primary))];
    Op::Create { store, kind: StoreType::CloudHsm, set }
}

/// Connects the store and waits until it is connected.
pub(super) const fn connect(store: Symbol) -> Op {
    Op::Connect { store, wait: true }
}

/// Connects the store and does not wait: it is CONNECTING.
pub(super) const fn start_connect(store: Symbol) -> Op {
    Op::Connect { store, wait: false }
}

/// Disconnects the store and waits until it is disconnected.
pub(super) const fn disconnect(store: Symbol) -> Op {
    Op::Disconnect { store, wait: true }
}

/// Disconnects the store and does not wait: it is DISCONNECTING.
pub(super) const fn start_disconnect(store: Symbol) -> Op {
    Op::Disconnect { store, wait: false }
}

/// Deletes the store.
pub(super) const fn delete(store: Symbol) -> Op {
    Op::Delete { store }
}

/// One update of the store.
pub(super) fn update(store: Symbol, set: impl Into<Vec<GivenMember>>) -> Update {
    Update { id: Id::Of(store), set: set.into(), mutation: None }
}

/// Updates the store.
pub(super) fn set(store: Symbol, members: impl Into<Vec<GivenMember>>) -> Op {
    Op::Update(update(store, members))
}

pub(super) const fn name(value: Value) -> GivenMember {
    (Member::NewCustomKeyStoreName, value)
}

pub(super) const fn password(value: Value) -> GivenMember {
    (Member::KeyStorePassword, value)
}

pub(super) const fn cluster(value: Value) -> GivenMember {
    (Member::CloudHsmClusterId, value)
}

pub(super) const fn endpoint(value: Value) -> GivenMember {
    (Member::XksProxyUriEndpoint, value)
}

pub(super) const fn path(value: Value) -> GivenMember {
    (Member::XksProxyUriPath, value)
}

pub(super) const fn credential(value: Value) -> GivenMember {
    (Member::XksProxyAuthenticationCredential, value)
}

pub(super) const fn service(value: Value) -> GivenMember {
    (Member::XksProxyVpcEndpointServiceName, value)
}

pub(super) const fn owner(value: Value) -> GivenMember {
    (Member::XksProxyVpcEndpointServiceOwner, value)
}

/// The connectivity of a public proxy.
pub(super) fn public() -> GivenMember {
    (Member::XksProxyConnectivity, Value::Text("PUBLIC_ENDPOINT".to_owned()))
}

/// The connectivity of a proxy behind a VPC endpoint service.
pub(super) fn private() -> GivenMember {
    (Member::XksProxyConnectivity, Value::Text("VPC_ENDPOINT_SERVICE".to_owned()))
}

/// The members that make a store use the n-th good VPC endpoint service.
pub(crate) fn vpc(n: u8) -> Vec<GivenMember> {
    vec![private(), endpoint(Fixture::EndpointOf(n).into()), service(Fixture::Service(n).into())]
}

/// The members that make a store use a VPC endpoint service with something particular behind it.
pub(super) fn vpc_with(pace: Pace) -> Vec<GivenMember> {
    vec![private(), endpoint(Fixture::EndpointOfPaced(pace).into()), service(Fixture::Paced(pace).into())]
}

/// A value that no other store has; equal numbers are equal values.
pub(super) const fn fresh(n: u32) -> Value {
    Value::Fresh(n)
}

/// The present value of a store.
pub(super) const fn of(store: Symbol) -> Value {
    Value::Of(store)
}

/// The value that a store was created with.
pub(super) const fn first_of(store: Symbol) -> Value {
    Value::First(store)
}

/// A value that differs a little from the present one of a store.
pub(super) const fn like(store: Symbol, likeness: Likeness) -> Value {
    Value::Like(store, likeness)
}

/// The cluster of a family in a role.
pub(super) fn in_family(family: Family, role: ClusterRole) -> Value {
    Fixture::Cluster(family, role, 0).into()
}

/// The endpoint of a proxy.
pub(super) fn at(proxy: Proxy) -> GivenMember {
    endpoint(Fixture::Endpoint(proxy, 0).into())
}

/// The n-th credential that a proxy accepts.
pub(super) fn accepted_by(proxy: Proxy, n: u8) -> GivenMember {
    credential(Fixture::Credential(proxy, n).into())
}
