//! The probe: what the target can do, before anything is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;
use ucks_oracle::account::{ConnectionState, DescribeField};
use ucks_oracle::answer::{DescribedStore, Outcome, page};
use ucks_oracle::code::CodeFamily;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::Divergence;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::{Answer, CONNECT, CREATE, Request, UPDATE};

use super::context::RunContext;
use super::executor::{DESCRIBE, Executor, describe_any};
use crate::bind::{Leases, Needs, Pool};
use crate::names::Names;
use crate::op::{Id, Op, Symbol, Update, Value};
use crate::plan::Abilities;
use crate::plan::steps::vpc;
use crate::record::{Exchange, ProbeNote};
use crate::target::TransportError;
use crate::wording;

/// The result of the probe.
#[derive(Debug)]
pub struct Probed {
    /// The abilities of the target.
    pub reach: Abilities,
    /// Fields that Describe does not show as created.
    pub blind: BTreeSet<(StoreType, DescribeField)>,
    /// Notes for the record.
    pub notes: Vec<ProbeNote>,
    /// Divergences of companion operations.
    pub found: Vec<ProbeFinding>,
    /// Why no store can be created, by type.
    pub not_created: BTreeMap<StoreType, String>,
    /// Why nothing can be tested, in one sentence.
    pub hopeless: Option<String>,
    /// True if the target has the operation itself.
    pub updates: bool,
}

/// A divergence of a companion operation.
#[derive(Debug)]
pub struct ProbeFinding {
    /// The divergence.
    pub divergence: Divergence,
    /// The operations that show it.
    pub ops: Vec<Op>,
    /// The exchanges that showed it.
    pub exchanges: Vec<Exchange>,
    /// True if it shows to a model that knows nothing of this target: the probe learned from it.
    pub bare: bool,
}

/// The target's support of the operation itself.
enum OperationSupport {
    /// It refuses an id of no store with a code of KMS.
    AsKms,
    /// It answers otherwise, which is for the rules to judge.
    Oddly,
    /// It does not have the operation, and why that is so.
    Not(String),
}

/// Asks for the operation itself with this body: does the target have it?
async fn has_update(context: &RunContext, body: Vec<u8>) -> Result<OperationSupport, TransportError> {
    let request = Request::operation(UPDATE, body);
    let mut last = None;
    for _ in 0..2 {
        let answer = send(context, &request).await?;
        let outcome = Outcome::read(&answer);
        let not = |what: &str| {
            Ok(OperationSupport::Not(format!("the target does not implement {UPDATE}: it answers {what}")))
        };
        match outcome {
            Outcome::NotImplemented { .. } => return not(&wording::outcome(&outcome)),
            Outcome::Success if !is_empty_or_object(&answer) => {
                return not(&format!("{} with a body that KMS would not send", answer.status));
            }
            Outcome::ServerFault { internal: false, .. } => last = Some(wording::outcome(&outcome)),
            Outcome::Refused { code: Some(code), .. } if code.family() == CodeFamily::Authentication => {
                return Ok(OperationSupport::Not(format!(
                    "the target takes none of the keys that sign the requests: it answers {}; name its keys with \
                     --aws-profile NAME or --aws-env, or as `[[identities]]` in a profile",
                    wording::outcome(&outcome)
                )));
            }
            Outcome::Refused { code: Some(code), .. } if code.is_no_verdict() => {
                return Ok(OperationSupport::Not(format!(
                    "the target refuses every {UPDATE}: it answers {}",
                    wording::outcome(&outcome)
                )));
            }
            Outcome::Refused { status: status @ (300..=399 | 401 | 403 | 404 | 405), code: None, .. } => {
                return not(&format!("{status} without an error code of KMS"));
            }
            Outcome::Refused { code: Some(_), .. } => return Ok(OperationSupport::AsKms),
            _ => return Ok(OperationSupport::Oddly),
        }
    }
    Ok(match last {
        Some(label) => OperationSupport::Not(format!(
            "the target does not implement {UPDATE}, or cannot run it: it answers {label}"
        )),
        None => OperationSupport::Oddly,
    })
}

/// Sends a question, which may be asked again where the connection is closed.
async fn send(context: &RunContext, request: &Request) -> Result<Answer, TransportError> {
    for _ in 0..QUESTIONS {
        match context.send(request).await {
            Err(error) if error.is_interruption() => context.repeated("the connection was closed"),
            answered => return answered,
        }
    }
    context.send(request).await
}

