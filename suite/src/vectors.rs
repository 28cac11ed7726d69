//! Test vectors: the deterministic cases as data, for unit tests in any language.
//!
//! A vector is a setup and the cases that begin from it. Each case holds one request and, for every answer, what the
//! rule book concludes: the rules that judge the answer, or the rule that it breaks. The conclusions come from the
//! oracle's own judging, so a runner of a few lines reaches the verdicts of `ucks run`.
//!
//! | module | what it holds |
//! |---|---|
//! | `form` | the published form |
//! | `shorter` | the findings that explain those of a case |
//! | `situation` | the account after a setup, as the oracle believes it |
//!
//! Left out are cases that a file cannot hold: races, requests whose answer nobody waits for, wrong signatures, bodies
//! of more than 16 KB, states that end by themselves, ids in forms that a runner cannot fill in, and requests with a
//! secret of the caller's profile.

pub mod form;
mod shorter;
mod situation;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use ucks_oracle::environment::Environment;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules;
use ucks_oracle::wire::{Auth, Request};

use self::form::{FORMAT, LeftOut, Suite, Vector};
use self::situation::Situation;
use crate::bind::{IllFormed, Leases, Needs, Pool};
use crate::names::Names;
use crate::op::{Op, Update, WireMutation};
use crate::plan::cases::cases;
use crate::plan::{Abilities, Case, Goal};
use crate::profile::Profile;

/// Largest body of a vector, in bytes.
const LARGEST: usize = 16_384;
/// Most cases that share a setup: a runner begins anew after each answer that deviates.
const SHARED: usize = 32;
/// Where the names of vectors come from: every time the same.
const ORIGIN: u64 = 0x7563_6b73;

/// Makes the vectors of a revision for a profile.
pub fn vectors(profile: &Profile, revision: Revision) -> Suite {
    let mut model = Model::new(revision);
    model.environment = profile.environment_at(revision);
    let reach = Abilities { room: profile.stores, signatures: false, ..Abilities::all() };
    let mut setups: Vec<(String, Vec<Op>, Vec<Case>)> = Vec::new();
    for sequence in cases(&model, &reach).sequences {
        match setups.iter_mut().find(|(_, setup, _)| *setup == sequence.setup) {
            Some((_, _, cases)) => cases.extend(sequence.cases),
            None => setups.push((sequence.label, sequence.setup, sequence.cases)),
        }
    }
    let secrets = secrets(&model.environment);
    let mut made = Maker { model, room: profile.stores, secrets, vectors: Vec::new(), left_out: BTreeMap::new() };
    for (label, setup, cases) in setups {
        made.setup(&label, &setup, cases);
    }
    keep_shown(&mut made.vectors);
    let decided: BTreeSet<&str> = made.vectors.iter().flat_map(Vector::rules).collect();
    let rules = rules::at(revision).filter(|r| decided.contains(r.id.0)).map(|r| r.id.to_string()).collect();
    let left_out = made.left_out.into_iter().map(|(reason, cases)| LeftOut { reason, cases }).collect();
    Suite { format: FORMAT, revision: revision.date().to_owned(), rules, vectors: made.vectors, left_out }
}

struct Maker {
    model: Model,
    room: usize,
    secrets: Vec<String>,
    vectors: Vec<Vector>,
    left_out: BTreeMap<String, u64>,
}

impl Maker {
    /// The vectors of one setup: cases that are refused share one, since they change nothing; each other case has its
    /// own.
    fn setup(&mut self, label: &str, setup: &[Op], cases: Vec<Case>) {
        let (mut refused, mut others) = (Vec::new(), Vec::new());
        for case in cases {
            match self.form(setup, &case, 0) {
                Ok(form) if form.may_succeed() => others.push(case),
                Ok(_) => refused.push(case),
                Err(why) => *self.left_out.entry(why).or_default() += 1,
            }
        }
        let single = others.into_iter().map(|case| vec![case]);
        let shared = refused.chunks(SHARED).map(<[Case]>::to_vec);
        for cases in shared.chain(single).collect::<Vec<_>>() {
            let salt = self.vectors.len() as u64 + 1;
            let forms: Result<Vec<_>, String> = cases.iter().map(|case| self.form(setup, case, salt)).collect();
            match (forms, self.begin(setup, &Needs::of(setup), salt)) {
                (Ok(mut forms), Ok(begun)) => {
                    for (case, form) in cases.iter().zip(&mut forms) {
                        self.explain(setup, &case.op, form);
                        form.shorten();
                    }
                    let number = self.vectors.len() + 1;
                    let name = format!("{number:04}-{}", slug(label));
                    let steps = begun.steps;
                    self.vectors.push(Vector {
                        name,
                        title: label.to_owned(),
                        headers: situation::headers(),
                        setup: steps,
                        cases: forms,
                    });
                }
                (Err(why), _) => *self.left_out.entry(why).or_default() += cases.len() as u64,
                (_, Err(why)) => *self.left_out.entry(why.to_string()).or_default() += cases.len() as u64,
            }
        }
    }

