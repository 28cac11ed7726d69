//! The stores of the account, and indices for all that must be unique, so that no look-up grows
//! with their number.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Instant;

use crate::defects::{Defect, PlantedDefect};
use crate::environment::host_of;
use crate::readings::Readings;
use crate::store::{Attributes, Connectivity, External, Kind, Settings, State, Store};

/// A store's place in the order of creation; never used twice.
pub(crate) type StoreIndex = u64;

/// Who uses a key.
#[derive(Debug, Default)]
struct Index(HashMap<String, BTreeSet<StoreIndex>>);

impl Index {
    fn add(&mut self, key: String, place: StoreIndex) {
        self.0.entry(key).or_default().insert(place);
    }

    fn remove(&mut self, key: &str, place: StoreIndex) {
        if let Some(users) = self.0.get_mut(key) {
            users.remove(&place);
            if users.is_empty() {
                self.0.remove(key);
            }
        }
    }

    /// Whether a store other than `me` uses the key.
    fn taken(&self, key: &str, me: Option<StoreIndex>) -> bool {
        self.0.get(key).is_some_and(|users| users.iter().any(|user| Some(*user) != me))
    }

    fn first(&self, key: &str) -> Option<StoreIndex> {
        self.0.get(key).and_then(|users| users.first().copied())
    }
}

/// How names and hosts are compared (U-03, U-10).
#[derive(Clone, Copy, Debug)]
struct Folding {
    names_case: bool,
    names_trim: bool,
    hosts: bool,
}

/// All stores of the account.
#[derive(Debug)]
pub(crate) struct Account {
    stores: BTreeMap<StoreIndex, Store>,
    ids: HashMap<String, StoreIndex>,
    names: Index,
    /// Endpoint with path of every external store.
    addresses: Index,
    public_endpoints: Index,
    vpc_endpoints: Index,
    services: Index,
    families: Index,
    /// Names that stores had and Describe still shows, each until its instant.
    renamed: VecDeque<(Instant, String, StoreIndex)>,
    next: StoreIndex,
    folding: Folding,
    planted: PlantedDefect,
}

impl Account {
    pub(crate) fn new(readings: &Readings, planted: PlantedDefect) -> Account {
        Account {
            stores: BTreeMap::new(),
            ids: HashMap::new(),
            names: Index::default(),
            addresses: Index::default(),
            public_endpoints: Index::default(),
            vpc_endpoints: Index::default(),
            services: Index::default(),
            families: Index::default(),
            renamed: VecDeque::new(),
            next: 0,
            folding: Folding {
                names_case: readings.names_without_case,
                names_trim: readings.names_trimmed,
                hosts: readings.hosts_folded,
            },
            planted,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.stores.len()
    }

    pub(crate) fn place(&self, id: &str) -> Option<StoreIndex> {
        self.ids.get(id).copied()
    }

    /// The store, its transition brought up to `now`.
    pub(crate) fn store(&mut self, place: StoreIndex, now: Instant) -> Option<&mut Store> {
        let store = self.stores.get_mut(&place)?;
        store.settle(now);
        Some(store)
    }

    /// The type of the store.
    pub(crate) fn kind(&self, place: StoreIndex) -> Option<Kind> {
        self.stores.get(&place).map(Store::kind)
    }

    /// The first store whose identifier fits. Only planted defects look so.
    pub(crate) fn place_by(&self, fits: impl Fn(&str) -> bool) -> Option<StoreIndex> {
        self.stores.iter().find(|(_, store)| fits(&store.id)).map(|(place, _)| *place)
    }

    /// Whether another store's name starts with the name. Only planted defects ask.
    pub(crate) fn name_prefix_taken(&self, name: &str, me: StoreIndex) -> bool {
        self.stores.iter().any(|(place, store)| *place != me && store.name.starts_with(name))
    }

    /// The places after `after`, in order of creation.
    pub(crate) fn after(&self, after: Option<StoreIndex>) -> impl Iterator<Item = StoreIndex> {
        let from = after.map_or(0, |after| after.saturating_add(1));
        self.stores.range(from..).map(|(place, _)| *place)
    }

    /// All places, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = StoreIndex> {
        self.stores.keys().rev().copied()
    }

