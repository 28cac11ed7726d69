//! Which exchange of a finding is the divergent one. The run looks at every store after each step, so
//! it need not be the last.

use ucks_oracle::account::DescribeField;
use ucks_oracle::answer::created_id;
use ucks_oracle::expectation::{Observation, ObservedField};
use ucks_oracle::wire::UPDATE;

use super::check::{field, given, shown_of};
use super::{CREATE, DESCRIBE, answer, id_of, is_effect, is_update};
use crate::record::{Exchange, Finding};

/// The exchanges up to the divergent one.
pub(crate) fn until_divergent(finding: &Finding) -> &[Exchange] {
    let end = position(finding).map_or(0, |at| at + 1);
    &finding.exchanges[..end]
}

/// The divergent exchange.
pub(crate) fn divergent(finding: &Finding) -> Option<&Exchange> {
    until_divergent(finding).last()
}

fn position(finding: &Finding) -> Option<usize> {
    let all = &finding.exchanges;
    let last = all.len().checked_sub(1)?;
    if is_effect(finding) {
        return Some(effect(finding).unwrap_or(last));
    }
    let of_operation = |e: &Exchange| e.operation == finding.operation || finding.operation == UPDATE && is_update(e);
    let at_fault = |e: &Exchange| super::form::is_at_fault(finding, e);
    let found = all.iter().rposition(|e| of_operation(e) && at_fault(e)).or_else(|| all.iter().rposition(at_fault));
    Some(found.or_else(|| all.iter().rposition(of_operation)).unwrap_or(last))
}

/// Among the Describes after the last act: the one that shows what was not to be.
fn effect(finding: &Finding) -> Option<usize> {
    let all = &finding.exchanges;
    let act = all.iter().rposition(|e| e.operation != DESCRIBE)?;
    let acted_on = id_of(&all[act]).or_else(|| created_id(&answer(&all[act])).filter(|_| all[act].operation == CREATE));
    let field = field(finding)?;
    let looks = || (act + 1..all.len()).filter(|at| id_of(&all[*at]).is_some());
    let differs = |at: &usize| {
        let Some(id) = id_of(&all[*at]) else { return false };
        let now = shown_of(&all[*at], &id, field);
        let before =
            || all[..act].iter().rev().filter(|e| id_of(e).as_ref() == Some(&id)).find_map(|e| shown_of(e, &id, field));
        match field {
            DescribeField::Existence => now.is_none(),
            DescribeField::State | DescribeField::Type => match &finding.got {
                Observation::Field(ObservedField::Value(value)) => now.as_ref() == Some(value),
                _ => now.is_none(),
            },
            _ if acted_on.as_ref() == Some(&id) => given(&all[act].body, field).or_else(before) != now,
            _ => before() != now,
        }
    };
    let of_the_store = |at: &usize| id_of(&all[*at]) == acted_on;
    // Of several looks the last is what the run believed in the end.
    looks().rfind(differs).or_else(|| looks().rfind(of_the_store))
}
