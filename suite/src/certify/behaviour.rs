//! A fingerprint of how the target behaves: the same few operations, before and after the run.
//!
//! A target that changes while it is judged would be certified for what it no longer is. Names are fresh
//! each time, so only the form of the answers counts: status, code, and which members have which type.

use serde::{Deserialize, Serialize};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;

use super::challenge::digest;
use crate::bind::{Needs, Pool};
use crate::names::Names;
use crate::op::{Id, Op, Symbol, Update, Value, WireMutation};
use crate::record::Exchange;
use crate::run::context::RunContext;
use crate::run::executor::Executor;
use crate::run::log::Log;
use crate::target::TransportError;

/// The fingerprints of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprints {
    /// Before it.
    pub before: String,
    /// After it.
    pub after: String,
}

/// Takes the fingerprint.
///
/// # Errors
/// [`TransportError`] where the target does not answer any more.
pub async fn fingerprint(context: &RunContext) -> Result<String, TransportError> {
    let mut lines = Vec::new();
    for kind in StoreType::ALL {
        if *kind == StoreType::Xks && context.model.revision < Revision::ExternalKeyStores {
            continue;
        }
        let ops = operations(*kind);
        let Some(leases) = Pool::new(&context.model.environment, usize::MAX).lease(&Needs::of(&ops)) else { continue };
        let mut executor = Executor::new(context, Names::new(context.nonce, u64::MAX, *kind as u64), leases);
        executor.log = Some(Log::new(&context.model.environment));
        for op in &ops {
            executor.run(op).await?;
        }
        let exchanges = executor.log.take().unwrap_or_default().exchanges;
        executor.clean_up().await?;
        for step in 1..=ops.len() {
            let of_step: Vec<&Exchange> = exchanges.iter().filter(|e| e.step == step).collect();
            // The operation itself, and what Describe showed when it had settled.
            lines.extend(of_step.first().map(|e| form(e)));
            lines.extend(of_step.last().filter(|_| of_step.len() > 1).map(|e| form(e)));
        }
    }
    Ok(digest(lines.join("\n").as_bytes()))
}

/// Operations that succeed, and some that have one fault each.
fn operations(kind: StoreType) -> Vec<Op> {
    let a = Symbol(0);
    let update = |id, set, mutation| Op::Update(Update { id, set, mutation });
    let name = || vec![(Member::NewCustomKeyStoreName, Value::Fresh(50))];
    let of_other = if kind == StoreType::Xks {
        (Member::KeyStorePassword, Value::Fresh(51))
    } else {
        (Member::XksProxyUriPath, Value::Fresh(51))
    };
    vec![
        Op::Create { store: a, kind, set: Vec::new() },
        update(Id::Of(a), name(), None),
        update(Id::Of(a), vec![(Member::NewCustomKeyStoreName, Value::Wrong(crate::op::Json::Number))], None),
        update(Id::Of(a), vec![(Member::NewCustomKeyStoreName, Value::Edge(crate::op::Edge::TooLong))], None),
        update(Id::Of(a), vec![of_other], None),
        update(Id::Nobody, name(), None),
        update(Id::Missing, name(), None),
        update(Id::Of(a), name(), Some(WireMutation::CutOff)),
        Op::Connect { store: a, wait: true },
        update(Id::Of(a), name(), None),
        Op::Disconnect { store: a, wait: true },
        Op::Delete { store: a },
    ]
}

/// The form of an answer, in one line.
fn form(exchange: &Exchange) -> String {
    let kind = exchange.answer_headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("content-type"));
    let kind = kind.map_or("", |(_, v)| v.as_str());
    let body = match ucks_oracle::json_text::from_str(&exchange.answer) {
        Ok(value) => shape(&value, ""),
        Err(_) if exchange.answer.is_empty() => "nothing".to_owned(),
        Err(_) => "no JSON".to_owned(),
    };
    format!("{} {} {kind} {body}", exchange.operation, exchange.status)
}

/// Members whose values are part of the form: they are drawn from a few.
const LITERAL: [&str; 4] = ["__type", "ConnectionState", "CustomKeyStoreType", "Connectivity"];

fn shape(value: &serde_json::Value, member: &str) -> String {
    use serde_json::Value as V;
    match value {
        V::Null => "null".to_owned(),
        V::Bool(_) => "boolean".to_owned(),
        V::Number(_) => "number".to_owned(),
        V::String(text) if LITERAL.contains(&member) => format!("{text:?}"),
        V::String(_) => "string".to_owned(),
        V::Array(all) => format!("[{}]", all.iter().map(|v| shape(v, "")).collect::<Vec<_>>().join(",")),
        V::Object(all) => {
            let mut members: Vec<String> = all.iter().map(|(n, v)| format!("{n}:{}", shape(v, n))).collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_do_not_count_but_codes_do() {
        let shape = |text: &str| shape(&serde_json::from_str(text).unwrap(), "");
        assert_eq!(shape(r#"{"b":"x","a":[1]}"#), shape(r#"{"a":[2],"b":"y"}"#));
        assert_ne!(shape(r#"{"__type":"A"}"#), shape(r#"{"__type":"B"}"#));
        assert_ne!(shape(r#"{"a":null}"#), shape(r#"{"a":"x"}"#));
    }
}
