//! The probe: what the target can do, before anything is judged.

use super::context::RunContext;
use super::executor::{DESCRIBE, Executor, describe_any};
use crate::bind::{Needs, Pool};
use crate::names::Names;
use crate::op::{Id, Op, Symbol, Update, Value};
use crate::plan::Reach;
use crate::record::ProbeNote;
use crate::target::TransportError;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use ucks_oracle::account::DescribeField;
use ucks_oracle::answer::{DescribedStore, Outcome, page};
use ucks_oracle::code::Family;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::Divergence;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::{Answer, Request, UPDATE};

/// What the probe found.
#[derive(Debug)]
pub struct Probed {
    /// What the target can do.
    pub reach: Reach,
    /// Fields that Describe does not show as created.
    pub blind: BTreeSet<(StoreType, DescribeField)>,
    /// Notes for the record.
    pub notes: Vec<ProbeNote>,
    /// Divergences of companion operations, with the operations that show them.
    pub found: Vec<(Divergence, Vec<Op>)>,
    /// Why nothing can be tested, in one sentence.
    pub hopeless: Option<String>,
    /// Whether the target has the operation itself.
    pub updates: bool,
}

/// What the target makes of the operation itself.
enum OperationSupport {
    /// It refuses an id of no store with a code of KMS.
    AsKms,
    /// It answers otherwise, which is for the rules to judge.
    Oddly,
    /// It does not have the operation, and why that is so.
    Not(String),
}

