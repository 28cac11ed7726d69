//! The cases that need no store: updates to an id that does not exist, which is all that a run sends that creates
//! nothing. They show how requests are read and in which order they are checked, at the real service too.

use std::collections::BTreeSet;

use ucks_oracle::group::Group;

use super::record::{Attempt, numbered};
use crate::op::{Id, Op, Update, Value, WireMutation};
use crate::render;

/// Turns the cases of a plan into those that need no store; equal ones are sent once.
pub(super) fn without_stores(attempts: Vec<Attempt>) -> Vec<Attempt> {
    let mut sent = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut all = Vec::new();
    for attempt in attempts {
        let possible = Group::of_id(&attempt.rule).is_some_and(|group| group.traits().without_store);
        let [Op::Update(update)] = attempt.ops.as_slice() else { continue };
        let Some(update) = retargeted(update).filter(|_| possible) else { continue };
        let op = Op::Update(update);
        if !sent.insert(serde_json::to_string(&op).unwrap_or_default()) {
            continue;
        }
        let name = numbered(&mut names, &attempt.rule, &format!("no store: {}", render::line(&op)));
        all.push(Attempt { rule: attempt.rule, name, setup: Vec::new(), ops: vec![op] });
    }
    all
}

/// The update with the id of no store, unless it needs one.
fn retargeted(update: &Update) -> Option<Update> {
    let id = match &update.id {
        Id::Of(_) | Id::Nobody => Id::Nobody,
        Id::Missing => Id::Missing,
        Id::Value(value) if is_free(value) => Id::Value(value.clone()),
        _ => return None,
    };
    let timed = matches!(update.mutation, Some(WireMutation::HangUp | WireMutation::Signed(_)));
    let free = update.set.iter().all(|(_, value)| is_free(value));
    (free && !timed).then(|| Update { id, ..update.clone() })
}

/// Returns true if the value can be written without a store and without a fixture.
fn is_free(value: &Value) -> bool {
    match value {
        Value::Fresh(_)
        | Value::Text(_)
        | Value::Repeat(..)
        | Value::Edge(_)
        | Value::Null
        | Value::Wrong(_)
        | Value::Half(_) => true,
        Value::Credential(key, secret) => is_free(key) && is_free(secret),
        Value::Of(_) | Value::First(_) | Value::NameOf(_) | Value::Like(..) | Value::Fixture(_) => false,
    }
}
