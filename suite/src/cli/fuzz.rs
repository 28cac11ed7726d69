//! `ucks fuzz`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use fastrand::Rng;
use ucks_oracle::model::Model;
use ucks_oracle::revision::Revision;

use super::access::Access;
use super::cleanup::CleanupGuard;
use super::console::{errln, outln};
use super::target::{ReadyTarget, Wishes, ready};
use crate::deviations::Deviations;
use crate::fuzzing::sequence::Play;
use crate::fuzzing::tree::Tree;
use crate::fuzzing::{mutate, operations, search, seeds};
use crate::names::Names;
use crate::op::Op;
use crate::replay::Key;
use crate::run::context::RunContext;
use crate::run::probe::{Probed, probe};

/// The arguments of `ucks fuzz`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// `embedded`, `embedded:DEFECT`, `http://HOST:PORT`, `https://HOST:PORT` or `stdio:COMMAND` [default: embedded].
    target: Option<String>,
    /// The duration: `90s`, `30m`, `2h`.
    #[arg(long, value_name = "T", default_value = "60s", value_parser = super::run::duration)]
    time: Duration,
    /// Inputs to start from, beside the built-in ones; new ones are added. Bodies of updates, or
    /// sequences as `ucks corpus import` writes them.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// The seed of the mutations [default: drawn, and printed].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The profile: revision, fixtures and limits that no probe can find out (TOML).
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// The dated contract that applies [default: the profile's, else the latest].
    #[arg(long, value_name = "DATE")]
    revision: Option<Revision>,
    /// Deviations that are declared: they do not count (TOML).
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Requests a second at the most [default: the profile's, else no limit].
    #[arg(long, value_name = "R")]
    rate: Option<f64>,
    /// Where to write replay files.
    #[arg(long, value_name = "DIR", default_value = ".ucks/findings")]
    findings: PathBuf,
    /// Print only the last line.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    access: Access,
}

/// Largest input read from a corpus, in bytes.
const LARGEST: u64 = 1 << 20;
/// Largest body that a mutation makes, in bytes.
const SIZE: usize = 64 * 1024;

pub(super) fn main(args: Args) -> anyhow::Result<u8> {
    let deviations = match &args.deviations {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
            Deviations::parse(&text).with_context(|| format!("`{}` is not a list of deviations", path.display()))?
        }
        None => Deviations::default(),
    };
    let target = super::run::named(args.target.as_deref(), args.quiet.then_some("--quiet"))?;
    let inputs = inputs(args.corpus.as_deref())?;
    let runtime = super::runtime()?;
    let code = runtime.block_on(go(&args, &target, &deviations, inputs));
    runtime.shutdown_timeout(Duration::from_millis(200));
    code
}

async fn go(args: &Args, target: &str, deviations: &Deviations, inputs: Vec<Vec<u8>>) -> anyhow::Result<u8> {
    let wishes = Wishes {
        profile: args.profile.as_deref(),
        revision: args.revision,
        access: Some(&args.access),
        ..Wishes::default()
    };
    let ready = ready(target, wishes).await?;
    ready.reset().await?;
    let cleanup = CleanupGuard::at(&ready);
    let seed = args.seed.unwrap_or_else(|| Names::run() % 1_000_000_000);
    let mut model = Model::new(ready.revision);
    model.environment = ready.profile.environment_at(ready.revision);
    let rate = args.rate.unwrap_or(ready.profile.rate);
    let context = |model: Model| {
        let (settle, transition) = (ready.profile.settle, ready.profile.transition);
        RunContext::new(ready.target.clone(), model, settle, transition, rate, cleanup.tracker.clone())
    };
    let probed = match probe(&context(model.clone()), ready.profile.stores, ready.profile.checks_signatures).await {
        Ok(probed) => probed,
        Err(lost) => return could_not_test(&format!("the target cannot be fuzzed: {lost}")),
    };
    if let Some(why) = &probed.hopeless {
        return could_not_test(why);
    }
    model.blind = Arc::new(probed.blind.clone());
    let context = context(model);
    if !args.quiet {
        outln!("fuzzing {target} with seed {seed} for {} s", args.time.as_secs());
    }
    let mut search = Hunt {
        args,
        target,
        deviations,
        ready: &ready,
        context: &context,
        probed: &probed,
        random: Rng::with_seed(seed),
        inputs,
        prints: BTreeSet::new(),
        known: BTreeSet::new(),
        found: 0,
        added: 0,
        crash: None,
    };
    let played = search.go(&cleanup.stop).await?;
    let Hunt { found, added, crash, .. } = search;
    cleanup.end()?;
    let end = crash.map_or(String::new(), |key| format!("; stopped at a crash or hang: {}", key.sentence()));
    outln!(
        "{} — {played} inputs, {} requests, {added} new inputs kept, {found} findings, seed {seed}{end}",
        if found > 0 { "FAIL" } else { "PASS" },
        context.requests(),
    );
    Ok(u8::from(found > 0))
}

