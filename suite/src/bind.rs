//! Binding: symbolic operations to wire requests.
//!
//! A [`Binder`] knows the names of one attempt, the fixtures it may use and the ids that the target
//! gave so far. An operation that cannot be bound (its store was never created, the profile lacks
//! the fixture) is ill-formed: it is skipped, never judged.

mod body;
mod fixtures;
mod needs;
mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use ucks_oracle::account::{Account, Backing, Believed, CloudHsm, ConnectionState, Connectivity, Store, Xks};
use ucks_oracle::environment::Environment;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Request, UPDATE, quoted};

pub use self::fixtures::{Leases, Pool};
pub use self::needs::{Needs, Single};
use crate::names::Names;
use crate::op::{Id, Op, Symbol, Update, Value};

/// Why an operation cannot be bound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllFormed {
    /// The store was not created.
    #[error("store `{0}` does not exist")]
    NoStore(Symbol),
    /// The store has no such value, or it is not known.
    #[error("store `{0}` has no known `{1}`")]
    NoValue(Symbol, &'static str),
    /// The profile has no such fixture.
    #[error("the profile has no {0}")]
    NoFixture(String),
    /// The operation is more than one request.
    #[error("the operation is more than one request")]
    Several,
    /// The member takes no such value.
    #[error("`{0}` takes no such value")]
    NotFor(&'static str),
    /// HTTP does not carry it.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
}

/// A bound operation.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The request.
    pub request: Request,
    /// The store that a Create should make; its id is empty.
    pub store: Option<Store>,
    /// Generated secrets that the request holds and no answer may show.
    pub secrets: Vec<String>,
}

/// Binds the operations of one attempt.
#[derive(Clone, Debug)]
pub struct Binder {
    revision: Revision,
    environment: Arc<Environment>,
    names: Names,
    leases: Leases,
    ids: BTreeMap<Symbol, String>,
    first: BTreeMap<(Symbol, Member), String>,
    secrets: BTreeMap<Symbol, String>,
}

impl Binder {
    /// A binder for one attempt.
    pub fn new(revision: Revision, environment: Arc<Environment>, names: Names, leases: Leases) -> Binder {
        Binder {
            revision,
            environment,
            names,
            leases,
            ids: BTreeMap::new(),
            first: BTreeMap::new(),
            secrets: BTreeMap::new(),
        }
    }

    /// Remembers the id that the target gave to a store, and what it was created with.
    pub fn created(&mut self, symbol: Symbol, store: &Store) {
        self.ids.insert(symbol, store.id.clone());
        for member in Member::ALL {
            if let Some(value) = store.value(*member) {
                self.first.insert((symbol, *member), value.to_owned());
            }
        }
        let secret = match &store.backing {
            Backing::CloudHsm(c) => c.password.clone(),
            Backing::Xks(x) => x.secret.clone(),
        };
        if let Some(secret) = secret {
            self.secrets.insert(symbol, secret);
        }
    }

    /// The id of a store.
    ///
    /// # Errors
    /// [`IllFormed::NoStore`] where it was not created.
    pub fn id(&self, symbol: Symbol) -> Result<&str, IllFormed> {
        self.ids.get(&symbol).map(String::as_str).ok_or(IllFormed::NoStore(symbol))
    }

    /// The name that a store was created with.
    pub fn first_name(&self, symbol: Symbol) -> Option<&str> {
        self.first.get(&(symbol, Member::NewCustomKeyStoreName)).map(String::as_str)
    }

    /// The stores created so far, by letter.
    pub fn ids(&self) -> impl Iterator<Item = (Symbol, &str)> {
        self.ids.iter().map(|(s, id)| (*s, id.as_str()))
    }

