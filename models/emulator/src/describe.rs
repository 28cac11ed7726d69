//! DescribeCustomKeyStores: one store by id or name, or all of them in pages.

use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::account::{Account, StoreIndex};
use crate::behaviour::effects::Way;
use crate::behaviour::facts::Fact;
use crate::core::Core;
use crate::errors::{ApiError, Code};
use crate::shapes::Members;
use crate::store::{Attributes, External, Settings, Store};

impl Core {
    /// Serves the operation; the body of the answer.
    pub(crate) fn describe(&self, account: &mut Account, members: &Members, now: Instant) -> Result<Value, ApiError> {
        let place = match (members.text("CustomKeyStoreId"), members.text("CustomKeyStoreName")) {
            (Some(_), Some(_)) => {
                return Err(ApiError::validation("Give CustomKeyStoreId or CustomKeyStoreName, not both."));
            }
            (Some(id), None) => Some((account.place(id).ok_or_else(ApiError::no_store)?, Way::ById)),
            (None, Some(name)) => Some((account.shown_as(name, now).ok_or_else(ApiError::no_store)?, Way::ByName)),
            (None, None) => None,
        };
        match place {
            Some((place, way)) => {
                let store = account.store(place, now).ok_or_else(ApiError::no_store)?;
                Ok(json!({"CustomKeyStores": [self.view(store, way)], "Truncated": false}))
            }
            None => self.page(account, members, now),
        }
    }

    fn page(&self, account: &mut Account, members: &Members, now: Instant) -> Result<Value, ApiError> {
        let after = members.text("Marker").map(|marker| self.unmark(marker)).transpose()?;
        let limit = members.integer("Limit").and_then(|limit| usize::try_from(limit).ok());
        let limit = limit.unwrap_or(self.readings.page);
        let mut places: Vec<StoreIndex> = account.after(after).take(limit + 1).collect();
        let truncated = places.len() > limit;
        places.truncate(limit);
        let mut answer = Map::new();
        let stores: Vec<Value> = places
            .iter()
            .filter_map(|place| account.store(*place, now).map(|store| self.view(store, Way::InList)))
            .collect();
        answer.insert("CustomKeyStores".into(), stores.into());
        if let Some(last) = places.last().filter(|_| truncated) {
            answer.insert("NextMarker".into(), format!("m{last:x}").into());
        }
        answer.insert("Truncated".into(), truncated.into());
        Ok(Value::Object(answer))
    }

    /// A marker names the last store of the page before.
    fn unmark(&self, marker: &str) -> Result<StoreIndex, ApiError> {
        let digits = marker.strip_prefix('m').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        digits.and_then(|digits| StoreIndex::from_str_radix(digits, 16).ok()).ok_or_else(|| {
            let code = if self.revision.has_marker_error() { Code::InvalidMarker } else { Code::Validation };
            ApiError::new(code, "The marker is not one that an earlier answer gave.")
        })
    }

    /// The entry of a store, with the members of the revision.
    fn view(&self, store: &Store, way: Way) -> Value {
        let stale = self.stale(store, way);
        let (name, settings) = match &stale {
            Some((name, settings)) => (name.as_str(), settings),
            None => store.shown(),
        };
        let mut entry = Map::new();
        let mut set = |name: &str, value: Value| {
            if self.shapes.shows("CustomKeyStoresListEntry", name) {
                entry.insert(name.to_owned(), value);
            }
        };
        set("CustomKeyStoreId", store.id.as_str().into());
        set("CustomKeyStoreName", name.into());
        set("CustomKeyStoreType", settings.kind().name().into());
        set("ConnectionState", store.state().name().into());
        if let Some(error) = store.error() {
            set("ConnectionErrorCode", error.into());
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since the epoch fit a double")]
        let created = if self.readings.fractional_date {
            json!(store.created as f64 / 1000.0)
        } else {
            json!(store.created / 1000)
        };
        set("CreationDate", created);
        match settings {
            Settings::CloudHsm(settings) => {
                set("CloudHsmClusterId", settings.cluster.as_str().into());
                set("TrustAnchorCertificate", settings.trust_anchor.as_str().into());
                if self.behaviour.effects.shows.contains(&Fact::Password) && store.before.is_some() {
                    set("CustomKeyStoreName", format!("{name} {}", settings.password).into());
                }
            }
            Settings::External(settings) => set("XksProxyConfiguration", self.proxy_view(settings, store)),
        }
        Value::Object(entry)
    }

    /// Name and settings where an edit shows some of them as they were before the last update.
    fn stale(&self, store: &Store, way: Way) -> Option<Attributes> {
        let stale = &self.behaviour.effects.stale;
        let before = store.before.as_deref().filter(|_| stale.iter().any(|(of, _)| *of == way))?;
        let mut face = (store.name.clone(), store.settings.clone());
        stale.iter().filter(|(of, _)| *of == way).for_each(|(_, fact)| fact.copy(before, &mut face));
        Some(face)
    }

    fn proxy_view(&self, settings: &External, store: &Store) -> Value {
        let mut entry = Map::new();
        let mut set = |name: &str, value: &str| {
            if self.shapes.shows("XksProxyConfigurationType", name) {
                entry.insert(name.to_owned(), value.into());
            }
        };
        set("Connectivity", settings.connectivity.name());
        set("AccessKeyId", &settings.key_id);
        set("UriEndpoint", &settings.endpoint);
        set("UriPath", &settings.path);
        if let Some(service) = &settings.service {
            set("VpcEndpointServiceName", service);
        }
        if let Some(owner) = &settings.owner {
            set("VpcEndpointServiceOwner", owner);
        }
        let mut view = Value::Object(entry);
        if self.behaviour.effects.shows.contains(&Fact::Secret) && store.before.is_some() {
            view["RawSecretAccessKey"] = settings.secret.as_str().into();
        }
        view
    }
}
