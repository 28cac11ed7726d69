//! Unique values (U): names, addresses, services.

use super::{Update, external};
use crate::account::{Account, StoreIndex};
use crate::behaviour::checks::{Check, Compare};
use crate::errors::{ApiError, Code};
use crate::store::{Connectivity, External, Settings, Store, StoreType};
use crate::unique;

/// The name of another store (U-01 to U-03).
pub(crate) fn name_taken(update: &Update<'_>, account: &Account, check: &Check) -> Result<(), ApiError> {
    if update.rivals(account, check).have_name(&update.read_by(check).0) { Err(unique::name_in_use()) } else { Ok(()) }
}

/// An endpoint that only stores of one connectivity may share (U-07).
pub(crate) fn endpoint_taken(update: &Update<'_>, account: &Account, check: &Check) -> Result<(), ApiError> {
    let read = update.read_by(check);
    let Some(wanted) = external(&read) else { return Ok(()) };
    let rivals = update.rivals(account, check);
    let shared = rivals.have_vpc_endpoint(wanted)
        || wanted.connectivity == Connectivity::Vpc && rivals.have_public_endpoint(wanted);
    if !shared {
        return Ok(());
    }
    let whole = rivals.have_address(wanted);
    Err(unique::address_in_use(if whole { update.core.readings.equal_address } else { Code::XksProxyUriEndpointInUse }))
}

/// Endpoint and path of another public store (U-05, U-06).
pub(crate) fn address_taken(update: &Update<'_>, account: &Account, check: &Check) -> Result<(), ApiError> {
    let read = update.read_by(check);
    let Some(wanted) = external(&read) else { return Ok(()) };
    let rivals = update.rivals(account, check);
    if rivals.have_address(wanted) && !rivals.have_vpc_endpoint(wanted) {
        return Err(unique::address_in_use(Code::XksProxyUriInUse));
    }
    Ok(())
}

/// A service that another store uses (U-08).
pub(crate) fn service_taken(update: &Update<'_>, account: &Account, check: &Check) -> Result<(), ApiError> {
    let read = update.read_by(check);
    let Some(wanted) = external(&read) else { return Ok(()) };
    let rivals = update.rivals(account, check);
    if wanted.service.as_ref().is_some_and(|service| rivals.have_service(service)) {
        return Err(unique::service_in_use());
    }
    Ok(())
}

impl Update<'_> {
    fn rivals<'a>(&self, account: &'a Account, check: &Check) -> Rivals<'a> {
        let own = check.compare.own.covers(self.situation);
        let me = if own { None } else { Some(self.place) };
        Rivals { account, me, kind: self.store.kind(), compare: check.compare }
    }
}

/// The stores with which a check compares. The indices of the account answer for the plain
/// comparison; any other one looks at each store.
struct Rivals<'a> {
    account: &'a Account,
    me: Option<StoreIndex>,
    kind: StoreType,
    compare: Compare,
}

impl Rivals<'_> {
    fn any(&self, equal: impl Fn(&Store) -> bool) -> bool {
        let meant = |store: &Store| self.compare.same_type.is_none_or(|same| same == (store.kind() == self.kind));
        self.account.others(self.me).any(|store| meant(store) && equal(store))
    }

    fn any_external(&self, equal: impl Fn(&External) -> bool) -> bool {
        self.any(|store| matches!(&store.settings, Settings::External(external) if equal(external)))
    }

    fn have_name(&self, name: &str) -> bool {
        if self.compare.is_indexed() {
            return self.account.name_taken(name, self.me);
        }
        self.any(|store| self.compare.equal(&store.name, name))
    }

    fn have_address(&self, wanted: &External) -> bool {
        if self.compare.is_indexed() {
            return self.account.address_taken(&wanted.endpoint, &wanted.path, self.me);
        }
        let paths = |other: &External| self.compare.prefix || self.compare.equal(&other.path, &wanted.path);
        self.any_external(|other| self.compare.equal(&other.endpoint, &wanted.endpoint) && paths(other))
    }

    fn have_public_endpoint(&self, wanted: &External) -> bool {
        if self.compare.is_indexed() {
            return self.account.public_endpoint_taken(&wanted.endpoint, self.me);
        }
        self.have_endpoint(wanted, Connectivity::Public)
    }

    fn have_vpc_endpoint(&self, wanted: &External) -> bool {
        if self.compare.is_indexed() {
            return self.account.vpc_endpoint_taken(&wanted.endpoint, self.me);
        }
        self.have_endpoint(wanted, Connectivity::Vpc)
    }

    fn have_endpoint(&self, wanted: &External, by: Connectivity) -> bool {
        self.any_external(|other| other.connectivity == by && self.compare.equal(&other.endpoint, &wanted.endpoint))
    }

    fn have_service(&self, service: &str) -> bool {
        if self.compare.is_indexed() {
            return self.account.service_taken(service, self.me);
        }
        let equal = |other: &External| other.service.as_ref().is_some_and(|other| self.compare.equal(other, service));
        self.any_external(equal)
    }
}
