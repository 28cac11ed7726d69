//! Fixtures that the plan wants and the profile does not have.

use std::collections::BTreeMap;

use ucks_oracle::members::Member;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;

use crate::bind::{IllFormed, Needs, Pool};
use crate::op::{Fixture, Id, Op, Update, Value};
use crate::plan::Abilities;
use crate::plan::candidates::candidates;
use crate::plan::cases::{assess, with_family};
use crate::plan::scenarios::{feasible, of_revision};
use crate::plan::setups::setups;
use crate::plan::simulation::Simulation;
use crate::plan::steps::A;
use crate::render;

/// Returns the missing fixtures, one clause each.
pub fn missing(model: &Model) -> Vec<String> {
    let environment = &model.environment;
    let xks = model.revision >= Revision::ExternalKeyStores;
    let tables = [
        (environment.clusters.is_none(), "[[clusters]]"),
        (xks && environment.services.is_none(), "[[vpc_services]]"),
        (xks && environment.proxies.is_none(), "[[proxies]]"),
        (xks && environment.account.is_none(), "account"),
    ];
    let absent: Vec<String> =
        tables.iter().filter(|(absent, _)| *absent).map(|(_, table)| format!("the profile has no `{table}`")).collect();
    if !absent.is_empty() {
        return absent;
    }
    let room = 64;
    let reach = Abilities { room, signatures: true, ..Abilities::all() };
    let mut sought: BTreeMap<String, bool> = BTreeMap::new();
    let mut situations: BTreeMap<String, bool> = BTreeMap::new();
    for setup in setups(model.revision, &reach) {
        let setup = with_family(setup, model);
        let simulation = assess(model, &setup, room);
        let fits = Pool::could(environment, room, &Needs::of(&setup.ops));
        *situations.entry(format!("the situation `{}`", setup.label)).or_default() |= fits && simulation.is_some();
        let Some(simulation) = simulation else { continue };
        for op in candidates(&setup, true) {
            let mut fixtures = BTreeMap::new();
            collect(&op, &mut fixtures);
            for (what, (fixture, member)) in fixtures {
                *sought.entry(what).or_default() |= binds(&simulation, fixture, member);
            }
        }
    }
    for scenario in of_revision(model.revision) {
        *situations.entry(format!("the scenario `{}`", scenario.label)).or_default() |=
            feasible(model, &reach, &scenario.ops);
    }
    let none = |found: BTreeMap<String, bool>| found.into_iter().filter(|(_, there)| !there).map(|(what, _)| what);
    none(sought)
        .map(|what| format!("the profile has no fixture for {what}"))
        .chain(none(situations).map(|what| format!("the profile has too few fixtures for {what}")))
        .collect()
}

fn collect(op: &Op, into: &mut BTreeMap<String, (Fixture, Member)>) {
    let Op::Update(update) = op else { return };
    for (member, value) in &update.set {
        of_value(*member, value, into);
    }
}

fn of_value(member: Member, value: &Value, into: &mut BTreeMap<String, (Fixture, Member)>) {
    match value {
        Value::Fixture(fixture) => {
            into.insert(render::fixture(*fixture), (*fixture, member));
        }
        Value::Credential(key, secret) => {
            of_value(Member::AccessKeyId, key, into);
            of_value(Member::RawSecretAccessKey, secret, into);
        }
        _ => {}
    }
}

/// Returns true if the profile has the fixture, as far as this situation shows it.
fn binds(simulation: &Simulation<'_>, fixture: Fixture, member: Member) -> bool {
    let op = Op::Update(Update { id: Id::Of(A), set: vec![(member, Value::Fixture(fixture))], mutation: None });
    !matches!(simulation.look(&op), Err(IllFormed::NoFixture(_)))
}
