//! Plans: which sequences of symbolic operations to run.
//!
//! | module | what it plans |
//! |---|---|
//! | [`focus`] | what of a plan concerns the rules asked for |
//! | [`simulation`] | what the oracle expects of an operation before anything is sent |
//! | [`setups`] | how to bring a store into each situation |
//! | [`candidates`] | updates worth trying there: one named change from a valid one |
//! | [`cases`] | the smallest choice of candidates that exercises every reachable goal |
//! | [`decided`] | which rules a plan decides |
//! | [`scenarios`] | sequences whose effects show only some steps later |
//! | [`random`] | random sequences, one change from valid |
//! | `steps` | operations, members and values by short names |
//! | [`shard`] | which of several runs a sequence belongs to |

pub mod candidates;
pub mod cases;
pub mod decided;
pub mod focus;
pub mod random;
pub mod scenarios;
pub mod setups;
pub mod shard;
pub mod simulation;
pub(crate) mod steps;

use std::collections::{BTreeMap, BTreeSet};

use ucks_oracle::account::{ConnectionState, Connectivity, Store};
use ucks_oracle::judge::Exercise;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::rule::{Layer, RuleId};

use crate::bind::Needs;
use crate::op::{Op, Symbol};

/// A sequence to run: operations that bring stores into a situation, then cases in it.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    /// The subject, for progress and records.
    pub label: String,
    /// Operations that are not cases themselves.
    pub setup: Vec<Op>,
    /// The cases, in order.
    pub cases: Vec<Case>,
}

/// One operation with the goals that it is planned for.
#[derive(Clone, Debug)]
pub struct Case {
    /// The operation.
    pub op: Op,
    /// The goals.
    pub goals: Vec<Goal>,
}

impl Sequence {
    /// All operations, setup first.
    pub fn operations(&self) -> impl Iterator<Item = &Op> {
        self.setup.iter().chain(self.cases.iter().map(|c| &c.op))
    }

    /// Returns the resources that it needs for itself.
    pub fn needs(&self) -> Needs {
        Needs::of(self.operations())
    }
}

/// Something a plan wants to see judged once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// A side of a rule, in a cell where the cell matters.
    Rule {
        /// The side.
        exercise: Exercise,
        /// The store that the update names, for rules that depend on it.
        cell: Option<Cell>,
        /// Separates the forms of one side, for rules about forms.
        form: Option<u64>,
    },
    /// A refusal that gives a faultless member too, which must not be applied.
    HalfApplied {
        /// The faultless member.
        member: Member,
        /// Where the fault is found.
        layer: Layer,
    },
    /// Two faults of one request, by the layers in which a service would find them.
    Pair {
        /// The rule that a service would look at first.
        first: RuleId,
        /// The rule of a later layer.
        second: RuleId,
        /// The type of the store named.
        kind: Option<StoreType>,
        /// True if there is another store: only then a sequence has pairs with what must be unique (U), too.
        beside: bool,
    },
}

/// A store, as far as a rule may hold for one store and be broken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The type.
    pub kind: StoreType,
    /// The connection state.
    pub state: ConnectionState,
    /// The way to the proxy; `None` for a CloudHSM key store.
    pub connectivity: Option<Connectivity>,
}

impl Cell {
    /// The cell of a store.
    pub fn of(store: &Store) -> Cell {
        let connectivity = store.xks().map(|external| external.connectivity);
        Cell { kind: store.store_type(), state: store.state, connectivity }
    }

    /// The cell with the state in which most gates are like those of this one: stores in transition are as FAILED ones.
    #[must_use]
    pub fn settled(self) -> Cell {
        match self.state {
            ConnectionState::Connecting | ConnectionState::Disconnecting => {
                Cell { state: ConnectionState::Failed, ..self }
            }
            _ => self,
        }
    }
}

/// The abilities of the target, as the probe found them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Types of stores that can be created.
    pub types: BTreeSet<StoreType>,
    /// True if Connect works, by type.
    pub connect: BTreeSet<StoreType>,
    /// True if Disconnect works.
    pub disconnect: bool,
    /// True if Delete works.
    pub delete: bool,
    /// True if Describe shows single stores.
    pub describe: bool,
    /// States that the probe saw.
    pub seen: BTreeSet<ConnectionState>,
    /// Stores that fit into the account beside those that are there.
    pub room: usize,
    /// True if signatures are checked.
    pub signatures: bool,
    /// The state in which stores of a type are created, where it is not DISCONNECTED.
    pub born: BTreeMap<StoreType, ConnectionState>,
}

impl Abilities {
    /// Everything works: for planning without a target.
    pub fn all() -> Abilities {
        Abilities {
            types: StoreType::ALL.iter().copied().collect(),
            connect: StoreType::ALL.iter().copied().collect(),
            disconnect: true,
            delete: true,
            describe: true,
            seen: ConnectionState::ALL.iter().copied().collect(),
            room: 10,
            signatures: false,
            born: BTreeMap::new(),
        }
    }

    /// The operation after which a new store is DISCONNECTED, where this target creates it in another state and
    /// Disconnect works.
    pub fn made_ready(&self, op: &Op) -> Option<Op> {
        let Op::Create { store, kind, .. } = op else { return None };
        let leads_back = matches!(self.born.get(kind), Some(ConnectionState::Connected | ConnectionState::Failed));
        (leads_back && self.disconnect).then_some(Op::Disconnect { store: *store, wait: true })
    }

    /// Returns true if a new store of that type can be brought into the state in which Delete takes it.
    pub fn can_be_deleted(&self, kind: StoreType) -> bool {
        self.disconnect || self.born.get(&kind).is_none_or(|born| *born == ConnectionState::Disconnected)
    }

    /// The operations for this target: each new store is made DISCONNECTED first, as the operations expect it. Where
    /// Connect does not work, a store that is created CONNECTED is left so for an operation that connects it.
    pub fn adapt(&self, ops: Vec<Op>) -> Vec<Op> {
        if self.born.is_empty() {
            return ops;
        }
        let stays = |op: &Op| match op {
            Op::Create { store, kind, .. } => {
                let connects = |op: &Op| matches!(op, Op::Connect { store: s, wait: true } if s == store);
                let born = self.born.get(kind) == Some(&ConnectionState::Connected);
                born && !self.connect.contains(kind) && ops.iter().any(connects)
            }
            _ => false,
        };
        let left: Vec<Symbol> = ops
            .iter()
            .filter(|op| stays(op))
            .filter_map(|op| if let Op::Create { store, .. } = op { Some(*store) } else { None })
            .collect();
        let mut adapted = Vec::with_capacity(ops.len());
        for (at, op) in ops.iter().enumerate() {
            match op {
                // The first Connect of such a store has been done by Create.
                Op::Connect { store, .. } if left.contains(store) && !ops[..at].iter().any(|o| o == op) => continue,
                _ => adapted.push(op.clone()),
            }
            if !stays(op) {
                adapted.extend(self.made_ready(op));
            }
        }
        adapted
    }
}
