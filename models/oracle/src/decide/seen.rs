//! The fields and forms that a service which breaks one rule would show.

use serde_json::{Map, Value};

use super::UNKNOWN;
use crate::account::{DescribeField, Store};
use crate::model::Model;
use crate::rule::FormVerdict;
use crate::situation::Exchange;
use crate::wire::Answer;

impl Model {
    /// The fields that Describe shows and that differ between two states of a store, as far as both are known.
    pub fn shown_changes(&self, before: &Store, after: &Store) -> Vec<DescribeField> {
        let differs = |field: &DescribeField| match (field.believed(before), field.believed(after)) {
            (Some(was), Some(is)) => was != is && self.shows(after.store_type(), *field),
            _ => false,
        };
        DescribeField::ALL.iter().copied().filter(differs).collect()
    }

    /// Returns true if the exchange decides a rule about the form of answers: it keeps the rule, and an answer with
    /// another form in its place would deviate from it.
    pub fn decides_form(&self, check: fn(&Exchange<'_>) -> FormVerdict, exchange: &Exchange<'_>) -> bool {
        self.counter_forms(check, exchange).next().is_some()
    }

    /// The answers that differ from the exchange's in one part of their form, and deviate from the rule for it.
    pub fn counter_forms<'a>(
        &'a self,
        check: fn(&Exchange<'_>) -> FormVerdict,
        exchange: &'a Exchange<'a>,
    ) -> impl Iterator<Item = Answer> + 'a {
        other_forms(exchange).filter(move |answer| {
            let outcome = self.outcome(exchange.request, answer);
            let changed = Exchange { answer, outcome: &outcome, ..*exchange };
            matches!(check(&changed), FormVerdict::Deviates { .. })
        })
    }
}

/// Answers that differ from the exchange's in one part: the status, a header, the code, or the text.
fn other_forms<'a>(exchange: &'a Exchange<'a>) -> impl Iterator<Item = Answer> + 'a {
    let answer = exchange.answer;
    let status = if answer.status < 300 { 201 } else { 422 };
    let statuses = [status, 500].map(|status| Answer { status, ..answer.clone() });
    let headers = (0..answer.headers.len()).map(|at| {
        let mut headers = answer.headers.clone();
        headers.remove(at);
        Answer { headers, ..answer.clone() }
    });
    let with_body = |body: &Map<String, Value>| {
        let body = serde_json::to_vec(body).unwrap_or_default();
        let headers = answer.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("x-amzn-errortype"));
        Answer { headers: headers.cloned().collect(), body, ..answer.clone() }
    };
    let body: Map<String, Value> = serde_json::from_slice(&answer.body).unwrap_or_default();
    let with = |name: &str, text: &str| {
        let mut body = body.clone();
        body.insert(name.to_owned(), Value::from(text));
        with_body(&body)
    };
    let mut bodies = vec![with("Unexpected", "member"), with("__type", UNKNOWN)];
    let mut nameless = body.clone();
    nameless.remove("__type");
    bodies.push(with_body(&nameless));
    // Only what this request has, or what its proxy answers, can leak by it.
    let request = String::from_utf8_lossy(&exchange.request.body);
    let given = exchange.secrets.iter().filter(|secret| request.contains(secret.as_str())).map(String::as_str);
    bodies.extend(given.chain(exchange.proxy_message).map(|text| with("message", text)));
    statuses.into_iter().chain(headers).chain(bodies)
}