    /// The situation after a setup, with names of its own.
    fn begin(&self, setup: &[Op], needs: &Needs, salt: u64) -> Result<Situation<'_>, IllFormed> {
        let none = || IllFormed::NoFixture("fixtures for the setup".to_owned());
        let leases: Leases = Pool::new(&self.model.environment, self.room).lease(needs).ok_or_else(none)?;
        let mut situation = Situation::new(&self.model, leases, Names::new(ORIGIN, salt, 0));
        setup.iter().try_for_each(|op| situation.play(op))?;
        Ok(situation)
    }

    /// Returns the form of one case, or the reason why there is none.
    fn form(&self, setup: &[Op], case: &Case, salt: u64) -> Result<form::Case, String> {
        let passes = |op: &Op| matches!(op, Op::Connect { wait: false, .. } | Op::Disconnect { wait: false, .. });
        if setup.iter().any(passes) {
            return Err("the state ends without an operation".to_owned());
        }
        let Op::Update(update) = &case.op else { return Err("more than one request".to_owned()) };
        if matches!(update.mutation, Some(WireMutation::HangUp)) {
            return Err("nobody waits for the answer".to_owned());
        }
        let needs = Needs::of(setup.iter().chain([&case.op]));
        let situation = self.begin(setup, &needs, salt).map_err(|why| why.to_string())?;
        let shared = self.begin(setup, &Needs::of(setup), salt).map_err(|why| why.to_string())?;
        if situation.steps != shared.steps {
            return Err("the case needs another setup than its neighbours".to_owned());
        }
        let request = situation.request(&case.op).map_err(|why| why.to_string())?;
        self.carried(update, &request, &situation)?;
        let goals: BTreeSet<&str> = case.goals.iter().filter_map(about).collect();
        situation.judged(&case.op, &request, &goals)
    }

    /// Checks that a file can hold the request.
    fn carried(&self, update: &Update, request: &Request, situation: &Situation<'_>) -> Result<(), String> {
        if request.auth != Auth::Good {
            return Err("the signature is wrong".to_owned());
        }
        if request.body.len() > LARGEST {
            return Err("the body is large".to_owned());
        }
        let holds = |text: &str| self.secrets.iter().any(|secret| text.contains(secret.as_str()));
        let in_step = |step: &form::Step| matches!(&step.request.body, form::Body::Text(text) if holds(text));
        if situation.steps.iter().any(in_step) {
            return Err("the setup holds a secret of the profile".to_owned());
        }
        let text = String::from_utf8_lossy(&request.body);
        let parsed = serde_json::from_str::<Json>(&text).map(|v| v.to_string()).unwrap_or_default();
        if holds(&text) || holds(&parsed) {
            return Err("the request holds a secret of the profile".to_owned());
        }
        if !situation.can_be_filled_in(update, &parsed, &text) {
            return Err("the id is written in a form that a runner cannot fill in".to_owned());
        }
        Ok(())
    }
}

/// Leaves out names of deviations that no vector has.
fn keep_shown(vectors: &mut [Vector]) {
    let deviations = || vectors.iter().flat_map(|v| &v.cases).flat_map(|case| case.deviations.values());
    let shown: BTreeSet<String> = deviations().map(|deviation| deviation.finding.clone()).collect();
    for case in vectors.iter_mut().flat_map(|v| &mut v.cases) {
        for deviation in case.deviations.values_mut() {
            deviation.unless.retain(|name| shown.contains(name));
            deviation.with.retain(|name| shown.contains(name));
        }
    }
}

/// The rule that a goal is about.
fn about(goal: &Goal) -> Option<&'static str> {
    if let Goal::Rule { exercise, .. } = goal { Some(exercise.rule.0) } else { None }
}

/// The secrets of the caller's fixtures.
fn secrets(environment: &Environment) -> Vec<String> {
    let passwords = environment.clusters.iter().flatten().filter_map(|c| c.password.clone());
    let proxies = environment.proxies.iter().flatten();
    let credentials = proxies.flat_map(|p| p.credentials.iter().chain(&p.connect_credentials).flatten());
    passwords.chain(credentials.map(|c| c.secret.clone())).filter(|secret| !secret.is_empty()).collect()
}

/// The label as part of a file's name.
fn slug(label: &str) -> String {
    let words = label.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