/// The number of times that a question is repeated.
const QUESTIONS: usize = 2;

/// An update of the store of that id, which gives it a name of its own.
fn rename(context: &RunContext, id: &str) -> Vec<u8> {
    let names = Names::new(context.nonce, u64::MAX, u64::MAX);
    let name = names.own("ucks-probe");
    let (id_of, name_of) = (Member::CustomKeyStoreId.name(), Member::NewCustomKeyStoreName.name());
    serde_json::json!({ id_of: id, name_of: name }).to_string().into_bytes()
}

/// An id of no store.
const NOBODY: &str = "cks-00000000000000000";
/// A body that is not a JSON object: a service that has the operation refuses it before it looks for a store.
const NO_OBJECT: &[u8] = b"[]";

fn is_empty_or_object(answer: &Answer) -> bool {
    answer.body.is_empty() || ucks_oracle::json_text::from_slice::<serde_json::Map<String, Json>>(&answer.body).is_ok()
}

/// Probes the target.
///
/// # Errors
/// [`TransportError`] where it does not answer at all.
pub async fn probe(context: &RunContext, stores: usize, signatures: bool) -> Result<Probed, TransportError> {
    let mut probed = Probed {
        reach: Abilities {
            types: BTreeSet::new(),
            connect: BTreeSet::new(),
            disconnect: false,
            delete: false,
            describe: false,
            seen: BTreeSet::new(),
            room: stores,
            signatures,
            born: BTreeMap::new(),
        },
        blind: BTreeSet::new(),
        notes: Vec::new(),
        found: Vec::new(),
        not_created: BTreeMap::new(),
        hopeless: None,
        updates: true,
    };
    // A service may crash on one of the questions, or answer it in the form in which others report a missing
    // operation. So it is asked three of them, the last one with a store, and all must be answered so.
    let mut spoken = has_update(context, rename(context, NOBODY)).await?;
    if matches!(spoken, OperationSupport::Not(_))
        && let other @ (OperationSupport::AsKms | OperationSupport::Oddly) =
            has_update(context, NO_OBJECT.to_vec()).await?
    {
        spoken = other;
    }
    let answer = context.send(&describe_any()).await?;
    let outcome = Outcome::read(&answer);
    match page(&answer, 1_000) {
        _ if outcome != Outcome::Success => {
            probed.note(DESCRIBE, false, format!("answers {}", wording::outcome(&outcome)))
        }
        Ok(page) => {
            let is_leftover = |s: &&DescribedStore| context.is_leftover(&s.id, s.name.as_deref());
            let left = page.stores.iter().filter(is_leftover).count();
            let there = page.stores.len() - left;
            probed.reach.room = stores.saturating_sub(there);
            if !page.stores.is_empty() {
                context.retain_leases(Leases::held_by(&context.model.environment, &page.stores));
            }
            if left > 0 {
                probed.note("account", true, format!("holds {left} stores that earlier runs of ucks left behind"));
            }
            if there > 0 {
                probed.note(
                    "account",
                    probed.reach.room > 0,
                    format!("holds {there} stores of others, which are left alone"),
                );
            }
        }
        Err(odd) => probed.note(DESCRIBE, false, format!("cannot be read: {odd}")),
    }
    let mut lacking = true;
    for kind in StoreType::ALL.iter().rev() {
        if *kind == StoreType::Xks && context.model.revision < Revision::ExternalKeyStores {
            continue;
        }
        lacking &= probe_type(context, *kind, &mut probed, &mut spoken).await?;
    }
    if let OperationSupport::Not(why) = spoken {
        // The companions do not matter then.
        return Ok(Probed { hopeless: Some(why), updates: false, found: Vec::new(), ..probed });
    }
    // Without Create some rules can be judged all the same, by a target that speaks as KMS does.
    if probed.reach.types.is_empty() && !(lacking && matches!(spoken, OperationSupport::AsKms)) {
        probed.hopeless = Some(format!(
            "no custom key store can be created, so there is nothing to update: {}",
            probed.not_created.values().rev().cloned().collect::<Vec<_>>().join("; ")
        ));
    }
    Ok(probed)
}

impl Probed {
    fn note(&mut self, subject: &str, usable: bool, note: String) {
        if self.notes.iter().any(|n| !usable && !n.usable && n.subject == subject) && subject == DESCRIBE {
            return;
        }
        self.notes.push(ProbeNote { subject: subject.to_owned(), usable, note });
    }

