//! Two heat maps: cells, and pairs of faults.

use std::collections::BTreeSet;

use serde::Serialize;
use ucks_oracle::account::ConnectionState;
use ucks_oracle::members::{Member, StoreType};

use super::super::text::{counted, plain};
use super::super::view;
use crate::record::{CellRow, OrderRow, Record};
use crate::wording;

/// A table: a title over each column, a title before each row.
#[derive(Serialize)]
pub(super) struct Heat {
    spans: Vec<Span>,
    columns: Vec<String>,
    rows: Vec<HeatRow>,
}

#[derive(Serialize)]
struct Span {
    title: String,
    columns: usize,
}

#[derive(Serialize)]
struct HeatRow {
    title: String,
    /// A short remark beside the title.
    note: String,
    squares: Vec<Square>,
}

#[derive(Serialize, Default)]
struct Square {
    /// The short text in the square.
    text: String,
    /// The full text, for the tooltip and for screen readers.
    full: String,
    /// The style class.
    class: &'static str,
    /// The strength of the colour, 0 to 4.
    heat: u8,
}

/// Members against store types and states.
pub(super) fn cells(record: &Record) -> Option<Heat> {
    if record.cells.is_empty() {
        return None;
    }
    let types: Vec<&str> =
        StoreType::ALL.iter().map(|t| t.name()).filter(|t| record.cells.iter().any(|c| c.store_type == *t)).collect();
    let states: Vec<&str> =
        ConnectionState::ALL.iter().map(|s| s.name()).filter(|s| record.cells.iter().any(|c| c.state == *s)).collect();
    let named = Member::TOP.iter().map(|m| m.name()).filter(|m| record.cells.iter().any(|c| c.member == *m));
    let members: Vec<&str> = named.collect();
    let most = record.cells.iter().map(answered).max().unwrap_or(1);
    let row = |member: &&str| HeatRow {
        title: (*member).to_owned(),
        note: String::new(),
        squares: types
            .iter()
            .flat_map(|t| states.iter().map(move |s| (*t, *s)))
            .map(|(t, s)| square(record, t, s, member, most))
            .collect(),
    };
    Some(Heat {
        spans: types.iter().map(|t| Span { title: (*t).to_owned(), columns: states.len() }).collect(),
        columns: types.iter().flat_map(|_| states.iter().map(|s| (*s).to_owned())).collect(),
        rows: members.iter().map(row).collect(),
    })
}

/// Returns the number of answers in a cell.
fn answered(cell: &CellRow) -> u64 {
    cell.answers.iter().map(|row| row.times).sum()
}

fn square(record: &Record, store_type: &str, state: &str, member: &str, most: u64) -> Square {
    let of = |c: &&CellRow| c.store_type == store_type && c.state == state && c.member == member;
    let Some(cell) = record.cells.iter().find(of) else {
        return Square { text: "–".to_owned(), full: "not reached".to_owned(), class: "none", heat: 0 };
    };
    let all: u64 = answered(cell);
    let good: u64 = cell.answers.iter().filter(|row| row.answer.is_success()).map(|row| row.times).sum();
    let failed = view::failures(record).any(|f| {
        f.member.as_deref() == Some(member)
            && f.store_type.as_deref() == Some(store_type)
            && f.state.as_deref().is_none_or(|s| s == state)
    });
    let answers: Vec<String> =
        cell.answers.iter().map(|row| format!("{} {}", plain(&wording::observed(&row.answer)), row.times)).collect();
    let class = match good {
        _ if failed => "failed",
        0 => "refused",
        g if g == all => "accepted",
        _ => "mixed",
    };
    let text = if failed { format!("✗ {good}/{all}") } else { format!("{good}/{all}") };
    let full = format!("{class}: {}", answers.join(", "));
    Square { text, full, class, heat: shade(all, most) }
}

/// The rule whose error was returned (row), and the other rule that was broken (column).
pub(super) fn pairs(record: &Record) -> Option<Heat> {
    if record.order.is_empty() {
        return None;
    }
    let place = |id: &&str| record.rules.iter().position(|r| r.id == *id).unwrap_or(usize::MAX);
    let sorted = |ids: BTreeSet<&str>| {
        let mut ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        ids.sort_by_key(|id| place(&id.as_str()));
        ids
    };
    let winners = sorted(record.order.iter().map(|o| o.winner.as_str()).collect());
    let losers = sorted(record.order.iter().map(|o| o.loser.as_str()).collect());
    let most = record.order.iter().map(|o| o.times).max().unwrap_or(1);
    let rows = winners
        .iter()
        .map(|w| HeatRow {
            title: w.clone(),
            note: errors(record.order.iter().filter(|o| o.winner == *w)),
            squares: losers.iter().map(|l| pair(record, w, l, most)).collect(),
        })
        .collect();
    Some(Heat { spans: Vec::new(), columns: losers, rows })
}

fn pair(record: &Record, winner: &str, loser: &str, most: u64) -> Square {
    let of = |w: &str, l: &str| record.order.iter().find(|o| o.winner == w && o.loser == l);
    let Some(won) = of(winner, loser) else { return Square::default() };
    let errors = errors(std::iter::once(won));
    let (class, full) = match of(loser, winner) {
        None => {
            ("accepted", format!("{winner} was returned before {loser}, with {errors}, {}", counted(won.times, "time")))
        }
        Some(lost) => {
            ("mixed", format!("{winner} was returned {} times, with {errors}; {loser} {} times", won.times, lost.times))
        }
    };
    Square { text: won.times.to_string(), full, class, heat: shade(won.times, most) }
}

/// The names of the errors that were returned.
fn errors<'a>(rows: impl Iterator<Item = &'a OrderRow>) -> String {
    let names: BTreeSet<String> = rows.flat_map(|o| o.errors.iter().map(|e| plain(e))).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn shade(n: u64, most: u64) -> u8 {
    let parts = [most / 50, most / 12, most / 4, most / 2];
    parts.iter().filter(|p| n > **p).count() as u8
}
