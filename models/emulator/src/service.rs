//! A request in, an answer out: dispatch, authentication, parsing, then the operation.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use crate::account::Account;
use crate::answers::Answer;
use crate::behaviour::Behaviour;
use crate::behaviour::parsing::Parsing;
use crate::core::Core;
use crate::defects::Defect;
use crate::edits::{self, Edit, Quirk};
use crate::environment::Environment;
use crate::errors::{ApiError, Code};
use crate::json;
use crate::readings::{EmptyService, IdForm, KeepAlive, Readings, TooLarge};
use crate::revision::{LATEST, Revision};
use crate::shapes::{Members, Shapes, Stage};
use crate::store::{ConnectionState, StoreType};
use crate::throttle::Throttle;

/// The settings of an emulator.
#[derive(Clone, Debug)]
pub struct Config {
    /// The date of the revision ([`REVISIONS`](crate::REVISIONS)); any other date means the
    /// revision in force on it.
    pub revision: String,
    /// The environment.
    pub environment: Environment,
    /// A fault to plant.
    pub defect: Option<Defect>,
    /// A deviation of one part of the service.
    pub edit: Option<Edit>,
    /// A seed from which every open question is settled; the plain choices without it.
    pub readings: Option<u64>,
    /// True if requests must be signed; `None` leaves it to the environment.
    pub check_signatures: Option<bool>,
    /// One of this many updates is answered with a passing KMSInternalException, 0 for none; `None` leaves it to the
    /// environment.
    pub internal_error_every: Option<u32>,
    /// True if a store's identifier is made from its name: the same requests create the same identifiers again.
    pub stable_ids: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            revision: LATEST.to_owned(),
            environment: Environment::default_environment(),
            defect: None,
            edit: None,
            readings: None,
            check_signatures: None,
            internal_error_every: None,
            stable_ids: false,
        }
    }
}

/// A running service with its stores. Clones share them.
#[derive(Clone, Debug)]
pub struct Emulator(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    core: Core,
    check_signatures: bool,
    internal_error_every: u32,
    updates: AtomicU32,
    account: Mutex<Account>,
    throttle: Mutex<Throttle>,
}

/// The prefix of `X-Amz-Target`.
const PREFIX: &str = "TrentService.";

const OPERATIONS: [&str; 6] = [
    "CreateCustomKeyStore",
    "UpdateCustomKeyStore",
    "DescribeCustomKeyStores",
    "ConnectCustomKeyStore",
    "DisconnectCustomKeyStore",
    "DeleteCustomKeyStore",
];

const UPDATE: &str = "UpdateCustomKeyStore";

/// The text of the answer to a body past the bound.
const TOO_LARGE: &str = "The request is larger than the service reads.";

/// The time for which a racing defect leaves the store to other requests.
const GAP: Duration = Duration::from_millis(2);

impl Emulator {
    /// A service without stores.
    #[must_use]
    pub fn new(config: Config) -> Emulator {
        let Config {
            revision,
            environment,
            defect,
            edit,
            readings,
            check_signatures,
            internal_error_every,
            stable_ids,
        } = config;
        let check_signatures = check_signatures.unwrap_or(environment.emulator().check_signatures);
        let internal_error_every = internal_error_every.unwrap_or(environment.emulator().internal_error_every);
        let revision = Revision::on(&revision);
        let mut readings = readings.map_or_else(Readings::default, |seed| Readings::drawn(seed, environment.settle()));
        if stable_ids {
            readings.id = IdForm::Stable;
        }
        let plain = Arc::new(Behaviour::conforming(revision, &readings));
        let mut behaviour = plain.clone();
        let edited = defect.is_some() || edit.is_some();
        if edited {
            let behaviour = Arc::make_mut(&mut behaviour);
            edits::apply(defect.map_or(&[], |defect| defect.row().changes), behaviour);
            edit.iter().for_each(|edit| edit.apply(behaviour));
        }
        let account = Mutex::new(Account::new(&readings, &behaviour.effects));
        let core = Core { revision, shapes: Shapes::of(revision), environment, readings, plain, behaviour, edited };
        Emulator(Arc::new(Inner {
            check_signatures,
            internal_error_every,
            updates: AtomicU32::new(0),
            core,
            account,
            throttle: Mutex::default(),
        }))
    }

