//! A row of the table: a service, and the verdict that it deserves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT};
use ucks_oracle::revision::Revision;
use ucks_suite::plan::cases::PlanCache;
use ucks_suite::profile::Profile;
use ucks_suite::record::{Record, RunOutcome, Verdict};
use ucks_suite::run::{Options, Subject, run};
use ucks_suite::target::SharedTarget;
use ucks_suite::target::http::{HttpOptions, HttpTarget};

use crate::clock::{Clock, Simulated};
use crate::connections::{Manner, serve};
use crate::front::Behind;

/// The service of a row.
enum Service {
    /// A front in this process, by a simulated clock.
    Front(Front),
    /// A server on a port of its own.
    Http(Manner),
}

/// Answers one request, by means of the emulator behind it or without.
pub(crate) type Front = Arc<dyn Fn(&Behind, Request<Bytes>) -> Response<Bytes> + Send + Sync>;

/// A service and its verdict.
pub(crate) struct Row {
    pub(crate) name: String,
    /// The source of the behaviour: a framework with its version, or documentation.
    pub(crate) like: String,
    service: Service,
    /// The rules that must fail.
    fails: BTreeSet<String>,
    /// The rules that must warn.
    warns: BTreeSet<String>,
    /// Rules that the service leaves unjudged for a reason of its own.
    unjudged: BTreeSet<String>,
    /// The number of findings, where more or fewer with the same rules would be wrong.
    findings: Option<usize>,
    settle: Duration,
    config: Config,
}

/// A row whose service passes, also with `--strict`, unless the row has other expectations.
pub(crate) fn row(
    name: &str,
    like: &str,
    front: impl Fn(&Behind, Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
) -> Row {
    of(name, like, Service::Front(Arc::new(front)))
}

/// A row whose service is a server with this treatment of connections, and passes unless the row has other
/// expectations.
pub(crate) fn over_http(name: &str, like: &str, manner: Manner) -> Row {
    of(name, like, Service::Http(manner))
}

fn of(name: &str, like: &str, service: Service) -> Row {
    Row {
        name: name.to_owned(),
        like: like.to_owned(),
        service,
        fails: BTreeSet::new(),
        warns: BTreeSet::new(),
        unjudged: BTreeSet::new(),
        findings: None,
        settle: Duration::ZERO,
        config: Config::default(),
    }
}

fn set(rules: &[&str]) -> BTreeSet<String> {
    rules.iter().map(|&r| r.to_owned()).collect()
}

impl Row {
    /// Exactly these rules fail.
    pub(crate) fn fails(mut self, rules: &[&str]) -> Row {
        self.fails = set(rules);
        self
    }

    /// Exactly these rules warn.
    pub(crate) fn warns(mut self, rules: &[&str]) -> Row {
        self.warns = set(rules);
        self
    }

    /// Returns true if these rules are judged is chance.
    pub(crate) fn may_miss(mut self, rules: &[&str]) -> Row {
        self.unjudged = set(rules);
        self
    }

    /// The number of findings.
    pub(crate) fn findings(mut self, count: usize) -> Row {
        self.findings = Some(count);
        self
    }

    /// The profile grants Describe this lag.
    pub(crate) fn settles(mut self, time: Duration) -> Row {
        self.settle = time;
        self
    }

    /// The emulator behind the front is made so.
    pub(crate) fn behind(mut self, config: Config) -> Row {
        self.config = config;
        self
    }

    fn judge(&self) -> Record {
        let target: SharedTarget = match &self.service {
            Service::Front(front) => {
                let clock = Clock::simulated();
                let (behind, front) = (Behind::new(self.config.clone(), clock.clone()), front.clone());
                Arc::new(Simulated { service: move |request| front(&behind, request), clock })
            }
            Service::Http(manner) => {
                let url = serve(manner.clone());
                Arc::new(HttpTarget::new(&url, HttpOptions::default()).expect("a target"))
            }
        };
        judge(target, &self.name, self.settle)
    }

    /// Compares the verdict with the one that the service deserves.
    pub(crate) fn check(&self) -> Result<(), String> {
        let record = self.judge();
        if std::env::var_os("UCKS_SHOW").is_some() {
            eprintln!("{}\n{}", self.name, shown(&record));
        }
        match self.differences(&record) {
            None => Ok(()),
            Some(differences) => Err(format!("{}\nlike {}\n{differences}\n{}", self.name, self.like, shown(&record))),
        }
    }

    fn differences(&self, record: &Record) -> Option<String> {
        let mut text = String::new();
        let mut compare = |what: &str, expected: &BTreeSet<String>, actual: &BTreeSet<String>| {
            if expected != actual {
                writeln!(text, "{what}: expected {expected:?}, actual {actual:?}").unwrap();
            }
        };
        compare("fails", &self.fails, &with(record, &[Verdict::Fail]));
        compare("warns", &self.warns, &with(record, &[Verdict::Warning]));
        if self.fails.is_empty() {
            let unjudged: BTreeSet<String> = JUDGED.difference(&judged(record)).cloned().collect();
            let unjudged = unjudged.difference(&self.unjudged).cloned().collect();
            compare("not judged", &BTreeSet::new(), &unjudged);
        }
        let outcome = if self.fails.is_empty() { RunOutcome::Passed } else { RunOutcome::Failed };
        if record.outcome != outcome || record.could_not_test {
            writeln!(text, "outcome: expected {outcome:?}, actual {:?}: {:?}", record.outcome, record.notes).unwrap();
        }
        if !record.unstable.is_empty() {
            writeln!(text, "{} unstable", record.unstable.len()).unwrap();
        }
        if self.findings.is_some_and(|count| count != record.findings.len()) {
            writeln!(text, "findings: expected {:?}, actual {}", self.findings, record.findings.len()).unwrap();
        }
        (!text.is_empty()).then_some(text)
    }
}

/// The plan that most rows have in common.
static PLANS: LazyLock<PlanCache> = LazyLock::new(PlanCache::default);

/// The rules that are judged on the emulator without a front.
static JUDGED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let bare = row("bare", "", |behind, request| behind.serve(request));
    judged(&bare.judge())
});