    /// The store that has the name.
    pub(crate) fn named(&self, name: &str) -> Option<StoreIndex> {
        let users = self.names.0.get(&self.name_key(name))?;
        users.iter().copied().find(|place| self.stores.get(place).is_some_and(|store| store.name == name))
    }

    /// The store that Describe shows under the name, which may lag behind.
    pub(crate) fn shown_as(&mut self, name: &str, now: Instant) -> Option<StoreIndex> {
        self.forget_renamed(now);
        let late = self.renamed.iter().find(|(_, old, _)| old == name).map(|(.., place)| *place);
        let place = late.or_else(|| self.named(name))?;
        let store = self.store(place, now)?;
        (store.shown().0 == name).then_some(place)
    }

    /// The store that has the name, compared as uniqueness compares it.
    pub(crate) fn rival(&self, name: &str) -> Option<StoreIndex> {
        self.names.first(&self.name_key(name))
    }

    pub(crate) fn name_taken(&self, name: &str, me: Option<StoreIndex>) -> bool {
        self.names.taken(&self.name_key(name), me)
    }

    /// Whether another external store, of either connectivity, has endpoint and path.
    pub(crate) fn address_taken(&self, endpoint: &str, path: &str, me: Option<StoreIndex>) -> bool {
        self.addresses.taken(&self.address_key(endpoint, path), me)
    }

    pub(crate) fn public_endpoint_taken(&self, endpoint: &str, me: Option<StoreIndex>) -> bool {
        self.public_endpoints.taken(&self.endpoint_key(endpoint), me)
    }

    pub(crate) fn vpc_endpoint_taken(&self, endpoint: &str, me: Option<StoreIndex>) -> bool {
        self.vpc_endpoints.taken(&self.endpoint_key(endpoint), me)
    }

    pub(crate) fn service_taken(&self, service: &str, me: Option<StoreIndex>) -> bool {
        self.services.taken(service, me)
    }

    /// Whether a store was made with a cluster of the family.
    pub(crate) fn family_taken(&self, family: &str) -> bool {
        self.families.taken(family, None)
    }

    pub(crate) fn add(&mut self, store: Store) -> StoreIndex {
        let place = self.next;
        self.next += 1;
        self.ids.insert(store.id.clone(), place);
        self.index(place, &store.name, &store.settings);
        if let Settings::CloudHsm(settings) = &store.settings {
            self.families.add(settings.family.clone(), place);
        }
        self.stores.insert(place, store);
        place
    }

    pub(crate) fn remove(&mut self, place: StoreIndex) {
        let Some(store) = self.stores.remove(&place) else {
            return;
        };
        if !self.planted.has(Defect::DeletedIdStays) {
            self.ids.remove(&store.id);
        }
        if !self.planted.has(Defect::DeletedStoreKeepsAll) {
            self.unindex(place, &store.name, &store.settings, KeyRelease::Deleted);
        }
        if let Settings::CloudHsm(settings) = &store.settings {
            self.families.remove(&settings.family, place);
        }
    }

    /// Gives the store a new name and settings.
    pub(crate) fn replace(&mut self, place: StoreIndex, face: Attributes, now: Instant, until: Option<Instant>) {
        self.forget_renamed(now);
        let Some(mut store) = self.stores.remove(&place) else {
            return;
        };
        self.unindex(place, &store.name, &store.settings, KeyRelease::Updated(&face));
        self.index(place, &face.0, &face.1);
        if let Some(until) = until
            && store.name != face.0
        {
            self.renamed.push_back((until, store.name.clone(), place));
        }
        store.before = Some(Box::new((store.name.clone(), store.settings.clone())));
        store.replace(face, until);
        self.stores.insert(place, store);
    }

    fn forget_renamed(&mut self, now: Instant) {
        while self.renamed.front().is_some_and(|(until, ..)| *until <= now) {
            self.renamed.pop_front();
        }
    }