    /// Binds an operation against what is believed of the stores.
    ///
    /// # Errors
    /// [`IllFormed`] where the operation means nothing here.
    pub fn bind(&self, op: &Op, account: &Account) -> Result<Bound, IllFormed> {
        let simple = |operation: &str, symbol: Symbol| {
            let body = json!({ Member::CustomKeyStoreId.name(): self.id(symbol)? });
            Ok(Bound { request: request(operation, &body), store: None, secrets: Vec::new() })
        };
        match op {
            Op::Create { store, kind, set } => self.create(*store, *kind, set, account),
            Op::Update(update) | Op::Repeat { update, .. } => self.update(update, account),
            Op::Connect { store, .. } => simple("ConnectCustomKeyStore", *store),
            Op::Disconnect { store, .. } => simple("DisconnectCustomKeyStore", *store),
            Op::Delete { store } => simple("DeleteCustomKeyStore", *store),
            Op::Find { .. } | Op::FindFormer { .. } | Op::DescribeAbsent | Op::List { .. } | Op::Race { .. } => {
                Err(IllFormed::Several)
            }
        }
    }

    /// A well-formed id of no store.
    pub fn absent_id(&self) -> String {
        format!("cks-{}", self.names.lower("nobody", 0, 17))
    }

    fn create(
        &self,
        symbol: Symbol,
        kind: StoreType,
        set: &[(Member, Value)],
        account: &Account,
    ) -> Result<Bound, IllFormed> {
        let n = u32::from(symbol.0);
        let given = |m: Member| set.iter().find(|(s, _)| *s == m).map(|(_, v)| v);
        let text = |m: Member, default: Value| self.text(given(m).unwrap_or(&default), m, account);
        let name = text(Member::NewCustomKeyStoreName, Value::Fresh(n))?;
        let mut body = json!({ "CustomKeyStoreName": name });
        let mut secrets = Vec::new();
        let mut put = |member: &str, value: serde_json::Value| body[member] = value;
        let backing = match kind {
            StoreType::CloudHsm => {
                let cluster = text(Member::CloudHsmClusterId, default_cluster(symbol))?;
                let row = self.environment.cluster_before(&cluster).flatten();
                let password = match given(Member::KeyStorePassword) {
                    Some(value) => self.text(value, Member::KeyStorePassword, account)?,
                    None => {
                        row.and_then(|c| c.password.clone()).unwrap_or_else(|| self.fresh(Member::KeyStorePassword, n))
                    }
                };
                let anchor = row
                    .and_then(|c| c.trust_anchor.clone())
                    .unwrap_or_else(|| self.names.own("ucks trust anchor").into_owned());
                put("CloudHsmClusterId", json!(cluster));
                put("TrustAnchorCertificate", json!(anchor));
                put("KeyStorePassword", json!(password));
                if self.revision >= Revision::ExternalKeyStores {
                    put("CustomKeyStoreType", json!(kind.name()));
                }
                if row.is_none_or(|c| c.password.is_none()) {
                    secrets.push(password.clone());
                }
                Backing::CloudHsm(CloudHsm {
                    created_with: cluster.clone(),
                    cluster,
                    trust_anchor: Believed::Is(anchor),
                    password: Some(password),
                })
            }
            StoreType::Xks => {
                let connectivity = text(Member::XksProxyConnectivity, Value::Text("PUBLIC_ENDPOINT".into()))?;
                let vpc = connectivity == Connectivity::VpcEndpointService.name();
                let endpoint = text(Member::XksProxyUriEndpoint, Value::Fresh(n))?;
                let path = text(Member::XksProxyUriPath, Value::Fresh(n))?;
                let fresh = Value::Fresh(n);
                let credential = given(Member::XksProxyAuthenticationCredential).unwrap_or(&fresh);
                let (key, secret) = self.credential(credential, account)?;
                put("CustomKeyStoreType", json!(kind.name()));
                put("XksProxyConnectivity", json!(connectivity));
                put("XksProxyUriEndpoint", json!(endpoint));
                put("XksProxyUriPath", json!(path));
                put("XksProxyAuthenticationCredential", json!({ "AccessKeyId": key, "RawSecretAccessKey": secret }));
                let mut service = None;
                let mut owner = Believed::Is(None);
                if vpc {
                    let name = text(Member::XksProxyVpcEndpointServiceName, Value::Fresh(n))?;
                    put("XksProxyVpcEndpointServiceName", json!(name));
                    service = Some(name);
                    owner = Believed::Open;
                    if given(Member::XksProxyVpcEndpointServiceOwner).is_some() {
                        let text = text(Member::XksProxyVpcEndpointServiceOwner, Value::Fresh(n))?;
                        put("XksProxyVpcEndpointServiceOwner", json!(text));
                        owner = Believed::Is(Some(text));
                    }
                }
                if !matches!(credential, Value::Fixture(_)) {
                    secrets.push(secret.clone());
                }
                Backing::Xks(Xks {
                    connectivity: if vpc { Connectivity::VpcEndpointService } else { Connectivity::PublicEndpoint },
                    endpoint,
                    path,
                    access_key_id: key,
                    secret: Some(secret),
                    service: Believed::Is(service),
                    owner,
                })
            }
        };
        let store = Store {
            id: String::new(),
            name: Believed::Is(name),
            state: ConnectionState::Disconnected,
            error: Believed::Open,
            created: Believed::Open,
            backing,
            recredentialed: false,
            in_flight: None,
        };
        Ok(Bound { request: request("CreateCustomKeyStore", &body), store: Some(store), secrets })
    }

