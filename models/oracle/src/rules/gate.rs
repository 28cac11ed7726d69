//! G: which member may change in which connection state. One rule a cell of the rule book's table.

use crate::account::ConnectionState;
use crate::code::Code;
use crate::feature::Feature;
use crate::members::{Member, StoreType};
use crate::revision::Revision;
use crate::rule::{Assessment, Force, Layer, Permit, Rule, Violation};
use crate::situation::Situation;

const STATE: &[Code] = &[Code::CustomKeyStoreInvalidStateException];
const SOURCE: &str = "API reference, UpdateCustomKeyStore, Request Parameters and \
    CustomKeyStoreInvalidStateException; developer guide, editing custom key stores";

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateColumn {
    /// DISCONNECTED.
    Disconnected,
    /// CONNECTED.
    Connected,
    /// FAILED, CONNECTING, DISCONNECTING.
    Otherwise,
}

impl GateColumn {
    /// The column of a state.
    pub fn of(state: ConnectionState) -> GateColumn {
        match state {
            ConnectionState::Disconnected => GateColumn::Disconnected,
            ConnectionState::Connected => GateColumn::Connected,
            _ => GateColumn::Otherwise,
        }
    }

    fn name(self) -> &'static str {
        match self {
            GateColumn::Disconnected => "DISCONNECTED",
            GateColumn::Connected => "CONNECTED",
            GateColumn::Otherwise => "FAILED, CONNECTING or DISCONNECTING",
        }
    }
}

/// The content of a cell of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// May change.
    Allowed,
    /// May change; InvalidState is only a warning, as one text disagrees.
    AllowedThoughDisputed,
    /// May change since the revision; refused before.
    AllowedSince(Revision),
    /// Refused with InvalidState.
    Refused,
    /// Either.
    Open,
    /// Either since the revision; refused before.
    OpenSince(Revision),
}

/// A cell of the table: one rule.
#[derive(Clone, Copy, Debug)]
pub struct GateCell {
    /// The rule's id.
    pub id: &'static str,
    /// The member.
    pub member: Member,
    /// The type of store.
    pub store_type: StoreType,
    /// The column.
    pub column: GateColumn,
    gate: Gate,
}

macro_rules! cells {
    ($($member:ident on $store:ident: $d:literal $dg:expr, $c:literal $cg:expr, $o:literal $og:expr;)+) => {
        /// The table, row by row.
        pub const CELLS: &[GateCell] = &[$(
            GateCell {
                id: $d,
                member: Member::$member,
                store_type: StoreType::$store,
                column: GateColumn::Disconnected,
                gate: $dg,
            },
            GateCell {
                id: $c,
                member: Member::$member,
                store_type: StoreType::$store,
                column: GateColumn::Connected,
                gate: $cg,
            },
            GateCell {
                id: $o,
                member: Member::$member,
                store_type: StoreType::$store,
                column: GateColumn::Otherwise,
                gate: $og,
            },
        )+];
    };
}

use Gate::{Allowed, AllowedSince, AllowedThoughDisputed, Open, OpenSince, Refused};

cells! {
    NewCustomKeyStoreName on Xks:            "G-01" Allowed, "G-02" Allowed, "G-03" Open;
    XksProxyAuthenticationCredential on Xks: "G-04" Allowed, "G-05" AllowedThoughDisputed, "G-06" Open;
    XksProxyUriPath on Xks:                  "G-07" Allowed, "G-08" AllowedThoughDisputed, "G-09" Open;
    XksProxyConnectivity on Xks:             "G-10" Allowed, "G-11" Refused, "G-12" Refused;
    XksProxyUriEndpoint on Xks:              "G-13" Allowed, "G-14" Refused, "G-15" Refused;
    XksProxyVpcEndpointServiceName on Xks:   "G-16" Allowed, "G-17" Refused, "G-18" Refused;
    XksProxyVpcEndpointServiceOwner on Xks:  "G-19" Allowed, "G-20" Refused, "G-21" Refused;
    NewCustomKeyStoreName on CloudHsm:       "G-22" Allowed, "G-23" AllowedSince(Revision::RenameConnected),
                                             "G-24" OpenSince(Revision::RenameConnected);
    KeyStorePassword on CloudHsm:            "G-25" Allowed, "G-26" Refused, "G-27" Refused;
    CloudHsmClusterId on CloudHsm:           "G-28" Allowed, "G-29" Refused, "G-30" Refused;
}

