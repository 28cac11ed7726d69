//! From exchanges to facts.

use std::collections::BTreeMap;

use serde_json::Value;
use ucks_oracle::account::ConnectionState;
use ucks_oracle::answer::Outcome;
use ucks_oracle::json_text;
use ucks_oracle::model::Divergence;
use ucks_oracle::rule::RuleId;
use ucks_oracle::wire::Answer;

use super::RecordedStep;
use super::RuleLine;
use super::symbols::Symbols;
use crate::record::Exchange;
use crate::run::executor::{DESCRIBE, StepResult};
use crate::wording;

/// Most fields of a store that are kept.
const FIELDS: usize = 64;
/// The field of the connection state.
const STATE: &str = "ConnectionState";
/// Fields that move by themselves while a transition goes on.
const MOVING: &[&str] = &[STATE, "ConnectionErrorCode"];

/// A store as Describe showed it: field by field.
pub(super) type StoreFields = BTreeMap<String, String>;
/// Every store of an attempt, by id; `None` where Describe does not find it.
pub(super) type StoresById = BTreeMap<String, Option<StoreFields>>;

/// Returns the last state that Describe showed in these exchanges, by the requested id.
pub(super) fn seen<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> StoresById {
    let mut all = StoresById::new();
    for exchange in exchanges.into_iter().filter(|e| e.operation == DESCRIBE) {
        let asked = json_text::from_str::<Value>(&exchange.body).ok();
        let Some(id) = asked.as_ref().and_then(|b| b.get("CustomKeyStoreId")).and_then(Value::as_str) else { continue };
        let answer = json_text::from_str::<Value>(&exchange.answer).unwrap_or_default();
        let stores = answer.get("CustomKeyStores").and_then(Value::as_array);
        let mine = |s: &&Value| s.get("CustomKeyStoreId").and_then(Value::as_str) == Some(id);
        let store = stores.and_then(|list| list.iter().find(mine));
        all.insert(
            id.to_owned(),
            store.map(|s| {
                let mut fields = StoreFields::new();
                flatten("", s, &mut fields);
                fields
            }),
        );
    }
    all
}

fn flatten(path: &str, value: &Value, fields: &mut StoreFields) {
    if fields.len() >= FIELDS {
        return;
    }
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, v)| flatten(&below(name), v, fields)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, v)| flatten(&below(&n.to_string()), v, fields)),
        Value::String(text) => drop(fields.insert(path.to_owned(), text.clone())),
        other => drop(fields.insert(path.to_owned(), other.to_string())),
    }
}

/// Returns true if the store is on its way from one state to another.
pub(super) fn is_moving(fields: &StoreFields) -> bool {
    let state = fields.get(STATE).and_then(|s| ConnectionState::from_name(s));
    state.is_some_and(ConnectionState::passes)
}

/// Returns the observations of one operation. `main` holds the exchanges from its own request on.
pub(super) fn step(result: &StepResult, main: &[Exchange], symbols: &Symbols) -> RecordedStep {
    let Some(own) = main.first() else { return RecordedStep::default() };
    // A passing fault is asked for again: the last answer counts.
    let own = main.iter().rev().find(|e| e.operation == own.operation && e.body == own.body).unwrap_or(own);
    let form = |(rule, answer): &(RuleId, &str)| RuleLine { rule: rule.to_string(), text: (*answer).to_owned() };
    let mut forms: Vec<RuleLine> = result.readings.iter().map(form).collect();
    forms.sort_unstable();
    forms.dedup();
    RecordedStep {
        does: None,
        operation: None,
        answer: answer(own),
        deviations: rule_lines(&result.divergences, symbols),
        won: result.order.as_ref().map(|(_, winner)| winner.to_string()),
        faults: result.faults.iter().map(ToString::to_string).collect(),
        forms,
        changes: Vec::new(),
        message: message(own).map(|m| symbols.text(&m)),
    }
}

fn answer(exchange: &Exchange) -> String {
    if exchange.status == 0 {
        return "none".to_owned();
    }
    let headers = exchange.answer_headers.iter().map(|(n, v)| (n.clone().into(), v.clone().into())).collect();
    let answer = Answer { status: exchange.status, headers, body: exchange.answer.clone().into_bytes() };
    match Outcome::read(&answer) {
        Outcome::Success => exchange.status.to_string(),
        Outcome::Refused { code: Some(code), .. } => format!("{} {}", exchange.status, code.name()),
        Outcome::Refused { written: Some(code), .. } | Outcome::NotImplemented { written: Some(code), .. } => {
            format!("{} {}", exchange.status, crate::report::plain(&code))
        }
        Outcome::ServerFault { internal: true, .. } => format!("{} KMSInternalException", exchange.status),
        _ => format!("{} without a code", exchange.status),
    }
}

fn message(exchange: &Exchange) -> Option<String> {
    if (200..300).contains(&exchange.status) {
        return None;
    }
    let body: Value = json_text::from_str(&exchange.answer).ok()?;
    let text = ["message", "Message"].iter().find_map(|name| body.get(name)?.as_str())?;
    Some(text.to_owned()).filter(|t| !t.is_empty())
}

/// Returns each deviation under its rule.
pub(super) fn rule_lines(found: &[Divergence], symbols: &Symbols) -> Vec<RuleLine> {
    let line = |d: &Divergence| RuleLine {
        rule: d.rule.to_string(),
        text: symbols.text(&wording::deviation(d.member, d.aspect, &d.got, &d.expected)),
    };
    let mut all: Vec<RuleLine> = Vec::new();
    for line in found.iter().map(line) {
        if !all.contains(&line) {
            all.push(line);
        }
    }
    all
}

/// Returns the fields that Describe shows differently than before; the connection state of a store in a transition, or
/// `set_off` just now, is left out: how far it got is a matter of time.
pub(super) fn changes(before: &StoresById, after: &StoresById, set_off: bool, symbols: &Symbols) -> Vec<String> {
    let none = StoreFields::new();
    let mut all = Vec::new();
    for (id, now) in after {
        let store = symbols.shown(id);
        let then = before.get(id);
        match (then, now) {
            (Some(Some(_)), None) => all.push(format!("{store}: gone")),
            (None | Some(None), None) => {}
            (_, Some(now)) => {
                let then = then.and_then(Option::as_ref).unwrap_or(&none);
                let moving = set_off || is_moving(then);
                let fields = now.keys().chain(then.keys().filter(|k| !now.contains_key(*k)));
                for field in fields.filter(|f| now.get(*f) != then.get(*f)) {
                    if *field != "CustomKeyStoreId" && !(moving && MOVING.contains(&field.as_str())) {
                        let name = crate::report::plain(field);
                        let value = now.get(field).map_or("none".to_owned(), |v| value(field, v, symbols));
                        all.push(format!("{store} {name}: {value}"));
                    }
                }
            }
        }
    }
    all.sort_unstable();
    all
}

fn value(field: &str, value: &str, symbols: &Symbols) -> String {
    if field == "CreationDate" { "‹date›".to_owned() } else { symbols.shown(value) }
}