    fn update(&self, update: &Update, account: &Account) -> Result<Bound, IllFormed> {
        let mut members: Vec<(Cow<'static, str>, String)> = Vec::with_capacity(1 + update.set.len());
        if let Some(id) = self.id_text(&update.id, account)? {
            members.push((Member::CustomKeyStoreId.name().into(), id));
        }
        let mut secrets = Vec::new();
        for (member, value) in &update.set {
            members.push((member.name().into(), self.json(value, *member, account)?));
            secrets.extend(self.canary(value, *member, account));
        }
        let mut request = Request::operation(UPDATE, Vec::new());
        let twice = match &update.mutation {
            Some(crate::op::WireMutation::Twice(member, value)) => {
                Some((member.name(), self.json(value, *member, account)?))
            }
            _ => None,
        };
        body::write(&mut request, members, update.mutation.as_ref(), twice, &self.names);
        if let Some(crate::op::WireMutation::Raw(text)) = &update.mutation {
            request.body = crate::raw::bound(text, |symbol| self.id(symbol).ok().map(str::to_owned));
        }
        Ok(Bound { request, store: None, secrets })
    }

    fn id_text(&self, id: &Id, account: &Account) -> Result<Option<String>, IllFormed> {
        let quoted = |text: &str| Ok(Some(quoted(text)));
        match id {
            Id::Of(s) => quoted(self.id(*s)?),
            Id::Nobody => quoted(&self.absent_id()),
            Id::Missing => Ok(None),
            Id::OtherCase(s) => {
                let id = self.id(*s)?;
                let swapped: String = id
                    .chars()
                    .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
                    .collect();
                if swapped == id { Err(IllFormed::NotFor("CustomKeyStoreId")) } else { quoted(&swapped) }
            }
            Id::Prefix(s) => {
                let mut id = self.id(*s)?.to_owned();
                id.pop();
                quoted(&id)
            }
            Id::Longer(s) => quoted(&format!("{}0", self.id(*s)?)),
            Id::Blanks(s) => quoted(&format!(" {} ", self.id(*s)?)),
            Id::NameOf(s) => quoted(&self.text(&Value::NameOf(*s), Member::NewCustomKeyStoreName, account)?),
            Id::Value(value) => self.json(value, Member::CustomKeyStoreId, account).map(Some),
        }
    }
}

/// Returns the cluster of a Create that names none.
pub(crate) fn default_cluster(symbol: Symbol) -> Value {
    use crate::op::{Family, Fixture};
    Value::Fixture(Fixture::Cluster(Family::Plain(symbol.0), ucks_oracle::environment::ClusterRole::Primary, 0))
}

fn request(operation: &str, body: &serde_json::Value) -> Request {
    Request::operation(operation, body.to_string().into_bytes())
}