fn could_not_test(why: &str) -> anyhow::Result<u8> {
    errln!("ucks: {why}");
    Ok(super::COULD_NOT_TEST)
}

/// The built-in inputs, and those of a folder with its folders.
fn inputs(corpus: Option<&Path>) -> anyhow::Result<Vec<Vec<u8>>> {
    let usable = |target: &str| matches!(target, "request_bytes" | "sequence");
    let mut all: Vec<Vec<u8>> = seeds::seeds().into_iter().filter(|s| usable(s.target)).map(|s| s.bytes).collect();
    let Some(dir) = corpus else { return Ok(all) };
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && entry.metadata()?.len() <= LARGEST {
                all.push(std::fs::read(entry.path())?);
            }
        }
    }
    Ok(all)
}

struct Hunt<'a> {
    args: &'a Args,
    target: &'a str,
    deviations: &'a Deviations,
    ready: &'a ReadyTarget,
    context: &'a RunContext,
    probed: &'a Probed,
    random: Rng,
    inputs: Vec<Vec<u8>>,
    /// The kinds of answers so far.
    prints: BTreeSet<u64>,
    known: BTreeSet<Key>,
    found: usize,
    added: usize,
    crash: Option<Key>,
}

impl Hunt<'_> {
    /// Every input as it is, then mutations, until time is up or the target goes down: how many.
    async fn go(&mut self, stop: &AtomicBool) -> anyhow::Result<u64> {
        let until = self.context.target.now() + self.args.time;
        let given = self.inputs.len();
        let mut played = 0;
        while self.context.target.now() < until && self.crash.is_none() && !stop.load(Ordering::Relaxed) {
            let at = usize::try_from(played).unwrap_or(usize::MAX);
            let input = if at < given { self.inputs[at].clone() } else { self.mutated() };
            played += 1;
            self.play(played, input, at < given).await?;
        }
        Ok(played)
    }

    fn mutated(&mut self) -> Vec<u8> {
        let random = &mut self.random;
        let Some(input) = random.choice(&self.inputs) else { return Vec::new() };
        if let Some(play) = Play::read(input) {
            return operations::mutated(play, random).written().into_bytes();
        }
        match Tree::read(input).filter(|_| random.u8(..4) > 0) {
            Some(tree) => mutate::mutated(tree, random, SIZE),
            None => mutate::bytes(input, random),
        }
    }

    async fn play(&mut self, number: u64, input: Vec<u8>, given: bool) -> anyhow::Result<()> {
        let ops = search::operations(&input, &self.probed.reach.types);
        let seen = search::look(self.context, Names::new(self.context.nonce, number, 0), &ops).await;
        if self.prints.insert(seen.print) && !given {
            self.add(&input)?;
            self.inputs.push(input);
        }
        if let Some(lost) = &seen.lost {
            let key = search::down(lost);
            self.keep(&key, seen.sent.clone())?;
            self.crash = Some(key);
            return Ok(());
        }
        for wanted in &seen.keys {
            if self.deviations.declares(wanted) || !self.known.insert(wanted.clone()) {
                continue;
            }
            match search::pinned(self.context, &seen.sent, wanted).await {
                Ok(Some(shown)) => {
                    self.context.learn(&wanted.text());
                    self.context.learn(&shown.key.text());
                    if shown.key == *wanted || self.known.insert(shown.key.clone()) {
                        self.keep(&shown.key, shown.ops)?;
                    }
                    if search::is_crash(&shown.key) {
                        self.crash = Some(shown.key);
                        return Ok(());
                    }
                }
                Ok(None) => {}
                Err(lost) => {
                    let key = search::down(&lost);
                    self.keep(&key, seen.sent.clone())?;
                    self.crash = Some(key);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, key: &Key, ops: Vec<Op>) -> anyhow::Result<()> {
        let name = if self.ready.embedded { self.target } else { self.ready.url.as_str() };
        let path = self.args.findings.join(format!("{}.json", key.code()));
        let replay = search::replay(name, self.ready.revision, self.ready.profile.name.as_deref(), key.clone(), ops);
        super::outputs::write(&path, &super::outputs::replay_text(&replay)?)?;
        self.found += 1;
        if !self.args.quiet {
            outln!("{} {}\n    ucks replay {}", key.code(), key.sentence(), path.display());
        }
        Ok(())
    }

    fn add(&mut self, input: &[u8]) -> anyhow::Result<()> {
        self.added += 1;
        let Some(dir) = &self.args.corpus else { return Ok(()) };
        super::corpus::put(dir, input).map(|_| ())
    }
}
