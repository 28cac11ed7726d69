//! The stores of the account, and indices for all that must be unique, so that no look-up grows
//! with their number.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Instant;

use crate::behaviour::effects::{Effects, Event, LookUp};
use crate::environment::host_of;
use crate::readings::Readings;
use crate::store::{Attributes, Settings, Store, StoreType};

/// A store's place in the order of creation; never used twice.
pub(crate) type StoreIndex = u64;

/// The stores that use a key.
#[derive(Debug, Default)]
struct StoresByKey(HashMap<String, BTreeSet<StoreIndex>>);

impl StoresByKey {
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

    /// Returns true if a store other than `me` uses the key.
    fn taken(&self, key: &str, me: Option<StoreIndex>) -> bool {
        self.0.get(key).is_some_and(|users| users.iter().any(|user| Some(*user) != me))
    }
}

/// The way in which names and hosts are compared (U-03, U-10).
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
    names: StoresByKey,
    /// Endpoint with path of every external store.
    addresses: StoresByKey,
    public_endpoints: StoresByKey,
    vpc_endpoints: StoresByKey,
    services: StoresByKey,
    families: StoresByKey,
    /// Names that stores had and Describe still shows, each until its instant.
    renamed: VecDeque<(Instant, String, StoreIndex)>,
    next: StoreIndex,
    folding: Folding,
    /// Look-ups that an event does not free.
    keeps: Vec<(LookUp, Event)>,
    /// Look-ups to which an update adds nothing.
    misses: Vec<LookUp>,
}

impl Account {
    pub(crate) fn new(readings: &Readings, effects: &Effects) -> Account {
        Account {
            stores: BTreeMap::new(),
            ids: HashMap::new(),
            names: StoresByKey::default(),
            addresses: StoresByKey::default(),
            public_endpoints: StoresByKey::default(),
            vpc_endpoints: StoresByKey::default(),
            services: StoresByKey::default(),
            families: StoresByKey::default(),
            renamed: VecDeque::new(),
            next: 0,
            folding: Folding {
                names_case: readings.names_without_case,
                names_trim: readings.names_trimmed,
                hosts: readings.hosts_folded,
            },
            keeps: effects.keeps.clone(),
            misses: effects.misses.clone(),
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
    pub(crate) fn kind(&self, place: StoreIndex) -> Option<StoreType> {
        self.stores.get(&place).map(Store::kind)
    }

    /// The first store whose identifier fits. Only edits look so.
    pub(crate) fn place_by(&self, fits: impl Fn(&str) -> bool) -> Option<StoreIndex> {
        self.stores.iter().find(|(_, store)| fits(&store.id)).map(|(place, _)| *place)
    }

    /// All stores but `me`, as last settled.
    pub(crate) fn others(&self, me: Option<StoreIndex>) -> impl Iterator<Item = &Store> {
        self.stores.iter().filter(move |(place, _)| Some(**place) != me).map(|(_, store)| store)
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

    pub(crate) fn name_taken(&self, name: &str, me: Option<StoreIndex>) -> bool {
        self.names.taken(&self.name_key(name), me)
    }

    /// Returns true if another external store, of either connectivity, has endpoint and path.
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

    /// Returns true if a store was made with a cluster of the family.
    pub(crate) fn family_taken(&self, family: &str) -> bool {
        self.families.taken(family, None)
    }

    pub(crate) fn add(&mut self, store: Store) -> StoreIndex {
        let place = self.next;
        self.next += 1;
        self.ids.insert(store.id.clone(), place);
        self.index(place, &store.name, &store.settings, &[]);
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
        if !self.keeps.contains(&(LookUp::Id, Event::Deleted)) {
            self.ids.remove(&store.id);
        }
        self.unindex(place, &store.name, &store.settings, None);
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
        self.unindex(place, &store.name, &store.settings, Some(&face));
        let misses = std::mem::take(&mut self.misses);
        self.index(place, &face.0, &face.1, &misses);
        self.misses = misses;
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

    fn index(&mut self, place: StoreIndex, name: &str, settings: &Settings, misses: &[LookUp]) {
        for (look_up, key) in self.keys(name, settings) {
            if !misses.contains(&look_up) {
                self.index_of(look_up, settings).add(key, place);
            }
        }
    }

    /// Frees what the store has in use; `new` is what it is to have after an update.
    fn unindex(&mut self, place: StoreIndex, name: &str, settings: &Settings, new: Option<&Attributes>) {
        // An edit that forgets to free a key gives it to nobody, so that it stays taken for all.
        const NOBODY: StoreIndex = StoreIndex::MAX;
        let event = if new.is_some() { Event::Updated } else { Event::Deleted };
        let next = new.map(|(name, settings)| (self.keys(name, settings), settings.is_vpc()));
        for (look_up, key) in self.keys(name, settings) {
            let again = next.as_ref().is_some_and(|(keys, vpc)| {
                let same_index = look_up != LookUp::Endpoint || *vpc == settings.is_vpc();
                same_index && keys.contains(&(look_up, key.clone()))
            });
            let kept = !again && self.keeps.contains(&(look_up, event));
            let index = self.index_of(look_up, settings);
            index.remove(&key, place);
            if kept {
                index.add(key, NOBODY);
            }
        }
    }

    /// Returns the keys that a store with this name and these settings has in use.
    fn keys(&self, name: &str, settings: &Settings) -> Vec<(LookUp, String)> {
        let mut keys = vec![(LookUp::Name, self.name_key(name))];
        if let Settings::External(external) = settings {
            keys.push((LookUp::Address, self.address_key(&external.endpoint, &external.path)));
            keys.push((LookUp::Endpoint, self.endpoint_key(&external.endpoint)));
            keys.extend(external.service.iter().map(|service| (LookUp::Service, service.clone())));
        }
        keys
    }

    fn index_of(&mut self, look_up: LookUp, settings: &Settings) -> &mut StoresByKey {
        match look_up {
            LookUp::Address => &mut self.addresses,
            LookUp::Endpoint if settings.is_vpc() => &mut self.vpc_endpoints,
            LookUp::Endpoint => &mut self.public_endpoints,
            LookUp::Service => &mut self.services,
            LookUp::Name | LookUp::Id => &mut self.names,
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
}
