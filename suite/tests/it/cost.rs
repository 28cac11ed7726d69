//! The cost of the deterministic cases, which every user runs first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Emulator};
use ucks_oracle::revision::Revision;
use ucks_suite::plan::Sequence;
use ucks_suite::profile::Profile;
use ucks_suite::run::{Options, Progress, Subject, run};
use ucks_suite::target::in_process::InProcess;

/// Requests of the cases, the probe before them included, and of the scenarios, whose operations have no goals.
#[derive(Default)]
struct Parts {
    now: Mutex<(bool, u64)>,
    cases: AtomicU64,
    scenarios: AtomicU64,
}

impl Progress for Parts {
    fn sequence(&self, _: u64, sequence: &Sequence) {
        self.now.lock().unwrap().0 = sequence.cases.iter().all(|c| c.goals.is_empty());
    }

    fn step(&self, requests: u64) {
        let (scenario, before) = std::mem::replace(&mut *self.now.lock().unwrap(), (false, requests));
        let part = if scenario { &self.scenarios } else { &self.cases };
        part.fetch_add(requests - before, Ordering::Relaxed);
    }
}

#[test]
fn the_cases_take_few_requests() {
    let asked: Arc<Mutex<BTreeMap<String, u64>>> = Arc::default();
    let (emulator, counts) = (Emulator::new(Config::default()), asked.clone());
    let target = Arc::new(InProcess::new(move |request: http::Request<bytes::Bytes>| {
        let target = request.headers().get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default();
        *counts.lock().unwrap().entry(target.to_owned()).or_default() += 1;
        let answer = emulator.handle(request);
        async move { answer }
    }));
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
    let parts: Arc<Parts> = Arc::default();
    let subject = Subject { progress: parts.clone(), ..Subject::new(target, "in process", &profile, Revision::LATEST) };
    let record = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(run(subject, Options { sequences: 0, lanes: 1, plans: crate::plans(), ..Options::default() }));
    let asked = asked.lock().unwrap();
    println!("cases {:?}, scenarios {:?}", parts.cases, parts.scenarios);
    println!("{} requests in {} sequences: {asked:#?}", record.requests, record.sequences);
    let (cases, scenarios) = (parts.cases.load(Ordering::Relaxed), parts.scenarios.load(Ordering::Relaxed));
    assert!(cases <= 2_500, "{cases} requests: {asked:#?}");
    assert!(scenarios > 0 && cases + scenarios <= 3_000, "{cases} and {scenarios} requests: {asked:#?}");
}