pub(super) fn rules() -> Vec<Rule> {
    let mut rules: Vec<Rule> = CELLS.iter().map(row).collect();
    rules.extend([
        Rule::new("G-50", Force::Must, "INFER", "One request with an allowed and a gated change is refused as a whole")
            .of(Feature::NotDisconnected)
            .request(|s| {
                let member = gated(s).find(|m| !changes_nothing(s, *m))?;
                let allowed = given_cells(s).any(|c| matches!(c.gate(s), Gate::Allowed | Gate::AllowedThoughDisputed));
                allowed.then(|| Violation::must(Layer::State, STATE).on(member))
            })
            // Until then no member may change in these states (G-51).
            .since(Revision::ExternalKeyStores)
            .special()
            .source(SOURCE)
            .restates(CELLS.iter().map(|cell| cell.id))
            .impact_and_fix(
                "half of a refused request takes effect",
                "check every member's gate before changing anything",
            ),
        Rule::new(
            "G-51",
            Force::Must,
            "DOC",
            "Before 2022-11-29 every update that gives a member is refused unless DISCONNECTED",
        )
        .of(Feature::NotDisconnected)
        .request(|s| {
            (!s.given().is_empty() && !restates_a_gated_member(s)).then(|| Violation::must(Layer::State, STATE))
        })
        .broad()
        .until(Revision::ExternalKeyStores)
        .source("API reference of the time, UpdateCustomKeyStore")
        .restates(CELLS.iter().map(|cell| cell.id))
        .impact_and_fix("a connected store is changed under its users", "require DISCONNECTED for every update"),
        Rule::new(
            "G-52",
            Force::Open,
            "NONE",
            "Restating a gated member at its present value while CONNECTED: all applied, or InvalidState and nothing",
        )
        .of(Feature::NotDisconnected)
        .request(|s| restates_a_gated_member(s).then(|| Violation::open(Layer::State, STATE)))
        .source("no text decides")
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new(
            "G-53",
            Force::Must,
            "INFER",
            "While a transition runs, any state the store may have had meanwhile may decide",
        )
        .of(Feature::OtherState)
        .request(|s| {
            let moving = matches!(s.state()?, ConnectionState::Connecting | ConnectionState::Disconnecting);
            let refused = gated(s).next().is_some() && !restates_a_gated_member(s);
            (moving && refused).then(|| Violation::must(Layer::State, STATE))
        })
        .broad()
        .source(SOURCE)
        .restates(CELLS.iter().map(|cell| cell.id))
        .impact_and_fix(
            "a store is changed in the middle of a transition",
            "check the gate against the state that Describe shows",
        ),
    ]);
    rules
}

impl GateCell {
    fn gate(&self, s: &Situation<'_>) -> Gate {
        match self.gate {
            Gate::AllowedSince(since) if s.revision >= since => Gate::Allowed,
            Gate::OpenSince(since) if s.revision >= since => Gate::Open,
            Gate::AllowedSince(_) | Gate::OpenSince(_) => Gate::Refused,
            gate => gate,
        }
    }
}

