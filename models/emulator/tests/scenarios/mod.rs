//! Sequences of requests that between them touch every guard.

mod environment;
mod requests;
mod states;

use crate::common::Service;

/// Sends its requests to the service, whose transcript keeps the answers.
pub(crate) type Scenario = fn(&mut Service);

/// All scenarios.
pub(crate) const SCENARIOS: &[Scenario] = &[
    requests::bodies,
    requests::wire,
    requests::ids,
    requests::deleted_ids,
    requests::names,
    requests::name_edges,
    environment::cloudhsm_members,
    environment::clusters,
    environment::broken_clusters,
    environment::cluster_effects,
    environment::public_members,
    environment::addresses,
    environment::services,
    environment::switches,
    environment::proxies,
    environment::connect_time,
    states::gates_hsm,
    states::gates_public,
    states::gates_vpc,
    states::refused_effects,
    states::several_faults,
    states::second_updates,
    environment::owners,
    requests::edges,
    requests::secrets,
    states::half_applied,
];
