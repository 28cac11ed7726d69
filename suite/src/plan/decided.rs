//! Which rules the requests of a plan decide, on a service that conforms.

use std::collections::BTreeSet;

use ucks_oracle::decide::never_alone;
use ucks_oracle::model::Model;
use ucks_oracle::rule::RuleId;

use super::Sequence;
use super::simulation::Simulation;
use crate::bind::Pool;
use crate::op::Op;

/// The rules about requests that some update of the sequences decides: a service that breaks just this rule would
/// answer it otherwise than the contract admits. `room` is the number of stores that fit into the account.
pub fn decided_rules(model: &Model, sequences: &[Sequence], room: usize) -> BTreeSet<RuleId> {
    let mut rules = BTreeSet::new();
    for sequence in sequences {
        let needs = sequence.needs();
        let mut pool = Pool::new(&model.environment, room.max(needs.stores));
        let Some(leases) = pool.lease(&needs) else { continue };
        let mut simulation = Simulation::new(model, leases);
        for op in sequence.operations() {
            if let (Op::Update(_), Ok((found, _))) = (op, simulation.look(op)) {
                let new = found
                    .exercises()
                    .into_iter()
                    .filter(|side| !rules.contains(&side.rule) && never_alone(side.rule).is_none());
                let new: Vec<RuleId> =
                    new.filter(|side| found.decides(side, &model.policy)).map(|side| side.rule).collect();
                rules.extend(new);
            }
            if simulation.run(op).is_err() {
                break;
            }
        }
    }
    rules
}