fn row(cell: &'static GateCell) -> Rule {
    let (member, column) = (cell.member, cell.column.name());
    let (force, says, impact, fix) = match cell.gate {
        Gate::Allowed | Gate::AllowedSince(_) => (
            Force::Must,
            "may change",
            format!("users cannot change {member} where AWS lets them"),
            format!("let {member} change while {column}"),
        ),
        Gate::AllowedThoughDisputed => (
            Force::Must,
            "may change (InvalidState is a warning only)",
            format!("users cannot change {member} where AWS lets them"),
            format!("let {member} change while {column}"),
        ),
        Gate::OpenSince(_) => (
            Force::Must,
            "may change, or is refused with CustomKeyStoreInvalidStateException; before it could be changed while \
                CONNECTED it is refused",
            format!("code that changes {member} of a {column} store passes its tests here and fails against AWS"),
            format!("answer CustomKeyStoreInvalidStateException when {member} comes for a store that is {column}"),
        ),
        Gate::Refused => (
            Force::Must,
            "is refused with CustomKeyStoreInvalidStateException",
            format!("code that changes {member} of a {column} store passes its tests here and fails against AWS"),
            format!("answer CustomKeyStoreInvalidStateException when {member} comes for a store that is {column}"),
        ),
        Gate::Open => (
            Force::Open,
            "may change, or is refused with CustomKeyStoreInvalidStateException",
            "services differ".into(),
            "nothing to fix".into(),
        ),
    };
    let basis = match cell.gate {
        Gate::AllowedThoughDisputed => "DOC against DOC",
        Gate::Open | Gate::OpenSince(_) => "DOC against DOC",
        _ => "DOC",
    };
    let asks = format!("{member} of a {column} {} store {says}", cell.store_type);
    Rule::new(cell.id, force, basis, asks)
        .about(&[member])
        .of(cell.store_type)
        .of(match cell.column {
            GateColumn::Disconnected => Feature::Disconnected,
            GateColumn::Connected => Feature::Connected,
            GateColumn::Otherwise => Feature::OtherState,
        })
        .request(move |s| check(s, cell))
        .since(match cell.store_type {
            StoreType::Xks => member.since().max(Revision::ExternalKeyStores),
            StoreType::CloudHsm => member.since(),
        })
        .open_since(match cell.gate {
            Gate::OpenSince(since) => Some(since),
            _ => None,
        })
        .source(SOURCE)
        .impact_and_fix(impact, fix)
}

fn check(s: &Situation<'_>, cell: &GateCell) -> Assessment {
    match cell.gate(s) {
        Gate::Allowed | Gate::AllowedSince(_) => Permit::must(STATE).on(cell.member).into(),
        Gate::AllowedThoughDisputed => {
            Permit { never_force: Force::Should, ..Permit::must(STATE) }.on(cell.member).into()
        }
        Gate::Open | Gate::OpenSince(_) => Violation::open(Layer::State, STATE).on(cell.member).into(),
        Gate::Refused if changes_nothing(s, cell.member) => Assessment::NotApplicable,
        Gate::Refused => Violation::must(Layer::State, STATE).on(cell.member).into(),
    }
}

fn given_cells<'a>(s: &'a Situation<'_>) -> impl Iterator<Item = &'static GateCell> + 'a {
    let column = s.state().map(GateColumn::of);
    CELLS.iter().filter(move |c| Some(c.column) == column && s.is(c.store_type) && s.gives(c.member))
}

fn gated<'a>(s: &'a Situation<'_>) -> impl Iterator<Item = Member> + 'a {
    given_cells(s).filter(move |c| c.gate(s) == Gate::Refused).map(|c| c.member)
}

/// The situation of G-52: gated members are given, and all of them restate present values.
fn restates_a_gated_member(s: &Situation<'_>) -> bool {
    let mut members = gated(s).peekable();
    members.peek().is_some() && members.all(|m| changes_nothing(s, m))
}

/// Returns true if the value that the request gives for the member is, or may be, the present one.
fn changes_nothing(s: &Situation<'_>, member: Member) -> bool {
    // An empty service name for a public store changes nothing (S-16).
    let empty = member == Member::XksProxyVpcEndpointServiceName && s.empties_service();
    s.restates(member) || unknown_present_value(s, member) || empty
}

/// A password whose present value the model does not know may be a restatement too.
fn unknown_present_value(s: &Situation<'_>, member: Member) -> bool {
    member == Member::KeyStorePassword && s.store.and_then(|st| st.cloud_hsm()).is_some_and(|c| c.password.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_cells_in_order() {
        assert_eq!(CELLS.len(), 30);
        for (at, cell) in CELLS.iter().enumerate() {
            assert_eq!(cell.id, format!("G-{:02}", at + 1));
        }
    }
}