    fn cannot_create(&mut self, kind: StoreType, why: String) {
        self.note(&format!("{CREATE} {kind}"), false, why.clone());
        self.not_created.insert(kind, why);
    }
}

/// Tries what can be done with stores of one type: whether the target lacks even Create.
async fn probe_type(
    context: &RunContext,
    kind: StoreType,
    probed: &mut Probed,
    spoken: &mut OperationSupport,
) -> Result<bool, TransportError> {
    let a = Symbol(0);
    let create = Op::Create { store: a, kind, set: Vec::new() };
    let environment = &context.model.environment;
    let Some(leases) =
        Pool::new(environment, probed.reach.room).without(&context.retained_leases()).lease(&Needs::of([&create]))
    else {
        let why = if probed.reach.room == 0 {
            "the account is full"
        } else {
            "the profile names no healthy cluster that is free"
        };
        probed.cannot_create(kind, why.to_owned());
        return Ok(false);
    };
    let names = |which| Names::new(context.nonce, u64::MAX - which, kind as u64);
    let mut executor = Executor::new(context, names(0), leases.clone()).remembering();
    let tried = first_store(&mut executor, &create, kind, probed, spoken).await;
    let Some(born) = cleaned(&mut executor, tried).await? else { return Ok(false) };
    let (born, learned) = match born {
        Born::Not { lacking } => return Ok(lacking),
        Born::As { state, learned } => (state, learned),
    };
    let mut learned = learned;
    if kind == StoreType::Xks {
        // A store with a VPC endpoint service shows more.
        let create = Op::Create { store: a, kind, set: vpc(0) };
        if let Some(leases) =
            Pool::new(environment, probed.reach.room).without(&context.retained_leases()).lease(&Needs::of([&create]))
        {
            let mut executor = Executor::new(context, names(1), leases).remembering();
            let result = executor.run(&create).await;
            let result = cleaned(&mut executor, result).await?;
            learned |= probed.learn(&executor, kind, &create, result.divergences);
        }
    }
    // The deviations of Create and Describe are known now: the rest is judged with them.
    let mut model = context.model.clone();
    if learned {
        model.blind = Arc::new(probed.blind.clone());
        model.born = Arc::new(probed.reach.born.clone());
    }
    let informed = context.with_model(model);
    if !context.effect_checks_enabled() {
        informed.disable_effect_checks();
    }
    let mut executor = Executor::new(&informed, names(2), leases).remembering();
    let tried = companions(&mut executor, kind, born, probed).await;
    cleaned(&mut executor, tried).await?;
    if !context.effect_checks_enabled() || probed.blind.contains(&(kind, DescribeField::State)) {
        // A store that cannot be seen is in any state.
        probed.reach.connect.remove(&kind);
    }
    if !probed.reach.disconnect {
        // A store that cannot be disconnected cannot be deleted.
        probed.reach.connect.remove(&kind);
    }
    Ok(false)
}

/// The result of creating a store.
enum Born {
    /// Not at all; `lacking` if the target has no Create.
    Not { lacking: bool },
    /// In this state; whether anything was learned about how Describe shows it.
    As { state: ConnectionState, learned: bool },
}

/// Returns the result of a trial once its stores are removed.
async fn cleaned<T>(executor: &mut Executor<'_>, tried: Result<T, TransportError>) -> Result<T, TransportError> {
    let cleaned = executor.clean_up().await;
    let tried = tried?;
    cleaned?;
    Ok(tried)
}

/// Creates a store, learns how it is shown, and asks once more for the operation itself where that is in doubt.
async fn first_store(
    executor: &mut Executor<'_>,
    create: &Op,
    kind: StoreType,
    probed: &mut Probed,
    spoken: &mut OperationSupport,
) -> Result<Option<Born>, TransportError> {
    let context = executor.context();
    let result = executor.run(create).await?;
    if let Some(why) = result.skipped {
        probed.cannot_create(kind, why.to_string());
        return Ok(None);
    }
    let learned = probed.learn(executor, kind, create, result.divergences);
    let Some(store) = executor.belief().account().stores().next().cloned() else {
        let why = result.blocked.unwrap_or_else(|| "no store was created".to_owned());
        probed.cannot_create(kind, why);
        return Ok(Some(Born::Not { lacking: result.lacking }));
    };
    if matches!(spoken, OperationSupport::Not(_))
        && let other @ (OperationSupport::AsKms | OperationSupport::Oddly) =
            has_update(context, rename(context, &store.id)).await?
    {
        *spoken = other;
    }
    probed.reach.types.insert(kind);
    match result.blocked {
        None => probed.reach.describe |= context.effect_checks_enabled(),
        Some(why) => {
            probed.note(DESCRIBE, false, why);
            context.disable_effect_checks();
        }
    }
    if store.state != ConnectionState::Disconnected {
        probed.reach.born.insert(kind, store.state);
        probed.note(&format!("CreateCustomKeyStore {kind}"), true, format!("new stores are {}", store.state.name()));
    }
    Ok(Some(Born::As { state: store.state, learned }))
}