/// Asks for the operation itself with the id of no store: does the target have it?
async fn has_update(context: &RunContext) -> Result<OperationSupport, TransportError> {
    let names = Names::new(context.nonce, u64::MAX, u64::MAX);
    let body = serde_json::json!({ "CustomKeyStoreId": "cks-00000000000000000", "NewCustomKeyStoreName": names.own("ucks-probe") });

    let request = Request::operation(UPDATE, body.to_string().into_bytes());
    let mut last = None;
    for _ in 0..2 {
        let answer = context.send(&request).await?;
        let outcome = Outcome::read(&answer);
        let not = |what: &str| {
            Ok(OperationSupport::Not(format!("the target does not implement {UPDATE}: it answers {what}")))
        };
        match outcome {
            Outcome::NotImplemented { .. } => return not(&outcome.label()),
            Outcome::Success if !is_empty_or_object(&answer) => {
                return not(&format!("{} with a body that is none of KMS", answer.status));
            }
            Outcome::ServerFault { internal: false, .. } => last = Some(outcome.label()),
            Outcome::Refused { code: Some(code), .. } if code.family() == Family::Authentication => {
                return Ok(OperationSupport::Not(format!(
                    "the target takes none of the keys that sign the requests: it answers {}; name its keys with \
                     --aws-profile NAME or --aws-env, or as `[[identities]]` in a profile",
                    outcome.label()
                )));
            }
            Outcome::Refused { code: Some(code), .. } if code.is_no_verdict() => {
                return Ok(OperationSupport::Not(format!(
                    "the target refuses every {UPDATE}: it answers {}",
                    outcome.label()
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

fn is_empty_or_object(answer: &Answer) -> bool {
    answer.body.is_empty() || ucks_oracle::json_text::from_slice::<serde_json::Map<String, Json>>(&answer.body).is_ok()
}

/// Probes the target.
///
/// # Errors
/// [`TransportError`] where it does not answer at all.
pub async fn probe(context: &RunContext, stores: usize, signatures: bool) -> Result<Probed, TransportError> {
    let mut probed = Probed {
        reach: Reach {
            types: BTreeSet::new(),
            connect: BTreeSet::new(),
            disconnect: false,
            delete: false,
            describe: false,
            seen: BTreeSet::new(),
            room: stores,
            signatures,
        },
        blind: BTreeSet::new(),
        notes: Vec::new(),
        found: Vec::new(),
        hopeless: None,
        updates: true,
    };
    let spoken = has_update(context).await?;
    if let OperationSupport::Not(why) = spoken {
        return Ok(Probed { hopeless: Some(why), updates: false, ..probed });
    }
    let answer = context.send(&describe_any()).await?;
    let outcome = Outcome::read(&answer);
    match page(&answer, 1_000) {
        _ if outcome != Outcome::Success => probed.note(DESCRIBE, false, format!("answers {}", outcome.label())),
        Ok(page) => {
            let is_leftover = |s: &&DescribedStore| context.is_leftover(&s.id, s.name.as_deref());
            let left = page.stores.iter().filter(is_leftover).count();
            let there = page.stores.len() - left;
            probed.reach.room = stores.saturating_sub(there);
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
        lacking &= probe_type(context, *kind, &mut probed).await?;
    }
    // Without Create some rules can be judged all the same, by a target that speaks as KMS does.
    if probed.reach.types.is_empty() && !(lacking && matches!(spoken, OperationSupport::AsKms)) {
        probed.hopeless = Some(format!(
            "no custom key store can be created, so there is nothing to update: {}",
            probed
                .notes
                .iter()
                .filter(|n| n.subject.starts_with("CreateCustomKeyStore"))
                .map(|n| n.note.clone())
                .collect::<Vec<_>>()
                .join("; ")
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
}

/// Tries what can be done with stores of one type: whether the target lacks even Create.
async fn probe_type(context: &RunContext, kind: StoreType, probed: &mut Probed) -> Result<bool, TransportError> {
    let a = Symbol(0);
    let create = Op::Create { store: a, kind, set: Vec::new() };
    let needs = Needs::of([&create]);
    let environment = &context.model.environment;
    let Some(leases) = Pool::new(environment, probed.reach.room).lease(&needs) else {
        let why = if probed.reach.room == 0 { "the account is full" } else { "the profile names no healthy cluster" };
        probed.note(&format!("CreateCustomKeyStore {kind}"), false, why.to_owned());
        return Ok(false);
    };
    let mut executor = Executor::new(context, Names::new(context.nonce, u64::MAX, kind as u64), leases);
    let result = executor.run(&create).await?;
    if let Some(why) = result.skipped {
        probed.note(&format!("CreateCustomKeyStore {kind}"), false, why.to_string());
        return Ok(false);
    }
    let created = executor.belief().account().stores().next().is_some();
    for divergence in result.divergences {
        if divergence.rule == ids::O_02
            && let Some(field) = DescribeField::ALL.iter().find(|f| Some(f.told()) == divergence.member)
        {
            probed.blind.insert((kind, *field));
            probed.note(
                &format!("Describe {kind}"),
                false,
                format!("{} is {} after Create", field.name(), divergence.got),
            );
        }
        probed.found.push((divergence, vec![create.clone()]));
    }
    if !created {
        let why = result.blocked.unwrap_or_else(|| "no store came of it".to_owned());
        probed.note(&format!("CreateCustomKeyStore {kind}"), false, why);
        return Ok(result.lacking);
    }
    probed.reach.types.insert(kind);
    match result.blocked {
        None => probed.reach.describe |= context.effect_checks_enabled(),
        Some(why) => {
            probed.note(DESCRIBE, false, why);
            context.disable_effect_checks();
        }
    }
    let mut done = vec![create.clone()];
    // A fresh look with what is blind already known, so that the rest is not tainted.
    for (op, subject) in [
        (Op::Connect { store: a, wait: true }, "ConnectCustomKeyStore"),
        (Op::Disconnect { store: a, wait: true }, "DisconnectCustomKeyStore"),
        (Op::Delete { store: a }, "DeleteCustomKeyStore"),
    ] {
        let result = executor.run(&op).await?;
        let works = result.blocked.is_none() && result.skipped.is_none();
        if let Some(store) = executor.belief().account().stores().next().filter(|_| context.effect_checks_enabled()) {
            probed.reach.seen.insert(store.state);
        }
        match (&op, works) {
            (Op::Connect { .. }, true) => {
                probed.reach.connect.insert(kind);
            }
            (Op::Disconnect { .. }, true) => probed.reach.disconnect = true,
            (Op::Delete { .. }, true) => probed.reach.delete = true,
            (_, false) => probed.note(&format!("{subject} {kind}"), false, result.blocked.clone().unwrap_or_default()),
            _ => {}
        }
        done.push(op);
        for divergence in result.divergences {
            probed.found.push((divergence, done.clone()));
        }
    }
    executor.clean_up().await?;
    if !probed.reach.disconnect || !context.effect_checks_enabled() {
        // What cannot be disconnected cannot be deleted, and what cannot be seen is in any state.
        probed.reach.connect.clear();
    }
    Ok(false)
}

/// An update that every conforming service takes, to see whether updates work at all.
pub fn plain_update(store: Symbol) -> Op {
    Op::Update(Update {
        id: Id::Of(store),
        set: vec![(Member::NewCustomKeyStoreName, Value::Fresh(1))],
        mutation: None,
    })
}
