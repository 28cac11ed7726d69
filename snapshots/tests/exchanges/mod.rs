//! The plan against the emulator in this process, with names that are the same each time. Nothing is signed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use regex::Regex;
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;
use ucks_oracle::rule::Rule;
use ucks_oracle::rules;
use ucks_oracle::wire::{Answer, Request, TARGET_PREFIX};
use ucks_suite::bind::Pool;
use ucks_suite::names::Names;
use ucks_suite::plan::cases::cases;
use ucks_suite::plan::scenarios::scenarios;
use ucks_suite::plan::{Abilities, Goal, Sequence};
use ucks_suite::profile::Profile;
use ucks_suite::run::context::{NoTracking, RunContext};
use ucks_suite::run::executor::Executor;
use ucks_suite::target::in_process::InProcess;
use ucks_suite::target::{CallFuture, Target};

/// The longest body that is shown whole.
const WHOLE: usize = 600;

/// Keeps what went over the wire since it was last asked.
struct Recorder<T> {
    inner: T,
    kept: Mutex<Vec<(Request, Answer)>>,
}

impl<T: Target> Target for Recorder<T> {
    fn call<'a>(&'a self, request: &'a Request) -> CallFuture<'a> {
        Box::pin(async move {
            let answer = self.inner.call(request).await?;
            self.kept.lock().unwrap().push((request.clone(), answer.clone()));
            Ok(answer)
        })
    }
}

/// Returns the plan's exchange for every rule, as text.
pub(crate) async fn all(revision: Revision) -> String {
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let mut model = Model::new(revision);
    model.environment = profile.environment.clone();
    let reach = Abilities { room: profile.stores, ..Abilities::all() };
    let plan = cases(&model, &reach);
    let mut shown: BTreeMap<&'static str, String> = BTreeMap::new();
    for sequence in plan.sequences.iter().cloned().chain(scenarios(&model, &reach)) {
        note(&sequence, &model, &profile, &mut shown).await;
    }
    let rule = |r: &Rule| {
        let text = shown.get(r.id.0).map_or("  not exercised by this plan\n", String::as_str);
        format!("{} {}\n{text}\n", r.id, r.requirement)
    };
    rules::at(revision).map(rule).collect()
}

async fn note(sequence: &Sequence, model: &Model, profile: &Profile, shown: &mut BTreeMap<&'static str, String>) {
    let config = Config { revision: model.revision.date().to_owned(), ..Config::default() };
    let emulator = Emulator::new(config);
    let inner = InProcess::new(move |request| {
        let answer = emulator.handle(request);
        async move { answer }
    });
    let recorder = Arc::new(Recorder { inner, kept: Mutex::default() });
    let context =
        RunContext::new(recorder.clone(), model.clone(), Duration::ZERO, profile.transition, 0.0, Arc::new(NoTracking));
    let leases = Pool::new(&model.environment, profile.stores).lease(&sequence.needs()).unwrap();
    let mut executor = Executor::new(&context, Names::new(1, 1, 1), leases);
    for op in &sequence.setup {
        executor.run(op).await.unwrap();
    }
    for case in &sequence.cases {
        recorder.kept.lock().unwrap().clear();
        let result = executor.run(&case.op).await.unwrap();
        assert!(result.divergences.is_empty(), "{}: {:?}", sequence.label, result.divergences);
        let Some((request, answer)) = recorder.kept.lock().unwrap().first().cloned() else { continue };
        let meant = case.goals.iter().filter_map(|g| match g {
            Goal::Rule { exercise, .. } => Some(exercise.rule.0),
            _ => None,
        });
        let planned =
            |id: &str| rules::find(id).is_some_and(|r| matches!(r.check, ucks_oracle::rule::JudgedOn::Request(_)));
        let seen = result.exercised.iter().map(|(e, _)| e.rule.0).filter(|id| !planned(id));
        for id in meant.chain(seen) {
            shown.entry(id).or_insert_with(|| exchange(&sequence.label, &request, &answer));
        }
    }
}

fn exchange(label: &str, request: &Request, answer: &Answer) -> String {
    let target = request.header("x-amz-target").unwrap_or("none");
    let target = target.strip_prefix(TARGET_PREFIX).unwrap_or(target);
    let error = answer.header("x-amzn-errortype").map_or(String::new(), |e| format!(" {e}"));
    format!(
        "  {label}\n  > {} {} {target} {}\n  < {}{error} {}\n",
        request.method,
        request.path,
        text(&request.body),
        answer.status,
        text(&answer.body)
    )
}

fn text(body: &[u8]) -> String {
    let text = ucks_suite::raw::text(body);
    let ids = Regex::new("(?i)cks-[0-9a-f]{15,18}").unwrap();
    let dates = Regex::new(r#""CreationDate":[0-9.]+"#).unwrap();
    let text = dates.replace_all(&text, r#""CreationDate":…"#);
    let text = ids.replace_all(&text, "cks-…").replace('\n', "\\n").replace('\r', "\\r");
    match text.char_indices().nth(WHOLE) {
        Some((at, _)) => format!("{}… ({} bytes)", &text[..at], body.len()),
        None => text,
    }
}