/// Tries Connect, Disconnect and Delete, from the state in which stores are created.
async fn companions(
    executor: &mut Executor<'_>,
    kind: StoreType,
    born: ConnectionState,
    probed: &mut Probed,
) -> Result<(), TransportError> {
    let store = Symbol(0);
    let context = executor.context();
    let create = Op::Create { store, kind, set: Vec::new() };
    let (up, down) = (Op::Connect { store, wait: true }, Op::Disconnect { store, wait: true });
    let mut ops = vec![create];
    if born != ConnectionState::Disconnected {
        ops.push(down.clone());
    }
    ops.extend([up, down, Op::Delete { store }]);
    let mut done: Vec<Op> = Vec::new();
    for op in ops {
        let result = executor.run(&op).await?;
        done.push(op.clone());
        let state =
            executor.belief().account().stores().next().map(|s| s.state).filter(|_| context.effect_checks_enabled());
        probed.reach.seen.extend(state);
        let answered = result.blocked.is_none() && result.skipped.is_none();
        // A state that the target never reaches is one that no sequence waits for.
        use ConnectionState::{Connected, Disconnected, Failed};
        let (subject, works) = match op {
            Op::Connect { .. } => {
                let works = answered && state.is_none_or(|s| matches!(s, Connected | Failed));
                if works {
                    probed.reach.connect.insert(kind);
                }
                (CONNECT, works)
            }
            Op::Disconnect { .. } => {
                let works = answered && state.is_none_or(|s| s == Disconnected);
                probed.reach.disconnect |= works;
                ("DisconnectCustomKeyStore", works)
            }
            Op::Delete { .. } => {
                probed.reach.delete |= answered;
                ("DeleteCustomKeyStore", answered)
            }
            _ => (CREATE, true),
        };
        if !works {
            let left = || state.map_or_else(String::new, |s| format!("leaves the store {}", s.name()));
            probed.note(&format!("{subject} {kind}"), false, result.blocked.clone().unwrap_or_else(left));
        }
        for divergence in result.divergences {
            let exchanges = executor.exchanges();
            probed.found.push(ProbeFinding { divergence, ops: done.clone(), exchanges, bare: false });
        }
    }
    Ok(())
}

impl Probed {
    /// Takes up what a Create shows of how this target creates and shows stores: whether there is anything.
    fn learn(&mut self, executor: &Executor<'_>, kind: StoreType, create: &Op, divergences: Vec<Divergence>) -> bool {
        let learned = !divergences.is_empty();
        for divergence in divergences {
            let field = DescribeField::ALL.iter().find(|f| Some(f.described_name()) == divergence.member);
            let of_create = matches!(divergence.rule, ids::O_01 | ids::O_02);
            // Another state than DISCONNECTED is a state all the same.
            let a_state = field == Some(&DescribeField::State) && divergence.got.connection_state().is_some();
            if let Some(field) = field.filter(|_| of_create && !a_state)
                && self.blind.insert((kind, *field))
            {
                let note = format!("{} is {} after Create", field.name(), wording::observed(&divergence.got));
                self.note(&format!("Describe {kind}"), false, note);
            }
            let (ops, exchanges) = (vec![create.clone()], executor.exchanges());
            self.found.push(ProbeFinding { divergence, ops, exchanges, bare: true });
        }
        learned
    }
}

/// An update that every conforming service takes, to see whether updates work at all.
pub fn plain_update(store: Symbol) -> Op {
    Op::Update(Update {
        id: Id::Of(store),
        set: vec![(Member::NewCustomKeyStoreName, Value::Fresh(1))],
        mutation: None,
    })
}