    /// Answers one request. Never panics and never waits for anything but other requests.
    #[must_use]
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.handle_at(request, Instant::now())
    }

    /// The same at a time of the caller's: transitions and lag need no waiting then. Times must not go back.
    #[must_use]
    pub fn handle_at(&self, request: Request<Bytes>, now: Instant) -> Response<Bytes> {
        if request.body().len() > self.largest_body() {
            let without_connection =
                || self.0.core.write(Answer::Refused(ApiError::new(Code::RequestEntityTooLarge, TOO_LARGE)), false);
            return self.too_large().unwrap_or_else(without_connection);
        }
        let target = target(&request);
        let update = target == Some(UPDATE);
        let answer = self.answer(&request, target, now).unwrap_or_else(|refusal| refusal);
        self.0.core.write(answer, update)
    }

    /// Answers one request as the server does. Without a planted defect that takes its time this is
    /// [`Emulator::handle`]; a caller who drops the future has hung up.
    pub async fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.respond_at(request, Instant::now()).await
    }

    /// The same at a time of the caller's, as with [`Emulator::handle_at`].
    pub async fn respond_at(&self, request: Request<Bytes>, now: Instant) -> Response<Bytes> {
        let core = &self.0.core;
        if core.has(Quirk::HalfDone) && self.half_of(&request, now).is_some() {
            tokio::time::sleep(GAP).await;
        }
        if target(&request).is_some_and(|operation| core.races(operation)) {
            let (emulator, copy) = (self.clone(), request.clone());
            if let Ok(response) = tokio::task::spawn_blocking(move || emulator.handle_at(copy, now)).await {
                return response;
            }
        }
        self.handle_at(request, now)
    }

    /// Applies the first member of an update of several that would succeed.
    fn half_of(&self, request: &Request<Bytes>, now: Instant) -> Option<Answer> {
        let core = &self.0.core;
        let update = target(request).filter(|operation| *operation == UPDATE)?;
        self.check_direction(request, Some(update), now).ok()?;
        if self.0.check_signatures {
            crate::sigv4::check(core, request).ok()?;
        }
        let members = self.parse(UPDATE, request.body(), &core.plain.parsing).ok()?;
        self.check_constraints(UPDATE, &members).ok()?;
        core.prepare(&mut lock(&self.0.account), &members, now).ok()??;
        let whole: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(request.body()).ok()?;
        let others = whole.iter().filter(|(name, _)| *name != "CustomKeyStoreId").skip(1).map(|(name, _)| name);
        let mut half = whole.clone();
        for name in others {
            half.remove(name);
        }
        let body = Bytes::from(serde_json::Value::Object(half).to_string());
        self.operate(UPDATE, &body, now).ok().filter(|_| whole.len() > 2)
    }

    /// The largest body that is read, in bytes.
    pub(crate) fn largest_body(&self) -> usize {
        self.0.core.readings.largest_body
    }

    /// Returns the fate of a connection after an answer.
    pub(crate) fn keep_alive(&self) -> KeepAlive {
        self.0.core.readings.keep_alive
    }

    /// The answer to a request whose body was too large to read; `None` where the connection is closed instead.
    pub(crate) fn too_large(&self) -> Option<Response<Bytes>> {
        let core = &self.0.core;
        let refused = |code| core.write(Answer::Refused(ApiError::new(code, TOO_LARGE)), false);
        let page = |kind, body: &'static str| {
            let mut response = Response::new(Bytes::from_static(body.as_bytes()));
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            response
        };
        match core.readings.too_large {
            TooLarge::Code => Some(refused(Code::RequestEntityTooLarge)),
            TooLarge::Unreadable => Some(refused(Code::Serialization)),
            TooLarge::Text => Some(page("text/plain", TOO_LARGE)),
            TooLarge::Page => Some(page("text/html", "<html><h1>413 Request Entity Too Large</h1></html>")),
            TooLarge::Closed => None,
        }
    }

    fn answer(&self, request: &Request<Bytes>, target: Option<&'static str>, now: Instant) -> Result<Answer, Answer> {
        let core = &self.0.core;
        self.check_direction(request, target, now)?;
        if self.0.check_signatures {
            crate::sigv4::check(core, request).map_err(|fault| {
                let unsigned = fault.code == Code::MissingAuthenticationToken;
                let status = if unsigned { core.readings.unsigned_status } else { fault.code.status() };
                Answer::RefusedAs(status, fault)
            })?;
        }
        let Some(operation) = target else {
            let fault = ApiError::new(Code::UnknownOperation, "The operation is not known.");
            return Err(Answer::RefusedAs(core.readings.unknown_operation_status, fault));
        };
        let rate = core.environment.limits().requests_per_second;
        if !lock(&self.0.throttle).admits(operation, rate, now) {
            return Err(Answer::Refused(ApiError::new(core.readings.throttled, "Rate exceeded")));
        }
        if operation == UPDATE && self.fails_in_passing() {
            return Err(Answer::Refused(ApiError::new(
                Code::KMSInternal,
                "The request could not be served; try again.",
            )));
        }
        self.operate(operation, request.body(), now).map_err(Answer::Refused)
    }

    /// Returns true if it is the turn of an update to fail for no reason of its own (W-17).
    fn fails_in_passing(&self) -> bool {
        let every = self.0.internal_error_every;
        every > 0 && self.0.updates.fetch_add(1, Ordering::Relaxed) % every == every - 1
    }

    /// Method, path and content type (W-20).
    fn check_direction(
        &self,
        request: &Request<Bytes>,
        target: Option<&'static str>,
        now: Instant,
    ) -> Result<(), Answer> {
        let core = &self.0.core;
        let status = core.readings.misdirected_status;
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let bare = !core.behaviour.parsing.bare_content_type || essence.len() == content_type.map_or(0, str::len);
        let json = essence.eq_ignore_ascii_case("application/x-amz-json-1.1") && (bare || target != Some(UPDATE));
        if request.method() == Method::POST && request.uri().path() == "/" && json {
            return Ok(());
        }
        if core.has(Quirk::Misdirected) && target == Some(UPDATE) {
            // The effect comes, the answer denies it.
            let _ = self.operate(UPDATE, request.body(), now);
        }
        let fault = ApiError::new(Code::UnknownOperation, "Requests are POST / with application/x-amz-json-1.1.");
        Err(Answer::RefusedAs(status, fault))
    }

    fn operate(&self, operation: &'static str, body: &Bytes, now: Instant) -> Result<Answer, ApiError> {
        let core = &self.0.core;
        // Edits concern the operation under test alone.
        let behaviour = if operation == UPDATE { &core.behaviour } else { &core.plain };
        if operation == UPDATE && core.has(Quirk::LongBody) && body.len() > 100_000 {
            return Err(ApiError::new(Code::KMSInternal, "An internal error occurred."));
        }
        let members = self.parse(operation, body, &behaviour.parsing)?;
        let mut guard = lock(&self.0.account);
        let account = &mut *guard;
        let members = self.without_empty_service(operation, members, account, now);
        self.check_constraints(operation, &members)?;
        if core.races(operation) {
            drop(guard);
            return if operation == UPDATE {
                self.update_with_a_gap(&members, now)
            } else {
                self.create_with_a_gap(&members, now)
            };
        }
        let output = match operation {
            "CreateCustomKeyStore" => {
                Some(serde_json::json!({"CustomKeyStoreId": core.create(account, &members, now)?}))
            }
            "DescribeCustomKeyStores" => Some(core.describe(account, &members, now)?),
            "ConnectCustomKeyStore" => core.connect(account, &members, now).map(|()| None)?,
            "DisconnectCustomKeyStore" => core.disconnect(account, &members, now).map(|()| None)?,
            "DeleteCustomKeyStore" => core.delete(account, &members, now).map(|()| None)?,
            _ => core.update(account, &members, now).map(|()| None)?,
        };
        Ok(Answer::Success(output))
    }

    /// Check and change of an update with a gap between them. Only quirks do it so: all
    /// else happens under one lock.
    fn update_with_a_gap(&self, members: &Members, now: Instant) -> Result<Answer, ApiError> {
        let core = &self.0.core;
        let prepared = core.prepare(&mut lock(&self.0.account), members, now)?;
        std::thread::sleep(GAP);
        if let Some(mut update) = prepared {
            let account = &mut *lock(&self.0.account);
            if core.has(Quirk::RacingNames) {
                update.renew(account, now);
            }
            if core.has(Quirk::RacingDeleted) {
                update.revive(account, now);
            }
            update.apply(account, now);
            if core.has(Quirk::RacingState) {
                update.write_state_back(account, now);
            }
        }
        Ok(Answer::Success(None))
    }

    /// Check of the name and creation with a gap between them, as with [`Emulator::update_with_a_gap`].
    fn create_with_a_gap(&self, members: &Members, now: Instant) -> Result<Answer, ApiError> {
        let core = &self.0.core;
        core.check_name(&lock(&self.0.account), members)?;
        std::thread::sleep(GAP);
        let id = core.create_unchecked(&mut lock(&self.0.account), members, now)?;
        Ok(Answer::Success(Some(serde_json::json!({"CustomKeyStoreId": id}))))
    }

    /// Checks the constraints that come before all else.
    fn check_constraints(&self, operation: &'static str, members: &Members) -> Result<(), ApiError> {
        let core = &self.0.core;
        if operation == UPDATE {
            let Behaviour { constraints, strictness, .. } = &*core.behaviour;
            return core.shapes.check(operation, members, constraints, *strictness, Stage::First);
        }
        let constraints = core.shapes.constraints(operation);
        core.shapes.check(operation, members, &constraints, core.plain.strictness, Stage::First)
    }

    fn parse(&self, operation: &'static str, body: &Bytes, parsing: &Parsing) -> Result<Members, ApiError> {
        let empty = body.is_empty() && parsing.empty_is_object;
        let value = json::parse(if empty { b"{}" } else { body }, parsing.leniency).map_err(|json::Malformed| {
            ApiError::new(parsing.malformed, "The body of the request is not valid JSON.")
        })?;
        self.0.core.shapes.read(operation, value, parsing)
    }

    /// An empty service name may mean no name if the store is PUBLIC_ENDPOINT after the request (S-16), which
    /// the store decides unless the request does. A store that does not exist prevents nothing.
    fn without_empty_service(
        &self,
        operation: &str,
        mut members: Members,
        account: &mut Account,
        now: Instant,
    ) -> Members {
        const SERVICE: &str = "XksProxyVpcEndpointServiceName";
        let reading = self.0.core.readings.empty_service;
        if operation != UPDATE || reading == EmptyService::TooShort || members.text(SERVICE) != Some("") {
            return members;
        }
        let place = members.text("CustomKeyStoreId").and_then(|id| account.place(id));
        let store = place.and_then(|place| account.store(place, now));
        let given = members.text("XksProxyConnectivity");
        let public = given.map_or_else(
            || store.as_ref().is_none_or(|store| !store.settings.is_vpc()),
            |connectivity| connectivity == "PUBLIC_ENDPOINT",
        );
        if !public || store.as_ref().is_some_and(|store| store.kind() == StoreType::CloudHsm) {
            return members;
        }
        if reading == EmptyService::Gated && store.is_some_and(|store| store.state() != ConnectionState::Disconnected) {
            members.hide(SERVICE);
        } else {
            members.remove(SERVICE);
        }
        members
    }
}

/// The operation that the request names, if it is one of the six.
fn target(request: &Request<Bytes>) -> Option<&'static str> {
    let target = request.headers().get("x-amz-target")?.to_str().ok()?;
    let name = target.strip_prefix(PREFIX)?;
    OPERATIONS.into_iter().find(|operation| *operation == name)
}

/// A panic in another request leaves nothing half done that a later one could not use.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