fn judged(record: &Record) -> BTreeSet<String> {
    let mut judged = with(record, &[Verdict::Pass, Verdict::Observed, Verdict::Warning, Verdict::Fail]);
    // Chance decides if a Connect is under way when an update arrives.
    judged.remove("R-04");
    judged
}

fn with(record: &Record, verdicts: &[Verdict]) -> BTreeSet<String> {
    record.rules.iter().filter(|r| verdicts.contains(&r.verdict)).map(|r| r.id.clone()).collect()
}

fn judge(target: SharedTarget, name: &str, settle: Duration) -> Record {
    let mut profile = Profile::parse(DEFAULT_ENVIRONMENT).expect("the emulator's world is a profile");
    profile.settle = settle;
    let options = Options { seed: 1, sequences: 5, plans: PLANS.clone(), ..Options::default() };
    let subject = Subject::new(target, name, &profile, Revision::LATEST);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(subject, options))
}

fn shown(record: &Record) -> String {
    let mut text = format!("{:?}, {} requests, notes {:?}\n", record.outcome, record.requests, record.notes);
    for finding in &record.findings {
        let grade = if finding.fails { "FAIL" } else { "warn" };
        writeln!(text, "{grade} {} x{}: {}", finding.rule, finding.count, finding.sentence).unwrap();
        if let Some(last) = finding.exchanges.last() {
            writeln!(text, "       {} {}", last.operation, start(&last.body)).unwrap();
            writeln!(text, "       {} {}", last.status, start(&last.answer)).unwrap();
        }
    }
    for one in &record.unstable {
        writeln!(text, "unstable {}: {}", one.rule, one.sentence).unwrap();
    }
    let mut blocked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rule in record.rules.iter().filter(|r| r.verdict == Verdict::Blocked) {
        blocked.entry(rule.reason.as_deref().unwrap_or_default()).or_default().push(&rule.id);
    }
    for (reason, rules) in blocked {
        writeln!(text, "blocked: {} rules, {} first: {reason}", rules.len(), rules[0]).unwrap();
    }
    text
}

fn start(text: &str) -> String {
    text.chars().take(160).collect()
}