    fn index(&mut self, place: StoreIndex, name: &str, settings: &Settings) {
        self.names.add(self.name_key(name), place);
        let Settings::External(external) = settings else {
            return;
        };
        let endpoint = self.endpoint_key(&external.endpoint);
        self.addresses.add(self.address_key(&external.endpoint, &external.path), place);
        match external.connectivity {
            Connectivity::Public => self.public_endpoints.add(endpoint, place),
            Connectivity::Vpc => self.vpc_endpoints.add(endpoint, place),
        }
        if let Some(service) = &external.service {
            self.services.add(service.clone(), place);
        }
    }

    fn unindex(&mut self, place: StoreIndex, name: &str, settings: &Settings, leaving: KeyRelease) {
        // A defect that forgets to free a key gives it to nobody, so that it stays taken for all.
        const NOBODY: StoreIndex = StoreIndex::MAX;
        let stays = |defect, renamed: bool| renamed && leaving.is_update() && self.planted.has(defect);
        let new = leaving.external();
        let name_key = self.name_key(name);
        let keep_name = stays(Defect::OldNameStaysTaken, leaving.new_name() != Some(name));
        let keep_deleted = !leaving.is_update() && self.planted.has(Defect::DeletedNameStaysTaken);
        let Settings::External(external) = settings else {
            self.names.remove(&name_key, place);
            if keep_name || keep_deleted {
                self.names.add(name_key, NOBODY);
            }
            return;
        };
        let address_key = self.address_key(&external.endpoint, &external.path);
        let endpoint_key = self.endpoint_key(&external.endpoint);
        let moved = new.is_some_and(|new| (&new.endpoint, &new.path) != (&external.endpoint, &external.path));
        let rehosted =
            new.is_some_and(|new| (&new.endpoint, new.connectivity) != (&external.endpoint, external.connectivity));
        let unserved = new.is_some_and(|new| new.service != external.service);
        let keep_address = stays(Defect::OldAddressStaysTaken, moved);
        let keep_endpoint = stays(Defect::OldEndpointStaysTaken, rehosted);
        let keep_service = stays(Defect::OldServiceStaysTaken, unserved);
        self.names.remove(&name_key, place);
        if keep_name || keep_deleted {
            self.names.add(name_key, NOBODY);
        }
        self.addresses.remove(&address_key, place);
        if keep_address {
            self.addresses.add(address_key, NOBODY);
        }
        let endpoints = match external.connectivity {
            Connectivity::Public => &mut self.public_endpoints,
            Connectivity::Vpc => &mut self.vpc_endpoints,
        };
        endpoints.remove(&endpoint_key, place);
        if keep_endpoint {
            endpoints.add(endpoint_key, NOBODY);
        }
        if let Some(service) = &external.service {
            self.services.remove(service, place);
            if keep_service {
                self.services.add(service.clone(), NOBODY);
            }
        }
    }

    fn name_key(&self, name: &str) -> String {
        let name = if self.folding.names_trim { name.trim() } else { name };
        if self.folding.names_case { name.to_lowercase() } else { name.to_owned() }
    }

    fn endpoint_key(&self, endpoint: &str) -> String {
        if self.folding.hosts { host_of(endpoint) } else { endpoint.to_owned() }
    }

    fn address_key(&self, endpoint: &str, path: &str) -> String {
        self.endpoint_key(endpoint) + path
    }

    /// Whether any store other than `me` is in the state. Only planted defects ask.
    pub(crate) fn other_in(&self, me: StoreIndex, state: State) -> bool {
        self.stores.iter().any(|(place, store)| *place != me && store.state() == state)
    }
}

/// Why a store's keys are freed.
#[derive(Clone, Copy)]
enum KeyRelease<'a> {
    Deleted,
    Updated(&'a Attributes),
}

impl<'a> KeyRelease<'a> {
    fn is_update(self) -> bool {
        matches!(self, KeyRelease::Updated(_))
    }

    fn new_name(self) -> Option<&'a str> {
        match self {
            KeyRelease::Deleted => None,
            KeyRelease::Updated((name, _)) => Some(name),
        }
    }

    fn external(self) -> Option<&'a External> {
        match self {
            KeyRelease::Updated((_, Settings::External(external))) => Some(external),
            _ => None,
        }
    }
}
