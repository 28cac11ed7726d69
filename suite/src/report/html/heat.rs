//! Two heat maps: cells, and pairs of faults.

use super::super::text::plain;
use super::super::view;
use crate::record::{CellRow, Record};
use serde::Serialize;
use std::collections::BTreeSet;
use ucks_oracle::answer::Outcome;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::wire::Answer;
use ucks_oracle::world::ConnectionState;

/// A table: a title over each column, a title before each row.
#[derive(Serialize)]
pub(super) struct Heat {
    spans: Vec<Span>,
    columns: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Span {
    title: String,
    columns: usize,
}

#[derive(Serialize)]
struct Row {
    title: String,
    squares: Vec<Square>,
}

#[derive(Serialize, Default)]
struct Square {
    /// What it says, in a word or two.
    text: String,
    /// What it says in full.
    full: String,
    /// How it looks.
    class: &'static str,
    /// How strong, 0 to 4.
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
    let most = record.cells.iter().map(|c| c.answers.values().sum::<u64>()).max().unwrap_or(1);
    let row = |member: &&str| Row {
        title: (*member).to_owned(),
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

fn square(record: &Record, store_type: &str, state: &str, member: &str, most: u64) -> Square {
    let of = |c: &&CellRow| c.store_type == store_type && c.state == state && c.member == member;
    let Some(cell) = record.cells.iter().find(of) else {
        return Square { text: "–".to_owned(), full: "not reached".to_owned(), class: "none", heat: 0 };
    };
    let label = Outcome::read(&Answer { status: 200, ..Answer::default() }).label();
    let all: u64 = cell.answers.values().sum();
    let good = cell.answers.get(&label).copied().unwrap_or(0);
    let failed = view::failures(record).any(|f| {
        f.member.as_deref() == Some(member)
            && f.store_type.as_deref() == Some(store_type)
            && f.state.as_deref() == Some(state)
    });
    let answers: Vec<String> = cell.answers.iter().map(|(a, n)| format!("{} {n}", plain(a))).collect();
    let class = match good {
        _ if failed => "failed",
        0 => "refused",
        g if g == all => "accepted",
        _ => "mixed",
    };
    let text = if failed { format!("✗ {all}") } else { format!("{good}/{all}") };
    let full = format!("{class}: {}", answers.join(", "));
    Square { text, full, class, heat: shade(all, most) }
}

/// Which rule's error won (row) over which other fault (column).
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
    let times =
        |w: &str, l: &str| record.order.iter().filter(|o| o.winner == w && o.loser == l).map(|o| o.times).sum::<u64>();
    let square = |w: &str, l: &str| match (times(w, l), times(l, w)) {
        (0, _) => Square::default(),
        (n, 0) => Square {
            text: n.to_string(),
            full: format!("the error of {w} came, {l} applied as well: {n}"),
            class: "accepted",
            heat: shade(n, most),
        },
        (n, m) => Square {
            text: n.to_string(),
            full: format!("{w} won {n}, {l} won {m}"),
            class: "mixed",
            heat: shade(n, most),
        },
    };
    let rows = winners
        .iter()
        .map(|w| Row { title: w.clone(), squares: losers.iter().map(|l| square(w, l)).collect() })
        .collect();
    Some(Heat { spans: Vec::new(), columns: losers, rows })
}

fn shade(n: u64, most: u64) -> u8 {
    let parts = [most / 50, most / 12, most / 4, most / 2];
    parts.iter().filter(|p| n > **p).count() as u8
}
